#include "cluster/cluster_search.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_FETCHED = 192 }; /* bytes of a body that are fetched ahead: most of a cluster of one */

_Static_assert(SEARCH_FOUND * 2 <= SEARCH_SLOTS, "at most half full");

void search_init(struct cluster_search *search)
{
    search->stamp = 0;
    search->count = 0;
    memset(search->seen_stamp, 0, sizeof search->seen_stamp);
}

static void restart(struct cluster_search *search)
{
    search->count = 0;
    if (++search->stamp == 0)
        search_init(search);
    search->stamp += search->stamp == 0;
}

static void add(struct cluster_search *search, uint32_t slot, uint32_t weight)
{
    uint32_t at = (slot * UINT32_C(0x9e3779b1)) % SEARCH_SLOTS;
    for (; search->seen_stamp[at] == search->stamp; at = (at + 1) % SEARCH_SLOTS) {
        struct found *known = &search->found[search->seen_at[at]];
        if (known->slot == slot) {
            known->shared_q12 += weight;
            return;
        }
    }
    if (search->count == SEARCH_FOUND) /* lists longer than LIST_MAX, which only a damaged state has */
        return;
    search->seen_stamp[at] = search->stamp;
    search->seen_at[at] = (uint16_t)search->count;
    search->found[search->count++] = (struct found){slot, weight};
}

void search_candidates(struct cluster_search *search, const struct cluster_query *query,
                       const struct posting_table *table)
{
    struct posting_walk walk[QUERY_PROBES];
    restart(search);
    for (uint32_t i = 0; i < query->probes; i++)
        posting_prefetch(table, query->tag[query->probe[i]]);
    for (uint32_t i = 0; i < query->probes; i++)
        posting_walk_begin(table, query->tag[query->probe[i]], &walk[i]);
    for (int more = 1; more;) {
        more = 0;
        for (uint32_t i = 0; i < query->probes; i++) {
            for (uint32_t j = 0; j < walk[i].count; j++)
                add(search, walk[i].slots[j], query->worth[query->probe[i]]);
            posting_walk_step(&walk[i]);
            more |= walk[i].count != 0;
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < search->count; i++)
        if (search->found[i].shared_q12 >= SHARED_MIN_Q12)
            search->found[kept++] = search->found[i];
    search->count = kept;
}

static int by_shared(const void *a, const void *b)
{
    const struct found *x = a;
    const struct found *y = b;
    if (x->shared_q12 != y->shared_q12)
        return x->shared_q12 < y->shared_q12 ? 1 : -1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

uint32_t search_cap(struct cluster_search *search, uint32_t cap)
{
    if (search->count <= cap)
        return 0;
    qsort(search->found, search->count, sizeof search->found[0], by_shared);
    search->count = cap;
    return 1;
}

void best_clear(struct cluster_ranking *ranking)
{
    for (size_t i = 0; i < CLUSTER_PROPOSED; i++)
        ranking->best[i] = (struct cluster_scored){CLUSTER_NONE, 0};
}

void best_add(struct cluster_ranking *ranking, uint32_t slot, int32_t score)
{
    struct cluster_scored *best = ranking->best;
    size_t at = CLUSTER_PROPOSED;
    while (at > 0 && (best[at - 1].cluster == CLUSTER_NONE || best[at - 1].score < score ||
                      (best[at - 1].score == score && best[at - 1].cluster > slot)))
        at--;
    if (at == CLUSTER_PROPOSED)
        return;
    memmove(&best[at + 1], &best[at], (CLUSTER_PROPOSED - 1 - at) * sizeof *best);
    best[at] = (struct cluster_scored){slot, score};
}

uint32_t search_score(const struct cluster_search *search, const struct cluster_query *query,
                      const struct cluster_space *space, struct cluster_ranking *ranking)
{
    uint32_t scored = 0;
    for (uint32_t i = 0; i < search->count; i++)
        __builtin_prefetch(&space->body[search->found[i].slot]);
    for (uint32_t i = 0; i < search->count; i++) {
        const char *body = pool_at(space->pool, space->body[search->found[i].slot]);
        for (size_t line = 0; line < BODY_FETCHED; line += 64)
            __builtin_prefetch(body + line);
    }
    for (uint32_t i = 0; i < search->count; i++) {
        uint32_t slot = search->found[i].slot;
        int32_t score = score_body(query, space->pool, space->body[slot], space->candidate_days);
        if (score <= 0)
            continue;
        best_add(ranking, slot, score);
        scored++;
    }
    return scored;
}
