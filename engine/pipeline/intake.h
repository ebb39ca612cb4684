/* Intake: the loop thread's end of the way of a record. Who receives lines (TCP feed, later HTTP) fills the open batch;
 * batches go to the store thread, come back as replies, and are free again when the engine has read them too.
 *
 *     loop: fill → store: decide, append, COMMIT → loop: answer
 *                                               ↘ engine: apply → loop: free
 *
 * The pool is bounded. When no batch is free the receivers stop reading: nothing is dropped.
 * While the loop has a batch it owns all of it. From hand-over to reply it is the store thread's. After the reply loop
 * and engine both read it, and nobody writes. All functions here are called by the loop thread. */
#ifndef PIPELINE_INTAKE_H
#define PIPELINE_INTAKE_H

#include "base/arena.h"
#include "pipeline/batch_ring.h"
#include "pipeline/log_entry.h"

#include <weisu/error.h>

enum {
    INTAKE_BATCH_LINES = 4096,
    INTAKE_BATCH_BYTES = 4 << 20, /* of lines; a line of 1 MiB fits on top */
    INTAKE_EAGER_LINES = 256      /* a batch with so many is handed over while another is being committed */
};

#define INTAKE_NO_SOURCE UINT64_C(0) /* key of what nobody waits to be answered about */

/* A line that was received. */
struct intake_line {
    uint32_t source;     /* index into sources */
    weisu_code code;     /* WEISU_OK, or why it was rejected (by the decoder or by admission) */
    uint64_t number;     /* of the connection, 1-based */
    weisu_record record; /* with WEISU_OK from the decoder; strings in the arena */
    int is_words;        /* the record's text is changes of words (LOG_WORDS) that can be taken */
    weisu_str message;   /* of a rejection */
    int is_action;       /* the record is an operator's action (log_action.h) */
    weisu_str raw;       /* of a line that could not be decoded: its bytes, NOT masked, for the quarantine to mask */
};

/* Who sent lines of the batch: the ack goes there. */
struct intake_source {
    uint64_t key;       /* the receiver's own: names a connection for as long as the program runs */
    uint64_t last_line; /* every line up to this one is in this batch or an earlier one */
};

struct intake_batch {
    struct arena arena;
    struct intake_line *lines; /* [INTAKE_BATCH_LINES] */
    size_t line_count;
    size_t bytes;                  /* of the lines as received */
    struct intake_source *sources; /* [INTAKE_BATCH_LINES] */
    size_t source_count;
    int64_t wall_ms; /* time of day at hand-over, or WEISU_NO_TIME (clock of events) */
    int64_t tick_ms; /* WEISU_NO_TIME, or: after the lines the clock moves here */

    /* by the store thread */
    struct log_entry *entries; /* [INTAKE_BATCH_LINES + 1], what became durable */
    size_t entry_count;
    uint32_t *rejected; /* [INTAKE_BATCH_LINES] indexes of lines, ascending */
    size_t rejected_count;
    size_t decided; /* lines that admission has seen */

    unsigned waits_for; /* the loop's: hands that have it; free at 0 */
};

struct intake_setup {
    size_t batches;                 /* size of the pool, 2 to 64 */
    struct batch_ring *to_store;    /* this thread pushes */
    struct ring_bell *store_bell;   /* and rings */
    struct batch_ring *from_store;  /* replies; this thread pops */
    struct batch_ring *from_engine; /* batches that the engine has read; this thread pops */
    const weisu_allocator *allocator;
};

struct intake {
    struct intake_setup setup;
    struct intake_batch *pool; /* [setup.batches] */
    struct intake_batch **free;
    size_t free_count;
    struct intake_batch *open;
    int64_t wall_ms;     /* see intake_set_wall */
    size_t with_store;   /* batches handed over and not replied to */
    uint64_t lines;      /* handed over so far */
    uint64_t full_stops; /* times that no batch was free when one was wanted */
};

/* WEISU_ENOMEM. The rings and the bell outlive the intake. */
weisu_code intake_init(struct intake *intake, const struct intake_setup *setup, weisu_err *err);
/* After the threads ended. */
void intake_dispose(struct intake *intake);

/* The batch to put the next line into, or NULL when all are on their way: stop reading until a batch came back. */
struct intake_batch *intake_open(struct intake *intake);
/* A new line of source `key` in a batch that intake_open gave just now, zeroed but for source and number. */
struct intake_line *intake_add_line(struct intake_batch *batch, uint64_t key, uint64_t number);
/* Lines of `key` up to `number` are done with, without a line of their own (blank ones). */
void intake_skip_line(struct intake_batch *batch, uint64_t key, uint64_t number);

/* The time of day from here on, where the clock is that of the wall; WEISU_NO_TIME at first. */
void intake_set_wall(struct intake *intake, int64_t wall_ms);
/* Sends the open batch when the store has nothing to do, when it is full, or when it is large enough to be decided
 * while another one is committed. Called after each turn of the loop and after each reply. */
void intake_hand_over(struct intake *intake);
/* Sends the open batch in any case: nothing more will be received. */
void intake_finish(struct intake *intake);
/* The clock moves to `time_ms` after what the open batch holds. Does nothing when no batch is free. */
void intake_tick(struct intake *intake, int64_t time_ms);

/* The next batch that is durable, to be answered now, or NULL. */
struct intake_batch *intake_next_reply(struct intake *intake);
/* It was answered. */
void intake_answered(struct intake *intake, struct intake_batch *batch);
/* Takes back what the engine has read. Returns how many batches are free. */
size_t intake_collect(struct intake *intake);
/* 1 when every line that was received is answered. */
int intake_is_idle(const struct intake *intake);
/* Held by the batches, in bytes. */
size_t intake_bytes(const struct intake *intake);

#endif
