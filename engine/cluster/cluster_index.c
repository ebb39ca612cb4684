#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/index_fields.h"

#include <string.h>

enum { DEFAULT_DAYS = 180, DEFAULT_CLUSTERS = 6000000, DEFAULT_CANDIDATES = 64, MAX_DAYS = 10000 };

void cluster_config_init(struct cluster_config *config)
{
    *config = (struct cluster_config){.candidate_days = DEFAULT_DAYS,
                                      .cluster_cap = DEFAULT_CLUSTERS,
                                      .candidate_cap = DEFAULT_CANDIDATES,
                                      .granularity = 1000};
}

/* ---- lists ---- */

int slot_list_reserve(const weisu_allocator *allocator, struct slot_list *list, size_t more)
{
    return memory_reserve(allocator, (void **)&list->slot, &list->capacity, list->count + more, sizeof *list->slot);
}

void slot_list_dispose(const weisu_allocator *allocator, struct slot_list *list)
{
    memory_free(allocator, list->slot, list->capacity, sizeof *list->slot);
    *list = (struct slot_list){0};
}

/* ---- scratch ---- */

int cluster_scratch_new(struct cluster_scratch **out, const weisu_allocator *allocator)
{
    *out = memory_new_zeroed(allocator, 1, sizeof **out);
    if (!*out)
        return -1;
    (*out)->allocator = allocator;
    search_init(&(*out)->search);
    return 0;
}

void cluster_scratch_free(struct cluster_scratch *scratch)
{
    if (scratch)
        memory_free(scratch->allocator, scratch, 1, sizeof *scratch);
}

/* ---- index ---- */

static int make_parts(struct cluster_index *index)
{
    while (index->days < index->config.candidate_days * GROUP_PATIENCE + 4)
        index->days *= 2;
    index->day = memory_new_zeroed(index->allocator, index->days, sizeof *index->day);
    return !index->day || cluster_scratch_new(&index->scratch, index->allocator) ? -1 : 0;
}

weisu_code cluster_index_new(struct cluster_index **out, const struct cluster_config *config,
                             const struct lexicon *lexicon, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    if (config->candidate_days == 0 || config->candidate_days > MAX_DAYS || config->cluster_cap == 0 ||
        config->candidate_cap == 0 || config->granularity == 0 || config->granularity > 2500)
        return failure(err, WEISU_ECONFIG, "a setting of clustering is out of range");
    struct cluster_index *index = memory_new_zeroed(allocator, 1, sizeof *index);
    if (!index)
        return failure(err, WEISU_ENOMEM, "no memory for the clusters");
    index->config = *config;
    index->lexicon = lexicon;
    index->allocator = allocator;
    index->days = 1;
    index->reviewed_hour = INT64_MIN;
    model_init(&index->model, allocator);
    pool_init(&index->pool, allocator);
    posting_init(&index->postings, allocator);
    posting_init(&index->batch, allocator);
    posting_init(&index->places, allocator);
    unions_init(&index->unions, allocator);
    if (make_parts(index)) {
        cluster_index_free(index);
        return failure(err, WEISU_ENOMEM, "no memory for the clusters");
    }
    *out = index;
    return WEISU_OK;
}

void cluster_index_free(struct cluster_index *index)
{
    if (!index)
        return;
    const weisu_allocator *allocator = index->allocator;
    cluster_scratch_free(index->scratch);
    for (uint32_t i = 0; index->day && i < index->days; i++)
        slot_list_dispose(allocator, &index->day[i]);
    memory_free(allocator, index->day, index->days, sizeof *index->day);
    slot_list_dispose(allocator, &index->changed);
    slot_list_dispose(allocator, &index->unsaved);
    slot_list_dispose(allocator, &index->crowded);
    memory_free(allocator, index->body, index->slot_capacity, sizeof *index->body);
    slot_list_dispose(allocator, &index->touched);
    memory_free(allocator, index->near.pair, index->near.capacity, sizeof *index->near.pair);
    memory_free(allocator, index->turn, index->turn_capacity, sizeof *index->turn);
    memory_free(allocator, index->proposal, PROPOSALS_KEPT, sizeof *index->proposal);
    unions_dispose(&index->unions);
    posting_dispose(&index->batch);
    posting_dispose(&index->places);
    posting_dispose(&index->postings);
    pool_dispose(&index->pool);
    model_dispose(&index->model);
    memory_free(allocator, index, 1, sizeof *index);
}

