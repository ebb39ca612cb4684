/* Two clusters that may be one: what their reporters say together.
 *
 * Clustering is strict: a record that does not quite reach the threshold of joining opens a cluster of its own, and one
 * problem told in two ways becomes two clusters. When a record's second best cluster scored close to the threshold,
 * both are weighed as one, at a discount for being two things after all. Reporters count once over both. One thread;
 * walks the kept members of both, at most RELATED_MEMBERS each: 1 to 5 µs for about one record in ten. */
#ifndef DETECT_RELATED_H
#define DETECT_RELATED_H

#include "cluster/cluster_index.h"
#include "detect/evidence.h"

enum { RELATED_MEMBERS = 40 };

struct related_sum {
    int64_t first_ms;
    int64_t last_ms;
    int64_t entered_ms; /* of the last new reporter */
    uint32_t reporters; /* distinct over both */
    uint32_t members;
};

void related_add_up(const struct cluster_index *clusters, const uint32_t slot[2], struct related_sum *out);

#endif
