/* How well a record fits a cluster. Internal to cluster/.
 *
 * Cosine of the record's vector and the cluster's centroid (Salton 1971; the single pass of Allan et al. 1998). Where
 * both name the same place, what they share beyond it counts more; a cluster that was quiet for long counts less; the
 * same reporter counts a little. Two texts that are copies of each other but for the place are never one problem;
 * copies at one place always are. Integers only. Pure. */
#ifndef CLUSTER_CLUSTER_SCORE_H
#define CLUSTER_CLUSTER_SCORE_H

#include "cluster/cluster_body.h"

/* × 65,536; 0 for a cluster that is folded or was quiet for more than `candidate_days` of the clock. */
int32_t score_body(const struct cluster_query *query, const struct cluster_pool *pool, uint32_t block,
                   uint32_t candidate_days);

#endif
