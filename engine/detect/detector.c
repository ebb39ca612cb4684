#include "detect/detector_fields.h"

#include "base/failure.h"
#include "base/fixed_log.h"
#include "detect/join_trust.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MINUTES 1440
#define DAY_MS (24 * HOUR_MS)
/* A hundred years: nobody can say more from the history of a few. */
#define LONGEST_RECURRENCE_MILLI INT64_C(36500000)

enum {
    REPORTER_CASES = 64,     /* of one reporter that are looked at; beyond, everything is a repeat */
    NEED_LOOK_UPDATES = 512, /* updates of a family between two looks at its pre-threshold */
    EXACT_MOST = 64,         /* up when more than one update in so many was exact */
    EXACT_LEAST = 512        /* and down when fewer than one in so many was */
};

/* Cells have no prior of this kind but a rough one: seven windows at once, and cases that come together by nature. */
static const struct calibration_point cell_tail[] = {
    {0, 0}, {8 << 16, 6 << 16}, {16 << 16, 12 << 16}, {32 << 16, 20 << 16}, {64 << 16, 30 << 16}};
static const struct calibration_prior cell_tail_prior = {cell_tail, sizeof cell_tail / sizeof *cell_tail, 2048};

weisu_code detector_new(struct detector **out, const struct detect_config *config, const struct lexicon *lexicon,
                        const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct detector *detector = memory_new_zeroed(allocator, 1, sizeof *detector);
    if (!detector)
        return failure(err, WEISU_ENOMEM, "no memory for the detector");
    detector->allocator = allocator;
    detector->config = *config;
    alarm_budget_init(&detector->budget, config->budget_milli_per_week);
    detector->clock_ms = INT64_MIN;
    detector->stand.minute = INT64_MIN;
    pace_init(&detector->pace);
    season_init(&detector->season);
    case_window_init(&detector->window, allocator);
    cell_table_init(&detector->cells, allocator);
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++) {
        calibration_init(&detector->family[slot].calibration, &cell_tail_prior);
        detector->family[slot].need_row = 2;
    }
    detector->need = memory_new(allocator, 1, sizeof *detector->need);
    detector->told = memory_new_zeroed(allocator, 1, sizeof *detector->told);
    detector->dismissals = memory_new_zeroed(allocator, 1, sizeof *detector->dismissals);
    detector->plans = memory_new(allocator, 1, sizeof *detector->plans);
    bout_table_init(&detector->bouts, allocator);
    if (evidence_init(&detector->evidence, allocator) || !detector->need || !detector->told || !detector->dismissals ||
        !detector->plans || path_model_init(&detector->paths, lexicon, allocator)) {
        detector_free(detector);
        return failure(err, WEISU_ENOMEM, "no memory for the detector");
    }
    season_plans_init(detector->plans, &detector->paths);
    surprise_need_fill(detector->need);
    *out = detector;
    return WEISU_OK;
}

void detector_free(struct detector *detector)
{
    if (!detector)
        return;
    evidence_dispose(&detector->evidence);
    path_model_dispose(&detector->paths);
    case_window_dispose(&detector->window);
    cell_table_dispose(&detector->cells);
    memory_free(detector->allocator, detector->need, 1, sizeof *detector->need);
    memory_free(detector->allocator, detector->told, 1, sizeof *detector->told);
    memory_free(detector->allocator, detector->dismissals, 1, sizeof *detector->dismissals);
    memory_free(detector->allocator, detector->plans, 1, sizeof *detector->plans);
    bout_table_dispose(&detector->bouts);
    memory_free(detector->allocator, detector, 1, sizeof *detector);
}

/* ---- time ---- */

int64_t detector_local_minute(const struct detector *detector, int64_t time_ms)
{
    return local_minute(&detector->config.zone, time_ms);
}

int64_t detector_clock_minute(const struct detector *detector)
{
    return local_clock_minute(&detector->config.zone, detector->clock_ms);
}

int64_t detector_window_begin_ms(const struct detector *detector, uint32_t window_hours, int64_t clock_ms)
{
    int64_t now = local_clock_minute(&detector->config.zone, clock_ms);
    return local_to_utc_ms(&detector->config.zone, cell_window_begin(window_hours, now));
}

static int64_t clock_day(const struct detector *detector)
{
    int64_t minute = detector_clock_minute(detector);
    return minute / DAY_MINUTES - (minute % DAY_MINUTES < 0);
}

static void adapt_pre_threshold(struct cell_family *family)
{
    if (family->updates < NEED_LOOK_UPDATES)
        return;
    if (family->exact * EXACT_MOST > family->updates && family->need_row + 1 < SURPRISE_NEED_BITS)
        family->need_row++;
    else if (family->exact * EXACT_LEAST < family->updates && family->need_row > 0)
        family->need_row--;
    family->updates = family->exact = 0;
}

