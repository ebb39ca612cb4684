#include "detect/detector_fields.h"

#include "base/fixed_log.h"

enum {
    PEAK_DAYS = 30,      /* a cell that was calm for that long may surprise anew */
    LEAST_HISTORY = 28,  /* active days before cells are tested */
    TOP_CLUSTERS = 16,   /* that are told apart when a rise is explained */
    LOOK_AGAIN_CASES = 4 /* more cases before an explained rise is looked at again */
};

/* Quarter bits of a peak, as calibration.h counts them. */
static int32_t peak_q16(const struct cell *cell)
{
    return cell->peak * CALIBRATION_BIN_Q16;
}

/* What the prior expects of a cell: the rate of its parent, spread over the parent's cells. */
static uint64_t expected_q32(const struct detector *detector, const uint64_t rate_q32[PATH_SLOTS], uint32_t slot)
{
    uint32_t parent = slot;
    while (parent >= PATH_TOPICS) {
        parent -= PATH_TOPICS;
        if (rate_q32[parent])
            break;
    }
    if (parent == slot || !rate_q32[parent])
        parent = slot % PATH_TOPICS ? slot - 1 : slot;
    if (parent == slot || !rate_q32[parent])
        return (pace_records_q8(&detector->pace) << 24) / 16;
    uint64_t brothers = detector->family[slot].cells / (uint64_t)detector->family[parent].cells;
    return rate_q32[parent] / (brothers ? brothers : 1);
}

/* Clusters of a walk, with their cases. */
struct cluster_tally {
    uint32_t cluster[TOP_CLUSTERS];
    uint32_t cases[TOP_CLUSTERS];
    uint32_t count;
};

static void tally(struct cluster_tally *tally, uint32_t cluster)
{
    uint32_t i = 0;
    while (i < tally->count && tally->cluster[i] != cluster)
        i++;
    if (i == TOP_CLUSTERS)
        return;
    tally->cluster[i] = cluster;
    tally->cases[i] = i == tally->count ? 1 : tally->cases[i] + 1;
    tally->count += i == tally->count;
}

/* An alert has spoken of it, or speaks of it now. */
static int is_told(const struct detector *detector, const struct window_case *at)
{
    const struct cluster_growth *growth = cluster_growths_find(&detector->evidence.clusters, at->cluster);
    if (growth && (growth->alerted || (growth->rerun && at->time_ms <= growth->first_ms)))
        return 1;
    return told_cells_hold(detector->told, &at->path, at->time_ms);
}

/* Cases of the finding that no alert has spoken of and that do not belong to the largest cluster among them: a rise
 * that is one cluster's is that cluster's affair. */
static uint32_t unexplained(const struct detector *detector, const struct cell_step *step, uint32_t slot,
                            const struct cell_finding *finding)
{
    struct cluster_tally clusters = {.count = 0};
    uint32_t explained = 0;
    uint32_t most = 0;
    int64_t begin_ms = detector_window_begin_ms(detector, cell_window_hours[finding->window], detector->clock_ms);
    for (uint64_t n = detector->window.next; n-- > detector->window.first;) {
        const struct window_case *at = case_window_at(&detector->window, n);
        if (at->withdrawn || at->time_ms < begin_ms || !subject_path_meet(&at->path, &step->path, slot))
            continue;
        if (is_told(detector, at))
            explained++;
        else
            tally(&clusters, at->cluster);
    }
    for (uint32_t i = 0; i < clusters.count; i++)
        most = clusters.cases[i] > most ? clusters.cases[i] : most;
    /* One case of it stays: it belongs to the rise like any other. */
    explained += most ? most - 1 : 0;
    return finding->count > explained ? finding->count - explained : 0;
}

/* Looking who the cases are costs a walk over the window, so an explained rise is looked at again when it grew. */
static int was_examined(const struct detector *detector, const struct cell *cell, uint32_t count)
{
    const struct busy_cell *busy = cell_busy(&detector->cells, cell);
    uint32_t examined = busy ? busy->examined : cell->examined;
    return count * 2 > examined && count < examined + LOOK_AGAIN_CASES + examined / 8;
}

static void note_examined(struct detector *detector, struct cell *cell, uint32_t count)
{
    struct busy_cell *busy = cell_busy(&detector->cells, cell);
    if (busy)
        busy->examined = count;
    else
        cell->examined = (uint8_t)count;
}

