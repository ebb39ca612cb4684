/* The fields of an alert book, shared by the files that make it up. Not for other folders. */
#ifndef ALERT_ALERT_BOOK_FIELDS_H
#define ALERT_ALERT_BOOK_FIELDS_H

#include "alert/alert_book.h"
#include "alert/alert_compose.h"
#include "alert/alert_entry.h"
#include "base/arena.h"
#include "base/id_map.h"
#include "detect/row_codec.h"

enum {
    ALERT_LIVE_MAX = 4096, /* beyond, nothing more is raised until something is cleared */
    ALERT_WAIT_MAX = 128,  /* forecasts that are waited for; while so many wait, others are not */
    ALERT_PAST_MAX = 65536 /* cleared ones that a recurrence can name; the oldest go first */
};

struct alert_queue_item {
    struct alert_queue_item *next;
    size_t size;
    unsigned char blob[];
};

struct alert_loading {
    uint64_t number;
    struct alert_past past;
};

/* A forecast about one or two clusters that is looked at again when its 90 days are over. */
struct alert_wait {
    int64_t due_ms;
    struct detect_signal subject;
    uint64_t members; /* at the raise */
};

struct alert_book {
    struct alert_wait wait[ALERT_WAIT_MAX]; /* ascending due_ms */
    uint32_t wait_count;
    const weisu_allocator *allocator;
    struct alert_config config;
    struct alert_sources sources;
    struct alert_entry **live; /* ascending serial */
    size_t live_count;
    size_t live_capacity;
    struct id_map live_of;   /* subject handle → position in `live` */
    struct alert_past *past; /* ring of ALERT_PAST_MAX at most, serial ascending from past_first */
    size_t past_capacity;    /* a power of two */
    uint64_t past_first;     /* numbers of pasts, ascending for ever */
    uint64_t past_next;
    uint64_t saved_past;   /* pasts before this are written */
    struct id_map past_of; /* subject key → low bits of the number */
    uint64_t serial;       /* of the last raise */
    int64_t next_due_ms;   /* no live alert is due before */
    struct alert_queue_item *queue_first;
    struct alert_queue_item *queue_last;
    struct alert_queue_item *taken; /* what the last alert_book_take pointed to */
    struct arena compose;           /* of one change */
    struct arena *look;             /* of alert_book_take and alert_book_look */
    uint64_t refused;               /* raises that ALERT_LIVE_MAX prevented */
    uint64_t *gone;                 /* keys of rows that have to go at the next save */
    size_t gone_count;
    size_t gone_capacity;
    struct alert_loading *loading; /* between the first row of a checkpoint and alert_book_loaded */
    size_t loading_count;
    size_t loading_capacity;
};

/* Raises what the season plan has due. */
weisu_code alert_book_raise_seasons(struct alert_book *book, uint64_t sequence, int64_t clock_ms, weisu_err *err);
/* Puts a live alert's due time after the clock by its quiet time; a seasonal one lives until its season is over. */
void alert_book_set_due(struct alert_book *book, struct alert_entry *entry, int64_t clock_ms);
/* One piece of evidence more. */
void alert_evidence_add(struct alert_evidence *evidence, uint64_t sequence, uint64_t reporter, weisu_str id);
/* Handles of a subject in memory: the cluster's slot and that of the one told with it, or the cell's key. Returns how
 * many. */
size_t alert_handles(const struct detect_signal *signal, uint64_t out[2]);
/* Files the live alert at that position under its handles. 0; -1 when memory is out. */
int alert_book_file(struct alert_book *book, size_t at);
/* The live alert at that position ends with a last change. WEISU_ENOMEM: it stays. */
weisu_code alert_book_clear(struct alert_book *book, size_t at, const struct alert_saying *saying, weisu_err *err);
void alert_entry_free(struct alert_book *book, struct alert_entry *entry);
/* One change more of the alert: composed, queued, kept. */
weisu_code alert_book_say(struct alert_book *book, struct alert_entry *entry, const struct alert_saying *saying,
                          weisu_err *err);
void alert_queue_dispose(struct alert_book *book);
/* Appends to `live`, which must have ascending serials. 0; -1 when memory is out. */
int alert_book_enter(struct alert_book *book, struct alert_entry *entry);
/* Remembers a cleared alert; needs the room that alert_book_reserve_past makes for two (0; -1 when memory is out), and
 * that of a row that has to go for each. */
int alert_book_reserve_past(struct alert_book *book);
void alert_book_remember(struct alert_book *book, const struct alert_past *past);
/* What came after forecasts whose time is over teaches the next ones. */
void alert_book_settle(struct alert_book *book, int64_t clock_ms);
void alert_book_await(struct alert_book *book, const struct detect_signal *raised, int64_t clock_ms);
void alert_waits_write(const struct alert_book *book, struct byte_buffer *out);
/* 0; -1 when damaged. */
int alert_waits_read(struct alert_book *book, struct row_reader *in);
/* What a dismissal of the alert is about. */
void alert_dismissal_keys(const struct alert_book *book, const struct alert_entry *entry, uint64_t key[DISMISSAL_KEYS]);
/* NULL when the subject was never alerted. */
const struct alert_past *alert_book_past_of(const struct alert_book *book, uint64_t subject_key);
static inline struct alert_past *alert_past_at(const struct alert_book *book, uint64_t number)
{
    return &book->past[number & (book->past_capacity - 1)];
}

/* Keys of STATE_ALERT: kind in the top byte, number below. */
enum alert_row_kind { ALERT_ROW_BOOK = 1, ALERT_ROW_LIVE, ALERT_ROW_PAST };
static inline uint64_t alert_row_key(enum alert_row_kind kind, uint64_t number)
{
    return (uint64_t)kind << 56 | number;
}
/* Notes that a row has to go; needs the room that alert_book_reserve_gone makes (0; -1 when memory is out). */
int alert_book_reserve_gone(struct alert_book *book, size_t rows);
void alert_book_note_gone(struct alert_book *book, uint64_t key);

#endif
