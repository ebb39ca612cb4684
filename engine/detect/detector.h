/* Detection: is this more than expected?
 *
 * Two kinds of subject. A *cell* (place node × topic node, on every level) has a rate: Gamma-Poisson, shrunk towards
 * its parents (cell_test.h). A *cluster* has none of its own: it exists because complaints came, so its founding
 * complaint is never evidence and its expectation is conditional growth: of all earlier clusters of like topic and
 * place level with k distinct reporters, how many got another within the time it took this one (evidence.h). Surprise
 * is the tail probability of distinct reporters, over several windows at once, in fixed point (-log2 p × 65,536); how
 * rare such a surprise is here comes from the engine's own history (calibration.h). docs/detection.md has the formulas.
 * Runs in the commit step, one thread, sequence order. A record is tested when it is committed, over windows that end
 * at the clock. The result depends on the entries alone: advancing the clock in one call or in many is the same.
 * Cost: under 2 µs a record; memory is bounded by the caps named in cell_table.h and case_window.h. */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "base/state_row.h"
#include "cluster/cluster_index.h"
#include "detect/dismissals.h"
#include "detect/forecast_track.h"
#include "detect/local_time.h"
#include "detect/season_plan.h"

struct detector;

struct detect_config {
    struct local_time zone;         /* days and hours of the week are of this zone */
    uint32_t budget_milli_per_week; /* false alerts a week × 1000, all kinds together; 0: 1000 */
    int64_t lateness_ms;            /* not read: baselines take whatever is 30 days old */
};

/* WEISU_ENOMEM; *out is NULL then. The lexicon must outlive the detector. */
weisu_code detector_new(struct detector **out, const struct detect_config *config, const struct lexicon *lexicon,
                        const weisu_allocator *allocator, weisu_err *err);
void detector_free(struct detector *detector);

struct detect_case {
    uint64_t sequence;
    int64_t time_ms;
    int64_t clock_ms;
    uint64_t reporter;                     /* 0 unknown */
    uint32_t date_only;                    /* windows of hours are off */
    uint32_t risk;                         /* grade of the topic stage */
    uint32_t topic;                        /* taxonomy index or UINT32_MAX */
    uint32_t division;                     /* gazetteer index or UINT32_MAX */
    uint64_t spot;                         /* key or 0 */
    uint64_t address;                      /* hash of where a record with no more text than a label is; 0 none */
    weisu_str id;                          /* copied where kept */
    const struct cluster_outcome *outcome; /* what clustering made of it */
};

enum detect_subject { DETECT_CLUSTER, DETECT_CELL };

struct detect_signal {
    uint32_t subject;  /* enum detect_subject */
    uint32_t seasonal; /* 1: of the season plan; it has not come yet */
    uint32_t raises;   /* 1: rarer than the budget of its family allows; 0: news about what is alerted already */
    uint32_t cluster;  /* slot; the one of this record */
    uint32_t related;  /* slot of the cluster that is told with it (detector_relate), or CLUSTER_NONE */
    uint64_t cell;     /* key of the cell, 0 for a cluster */
    uint32_t slot;     /* of the cell: place level × 3 + topic level (subject_path.h) */
    uint32_t division; /* gazetteer index of the subject's place, or UINT32_MAX */
    uint64_t spot;     /* of the subject's place, or 0 */
    uint32_t topic;    /* taxonomy index of the subject's topic, or UINT32_MAX */
    uint32_t risk;     /* gravest grade, when the signal is of risk; else 0 */
    uint32_t window_hours;
    uint32_t count;     /* complaints; of a cell, distinct reporters */
    uint32_t reporters; /* distinct */
    int64_t expected_milli;
    int32_t surprise_q16;  /* -log2 p × 65536 */
    int32_t dismissed_q16; /* bits by which earlier dismissals raise the threshold here (dismissals.h) */
    int64_t
        recurrence_days_milli; /* expected once in that many days, at most 36,500; -1: history of less than 30 days */
    int64_t forecast_milli, forecast_low_milli, forecast_high_milli;
};

enum { DETECT_MAX_SIGNALS = 8 };

/* Fetches what detector_observe will look up of that reporter (0: unknown). Changes nothing. */
void detector_prefetch(const struct detector *detector, uint64_t reporter);
/* Updates what the record touches and tests it. Returns the number of signals that raise or are news of something
 * alerted, the cluster's first, then cells from the tightest to the widest; -1 when memory is out (nothing is counted
 * then). A signal about an alerted cell comes with every case in it, with surprise 0 where there is none. */
int detector_observe(struct detector *detector, const struct detect_case *observed,
                     struct detect_signal out[DETECT_MAX_SIGNALS]);
/* After detector_observe, where no alert speaks of the record's cluster yet: weighs that cluster together with the
 * record's second best one, if that scored close enough (related.h). 1 and *out, about the larger of both with the
 * other as `related`, when they raise together; else 0. */
int detector_relate(struct detector *detector, const struct cluster_index *clusters, const struct detect_case *observed,
                    struct detect_signal *out);
/* Renews the counts and the forecast of a signal about two clusters. */
void detector_renew(const struct detector *detector, const struct cluster_index *clusters,
                    struct detect_signal *signal);
/* The clock moved: old cases leave; at a new local day hours of waiting are counted and what was learnt is published.
 */
