/* What a further voice is worth, and what the budget of false alerts allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/byte_buffer.h"
#include "base/fixed_log.h"
#include "cluster/cluster_settings.h"
#include "detect/alarm_budget.h"
#include "detect/evidence.h"
#include "detect/join_trust.h"

#define DAY_MS INT64_C(86400000)

/* ---- trust ---- */

static void trust_grows_with_the_score(void **state)
{
    (void)state;
    int32_t before = join_trust_q16(JOIN_Q16);
    assert_true(before > FIXED_ONE_Q16 / 5 && before < FIXED_ONE_Q16 / 2);
    assert_int_equal(join_trust_q16(0), before);
    for (int32_t score = JOIN_Q16; score < JOIN_Q16 * 2; score += 100) {
        int32_t trust = join_trust_q16(score);
        assert_true(trust >= before && trust - before < FIXED_ONE_Q16 / 50);
        before = trust;
    }
    assert_int_equal(join_trust_q16(JOIN_Q16 * 2), FIXED_ONE_Q16);
    assert_int_equal(join_trust_q16(COPY_SCORE_Q16), FIXED_ONE_Q16 / 2);
}

static void far_runner_up_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(join_trust_of_runner_up_q16(0), 0);
    assert_int_equal(join_trust_of_runner_up_q16(JOIN_Q16 * 3 / 4), 0);
    int32_t near = join_trust_of_runner_up_q16(JOIN_Q16 * 19 / 20);
    assert_true(near > 0 && near < join_trust_of_runner_up_q16(JOIN_Q16));
    assert_true(join_trust_of_runner_up_q16(FIXED_ONE_Q16) < FIXED_ONE_Q16 * 7 / 10);
}

/* ---- evidence ---- */

/* Bits of a cluster of `reporters` that come a day apart, each joining with that trust. */
static int32_t bits_of(uint32_t reporters, int64_t gap_ms, int32_t trust_q16)
{
    struct evidence evidence;
    static const struct local_time utc = {0};
    struct evidence_case added = {
        .slot = 7, .class = growth_class(2, 0), .opened = 1, .trust_q16 = trust_q16, .zone = &utc};
    struct cluster_growth *growth = NULL;
    assert_int_equal(evidence_init(&evidence, NULL), 0);
    for (uint32_t i = 0; i < reporters; i++) {
        added.time_ms += gap_ms;
        added.day = added.time_ms / DAY_MS;
        added.since_reporter_ms = i ? gap_ms : -1;
        added.reporter = 100 + i;
        assert_int_equal(evidence_reserve(&evidence), 0);
        growth = evidence_add(&evidence, &added);
        added.opened = 0;
        added.new_reporter = 1;
    }
    int32_t bits = growth ? evidence_bits_q16(&evidence, growth, EVIDENCE_GROWTH) : 0;
    evidence_dispose(&evidence);
    return bits;
}

static void voices_count_as_far_as_trusted(void **state)
{
    (void)state;
    int32_t full = bits_of(4, DAY_MS, FIXED_ONE_Q16);
    assert_int_equal(bits_of(1, DAY_MS, FIXED_ONE_Q16), 0);
    assert_true(full > 9 * FIXED_ONE_Q16);
    assert_in_range(bits_of(4, DAY_MS, FIXED_ONE_Q16 / 2), full / 2 - 8, full / 2 + 8);
    assert_true(bits_of(5, DAY_MS, FIXED_ONE_Q16) > full + 3 * FIXED_ONE_Q16);
}

static void haste_counts_from_the_third_on(void **state)
{
    (void)state;
    assert_int_equal(bits_of(2, DAY_MS / 24, FIXED_ONE_Q16), bits_of(2, 60 * DAY_MS, FIXED_ONE_Q16));
    int32_t soon = bits_of(3, DAY_MS / 24, FIXED_ONE_Q16);
    int32_t late = bits_of(3, 80 * DAY_MS, FIXED_ONE_Q16);
    assert_true(soon > late && soon < late * 5 / 4);
}

