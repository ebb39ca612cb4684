/* The fields of a detector, shared by the files that make it up. Not for other folders. */
#ifndef DETECT_DETECTOR_FIELDS_H
#define DETECT_DETECTOR_FIELDS_H

#include "detect/alarm_budget.h"
#include "detect/case_window.h"
#include "detect/cell_test.h"
#include "detect/detector.h"
#include "detect/evidence.h"
#include "detect/pace.h"
#include "detect/season.h"
#include "detect/subject_path.h"
#include "detect/told_cells.h"

/* One slot of cells (a level of places × a level of topics). */
struct cell_family {
    struct calibration calibration;
    uint32_t cells; /* that exist */
    uint32_t need_row;
    uint32_t updates; /* since need_row was looked at */
    uint32_t exact;
};

enum forecast_of { FORECAST_CLUSTERS, FORECAST_CELLS, FORECAST_TRACKS };

struct detector {
    const weisu_allocator *allocator;
    struct detect_config config;
    int64_t clock_ms; /* INT64_MIN before the first entry */
    struct path_model paths;
    struct pace pace;
    struct alarm_budget budget;
    struct season season;
    struct evidence evidence;
    struct case_window window;
    struct cell_table cells;
    struct cell_family family[PATH_SLOTS];
    struct surprise_need *need;
    struct told_cells *told;
    struct dismissals *dismissals;
    struct bout_table bouts;
    struct forecast_track forecast[FORECAST_TRACKS];
    struct season_plans *plans;
    struct cell_clock stand; /* of the last record; follows from the clock */
    uint64_t updates;
    uint64_t exact;
    uint64_t homeless;
};

enum { DETECT_HISTORY_DAYS = 30 };

/* The forecast of a signal, as the model has it, moved by what earlier ones taught. */
void detector_set_forecast(const struct detector *detector, struct forecast_span model, struct detect_signal *out);

int64_t detector_local_minute(const struct detector *detector, int64_t time_ms);
/* Of the clock; never goes back (local_time.h). */
int64_t detector_clock_minute(const struct detector *detector);
/* Beginning of a cell's window of that many hours that ends at the clock (cell_test.h). */
int64_t detector_window_begin_ms(const struct detector *detector, uint32_t window_hours, int64_t clock_ms);

/* Rarity (-log2 of the share of trials) and trials a day → expected once in so many days, × 1000. */
int64_t detector_recurrence_milli(int32_t rarity_q16, uint64_t trials_a_day_q8);
/* 1 when that is rarer than the family's share of the budget allows now, and by `dismissed_q16` bits. */
int detector_is_rare(const struct detector *detector, int64_t recurrence_milli, enum alarm_family family,
                     int32_t dismissed_q16);
/* Bits by which dismissals raise the threshold for that subject now. */
int32_t detector_dismissed_q16(const struct detector *detector, const struct detect_signal *subject);
/* As it is told: -1 with less than DETECT_HISTORY_DAYS of history. */
int64_t detector_told_recurrence(const struct detector *detector, int64_t recurrence_milli);

/* Where the windows stand now. */
const struct cell_clock *detector_stand(struct detector *detector);

/* 1 and *out when there is something to tell of the cluster by itself. */
int detector_tell_cluster(const struct detector *detector, const struct detect_case *observed,
                          const struct cluster_growth *growth, struct detect_signal *out);

/* The cells of a case that was just added to the window: counts, tests, and appends signals. Needs the reservation of
 * PATH_SLOTS cells. `repeat` is a set of slots in which the reporter was seen within 30 days. */
struct cell_step {
    const struct detect_case *observed;
    struct subject_path path;
    uint32_t repeat;
    struct detect_signal *out;
    uint32_t count;
};
void detector_count_cells(struct detector *detector, struct cell_step *step);
/* Which of these cells are busy (bout_table.h). Needs the reservation of PATH_SLOTS bouts. */
void detector_note_bouts(struct detector *detector, const struct cell_step *step, const uint32_t number[PATH_SLOTS],
                         const struct cell_rate rate[PATH_SLOTS]);
/* What the cell sees in so many days, × 1000. */
uint64_t detector_usual_milli(const struct detector *detector, const struct cell *cell, uint32_t days);

#endif
