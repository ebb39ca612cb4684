/* The centroid of a group: its strongest terms with their mean weight over the members. Internal to cluster/.
 *
 * Weights are × 32,768 of vectors of length 1; a member beyond CENTROID_MEMORY counts as if the group had that many, so
 * that a group follows its problem. At most GROUP_TERMS terms: the weakest leave, those by which the group is found
 * stay. One writer. */
#ifndef CLUSTER_BODY_TERMS_H
#define CLUSTER_BODY_TERMS_H

#include "cluster/cluster_body.h"

/* The terms of a single become those of a fresh group. */
void centroid_start(struct cluster_pool *pool, struct group *group, const struct single *single);
/* The record becomes member number group->members (not yet counted). */
void centroid_add(struct cluster_pool *pool, struct group *group, const struct cluster_query *query);
/* Room for `count` terms; those that were there may be gone. */
void centroid_room(struct cluster_pool *pool, struct group *group, uint32_t count);
/* Sets the centroid's length from its terms. */
void centroid_measure(const struct cluster_pool *pool, struct group *group);
/* Gives the terms back: the group is no candidate any more. */
void centroid_free(struct cluster_pool *pool, struct group *group);
/* Positions in the group's terms of the strongest `room` ones, strongest first; returns how many. */
uint32_t centroid_top(const struct cluster_pool *pool, const struct group *group, uint8_t *out, uint32_t room);

#endif
