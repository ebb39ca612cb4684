/* The store's thread: decides about lines in the order in which they came, appends what is accepted, commits in groups,
 * and says so. The only thread that uses the store and the admission while it runs.
 *
 * A group is what has gathered when the last one was done: one line at rest, thousands under load. A transaction that
 * fails is rolled back and tried again until it succeeds; until then nothing of it is acknowledged, the board says so,
 * and the loop stops reading. Decisions are made once: they are kept over the tries. */
#ifndef STORE_STORE_THREAD_H
#define STORE_STORE_THREAD_H

#include "base/message_log.h"
#include "pipeline/engine_thread.h"
#include "pipeline/store_board.h"
#include "store/store.h"

struct store_thread;

enum {
    STORE_GROUP_LINES = 16384,    /* of a group; one batch more may come on top */
    STORE_GROUP_BYTES = 16 << 20, /* likewise */
    STORE_TIDY_BYTES = 1 << 20,   /* of the checkpoint, compacted at once */
    STORE_RETENTION_MS = 3600000, /* between looks for what is older than it may be */
    STORE_RETRY_MS = 250,         /* between the tries of a transaction that fails */
    STORE_STOP_TRIES = 8          /* tries after the order to stop; then what was not acknowledged is given up */
};

struct store_thread_setup {
    struct store *store; /* open for writing; used by this thread only */
    struct admission *admission;
    struct batch_ring *from_loop;   /* intake batches; this thread pops */
    struct batch_ring *to_loop;     /* the same, decided and durable; this thread pushes */
    struct batch_ring *to_engine;   /* those with entries; this thread pushes */
    struct batch_ring *from_engine; /* outcome batches; this thread pops */
    struct batch_ring *back;        /* the same, empty; this thread pushes */
    struct ring_bell *bell;         /* of this thread */
    struct ring_bell *engine_bell;
    struct engine_thread *engine; /* told to stop when the last group is committed */
    struct store_board *board;
    void (*wake_loop)(void *loop); /* after replies, after a failure and after recovery from it, and at the end */
    void *loop;
    /* Puts the rejected lines of a batch into the quarantine; returns how many could not be written. */
    size_t (*quarantine)(void *context, const struct intake_batch *batch);
    void *quarantine_context;
    int64_t retention_ms;          /* texts and reporters of entries of the log that are older are deleted; 0: none */
    const struct message_log *log; /* may be NULL */
    const weisu_allocator *allocator;
};

/* Reads the counts of the folder. WEISU_ENOMEM, WEISU_ESTORE. */
weisu_code store_thread_new(struct store_thread **out, const struct store_thread_setup *setup, weisu_err *err);
void store_thread_free(struct store_thread *thread);
/* Returns after store_thread_stop, when everything handed over is committed, the engine has ended and its last
 * checkpoint is committed. */
void store_thread_run(struct store_thread *thread);
/* The loop hands nothing over any more. Any thread. */
void store_thread_stop(struct store_thread *thread);
/* 1 once no reply will follow. Any thread. */
int store_thread_is_finished(struct store_thread *thread);
/* After store_thread_is_finished said 1. WEISU_OK: everything that was handed over is durable. */
weisu_code store_thread_error(const struct store_thread *thread, weisu_err *err);

#endif
