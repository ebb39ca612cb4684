/* Detection: tails, growth, calibration, cells, and a city in which nothing or something happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/fixed_log.h"
#include "detect/calibration.h"
#include "detect/case_window.h"
#include "detect/cell_test.h"
#include "detect/growth_table.h"
#include "detect/surprise.h"
#include "test_detect_city.h"

/* ---- the tail ---- */

/* The same by floating point: log gamma and a sum of terms. */
static double exact_bits(uint64_t count, double mean, double shape)
{
    double q = mean / (mean + shape);
    double n = (double)count;
    double point = lgamma(n + shape) - lgamma(shape) - lgamma(n + 1) + shape * log1p(-q) + n * log(q);
    double term = 1;
    double sum = 1;
    for (double j = n; j < n + 100000 && term > 1e-12; j++) {
        term *= q * (j + shape) / (j + 1);
        sum += term;
    }
    return -(point + log(sum)) / log(2);
}

static void tail_agrees_with_floating_point(void **state)
{
    (void)state;
    static const double means[] = {0.001, 0.03, 0.5, 2.25, 17, 300, 1500};
    static const uint64_t shapes[] = {1, 2, 7, 40};
    static const uint64_t counts[] = {1, 2, 3, 5, 10, 30, 100, 500, 2000, 4000};
    size_t tested = 0;
    for (size_t m = 0; m < sizeof means / sizeof *means; m++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                uint64_t mean_q16 = (uint64_t)(means[m] * 65536 + .5);
                double truth = exact_bits(counts[c], (double)mean_q16 / 65536, (double)shapes[s]);
                if ((double)counts[c] <= means[m] * 1.5 || truth > 60)
                    continue;
                double got = surprise_tail_q16(counts[c], mean_q16, shapes[s]) / 65536.;
                assert_true(fabs(got - truth) < .05 + .002 * truth);
                tested++;
            }
    assert_true(tested > 80);
    assert_int_equal(surprise_tail_q16(3, 5 << 16, 4), 0);
    assert_true(surprise_tail_q16(2000000, UINT64_C(1000000) << 16, 40) > 8 << 16);
}

static void pre_threshold_hides_nothing(void **state)
{
    (void)state;
    struct surprise_need *need = malloc(sizeof *need);
    surprise_need_fill(need);
    uint64_t draw = 5;
    size_t passed = 0;
    for (int i = 0; i < 20000; i++) {
        uint64_t mean_q16 = fixed_exp2_q16((int32_t)city_below(&draw, 26 << 16));
        uint64_t count = 1 + city_below(&draw, 2 * (mean_q16 >> 16) + 12);
        uint64_t shape = 1 + city_below(&draw, 50);
        int32_t bits = surprise_tail_q16(count, mean_q16, shape);
        for (uint32_t row = 0; row < SURPRISE_NEED_BITS; row++) {
            int may = surprise_may_reach(need, row, count, mean_q16, shape);
            passed += (size_t)may;
            if (bits >= (int32_t)(surprise_need_bits(row) << 16) + 1000)
                assert_true(may);
        }
    }
    assert_true(passed > 1000 && passed < 100000);
    free(need);
}

/* ---- growth ---- */

static void growth_learns_what_it_sees(void **state)
{
    (void)state;
    struct growth_table table;
    assert_int_equal(growth_table_init(&table, NULL), 0);
    uint32_t class = growth_class(3, 0);
    double prior = growth_bits_q16(&table, class, 0, 24 * HOUR_MS) / 65536.;
    assert_true(fabs(exp2(-prior) - .040) < .002);
    /* Every day 100 enter; 30 of them grow after 18 hours, the rest stay for ever. */
    for (int64_t day = 100; day < 300; day++) {
        growth_advance(&table, day);
        for (int i = 0; i < 100; i++)
            growth_enter(&table, class, 0, day);
        for (int i = 0; i < 30; i++)
            growth_leave(&table, &(struct growth_leave){class, 0, day, 18 * HOUR_MS, 1});
    }
    growth_publish(&table);
    double day1 = exp2(-growth_bits_q16(&table, class, 0, 24 * HOUR_MS) / 65536.);
    double hours6 = exp2(-growth_bits_q16(&table, class, 0, 6 * HOUR_MS) / 65536.);
    double days90 = exp2(-growth_bits_q16(&table, class, 0, 90 * DAY_MS) / 65536.);
    assert_true(fabs(day1 - .30) < .01);
    assert_true(hours6 < .01);
    assert_true(fabs(days90 - .30) < .02);
    /* Another place of the same topic knows less, but something. */
    double elsewhere = exp2(-growth_bits_q16(&table, growth_class(3, 2), 0, 24 * HOUR_MS) / 65536.);
    assert_true(elsewhere > .2 && elsewhere < .31);
    growth_table_dispose(&table);
}