void detector_publish(struct detector *detector)
{
    season_publish(&detector->season);
    detector->stand.minute = INT64_MIN;
    growth_publish(&detector->evidence.table);
}

weisu_code detector_advance(struct detector *detector, int64_t clock_ms, weisu_err *err)
{
    if (clock_ms <= detector->clock_ms)
        return WEISU_OK;
    detector->clock_ms = clock_ms;
    case_window_evict(&detector->window, clock_ms);
    int64_t day = clock_day(detector);
    int64_t days = day - detector->pace.day;
    if (!pace_advance(&detector->pace, day))
        return WEISU_OK;
    alarm_budget_earn(&detector->budget, days);
    growth_advance(&detector->evidence.table, day);
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++)
        adapt_pre_threshold(&detector->family[slot]);
    detector_publish(detector);
    told_cells_sweep(detector->told, clock_ms);
    dismissals_sweep(detector->dismissals, clock_ms);
    season_plans_advance(detector->plans, &detector->bouts, (int32_t)day);
    if (cluster_growths_sweep(&detector->evidence.clusters, clock_ms))
        return failure(err, WEISU_ENOMEM, "no memory for the detector");
    return WEISU_OK;
}

/* ---- rarity ---- */

int64_t detector_recurrence_milli(int32_t rarity_q16, uint64_t trials_a_day_q8)
{
    /* 1000 × 2^rarity / trials a day, capped at a million years. */
    int64_t bits = (int64_t)rarity_q16 + fixed_log2_q16(1000) + 8 * FIXED_ONE_Q16 - fixed_log2_q16(trials_a_day_q8);
    int64_t most = 38 * FIXED_ONE_Q16;
    return (int64_t)fixed_exp2_q16((int32_t)(bits < most ? bits : most));
}

int detector_is_rare(const struct detector *detector, int64_t recurrence_milli, enum alarm_family family,
                     int32_t dismissed_q16)
{
    uint64_t least = alarm_budget_least_milli(&detector->budget, family);
    return (uint64_t)recurrence_milli >= (least * fixed_exp2_q16(dismissed_q16 + 16 * FIXED_ONE_Q16) >> 16);
}

int64_t detector_told_recurrence(const struct detector *detector, int64_t recurrence_milli)
{
    if (detector->pace.active_days < DETECT_HISTORY_DAYS)
        return -1;
    return recurrence_milli < LONGEST_RECURRENCE_MILLI ? recurrence_milli : LONGEST_RECURRENCE_MILLI;
}

/* ---- one record ---- */

/* Slots in which the same reporter has a case in the window: there he is not counted again. */
static uint32_t repeated_slots(const struct detector *detector, uint64_t reporter, const struct subject_path *path)
{
    uint32_t slots = 0;
    uint64_t n = reporter ? case_window_last_of(&detector->window, CHAIN_REPORTER, reporter) : detector->window.next;
    for (uint32_t seen = 0; n != detector->window.next; seen++) {
        if (seen == REPORTER_CASES)
            return UINT32_MAX;
        const struct window_case *at = case_window_at(&detector->window, n);
        for (uint32_t slot = 0; slot < PATH_SLOTS && !at->withdrawn; slot++)
            slots |= (uint32_t)subject_path_meet(&at->path, path, slot) << slot;
        n = case_window_before(&detector->window, CHAIN_REPORTER, n);
    }
    return slots;
}

/* Members that were withdrawn before the cluster grew are not known to its growth. */
static void heed_withdrawn(struct cluster_growths *growths, struct cluster_growth *growth,
                           const struct cluster_outcome *outcome)
{
    while (cluster_growth_standing(growth) > (outcome->standing ? outcome->standing : 1))
        cluster_growth_withdraw(growths, growth, 1, 1);
}

static struct cluster_growth *add_evidence(struct detector *detector, const struct detect_case *observed,
                                           const struct subject_path *path)
{
    const struct cluster_outcome *outcome = observed->outcome;
    uint32_t theme = subject_path_theme(&detector->paths, path);
    struct evidence_case added = {.slot = outcome->cluster,
                                  .class = growth_class(theme, subject_path_precision(path)),
                                  .opened = outcome->opened,
                                  .new_reporter = outcome->new_reporter,
                                  .risk = observed->risk,
                                  .date_only = observed->date_only,
                                  .trust_q16 = join_trust_q16(outcome->score),
                                  .reporter = observed->reporter,
                                  .time_ms = observed->time_ms,
                                  .day = detector->pace.day,
                                  .zone = &detector->config.zone,
                                  .since_reporter_ms = outcome->since_reporter_ms};
    struct cluster_growth *growth = evidence_add(&detector->evidence, &added);
    if (growth)
        heed_withdrawn(&detector->evidence.clusters, growth, outcome);
    return growth;
}

