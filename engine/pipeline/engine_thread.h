/* The engine's thread: the only one that calls the core, and thereby the only one that opens OpenMP regions.
 *
 * Takes batches that are durable from the store's thread, applies their entries in order, hands assignments, links,
 * changes and checkpoints back, gives the batches to the loop, and publishes snapshots. This folder starts no thread:
 * the caller runs engine_thread_run on one of his own.
 * Before engine_thread_run and after it returned, the caller's thread may use everything here. While it runs, others
 * may only call engine_thread_stop and engine_thread_is_finished. */
#ifndef PIPELINE_ENGINE_THREAD_H
#define PIPELINE_ENGINE_THREAD_H

#include "base/message_log.h"
#include "pipeline/intake.h"
#include "pipeline/snapshot_builder.h"

struct engine_thread;

enum {
    ENGINE_OUTCOMES = 4,     /* outcome batches on their way to the store */
    ENGINE_GATHER = 4096,    /* entries applied at once when so many have gathered */
    ENGINE_PUBLISH_MS = 200, /* snapshots are not published more often */
    ENGINE_ALERT_MS = 10,    /* but with changes of alerts */
    /* While a checkpoint is under way the engine copies so many rows or bytes of it, applies so many entries, and so
     * on: it is never held for long, and what the entries change is less than what is copied, so it comes to an end. */
    ENGINE_SAVE_ROWS = 6144,
    ENGINE_SAVE_BYTES = 3 << 18,
    ENGINE_SAVE_ENTRIES = 64
};

struct engine_thread_setup {
    struct core *core;             /* used by this thread only; outlives the engine thread */
    struct batch_ring *from_store; /* durable intake batches; this thread pops */
    struct batch_ring *to_loop;    /* intake batches that were read; this thread pushes */
    struct batch_ring *to_store;   /* outcome batches; this thread pushes */
    struct batch_ring *back;       /* outcome batches, emptied; this thread pops */
    struct ring_bell *bell;        /* of this thread */
    struct ring_bell *store_bell;
    void (*wake_loop)(void *loop); /* after a batch was read, a snapshot published, or the end */
    void *loop;
    struct snapshot_slot *published;
    const struct message_log *log; /* may be NULL */
    const weisu_allocator *allocator;
    uint64_t city; /* 12-digit code */
    const struct zone *zone;
    uint64_t last_change;        /* number of the last change made before the core's sequence number */
    uint64_t checkpoint_entries; /* a checkpoint after so many entries */
    int64_t checkpoint_ms;       /* and after so long without entries */
};

/* Takes the core's listener. WEISU_ENOMEM. */
weisu_code engine_thread_new(struct engine_thread **out, const struct engine_thread_setup *setup, weisu_err *err);
void engine_thread_free(struct engine_thread *engine);

/* ---- at start, on the caller's thread ---- */

/* A change made by an earlier process: of an alert that is raised now (`is_live`), or, in ascending order, one of the
 * last SNAPSHOT_CHANGES. */
weisu_code engine_thread_recall(struct engine_thread *engine, const struct outcome_change *change, int is_live,
                                weisu_err *err);
/* Applies entries of the log and adds what follows from them to `out`. After an error the engine is of no use. */
weisu_code engine_thread_apply(struct engine_thread *engine, const struct log_entry *entries, size_t count,
                               struct outcome_batch *out, weisu_err *err);
/* A checkpoint of what was applied, straight to the sink: rows of every part but admission. With `all` every row, not
 * only those that changed. */
weisu_code engine_thread_save(struct engine_thread *engine, int all, const struct state_sink *sink, weisu_err *err);
/* Entries applied since the last checkpoint. */
uint64_t engine_thread_unsaved(const struct engine_thread *engine);
/* Publishes what the core shows now. */
weisu_code engine_thread_publish(struct engine_thread *engine, weisu_err *err);

/* ---- running ---- */

/* Returns after engine_thread_stop, when everything that the store had handed over is applied and a checkpoint of it is
 * on its way to the store; or after an error. */
void engine_thread_run(struct engine_thread *engine);
/* The store hands nothing over any more. Any thread. */
void engine_thread_stop(struct engine_thread *engine);
/* 1 once no outcome will follow. Any thread. */
int engine_thread_is_finished(struct engine_thread *engine);
/* Why it ended; after engine_thread_is_finished said 1. WEISU_OK: it was told to stop. */
weisu_code engine_thread_error(const struct engine_thread *engine, weisu_err *err);

#endif