static uint64_t trials_a_day_q8(const struct detector *detector)
{
    uint64_t trials = 0;
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++)
        trials += detector->family[slot].calibration.trials;
    return (trials << 8) / (detector->pace.active_days + 1);
}

static int64_t recurrence_of(const struct detector *detector, const struct cell *cell, int32_t surprise_q16)
{
    int32_t rarity = calibration_rarity_q16(&detector->family[cell->slot].calibration, surprise_q16);
    return detector_recurrence_milli(rarity, trials_a_day_q8(detector));
}

static int32_t dismissed_q16(const struct detector *detector, const struct cell *cell)
{
    const struct detect_signal subject = {.subject = DETECT_CELL, .cell = cell->key};
    return detector_dismissed_q16(detector, &subject);
}

/* Would it still be a rise without what is explained otherwise? */
static int stands_alone(const struct detector *detector, const struct cell_step *step, const struct cell *cell,
                        const struct cell_finding *finding)
{
    uint32_t left = unexplained(detector, step, cell->slot, finding);
    int32_t surprise =
        left == finding->count ? finding->surprise_q16 : surprise_tail_q16(left, finding->mean_q16, finding->shape);
    return detector_is_rare(detector, recurrence_of(detector, cell, surprise), ALARM_CELLS,
                            dismissed_q16(detector, cell));
}

static void fill_place(const struct cell_step *step, uint32_t slot, struct detect_signal *signal)
{
    uint32_t level = slot / PATH_TOPICS;
    signal->division = PATH_NONE;
    for (uint32_t i = 0; i <= level && i < PLACE_SPOT; i++)
        if (step->path.place[i] != PATH_NONE)
            signal->division = step->path.place[i];
    signal->spot = level == PLACE_SPOT ? step->path.spot : 0;
    signal->topic = step->path.topic[slot % PATH_TOPICS];
}

/* A surge goes on about as long as it went on so far: between a ninth and nine times with probability .8 (Gott 1993).
 * Nothing better is known of a rise whose cause is not. */
static void fill_forecast(const struct detector *detector, struct detect_signal *signal)
{
    int64_t excess = signal->count * INT64_C(1000) - signal->expected_milli;
    excess = excess > 0 ? excess : 0;
    detector_set_forecast(detector, (struct forecast_span){excess, excess / 9, excess * 9}, signal);
}

static void tell(struct detector *detector, struct cell_step *step, struct cell *cell,
                 const struct cell_finding *finding)
{
    int64_t recurrence = recurrence_of(detector, cell, finding->surprise_q16);
    int alerted = (cell->flags & CELL_ALERTED) != 0;
    if (!alerted && !detector_is_rare(detector, recurrence, ALARM_CELLS, dismissed_q16(detector, cell)))
        return;
    if (!alerted && was_examined(detector, cell, finding->count))
        return;
    if (!alerted && !stands_alone(detector, step, cell, finding)) {
        note_examined(detector, cell, finding->count);
        return;
    }
    if (step->count == DETECT_MAX_SIGNALS)
        return;
    struct detect_signal *signal = &step->out[step->count++];
    *signal = (struct detect_signal){.subject = DETECT_CELL,
                                     .raises = !alerted,
                                     .cluster = step->observed->outcome->cluster,
                                     .related = CLUSTER_NONE,
                                     .cell = cell->key,
                                     .slot = cell->slot,
                                     .window_hours = cell_window_hours[finding->window],
                                     .count = finding->count,
                                     .reporters = finding->count,
                                     .expected_milli = (int64_t)(finding->mean_q16 * 1000 >> 16),
                                     .surprise_q16 = finding->surprise_q16,
                                     .dismissed_q16 = dismissed_q16(detector, cell),
                                     .recurrence_days_milli = detector_told_recurrence(detector, recurrence)};
    fill_place(step, cell->slot, signal);
    fill_forecast(detector, signal);
}