static void growth_handles_censoring(void **state)
{
    (void)state;
    struct growth_table table;
    assert_int_equal(growth_table_init(&table, NULL), 0);
    /* Exponential waiting with a rate of 5 % a day, but the book closes 10 days after the last entry: a share of those
     * who grew so far would be far too low. */
    uint64_t draw = 9;
    enum { PEOPLE = 4000, DAYS = 20 };
    static struct {
        int64_t entered;
        int64_t grows;
    } person[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        person[i].entered = 1000 + (int64_t)city_below(&draw, 10);
        double u = (double)(city_draw(&draw) >> 11) / (double)(UINT64_C(1) << 53);
        person[i].grows = person[i].entered + 1 + (int64_t)(-log(1 - u) / .05);
    }
    for (int64_t day = 1000; day < 1000 + DAYS; day++) {
        growth_advance(&table, day);
        for (size_t i = 0; i < PEOPLE; i++) {
            if (person[i].entered == day)
                growth_enter(&table, 0, 1, day);
            if (person[i].grows == day)
                growth_leave(&table, &(struct growth_leave){0, 1, person[i].entered,
                                                            (day - person[i].entered) * DAY_MS - HOUR_MS, 1});
        }
    }
    growth_publish(&table);
    double week = exp2(-growth_bits_q16(&table, 0, 1, 7 * DAY_MS) / 65536.);
    assert_true(fabs(week - (1 - exp(-.05 * 7))) < .03);
    growth_table_dispose(&table);
}

/* ---- calibration ---- */

static const struct calibration_point flat[] = {{0, 0}, {64 << 16, 64 << 16}};
static const struct calibration_prior flat_prior = {flat, 2, 16};

static void calibration_extends_the_tail(void **state)
{
    (void)state;
    struct calibration calibration;
    calibration_init(&calibration, &flat_prior);
    /* Tail of half a bit of rarity a bit: 2^(-x/2). */
    uint64_t draw = 3;
    for (int i = 0; i < 200000; i++) {
        double u = (double)((city_draw(&draw) >> 11) + 1) / (double)(UINT64_C(1) << 53);
        calibration_try(&calibration);
        calibration_reach(&calibration, 0, (int32_t)(-2 * log2(u) * 65536));
    }
    for (int bits = 4; bits <= 50; bits += 3) {
        double rarity = calibration_rarity_q16(&calibration, bits << 16) / 65536.;
        assert_true(fabs(rarity - bits / 2.) < (bits < 14 ? .1 : .04 * bits));
    }
}

static void outbreaks_do_not_bend_the_tail(void **state)
{
    (void)state;
    struct calibration quiet;
    struct calibration busy;
    calibration_init(&quiet, &flat_prior);
    uint64_t draw = 4;
    for (int i = 0; i < 100000; i++) {
        double u = (double)((city_draw(&draw) >> 11) + 1) / (double)(UINT64_C(1) << 53);
        calibration_try(&quiet);
        calibration_reach(&quiet, 0, (int32_t)(-log2(u) * 65536));
    }
    busy = quiet;
    for (int i = 0; i < 100; i++)
        calibration_reach(&busy, 0, 30 << 16);
    double before = calibration_rarity_q16(&quiet, 30 << 16) / 65536.;
    double after = calibration_rarity_q16(&busy, 30 << 16) / 65536.;
    assert_true(before > 25);
    assert_true(after > 19); /* their share alone would say 10 */
}

/* ---- reporters in the window ---- */

