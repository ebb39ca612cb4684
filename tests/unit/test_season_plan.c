/* The season plan: what comes back is told before it comes, what came by chance is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/civil_time.h"
#include "detect/season_plan.h"
#include "test_detect_city.h"

struct years {
    struct path_model model;
    struct bout_table bouts;
    struct season_plans *plans;
};

static void years_open(struct years *years)
{
    assert_int_equal(path_model_init(&years->model, NULL, NULL), 0);
    bout_table_init(&years->bouts, NULL);
    years->plans = malloc(sizeof *years->plans);
    season_plans_init(years->plans, &years->model);
    years->bouts.history_day = (int32_t)civil_days(2015, 10, 1);
}

static void years_close(struct years *years)
{
    bout_table_dispose(&years->bouts);
    path_model_dispose(&years->model);
    free(years->plans);
}

/* One bout of `reporters` at a spot (or in the street, spot 0) that begins on that day and lasts ten days. */
static void add_bout(struct years *years, uint64_t spot, uint32_t topic, int32_t first_day, uint32_t reporters)
{
    struct bout seen = {.first_day = first_day, .last_day = first_day, .reporters = 2, .cluster = 3};
    assert_int_equal(bout_table_reserve(&years->bouts, 1), 0);
    subject_path_fill(&years->model, 1 + DISTRICTS, spot, topic, &seen.path);
    seen.slot = (uint8_t)path_slot(spot ? PLACE_SPOT : PLACE_SUBDISTRICT, topic % 3 != 0);
    seen.key = subject_path_cell(&years->model, &seen.path, seen.slot);
    for (uint32_t i = 1; i < reporters; i++) {
        char id[24];
        snprintf(id, sizeof id, "%d-%u", first_day, i);
        bout_table_see(&years->bouts, &seen, text_str(id));
        seen.last_day = first_day + (int32_t)(10 * i / reporters);
    }
}

/* Plans that become due from one day to another, and the last of them. */
static uint32_t plans_between(struct years *years, int32_t from, int32_t until, struct season_plan *last)
{
    uint32_t count = 0;
    for (int32_t day = from; day <= until; day++) {
        season_plans_advance(years->plans, &years->bouts, day);
        count += years->plans->due_count;
        if (years->plans->due_count)
            *last = years->plans->due[0];
        for (uint32_t i = 0; i < years->plans->due_count; i++)
            assert_true(years->plans->due[i].first_day - day <= SEASON_LEAD_DAYS + SEASON_NEAR_DAYS);
    }
    return count;
}

static void what_comes_back_is_told_ahead(void **state)
{
    (void)state;
    struct years years;
    struct season_plan plan = {0};
    years_open(&years);
    static const int offset[] = {-4, 5, 0, 3};
    for (int i = 0; i < 4; i++) {
        add_bout(&years, 77, 4 + (uint32_t)i % 2, (int32_t)civil_days(2016 + i, 11, 15) + offset[i], 6 + (uint32_t)i);
        add_bout(&years, 78, 4, (int32_t)civil_days(2016 + i, 2 + 2 * i, 15), 6); /* each year at another time */
    }
    int32_t begin = (int32_t)civil_days(2020, 11, 15);
    assert_int_equal(plans_between(&years, begin - 300, begin - 40, &plan), 0);
    assert_int_equal(plans_between(&years, begin - 39, begin + 40, &plan), 1);
    assert_true(plan.bout.path.spot == 77);
    assert_int_equal(plan.hits, 4);
    assert_int_equal(plan.years, 4);
    assert_true(plan.first_day >= begin - 2 && plan.first_day <= begin + 3);
    assert_int_equal(plan.year[0].reporters, 9); /* the newest year first */
    assert_true(plan.ids >= 4);
    years_close(&years);
}

static void told_at_least_two_weeks_before_the_mean_day(void **state)
{
    (void)state;
    struct years years;
    struct season_plan plan = {0};
    years_open(&years);
    for (int i = 0; i < 3; i++)
        add_bout(&years, 5, 4, (int32_t)civil_days(2016 + i, 3, 1), 5);
    int32_t begin = (int32_t)civil_days(2019, 3, 1);
    assert_int_equal(plans_between(&years, begin - 200, begin - SEASON_LEAD_DAYS - 1, &plan), 0);
    assert_int_equal(plans_between(&years, begin - SEASON_LEAD_DAYS, begin - SEASON_LEAD_DAYS, &plan), 1);
    years_close(&years);
}

/* A clock that jumps finds what became due meanwhile, as long as there is any lead left. */
static void a_jump_of_the_clock_loses_nothing(void **state)
{
    (void)state;
    struct years years;
    struct season_plan plan = {0};
    years_open(&years);
    for (int i = 0; i < 3; i++)
        add_bout(&years, 5, 4, (int32_t)civil_days(2016 + i, 3, 1), 5);
    int32_t begin = (int32_t)civil_days(2019, 3, 1);
    season_plans_advance(years.plans, &years.bouts, begin - 100);
    assert_int_equal(plans_between(&years, begin - 6, begin - 6, &plan), 1);
    years_close(&years);
}

static void the_table_stays_bounded(void **state)
{
    (void)state;
    struct years years;
    years_open(&years);
    for (uint32_t i = 0; i < BOUTS_MAX + 100; i++)
        add_bout(&years, 1000 + i, 4, 17000 + (int32_t)(i / 40), i % 3 ? 2 : 4);
    assert_true(years.bouts.count <= BOUTS_MAX);
    assert_true(years.bouts.least > BOUT_LEAST);
    assert_true(years.bouts.count > BOUTS_MAX / 4);
    for (size_t i = 0; i < years.bouts.count; i += 97)
        assert_int_equal(id_map_get(&years.bouts.last, years.bouts.bout[i].key), i);
    years_close(&years);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_back_is_told_ahead),
        cmocka_unit_test(told_at_least_two_weeks_before_the_mean_day),
        cmocka_unit_test(a_jump_of_the_clock_loses_nothing),
        cmocka_unit_test(the_table_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
