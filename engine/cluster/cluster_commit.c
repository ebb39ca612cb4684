/* Committing: the record is scored once more against what this batch changed, then joins or opens. */
#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/body_terms.h"
#include "cluster/index_fields.h"

#include <string.h>

enum { ID_MAX = 128, MOST_POSTED = GROUP_POSTED_MAX + QUERY_PROBES };

/* ---- deciding ---- */

/* Unchanged clusters of the proposal, which scored then as they would now. Returns how many. */
static uint32_t keep_unchanged(const struct cluster_index *index, const struct cluster_ranking *proposed,
                               struct cluster_ranking *out)
{
    uint32_t kept = 0;
    for (size_t i = 0; i < CLUSTER_PROPOSED && proposed->best[i].cluster != CLUSTER_NONE; i++) {
        const struct cluster_scored *scored = &proposed->best[i];
        if (*body_flags(&index->pool, index->body[scored->cluster]) & BODY_CHANGED)
            continue;
        best_add(out, scored->cluster, scored->score);
        kept++;
    }
    return kept;
}

/* What a proposal made now would be: the proposal's unchanged clusters and the changed ones, scored again. Where the
 * proposal does not tell enough (its best ones all changed, or the cap might cut), the whole search is repeated. */
static void decide(struct cluster_index *index, const struct cluster_proposal *proposal, struct cluster_ranking *out)
{
    struct cluster_search *search = &index->scratch->search;
    struct cluster_space space = index_space(index);
    const struct cluster_ranking *proposed = &proposal->ranking;
    *out = *proposed;
    if (!index->changed.count)
        return;
    search_candidates(search, &proposal->query, &index->batch);
    if (proposed->candidates + search->count <= space.candidate_cap) {
        best_clear(out);
        uint32_t kept = keep_unchanged(index, proposed, out);
        if (proposed->scored <= CLUSTER_PROPOSED || kept >= 2) {
            search_score(search, &proposal->query, &space, out);
            return;
        }
    }
    index_search(index, search, &proposal->query, out);
}

/* ---- reserving: after it nothing fails ---- */

static int reserve_postings(struct cluster_index *index, const struct cluster_query *query, uint32_t slot)
{
    uint32_t tags[MOST_POSTED];
    uint32_t count = slot == CLUSTER_NONE ? 0 : body_posted(&index->pool, index->body[slot], tags);
    for (uint32_t i = 0; i < query->probes; i++)
        tags[count++] = query->tag[query->probe[i]];
    for (uint32_t i = 0; i < count; i++)
        if (posting_reserve(&index->postings, tags[i], MOST_POSTED) ||
            posting_reserve(&index->batch, tags[i], MOST_POSTED))
            return -1;
    return 0;
}

static int reserve(struct cluster_index *index, const struct cluster_query *query, uint32_t slot, int64_t clock_ms)
{
    uint32_t patience = index->config.candidate_days * (slot == CLUSTER_NONE ? 1 : GROUP_PATIENCE);
    const weisu_allocator *a = index->allocator;
    return model_reserve(&index->model, CLUSTER_MAX_TERMS) || pool_reserve(&index->pool, BODY_RESERVE) ||
                   memory_reserve(a, (void **)&index->body, &index->slot_capacity, index->slots + 1,
                                  sizeof *index->body) ||
                   index_reserve_near(index) || slot_list_reserve(a, &index->changed, 1) ||
                   slot_list_reserve(a, &index->unsaved, 2) ||
                   posting_reserve(&index->places, tag_of(query->vector->spot), 1) ||
                   slot_list_reserve(a, &index->crowded, QUERY_PROBES) ||
                   slot_list_reserve(a, index_day(index, body_day(clock_ms) + patience), 1) ||
                   reserve_postings(index, query, slot)
               ? -1
               : 0;
}

/* ---- applying ---- */

/* 1 when the cluster is found by the tag from now on. */
static int post(struct cluster_index *index, uint32_t tag, uint32_t slot)
{
    uint32_t known = posting_add(&index->postings, tag, slot, LIST_MAX);
    if (!known)
        return 0;
    posting_add(&index->batch, tag, slot, UINT32_MAX);
    if (known > LIST_TRIMMED)
        slot_list_push(&index->crowded, tag);
    return 1;
}