weisu_code detector_advance(struct detector *detector, int64_t clock_ms, weisu_err *err);
/* The case with that sequence number was withdrawn, or stands after all: from now on windows that it is in count it no
 * more, or again. A reporter of several cases counts as long as one of them stands. Baselines, calibrations and what is
 * older than the windows keep it. 0; -1 when memory is out (nothing changed). */
int detector_withdraw(struct detector *detector, const struct cluster_index *clusters, uint64_t sequence,
                      int is_withdrawn);
/* The cluster `part` was merged into `whole`, whose counts are already those of both. Members are those before. 0; -1
 * when memory is out (nothing changed). */
struct evidence_merge;
int detector_merge(struct detector *detector, const struct evidence_merge *merge);
/* Season factors and growth tables learnt so far become those that tests read: at sequence numbers divisible by 4,096,
 * as everything that is learnt, and with each local day besides, so that a small city learns too. */
void detector_publish(struct detector *detector);

/* The book raised or cleared an alert about the signal's subject. What is alerted teaches nothing: its surprises are
 * not calibrated, its growth not tabled, its busy days not taken into a baseline. */
void detector_mark(struct detector *detector, const struct detect_signal *subject, int alerted);

/* Something that came in earlier years at the time of the year that begins when the lead time has passed. */
struct detect_season {
    struct detect_signal signal; /* of a cell; forecast, recurrence and what is usual in the same days */
    int64_t begin_ms;            /* expected */
    int64_t end_ms;
    const struct season_plan *plan; /* valid until the next advance */
};
/* The next plan that became due by the last detector_advance: 1 and *out, or 0. Of a cell that is alerted already, or
 * that was dismissed lately, nothing is told. */
int detector_take_plan(struct detector *detector, struct detect_season *out);

/* Of an alert about the subject: `told` was its forecast at the raise, and `came` complaints came after that. */
void detector_learn_forecast(struct detector *detector, const struct detect_signal *subject,
                             const struct forecast_span *told, uint64_t came);

/* What a dismissal of that subject is about, 0 where there is nothing. */
void detector_dismissal_keys(const struct detector *detector, const struct detect_signal *subject,
                             uint64_t key[DISMISSAL_KEYS]);
/* People say that it is none: from now on a surprise about any of these has to be rarer before it is raised. `alert`
 * names the dismissal. */
void detector_dismiss(struct detector *detector, const uint64_t key[DISMISSAL_KEYS], uint64_t alert);
/* They take it back. 1 when there was such a dismissal and it had not faded. */
int detector_reinstate(struct detector *detector, uint64_t alert);

/* Cases of a cell in the window that ends at `clock_ms`, ascending; at most `room`, the first 20 and the last of the
 * rest. Returns how many were written; *all is the full count, *reporters that of the distinct. Ids are valid until the
 * next record. Costs a walk over the window's cases. */
struct detect_cases {
    struct cluster_member *out;
    size_t room;
    size_t all;
    size_t reporters;
    size_t places; /* distinct spots, or tightest divisions */
    int reporters_known;
};
size_t detector_cases(const struct detector *detector, const struct detect_signal *cell, int64_t clock_ms,
                      struct detect_cases *cases);

/* Earlier cases at the address of the record that was observed last, newest first: what a record without text to speak
 * of may repeat. At most EARLIER_HOURS before it (a city's own clerks flag repeats within 72 hours and hardly any
 * later: Chicago 2011-2012, docs/detection.md), whatever its category is, unless both first-level topics are known and
 * differ. Begin with an object of zeros; 1 and the next one, or 0. An address with more than EARLIER_LOOKED cases is no
 * point. */
enum { EARLIER_HOURS = 72, EARLIER_LOOKED = 32 };

struct detect_earlier {
    uint64_t sequence;
    weisu_str id;         /* valid until the next record */
    int64_t asked_ms;     /* when the observed record came; of a date alone about when, by its place in the stream */
    uint32_t score_milli; /* 600 to 950: the later the less */
    uint32_t looked;
    uint64_t number;
};
int detector_earlier(const struct detector *detector, struct detect_earlier *at);

struct detect_counts {
    uint64_t cells;
    uint64_t cells_refused; /* not opened: the cap was reached */
    uint64_t updates;       /* of cells */
    uint64_t exact_tests;   /* of them, those for which an exact tail was computed */
    uint64_t homeless;      /* places and topics in the loaded state that the image does not know */
    uint64_t bytes;
};
struct detect_counts detector_counts(const struct detector *detector);

/* Rows of STATE_CELL, STATE_GROWTH and STATE_WINDOW_CASE. After detector_loaded a detector answers as the saved one
 * did. WEISU_ESTATE: damaged. Slots of clusters must be those of the time of the save. */
weisu_code detector_save(struct detector *detector, int all, const struct state_sink *sink, weisu_err *err);
/* As many of the rows that changed as the sink wants now (base/state_row.h). *left: 1 when there are more. */
weisu_code detector_drain(struct detector *detector, const struct state_sink *sink, int *left, weisu_err *err);
weisu_code detector_load(struct detector *detector, const struct state_row *row, weisu_err *err);
weisu_code detector_loaded(struct detector *detector, weisu_err *err);

#endif
