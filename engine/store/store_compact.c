/* Writing the database anew, so that its file has no free pages with what was deleted. */
#include "store/store_private.h"

#include "base/failure.h"
#include "store/data_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static weisu_code copy_to(struct store *store, const char *path, weisu_err *err)
{
    sqlite3_stmt *statement = NULL;
    weisu_code code = WEISU_OK;
    if (sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &statement, NULL) ||
        sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC) || sqlite3_step(statement) != SQLITE_DONE)
        code = store_failure(store, "cannot write the database anew", err);
    sqlite3_finalize(statement);
    return code;
}

/* The copy has no write-ahead log by itself. */
static weisu_code settle_copy(const char *path, weisu_err *err)
{
    sqlite3 *db = NULL;
    weisu_code code = WEISU_OK;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE);", NULL,
                     NULL, NULL))
        code = failure(err, WEISU_ESTORE, "cannot settle the new database: %s", sqlite3_errmsg(db));
    sqlite3_close(db);
    return code;
}

weisu_code store_compact(struct store *store, const char *folder, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    char fresh[DATA_FOLDER_PATH_BYTES];
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_DATABASE, err);
    if (!code)
        code = data_folder_path(fresh, folder, DATA_FOLDER_DATABASE ".new", err);
    if (code)
        return code;
    unlink(fresh); /* of an earlier try */
    /* With the log emptied the files of today can be exchanged one for one. */
    if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL))
        return store_failure(store, "cannot empty the write-ahead log", err);
    code = copy_to(store, fresh, err);
    if (!code)
        code = settle_copy(fresh, err);
    if (!code && rename(fresh, path))
        code = failure(err, WEISU_EIO, "cannot put the new database in place: %s", strerror(errno));
    if (!code)
        code = data_folder_sync(folder, err);
    return code;
}
