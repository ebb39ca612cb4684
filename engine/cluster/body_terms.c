#include "cluster/body_terms.h"

#include "base/fixed_log.h"

#include <string.h>

enum {
    TERM_BYTES = sizeof(uint32_t) + sizeof(uint16_t),
    TERM_STEP = 16,
    MERGED_MAX = GROUP_TERMS + CLUSTER_MAX_TERMS,
    RANKS = 512, /* of weights, for choosing without sorting */
    RANK_SHIFT = 6
};

_Static_assert((RANKS << RANK_SHIFT) == 32768, "every weight has a rank");

struct merged_terms {
    uint32_t count;
    uint32_t tag[MERGED_MAX];
    uint16_t weight[MERGED_MAX];
};

void centroid_room(struct cluster_pool *pool, struct group *group, uint32_t count)
{
    uint32_t room = (count + TERM_STEP - 1) / TERM_STEP * TERM_STEP;
    if (room <= group->term_room)
        return;
    uint32_t block = pool_take(pool, (size_t)room * TERM_BYTES);
    pool_give(pool, group->term_block, (size_t)group->term_room * TERM_BYTES);
    group->term_block = block;
    group->term_room = (uint16_t)room;
}

void centroid_measure(const struct cluster_pool *pool, struct group *group)
{
    const uint16_t *weight = group_weights(pool, group);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < group->term_count; i++)
        sum += (uint64_t)weight[i] * weight[i];
    group->length = fixed_sqrt(sum);
}

void centroid_start(struct cluster_pool *pool, struct group *group, const struct single *single)
{
    centroid_room(pool, group, single->term_count);
    uint32_t *tag = group_tags(pool, group);
    uint16_t *weight = group_weights(pool, group);
    for (uint32_t i = 0; i < single->term_count; i++) {
        uint32_t is_posted = single->posted >> i & (i < SINGLE_TRIED);
        tag[i] = single_term_tag(single->term[i]) | (is_posted ? TAG_POSTED : 0);
        weight[i] = (uint16_t)(single_term_weight(single->term[i]) << 7);
        group->posted_count = (uint8_t)(group->posted_count + is_posted);
    }
    group->term_count = single->term_count;
    centroid_measure(pool, group);
}

/* Mean over one member more; rounded to nearest. */
static uint16_t mean(uint32_t old, uint32_t added_q12, uint32_t members)
{
    uint32_t before = members < CENTROID_MEMORY ? members : CENTROID_MEMORY;
    uint32_t value = (old * before + (added_q12 << 3) + (before + 1) / 2) / (before + 1);
    return (uint16_t)(value < 32767 ? value : 32767);
}

static void merge(const struct cluster_pool *pool, const struct group *group, const struct cluster_query *query,
                  struct merged_terms *out)
{
    uint8_t is_known[CLUSTER_MAX_TERMS] = {0};
    const uint32_t *tag = group_tags(pool, group);
    const uint16_t *weight = group_weights(pool, group);
    out->count = 0;
    for (uint32_t i = 0; i < group->term_count; i++) {
        int at = query_find(query, tag[i] & TAG_MASK);
        if (at >= 0)
            is_known[at] = 1;
        uint16_t value = mean(weight[i], at >= 0 ? query->weight[at] : 0, group->members);
        if (!value && !(tag[i] & TAG_POSTED))
            continue;
        out->tag[out->count] = tag[i];
        out->weight[out->count++] = value;
    }
    for (uint32_t i = 0; i < query->count; i++) {
        uint16_t value = is_known[i] ? 0 : mean(0, query->weight[i], group->members);
        if (!value)
            continue;
        out->tag[out->count] = query->tag[i];
        out->weight[out->count++] = value;
    }
}

/* Posted terms first, then the heaviest; of equal ones those that came earlier. */
static uint32_t rank_of(const struct merged_terms *terms, uint32_t i)
{
    return terms->tag[i] & TAG_POSTED ? RANKS - 1 : (uint32_t)terms->weight[i] >> RANK_SHIFT;
}

static void drop_weakest(struct merged_terms *terms)
{
    uint16_t having[RANKS] = {0};
    for (uint32_t i = 0; i < terms->count; i++)
        having[rank_of(terms, i)]++;
    uint32_t rank = RANKS - 1;
    uint32_t above = 0;
    while (above + having[rank] <= GROUP_TERMS)
        above += having[rank--];
    uint32_t left = GROUP_TERMS - above; /* of this rank */
    uint32_t count = 0;
    for (uint32_t i = 0; i < terms->count; i++) {
        uint32_t own = rank_of(terms, i);
        if (own < rank || (own == rank && left == 0))
            continue;
        left -= own == rank;
        terms->tag[count] = terms->tag[i];
        terms->weight[count++] = terms->weight[i];
    }
    terms->count = count;
}

void centroid_add(struct cluster_pool *pool, struct group *group, const struct cluster_query *query)
{
    struct merged_terms terms;
    merge(pool, group, query, &terms);
    if (terms.count > GROUP_TERMS)
        drop_weakest(&terms);
    centroid_room(pool, group, terms.count);
    group->term_count = (uint16_t)terms.count;
    if (terms.count) {
        memcpy(group_tags(pool, group), terms.tag, terms.count * sizeof *terms.tag);
        memcpy(group_weights(pool, group), terms.weight, terms.count * sizeof *terms.weight);
    }
    centroid_measure(pool, group);
}

void centroid_free(struct cluster_pool *pool, struct group *group)
{
    pool_give(pool, group->term_block, (size_t)group->term_room * TERM_BYTES);
    group->term_block = 0;
    group->term_room = group->term_count = 0;
    group->posted_count = 0;
    group->length = 0;
}

uint32_t centroid_top(const struct cluster_pool *pool, const struct group *group, uint8_t *out, uint32_t room)
{
    const uint16_t *weight = group_weights(pool, group);
    uint32_t count = 0;
    for (uint32_t i = 0; i < group->term_count; i++) {
        if (count == room && weight[i] <= weight[out[count - 1]])
            continue;
        uint32_t at = count < room ? count++ : count - 1;
        for (; at > 0 && weight[out[at - 1]] < weight[i]; at--)
            out[at] = out[at - 1];
        out[at] = (uint8_t)i;
    }
    return count;
}
