/* Detection: is this more than expected?
 *
 * Two kinds of subject. A *cell* (place node × topic node, on every level) has a rate: Gamma-Poisson, shrunk towards
 * its parents. A *cluster* has none of its own: it exists because complaints came, so its founding complaint is never
 * evidence and its expectation is conditional growth: of all earlier clusters of like topic and place level with k
 * distinct reporters, how many got another within the time it took this one. Surprise is the tail probability of
 * distinct reporters, over several windows at once, in fixed point (−log2 p × 65536).
 * Runs in the commit step, one thread, sequence order. A record is tested when it is committed, over windows that end
 * at the clock. */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "base/state_row.h"
#include "cluster/cluster_index.h"

struct detector;

struct detect_config {
    int32_t zone_offset_s;
    uint32_t budget_milli_per_week;
    int64_t lateness_ms;
};

weisu_code detector_new(struct detector **out, const struct detect_config *config, const struct lexicon *lexicon,
                        const weisu_allocator *allocator, weisu_err *err);
void detector_free(struct detector *detector);

struct detect_case {
    uint64_t sequence;
    int64_t time_ms;
    int64_t clock_ms;
    uint64_t reporter;  /* 0 unknown */
    uint32_t date_only; /* windows of hours are off */
    uint32_t risk;      /* grade of the topic stage */
    uint32_t topic;     /* taxonomy index or UINT32_MAX */
    uint32_t division;  /* gazetteer index or UINT32_MAX */
    uint64_t spot;      /* key or 0 */
    weisu_str id;       /* copied where kept */
    const struct cluster_outcome *outcome;
};

enum detect_subject { DETECT_CLUSTER, DETECT_CELL };

struct detect_signal {
    uint32_t subject;  /* enum detect_subject */
    uint32_t cluster;  /* slot; the one of this record */
    uint64_t cell;     /* key of the cell, 0 for a cluster */
    uint32_t division; /* gazetteer index of the cell's place, or UINT32_MAX */
    uint64_t spot;     /* of the cell's place, or 0 */
    uint32_t topic;    /* taxonomy index of the cell's topic, or UINT32_MAX */
    uint32_t risk;     /* grade, when the signal is of risk; else 0 */
    uint32_t window_hours;
    uint32_t count;
    uint32_t reporters;
    int64_t expected_milli;
    int32_t surprise_q16;          /* -log2 p × 65536 */
    int64_t recurrence_days_milli; /* -1: too little history */
    int64_t forecast_milli, forecast_low_milli, forecast_high_milli;
};

enum { DETECT_MAX_SIGNALS = 8 };

/* Updates what the record touches and tests it. Returns the number of signals above the pre-threshold, most surprising
 * first; -1 when memory is out (the state is then that before the call). */
int detector_observe(struct detector *detector, const struct detect_case *observed,
                     struct detect_signal out[DETECT_MAX_SIGNALS]);
/* The clock moved: baselines up to the watermark become final, old cases leave. */
weisu_code detector_advance(struct detector *detector, int64_t clock_ms, weisu_err *err);
/* Season factors and growth tables learnt so far become those that tests read: at sequence numbers divisible by 4,096.
 */
void detector_publish(struct detector *detector);

/* Cases of a cell in the window that ends at `clock_ms`, ascending; at most `room`, the first 20 and the last of the
 * rest. Returns how many were written; *all is the full count. */
size_t detector_cases(const struct detector *detector, uint64_t cell, uint32_t window_hours, int64_t clock_ms,
                      struct cluster_member *out, size_t room, uint64_t *all);

struct detect_counts {
    uint64_t cells;
    uint64_t exact_tests;
    uint64_t bytes;
};
struct detect_counts detector_counts(const struct detector *detector);

weisu_code detector_save(struct detector *detector, int all, const struct state_sink *sink, weisu_err *err);
weisu_code detector_load(struct detector *detector, const struct state_row *row, weisu_err *err);
weisu_code detector_loaded(struct detector *detector, weisu_err *err);

#endif
