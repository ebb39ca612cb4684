/* Admission: every check that can reject a record, made before its append; and the clock.
 *
 * Knows each case by the 64-bit hash of its id (case_registry.h). Runs where sequence numbers are given (the store's
 * thread, or the batch reader), one thread, in order. */
#ifndef PIPELINE_ADMISSION_H
#define PIPELINE_ADMISSION_H

#include "base/memory.h"
#include "base/state_row.h"
#include "pipeline/log_entry.h"

#include <weisu/engine.h>

struct admission;

struct admission_config {
    int check_future;  /* 1: a time more than 24 h after the clock of ticks is rejected (serve --clock wall) */
    int confirm_jumps; /* 1: a time over 366 days after the clock waits for a second one (serve --clock event) */
    int64_t latest_ms; /* batch: times after this are implausible; INT64_MAX: no such bound */
};

weisu_code admission_new(struct admission **out, const struct admission_config *config,
                         const weisu_allocator *allocator, weisu_err *err);
void admission_free(struct admission *admission);
/* After the scan of an archive: the bound of plausible times. */
void admission_set_latest(struct admission *admission, int64_t latest_ms);

/* Decides about one decoded record. On WEISU_ACCEPTED and WEISU_UPDATE fills *entry (its strings are the record's) with
 * the next sequence number and remembers the case: the caller appends it or calls admission_undo. On WEISU_REJECTED
 * receipt->code and err say why and nothing changed. */
weisu_code admission_decide(struct admission *admission, const weisu_record *record, struct log_entry *entry,
                            weisu_receipt *receipt, weisu_err *err);
/* The time of day, for check_future. Moves no clock and is no entry. */
void admission_set_wall(struct admission *admission, int64_t wall_ms);
/* The next entry: the clock at `time_ms`. 0 when the clock is not moved by it (no entry). */
int admission_tick(struct admission *admission, int64_t time_ms, struct log_entry *entry);
/* The next entry: a LOG_SETUP with that text. Cannot be undone. */
void admission_note(struct admission *admission, weisu_str text, struct log_entry *entry);
/* The next entry: a LOG_ACTION, the record being that of log_action_record. It does not move the clock. WEISU_ENOMEM:
 * nothing changed. */
weisu_code admission_act(struct admission *admission, const weisu_record *action, struct log_entry *entry,
                         weisu_err *err);
/* The next entry: a LOG_WORDS with that text, every line of which can be taken; `by`: who said it, or empty. It does
 * not move the clock. WEISU_ENOMEM: nothing changed. */
weisu_code admission_words(struct admission *admission, weisu_str text, weisu_str by, struct log_entry *entry,
                           weisu_err *err);
/* Forgets all decisions with a sequence number above `sequence` (their append failed). The clock goes back with them.
 */
void admission_undo(struct admission *admission, uint64_t sequence);
/* Decisions up to `sequence` are durable and will not be undone. */
void admission_settle(struct admission *admission, uint64_t sequence);
/* Takes an entry of the log as decided (replay, restart), in order. */
weisu_code admission_recall(struct admission *admission, const struct log_entry *entry, weisu_err *err);

/* Rows of STATE_ADMISSION that changed since the last save (all: every row); decisions that may still be undone are not
 * saved, so settle first. */
weisu_code admission_save(struct admission *admission, int all, const struct state_sink *sink, weisu_err *err);
weisu_code admission_load(struct admission *admission, const struct state_row *row, weisu_err *err);

uint64_t admission_sequence(const struct admission *admission); /* last given; 0 none */
int64_t admission_clock(const struct admission *admission);     /* WEISU_NO_TIME before the first record */

struct admission_counts {
    uint64_t records;
    uint64_t updates;
    uint64_t duplicates;
    uint64_t conflicts;
    uint64_t rejected; /* conflicts included */
    uint64_t bytes;
};
struct admission_counts admission_counts(const struct admission *admission);

#endif