static void window_knows_its_reporters(void **state)
{
    (void)state;
    enum { CASES = 6000, PEOPLE = 50 };
    struct case_window window;
    case_window_init(&window, NULL);
    uint64_t last[PEOPLE];
    memset(last, 0xff, sizeof last);
    uint64_t draw = 8;
    for (uint64_t n = 0; n < CASES; n++) {
        uint64_t who = city_below(&draw, PEOPLE);
        struct window_case added = {.time_ms = START_MS + (int64_t)n * HOUR_MS, .sequence = n + 1, .key = {who}};
        char id[16];
        snprintf(id, sizeof id, "T%llu", (unsigned long long)n);
        case_window_evict(&window, added.time_ms);
        assert_int_equal(case_window_reserve(&window, strlen(id)), 0);
        uint64_t expected = who && last[who] != UINT64_MAX && last[who] >= window.first ? last[who] : window.next;
        if (who)
            assert_int_equal(case_window_last_of(&window, CHAIN_REPORTER, who), expected);
        case_window_add(&window, &added, text_str(id));
        assert_int_equal(case_window_before(&window, CHAIN_REPORTER, n), expected == n ? window.next : expected);
        assert_memory_equal(case_window_id(&window, n).data, id, strlen(id));
        last[who] = n;
        assert_true(window.next - window.first <= WINDOW_DAYS * 24 + 1);
    }
    case_window_dispose(&window);
}

/* ---- cells ---- */

static void cells_count_like_a_list(void **state)
{
    (void)state;
    enum { CASES = 4000 };
    static int64_t minutes[CASES];
    struct cell_table table;
    struct season season;
    struct cell_clock clock;
    cell_table_init(&table, NULL);
    season_init(&season);
    assert_int_equal(cell_table_reserve(&table, 1), 0);
    uint32_t number = cell_table_open(&table, 42, 0);
    struct cell *cell = cell_at(&table, number);
    uint64_t draw = 2;
    int64_t minute = 25800000;
    struct surprise_need *need = malloc(sizeof *need);
    memset(need, 0, sizeof *need); /* every count goes to the exact tail */
    for (size_t i = 0; i < CASES; i++) {
        /* Quiet and busy times, with gaps of months. */
        int64_t gap = i % 500 < 60 ? 20000 : i % 500 == 100 ? 200000 : 400;
        minute += (int64_t)city_below(&draw, (uint64_t)gap);
        minutes[i] = minute;
        cell_clock_set(&clock, &season, minute, (uint32_t)((minute - 25800000) / 1440) + 30);
        assert_int_equal(cell_table_reserve(&table, 1), 0);
        cell_count(&table, number, &clock, minute, 0);
        struct cell_rate rate;
        cell_rate_set(&table, cell, &clock, UINT64_C(1) << 20, &rate);
        struct cell_probe probe = {need, 0, 0};
        struct cell_finding finding;
        cell_test(&table, cell, &clock, &rate, &probe, &finding);
        if (!finding.count)
            continue;
        uint32_t truth = 0;
        for (size_t j = 0; j <= i; j++)
            truth += minutes[j] >= clock.begin[finding.window];
        assert_int_equal(finding.count, truth);
    }
    assert_true(cell->old_q8 > 100 << 8);
    assert_true(sizeof(struct cell) <= 40);
    free(need);
    cell_table_dispose(&table);
}

/* ---- a city ---- */

struct run {
    struct detector *detector;
    struct cluster_index clusters;
    size_t raised;
    size_t raised_cells;
    uint32_t watched;         /* slot */
    uint32_t watched_members; /* of it when it was raised, 0 never */
};

static void run_open(struct run *run, const struct lexicon *lexicon)
{
    struct detect_config config = {{.fixed_s = 28800}, 1000, DAY_MS};
    *run = (struct run){.watched = UINT32_MAX};
    assert_int_equal(detector_new(&run->detector, &config, lexicon, NULL, NULL), WEISU_OK);
}

static void run_close(struct run *run)
{
    detector_free(run->detector);
    city_clusters_free(&run->clusters);
}

