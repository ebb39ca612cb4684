/* Inside of a store, for the sources of this folder. */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "store/store.h"

#include "base/arena.h"
#include "store/state_runs.h"

#include <sqlite3.h>

/* name, SQL. Prepared at first use and kept. */
#define STORE_STATEMENTS(X)                                                                                            \
    X(STORE_SQL_BEGIN_WRITE, "BEGIN IMMEDIATE")                                                                        \
    X(STORE_SQL_BEGIN_READ, "BEGIN")                                                                                   \
    X(STORE_SQL_COMMIT, "COMMIT")                                                                                      \
    X(STORE_SQL_ROLLBACK, "ROLLBACK")                                                                                  \
    X(STORE_SQL_APPEND, "INSERT INTO log (seq, kind, time_ms, id, reporter, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")    \
    X(STORE_SQL_PUT_ASSIGNMENT, "INSERT OR IGNORE INTO assignments (seq, id, cluster, slot) VALUES (?1, ?2, ?3, ?4)")  \
    X(STORE_SQL_PUT_LINK, "INSERT OR IGNORE INTO links (seq, id, earlier, score_milli) VALUES (?1, ?2, ?3, ?4)")       \
    X(STORE_SQL_PUT_CHANGE, "INSERT OR IGNORE INTO changes (n, seq, alert, change, state, time_ms, json) VALUES (?1, " \
                            "?2, ?3, ?4, ?5, ?6, ?7)")                                                                 \
    X(STORE_SQL_DROP_ASSIGNMENTS, "DELETE FROM assignments WHERE seq > ?1")                                            \
    X(STORE_SQL_DROP_LINKS, "DELETE FROM links WHERE seq > ?1")                                                        \
    X(STORE_SQL_DROP_CHANGES, "DELETE FROM changes WHERE seq > ?1")                                                    \
    X(STORE_SQL_FROM, "SELECT seq, kind, time_ms, body FROM log WHERE seq >= ?1 ORDER BY seq LIMIT ?2")                \
    X(STORE_SQL_OF_REPORTER,                                                                                           \
      "SELECT seq, kind, time_ms, body FROM log WHERE seq >= ?1 AND (reporter = ?3 OR id IN (SELECT id FROM log "      \
      "WHERE reporter = ?3)) ORDER BY seq LIMIT ?2")                                                                   \
    X(STORE_SQL_FORGET, "UPDATE log SET kind = ?2, reporter = NULL, body = ?3 WHERE seq = ?1")                         \
    X(STORE_SQL_SLOT, "SELECT slot FROM assignments WHERE seq = ?1")                                                   \
    X(STORE_SQL_REPLACE_CHANGE, "UPDATE changes SET json = ?2 WHERE n = ?1")                                           \
    X(STORE_SQL_PUT_PIECE, "INSERT INTO state (piece, data) VALUES (?1, ?2)")                                          \
    X(STORE_SQL_PIECE, "SELECT data FROM state WHERE piece = ?1")                                                      \
    X(STORE_SQL_FIRST_PIECE, "SELECT min(piece) FROM state WHERE piece >= ?1")                                         \
    X(STORE_SQL_DROP_PIECE, "DELETE FROM state WHERE piece = ?1")                                                      \
    X(STORE_SQL_RUNS, "SELECT age, run, pieces, bytes FROM runs ORDER BY age")                                         \
    X(STORE_SQL_PUT_RUN, "INSERT INTO runs (age, run, pieces, bytes) VALUES (?1, ?2, ?3, ?4)")                         \
    X(STORE_SQL_DROP_RUN, "DELETE FROM runs WHERE age = ?1")                                                           \
    X(STORE_SQL_DROP_RUNS, "DELETE FROM runs WHERE age > ?1")                                                          \
    X(STORE_SQL_PUT_META, "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")                                 \
    X(STORE_SQL_META, "SELECT value FROM meta WHERE name = ?1")                                                        \
    X(STORE_SQL_LAST, "SELECT max(seq) FROM log")                                                                      \
    X(STORE_SQL_LAST_CHANGE, "SELECT n FROM changes WHERE seq <= ?1 ORDER BY n DESC LIMIT 1")                          \
    X(STORE_SQL_REPLAY, "SELECT seq, kind, time_ms, id, reporter, body FROM log WHERE seq >= ?1 ORDER BY seq")         \
    X(STORE_SQL_ASSIGNMENTS,                                                                                           \
      "SELECT seq, id, cluster, slot FROM assignments WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")                       \
    X(STORE_SQL_LINKS, "SELECT seq, id, earlier, score_milli FROM links WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")     \
    X(STORE_SQL_CHANGES,                                                                                               \
      "SELECT n, seq, alert, change, state, time_ms, json FROM changes WHERE n BETWEEN ?1 AND ?2 ORDER BY n")          \
    X(STORE_SQL_FIND_CHANGE,                                                                                           \
      "SELECT n, seq, alert, change, state, time_ms, json FROM changes WHERE alert = ?1 AND change = ?2")

/* Names of notes of the store's own. */
#define STORE_NOTE_APPLIED "applied" /* sequence number, age of the newest run that is visible */
#define STORE_NOTE_COUNTS "counts"
#define STORE_NOTE_FORGOTTEN "forgotten"
enum { STORE_COUNTS = 5 };

enum store_sql {
#define X(name, sql) name,
    STORE_STATEMENTS(X)
#undef X
        STORE_SQL_COUNT
};

struct store {
    const weisu_allocator *allocator;
    enum store_mode mode;
    sqlite3 *db;
    sqlite3_stmt *statements[STORE_SQL_COUNT];
    struct byte_buffer body; /* of the entry that is appended */
    int lock_fd;             /* -1 for a reader */
    struct reporter_key key; /* of a writer */
    struct state_runs runs;
};

/* What SQLite said, as an error: never names a bound value. */
weisu_code store_failure(struct store *store, const char *what, weisu_err *err);
/* The statement, ready to be bound anew; NULL when it could not be prepared (err is filled). */
sqlite3_stmt *store_statement(struct store *store, enum store_sql which, weisu_err *err);
/* The code of an error that was filled in, or that of a database which said no. */
static inline weisu_code store_code(const weisu_err *err)
{
    return err ? err->code : WEISU_ESTORE;
}

/* Numbers of a note, little endian as all state is; those that are missing are 0. */
weisu_code store_put_numbers(struct store *store, const char *name, const uint64_t *numbers, size_t count,
                             weisu_err *err);
weisu_code store_numbers(struct store *store, const char *name, uint64_t *out, size_t count, weisu_err *err);
/* Runs a statement that gives no rows, and resets it. */
weisu_code store_run(struct store *store, sqlite3_stmt *statement, const char *what, weisu_err *err);

static inline void store_bind_str(sqlite3_stmt *statement, int at, weisu_str value)
{
    sqlite3_bind_text(statement, at, value.size ? value.data : "", (int)value.size, SQLITE_STATIC);
}

static inline void store_bind_uint(sqlite3_stmt *statement, int at, uint64_t value)
{
    sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
}

/* Bytes of a column; valid until the next step. */
static inline weisu_str store_column(sqlite3_stmt *statement, int at)
{
    const void *data = sqlite3_column_blob(statement, at);
    return (weisu_str){data, (size_t)sqlite3_column_bytes(statement, at)};
}

#endif
