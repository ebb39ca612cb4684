/* Taking texts and reporters out of the log. */
#include "store/store_private.h"

#include "base/failure.h"
#include "pipeline/record_codec.h"

/* An entry as it will be. */
struct forgotten_row {
    uint64_t sequence;
    uint32_t kind;
    weisu_str body; /* in the arena */
};

struct forget_run {
    struct arena arena;
    struct forgotten_row *rows; /* [STORE_FORGET_ROWS], in the arena */
    size_t count;
    int is_end; /* nothing is left to be looked at */
};

/* Times and answers stay: they are what is counted. */
static weisu_record bare(const weisu_record *record)
{
    weisu_record out = *record;
    out.text = out.title = out.address = out.reporter = (weisu_str){NULL, 0};
    out.lat_e7 = out.lon_e7 = 0;
    out.has &= ~(uint32_t)WEISU_HAS_POSITION;
    return out;
}

static weisu_code plan_row(struct store *store, sqlite3_stmt *row, struct forget_run *run, weisu_err *err)
{
    weisu_record record;
    struct forgotten_row *out = &run->rows[run->count];
    out->sequence = (uint64_t)sqlite3_column_int64(row, 0);
    out->kind = (uint32_t)sqlite3_column_int(row, 1);
    if (out->kind != LOG_RECORD && out->kind != LOG_UPDATE)
        return WEISU_OK;
    weisu_code code = record_decode(&record, store_column(row, 3), err);
    if (code)
        return code;
    record = bare(&record);
    byte_buffer_reset(&store->body);
    record_encode(&store->body, &record);
    out->kind = out->kind == LOG_RECORD ? LOG_FORGOTTEN : LOG_UPDATE;
    out->body = arena_copy(&run->arena, (weisu_str){store->body.data, store->body.size});
    if (store->body.failed || !out->body.data)
        return failure(err, WEISU_ENOMEM, "no memory to forget");
    run->count++;
    return WEISU_OK;
}

/* What is read is not written to meanwhile: rows are planned first. */
static weisu_code plan(struct store *store, struct store_forgetting *what, struct forget_run *run, weisu_err *err)
{
    sqlite3_stmt *row = store_statement(store, what->reporter ? STORE_SQL_OF_REPORTER : STORE_SQL_FROM, err);
    if (!row)
        return store_code(err);
    store_bind_uint(row, 1, what->next);
    sqlite3_bind_int64(row, 2, STORE_FORGET_ROWS);
    if (what->reporter)
        sqlite3_bind_blob(row, 3, what->reporter, 16, SQLITE_STATIC);
    weisu_code code = WEISU_OK;
    int status = SQLITE_DONE;
    size_t seen = 0;
    while (!code && (status = sqlite3_step(row)) == SQLITE_ROW) {
        if ((uint64_t)sqlite3_column_int64(row, 0) > what->last ||
            (!what->reporter && sqlite3_column_int64(row, 2) >= what->before_ms))
            break;
        seen++;
        what->next = (uint64_t)sqlite3_column_int64(row, 0) + 1;
        code = plan_row(store, row, run, err);
    }
    run->is_end = seen < STORE_FORGET_ROWS;
    if (!code && status != SQLITE_ROW && status != SQLITE_DONE)
        code = store_failure(store, "cannot read the log", err);
    sqlite3_reset(row);
    return code;
}

static weisu_code write_row(struct store *store, const struct forgotten_row *row, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_FORGET, err);
    if (statement) {
        store_bind_uint(statement, 1, row->sequence);
        sqlite3_bind_int(statement, 2, (int)row->kind);
        sqlite3_bind_blob64(statement, 3, row->body.data, row->body.size, SQLITE_STATIC);
    }
    return store_run(store, statement, "cannot forget an entry of the log", err);
}

static weisu_code tell_row(struct store *store, const struct forgotten_row *row, store_take_forgotten take,
                           void *context, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_SLOT, err);
    if (!statement)
        return store_code(err);
    store_bind_uint(statement, 1, row->sequence);
    int has_slot = sqlite3_step(statement) == SQLITE_ROW;
    uint32_t slot = has_slot ? (uint32_t)sqlite3_column_int64(statement, 0) : UINT32_MAX;
    sqlite3_reset(statement);
    return take(context, row->sequence, slot, err);
}

weisu_code store_forget(struct store *store, struct store_forgetting *what, store_take_forgotten take, void *context,
                        int *more, weisu_err *err)
{
    struct forget_run run = {.count = 0};
    *more = 0;
    if (sqlite3_exec(store->db, "PRAGMA secure_delete = ON", NULL, NULL, NULL))
        return store_failure(store, "cannot set the database up", err);
    arena_init(&run.arena, store->allocator, 1 << 16);
    run.rows = arena_take_array(&run.arena, STORE_FORGET_ROWS, sizeof *run.rows);
    weisu_code code = run.rows ? plan(store, what, &run, err) : failure(err, WEISU_ENOMEM, "no memory to forget");
    for (size_t i = 0; i < run.count && !code; i++) {
        code = write_row(store, &run.rows[i], err);
        what->records += run.rows[i].kind == LOG_FORGOTTEN;
        if (!code && take && run.rows[i].kind == LOG_FORGOTTEN)
            code = tell_row(store, &run.rows[i], take, context, err);
    }
    *more = !code && !run.is_end;
    sqlite3_exec(store->db, "PRAGMA secure_delete = OFF", NULL, NULL, NULL); /* dear for the checkpoint's pieces */
    arena_dispose(&run.arena);
    return code;
}

weisu_code store_put_forgotten(struct store *store, uint64_t sequence, weisu_err *err)
{
    return store_put_numbers(store, STORE_NOTE_FORGOTTEN, &sequence, 1, err);
}

weisu_code store_forgotten(struct store *store, uint64_t *out, weisu_err *err)
{
    return store_numbers(store, STORE_NOTE_FORGOTTEN, out, 1, err);
}

weisu_code store_replace_change(struct store *store, uint64_t number, weisu_str json, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_REPLACE_CHANGE, err);
    if (statement) {
        store_bind_uint(statement, 1, number);
        store_bind_str(statement, 2, json);
    }
    return store_run(store, statement, "cannot write a change of an alert", err);
}
