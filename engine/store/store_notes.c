/* Notes: small values under a name. */
#include "store/store_private.h"

#include "base/failure.h"

#include <string.h>

weisu_code store_put_note(struct store *store, const char *name, weisu_str value, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PUT_META, err);
    if (statement) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_blob(statement, 2, value.size ? value.data : "", (int)value.size, SQLITE_STATIC);
    }
    return store_run(store, statement, "cannot write a note", err);
}

weisu_code store_note(struct store *store, const char *name, struct byte_buffer *out, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_META, err);
    if (!statement)
        return store_code(err);
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    int status = sqlite3_step(statement);
    if (status == SQLITE_ROW)
        byte_buffer_append_str(out, store_column(statement, 0));
    weisu_code code =
        status == SQLITE_ROW || status == SQLITE_DONE ? WEISU_OK : store_failure(store, "cannot read a note", err);
    sqlite3_reset(statement);
    return !code && out->failed ? failure(err, WEISU_ENOMEM, "no memory for a note") : code;
}

/* ---- numbers ---- */

weisu_code store_put_numbers(struct store *store, const char *name, const uint64_t *numbers, size_t count,
                             weisu_err *err)
{
    return store_put_note(store, name, (weisu_str){(const char *)numbers, count * sizeof *numbers}, err);
}

weisu_code store_numbers(struct store *store, const char *name, uint64_t *out, size_t count, weisu_err *err)
{
    struct byte_buffer bytes;
    byte_buffer_init(&bytes, store->allocator);
    weisu_code code = store_note(store, name, &bytes, err);
    memset(out, 0, count * sizeof *out);
    if (!code && bytes.size % sizeof *out)
        code = failure(err, WEISU_ESTORE, "the note %s is damaged", name);
    if (!code && bytes.size)
        memcpy(out, bytes.data, bytes.size < count * sizeof *out ? bytes.size : count * sizeof *out);
    byte_buffer_dispose(&bytes);
    return code;
}

weisu_code store_put_counts(struct store *store, const struct admission_counts *counts, weisu_err *err)
{
    uint64_t numbers[STORE_COUNTS] = {counts->records, counts->updates, counts->duplicates, counts->conflicts,
                                      counts->rejected};
    return store_put_numbers(store, STORE_NOTE_COUNTS, numbers, STORE_COUNTS, err);
}

weisu_code store_counts(struct store *store, struct admission_counts *out, weisu_err *err)
{
    uint64_t numbers[STORE_COUNTS];
    weisu_code code = store_numbers(store, STORE_NOTE_COUNTS, numbers, STORE_COUNTS, err);
    *out = (struct admission_counts){.records = numbers[0],
                                     .updates = numbers[1],
                                     .duplicates = numbers[2],
                                     .conflicts = numbers[3],
                                     .rejected = numbers[4]};
    return code;
}
