/* What the second pass knows, as rows of STATE_CLUSTER: nodes of merges, proposals, and the pairs that the next pass
 * looks at. Internal to cluster/. */
#ifndef CLUSTER_UNION_ROWS_H
#define CLUSTER_UNION_ROWS_H

#include "cluster/cluster_row.h"
#include "cluster/index_fields.h"

#define UNION_ROWS_FROM (UINT64_C(1) << 32) /* keys from here on; slots of clusters are below */

/* Rows that changed since the last save (all: every row). `bytes` is room to write in. */
weisu_code union_rows_save(const struct cluster_index *index, int all, const struct state_sink *sink,
                           struct byte_buffer *bytes, weisu_err *err);
/* All of them are saved. */
void union_rows_saved(struct cluster_index *index);
/* WEISU_ESTATE: damaged; WEISU_ENOMEM. */
weisu_code union_rows_load(struct cluster_index *index, uint64_t key, struct row_source *in, weisu_err *err);
/* After the last row, with all bodies there. 0; -1 when rows contradict each other. */
int union_rows_loaded(struct cluster_index *index);

#endif
