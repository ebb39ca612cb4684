#include "store/store_private.h"

#include "base/failure.h"
#include "store/data_folder.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x77656973, /* "weis": file(1) and other programs tell the database by it */
    BUSY_MS = 10000
};

static const char *const statement_sql[STORE_SQL_COUNT] = {
#define X(name, sql) [name] = (sql),
    STORE_STATEMENTS(X)
#undef X
};

/* 8 KiB pages: a complaint of common length (700 bytes to 3 KB) fits a page without overflow pages. The page size must
 * stand before anything is written. */
static const char before_schema[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;";

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, time_ms INTEGER NOT NULL, id TEXT NOT NULL,"
    "  reporter BLOB, body BLOB);"
    "CREATE TABLE assignments (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, cluster TEXT NOT NULL,"
    "  slot INTEGER NOT NULL);"
    "CREATE TABLE links (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, earlier TEXT NOT NULL,"
    "  score_milli INTEGER NOT NULL);"
    "CREATE TABLE changes (n INTEGER PRIMARY KEY, seq INTEGER NOT NULL, alert TEXT NOT NULL, change INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  time_ms INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (alert, change));"
    "CREATE TABLE runs (age INTEGER PRIMARY KEY, run INTEGER NOT NULL, pieces INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL);"
    "CREATE TABLE state (piece INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "PRAGMA application_id = 2003134835;"
    "PRAGMA user_version = 1;"
    "COMMIT;";
_Static_assert(APPLICATION_ID == 2003134835 && STORE_VERSION == 1, "the numbers in the schema");

/* The log's writer never waits for a checkpoint of the WAL longer than for 16 MB of it; texts never go to a temporary
 * file outside of the folder. */
static const char tuning[] = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000;"
                             "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;"
                             "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";

/* ---- errors and statements ---- */

weisu_code store_failure(struct store *store, const char *what, weisu_err *err)
{
    int extended = sqlite3_extended_errcode(store->db);
    if ((extended & 0xff) == SQLITE_NOMEM)
        return failure(err, WEISU_ENOMEM, "%s: out of memory", what);
    return failure(err, WEISU_ESTORE, "%s: %s (%d)", what, sqlite3_errmsg(store->db), extended);
}

sqlite3_stmt *store_statement(struct store *store, enum store_sql which, weisu_err *err)
{
    sqlite3_stmt **statement = &store->statements[which];
    if (!*statement &&
        sqlite3_prepare_v3(store->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL)) {
        store_failure(store, "cannot prepare a statement", err);
        return NULL;
    }
    sqlite3_reset(*statement);
    return *statement;
}

weisu_code store_run(struct store *store, sqlite3_stmt *statement, const char *what, weisu_err *err)
{
    if (!statement)
        return err ? err->code : WEISU_ESTORE;
    int status = sqlite3_step(statement);
    weisu_code code = status == SQLITE_DONE ? WEISU_OK : store_failure(store, what, err);
    sqlite3_reset(statement);
    return code;
}

static weisu_code run_script(struct store *store, const char *sql, const char *what, weisu_err *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return WEISU_OK;
    return store_failure(store, what, err);
}

static weisu_code read_number(struct store *store, const char *sql, int64_t *out, weisu_err *err)
{
    sqlite3_stmt *statement = NULL;
    weisu_code code = WEISU_OK;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) || sqlite3_step(statement) != SQLITE_ROW)
        code = store_failure(store, "cannot read the database", err);
    else
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

/* ---- opening ---- */

static weisu_code check_version(struct store *store, weisu_err *err)
{
    int64_t version = 0;
    int64_t application = 0;
    int64_t objects = 0;
    weisu_code code = read_number(store, "PRAGMA user_version", &version, err);
    if (!code)
        code = read_number(store, "PRAGMA application_id", &application, err);
    if (!code)
        code = read_number(store, "SELECT count(*) FROM sqlite_master", &objects, err);
    if (code)
        return code;
    if (objects == 0 && version == 0 && store->mode == STORE_WRITE) {
        code = run_script(store, before_schema, "cannot prepare the database", err);
        return code ? code : run_script(store, schema, "cannot create the tables", err);
    }
    if (application != APPLICATION_ID)
        return failure(err, WEISU_ESTORE, "the database is not one of weisu");
    if (version != STORE_VERSION)
        return failure(err, WEISU_ESTORE, "the database has version %" PRId64 ", this program knows %d", version,
                       STORE_VERSION);
    return WEISU_OK;
}

static weisu_code open_database(struct store *store, const char *folder, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_DATABASE, err);
    if (code)
        return code;
    if (store->mode == STORE_READ && access(path, R_OK))
        return failure(err, WEISU_EIO, "there is no store in %s", folder);
    int flags = store->mode == STORE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL))
        return store_failure(store, "cannot open the database", err);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    code = check_version(store, err);
    return code ? code : run_script(store, tuning, "cannot set the database up", err);
}

weisu_code store_open(struct store **out, const char *folder, enum store_mode mode, const weisu_allocator *allocator,
                      weisu_err *err)
{
    *out = NULL;
    struct store *store = memory_new_zeroed(allocator, 1, sizeof *store);
    if (!store)
        return failure(err, WEISU_ENOMEM, "no memory for the store");
    store->allocator = allocator;
    store->mode = mode;
    store->lock_fd = -1;
    byte_buffer_init(&store->body, allocator);
    state_runs_init(&store->runs, allocator);
    weisu_code code = mode == STORE_WRITE ? data_folder_lock(&store->lock_fd, folder, err) : WEISU_OK;
    if (!code && mode == STORE_WRITE)
        code = data_folder_key(&store->key, folder, 1, err);
    if (!code)
        code = open_database(store, folder, err);
    if (!code && mode == STORE_WRITE)
        code = state_runs_clean(store, err);
    if (code)
        store_close(store);
    else
        *out = store;
    return code;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < STORE_SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    byte_buffer_dispose(&store->body);
    state_runs_dispose(&store->runs);
    explicit_bzero(&store->key, sizeof store->key);
    memory_free(store->allocator, store, 1, sizeof *store);
}

const struct reporter_key *store_reporter_key(const struct store *store)
{
    return store->mode == STORE_WRITE ? &store->key : NULL;
}

uint64_t store_memory_bytes(void)
{
    return (uint64_t)sqlite3_memory_used();
}

/* ---- transactions ---- */

weisu_code store_begin(struct store *store, weisu_err *err)
{
    if (store->mode == STORE_WRITE)
        return store_run(store, store_statement(store, STORE_SQL_BEGIN_WRITE, err), "cannot begin", err);
    weisu_code code = store_run(store, store_statement(store, STORE_SQL_BEGIN_READ, err), "cannot begin", err);
    int64_t ignored;
    /* A reader's state is pinned by its first read, not by BEGIN. */
    return code ? code : read_number(store, "SELECT count(*) FROM meta", &ignored, err);
}

weisu_code store_commit(struct store *store, weisu_err *err)
{
    weisu_code code = state_runs_flush(store, err);
    if (code)
        return code;
    return store_run(store, store_statement(store, STORE_SQL_COMMIT, err), "cannot commit", err);
}

void store_rollback(struct store *store)
{
    state_runs_forget(store);
    if (!sqlite3_get_autocommit(store->db))
        store_run(store, store_statement(store, STORE_SQL_ROLLBACK, NULL), "cannot roll back", NULL);
}
