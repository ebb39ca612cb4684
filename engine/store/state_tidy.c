/* Merging the runs of the checkpoint, and dropping what merges leave. */
#include "base/failure.h"
#include "store/store_private.h"

#include <string.h>

void state_tidy_stop(struct state_runs *runs)
{
    state_merge_dispose(&runs->merge);
}

/* ---- garbage ---- */

/* Drops one piece of the oldest garbage; *freed is its rough size, 0 when there is none. */
static weisu_code drop_piece(struct store *store, size_t *freed, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    *freed = 0;
    while (runs->garbage_count) {
        uint64_t run = runs->garbage[runs->garbage_count - 1];
        sqlite3_stmt *first = store_statement(store, STORE_SQL_FIRST_PIECE, err);
        if (!first)
            return store_code(err);
        store_bind_uint(first, 1, run << STATE_PIECES_SHIFT);
        int status = sqlite3_step(first);
        int is_null = status == SQLITE_ROW && sqlite3_column_type(first, 0) == SQLITE_NULL;
        uint64_t piece = (uint64_t)sqlite3_column_int64(first, 0);
        sqlite3_reset(first);
        if (status != SQLITE_ROW)
            return store_failure(store, "cannot read the checkpoint", err);
        if (is_null || piece >> STATE_PIECES_SHIFT != run) {
            runs->garbage_count--;
            continue;
        }
        sqlite3_stmt *drop = store_statement(store, STORE_SQL_DROP_PIECE, err);
        if (drop)
            store_bind_uint(drop, 1, piece);
        *freed = STATE_PIECE_BYTES / 4; /* dropping costs about a quarter of writing */
        return store_run(store, drop, "cannot drop a piece of the checkpoint", err);
    }
    return WEISU_OK;
}

/* ---- choosing ---- */

static unsigned tier_of(const struct state_run *run)
{
    unsigned tier = 0;
    for (uint64_t most = 2 * (uint64_t)STATE_RUN_BYTES; run->bytes > most; most *= STATE_TIER_FACTOR)
        tier++;
    return tier;
}

/* The newest runs of which enough are of one tier or below it: how many, or 0. Always the newest ones, so that what
 * comes out stands where they stood. */
static size_t choose(const struct state_runs *runs, size_t visible)
{
    for (unsigned tier = 0; tier < 16; tier++) {
        size_t count = 0;
        while (count < visible && tier_of(&runs->runs[visible - 1 - count]) <= tier)
            count++;
        if (count >= STATE_MERGE_RUNS)
            return count;
        if (count == visible)
            break;
    }
    return 0;
}

static weisu_code begin_merge(struct store *store, size_t visible, size_t count, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    runs->merge_first = visible - count;
    runs->merged = (struct state_run){.age = runs->runs[visible - 1].age, .run = runs->next_run++};
    state_piece_begin(&runs->merge_piece);
    return state_merge_init(&runs->merge, store, runs->runs + runs->merge_first, count, err);
}

/* ---- merging ---- */

static weisu_code drop_run(struct store *store, const struct state_run *run, weisu_err *err)
{
    weisu_code code = state_runs_add_garbage(&store->runs, run->run, err);
    if (code)
        return code;
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_DROP_RUN, err);
    if (statement)
        store_bind_uint(statement, 1, run->age);
    return store_run(store, statement, "cannot drop a run of the checkpoint", err);
}

/* From here on the one run is seen instead of the many. */
static weisu_code end_merge(struct store *store, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    size_t count = runs->merge.count;
    weisu_code code = WEISU_OK;
    if (state_piece_has_rows(&runs->merge_piece))
        code = state_runs_put_piece(store, &runs->merged, &runs->merge_piece, err);
    for (size_t i = 0; i < count && !code; i++)
        code = drop_run(store, &runs->runs[runs->merge_first + i], err);
    if (!code)
        code = state_runs_put_run(store, &runs->merged, err);
    if (code)
        return code;
    struct state_run *place = runs->runs + runs->merge_first;
    *place = runs->merged;
    memmove(place + 1, place + count, (runs->count - runs->merge_first - count) * sizeof *place);
    runs->count -= count - 1;
    state_tidy_stop(runs);
    return WEISU_OK;
}

/* Merges rows until `budget` bytes are written; *used says how many were. */
static weisu_code merge_some(struct store *store, size_t budget, size_t *used, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    int with_oldest = runs->merge_first == 0; /* nothing is left for "gone" to hide */
    weisu_code code = WEISU_OK;
    *used = 0;
    while (!code && *used < budget) {
        struct state_row row;
        int more;
        code = state_merge_next(&runs->merge, &row, &more, err);
        if (!code && !more)
            return end_merge(store, err);
        if (code || (row.size == 0 && with_oldest))
            continue;
        state_piece_add(&runs->merge_piece, &row);
        if (runs->merge_piece.size >= STATE_PIECE_BYTES) {
            *used += runs->merge_piece.size;
            code = state_runs_put_piece(store, &runs->merged, &runs->merge_piece, err);
            state_piece_begin(&runs->merge_piece);
        }
    }
    return code;
}

weisu_code store_tidy(struct store *store, size_t budget, int *more, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    weisu_code code = state_runs_flush(store, err);
    if (!code)
        code = state_runs_load(store, err);
    for (size_t used = 0, step = 1; !code && used < budget && step; used += step)
        code = drop_piece(store, &step, err);
    size_t visible = state_runs_visible(runs);
    size_t count = runs->merge.inputs || code ? 0 : choose(runs, visible);
    if (count)
        code = begin_merge(store, visible, count, err);
    size_t used = 0;
    if (!code && runs->merge.inputs && !runs->garbage_count)
        code = merge_some(store, budget, &used, err);
    *more = !code && (runs->garbage_count || runs->merge.inputs || choose(runs, state_runs_visible(runs)));
    return code;
}
