/* Percentiles of durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "io/latency_histogram.h"

static void percentiles_are_close_from_above(void **state)
{
    (void)state;
    struct latency_histogram histogram;
    memset(&histogram, 0, sizeof histogram);
    assert_int_equal(latency_at(&histogram, 500), 0);
    for (uint64_t ns = 1; ns <= 100000; ns++)
        latency_add(&histogram, ns * 1000);
    for (uint32_t per_mille = 1; per_mille <= 1000; per_mille++) {
        uint64_t truth = (uint64_t)per_mille * 100 * 1000;
        uint64_t got = latency_at(&histogram, per_mille);
        assert_true(got >= truth && got <= truth + truth / 16);
    }
}

static void every_value_has_a_bucket_of_its_own_size(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (uint64_t more = 0; more < 2; more++) {
            struct latency_histogram histogram;
            uint64_t ns = (UINT64_C(1) << bit) - more;
            memset(&histogram, 0, sizeof histogram);
            latency_add(&histogram, ns);
            uint64_t got = latency_at(&histogram, 1000);
            assert_true(got >= ns && got - ns <= ns / 16);
        }
    }
    struct latency_histogram histogram;
    memset(&histogram, 0, sizeof histogram);
    latency_add(&histogram, UINT64_MAX);
    assert_true(latency_at(&histogram, 1) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_close_from_above),
        cmocka_unit_test(every_value_has_a_bucket_of_its_own_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