/* For the second pass. Where a place has many clusters the oldest leaves the list. */
static void post_place(struct cluster_index *index, struct single *single, uint32_t slot)
{
    uint32_t known[PLACE_LIST_MAX];
    uint32_t tag = tag_of(single->spot);
    uint32_t count = posting_slots(&index->places, tag, known, PLACE_LIST_MAX);
    if (count == PLACE_LIST_MAX) {
        uint32_t oldest = known[0];
        for (uint32_t i = 1; i < count; i++)
            oldest = known[i] < oldest ? known[i] : oldest;
        index_unplace(index, oldest);
        index_mark_unsaved(index, oldest);
    }
    posting_add(&index->places, tag, slot, PLACE_LIST_MAX);
    single->flags |= BODY_PLACED;
}

static uint32_t open_cluster(struct cluster_index *index, const struct cluster_case *founder,
                             const struct cluster_query *query)
{
    uint32_t slot = (uint32_t)index->slots++;
    uint32_t block = body_found(&index->pool, founder, query);
    index->body[slot] = block;
    index_mark(index, slot);
    struct single *single = pool_at(&index->pool, block);
    uint32_t posted = 0;
    for (uint32_t i = 0; i < SINGLE_TRIED && i < single->term_count && posted < SINGLE_POSTED; i++) {
        if (!post(index, single_term_tag(single->term[i]), slot))
            continue;
        single->posted |= (uint16_t)(1u << i);
        posted++;
    }
    if (single->spot)
        post_place(index, single, slot);
    slot_list_push(index_day(index, index_last_day(index, slot)), slot);
    index->active++;
    return slot;
}

/* The batch's postings take over what the cluster was found by before it changed. */
static void expose(struct cluster_index *index, uint32_t slot)
{
    uint32_t tags[GROUP_POSTED_MAX];
    uint32_t block = index->body[slot];
    if (*body_flags(&index->pool, block) & BODY_CHANGED)
        return;
    uint32_t count = body_posted(&index->pool, block, tags);
    for (uint32_t i = 0; i < count; i++)
        posting_add(&index->batch, tags[i], slot, UINT32_MAX);
}

/* The strongest terms of the centroid that this record has too. */
static void post_group(struct cluster_index *index, struct group *group, const struct cluster_query *query,
                       uint32_t slot)
{
    uint8_t top[GROUP_POSTED];
    uint32_t *tag = group_tags(&index->pool, group);
    uint32_t count = centroid_top(&index->pool, group, top, GROUP_POSTED);
    for (uint32_t i = 0; i < query->probes; i++) {
        uint32_t own = query->tag[query->probe[i]];
        for (uint32_t j = 0; j < count && group->posted_count < GROUP_POSTED_MAX; j++) {
            if (tag[top[j]] != own || !post(index, own, slot))
                continue;
            tag[top[j]] |= TAG_POSTED;
            group->posted_count++;
        }
    }
}

static void join_cluster(struct cluster_index *index, const struct cluster_case *new_case,
                         const struct cluster_query *query, uint32_t slot, struct body_join *joined)
{
    uint32_t before = index_last_day(index, slot);
    expose(index, slot);
    if (body_is_single(&index->pool, index->body[slot]))
        index->body[slot] = body_promote(&index->pool, index->body[slot]);
    index_mark(index, slot);
    struct group *group = pool_at(&index->pool, index->body[slot]);
    body_join(&index->pool, group, new_case, query, joined);
    post_group(index, group, query, slot);
    uint32_t last = index_last_day(index, slot);
    if (last != before)
        slot_list_push(index_day(index, last), slot);
}

static void learn(struct cluster_index *index, const struct cluster_vector *vector)
{
    for (uint32_t i = 0; i < vector->term_count; i++)
        model_learn(&index->model, vector->term[i].term);
    model_learn_document(&index->model);
}

/* What this record will touch, asked for while the decision is made. */
static void fetch_ahead(const struct cluster_index *index, const struct cluster_query *query)
{
    const struct cluster_vector *vector = query->vector;
    for (uint32_t i = 0; i < query->probes && i < SINGLE_TRIED; i++)
        posting_prefetch(&index->postings, query->tag[query->probe[i]]);
    for (uint32_t i = 0; i < vector->term_count; i++)
        model_prefetch(&index->model, vector->term[i].term);
}

/* ---- the whole ---- */

/* What the record says of other clusters: one that it might have joined as well, for the second pass. */
static void note_near(struct cluster_index *index, uint32_t slot, const struct cluster_scored *other)
{
    if (other->cluster != CLUSTER_NONE && other->score >= NEAR_Q16)
        index_note_near(index, slot, other->cluster);
}

