/* Counting in a cell, and testing it: is this more than expected?
 *
 * Windows of 1 h to 30 d end at the clock; they begin at the beginning of an hour or a local day, and what is expected
 * in them is weighted with the season from exactly there. The baseline of a window is what the cell saw outside of it:
 * cases of the last 30 days but not in the window, and the older ones, whose busiest days are cut (a surge does not
 * raise its own baseline; Farrington's down-weighting in its simplest form, Noufaily 2013). It is Gamma with the mean
 * of the parent's children as prior (one pseudo-case), so the count is negative binomial (surprise.h). A window is
 * tested when the history outside of it is at least as long as itself and two weeks. */
#ifndef DETECT_CELL_TEST_H
#define DETECT_CELL_TEST_H

#include "detect/cell_table.h"
#include "detect/season.h"
#include "detect/surprise.h"

enum { CELL_WINDOWS = 7, CELL_HOUR_WINDOWS = 3 };

extern const uint16_t cell_window_hours[CELL_WINDOWS]; /* 1, 6, 24, 72, 168, 336, 720 */

/* The local minute at which a window that ends at `minute` begins. */
int64_t cell_window_begin(uint32_t window_hours, int64_t minute);

/* Where the windows stand: computed once a record. */
struct cell_clock {
    int64_t minute;
    uint32_t active_day; /* number of the day in the pace */
    int64_t begin[CELL_WINDOWS];
    uint64_t weight_q16[CELL_WINDOWS]; /* expected share of a day's complaints, in days */
};
void cell_clock_set(struct cell_clock *clock, const struct season *season, int64_t minute, uint32_t active_day);

/* Counts one case at `minute` (not after the clock). */
void cell_count(struct cell_table *table, uint32_t number, const struct cell_clock *clock, int64_t minute,
                int date_only);

/* Takes that count back, as far as the case is still in the last 30 days. */
void cell_uncount(struct cell_table *table, uint32_t number, const struct cell_clock *clock, int64_t minute,
                  int date_only);

struct cell_rate {
    uint64_t prior_days_q16; /* days in which the prior expects one case */
    uint64_t rate_q32;       /* cases a day, all that was seen */
};
/* `expected_q32`: the prior's cases a day. */
void cell_rate_set(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
                   uint64_t expected_q32, struct cell_rate *out);

/* Distinct reporters in the last 14 days where they are `least` (1 to QUIET_CASES) at least and may be rarer than one
 * in 256 for the cell, and the minute of the first of them; else 0. */
struct cell_fortnight {
    const struct surprise_need *need;
    uint32_t least;
    int64_t first_minute; /* out */
};
uint32_t cell_fortnight(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
                        const struct cell_rate *rate, struct cell_fortnight *look);

struct cell_finding {
    int32_t surprise_q16;
    uint32_t window; /* index of the most surprising one */
    uint32_t count;
    uint64_t mean_q16;
    uint64_t shape;
    uint32_t exact; /* exact tails computed */
};

struct cell_probe {
    const struct surprise_need *need;
    uint32_t need_row;
    uint32_t first_window; /* CELL_HOUR_WINDOWS for a case whose hour is not known */
};
/* The most surprising window. surprise_q16 is 0 when none reaches the pre-threshold. */
void cell_test(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
               const struct cell_rate *rate, const struct cell_probe *probe, struct cell_finding *out);

#endif