/* Tightest first: more levels of place, then of topic. */
static void order_cells(struct detect_signal *signals, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j > 0 && signals[j].slot > signals[j - 1].slot; j--) {
            struct detect_signal moved = signals[j];
            signals[j] = signals[j - 1];
            signals[j - 1] = moved;
        }
}

/* A date alone: about when on its day the record came, by how many came today before it and how many come a day. The
 * record has been counted. */
static uint32_t within_day_ms(const struct detector *detector, const struct detect_case *observed)
{
    if (!observed->date_only)
        return 0;
    if (local_day(&detector->config.zone, observed->time_ms) != detector->pace.day)
        return DAY_MS / 2; /* late */
    uint64_t so_far = (uint64_t)(detector->pace.records_today - 1) << 8;
    uint64_t within = fixed_mul_div(so_far, DAY_MS, pace_records_q8(&detector->pace));
    return (uint32_t)(within < DAY_MS ? within : DAY_MS - 1);
}

static void add_to_window(struct detector *detector, const struct detect_case *observed,
                          const struct subject_path *path)
{
    struct window_case added = {.time_ms = observed->time_ms,
                                .sequence = observed->sequence,
                                .key = {observed->reporter, observed->address},
                                .path = *path,
                                .cluster = observed->outcome->cluster,
                                .date_only = observed->date_only != 0 ? 1 : 0,
                                .within_day_ms = within_day_ms(detector, observed)};
    case_window_add(&detector->window, &added, observed->id);
}

void detector_prefetch(const struct detector *detector, uint64_t reporter)
{
    if (reporter)
        id_map_prefetch(&detector->window.last[CHAIN_REPORTER], reporter);
}

int detector_observe(struct detector *detector, const struct detect_case *observed,
                     struct detect_signal out[DETECT_MAX_SIGNALS])
{
    struct cell_step step = {.observed = observed, .out = out};
    if (detector_advance(detector, observed->clock_ms, NULL) || evidence_reserve(&detector->evidence) ||
        case_window_reserve(&detector->window, observed->id.size) || cell_table_reserve(&detector->cells, PATH_SLOTS) ||
        bout_table_reserve(&detector->bouts, PATH_SLOTS))
        return -1;
    subject_path_fill(&detector->paths, observed->division, observed->spot, observed->topic, &step.path);
    step.repeat = repeated_slots(detector, observed->reporter, &step.path);
    pace_count(&detector->pace);
    season_count(&detector->season, detector_local_minute(detector, observed->time_ms), (int)observed->date_only);
    const struct cluster_growth *growth = add_evidence(detector, observed, &step.path);
    if (growth && detector_tell_cluster(detector, observed, growth, &out[0]))
        step.count = 1;
    uint32_t clusters = step.count;
    add_to_window(detector, observed, &step.path);
    detector_count_cells(detector, &step);
    order_cells(out + clusters, step.count - clusters);
    return (int)step.count;
}

static void path_of_signal(const struct detector *detector, const struct detect_signal *cell, struct subject_path *out)
{
    subject_path_fill(&detector->paths, cell->division, cell->spot, cell->topic, out);
}

static enum alarm_family family_of(const struct detect_signal *signal)
{
    return signal->subject == DETECT_CELL ? ALARM_CELLS : signal->risk ? ALARM_RISK : ALARM_GROWTH;
}

void detector_mark(struct detector *detector, const struct detect_signal *subject, int alerted)
{
    if (alerted && !subject->seasonal)
        alarm_budget_spend(&detector->budget, family_of(subject));
    if (subject->subject == DETECT_CLUSTER) {
        evidence_mark(&detector->evidence, subject->cluster, alerted);
        evidence_mark(&detector->evidence, subject->related, alerted);
        return;
    }
    uint32_t number = cell_table_find(&detector->cells, subject->cell);
    if (number == CELL_NONE)
        return;
    struct cell *cell = cell_at(&detector->cells, number);
    cell->flags = (uint8_t)((cell->flags & ~CELL_ALERTED) | (alerted ? CELL_ALERTED : 0));
    cell_table_note_change(&detector->cells, number);
    struct told_cell told = {.key = subject->cell, .slot = subject->slot};
    path_of_signal(detector, subject, &told.path);
    if (alerted)
        told_cells_begin(detector->told, &told);
    else
        told_cells_end(detector->told, subject->cell, detector->clock_ms);
}

/* ---- earlier cases at an address ---- */

static int64_t about_ms(const struct window_case *at)
{
    return at->time_ms + at->within_day_ms;
}

/* 1 when both are known and are of different first-level topics. */
static int is_other_matter(const struct detector *detector, const struct window_case *a, const struct window_case *b)
{
    return a->path.topic[0] != PATH_NONE && b->path.topic[0] != PATH_NONE &&
           subject_path_theme(&detector->paths, &a->path) != subject_path_theme(&detector->paths, &b->path);
}