/* Gives the surprise to the calibration, where the cell is not alerted. */
static void calibrate(struct detector *detector, struct cell *cell, int32_t surprise_q16, uint32_t active_day)
{
    struct cell_family *family = &detector->family[cell->slot];
    calibration_try(&family->calibration);
    if (cell->peak && active_day > (uint32_t)cell->peak_day + PEAK_DAYS)
        cell->peak = 0;
    int32_t quarter = surprise_q16 / CALIBRATION_BIN_Q16;
    if (quarter <= cell->peak)
        return;
    calibration_reach(&family->calibration, peak_q16(cell), surprise_q16);
    cell->peak = (uint8_t)(quarter < UINT8_MAX ? quarter : UINT8_MAX);
    cell->peak_day = (uint16_t)active_day;
}

static void test_cell(struct detector *detector, struct cell_step *step, struct cell *cell,
                      const struct cell_clock *clock, const struct cell_rate *rate)
{
    struct cell_family *family = &detector->family[cell->slot];
    struct cell_probe probe = {detector->need, family->need_row, step->observed->date_only ? CELL_HOUR_WINDOWS : 0};
    struct cell_finding finding;
    cell_test(&detector->cells, cell, clock, rate, &probe, &finding);
    family->updates++;
    family->exact += finding.exact != 0;
    detector->updates++;
    detector->exact += finding.exact != 0;
    if (!(cell->flags & CELL_ALERTED))
        calibrate(detector, cell, finding.surprise_q16, clock->active_day);
    if (finding.surprise_q16 || (cell->flags & CELL_ALERTED))
        tell(detector, step, cell, &finding);
}

/* Where the windows stand now; computed anew when the minute, the day or the season changed. */
const struct cell_clock *detector_stand(struct detector *detector)
{
    int64_t minute = detector_clock_minute(detector);
    if (detector->stand.minute != minute || detector->stand.active_day != detector->pace.active_days)
        cell_clock_set(&detector->stand, &detector->season, minute, detector->pace.active_days);
    return &detector->stand;
}

uint64_t detector_usual_milli(const struct detector *detector, const struct cell *cell, uint32_t days)
{
    uint64_t history = detector->pace.active_days > cell->since_day ? detector->pace.active_days - cell->since_day : 0;
    return ((uint64_t)cell->old_q8 * days * 1000 / (history + 1)) >> 8;
}

/* Finds or opens the cells of the record: three rounds, so that the caches fetch them side by side. */
static void open_cells(struct detector *detector, const struct subject_path *path, uint32_t number[PATH_SLOTS])
{
    uint64_t key[PATH_SLOTS];
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++) {
        key[slot] = subject_path_cell(&detector->paths, path, slot);
        if (key[slot])
            cell_table_prefetch(&detector->cells, key[slot]);
    }
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++)
        if (key[slot])
            cell_table_prefetch_cell(&detector->cells, key[slot]);
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++) {
        uint32_t before = detector->cells.count;
        number[slot] = key[slot] ? cell_table_open(&detector->cells, key[slot], slot) : CELL_NONE;
        if (number[slot] != CELL_NONE)
            cell_table_prefetch_busy(&detector->cells, cell_at(&detector->cells, number[slot]));
        detector->family[slot].cells += detector->cells.count - before;
    }
}

void detector_count_cells(struct detector *detector, struct cell_step *step)
{
    uint32_t number[PATH_SLOTS];
    uint64_t rate_q32[PATH_SLOTS] = {0};
    int64_t minute = detector_local_minute(detector, step->observed->time_ms);
    open_cells(detector, &step->path, number);
    const struct cell_clock *clock = detector_stand(detector);
    struct cell_rate rates[PATH_SLOTS];
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++) {
        if (number[slot] == CELL_NONE)
            continue;
        struct cell *cell = cell_at(&detector->cells, number[slot]);
        uint32_t is_repeat = step->repeat >> slot & 1;
        if (!is_repeat)
            cell_count(&detector->cells, number[slot], clock, minute, (int)step->observed->date_only);
        struct cell_rate *rate = &rates[slot];
        cell_rate_set(&detector->cells, cell, clock, expected_q32(detector, rate_q32, slot), rate);
        rate_q32[slot] = rate->rate_q32;
        if (!is_repeat)
            test_cell(detector, step, cell, clock, rate);
        else if (cell->flags & CELL_ALERTED)
            tell(detector, step, cell, &(struct cell_finding){0});
    }
    detector_note_bouts(detector, step, number, rates);
}
