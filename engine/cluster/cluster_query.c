#include "cluster/cluster_query.h"

#include "base/fixed_log.h"

#include <string.h>

/* Terms whose tags are equal become one: no cluster ever holds a tag twice. */
static uint32_t enter(struct cluster_query *query, uint32_t tag)
{
    uint32_t at = tag & (QUERY_SLOTS - 1);
    for (; query->slot_tag[at] != UINT32_MAX; at = (at + 1) & (QUERY_SLOTS - 1))
        if (query->slot_tag[at] == tag)
            return query->slot_term[at];
    query->slot_tag[at] = tag;
    query->slot_term[at] = (uint8_t)query->count;
    query->tag[query->count] = tag;
    return query->count++;
}

static void weigh(struct cluster_query *query, const struct cluster_model *model, uint64_t *weight)
{
    const struct cluster_vector *vector = query->vector;
    for (uint32_t i = 0; i < vector->term_count; i++)
        model_prefetch(model, vector->term[i].term);
    for (uint32_t i = 0; i < vector->term_count; i++) {
        const struct cluster_term *term = &vector->term[i];
        uint32_t known = query->count;
        uint32_t to = enter(query, tag_of(term->term));
        if (to == known) {
            query->at[to] = (uint8_t)i;
            query->is_place[to] = (uint8_t)term->is_place;
        }
        weight[to] += (uint64_t)term->weight * model_idf_q8(model, term->term, term->idf_q8);
    }
}

static void normalise(struct cluster_query *query, const uint64_t *weight)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < query->count; i++)
        sum += weight[i] * weight[i];
    uint64_t length = fixed_sqrt(sum);
    for (uint32_t i = 0; i < query->count; i++)
        query->weight[i] = length ? (uint16_t)(weight[i] * QUERY_LENGTH / length) : 0;
}

static void measure_worth(struct cluster_query *query)
{
    for (uint32_t i = 0; i < query->count; i++) {
        uint32_t share_q8 = query->is_place[i] ? 256 : query->issue_q8;
        query->worth[i] = (uint16_t)(query->weight[i] * share_q8 >> 8);
    }
}

static void choose_probes(struct cluster_query *query)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < query->count; i++) {
        uint32_t at = count;
        if (count == QUERY_PROBES && query->worth[i] <= query->worth[query->probe[count - 1]])
            continue;
        if (count == QUERY_PROBES)
            at = count - 1;
        else
            count++;
        for (; at > 0 && query->worth[query->probe[at - 1]] < query->worth[i]; at--)
            query->probe[at] = query->probe[at - 1];
        query->probe[at] = (uint8_t)i;
    }
    query->probes = count;
}

static void take_spots(struct cluster_query *query)
{
    const struct cluster_vector *vector = query->vector;
    query->spots = 0;
    for (uint32_t i = 0; i < vector->place_count && query->spots < QUERY_SPOTS; i++)
        if (vector->place[i].is_spot)
            query->spot[query->spots++] = (struct query_spot){vector->place[i].key, vector->place[i].strength};
}

void query_build(struct cluster_query *query, const struct cluster_model *model, const struct cluster_vector *vector,
                 int64_t clock_ms)
{
    uint64_t weight[CLUSTER_MAX_TERMS] = {0};
    query->vector = vector;
    query->clock_ms = clock_ms;
    query->district = division_district(vector->division);
    query->count = 0;
    memset(query->slot_tag, 0xff, sizeof query->slot_tag);
    weigh(query, model, weight);
    normalise(query, weight);
    query->issue_q8 = model->issue_q8;
    measure_worth(query);
    choose_probes(query);
    take_spots(query);
}
