/* A record as it is compared: the vector's terms weighted by the published model, of length 4,096, with a table to look
 * them up by tag. Internal to cluster/ (a proposal carries it from propose to commit). Pure function of (vector,
 * published model); points to the vector. About 2 KiB. */
#ifndef CLUSTER_CLUSTER_QUERY_H
#define CLUSTER_CLUSTER_QUERY_H

#include "cluster/cluster_model.h"
#include "cluster/cluster_posting.h"
#include "cluster/cluster_settings.h"
#include "cluster/cluster_vector.h"

enum { QUERY_SLOTS = 256, QUERY_SPOTS = 4, QUERY_LENGTH = 4096 };

struct query_spot {
    uint64_t key;
    uint32_t strength; /* 1 to 1000 */
};

struct cluster_query {
    const struct cluster_vector *vector;
    int64_t clock_ms;
    uint64_t district; /* of the vector's division, 0 unknown */
    uint32_t issue_q8; /* what terms that tell the issue count, as the model says */
    uint32_t count;    /* terms; no two have one tag */
    uint32_t tag[CLUSTER_MAX_TERMS];
    uint16_t weight[CLUSTER_MAX_TERMS]; /* × 4,096 of a vector of length 1 */
    uint16_t worth[CLUSTER_MAX_TERMS];  /* the same, terms of the issue × issue_q8 */
    uint8_t at[CLUSTER_MAX_TERMS];      /* index into vector->term */
    uint8_t is_place[CLUSTER_MAX_TERMS];
    uint32_t probes;
    uint8_t probe[QUERY_PROBES]; /* the terms of most worth, descending; ties: as in the vector */
    uint32_t spots;
    struct query_spot spot[QUERY_SPOTS]; /* strongest first */
    uint32_t slot_tag[QUERY_SLOTS];      /* open addressing; UINT32_MAX free */
    uint8_t slot_term[QUERY_SLOTS];
};

/* The district's 6 digits of a code of 6, 9 or 12; 0 for a code above districts. */
static inline uint64_t division_district(uint64_t division)
{
    while (division > 999999)
        division /= 1000;
    return division % 100 ? division : 0;
}

void query_build(struct cluster_query *query, const struct cluster_model *model, const struct cluster_vector *vector,
                 int64_t clock_ms);

/* Index of the record's term with this tag, or -1. */
static inline int query_find(const struct cluster_query *query, uint32_t tag)
{
    uint32_t at = tag & (QUERY_SLOTS - 1);
    for (; query->slot_tag[at] != UINT32_MAX; at = (at + 1) & (QUERY_SLOTS - 1))
        if (query->slot_tag[at] == tag)
            return query->slot_term[at];
    return -1;
}

#endif
