#include "store/state_runs.h"

#include "base/failure.h"
#include "store/store_private.h"

#include <stdlib.h>
#include <string.h>

void state_runs_init(struct state_runs *runs, const weisu_allocator *allocator)
{
    *runs = (struct state_runs){.allocator = allocator};
    arena_init(&runs->arena, allocator, 1 << 20);
    byte_buffer_init(&runs->piece, allocator);
    byte_buffer_init(&runs->merge_piece, allocator);
}

void state_runs_dispose(struct state_runs *runs)
{
    const weisu_allocator *a = runs->allocator;
    state_tidy_stop(runs);
    memory_free(a, runs->runs, runs->capacity, sizeof *runs->runs);
    memory_free(a, runs->garbage, runs->garbage_capacity, sizeof *runs->garbage);
    memory_free(a, runs->pending, runs->pending_capacity, sizeof *runs->pending);
    arena_dispose(&runs->arena);
    byte_buffer_dispose(&runs->piece);
    byte_buffer_dispose(&runs->merge_piece);
}

static void drop_pending(struct state_runs *runs)
{
    runs->pending_count = runs->pending_bytes = 0;
    arena_reset(&runs->arena);
}

void state_runs_forget(struct store *store)
{
    state_tidy_stop(&store->runs);
    drop_pending(&store->runs);
    store->runs.is_known = 0;
}

/* ---- what the database has ---- */

static weisu_code add_run(struct state_runs *runs, const struct state_run *run, weisu_err *err)
{
    void *items = runs->runs;
    if (memory_reserve(runs->allocator, &items, &runs->capacity, runs->count + 1, sizeof *runs->runs))
        return failure(err, WEISU_ENOMEM, "no memory for the runs of the checkpoint");
    runs->runs = items;
    runs->runs[runs->count++] = *run;
    return WEISU_OK;
}

weisu_code state_runs_add_garbage(struct state_runs *runs, uint64_t run, weisu_err *err)
{
    void *items = runs->garbage;
    if (memory_reserve(runs->allocator, &items, &runs->garbage_capacity, runs->garbage_count + 1,
                       sizeof *runs->garbage))
        return failure(err, WEISU_ENOMEM, "no memory for the runs of the checkpoint");
    runs->garbage = items;
    runs->garbage[runs->garbage_count++] = run;
    return WEISU_OK;
}

static weisu_code read_runs(struct store *store, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    sqlite3_stmt *row = store_statement(store, STORE_SQL_RUNS, err);
    if (!row)
        return store_code(err);
    weisu_code code = WEISU_OK;
    int status;
    runs->count = 0;
    runs->next_age = runs->next_run = 1;
    while (!code && (status = sqlite3_step(row)) != SQLITE_DONE) {
        struct state_run run = {(uint64_t)sqlite3_column_int64(row, 0), (uint64_t)sqlite3_column_int64(row, 1),
                                (uint64_t)sqlite3_column_int64(row, 2), (uint64_t)sqlite3_column_int64(row, 3)};
        code = status == SQLITE_ROW ? add_run(runs, &run, err) : store_failure(store, "cannot read the runs", err);
        runs->next_age = run.age + 1;
        runs->next_run = run.run >= runs->next_run ? run.run + 1 : runs->next_run;
    }
    sqlite3_reset(row);
    return code;
}

static int is_run(const struct state_runs *runs, uint64_t run)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->runs[i].run == run)
            return 1;
    return 0;
}