static int run_case(struct run *run, const struct city_case *at, struct detect_signal signals[DETECT_MAX_SIGNALS])
{
    struct detect_case observed = at->observed;
    observed.id = text_str(at->id);
    struct cluster_outcome outcome = city_join(&run->clusters, &observed, at->slot);
    outcome.runner_up = at->runner_up;
    observed.outcome = &outcome;
    int count = detector_observe(run->detector, &observed, signals);
    assert_true(count >= 0 && count <= DETECT_MAX_SIGNALS);
    int known = 0;
    for (int i = 0; i < count; i++) {
        if (!signals[i].raises || known)
            continue;
        known = 1; /* one alert a record, as the book does */
        run->raised++;
        run->raised_cells += signals[i].subject == DETECT_CELL;
        detector_mark(run->detector, &signals[i], 1);
        if (signals[i].subject == DETECT_CLUSTER && at->slot == run->watched)
            run->watched_members = outcome.members;
    }
    return count;
}

static void run_stream(struct run *run, const struct city_stream *stream)
{
    struct detect_signal signals[DETECT_MAX_SIGNALS];
    for (size_t i = 0; i < stream->count; i++)
        run_case(run, &stream->cases[i], signals);
}

static void quiet_city_keeps_the_budget(void **state)
{
    (void)state;
    enum { DAYS = 364 };
    size_t within = 0;
    size_t all = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct city_stream stream = {0};
        struct run run;
        city_add_quiet(&stream, seed, DAYS, 60);
        city_sort(&stream);
        run_open(&run, NULL);
        run_stream(&run, &stream);
        within += run.raised <= DAYS / 7;
        all += run.raised;
        struct detect_counts counts = detector_counts(run.detector);
        assert_true(counts.exact_tests * 50 < counts.updates);
        run_close(&run);
        city_stream_free(&stream);
    }
    assert_true(within >= 3);
    assert_true(all >= 4 * (DAYS / 7) * 3 / 10);
}

static void outbreak_is_raised_early(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct run run;
    city_add_quiet(&stream, 7, 200, 60);
    uint32_t slot = city_add_outbreak(&stream, START_MS + 120 * DAY_MS, 30, 9 * HOUR_MS);
    city_sort(&stream);
    run_open(&run, NULL);
    run.watched = slot;
    run_stream(&run, &stream);
    assert_true(run.watched_members > 0);
    assert_true(run.watched_members <= 7); /* of 30 */
    run_close(&run);
    city_stream_free(&stream);
}

/* Twenty complaints of one person, at first alone, then after a neighbour complained once. */
static void one_person_is_no_hotspot(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct run run;
    city_add_quiet(&stream, 7, 200, 60);
    uint32_t slot = stream.slots++;
    for (int i = 0; i < 20; i++)
        city_add(&stream, START_MS + 100 * DAY_MS + i * 20 * HOUR_MS, slot, 12345);
    city_sort(&stream);
    run_open(&run, NULL);
    run.watched = slot;
    run_stream(&run, &stream);
    assert_int_equal(run.watched_members, 0);
    run_close(&run);
    city_stream_free(&stream);
}

/* A rise of one topic in one street, each case a cluster of its own: only the cell can see it. */
static void cell_sees_what_no_cluster_does(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct run run;
    city_add_quiet(&stream, 11, 200, 60);
    for (int i = 0; i < 25; i++) {
        struct city_case *at = city_add(&stream, START_MS + 150 * DAY_MS + i * 2 * HOUR_MS, stream.slots++,
                                        UINT64_C(900000) + (uint64_t)i);
        at->observed.division = 1 + DISTRICTS + 3;
        at->observed.spot = 0;
        at->observed.topic = 4;
    }
    city_sort(&stream);
    run_open(&run, NULL);
    struct detect_signal signals[DETECT_MAX_SIGNALS];
    size_t seen_at = 0;
    size_t in_street = 0;
    for (size_t i = 0; i < stream.count; i++) {
        const struct detect_case *observed = &stream.cases[i].observed;
        in_street += observed->reporter >= 900000 && observed->reporter < 900025;
        int count = run_case(&run, &stream.cases[i], signals);
        for (int s = 0; s < count && !seen_at; s++)
            if (signals[s].subject == DETECT_CELL && signals[s].raises && in_street && in_street < 25) {
                assert_int_equal(signals[s].division, 1 + DISTRICTS + 3);
                seen_at = in_street;
            }
    }
    assert_true(seen_at > 2 && seen_at <= 12);
    run_close(&run);
    city_stream_free(&stream);
}

