#include "store/store_private.h"

#include "base/failure.h"
#include "pipeline/record_codec.h"

#include <string.h>

weisu_code store_append(struct store *store, const struct log_entry *entry, weisu_err *err)
{
    int has_record = entry->kind == LOG_RECORD || entry->kind == LOG_UPDATE || entry->kind == LOG_SETUP ||
                     entry->kind == LOG_ACTION || entry->kind == LOG_WORDS;
    byte_buffer_reset(&store->body);
    if (has_record)
        record_encode(&store->body, &entry->record);
    if (store->body.failed)
        return failure(err, WEISU_ENOMEM, "no memory for an entry of the log");
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_APPEND, err);
    if (!statement)
        return store_code(err);
    store_bind_uint(statement, 1, entry->sequence);
    sqlite3_bind_int(statement, 2, (int)entry->kind);
    sqlite3_bind_int64(statement, 3, entry->time_ms);
    store_bind_str(statement, 4, entry->record.id);
    if (entry->record.reporter.size)
        sqlite3_bind_blob(statement, 5, entry->record.reporter.data, (int)entry->record.reporter.size, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, 5);
    if (has_record)
        sqlite3_bind_blob(statement, 6, store->body.data, (int)store->body.size, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, 6);
    return store_run(store, statement, "cannot append to the log", err);
}

weisu_code store_put_assignment(struct store *store, const struct store_assignment *assignment, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_ASSIGNMENT, err);
    if (statement) {
        store_bind_uint(statement, 1, assignment->sequence);
        store_bind_str(statement, 2, assignment->id);
        store_bind_str(statement, 3, assignment->cluster);
        sqlite3_bind_int64(statement, 4, assignment->slot);
    }
    return store_run(store, statement, "cannot write an assignment", err);
}

weisu_code store_put_link(struct store *store, const struct store_link *link, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_LINK, err);
    if (statement) {
        store_bind_uint(statement, 1, link->sequence);
        store_bind_str(statement, 2, link->id);
        store_bind_str(statement, 3, link->earlier_id);
        sqlite3_bind_int64(statement, 4, link->score_milli);
    }
    return store_run(store, statement, "cannot write a link", err);
}

weisu_code store_put_change(struct store *store, const struct store_change *change, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_CHANGE, err);
    if (statement) {
        store_bind_uint(statement, 1, change->number);
        store_bind_uint(statement, 2, change->sequence);
        store_bind_str(statement, 3, change->alert);
        sqlite3_bind_int64(statement, 4, change->change);
        sqlite3_bind_int64(statement, 5, change->state);
        sqlite3_bind_int64(statement, 6, change->time_ms);
        store_bind_str(statement, 7, change->json);
    }
    return store_run(store, statement, "cannot write a change of an alert", err);
}

weisu_code store_clear_after(struct store *store, uint64_t sequence, weisu_err *err)
{
    static const enum store_sql tables[] = {STORE_SQL_DROP_ASSIGNMENTS, STORE_SQL_DROP_LINKS, STORE_SQL_DROP_CHANGES};
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && !code; i++) {
        sqlite3_stmt *statement = store_statement(store, tables[i], err);
        if (statement)
            store_bind_uint(statement, 1, sequence);
        code = store_run(store, statement, "cannot clear what the engine made", err);
    }
    return code;
}
