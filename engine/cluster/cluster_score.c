#include "cluster/cluster_score.h"

#include "base/fixed_log.h"

/* The tightest divisions that two name: one and the same, others of one district, of two districts. */
enum where { WHERE_UNKNOWN, WHERE_EQUAL, WHERE_DISTRICT, WHERE_ELSEWHERE };

/* What a body says about terms, places, copies and reporters. */
struct fit {
    uint64_t dot[2]; /* of the terms that tell the issue, of those that name the place */
    uint64_t length;
    uint32_t agreement_q8; /* of the places that the record names */
    enum where where;
    uint32_t topic; /* of most members, taxonomy index or UINT32_MAX */
    int is_copy;
    int is_copy_elsewhere;
    int knows_reporter;
};

static const int32_t where_q16[] = {0, SAME_DIVISION_Q16, 0, -OTHER_DISTRICT_Q16};

static int64_t cosine_q16(uint64_t dot, uint64_t length)
{
    return length ? (int64_t)(dot * 16 / length) : 0;
}

static enum where where_of(const struct cluster_query *query, uint64_t division)
{
    uint64_t district = division_district(division);
    if (!district || !query->district)
        return WHERE_UNKNOWN;
    if (district != query->district)
        return WHERE_ELSEWHERE;
    return division == query->vector->division ? WHERE_EQUAL : WHERE_DISTRICT;
}

/* A topic is told by few words, so it says little alone, but much of two problems at one place. */
static int64_t topic_q16(const struct fit *fit, uint32_t topic)
{
    if (fit->topic == UINT32_MAX || topic == UINT32_MAX)
        return 0;
    return fit->topic == topic ? ((int64_t)SAME_TOPIC_Q16 * fit->agreement_q8) >> 8 : -OTHER_TOPIC_Q16;
}

static int32_t join_score(const struct fit *fit, const struct cluster_query *query, uint32_t active_day)
{
    if (fit->is_copy_elsewhere)
        return 0;
    int64_t issue = (cosine_q16(fit->dot[0], fit->length) * query->issue_q8) >> 8;
    int64_t score = issue + cosine_q16(fit->dot[1], fit->length);
    score += where_q16[fit->where];
    score += topic_q16(fit, query->vector->topic);
    uint32_t today = body_day(query->clock_ms);
    uint32_t quiet_days = today > active_day ? today - active_day : 0;
    score += (issue * PLACE_BONUS_Q8 * fit->agreement_q8) >> 16;
    score -= ((int64_t)QUIET_Q16 * fixed_log2_q16(1 + quiet_days)) >> 16;
    score += fit->knows_reporter ? REPORTER_BONUS_Q16 : 0;
    if (fit->is_copy && score < COPY_SCORE_Q16)
        score = COPY_SCORE_Q16;
    return (int32_t)(score < 0 ? 0 : score < 65536 ? score : 65536);
}

/* ---- a cluster of one ---- */

static void compare_single_terms(const struct cluster_query *query, const struct single *single, struct fit *fit)
{
    for (uint32_t i = 0; i < single->term_count; i++) {
        int at = query_find(query, single_term_tag(single->term[i]));
        if (at >= 0)
            fit->dot[query->is_place[at]] += (uint64_t)query->weight[at] * single_term_weight(single->term[i]);
    }
    fit->length = single->length;
}

static int32_t score_single(const struct cluster_query *query, const struct single *single)
{
    const struct cluster_vector *vector = query->vector;
    struct fit fit = {0};
    compare_single_terms(query, single, &fit);
    for (uint32_t i = 0; i < query->spots; i++)
        if (query->spot[i].key == single->spot)
            fit.agreement_q8 = query->spot[i].strength * 256 / 1000;
    fit.where = where_of(query, single->division);
    fit.topic = single->has_topic ? single->topic : UINT32_MAX;
    fit.knows_reporter = vector->reporter && vector->reporter == single->reporter;
    if (vector->near_copy && (uint32_t)vector->near_copy == single->near_copy) {
        int is_elsewhere = vector->spot && single->spot && !fit.agreement_q8;
        fit.is_copy = !is_elsewhere;
        fit.is_copy_elsewhere = is_elsewhere;
    }
    return join_score(&fit, query, single->active_day);
}

/* ---- a group ---- */

static void compare_group_terms(const struct cluster_query *query, const struct cluster_pool *pool,
                                const struct group *group, struct fit *fit)
{
    const uint32_t *tag = group_tags(pool, group);
    const uint16_t *weight = group_weights(pool, group);
    for (uint32_t i = 0; i < group->term_count; i++) {
        int at = query_find(query, tag[i] & TAG_MASK);
        if (at >= 0)
            fit->dot[query->is_place[at]] += (uint64_t)query->weight[at] * weight[i];
    }
    fit->length = group->length;
}

/* A place that half of the members name agrees fully. */
static void compare_spots(const struct cluster_query *query, const struct group *group, struct fit *fit)
{
    for (uint32_t i = 0; i < GROUP_SPOTS; i++) {
        const struct spot_count *spot = &group->spot[i];
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
    struct fit fit = {.knows_reporter = knows_reporter(query, pool, group)};
    compare_group_terms(query, pool, group, &fit);
    fit.where = where_of(query, tally_best(&group->division));
    fit.topic = group_topic(group);
    compare_spots(query, group, &fit);
    compare_copies(query, group, &fit);
    return join_score(&fit, query, group->active_day);
}

int32_t score_body(const struct cluster_query *query, const struct cluster_pool *pool, uint32_t block,
                   uint32_t candidate_days)
{
    const struct single *single = pool_at(pool, block);
    if (single->flags & BODY_FOLDED || body_day(query->clock_ms) > body_last_day(pool, block, candidate_days))
        return 0;
    return single->kind == BODY_SINGLE ? score_single(query, single) : score_group(query, pool, pool_at(pool, block));
}