/* ---- state ---- */

struct kept_row {
    uint32_t table;
    uint64_t key;
    char *data;
    size_t size;
};

struct kept {
    struct kept_row row[200000];
    size_t count;
};

static weisu_code keep_row(void *context, const struct state_row *row, weisu_err *err)
{
    struct kept *kept = context;
    (void)err;
    size_t i = 0;
    while (i < kept->count && (kept->row[i].table != row->table || kept->row[i].key != row->key))
        i++;
    if (i < kept->count)
        free(kept->row[i].data);
    else
        kept->count++;
    kept->row[i] = (struct kept_row){row->table, row->key, NULL, row->size};
    if (row->size) {
        kept->row[i].data = malloc(row->size);
        memcpy(kept->row[i].data, row->data, row->size);
    }
    return WEISU_OK;
}

static void load_kept(struct detector *detector, const struct kept *kept)
{
    for (size_t i = kept->count; i-- > 0;) {
        struct state_row row = {kept->row[i].table, kept->row[i].key, kept->row[i].data, kept->row[i].size};
        if (row.size)
            assert_int_equal(detector_load(detector, &row, NULL), WEISU_OK);
    }
    assert_int_equal(detector_loaded(detector, NULL), WEISU_OK);
}

static void kept_free(struct kept *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        free(kept->row[i].data);
    free(kept);
}

/* Field by field: the bytes between them are anything. */
static void assert_same_signal(const struct detect_signal *a, const struct detect_signal *b)
{
    assert_int_equal(a->subject, b->subject);
    assert_int_equal(a->raises, b->raises);
    assert_int_equal(a->cluster, b->cluster);
    assert_int_equal(a->related, b->related);
    assert_int_equal(a->cell, b->cell);
    assert_int_equal(a->slot, b->slot);
    assert_int_equal(a->division, b->division);
    assert_int_equal(a->spot, b->spot);
    assert_int_equal(a->topic, b->topic);
    assert_int_equal(a->risk, b->risk);
    assert_int_equal(a->window_hours, b->window_hours);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->reporters, b->reporters);
    assert_int_equal(a->expected_milli, b->expected_milli);
    assert_int_equal(a->surprise_q16, b->surprise_q16);
    assert_int_equal(a->recurrence_days_milli, b->recurrence_days_milli);
    assert_int_equal(a->forecast_milli, b->forecast_milli);
    assert_int_equal(a->forecast_low_milli, b->forecast_low_milli);
    assert_int_equal(a->forecast_high_milli, b->forecast_high_milli);
}

/* A detector that is saved (in part, then the rest), loaded and run on says what the one that ran through says. */
static void state_survives_a_restart(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct run through;
    struct run first;
    struct run second;
    city_add_quiet(&stream, 5, 150, 20);
    for (int i = 0; i < 12; i++)
        city_add_outbreak(&stream, START_MS + (30 + 10 * i) * DAY_MS, 12, 7 * HOUR_MS);
    city_sort(&stream);
    struct kept *kept = calloc(1, sizeof *kept);
    struct state_sink sink = {.context = kept, .put = keep_row};
    run_open(&through, NULL);
    run_open(&first, NULL);
    run_open(&second, NULL);
    struct detect_signal a[DETECT_MAX_SIGNALS];
    struct detect_signal b[DETECT_MAX_SIGNALS];
    size_t cut = stream.count * 2 / 3;
    size_t compared = 0;
    for (size_t i = 0; i < stream.count; i++) {
        struct run *after = i < cut ? &first : &second;
        if (i == cut / 2 || i == cut)
            assert_int_equal(detector_save(first.detector, 0, &sink, NULL), WEISU_OK);
        if (i == cut) {
            load_kept(second.detector, kept);
            second.clusters = first.clusters;
            first.clusters = (struct cluster_index){0};
        }
        int count = run_case(&through, &stream.cases[i], a);
        assert_int_equal(run_case(after, &stream.cases[i], b), count);
        for (int s = 0; s < count; s++)
            assert_same_signal(&a[s], &b[s]);
        compared += (size_t)count;
    }
    assert_true(compared > 50);
    run_close(&through);
    run_close(&first);
    run_close(&second);
    kept_free(kept);
    city_stream_free(&stream);
}

