#include "detect/alarm_budget.h"

#include "base/fixed_log.h"

enum {
    WEEK = FIXED_ONE_Q16,
    MOST_SAVED_WEEKS = 26, /* a young archive has little to tell, a season has much */
    MOST_OWED_WEEKS = 12,
    DOUBLING_WEEKS = 2, /* so much owed doubles the threshold */
    MOST_GAP_DAYS = 3   /* a silent feed earns nothing; a weekend does */
};

/* Per mille of the budget. Clusters speak of one problem at one place, so nearly all of it is theirs. */
static const uint32_t share[ALARM_FAMILIES] = {[ALARM_GROWTH] = 910, [ALARM_RISK] = 40, [ALARM_CELLS] = 30};

void alarm_budget_init(struct alarm_budget *budget, uint32_t milli_per_week)
{
    *budget = (struct alarm_budget){.milli_per_week = milli_per_week ? milli_per_week : 1000};
}

static int32_t within_bounds(int64_t balance_q16)
{
    if (balance_q16 > MOST_SAVED_WEEKS * WEEK)
        return MOST_SAVED_WEEKS * WEEK;
    return (int32_t)(balance_q16 > -MOST_OWED_WEEKS * WEEK ? balance_q16 : -MOST_OWED_WEEKS * WEEK);
}

void alarm_budget_earn(struct alarm_budget *budget, int64_t days)
{
    int64_t counted = days < MOST_GAP_DAYS ? days : MOST_GAP_DAYS;
    for (uint32_t family = 0; family < ALARM_FAMILIES; family++)
        budget->balance_q16[family] = within_bounds(budget->balance_q16[family] + counted * WEEK / 7);
}

/* Alerts of the family that the budget allows, × 10^6 a week. */
static uint64_t allowed_micro(const struct alarm_budget *budget, enum alarm_family family)
{
    return (uint64_t)budget->milli_per_week * share[family];
}

void alarm_budget_spend(struct alarm_budget *budget, enum alarm_family family)
{
    int64_t price_q16 = (int64_t)(UINT64_C(1000000) * WEEK / allowed_micro(budget, family));
    budget->balance_q16[family] = within_bounds(budget->balance_q16[family] - price_q16);
}

uint64_t alarm_budget_least_milli(const struct alarm_budget *budget, enum alarm_family family)
{
    uint64_t once_milli = UINT64_C(7000000000) / allowed_micro(budget, family);
    int32_t balance_q16 = budget->balance_q16[family];
    int32_t owed_q16 = balance_q16 < 0 ? -balance_q16 / DOUBLING_WEEKS : 0;
    return once_milli * fixed_exp2_q16(owed_q16 + 16 * FIXED_ONE_Q16) >> 16;
}

void alarm_budget_write(const struct alarm_budget *budget, struct byte_buffer *out)
{
    for (uint32_t family = 0; family < ALARM_FAMILIES; family++)
        row_put(out, (uint32_t)budget->balance_q16[family], 4);
}

int alarm_budget_read(struct alarm_budget *budget, struct row_reader *in)
{
    for (uint32_t family = 0; family < ALARM_FAMILIES; family++) {
        budget->balance_q16[family] = (int32_t)row_get(in, 4);
        if (budget->balance_q16[family] != within_bounds(budget->balance_q16[family]))
            return -1;
    }
    return in->failed ? -1 : 0;
}
