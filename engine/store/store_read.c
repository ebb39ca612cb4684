#include "store/store_private.h"

#include "base/failure.h"
#include "pipeline/record_codec.h"

#include <inttypes.h>
#include <string.h>

/* The number in the first column of the first row; 0 without one. Takes a statement with its bindings. */
static weisu_code first_number(struct store *store, sqlite3_stmt *statement, uint64_t *out, weisu_err *err)
{
    *out = 0;
    if (!statement)
        return store_code(err);
    int status = sqlite3_step(statement);
    if (status == SQLITE_ROW)
        *out = (uint64_t)sqlite3_column_int64(statement, 0);
    weisu_code code = status == SQLITE_ROW || status == SQLITE_DONE
                          ? WEISU_OK
                          : store_failure(store, "cannot read the position of the log", err);
    sqlite3_reset(statement);
    return code;
}

weisu_code store_position(struct store *store, struct store_position *out, weisu_err *err)
{
    *out = (struct store_position){0};
    weisu_code code = first_number(store, store_statement(store, STORE_SQL_LAST, err), &out->last, err);
    if (!code)
        code = store_numbers(store, STORE_NOTE_APPLIED, &out->applied, 1, err);
    if (code)
        return code;
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_LAST_CHANGE, err);
    if (statement)
        store_bind_uint(statement, 1, out->applied);
    return first_number(store, statement, &out->changes, err);
}

/* ---- the log ---- */

enum { REPLAY_BYTES = 8 << 20 };

struct replay {
    struct log_entry *entries; /* [STORE_REPLAY_BATCH] */
    size_t count;
    size_t bytes;
    struct arena arena; /* strings of the entries */
    uint64_t next;      /* sequence number that must come */
    store_take_entries take;
    void *context;
};

static weisu_code flush_replay(struct replay *replay, weisu_err *err)
{
    weisu_code code = replay->count ? replay->take(replay->context, replay->entries, replay->count, err) : WEISU_OK;
    replay->count = 0;
    replay->bytes = 0;
    arena_reset(&replay->arena);
    return code;
}

/* The columns are SQLite's until the next step: the strings move to the arena. */
static weisu_code read_entry(struct replay *replay, sqlite3_stmt *row, struct log_entry *out, weisu_err *err)
{
    weisu_str id = arena_copy(&replay->arena, store_column(row, 3));
    weisu_str reporter = arena_copy(&replay->arena, store_column(row, 4));
    weisu_str body = arena_copy(&replay->arena, store_column(row, 5));
    *out = (struct log_entry){.sequence = (uint64_t)sqlite3_column_int64(row, 0),
                              .kind = (uint32_t)sqlite3_column_int(row, 1),
                              .time_ms = sqlite3_column_int64(row, 2)};
    out->record.time_ms = out->record.closed_ms = out->record.updated_ms = WEISU_NO_TIME;
    if (!id.data || !reporter.data || !body.data)
        return failure(err, WEISU_ENOMEM, "no memory for the replay");
    replay->bytes += id.size + reporter.size + body.size;
    if (out->sequence != replay->next)
        return failure(err, WEISU_ESTORE, "entry %" PRIu64 " of the log is missing", replay->next);
    replay->next++;
    weisu_code code = body.size ? record_decode(&out->record, body, err) : WEISU_OK;
    out->record.id = id;
    out->record.reporter = reporter;
    return code;
}

static weisu_code replay_rows(struct store *store, sqlite3_stmt *statement, struct replay *replay, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    int status;
    while (!code && (status = sqlite3_step(statement)) != SQLITE_DONE) {
        if (status != SQLITE_ROW)
            return store_failure(store, "cannot read the log", err);
        code = read_entry(replay, statement, &replay->entries[replay->count], err);
        replay->count += !code;
        if (!code && (replay->count == STORE_REPLAY_BATCH || replay->bytes >= REPLAY_BYTES))
            code = flush_replay(replay, err);
    }
    return code ? code : flush_replay(replay, err);
}

