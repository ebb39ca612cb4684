/* A case leaves the windows, or comes back. */
#include "detect/detector_fields.h"

/* In which slots, and in whose cluster, does another standing case of the same reporter count in its place? */
struct stand_ins {
    uint32_t slots;
    int in_cluster;
};

static void look_for_stand_ins(const struct detector *detector, const struct cluster_index *clusters, uint64_t number,
                               struct stand_ins *out)
{
    const struct window_case *own = case_window_at(&detector->window, number);
    uint64_t n = own->key[CHAIN_REPORTER]
                     ? case_window_last_of(&detector->window, CHAIN_REPORTER, own->key[CHAIN_REPORTER])
                     : detector->window.next;
    *out = (struct stand_ins){0};
    for (; n != detector->window.next; n = case_window_before(&detector->window, CHAIN_REPORTER, n)) {
        const struct window_case *at = case_window_at(&detector->window, n);
        if (n == number || at->withdrawn)
            continue;
        out->in_cluster |= cluster_whole(clusters, at->cluster) == cluster_whole(clusters, own->cluster);
        for (uint32_t slot = 0; slot < PATH_SLOTS; slot++)
            out->slots |= (uint32_t)subject_path_meet(&at->path, &own->path, slot) << slot;
    }
}

static void count_cells(struct detector *detector, const struct window_case *own, uint32_t covered)
{
    const struct cell_clock *clock = detector_stand(detector);
    int64_t minute = detector_local_minute(detector, own->time_ms);
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++) {
        uint64_t key = covered >> slot & 1 ? 0 : subject_path_cell(&detector->paths, &own->path, slot);
        uint32_t number = key ? cell_table_find(&detector->cells, key) : CELL_NONE;
        if (number == CELL_NONE)
            continue;
        if (own->withdrawn)
            cell_uncount(&detector->cells, number, clock, minute, own->date_only);
        else
            cell_count(&detector->cells, number, clock, minute, own->date_only);
    }
}

int detector_merge(struct detector *detector, const struct evidence_merge *merge)
{
    return evidence_merge(&detector->evidence, merge);
}

int detector_withdraw(struct detector *detector, const struct cluster_index *clusters, uint64_t sequence,
                      int is_withdrawn)
{
    struct stand_ins others;
    uint64_t number = case_window_find(&detector->window, sequence);
    if (number == detector->window.next || case_window_at(&detector->window, number)->withdrawn == is_withdrawn)
        return 0;
    if (cell_table_reserve(&detector->cells, PATH_SLOTS) ||
        case_window_withdraw(&detector->window, number, is_withdrawn))
        return -1;
    const struct window_case *own = case_window_at(&detector->window, number);
    look_for_stand_ins(detector, clusters, number, &others);
    count_cells(detector, own, others.slots);
    struct cluster_growth *growth =
        cluster_growths_find(&detector->evidence.clusters, cluster_whole(clusters, own->cluster));
    if (growth)
        cluster_growth_withdraw(&detector->evidence.clusters, growth, is_withdrawn, !others.in_cluster);
    return 0;
}
