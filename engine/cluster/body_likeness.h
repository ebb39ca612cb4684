/* How alike two clusters are: whether they are one problem that split. Internal to cluster/.
 *
 * Cosine of the centroids (Salton 1971), and what the record's score adds for one place and one topic. A record is told
 * in one wording, a cluster in several: where the places agree less is asked of the words. Clusters of two districts,
 * and those whose places do not agree, are never alike: a topic told all over the city is many problems. Pure;
 * integers; at most 64 × 64 comparisons, and most pairs are refused before them. */
#ifndef CLUSTER_BODY_LIKENESS_H
#define CLUSTER_BODY_LIKENESS_H

#include "cluster/cluster_body.h"

/* 0; the pair cannot be one problem. */
int body_likeness(const struct cluster_pool *pool, uint32_t older, uint32_t younger, struct cluster_likeness *out);

#endif