/* Runs that have pieces and are none: what a merge or a crash left. A look-up for each run, not for each piece. */
static weisu_code find_garbage(struct store *store, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    uint64_t from = 0;
    runs->garbage_count = 0;
    for (;;) {
        sqlite3_stmt *first = store_statement(store, STORE_SQL_FIRST_PIECE, err);
        if (!first)
            return store_code(err);
        store_bind_uint(first, 1, from);
        int status = sqlite3_step(first);
        int is_end = status == SQLITE_ROW && sqlite3_column_type(first, 0) == SQLITE_NULL;
        uint64_t run = (uint64_t)sqlite3_column_int64(first, 0) >> STATE_PIECES_SHIFT;
        sqlite3_reset(first);
        if (status != SQLITE_ROW)
            return store_failure(store, "cannot read the checkpoint", err);
        if (is_end)
            return WEISU_OK;
        weisu_code code = is_run(runs, run) ? WEISU_OK : state_runs_add_garbage(runs, run, err);
        if (code)
            return code;
        runs->next_run = run >= runs->next_run ? run + 1 : runs->next_run;
        from = (run + 1) << STATE_PIECES_SHIFT;
    }
}

weisu_code state_runs_load(struct store *store, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    if (runs->is_known)
        return WEISU_OK;
    uint64_t applied[2];
    weisu_code code = store_numbers(store, STORE_NOTE_APPLIED, applied, 2, err);
    if (!code)
        code = read_runs(store, err);
    if (!code && store->mode == STORE_WRITE)
        code = find_garbage(store, err);
    runs->visible_age = code ? 0 : applied[1];
    runs->is_known = !code && store->mode == STORE_WRITE; /* a reader sees another state with each transaction */
    return code;
}

weisu_code state_runs_clean(struct store *store, weisu_err *err)
{
    uint64_t applied[2];
    weisu_code code = store_numbers(store, STORE_NOTE_APPLIED, applied, 2, err);
    if (code)
        return code;
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_DROP_RUNS, err);
    if (statement)
        store_bind_uint(statement, 1, applied[1]);
    code = store_run(store, statement, "cannot drop a checkpoint that is not whole", err);
    return code ? code : state_runs_load(store, err);
}

/* ---- writing ---- */

weisu_code state_runs_put_piece(struct store *store, struct state_run *run, struct byte_buffer *piece, weisu_err *err)
{
    state_piece_end(piece);
    if (piece->failed)
        return failure(err, WEISU_ENOMEM, "no memory for a piece of the checkpoint");
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_PIECE, err);
    if (statement) {
        store_bind_uint(statement, 1, run->run << STATE_PIECES_SHIFT | run->pieces);
        sqlite3_bind_blob64(statement, 2, piece->data, piece->size, SQLITE_STATIC);
    }
    run->pieces++;
    run->bytes += piece->size;
    return store_run(store, statement, "cannot write the checkpoint", err);
}

weisu_code state_runs_put_run(struct store *store, const struct state_run *run, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_RUN, err);
    if (statement) {
        store_bind_uint(statement, 1, run->age);
        store_bind_uint(statement, 2, run->run);
        store_bind_uint(statement, 3, run->pieces);
        store_bind_uint(statement, 4, run->bytes);
    }
    return store_run(store, statement, "cannot write a run of the checkpoint", err);
}

