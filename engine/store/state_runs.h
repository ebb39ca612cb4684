/* The checkpoint as sorted runs: a log-structured merge tree (O'Neil, Cheng, Gawlick, O'Neil 1996) in two tables.
 *
 * Rows of a checkpoint have keys all over the place. In a B-tree each costs the writing of a whole page (measured: 33
 * µs a row and 8 KiB of WAL); as a sorted run appended in pieces they cost their own bytes. A row of a newer run hides
 * those of older ones. Runs of like size are merged a little at a time, so that neither reading nor the file suffers;
 * what is merged is not seen until it is whole.
 *
 *     runs   age (order; the newest has the largest), run, pieces, bytes
 *     state  piece (run × 2^24 + number in the run), data (state_piece.h)
 *
 * Runs beyond the age in the note "applied" belong to a checkpoint that never became whole; a writer drops them when it
 * opens the store. For the sources of this folder; see store.h for threads and transactions. */
#ifndef STORE_STATE_RUNS_H
#define STORE_STATE_RUNS_H

#include "base/arena.h"
#include "store/state_piece.h"

struct store;

enum {
    STATE_RUN_ROWS = 16384, /* of a new run: what is sorted at once */
    STATE_RUN_BYTES = 2 << 20,
    STATE_MERGE_RUNS = 8,  /* so many runs of a tier are merged */
    STATE_TIER_FACTOR = 8, /* a tier's runs are so many times as large as those of the one below */
    STATE_PIECES_SHIFT = 24
};

struct state_run {
    uint64_t age;
    uint64_t run;
    uint64_t pieces;
    uint64_t bytes;
};

/* ---- state_merge.c: several runs as one ---- */

struct state_input {
    struct state_run run;
    uint64_t next_piece;
    struct byte_buffer bytes; /* of the piece that is read */
    struct state_piece_reader reader;
    struct state_row row; /* the first that was not taken */
    int is_done;
};

struct state_merge {
    struct store *store;
    struct state_input *inputs; /* [count], oldest first */
    size_t count;
    size_t room;  /* of both arrays */
    size_t *heap; /* [heap_count] inputs that have a row: the least first, of equal keys the newest */
    size_t heap_count;
    int is_begun;
    uint32_t last_table; /* of the row that was given last */
    uint64_t last_key;
    int has_last;
};

/* Reads `count` runs, oldest first. WEISU_ENOMEM. */
weisu_code state_merge_init(struct state_merge *merge, struct store *store, const struct state_run *runs, size_t count,
                            weisu_err *err);
void state_merge_dispose(struct state_merge *merge);
/* The next row in order, of its newest run, valid until the next call. *more is 0 at the end. Rows that say "gone" are
 * given too. */
weisu_code state_merge_next(struct state_merge *merge, struct state_row *out, int *more, weisu_err *err);

/* ---- state_runs.c: writing ---- */

/* A row that was put and is not yet part of a run. */
struct state_pending {
    struct state_row row;
    uint32_t at; /* of two with one key the later one counts */
};

struct state_runs {
    const weisu_allocator *allocator;
    struct state_run *runs; /* [count], ascending age */
    size_t count;
    size_t capacity;
    int is_known;         /* runs, ages and garbage are as the database has them; 0 after a rollback */
    uint64_t visible_age; /* runs up to this one are the checkpoint */
    uint64_t next_age;
    uint64_t next_run;
    uint64_t *garbage; /* [garbage_count] runs whose pieces nobody needs */
    size_t garbage_count;
    size_t garbage_capacity;

    struct arena arena;
    struct state_pending *pending; /* [pending_count], data in the arena */
    size_t pending_count;
    size_t pending_capacity;
    size_t pending_bytes;
    struct byte_buffer piece;

    struct state_merge merge; /* of merge.count runs from merge_first on; .inputs NULL: none is under way */
    size_t merge_first;
    struct state_run merged; /* what comes out of it so far */
    struct byte_buffer merge_piece;
};

void state_runs_init(struct state_runs *runs, const weisu_allocator *allocator);
void state_runs_dispose(struct state_runs *runs);
/* Reads what the database has, where that is not known. */
weisu_code state_runs_load(struct store *store, weisu_err *err);
/* Drops what never became whole: for a writer that just opened the store. */
weisu_code state_runs_clean(struct store *store, weisu_err *err);
/* The transaction was rolled back: what was put in it is gone. */
void state_runs_forget(struct store *store);
/* Writes the rows that were put as a run. Before every commit. */
weisu_code state_runs_flush(struct store *store, weisu_err *err);
/* A piece of `run`, which is counted there. */
weisu_code state_runs_put_piece(struct store *store, struct state_run *run, struct byte_buffer *piece, weisu_err *err);

/* Makes `run` known to the database. */
weisu_code state_runs_put_run(struct store *store, const struct state_run *run, weisu_err *err);
/* The pieces of this run are dropped by and by. */
weisu_code state_runs_add_garbage(struct state_runs *runs, uint64_t run, weisu_err *err);
/* How many of `runs`, from the oldest on, are the checkpoint. */
size_t state_runs_visible(const struct state_runs *runs);

/* ---- state_tidy.c: merging a little at a time ---- */

void state_tidy_stop(struct state_runs *runs);

#endif
