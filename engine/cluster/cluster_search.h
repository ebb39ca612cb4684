/* Candidates of a record: clusters that share its strongest terms. Internal to cluster/.
 *
 * Whether a cluster is a candidate depends on that cluster, the record and the published model alone, never on other
 * clusters (but for the cap, which says so): the found set of two disjoint parts of the index is the union of theirs.
 * On this stands the equivalence of propose and commit. Reads only. */
#ifndef CLUSTER_CLUSTER_SEARCH_H
#define CLUSTER_CLUSTER_SEARCH_H

#include "cluster/cluster_score.h"

enum { SEARCH_FOUND = QUERY_PROBES * LIST_MAX, SEARCH_SLOTS = 8192 };

struct found {
    uint32_t slot;
    uint32_t shared_q12; /* worth of the shared terms, by the record */
};

struct cluster_search {
    uint32_t count;
    uint32_t stamp;
    struct found found[SEARCH_FOUND];
    uint32_t seen_stamp[SEARCH_SLOTS]; /* open addressing by slot; of another stamp: free */
    uint16_t seen_at[SEARCH_SLOTS];
};

/* What scoring reads. */
struct cluster_space {
    const struct cluster_pool *pool;
    const uint32_t *body; /* block of each slot */
    uint32_t candidate_days;
    uint32_t candidate_cap;
};

void search_init(struct cluster_search *search);
/* Finds the clusters of `table` whose shared terms weigh enough, in no order, into search->found. */
void search_candidates(struct cluster_search *search, const struct cluster_query *query,
                       const struct posting_table *table);
/* Keeps the candidate_cap candidates that share most (ties: the older) where there are more. Returns 1 when it cut. */
uint32_t search_cap(struct cluster_search *search, uint32_t cap);

/* Best of scored clusters. */
void best_clear(struct cluster_ranking *ranking);
void best_add(struct cluster_ranking *ranking, uint32_t slot, int32_t score);
/* Scores what was found and adds it to `ranking`; returns how many scores were above 0. */
uint32_t search_score(const struct cluster_search *search, const struct cluster_query *query,
                      const struct cluster_space *space, struct cluster_ranking *ranking);

#endif
