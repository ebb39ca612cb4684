/* Fixed-point logarithms against the C library's, and against what must hold exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/fixed_log.h"
#include "base/hash.h"

/* Exact value in units of q16, good to about 10^-13 of a unit. */
static long double exact_log2(uint64_t x)
{
    return log2l((long double)x) * 65536;
}

static void log2_is_within_a_unit(void **state)
{
    (void)state;
    for (uint64_t x = 1; x < 200000; x++)
        assert_true(fabsl((long double)fixed_log2_q16(x) - exact_log2(x)) <= 1);
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t x = hash_mix(i) >> (i % 64);
        assert_true(x == 0 || fabsl((long double)fixed_log2_q16(x) - exact_log2(x)) <= 1);
    }
}

static void log2_is_exact_at_powers_and_never_falls(void **state)
{
    (void)state;
    assert_int_equal(fixed_log2_q16(0), 0);
    for (unsigned bit = 0; bit < 64; bit++)
        assert_int_equal(fixed_log2_q16(UINT64_C(1) << bit), bit * 65536);
    assert_int_equal(fixed_log2_q16(UINT64_MAX), 64 * 65536);
    for (uint64_t x = 1; x < 1000000; x++)
        assert_true(fixed_log2_q16(x) <= fixed_log2_q16(x + 1));
}

static void exp2_inverts_log2(void **state)
{
    (void)state;
    assert_int_equal(fixed_exp2_q16(-65537), 0);
    assert_int_equal(fixed_exp2_q16(INT32_MIN), 0);
    assert_true(fixed_exp2_q16(64 * 65536) == UINT64_MAX);
    assert_true(fixed_exp2_q16(INT32_MAX) == UINT64_MAX);
    for (int bit = 0; bit < 64; bit++)
        assert_true(fixed_exp2_q16(bit * 65536) == UINT64_C(1) << bit);
    for (int32_t x = -65536; x < 64 * 65536; x += 7) {
        long double exact = exp2l((long double)x / 65536);
        assert_true(fabsl((long double)fixed_exp2_q16(x) - exact) <= 0.5001L + exact * 0x1p-19L);
        assert_true(fixed_exp2_q16(x) <= fixed_exp2_q16(x + 1));
    }
    for (uint64_t n = 1; n < 5000; n++)
        assert_int_equal(fixed_exp2_q16(fixed_log2_q16(n)), n);
}

static void log2_add_adds(void **state)
{
    (void)state;
    assert_int_equal(fixed_log2_add_q16(0, 0), 65536);
    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t draw = hash_mix(i);
        int32_t a = (int32_t)(draw % (80 * 65536)) - 40 * 65536;
        int32_t b = a - (int32_t)((draw >> 32) % (50 * 65536));
        long double exact = a + log2l(1 + exp2l((long double)(b - a) / 65536)) * 65536;
        assert_true(fabsl((long double)fixed_log2_add_q16(a, b) - exact) <= 2);
        assert_int_equal(fixed_log2_add_q16(a, b), fixed_log2_add_q16(b, a));
    }
}

static void division_and_root_are_exact(void **state)
{
    (void)state;
    assert_int_equal(fixed_mul_div(7, 3, 2), 10);
    assert_true(fixed_mul_div(UINT64_MAX, UINT64_MAX, UINT64_MAX) == UINT64_MAX);
    assert_true(fixed_mul_div(UINT64_MAX, 2, 4) == UINT64_MAX / 2);
    assert_true(fixed_mul_div(UINT64_MAX, 2, 1) == UINT64_MAX);
    assert_true(fixed_mul_div(1, 1, 0) == UINT64_MAX);
    assert_int_equal(fixed_sqrt(UINT64_MAX), UINT32_MAX);
    for (uint64_t r = 0; r < 100000; r++) {
        uint64_t root = hash_mix(r) >> 32;
        assert_int_equal(fixed_sqrt(root * root), root);
        assert_int_equal(fixed_sqrt(root * root + 2 * root), root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log2_is_within_a_unit),       cmocka_unit_test(log2_is_exact_at_powers_and_never_falls),
        cmocka_unit_test(exp2_inverts_log2),           cmocka_unit_test(log2_add_adds),
        cmocka_unit_test(division_and_root_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
