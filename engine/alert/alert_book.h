/* Alerts: a hotspot made known, with a life: raised, updated, cleared, raised again as a recurrence.
 *
 * Takes the detector's signals in sequence order and turns them into changes: the tightest subject that explains a rise
 * wins, signals about one thing merge, the budget of false alerts a week sets the threshold, hold-down and hysteresis
 * keep it from flapping. An alert names the lead unit of its topic and all units that join it.
 * One thread, the commit step. A change is composed when it happens and says what was known then. Deterministic; at
 * most ALERT_LIVE_MAX alerts live at once (alert_book_fields.h). Costs next to nothing for a record without signals. */
#ifndef ALERT_ALERT_BOOK_H
#define ALERT_ALERT_BOOK_H

#include "detect/detector.h"

#include <weisu/alert.h>

struct alert_book;

struct alert_config {
    uint64_t city;                  /* part of every id, and the root of paths */
    uint32_t budget_milli_per_week; /* not read: the detector's signals have passed its budget */
};

/* What the book looks at; all of it outlives the book and is read in the commit step only. */
struct alert_sources {
    const struct lexicon *lexicon;
    const struct cluster_index *clusters;
    struct detector *detector; /* told what is alerted and what is cleared */
};

weisu_code alert_book_new(struct alert_book **out, const struct alert_config *config,
                          const struct alert_sources *sources, const weisu_allocator *allocator, weisu_err *err);
void alert_book_free(struct alert_book *book);

/* After detector_observe of one record: its signals, as it gave them. WEISU_ENOMEM: the change may be lost. */
weisu_code alert_book_observe(struct alert_book *book, const struct detect_case *observed,
                              const struct detect_signal *signals, size_t count, weisu_err *err);
/* The clock moved: alerts without news are cleared. `sequence` is that of the entry that moved it. */
weisu_code alert_book_advance(struct alert_book *book, uint64_t sequence, int64_t clock_ms, weisu_err *err);

/* The oldest change that was not taken yet: 1 and *out (valid until the next call), or 0 (also when memory is out: it
 * stays). Changes that were not taken are no part of a checkpoint. */
int alert_book_take(struct alert_book *book, weisu_alert *out);

/* What somebody did about an alert. */
struct alert_act {
    weisu_str alert; /* its id */
    weisu_action action;
    weisu_str by; /* 1 to 64 bytes */
    uint64_t sequence;
    int64_t clock_ms;
};
/* An action on a live alert is a change of it; an alert that was cleared can still be dismissed, and that taken back
 * (no change: it is over). What changes nothing, and an id that is not known, have no effect. WEISU_ENOMEM: nothing was
 * done. */
weisu_code alert_book_act(struct alert_book *book, const struct alert_act *act, weisu_err *err);
/* 1 when the alert is live, or was cleared and is remembered. */
int alert_book_knows(const struct alert_book *book, weisu_str alert);

uint32_t alert_book_live(const struct alert_book *book);
/* Alerts that are raised now, oldest first: the state as of its last change. `at` < alert_book_live. */
void alert_book_look(const struct alert_book *book, uint32_t at, weisu_alert *out);

/* The cluster has lost its title: live alerts about it lose theirs. WEISU_ENOMEM. */
weisu_code alert_book_forget(struct alert_book *book, uint32_t cluster, weisu_err *err);

/* The cluster `part` was merged into `whole` (slots): its alert speaks of the whole from now on, and of two alerts the
 * younger ends. To be told before the detector is. WEISU_ENOMEM: changes may be lost. */
struct alert_merge {
    uint32_t part;
    uint32_t whole;
    uint64_t sequence;
    int64_t clock_ms;
};
weisu_code alert_book_merge(struct alert_book *book, const struct alert_merge *merge, weisu_err *err);

/* Rows of STATE_ALERT. A book that was loaded goes on as the saved one would. WEISU_ESTATE: damaged. */
weisu_code alert_book_save(struct alert_book *book, int all, const struct state_sink *sink, weisu_err *err);
/* As many of the rows that changed as the sink wants now (base/state_row.h). *left: 1 when there are more. */
weisu_code alert_book_drain(struct alert_book *book, const struct state_sink *sink, int *left, weisu_err *err);
weisu_code alert_book_load(struct alert_book *book, const struct state_row *row, weisu_err *err);
weisu_code alert_book_loaded(struct alert_book *book, weisu_err *err);

#endif
