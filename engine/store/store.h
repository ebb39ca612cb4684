/* The store of a data folder: one SQLite database (weisu.db) in WAL mode.
 *
 *     log          every entry, in sequence order: what is durable
 *     assignments  cluster of each accepted record at its arrival   \
 *     links        the earlier case that a record repeats            } what the engine made of the log
 *     changes      changes of alerts as JSON (the outbox)           /
 *     runs, state  the engine's checkpoint, rows (base/state_row.h) in sorted runs (state_runs.h)
 *     meta         applied sequence number of the checkpoint, counts, versions
 *
 * One writer: store_open for writing locks the folder (data_folder.h). Any number of readers, also of other processes
 * while a service writes. A store is used by one thread at a time. Rows that are put again under the same key do no
 * harm, so a replay after a crash doubles nothing.
 * Errors: WEISU_EIO (folder, lock, file), WEISU_ESTORE (the database says no: full disk, damage, another version; a
 * transaction that failed is rolled back by store_rollback), WEISU_ENOMEM. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/byte_buffer.h"
#include "base/state_row.h"
#include "pipeline/admission.h"
#include "pipeline/log_entry.h"
#include "text/reporter_key.h"

struct store;

enum store_mode {
    STORE_READ, /* the folder must have a database; nothing is created or changed */
    STORE_WRITE /* creates folder, key and database where they are missing; refused while another has the folder */
};

enum { STORE_VERSION = 1, STORE_REPLAY_BATCH = 4096 };

weisu_code store_open(struct store **out, const char *folder, enum store_mode mode, const weisu_allocator *allocator,
                      weisu_err *err);
/* An open transaction is rolled back. NULL is allowed. */
void store_close(struct store *store);
/* The key under which reporters are hashed; NULL for a reader. Lives as long as the store. */
const struct reporter_key *store_reporter_key(const struct store *store);

/* What SQLite holds in this process, over all stores. Any thread. */
uint64_t store_memory_bytes(void);

/* ---- transactions ---- */

/* For a writer: a transaction; what is put becomes durable when store_commit returns WEISU_OK (synchronous=FULL). For a
 * reader: pins one state of the database until store_commit or store_rollback, so that several reads agree. */
weisu_code store_begin(struct store *store, weisu_err *err);
weisu_code store_commit(struct store *store, weisu_err *err);
/* Takes everything since store_begin back. Without a transaction: nothing. */
void store_rollback(struct store *store);

/* ---- writing, inside a transaction ---- */

/* The next entry of the log. A sequence number that is there already is an error. */
weisu_code store_append(struct store *store, const struct log_entry *entry, weisu_err *err);

struct store_assignment {
    uint64_t sequence;
    weisu_str id;
    weisu_str cluster; /* at arrival */
    uint32_t slot;     /* in the index of clusters */
};
weisu_code store_put_assignment(struct store *store, const struct store_assignment *assignment, weisu_err *err);

struct store_link {
    uint64_t sequence; /* of the record that repeats */
    weisu_str id;
    weisu_str earlier_id;
    uint32_t score_milli; /* 0 to 1000 */
};
weisu_code store_put_link(struct store *store, const struct store_link *link, weisu_err *err);

struct store_change {
    uint64_t number;   /* 1, 2, … over all alerts: the event stream's id */
    uint64_t sequence; /* of the entry that caused it */
    weisu_str alert;
    uint32_t change; /* of this alert */
    uint32_t state;  /* weisu_alert_state */
    int64_t time_ms;
    weisu_str json; /* the line of alerts.jsonl, without its line feed */
};
weisu_code store_put_change(struct store *store, const struct store_change *change, weisu_err *err);

/* A row of the next checkpoint; size 0 removes the key, tables are below 256. The rows of one checkpoint may be put in
 * several transactions, one checkpoint after another: nobody sees them before store_put_applied. */
weisu_code store_put_state(struct store *store, const struct state_row *row, weisu_err *err);
/* The checkpoint is whole, with all rows put so far: it contains the entries up to this one. */
weisu_code store_put_applied(struct store *store, uint64_t sequence, weisu_err *err);
/* Keeps the checkpoint compact: writes about `budget` bytes for it at most. *more: there is more to be done. */
weisu_code store_tidy(struct store *store, size_t budget, int *more, weisu_err *err);
/* Counts of what came in, also of what never became an entry. */
weisu_code store_put_counts(struct store *store, const struct admission_counts *counts, weisu_err *err);
/* Removes assignments, links and changes of entries after this one: before they are computed anew, otherwise. */
weisu_code store_clear_after(struct store *store, uint64_t sequence, weisu_err *err);
/* Removes assignments, links, changes and state, and sets the applied sequence number to 0: before a full replay. */
weisu_code store_clear_derived(struct store *store, weisu_err *err);

