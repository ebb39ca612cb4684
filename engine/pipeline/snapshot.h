/* Snapshots: what the engine shows to others. Immutable and counted; the engine's thread publishes, any thread looks.
 *
 * A snapshot shares its items with the ones before it, so publishing costs pointers, not texts. Who takes a snapshot
 * gives it back with snapshot_unref; items live as long as a snapshot that holds them. The allocator must serve any
 * thread. */
#ifndef PIPELINE_SNAPSHOT_H
#define PIPELINE_SNAPSHOT_H

#include "pipeline/core.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    SNAPSHOT_CHANGES = 1000,  /* changes of alerts kept for lists and for readers that come back */
    SNAPSHOT_CLUSTERS = 1000, /* clusters of two members or more, those touched last */
    SNAPSHOT_ID_BYTES = 24
};

/* A change of an alert, or a cluster, as JSON. */
struct snapshot_item {
    atomic_uint refs; /* see item_unref in snapshot.c */
    uint32_t state;   /* of an alert: weisu_alert_state */
    uint64_t number;  /* of an alert's change: 1, 2, … over all alerts; 0 for a cluster */
    int64_t time_ms;  /* of the change, or of the cluster's last member */
    char id[SNAPSHOT_ID_BYTES];
    size_t size;
    char json[]; /* [size], one line without its line feed */
};

struct snapshot {
    atomic_uint refs; /* see snapshot_unref */
    const weisu_allocator *allocator;
    uint64_t sequence; /* the last entry that it shows */
    int64_t clock_ms;
    struct core_counts counts;
    uint64_t last_change; /* number of the last change ever; 0: none */
    uint64_t checkpoints; /* made by this process */
    uint64_t longest_checkpoint_ns;
    struct snapshot_item **changes;  /* ascending number, without gaps, the last one is last_change */
    struct snapshot_item **live;     /* raised now, each as of its last change, ascending number */
    struct snapshot_item **clusters; /* touched last first */
    size_t change_count;
    size_t live_count;
    size_t cluster_count;
};

/* A copy of `json` with one reference; NULL when memory is out. */
struct snapshot_item *snapshot_item_new(const weisu_allocator *allocator, const char *id, weisu_str json);
struct snapshot_item *snapshot_item_ref(struct snapshot_item *item);
void snapshot_item_unref(const weisu_allocator *allocator, struct snapshot_item *item);

/* Arrays of the three sizes, to be filled; one reference. NULL when memory is out. */
struct snapshot *snapshot_new(const weisu_allocator *allocator, size_t changes, size_t live, size_t clusters);
void snapshot_unref(struct snapshot *snapshot);

/* Where the newest snapshot stands. */
struct snapshot_slot {
    pthread_mutex_t guard; /* guards `newest`, not what it points to */
    struct snapshot *newest;
};

weisu_code snapshot_slot_init(struct snapshot_slot *slot, weisu_err *err);
void snapshot_slot_dispose(struct snapshot_slot *slot);
/* Takes the caller's reference. */
void snapshot_publish(struct snapshot_slot *slot, struct snapshot *snapshot);
/* With a reference for the caller; NULL before the first publication. */
struct snapshot *snapshot_take(struct snapshot_slot *slot);

#endif
