#include "cluster/cluster_score.h"

/* What a body says about places, copies and reporters. */
struct fit {
    int32_t cosine_q16;
    int has_spots;
    uint32_t agreement_q8; /* of the places that the record names */
    int is_copy;
    int is_copy_elsewhere;
    int knows_reporter;
};

static int32_t join_score(const struct fit *fit, const struct cluster_query *query)
{
    int64_t score = fit->cosine_q16;
    int knows_place = fit->has_spots && query->spots;
    if (fit->is_copy_elsewhere)
        return 0;
    int64_t factor_q8 = PLACE_UNKNOWN_Q8;
    if (knows_place)
        factor_q8 = PLACE_OTHER_Q8 + (((int64_t)(PLACE_SAME_Q8 - PLACE_OTHER_Q8) * fit->agreement_q8) >> 8);
    score = (score * factor_q8) >> 8;
    if (fit->knows_reporter && score > 0)
        score += REPORTER_BONUS_Q16;
    if (fit->is_copy && score < COPY_SCORE_Q16)
        score = COPY_SCORE_Q16;
    return (int32_t)(score < 65536 ? score : 65536);
}

/* ---- a cluster of one ---- */

static int32_t cosine_of_single(const struct cluster_query *query, const struct single *single)
{
    uint64_t dot = 0;
    for (uint32_t i = 0; i < single->term_count; i++) {
        int at = query_find(query, single_term_tag(single->term[i]));
        if (at >= 0)
            dot += (uint64_t)query->weight[at] * single_term_weight(single->term[i]);
    }
    return single->length ? (int32_t)(dot * 16 / single->length) : 0;
}

static int32_t score_single(const struct cluster_query *query, const struct single *single)
{
    const struct cluster_vector *vector = query->vector;
    struct fit fit = {.cosine_q16 = cosine_of_single(query, single), .has_spots = single->spot != 0};
    for (uint32_t i = 0; i < query->spots; i++)
        if (query->spot[i].key == single->spot)
            fit.agreement_q8 = query->spot[i].strength * 256 / 1000;
    fit.knows_reporter = vector->reporter && vector->reporter == single->reporter;
    if (vector->near_copy && (uint32_t)vector->near_copy == single->near_copy) {
        int is_elsewhere = vector->spot && single->spot && !fit.agreement_q8;
        fit.is_copy = !is_elsewhere;
        fit.is_copy_elsewhere = is_elsewhere;
    }
    return join_score(&fit, query);
}

/* ---- a group ---- */

static int32_t cosine_of_group(const struct cluster_query *query, const struct cluster_pool *pool,
                               const struct group *group)
{
    const uint32_t *tag = group_tags(pool, group);
    const uint16_t *weight = group_weights(pool, group);
    uint64_t dot = 0;
    for (uint32_t i = 0; i < group->term_count; i++) {
        int at = query_find(query, tag[i] & TAG_MASK);
        if (at >= 0)
            dot += (uint64_t)query->weight[at] * weight[i];
    }
    return group->length ? (int32_t)(dot * 16 / group->length) : 0;
}

/* A place that half of the members name agrees fully. */
static void compare_spots(const struct cluster_query *query, const struct group *group, struct fit *fit)
{
    for (uint32_t i = 0; i < GROUP_SPOTS; i++) {
        const struct spot_count *spot = &group->spot[i];
        fit->has_spots |= spot->any != 0;
        for (uint32_t j = 0; spot->any && j < query->spots; j++) {
            if (query->spot[j].key != spot->key)
                continue;
            uint64_t share_q8 = (uint64_t)spot->any * 512 / group->members;
            share_q8 = share_q8 < 256 ? share_q8 : 256;
            uint32_t agreement_q8 = (uint32_t)(share_q8 * query->spot[j].strength / 1000);
            fit->agreement_q8 = fit->agreement_q8 > agreement_q8 ? fit->agreement_q8 : agreement_q8;
        }
    }
}

static void compare_copies(const struct cluster_query *query, const struct group *group, struct fit *fit)
{
    const struct cluster_vector *vector = query->vector;
    for (uint32_t i = 0; i < GROUP_COPIES; i++) {
        if (!vector->near_copy || group->copy[i].near_copy != (uint32_t)vector->near_copy)
            continue;
        if (vector->spot && group->copy[i].spot && group->copy[i].spot != (uint32_t)vector->spot)
            fit->is_copy_elsewhere = 1;
        else
            fit->is_copy = 1;
    }
    fit->is_copy_elsewhere &= !fit->is_copy;
}

static int knows_reporter(const struct cluster_query *query, const struct cluster_pool *pool, const struct group *group)
{
    const uint32_t *known = pool_at(pool, group->reporter_block);
    for (uint32_t i = 0; query->vector->reporter && i < group->reporters_kept; i++)
        if (known[i] == (uint32_t)query->vector->reporter)
            return 1;
    return 0;
}

static int32_t score_group(const struct cluster_query *query, const struct cluster_pool *pool,
                           const struct group *group)
{
    struct fit fit = {.cosine_q16 = cosine_of_group(query, pool, group),
                      .knows_reporter = knows_reporter(query, pool, group)};
    compare_spots(query, group, &fit);
    compare_copies(query, group, &fit);
    return join_score(&fit, query);
}

int32_t score_body(const struct cluster_query *query, const struct cluster_pool *pool, uint32_t block,
                   uint32_t candidate_days)
{
    const struct single *single = pool_at(pool, block);
    const struct group *group = pool_at(pool, block);
    int is_single = single->kind == BODY_SINGLE;
    uint32_t day = is_single ? single->active_day : group->active_day;
    if ((single->flags & BODY_FOLDED) || body_day(query->clock_ms) > day + candidate_days)
        return 0;
    return is_single ? score_single(query, single) : score_group(query, pool, group);
}