/* ---- forgetting ---- */

enum { STORE_FORGET_ROWS = 4096 }; /* entries looked at in one call */

struct store_forgetting {
    const unsigned char *reporter; /* keyed hash, 16 bytes: his cases; NULL: everybody's … */
    int64_t before_ms;             /* … that came while the clock was before this */
    uint64_t last;                 /* no entry after this one */
    uint64_t next;                 /* entries before this one were looked at; begin with 0 */
    uint64_t records;              /* forgotten so far */
};
typedef weisu_code (*store_take_forgotten)(void *context, uint64_t sequence, uint32_t slot, weisu_err *err);

/* Takes text, title, address, position and reporter out of entries of the log, in the open transaction; the freed bytes
 * are overwritten. Records become LOG_FORGOTTEN, times and answers stay. `take` (may be NULL) is told each record, and
 * its slot in the index of clusters, UINT32_MAX where it has none. *more: call again, perhaps in another transaction.
 */
weisu_code store_forget(struct store *store, struct store_forgetting *what, store_take_forgotten take, void *context,
                        int *more, weisu_err *err);
/* How far retention has come: entries before this one. 0 in a new store. */
weisu_code store_put_forgotten(struct store *store, uint64_t sequence, weisu_err *err);
weisu_code store_forgotten(struct store *store, uint64_t *out, weisu_err *err);
/* Other words for a change of an alert that is there. */
weisu_code store_replace_change(struct store *store, uint64_t number, weisu_str json, weisu_err *err);
/* Drops the rows of the checkpoint: another one, of all rows, must follow in the same transaction. */
weisu_code store_clear_state(struct store *store, weisu_err *err);
/* Outside of a transaction: writes the database anew beside the old one and puts it in its place, so that no free page
 * and no write-ahead log holds what was deleted. Needs as much room again. After it, in any case: store_close. */
weisu_code store_compact(struct store *store, const char *folder, weisu_err *err);

/* ---- reading ---- */

struct store_position {
    uint64_t last;    /* sequence number of the last entry of the log; 0: empty */
    uint64_t applied; /* entries up to here are in the checkpoint */
    uint64_t changes; /* number of the last change caused by an entry up to `applied` */
};
weisu_code store_position(struct store *store, struct store_position *out, weisu_err *err);
/* All 0 in a new store. */
weisu_code store_counts(struct store *store, struct admission_counts *out, weisu_err *err);

/* What the callbacks get is valid during the call; anything but WEISU_OK ends the reading and is returned. */
typedef weisu_code (*store_take_entries)(void *context, const struct log_entry *entries, size_t count, weisu_err *err);
typedef weisu_code (*store_take_assignment)(void *context, const struct store_assignment *assignment, weisu_err *err);
typedef weisu_code (*store_take_link)(void *context, const struct store_link *link, weisu_err *err);
typedef weisu_code (*store_take_change)(void *context, const struct store_change *change, weisu_err *err);

/* Entries from sequence number `from` >= 1 on, ascending, up to STORE_REPLAY_BATCH at a time. WEISU_ESTORE also when an
 * entry is damaged or missing. About 1 µs an entry. */
weisu_code store_replay(struct store *store, uint64_t from, store_take_entries take, void *context, weisu_err *err);
/* Both ends included. */
struct store_range {
    uint64_t first;
    uint64_t last;
};
/* Rows of the entries with these sequence numbers, ascending. */
weisu_code store_assignments(struct store *store, struct store_range range, store_take_assignment take, void *context,
                             weisu_err *err);
weisu_code store_links(struct store *store, struct store_range range, store_take_link take, void *context,
                       weisu_err *err);
/* The changes with these numbers, ascending. */
weisu_code store_changes(struct store *store, struct store_range range, store_take_change take, void *context,
                         weisu_err *err);
/* Change `change` of the alert with this id, where there is one. */
weisu_code store_find_change(struct store *store, weisu_str alert, uint32_t change, store_take_change take,
                             void *context, weisu_err *err);
/* Every row of the checkpoint, ordered by table and key, to sink->put. */
weisu_code store_state(struct store *store, const struct state_sink *sink, weisu_err *err);

/* ---- notes: small values under a name ("image", "config") ---- */

weisu_code store_put_note(struct store *store, const char *name, weisu_str value, weisu_err *err);
/* Appends the value to `out`; nothing when the name is not known. */
weisu_code store_note(struct store *store, const char *name, struct byte_buffer *out, weisu_err *err);

#endif
