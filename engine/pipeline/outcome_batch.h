/* What the engine hands to the store: assignments, links and changes of the entries it applied, and checkpoints.
 *
 * Filled by the engine's thread, then owned by the store's thread until it comes back empty. Strings and rows are in
 * its arena. A failed addition is remembered (`failed`): nothing of the batch may be used then. */
#ifndef PIPELINE_OUTCOME_BATCH_H
#define PIPELINE_OUTCOME_BATCH_H

#include "base/arena.h"
#include "base/state_row.h"

enum { OUTCOME_CLUSTER_BYTES = 16, OUTCOME_ALERT_BYTES = 24, OUTCOME_BLOCK_ROWS = 1024 };

struct outcome_assignment {
    uint64_t sequence;
    weisu_str id;
    uint32_t slot;
    char cluster[OUTCOME_CLUSTER_BYTES]; /* 0-terminated */
};

struct outcome_link {
    uint64_t sequence;
    weisu_str id;
    weisu_str earlier_id;
    uint32_t score_milli;
};

struct outcome_change {
    uint64_t number; /* 1, 2, … over all alerts */
    uint64_t sequence;
    int64_t time_ms;
    uint32_t change;
    uint32_t state;                  /* weisu_alert_state */
    char alert[OUTCOME_ALERT_BYTES]; /* 0-terminated */
    weisu_str json;
};

struct outcome_batch {
    const weisu_allocator *allocator;
    struct arena arena;
    struct outcome_assignment *assignments;
    struct outcome_link *links;
    struct outcome_change *changes;
    struct state_row **row_blocks; /* of a checkpoint: [row_block_count] of OUTCOME_BLOCK_ROWS each, in the arena */
    size_t assignment_count, assignment_capacity;
    size_t link_count, link_capacity;
    size_t change_count, change_capacity;
    size_t row_count;
    size_t row_block_count, row_block_capacity;
    size_t row_bytes;
    int is_checkpoint; /* rows are a whole checkpoint that contains the entries up to `applied` */
    int has_admission; /* the store's thread has added admission's rows to them */
    uint64_t applied;  /* last entry that was applied when the batch was filled */
    int failed;        /* memory ran out */
};

void outcome_batch_init(struct outcome_batch *batch, const weisu_allocator *allocator);
void outcome_batch_dispose(struct outcome_batch *batch);
/* Empty again; keeps memory, but not that of a large checkpoint. */
void outcome_batch_reset(struct outcome_batch *batch);
int outcome_batch_is_empty(const struct outcome_batch *batch);

/* Strings are copied. `cluster` is 0-terminated. */
void outcome_add_assignment(struct outcome_batch *batch, uint64_t sequence, weisu_str id, const char *cluster,
                            uint32_t slot);
void outcome_add_link(struct outcome_batch *batch, uint64_t sequence, weisu_str id, weisu_str earlier_id,
                      uint32_t score_milli);
void outcome_add_change(struct outcome_batch *batch, const struct outcome_change *change);
/* `at` < row_count. */
static inline const struct state_row *outcome_row(const struct outcome_batch *batch, size_t at)
{
    return &batch->row_blocks[at / OUTCOME_BLOCK_ROWS][at % OUTCOME_BLOCK_ROWS];
}
/* The `put` of a state_sink whose context is the batch. */
weisu_code outcome_put_row(void *context, const struct state_row *row, weisu_err *err);

#endif