static void damaged_rows_are_refused(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct run run;
    city_add_quiet(&stream, 5, 40, 20);
    city_sort(&stream);
    struct kept *kept = calloc(1, sizeof *kept);
    struct state_sink sink = {.context = kept, .put = keep_row};
    run_open(&run, NULL);
    run_stream(&run, &stream);
    assert_int_equal(detector_save(run.detector, 1, &sink, NULL), WEISU_OK);
    size_t refused = 0;
    for (size_t i = 0; i < kept->count; i += 1 + kept->count / 200) {
        struct run damaged;
        run_open(&damaged, NULL);
        struct state_row row = {kept->row[i].table, kept->row[i].key, kept->row[i].data, kept->row[i].size - 1};
        refused += detector_load(damaged.detector, &row, NULL) == WEISU_ESTATE;
        assert_int_equal(refused, 1 + i / (1 + kept->count / 200));
        run_close(&damaged);
    }
    assert_true(refused > 20);
    run_close(&run);
    kept_free(kept);
    city_stream_free(&stream);
}

/* ---- running out of memory ---- */

struct meter {
    size_t left; /* allocations that still succeed */
};

static void *meter_allocate(void *context, size_t size)
{
    struct meter *meter = context;
    return meter->left ? (meter->left--, malloc(size)) : NULL;
}

static void *meter_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct meter *meter = context;
    (void)old_size;
    return meter->left ? (meter->left--, realloc(old, size)) : NULL;
}

static void meter_release(void *context, void *old, size_t size)
{
    (void)context;
    (void)size;
    free(old);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    city_add_quiet(&stream, 5, 40, 8);
    city_sort(&stream);
    for (size_t budget = 0; budget < 60; budget++) {
        struct meter meter = {budget};
        weisu_allocator allocator = {&meter, meter_allocate, meter_resize, meter_release};
        struct detect_config config = {{.fixed_s = 28800}, 1000, DAY_MS};
        struct run run = {.watched = UINT32_MAX};
        struct detect_signal signals[DETECT_MAX_SIGNALS];
        if (detector_new(&run.detector, &config, NULL, &allocator, NULL)) {
            assert_null(run.detector);
            continue;
        }
        int failed = 0;
        for (size_t i = 0; i < stream.count && !failed; i++) {
            struct detect_case observed = stream.cases[i].observed;
            observed.id = text_str(stream.cases[i].id);
            struct cluster_outcome outcome = city_join(&run.clusters, &observed, stream.cases[i].slot);
            outcome.runner_up = stream.cases[i].runner_up;
            observed.outcome = &outcome;
            failed = detector_observe(run.detector, &observed, signals) < 0;
            if (failed) {
                /* Nothing was counted: the same record again, with memory, is taken. */
                struct detect_counts before = detector_counts(run.detector);
                meter.left = 1000;
                assert_true(detector_observe(run.detector, &observed, signals) >= 0);
                assert_true(detector_counts(run.detector).cells >= before.cells);
            }
        }
        run_close(&run);
    }
    city_stream_free(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tail_agrees_with_floating_point), cmocka_unit_test(pre_threshold_hides_nothing),
        cmocka_unit_test(growth_learns_what_it_sees),      cmocka_unit_test(growth_handles_censoring),
        cmocka_unit_test(calibration_extends_the_tail),    cmocka_unit_test(outbreaks_do_not_bend_the_tail),
        cmocka_unit_test(window_knows_its_reporters),      cmocka_unit_test(cells_count_like_a_list),
        cmocka_unit_test(quiet_city_keeps_the_budget),     cmocka_unit_test(outbreak_is_raised_early),
        cmocka_unit_test(one_person_is_no_hotspot),        cmocka_unit_test(cell_sees_what_no_cluster_does),
        cmocka_unit_test(state_survives_a_restart),        cmocka_unit_test(damaged_rows_are_refused),
        cmocka_unit_test(no_memory_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