/* ---- proposing ---- */

void index_search(const struct cluster_index *index, struct cluster_search *search, const struct cluster_query *query,
                  struct cluster_ranking *out)
{
    struct cluster_space space = index_space(index);
    best_clear(out);
    search_candidates(search, query, &index->postings);
    out->candidates = search->count;
    out->capped = search_cap(search, space.candidate_cap);
    out->scored = search_score(search, query, &space, out);
}

int cluster_propose(const struct cluster_index *index, const struct cluster_vector *vector, int64_t clock_ms,
                    struct cluster_scratch *scratch, struct cluster_proposal *out)
{
    query_build(&out->query, &index->model, vector, clock_ms);
    index_search(index, &scratch->search, &out->query, &out->ranking);
    return 0;
}

/* ---- marks and postings ---- */

void index_mark(struct cluster_index *index, uint32_t slot)
{
    uint8_t *flags = body_flags(&index->pool, index->body[slot]);
    if (!(*flags & BODY_CHANGED))
        slot_list_push(&index->changed, slot);
    if (!(*flags & BODY_UNSAVED))
        slot_list_push(&index->unsaved, slot);
    *flags |= BODY_CHANGED | BODY_UNSAVED;
}

void cluster_batch_begin(struct cluster_index *index)
{
    for (size_t i = 0; i < index->changed.count; i++)
        *body_flags(&index->pool, index->body[index->changed.slot[i]]) &= (uint8_t)~BODY_CHANGED;
    if (index->changed.count)
        posting_clear(&index->batch);
    index->changed.count = 0;
}

uint32_t body_posted(const struct cluster_pool *pool, uint32_t block, uint32_t out[GROUP_POSTED_MAX])
{
    uint32_t count = 0;
    if (body_is_single(pool, block)) {
        const struct single *single = pool_at(pool, block);
        for (uint32_t i = 0; i < SINGLE_TRIED && i < single->term_count; i++)
            if (single->posted >> i & 1u)
                out[count++] = single_term_tag(single->term[i]);
        return count;
    }
    const struct group *group = pool_at(pool, block);
    const uint32_t *tag = group_tags(pool, group);
    for (uint32_t i = 0; i < group->term_count && count < GROUP_POSTED_MAX; i++)
        if (tag[i] & TAG_POSTED)
            out[count++] = tag[i] & TAG_MASK;
    return count;
}

uint32_t body_place_tag(const struct cluster_pool *pool, uint32_t block)
{
    const void *body = pool_at(pool, block);
    return body_is_single(pool, block) ? tag_of(((const struct single *)body)->spot)
                                       : ((const struct group *)body)->place_tag;
}

void index_mark_unsaved(struct cluster_index *index, uint32_t slot)
{
    uint8_t *flags = body_flags(&index->pool, index->body[slot]);
    if (!(*flags & BODY_UNSAVED))
        slot_list_push(&index->unsaved, slot);
    *flags |= BODY_UNSAVED;
}

void index_unplace(struct cluster_index *index, uint32_t slot)
{
    uint8_t *flags = body_flags(&index->pool, index->body[slot]);
    if (*flags & BODY_PLACED)
        posting_remove(&index->places, body_place_tag(&index->pool, index->body[slot]), slot);
    *flags &= (uint8_t)~BODY_PLACED;
}

void body_unpost(const struct cluster_pool *pool, uint32_t block, uint32_t tag)
{
    if (body_is_single(pool, block)) {
        struct single *single = pool_at(pool, block);
        for (uint32_t i = 0; i < SINGLE_TRIED && i < single->term_count; i++)
            if (single_term_tag(single->term[i]) == tag)
                single->posted &= (uint16_t) ~(1u << i);
        return;
    }
    struct group *group = pool_at(pool, block);
    uint32_t *tags = group_tags(pool, group);
    for (uint32_t i = 0; i < group->term_count; i++) {
        if (tags[i] != (tag | TAG_POSTED))
            continue;
        tags[i] = tag;
        group->posted_count--;
    }
}
