/* Forecasts learn from what came: the interval holds four in five, whatever the model says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "detect/forecast_track.h"
#include "test_detect_city.h"

/* Complaints to come: geometric with a mean of about `mean`, from a counter. */
static uint64_t draw(uint64_t *state, uint64_t mean)
{
    uint64_t count = 0;
    do
        *state = hash_mix(*state + 1);
    while ((*state >> 20) % (mean + 1) && ++count < 1000);
    return count;
}

static void check_model(int64_t more, int64_t low, int64_t high, uint64_t mean)
{
    enum { ALERTS = 4000, LEARNT = 400 };
    struct forecast_track track = {0};
    const struct forecast_span model = {more, low, high};
    uint64_t state = 7;
    uint32_t above = 0;
    for (uint32_t i = 0; i < ALERTS; i++) {
        struct forecast_span told = model;
        uint64_t came = draw(&state, mean);
        forecast_track_apply(&track, &told);
        assert_true(told.low_milli <= told.more_milli && told.more_milli <= told.high_milli);
        above += i >= LEARNT && came > (uint64_t)told.high_milli / 1000 + 1;
        forecast_track_learn(&track, &told, came);
    }
    double share = (double)above / (ALERTS - LEARNT);
    printf("%f\n", share);
    assert_true(share > .15 && share < .25); /* one in five: none can be below 0 */
}

static void one_in_five_lies_outside(void **state)
{
    (void)state;
    check_model(4000, 0, 8000, 4);  /* a model that is right */
    check_model(1000, 0, 1000, 10); /* one that says far too little */
    check_model(9000, 0, 30000, 4); /* and far too much */
    check_model(0, 0, 0, 3);
}

static void nothing_learnt_changes_nothing(void **state)
{
    (void)state;
    const struct forecast_track track = {0};
    struct forecast_span span = {2500, 1000, 7000};
    forecast_track_apply(&track, &span);
    assert_int_equal(span.more_milli, 2500);
    assert_int_equal(span.low_milli, 1000);
    assert_int_equal(span.high_milli, 7000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_in_five_lies_outside),
        cmocka_unit_test(nothing_learnt_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
