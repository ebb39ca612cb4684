/* Makes snapshots on the engine's thread: remembers the last changes, the alerts that are raised now, and the clusters
 * that were touched last; renders again only what changed. */
#ifndef PIPELINE_SNAPSHOT_BUILDER_H
#define PIPELINE_SNAPSHOT_BUILDER_H

#include "base/zone.h"
#include "pipeline/outcome_batch.h"
#include "pipeline/snapshot.h"

struct snapshot_builder;

struct snapshot_source {
    const struct core *core;          /* looked at by touch and make; outlives the builder */
    uint64_t city;                    /* 12-digit code */
    const struct zone *zone;          /* of the times in JSON; outlives the builder */
    const weisu_allocator *allocator; /* serves any thread */
};

weisu_code snapshot_builder_new(struct snapshot_builder **out, const struct snapshot_source *source, weisu_err *err);
void snapshot_builder_free(struct snapshot_builder *builder);

/* A record joined the cluster in this slot. About 50 ns. */
void snapshot_builder_touch(struct snapshot_builder *builder, uint32_t slot);
/* The next change. Numbers ascend by 1 from the first one given. WEISU_ENOMEM: not taken. */
weisu_code snapshot_builder_change(struct snapshot_builder *builder, const struct outcome_change *change,
                                   weisu_err *err);
/* At start: an alert that is raised now and whose last change is older than the changes that follow. */
weisu_code snapshot_builder_recall(struct snapshot_builder *builder, const struct outcome_change *change,
                                   weisu_err *err);

/* A snapshot of now with one reference. WEISU_ENOMEM: *out is NULL. Alerts and counts are those of now. With
 * `with_clusters` up to SNAPSHOT_RENDERED clusters are rendered anew (some µs each), the rest with the next ones. */
enum { SNAPSHOT_RENDERED = 256 };
weisu_code snapshot_builder_make(struct snapshot_builder *builder, int with_clusters, struct snapshot **out,
                                 weisu_err *err);

enum snapshot_news { SNAPSHOT_NO_NEWS, SNAPSHOT_NEWS, SNAPSHOT_ALERT_NEWS };
/* What a snapshot made now would show that the last one did not. */
enum snapshot_news snapshot_builder_news(const struct snapshot_builder *builder);

#endif