static void tell_opened(struct cluster_outcome *out, uint32_t slot, const struct cluster_scored *best)
{
    *out = (struct cluster_outcome){.cluster = slot,
                                    .part = slot,
                                    .opened = 1,
                                    .members = 1,
                                    .standing = 1,
                                    .reporters = 1,
                                    .new_reporter = 1,
                                    .since_reporter_ms = -1,
                                    .runner_up = *best};
}

static void tell_joined(struct cluster_outcome *out, const struct cluster_scored *best, const struct body_join *joined)
{
    *out = (struct cluster_outcome){.cluster = best[0].cluster,
                                    .part = best[0].cluster,
                                    .members = joined->members,
                                    .reporters = joined->reporters,
                                    .new_reporter = joined->new_reporter,
                                    .since_reporter_ms = joined->since_reporter_ms,
                                    .score = best[0].score,
                                    .runner_up = best[1],
                                    .link_sequence = joined->link.sequence,
                                    .link_score = best[0].score};
}

/* The same of the whole that the cluster is a part of. */
static void tell_whole(struct cluster_index *index, uint32_t root, const struct cluster_case *new_case,
                       struct cluster_outcome *out)
{
    struct union_bodies bodies = index_bodies(index);
    struct union_node *whole = &index->unions.node[root];
    if (out->new_reporter)
        out->new_reporter = !unions_know_reporter(&index->unions, &bodies, root, out->part, new_case->reporter);
    int64_t since_ms = new_case->time_ms > whole->reporter_ms ? new_case->time_ms - whole->reporter_ms : 0;
    whole->members++;
    whole->first_ms = new_case->time_ms < whole->first_ms ? new_case->time_ms : whole->first_ms;
    whole->last_ms = new_case->time_ms > whole->last_ms ? new_case->time_ms : whole->last_ms;
    if (out->new_reporter) {
        whole->reporters++;
        whole->reporter_ms += since_ms;
    }
    whole->unsaved = 1;
    out->cluster = whole->slot;
    out->members = whole->members;
    out->standing = whole->members - whole->withdrawn;
    out->reporters = whole->reporters;
    out->since_reporter_ms = since_ms;
}

/* The second best one, unless it is another part of the same whole. */
static void tell_runner_up(const struct cluster_index *index, struct cluster_outcome *out)
{
    if (out->runner_up.cluster == CLUSTER_NONE)
        return;
    out->runner_up.cluster = cluster_whole(index, out->runner_up.cluster);
    if (out->runner_up.cluster == out->cluster)
        out->runner_up = (struct cluster_scored){CLUSTER_NONE, 0};
}

static int is_join(const struct cluster_index *index, const struct cluster_scored *best)
{
    int32_t threshold = (int32_t)((int64_t)JOIN_Q16 * index->config.granularity / 1000);
    return best->cluster != CLUSTER_NONE && best->score >= threshold;
}

weisu_code cluster_commit(struct cluster_index *index, const struct cluster_case *new_case,
                          const struct cluster_proposal *proposal, struct cluster_outcome *out, weisu_err *err)
{
    const struct cluster_query *query = &proposal->query;
    struct cluster_ranking decided;
    if (new_case->id.size == 0 || new_case->id.size > ID_MAX)
        return failure(err, WEISU_EINVAL, "the id of a record has 1 to %d bytes", ID_MAX);
    if (index->slots == CLUSTER_NONE)
        return failure(err, WEISU_ELIMIT, "more clusters than slots");
    fetch_ahead(index, query);
    decide(index, proposal, &decided);
    int joins = is_join(index, &decided.best[0]);
    if (reserve(index, query, joins ? decided.best[0].cluster : CLUSTER_NONE, new_case->clock_ms))
        return failure(err, WEISU_ENOMEM, "no memory for a cluster");
    if (joins) {
        struct body_join joined;
        join_cluster(index, new_case, query, decided.best[0].cluster, &joined);
        tell_joined(out, decided.best, &joined);
        const struct group *group = pool_at(&index->pool, index->body[out->cluster]);
        out->standing = out->members - group->withdrawn;
        note_near(index, out->part, &decided.best[1]);
        uint32_t root = index_union(index, out->part);
        if (root != UNION_NONE)
            tell_whole(index, root, new_case, out);
    } else {
        tell_opened(out, open_cluster(index, new_case, query), &decided.best[0]);
        note_near(index, out->part, &decided.best[0]);
    }
    tell_runner_up(index, out);
    index_note_touched(index, out->part);
    learn(index, query->vector);
    index->records++;
    index->capped += decided.capped;
    index->clock_ms = new_case->clock_ms > index->clock_ms ? new_case->clock_ms : index->clock_ms;
    return WEISU_OK;
}
