/* Moves committed pages from the write-ahead log into the database, on a thread of its own.
 *
 * Left to itself, SQLite does that inside of a commit, every so many pages: copying and syncing 16 MB held a group for
 * 40 to 100 ms, and with it every acknowledgement. Here the keeper does the bulk while commits go on. What they add
 * meanwhile is little, and the writer moves that itself, because the log starts again from its beginning only when all
 * of it was moved.
 * The keeper has a connection of its own. The writer rings its bell (store_keep_wal). */
#ifndef STORE_WAL_KEEPER_H
#define STORE_WAL_KEEPER_H

#include "pipeline/batch_ring.h"
#include "store/store.h"

struct wal_keeper;

enum {
    WAL_KEEPER_PAGES = 1000, /* 8 MiB: from here on the keeper works */
    WAL_KEEPER_MOST = 64000  /* 512 MiB: the writer moves everything itself, however long that takes */
};

/* The folder has a database. WEISU_ENOMEM, WEISU_ESTORE; *out is NULL then. */
weisu_code wal_keeper_new(struct wal_keeper **out, const char *folder, const weisu_allocator *allocator,
                          weisu_err *err);
/* After wal_keeper_run has returned and the store was closed. NULL is allowed. */
void wal_keeper_free(struct wal_keeper *keeper);
/* Returns after wal_keeper_stop. */
void wal_keeper_run(struct wal_keeper *keeper);
/* Any thread. */
void wal_keeper_stop(struct wal_keeper *keeper);

/* The store's commits leave the log to the keeper from here on; before its thread is started. */
void store_keep_wal(struct store *store, struct wal_keeper *keeper);

#endif