static int compare_pending(const void *left, const void *right)
{
    const struct state_pending *a = left;
    const struct state_pending *b = right;
    int order = state_row_compare(&a->row, &b->row);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static weisu_code write_pending(struct store *store, struct state_run *run, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    weisu_code code = WEISU_OK;
    state_piece_begin(&runs->piece);
    for (size_t i = 0; i < runs->pending_count && !code; i++) {
        const struct state_row *row = &runs->pending[i].row;
        int is_hidden = i + 1 < runs->pending_count && state_row_compare(row, &runs->pending[i + 1].row) == 0;
        if (is_hidden)
            continue;
        state_piece_add(&runs->piece, row);
        if (runs->piece.size >= STATE_PIECE_BYTES) {
            code = state_runs_put_piece(store, run, &runs->piece, err);
            state_piece_begin(&runs->piece);
        }
    }
    return !code && state_piece_has_rows(&runs->piece) ? state_runs_put_piece(store, run, &runs->piece, err) : code;
}

weisu_code state_runs_flush(struct store *store, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    if (!runs->pending_count)
        return WEISU_OK;
    weisu_code code = state_runs_load(store, err);
    if (code)
        return code;
    struct state_run run = {.age = runs->next_age, .run = runs->next_run};
    qsort(runs->pending, runs->pending_count, sizeof *runs->pending, compare_pending);
    code = write_pending(store, &run, err);
    if (!code)
        code = state_runs_put_run(store, &run, err);
    if (!code)
        code = add_run(runs, &run, err);
    runs->next_age++;
    runs->next_run++;
    drop_pending(runs);
    return code;
}

weisu_code store_put_state(struct store *store, const struct state_row *row, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    if (runs->pending_count >= STATE_RUN_ROWS || runs->pending_bytes >= STATE_RUN_BYTES) {
        weisu_code code = state_runs_flush(store, err);
        if (code)
            return code;
    }
    void *items = runs->pending;
    weisu_str data = arena_copy(&runs->arena, (weisu_str){row->data, row->size});
    if (!data.data || memory_reserve(runs->allocator, &items, &runs->pending_capacity, runs->pending_count + 1,
                                     sizeof *runs->pending))
        return failure(err, WEISU_ENOMEM, "no memory for the checkpoint");
    runs->pending = items;
    runs->pending[runs->pending_count] =
        (struct state_pending){{row->table, row->key, data.data, row->size}, (uint32_t)runs->pending_count};
    runs->pending_count++;
    runs->pending_bytes += row->size + 16;
    return WEISU_OK;
}

weisu_code store_put_applied(struct store *store, uint64_t sequence, weisu_err *err)
{
    struct state_runs *runs = &store->runs;
    weisu_code code = state_runs_flush(store, err);
    if (!code)
        code = state_runs_load(store, err);
    if (code)
        return code;
    uint64_t numbers[2] = {sequence, runs->count ? runs->runs[runs->count - 1].age : 0};
    code = store_put_numbers(store, STORE_NOTE_APPLIED, numbers, 2, err);
    if (!code)
        runs->visible_age = numbers[1];
    return code;
}

weisu_code store_clear_state(struct store *store, weisu_err *err)
{
    if (sqlite3_exec(store->db, "DELETE FROM runs; DELETE FROM state;", NULL, NULL, NULL))
        return store_failure(store, "cannot clear the checkpoint", err);
    state_runs_forget(store);
    return store_put_applied(store, 0, err);
}

weisu_code store_clear_derived(struct store *store, weisu_err *err)
{
    static const char sql[] = "DELETE FROM assignments; DELETE FROM links; DELETE FROM changes; DELETE FROM runs;";
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL))
        return store_failure(store, "cannot clear what the engine made", err);
    state_runs_forget(store); /* the pieces of the runs are garbage now */
    return store_put_applied(store, 0, err);
}

/* ---- reading ---- */

size_t state_runs_visible(const struct state_runs *runs)
{
    size_t count = 0;
    while (count < runs->count && runs->runs[count].age <= runs->visible_age)
        count++;
    return count;
}

static weisu_code read_state(struct store *store, const struct state_sink *sink, weisu_err *err)
{
    struct state_merge merge;
    weisu_code code = state_runs_load(store, err);
    if (!code)
        code = state_merge_init(&merge, store, store->runs.runs, state_runs_visible(&store->runs), err);
    if (code)
        return code;
    int more = 1;
    while (!code && more) {
        struct state_row row;
        code = state_merge_next(&merge, &row, &more, err);
        if (!code && more && row.size)
            code = sink->put(sink->context, &row, err);
    }
    state_merge_dispose(&merge);
    return code;
}

weisu_code store_state(struct store *store, const struct state_sink *sink, weisu_err *err)
{
    int is_alone = store->mode == STORE_READ && sqlite3_get_autocommit(store->db);
    weisu_code code = is_alone ? store_begin(store, err) : WEISU_OK;
    if (!code)
        code = read_state(store, sink, err);
    if (is_alone)
        store_rollback(store);
    return code;
}
