#include "store/wal_keeper.h"

#include "base/failure.h"
#include "store/data_folder.h"
#include "store/store_private.h"

#include <stdatomic.h>

struct wal_keeper {
    const weisu_allocator *allocator;
    sqlite3 *db;
    struct ring_bell bell;
    atomic_int stop;    /* set by wal_keeper_stop (release), read by wal_keeper_run (acquire) */
    atomic_uint passes; /* written by wal_keeper_run (release) after a pass, read by the writer's hook (acquire) */

    /* the writer's */
    int is_asked;
    unsigned asked_at; /* passes when it was asked */
};

weisu_code wal_keeper_new(struct wal_keeper **out, const char *folder, const weisu_allocator *allocator, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    *out = NULL;
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_DATABASE, err);
    if (code)
        return code;
    struct wal_keeper *keeper = memory_new_zeroed(allocator, 1, sizeof *keeper);
    if (!keeper)
        return failure(err, WEISU_ENOMEM, "no memory for the keeper of the log");
    keeper->allocator = allocator;
    atomic_init(&keeper->stop, 0);
    atomic_init(&keeper->passes, 0);
    code = ring_bell_init(&keeper->bell, err);
    if (code) {
        memory_free(allocator, keeper, 1, sizeof *keeper);
        return code;
    }
    if (sqlite3_open_v2(path, &keeper->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_exec(keeper->db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;", NULL, NULL, NULL)) {
        failure(err, WEISU_ESTORE, "cannot open the database twice: %s", sqlite3_errmsg(keeper->db));
        wal_keeper_free(keeper);
        return WEISU_ESTORE;
    }
    *out = keeper;
    return WEISU_OK;
}

void wal_keeper_free(struct wal_keeper *keeper)
{
    if (!keeper)
        return;
    sqlite3_close(keeper->db);
    ring_bell_dispose(&keeper->bell);
    memory_free(keeper->allocator, keeper, 1, sizeof *keeper);
}

void wal_keeper_run(struct wal_keeper *keeper)
{
    uint64_t seen = 0;
    while (!atomic_load_explicit(&keeper->stop, memory_order_acquire)) { /* partner: wal_keeper_stop */
        uint64_t rings = ring_bell_rings(&keeper->bell);
        if (rings == seen) {
            ring_bell_wait(&keeper->bell, seen, -1);
            continue;
        }
        seen = rings;
        /* A failure (a full disk) is not ours to report: the writer meets it itself. */
        sqlite3_wal_checkpoint_v2(keeper->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        atomic_fetch_add_explicit(&keeper->passes, 1, memory_order_release); /* partner: after_commit */
    }
}

void wal_keeper_stop(struct wal_keeper *keeper)
{
    atomic_store_explicit(&keeper->stop, 1, memory_order_release); /* partner: wal_keeper_run */
    ring_bell_ring(&keeper->bell);
}

/* SQLite calls it after each commit, on the writer's thread, with the pages that the log has. */
static int after_commit(void *context, sqlite3 *db, const char *schema, int pages)
{
    struct wal_keeper *keeper = context;
    unsigned passes = atomic_load_explicit(&keeper->passes, memory_order_acquire); /* partner: wal_keeper_run */
    (void)schema;
    if (pages < WAL_KEEPER_PAGES)
        return SQLITE_OK;
    if (!keeper->is_asked) {
        keeper->is_asked = 1;
        keeper->asked_at = passes;
        ring_bell_ring(&keeper->bell);
        return SQLITE_OK;
    }
    if (passes == keeper->asked_at && pages < WAL_KEEPER_MOST)
        return SQLITE_OK; /* it is at it */
    /* What came while it worked; a reader that holds an old state back makes this return early, to be done again. */
    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    keeper->is_asked = 0;
    return SQLITE_OK;
}

void store_keep_wal(struct store *store, struct wal_keeper *keeper)
{
    sqlite3_wal_hook(store->db, after_commit, keeper); /* takes the place of wal_autocheckpoint */
}