weisu_code store_replay(struct store *store, uint64_t from, store_take_entries take, void *context, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_REPLAY, err);
    if (!statement)
        return store_code(err);
    struct replay replay = {.next = from, .take = take, .context = context};
    arena_init(&replay.arena, store->allocator, 1 << 20);
    replay.entries = memory_new(store->allocator, STORE_REPLAY_BATCH, sizeof *replay.entries);
    if (!replay.entries)
        return failure(err, WEISU_ENOMEM, "no memory for the replay");
    store_bind_uint(statement, 1, from);
    weisu_code code = replay_rows(store, statement, &replay, err);
    sqlite3_reset(statement);
    memory_free(store->allocator, replay.entries, STORE_REPLAY_BATCH, sizeof *replay.entries);
    arena_dispose(&replay.arena);
    return code;
}

/* ---- what the engine made ---- */

/* Hands one row to its callback. */
typedef weisu_code (*hand_row)(sqlite3_stmt *row, void *call, weisu_err *err);

static weisu_code each_row(struct store *store, sqlite3_stmt *statement, hand_row hand, void *call, weisu_err *err)
{
    if (!statement)
        return store_code(err);
    weisu_code code = WEISU_OK;
    int status;
    while (!code && (status = sqlite3_step(statement)) != SQLITE_DONE)
        code = status == SQLITE_ROW ? hand(statement, call, err) : store_failure(store, "cannot read a table", err);
    sqlite3_reset(statement);
    return code;
}

static sqlite3_stmt *ranged(struct store *store, enum store_sql which, struct store_range range, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, which, err);
    if (statement) {
        store_bind_uint(statement, 1, range.first);
        sqlite3_bind_int64(statement, 2, range.last > INT64_MAX ? INT64_MAX : (sqlite3_int64)range.last);
    }
    return statement;
}

struct assignment_call {
    store_take_assignment take;
    void *context;
};

static weisu_code hand_assignment(sqlite3_stmt *row, void *call, weisu_err *err)
{
    const struct assignment_call *to = call;
    struct store_assignment assignment = {(uint64_t)sqlite3_column_int64(row, 0), store_column(row, 1),
                                          store_column(row, 2), (uint32_t)sqlite3_column_int64(row, 3)};
    return to->take(to->context, &assignment, err);
}

weisu_code store_assignments(struct store *store, struct store_range range, store_take_assignment take, void *context,
                             weisu_err *err)
{
    struct assignment_call call = {take, context};
    return each_row(store, ranged(store, STORE_SQL_ASSIGNMENTS, range, err), hand_assignment, &call, err);
}

struct link_call {
    store_take_link take;
    void *context;
};

static weisu_code hand_link(sqlite3_stmt *row, void *call, weisu_err *err)
{
    const struct link_call *to = call;
    struct store_link link = {(uint64_t)sqlite3_column_int64(row, 0), store_column(row, 1), store_column(row, 2),
                              (uint32_t)sqlite3_column_int64(row, 3)};
    return to->take(to->context, &link, err);
}

weisu_code store_links(struct store *store, struct store_range range, store_take_link take, void *context,
                       weisu_err *err)
{
    struct link_call call = {take, context};
    return each_row(store, ranged(store, STORE_SQL_LINKS, range, err), hand_link, &call, err);
}

struct change_call {
    store_take_change take;
    void *context;
};

static weisu_code hand_change(sqlite3_stmt *row, void *call, weisu_err *err)
{
    const struct change_call *to = call;
    struct store_change change = {.number = (uint64_t)sqlite3_column_int64(row, 0),
                                  .sequence = (uint64_t)sqlite3_column_int64(row, 1),
                                  .alert = store_column(row, 2),
                                  .change = (uint32_t)sqlite3_column_int64(row, 3),
                                  .state = (uint32_t)sqlite3_column_int64(row, 4),
                                  .time_ms = sqlite3_column_int64(row, 5),
                                  .json = store_column(row, 6)};
    return to->take(to->context, &change, err);
}

weisu_code store_changes(struct store *store, struct store_range range, store_take_change take, void *context,
                         weisu_err *err)
{
    struct change_call call = {take, context};
    return each_row(store, ranged(store, STORE_SQL_CHANGES, range, err), hand_change, &call, err);
}

weisu_code store_find_change(struct store *store, weisu_str alert, uint32_t change, store_take_change take,
                             void *context, weisu_err *err)
{
    struct change_call call = {take, context};
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_FIND_CHANGE, err);
    if (statement) {
        store_bind_str(statement, 1, alert);
        sqlite3_bind_int64(statement, 2, change);
    }
    return each_row(store, statement, hand_change, &call, err);
}
