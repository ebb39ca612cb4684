/* JSON forms of what the engine says: the same bytes in files, in the API and on the event stream. */
#ifndef PIPELINE_RENDER_H
#define PIPELINE_RENDER_H

#include "base/byte_buffer.h"
#include "base/zone.h"
#include "cluster/cluster_index.h"

#include <weisu/alert.h>

/* One line of alerts.jsonl, without its line feed. Times on the clock of `zone`. */
void render_alert(struct byte_buffer *out, const weisu_alert *alert, const struct zone *zone);
/* One line of clusters.jsonl, without its line feed. `city` is the 12-digit code of the path's root. */
void render_cluster(struct byte_buffer *out, const struct cluster_index *index, const struct lexicon *lexicon,
                    uint64_t city, uint32_t slot, const struct zone *zone);

struct cluster_deed;
/* One line of merges.jsonl, without its line feed: what the second pass or an operator did, or what it proposes. */
void render_deed(struct byte_buffer *out, const struct cluster_index *index, const struct cluster_deed *deed,
                 const struct zone *zone);

#endif
