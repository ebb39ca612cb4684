/* What the engine made, on its way into the database.
 *
 * Assignments, links and changes go in whole; a checkpoint goes in slices, one with each transaction, so that no group
 * waits for all of it: it is seen when its last slice is committed. One thread. */
#ifndef STORE_OUTCOME_QUEUE_H
#define STORE_OUTCOME_QUEUE_H

#include "pipeline/batch_ring.h"
#include "pipeline/engine_thread.h"
#include "store/store.h"

enum { OUTCOME_SLICE_BYTES = 1 << 20 };

struct outcome_waiting {
    struct outcome_batch *outcome;
    int is_put;      /* all but the rows of a checkpoint is committed */
    size_t rows_put; /* rows that are committed */
    size_t rows_now; /* and those that the open transaction adds */
};

struct outcome_queue {
    struct outcome_waiting waiting[ENGINE_OUTCOMES]; /* [count], in the order in which the engine made them */
    size_t count;
};

/* Puts a whole outcome into the open transaction; a checkpoint moves the applied sequence number. */
weisu_code store_put_outcome(struct store *store, const struct outcome_batch *outcome, weisu_err *err);

/* Takes what waits in the ring, as far as there is room. */
void outcome_queue_collect(struct outcome_queue *queue, struct batch_ring *from_engine);
/* Puts what is next into the open transaction. `admission` joins a checkpoint with its first slice: nothing that it has
 * decided may be uncommitted after this transaction. */
weisu_code outcome_queue_put(struct outcome_queue *queue, struct store *store, struct admission *admission,
                             weisu_err *err);
/* The transaction was committed: empties what is wholly written and gives it back. Returns how many checkpoints became
 * whole. */
size_t outcome_queue_committed(struct outcome_queue *queue, struct batch_ring *back);
/* Gives everything back unwritten. */
void outcome_queue_drop(struct outcome_queue *queue, struct batch_ring *back);

#endif