static void two_clusters_weigh_less_than_one(void **state)
{
    (void)state;
    struct evidence evidence;
    assert_int_equal(evidence_init(&evidence, NULL), 0);
    struct cluster_growth larger = {.reporters = 3, .bits_q16 = 7 * FIXED_ONE_Q16};
    struct cluster_growth smaller = {.reporters = 2, .bits_q16 = 3 * FIXED_ONE_Q16};
    int32_t alone = evidence_related_q16(&evidence, &larger, &smaller, 0);
    int32_t with_one = evidence_related_q16(&evidence, &larger, NULL, FIXED_ONE_Q16 / 2);
    int32_t with_two = evidence_related_q16(&evidence, &larger, &smaller, FIXED_ONE_Q16 / 2);
    int32_t as_one = evidence_related_q16(&evidence, &larger, &smaller, FIXED_ONE_Q16);
    assert_int_equal(alone, 7 * FIXED_ONE_Q16);
    assert_true(alone < with_one && with_one < with_two && with_two < as_one);
    assert_int_equal(with_two - with_one, 3 * FIXED_ONE_Q16 / 2);
    evidence_dispose(&evidence);
}

/* ---- the budget ---- */

static void debt_raises_the_threshold(void **state)
{
    (void)state;
    struct alarm_budget budget;
    alarm_budget_init(&budget, 0);
    uint64_t at_rest = alarm_budget_least_milli(&budget, ALARM_GROWTH);
    assert_in_range(at_rest, 7000, 8000); /* a little more than a week: most of one a week */
    assert_true(alarm_budget_least_milli(&budget, ALARM_RISK) > 10 * at_rest);
    uint64_t before = at_rest;
    for (int i = 0; i < 5; i++) {
        alarm_budget_spend(&budget, ALARM_GROWTH);
        uint64_t now = alarm_budget_least_milli(&budget, ALARM_GROWTH);
        assert_true(now > before);
        before = now;
    }
    for (int i = 0; i < 50; i++)
        alarm_budget_spend(&budget, ALARM_GROWTH);
    before = alarm_budget_least_milli(&budget, ALARM_GROWTH);
    assert_in_range(before, 64 * at_rest - 256, 64 * at_rest);
    assert_int_equal(alarm_budget_least_milli(&budget, ALARM_RISK), 175000); /* others do not pay */
    for (int day = 0; day < 84; day++)
        alarm_budget_earn(&budget, 1);
    assert_in_range(alarm_budget_least_milli(&budget, ALARM_GROWTH), at_rest, at_rest + 8);
}

static void savings_pay_for_a_burst_only(void **state)
{
    (void)state;
    struct alarm_budget budget;
    alarm_budget_init(&budget, 1000);
    uint64_t at_rest = alarm_budget_least_milli(&budget, ALARM_GROWTH);
    for (int day = 0; day < 400; day++)
        alarm_budget_earn(&budget, 1);
    assert_int_equal(alarm_budget_least_milli(&budget, ALARM_GROWTH), at_rest);
    for (int i = 0; i < 23; i++)
        alarm_budget_spend(&budget, ALARM_GROWTH);
    assert_int_equal(alarm_budget_least_milli(&budget, ALARM_GROWTH), at_rest);
    alarm_budget_spend(&budget, ALARM_GROWTH);
    assert_true(alarm_budget_least_milli(&budget, ALARM_GROWTH) > at_rest);
    alarm_budget_init(&budget, 1000);
    for (int i = 0; i < 3; i++)
        alarm_budget_spend(&budget, ALARM_GROWTH);
    alarm_budget_earn(&budget, 3650); /* a hole in the archive earns three days */
    assert_true(alarm_budget_least_milli(&budget, ALARM_GROWTH) > at_rest);
}

static void balance_survives_a_restart(void **state)
{
    (void)state;
    struct alarm_budget budget;
    struct alarm_budget again;
    struct byte_buffer row;
    byte_buffer_init(&row, NULL);
    alarm_budget_init(&budget, 3000);
    alarm_budget_init(&again, 3000);
    for (int i = 0; i < 9; i++)
        alarm_budget_spend(&budget, ALARM_CELLS);
    alarm_budget_write(&budget, &row);
    struct row_reader in = row_reader_of(row.data, row.size);
    assert_int_equal(alarm_budget_read(&again, &in), 0);
    assert_memory_equal(&budget, &again, sizeof budget);
    row.data[3] = 0x7f; /* more than any balance */
    in = row_reader_of(row.data, row.size);
    assert_int_equal(alarm_budget_read(&again, &in), -1);
    byte_buffer_dispose(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_grows_with_the_score),       cmocka_unit_test(far_runner_up_says_nothing),
        cmocka_unit_test(voices_count_as_far_as_trusted),   cmocka_unit_test(haste_counts_from_the_third_on),
        cmocka_unit_test(two_clusters_weigh_less_than_one), cmocka_unit_test(debt_raises_the_threshold),
        cmocka_unit_test(savings_pay_for_a_burst_only),     cmocka_unit_test(balance_survives_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
