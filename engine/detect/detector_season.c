/* Bouts of the cells of a record, and plans that have become due. */
#include "detect/detector_fields.h"

#include "base/fixed_log.h"

#define DAY_MINUTES 1440

enum {
    BOUT_LEAST_WIDE = 3, /* reporters, where the place is wider than a spot */
    HOTSPOT_TIMES = 3    /* what comes back is worth a word when it is that many times the usual */
};

static int32_t day_of(int64_t minute)
{
    return (int32_t)(minute / DAY_MINUTES - (minute % DAY_MINUTES < 0));
}

void detector_note_bouts(struct detector *detector, const struct cell_step *step, const uint32_t number[PATH_SLOTS],
                         const struct cell_rate rate[PATH_SLOTS])
{
    const struct cell_clock *clock = detector_stand(detector);
    uint32_t told = 0; /* reporters in the tightest place that is busy */
    uint32_t told_level = 0;
    if (detector->bouts.history_day == INT32_MAX)
        detector->bouts.history_day = day_of(clock->minute);
    for (uint32_t slot = PATH_SLOTS; slot-- > 0;) {
        uint32_t level = slot / PATH_TOPICS;
        if (number[slot] == CELL_NONE || step->repeat >> slot & 1)
            continue;
        const struct cell *cell = cell_at(&detector->cells, number[slot]);
        struct cell_fortnight look = {detector->need, level == PLACE_SPOT ? BOUT_LEAST : BOUT_LEAST_WIDE, 0};
        uint32_t count = cell_fortnight(&detector->cells, cell, clock, &rate[slot], &look);
        /* A wider place is busy by itself when it holds twice as many. */
        if (!count || (told && level < told_level && count < 2 * told))
            continue;
        if (count > told || level < told_level) {
            told = count;
            told_level = level;
        }
        const struct bout seen = {.key = cell->key,
                                  .path = step->path,
                                  .first_day = day_of(look.first_minute),
                                  .last_day = day_of(clock->minute),
                                  .reporters = count,
                                  .cluster = step->observed->outcome->cluster,
                                  .slot = (uint8_t)slot};
        bout_table_see(&detector->bouts, &seen, step->observed->id);
    }
}

/* ---- plans ---- */

static int64_t ms_of(const struct detector *detector, int32_t day)
{
    return local_to_utc_ms(&detector->config.zone, day * 1440);
}

/* Of the earlier years' counts: their mean, with 1.28 standard deviations of what they differ by and of chance (80 % of
 * a normal distribution). */
static void foresee(const struct season_plan *plan, struct detect_signal *signal)
{
    uint64_t sum = 0;
    uint64_t squares = 0;
    for (uint32_t i = 0; i < plan->hits; i++) {
        sum += plan->year[i].reporters;
        squares += (uint64_t)plan->year[i].reporters * plan->year[i].reporters;
    }
    /* A year in which it did not come is one with none. */
    uint64_t mean_milli = sum * 1000 / plan->years;
    uint64_t square_milli2 = squares * 1000000 / plan->years;
    uint64_t spread2 = square_milli2 > mean_milli * mean_milli ? square_milli2 - mean_milli * mean_milli : 0;
    int64_t half = (int64_t)fixed_sqrt(spread2 + mean_milli * 1000) * 128 / 100;
    signal->forecast_milli = (int64_t)mean_milli;
    signal->forecast_low_milli = (int64_t)mean_milli > half ? (int64_t)mean_milli - half : 0;
    signal->forecast_high_milli = (int64_t)mean_milli + half;
}

static void fill_place(const struct bout *bout, struct detect_signal *signal)
{
    uint32_t level = bout->slot / PATH_TOPICS;
    signal->division = PATH_NONE;
    for (uint32_t i = 0; i <= level && i < PLACE_SPOT; i++)
        if (bout->path.place[i] != PATH_NONE)
            signal->division = bout->path.place[i];
    signal->spot = level == PLACE_SPOT ? bout->path.spot : 0;
    signal->topic = bout->path.topic[bout->slot % PATH_TOPICS];
}

int detector_take_plan(struct detector *detector, struct detect_season *out)
{
    struct season_plans *plans = detector->plans;
    while (plans->due_taken < plans->due_count) {
        const struct season_plan *plan = &plans->due[plans->due_taken++];
        uint32_t number = cell_table_find(&detector->cells, plan->bout.key);
        if (number == CELL_NONE || cell_at(&detector->cells, number)->flags & CELL_ALERTED)
            continue;
        out->plan = plan;
        out->begin_ms = ms_of(detector, plan->first_day);
        out->end_ms = ms_of(detector, plan->last_day + 1);
        out->signal = (struct detect_signal){.subject = DETECT_CELL,
                                             .raises = 1,
                                             .seasonal = 1,
                                             .cluster = plan->bout.cluster,
                                             .related = CLUSTER_NONE,
                                             .cell = plan->bout.key,
                                             .slot = plan->bout.slot,
                                             .window_hours = 24 * (uint32_t)(plan->last_day - plan->first_day + 1)};
        fill_place(&plan->bout, &out->signal);
        foresee(plan, &out->signal);
        /* By chance as often as this in one look; bouts have one look a year. */
        uint64_t looks_a_day_q8 = ((detector->bouts.count + 1) << 8) / (detector->pace.active_days + 1) + 1;
        out->signal.recurrence_days_milli =
            detector_told_recurrence(detector, detector_recurrence_milli(plan->rarity_q16, looks_a_day_q8));
        out->signal.expected_milli = (int64_t)detector_usual_milli(detector, cell_at(&detector->cells, number),
                                                                   (uint32_t)(plan->last_day - plan->first_day + 1));
        /* Of a wider place even a mild year must be more than usual. A tide of the whole city is the season factors'
         * affair; and of what was dismissed lately nothing is told. */
        if (out->signal.forecast_milli < HOTSPOT_TIMES * out->signal.expected_milli ||
            (!out->signal.spot && out->signal.forecast_low_milli < out->signal.expected_milli) ||
            detector_dismissed_q16(detector, &out->signal) > FIXED_ONE_Q16)
            continue;
        return 1;
    }
    return 0;
}
