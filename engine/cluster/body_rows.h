/* Bodies as rows of a checkpoint. Internal to cluster/. Topics are named by code, everything else as in memory. */
#ifndef CLUSTER_BODY_ROWS_H
#define CLUSTER_BODY_ROWS_H

#include "cluster/cluster_body.h"
#include "cluster/cluster_row.h"

/* Appends the body to `out`. */
void body_write(struct byte_buffer *out, const struct cluster_pool *pool, uint32_t block,
                const struct lexicon *lexicon);
/* Makes the body that the row describes; its block, or 0 when the row is damaged (blocks that were taken
 * by then stay taken: the load as a whole has failed).
 * BODY_RESERVE bytes were reserved. A topic that the image does not know is left out. */
uint32_t body_read(struct row_source *in, struct cluster_pool *pool, const struct lexicon *lexicon);

#endif
