/* A data folder: what stands in it, who may write to it, and the reporters' key.
 *
 *     weisu.db, -wal, -shm   the database (store.h)
 *     reporter.key           16 random bytes, mode 0600; never in the database, so that a copy of the database alone
 *                            gives no reporter away
 *     rejected.jsonl         quarantine
 *     lock                   held by the process that writes
 * Errors: WEISU_EIO with the name of the file. */
#ifndef STORE_DATA_FOLDER_H
#define STORE_DATA_FOLDER_H

#include "text/reporter_key.h"

#include <stddef.h>
#include <weisu/error.h>

#define DATA_FOLDER_DATABASE "weisu.db"
#define DATA_FOLDER_KEY "reporter.key"
#define DATA_FOLDER_REJECTED "rejected.jsonl"
#define DATA_FOLDER_LOCK "lock"

enum { DATA_FOLDER_PATH_BYTES = 4096 };

/* Writes "folder/name". WEISU_EINVAL when it does not fit. */
weisu_code data_folder_path(char out[DATA_FOLDER_PATH_BYTES], const char *folder, const char *name, weisu_err *err);

/* Creates the folder (mode 0700; its parent must exist) where it is missing, and takes its lock. *fd holds the lock
 * until it is closed; the lock goes with the process, however that ends. WEISU_EIO also when another process has it. */
weisu_code data_folder_lock(int *fd, const char *folder, weisu_err *err);

/* Reads the key. With `create` a missing one is made, durably, unless the folder has a database already: a new key
 * would make a stranger of every known reporter. Refused when others than the owner may read it. */
weisu_code data_folder_key(struct reporter_key *out, const char *folder, int create, weisu_err *err);

/* What was renamed in the folder is durable. WEISU_EIO. */
weisu_code data_folder_sync(const char *folder, weisu_err *err);

#endif