int detector_earlier(const struct detector *detector, struct detect_earlier *at)
{
    const struct case_window *window = &detector->window;
    if (window->next == window->first)
        return 0;
    uint64_t asking = window->next - 1;
    const struct window_case *new_case = case_window_at(window, asking);
    uint64_t n = case_window_before(window, CHAIN_ADDRESS, at->looked ? at->number : asking);
    for (; n != window->next && at->looked < EARLIER_LOOKED; n = case_window_before(window, CHAIN_ADDRESS, n)) {
        const struct window_case *earlier = case_window_at(window, n);
        int64_t age_ms = about_ms(new_case) - about_ms(earlier);
        at->looked++;
        at->number = n;
        if (age_ms > EARLIER_HOURS * HOUR_MS || earlier->time_ms > new_case->time_ms)
            return 0;
        if (is_other_matter(detector, new_case, earlier))
            continue;
        at->sequence = earlier->sequence;
        at->id = case_window_id(window, n);
        at->asked_ms = about_ms(new_case);
        at->score_milli = (uint32_t)(950 - 350 * (age_ms > 0 ? age_ms : 0) / (EARLIER_HOURS * HOUR_MS));
        return 1;
    }
    return 0;
}

/* ---- forecasts ---- */

static enum forecast_of track_of(const struct detect_signal *signal)
{
    return signal->subject == DETECT_CELL ? FORECAST_CELLS : FORECAST_CLUSTERS;
}

void detector_set_forecast(const struct detector *detector, struct forecast_span model, struct detect_signal *out)
{
    forecast_track_apply(&detector->forecast[track_of(out)], &model);
    out->forecast_milli = model.more_milli;
    out->forecast_low_milli = model.low_milli;
    out->forecast_high_milli = model.high_milli;
}

void detector_learn_forecast(struct detector *detector, const struct detect_signal *subject,
                             const struct forecast_span *told, uint64_t came)
{
    forecast_track_learn(&detector->forecast[track_of(subject)], told, came);
}

/* ---- cells for people ---- */

/* Distinct keys as they come; small sets, so a walk is enough, and large ones are cut: nobody reads 256 places. */
struct key_set {
    uint64_t key[256];
    size_t count;
};

static void add_key(struct key_set *set, uint64_t key)
{
    size_t i = 0;
    while (i < set->count && set->key[i] != key)
        i++;
    if (i == set->count && i < sizeof set->key / sizeof *set->key)
        set->key[set->count++] = key;
}

size_t detector_cases(const struct detector *detector, const struct detect_signal *cell, int64_t clock_ms,
                      struct detect_cases *cases)
{
    enum { FIRST = 20 };
    struct subject_path subject;
    struct key_set places = {.count = 0};
    size_t written = 0;
    int64_t begin_ms = detector_window_begin_ms(detector, cell->window_hours, clock_ms);
    path_of_signal(detector, cell, &subject);
    cases->all = cases->reporters = 0;
    cases->reporters_known = 1;
    for (uint64_t n = detector->window.first; n < detector->window.next; n++) {
        const struct window_case *at = case_window_at(&detector->window, n);
        if (at->withdrawn || at->time_ms < begin_ms || !subject_path_meet(&at->path, &subject, cell->slot))
            continue;
        cases->all++;
        cases->reporters_known &= at->key[CHAIN_REPORTER] != 0;
        add_key(&places, at->path.spot ? at->path.spot : path_model_place_key(&detector->paths, &at->path));
        if (written == cases->room && written > FIRST) {
            memmove(&cases->out[FIRST], &cases->out[FIRST + 1], (written - FIRST - 1) * sizeof *cases->out);
            written--;
        }
        if (written < cases->room)
            cases->out[written++] = (struct cluster_member){at->sequence, at->time_ms, at->key[CHAIN_REPORTER],
                                                            case_window_id(&detector->window, n)};
    }
    cases->reporters = cell->reporters;
    cases->places = places.count;
    return written;
}

struct detect_counts detector_counts(const struct detector *detector)
{
    const struct cluster_growths *clusters = &detector->evidence.clusters;
    return (struct detect_counts){.cells = detector->cells.count,
                                  .cells_refused = detector->cells.refused,
                                  .updates = detector->updates,
                                  .exact_tests = detector->exact,
                                  .homeless = detector->homeless,
                                  .bytes =
                                      sizeof *detector + sizeof *detector->need + sizeof *detector->plans +
                                      bout_table_bytes(&detector->bouts) + cell_table_bytes(&detector->cells) +
                                      case_window_bytes(&detector->window) + GROWTH_ROWS * sizeof(struct growth_row) +
                                      clusters->capacity * sizeof *clusters->item + id_map_bytes(&clusters->of_slot)};
}
