#include "alert/alert_policy.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

enum {
    RARE_DAYS = 90,
    LARGE_REPORTERS = 10,
    HUGE_REPORTERS = 30,
    COMMON_PLACES = 5,
    HOLD_DOWN_HOURS = 6,
    QUIET_GAPS = 3,
    QUIET_LEAST_DAYS = 14,
    QUIET_MOST_DAYS = 45,
    CELL_QUIET_DAYS = 3
};

uint32_t alert_policy_level(const struct detect_signal *signal)
{
    uint32_t points = 0;
    points += signal->recurrence_days_milli >= RARE_DAYS * INT64_C(1000);
    points += signal->reporters >= LARGE_REPORTERS;
    points += signal->reporters >= HUGE_REPORTERS;
    points += signal->risk == 1 ? 2 : signal->risk == 2;
    return points >= 3 ? 1 : 4 - points;
}

weisu_alert_kind alert_policy_cell_kind(const struct detect_signal *signal, size_t places)
{
    return !signal->spot && places >= COMMON_PLACES ? WEISU_COMMON : WEISU_SURGE;
}

int alert_policy_speaks(const struct alert_entry *entry, uint64_t complaints, uint32_t level, int64_t clock_ms)
{
    const struct alert_handling *handled = alert_handled(entry);
    int is_dismissed = handled && handled->state == WEISU_HANDLING_DISMISSED;
    if (level < entry->level && !is_dismissed)
        return 1;
    if (clock_ms - entry->last_change_ms < HOLD_DOWN_HOURS * HOUR_MS)
        return 0;
    uint64_t reporters = entry->signal.reporters;
    if (reporters < entry->said_reporters + 2 || (is_dismissed && reporters < entry->said_reporters * 2))
        return 0;
    return reporters * 2 >= entry->said_reporters * 3 || complaints * 2 >= entry->said_complaints * 3;
}

int64_t alert_policy_quiet_ms(const struct detect_signal *signal)
{
    int64_t window_ms = signal->window_hours * HOUR_MS;
    if (signal->subject == DETECT_CELL)
        return window_ms > CELL_QUIET_DAYS * DAY_MS ? window_ms : CELL_QUIET_DAYS * DAY_MS;
    int64_t gaps = signal->reporters > 1 ? signal->reporters - 1 : 1;
    int64_t quiet_ms = QUIET_GAPS * window_ms / gaps;
    if (quiet_ms < QUIET_LEAST_DAYS * DAY_MS)
        return QUIET_LEAST_DAYS * DAY_MS;
    return quiet_ms < QUIET_MOST_DAYS * DAY_MS ? quiet_ms : QUIET_MOST_DAYS * DAY_MS;
}

int alert_policy_keeps_cell(const struct alert_entry *entry, const struct detect_signal *signal)
{
    return (int64_t)signal->surprise_q16 * 4 >= (int64_t)entry->raised_surprise_q16 * 3;
}
