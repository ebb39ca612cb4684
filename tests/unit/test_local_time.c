/* Local minutes and days of zones whose clocks change: those of the tz database, by the engine's own reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/zone.h"
#include "detect/local_time.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)
/* 2010-01-01T00:00Z and 2026-01-01T00:00Z: changes by an hour, by half of one (Lord Howe), at midnight (Beirut,
 * Havana, Asuncion), a day that was skipped (Apia) and zones that changed for good (Moscow, Caracas). */
#define BEGIN_MS INT64_C(1262304000000)
#define END_MS INT64_C(1767225600000)

static const char *const zones[] = {
    "Asia/Shanghai",       "UTC",          "America/New_York", "Europe/London",   "Asia/Beirut",      "America/Havana",
    "Australia/Lord_Howe", "Pacific/Apia", "Europe/Moscow",    "America/Caracas", "America/Asuncion", "Asia/Kathmandu"};

static int32_t offset_of(const void *zone, int64_t utc_ms)
{
    return zone_offset_s(zone, utc_ms);
}

static struct local_time open_local(struct zone **zone, const char *name)
{
    assert_int_equal(zone_open(zone, name, NULL, NULL), WEISU_OK);
    return (struct local_time){0, offset_of, *zone};
}

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void the_clock_never_goes_back(void **state)
{
    (void)state;
    size_t stood_still = 0;
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        struct zone *zone;
        struct local_time local = open_local(&zone, zones[z]);
        int64_t truth = local_minute(&local, BEGIN_MS - 1);
        int32_t offset = zone_offset_s(zone, BEGIN_MS);
        int64_t last_change = 0;
        for (int64_t ms = BEGIN_MS; ms < END_MS; ms += 15 * MINUTE_MS) {
            if (zone_offset_s(zone, ms) != offset)
                last_change = ms;
            offset = zone_offset_s(zone, ms);
            /* Hours without a change nearby are all alike: each minute is looked at only around changes. */
            int64_t step = ms - last_change < DAY_MS / 6 ? MINUTE_MS : 15 * MINUTE_MS;
            int64_t from = last_change == ms ? ms - 15 * MINUTE_MS + MINUTE_MS : ms - 15 * MINUTE_MS + step;
            for (int64_t at = from; at <= ms; at += step) {
                truth = max_of(truth, local_minute(&local, at));
                assert_int_equal(local_clock_minute(&local, at), truth);
                stood_still += local_minute(&local, at) < truth;
            }
        }
        zone_close(zone);
    }
    assert_true(stood_still > 1000);
}

static void minutes_are_those_of_the_wall(void **state)
{
    (void)state;
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        struct zone *zone;
        struct local_time local = open_local(&zone, zones[z]);
        for (int64_t ms = BEGIN_MS; ms < END_MS; ms += 47 * MINUTE_MS) {
            int64_t minute = local_minute(&local, ms);
            assert_int_equal(minute * MINUTE_MS, ms + INT64_C(1000) * zone_offset_s(zone, ms));
            int64_t first = local_to_utc_ms(&local, minute);
            assert_true(first <= ms);
            assert_int_equal(local_minute(&local, first), minute);
            assert_true(local_minute(&local, first - MINUTE_MS) != minute);
        }
        zone_close(zone);
    }
}

static void a_fixed_offset_needs_no_zone(void **state)
{
    (void)state;
    struct local_time local = {.fixed_s = 28800};
    assert_int_equal(local_minute(&local, 0), 480);
    assert_int_equal(local_minute(&local, -1), 479);
    assert_int_equal(local_clock_minute(&local, -1), 479);
    assert_int_equal(local_day(&local, 16 * 60 * MINUTE_MS - 1), 0);
    assert_int_equal(local_day(&local, 16 * 60 * MINUTE_MS), 1);
    assert_int_equal(local_day(&local, -DAY_MS), -1);
    assert_int_equal(local_to_utc_ms(&local, 480), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_never_goes_back),
        cmocka_unit_test(minutes_are_those_of_the_wall),
        cmocka_unit_test(a_fixed_offset_needs_no_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
