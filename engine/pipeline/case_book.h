/* The book of cases: what the core must know of a case after its commit. Is it still open (links)? How many were
 * answered, resolved, satisfied (the three rates)?
 *
 * What a record or an update says of closing takes effect at a time: `closed` on a first record at that time, an update
 * at `updated` or at the clock. Until the clock gets there it is pending and changes nothing: no look into the future.
 * One pending effect a case: a later one that is not effective yet adds to it and sets its time.
 * A case is kept for 120 days of the clock; one that is not known any more counts as closed, and updates of it are only
 * counted. About 80 bytes a case. One thread, sequence order. */
#ifndef PIPELINE_CASE_BOOK_H
#define PIPELINE_CASE_BOOK_H

#include "base/memory.h"
#include "base/state_row.h"
#include "pipeline/log_entry.h"

struct case_book;

weisu_code case_book_new(struct case_book **out, const weisu_allocator *allocator, weisu_err *err);
void case_book_free(struct case_book *book);

/* The clock moved: pending effects up to it become effective, in order of (time, sequence). */
void case_book_advance(struct case_book *book, int64_t clock_ms);
/* Fetches what case_book_add will touch. Changes nothing. */
void case_book_prefetch(const struct case_book *book, const weisu_record *record);
/* A new case, in that cluster (a slot). WEISU_ENOMEM leaves the book as it was. */
weisu_code case_book_add(struct case_book *book, const struct log_entry *entry, uint32_t cluster, weisu_err *err);
weisu_code case_book_update(struct case_book *book, const struct log_entry *entry, weisu_err *err);
/* A case that was withdrawn, or stands after all, since the last call: 1 and *out, in the order in which that took
 * effect; or 0. To be taken after each of the calls above. */
struct case_turn {
    uint64_t sequence;
    uint32_t cluster;
    int is_withdrawn;
};
int case_book_take_turn(struct case_book *book, struct case_turn *out);
/* 1 when the case with that sequence number is open now. */
int case_book_is_open(const struct case_book *book, uint64_t sequence);
/* The same at `about_ms`, a time within the day of the clock, for a case that carries only a date: a closing of that
 * day without an hour counts from two fifths of the day on. */
int case_book_is_open_at(const struct case_book *book, uint64_t sequence, int64_t about_ms);
/* Forgets cases reported more than 120 days before the clock. */
void case_book_evict(struct case_book *book, int64_t clock_ms);

/* Of all cases ever: what is effective now. A rate is yes / known. */
struct case_counts {
    uint64_t closed;
    uint64_t withdrawn;
    uint64_t contacted_known, contacted_yes;
    uint64_t resolved_known, resolved_yes;
    uint64_t satisfied_known, satisfied_yes;
};
struct case_counts case_book_counts(const struct case_book *book);
size_t case_book_bytes(const struct case_book *book);

/* Rows of STATE_CASE: the counts under key 0, cases under their sequence number. */
weisu_code case_book_save(struct case_book *book, int all, const struct state_sink *sink, weisu_err *err);
/* As many of the cases that changed as the sink wants now (base/state_row.h). *left: 1 when there are more. */
weisu_code case_book_drain(struct case_book *book, const struct state_sink *sink, int *left, weisu_err *err);
weisu_code case_book_load(struct case_book *book, const struct state_row *row, weisu_err *err);

#endif
