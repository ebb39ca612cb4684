#include "detect/cell_test.h"

#include "base/fixed_log.h"

enum {
    HOUR = 60,
    DAY = 1440,
    LONG_MEMORY_DAYS = 1024, /* a baseline longer than this is halved, so it follows a city that changes */
    FORTNIGHT = 5,           /* index of that window */
    LEAST_HISTORY_DAYS = 14, /* a window needs a baseline of its own length and this */
    CUT_FACTOR = 3,          /* of a day that leaves the window, at most three times the usual and three more */
    CUT_MORE = 3
};

const uint16_t cell_window_hours[CELL_WINDOWS] = {1, 6, 24, 72, 168, 336, 720};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t cell_window_begin(uint32_t window_hours, int64_t minute)
{
    int64_t unit = window_hours > 24 ? DAY : HOUR;
    return (floor_div(minute, unit) - window_hours * HOUR / unit) * unit;
}

void cell_clock_set(struct cell_clock *clock, const struct season *season, int64_t minute, uint32_t active_day)
{
    clock->minute = minute;
    clock->active_day = active_day < UINT16_MAX ? active_day : UINT16_MAX;
    for (size_t i = 0; i < CELL_WINDOWS; i++) {
        clock->begin[i] = cell_window_begin(cell_window_hours[i], minute);
        clock->weight_q16[i] = season_weight_q16(season, clock->begin[i], minute + 1);
    }
}

static uint64_t history_days(const struct cell *cell, const struct cell_clock *clock)
{
    return clock->active_day > cell->since_day ? clock->active_day - cell->since_day : 0;
}

/* ---- counting ---- */

static void fold(struct cell *cell, uint64_t cases_q8)
{
    uint64_t sum = cell->old_q8 + cases_q8;
    cell->old_q8 = (uint32_t)(sum < UINT32_MAX ? sum : UINT32_MAX);
}

/* What a day that leaves the 30 days adds to the baseline. `kept`: cases in the buckets, that day's among them. */
static uint64_t cut_day_q8(const struct cell *cell, const struct cell_clock *clock, uint32_t cases, uint64_t kept)
{
    uint64_t days = history_days(cell, clock) + 1;
    uint64_t usual_q8 = (cell->old_q8 + ((kept + 1) << 8)) / days;
    uint64_t most_q8 = cell->flags & CELL_ALERTED ? usual_q8 : CUT_FACTOR * usual_q8 + CUT_MORE * 256;
    uint64_t cases_q8 = (uint64_t)cases << 8;
    return cases_q8 < most_q8 ? cases_q8 : most_q8;
}

static void roll(struct cell *cell, struct busy_cell *busy, const struct cell_clock *clock)
{
    int64_t hour = floor_div(clock->minute, HOUR);
    int64_t day = floor_div(clock->minute, DAY);
    for (int64_t i = busy->hour + 1; i <= hour && i <= busy->hour + BUSY_HOURS; i++)
        busy->hours[i & (BUSY_HOURS - 1)] = 0;
    uint64_t kept = 0;
    for (uint32_t i = 0; day > busy->day && i < BUSY_DAYS; i++)
        kept += busy->days[i];
    for (int64_t i = busy->day + 1; i <= day && i <= busy->day + BUSY_DAYS; i++) {
        uint32_t *bucket = &busy->days[i & (BUSY_DAYS - 1)];
        fold(cell, cut_day_q8(cell, clock, *bucket, kept));
        kept -= *bucket;
        *bucket = 0;
    }
    busy->hour = hour > busy->hour ? hour : busy->hour;
    busy->day = day > busy->day ? day : busy->day;
}

static void count_busy(struct busy_cell *busy, int64_t minute, int date_only)
{
    int64_t hour = floor_div(minute, HOUR);
    uint16_t *bucket = &busy->hours[hour & (BUSY_HOURS - 1)];
    if (!date_only && hour > busy->hour - BUSY_HOURS && *bucket < UINT16_MAX)
        ++*bucket;
    busy->days[floor_div(minute, DAY) & (BUSY_DAYS - 1)]++;
}

/* Cases that left the 30 days go into the baseline; the rest stay, latest first. */
static uint32_t settle_quiet(struct cell *cell, const struct cell_clock *clock)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < QUIET_CASES; i++) {
        if (cell->in_month.recent[i] == INT32_MIN)
            continue;
        if (cell->in_month.recent[i] >= clock->begin[CELL_WINDOWS - 1])
            cell->in_month.recent[kept++] = cell->in_month.recent[i];
        else
            fold(cell, 256);
    }
    for (uint32_t i = kept; i < QUIET_CASES; i++)
        cell->in_month.recent[i] = INT32_MIN;
    return kept;
}

static void count_quiet(struct cell_table *table, struct cell *cell, const struct cell_clock *clock, int64_t minute,
                        int date_only)
{
    uint32_t kept = settle_quiet(cell, clock);
    if (kept == QUIET_CASES) {
        struct cell quiet = *cell;
        struct busy_cell *busy = cell_table_make_busy(table, cell, clock->minute);
        for (uint32_t i = 0; i < kept; i++)
            count_busy(busy, quiet.in_month.recent[i], 0);
        count_busy(busy, minute, date_only);
        return;
    }
    uint32_t at = kept;
    while (at > 0 && cell->in_month.recent[at - 1] < minute) {
        cell->in_month.recent[at] = cell->in_month.recent[at - 1];
        at--;
    }
    cell->in_month.recent[at] = (int32_t)minute;
}

static uint32_t cases_in_days(const struct busy_cell *busy, int64_t begin)
{
    uint32_t sum = 0;
    for (int64_t day = floor_div(begin, DAY); day <= busy->day; day++)
        sum += busy->days[day & (BUSY_DAYS - 1)];
    return sum;
}

/* A busy cell that calmed down gives its counters back; its few cases keep their days. */
static void calm(struct cell_table *table, struct cell *cell, const struct cell_clock *clock)
{
    if (cases_in_days(cell_busy(table, cell), clock->begin[CELL_WINDOWS - 1]) > QUIET_CASES / 2)
        return;
    struct busy_cell busy = *cell_busy(table, cell);
    cell_table_make_quiet(table, cell);
    uint32_t kept = 0;
    for (int64_t day = busy.day; day > busy.day - BUSY_DAYS; day--) {
        uint32_t *bucket = &busy.days[day & (BUSY_DAYS - 1)];
        for (; *bucket && kept < QUIET_CASES; --*bucket)
            cell->in_month.recent[kept++] = (int32_t)(day * DAY);
    }
}

void cell_count(struct cell_table *table, uint32_t number, const struct cell_clock *clock, int64_t minute,
                int date_only)
{
    struct cell *cell = cell_at(table, number);
    cell_table_note_change(table, number);
    if (history_days(cell, clock) > LONG_MEMORY_DAYS) {
        cell->since_day = (uint16_t)(cell->since_day + history_days(cell, clock) / 2);
        cell->old_q8 /= 2;
    }
    if (cell->flags & CELL_BUSY) {
        roll(cell, cell_busy(table, cell), clock);
        calm(table, cell, clock);
    }
    if (minute < clock->begin[CELL_WINDOWS - 1])
        fold(cell, 256);
    else if (cell->flags & CELL_BUSY)
        count_busy(cell_busy(table, cell), minute, date_only);
    else
        count_quiet(table, cell, clock, minute, date_only);
}

static void uncount_busy(struct busy_cell *busy, int64_t minute, int date_only)
{
    int64_t hour = floor_div(minute, HOUR);
    uint16_t *hours = &busy->hours[hour & (BUSY_HOURS - 1)];
    uint32_t *days = &busy->days[floor_div(minute, DAY) & (BUSY_DAYS - 1)];
    if (!date_only && hour > busy->hour - BUSY_HOURS && *hours)
        --*hours;
    if (*days)
        --*days;
}

/* A cell that was busy before has only the days of its cases. */
static void uncount_quiet(struct cell *cell, const struct cell_clock *clock, int64_t minute)
{
    uint32_t kept = settle_quiet(cell, clock);
    int64_t day = floor_div(minute, DAY) * DAY;
    uint32_t at = 0;
    while (at < kept && cell->in_month.recent[at] != minute && cell->in_month.recent[at] != day)
        at++;
    if (at == kept)
        return;
    for (; at + 1 < kept; at++)
        cell->in_month.recent[at] = cell->in_month.recent[at + 1];
    cell->in_month.recent[at] = INT32_MIN;
}

void cell_uncount(struct cell_table *table, uint32_t number, const struct cell_clock *clock, int64_t minute,
                  int date_only)
{
    struct cell *cell = cell_at(table, number);
    if (minute < clock->begin[CELL_WINDOWS - 1])
        return;
    cell_table_note_change(table, number);
    if (cell->flags & CELL_BUSY) {
        roll(cell, cell_busy(table, cell), clock);
        uncount_busy(cell_busy(table, cell), minute, date_only);
    } else {
        uncount_quiet(cell, clock, minute);
    }
}

/* ---- testing ---- */

static uint32_t cases_since(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
                            uint32_t window)
{
    int64_t begin = clock->begin[window];
    const struct busy_cell *busy = cell_busy(table, cell);
    if (!busy) {
        uint32_t count = 0;
        while (count < QUIET_CASES && cell->in_month.recent[count] != INT32_MIN &&
               cell->in_month.recent[count] >= begin)
            count++;
        return count;
    }
    if (window >= CELL_HOUR_WINDOWS)
        return cases_in_days(busy, begin);
    uint32_t sum = 0;
    for (int64_t hour = floor_div(begin, HOUR); hour <= busy->hour; hour++)
        sum += busy->hours[hour & (BUSY_HOURS - 1)];
    return sum;
}

void cell_rate_set(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
                   uint64_t expected_q32, struct cell_rate *out)
{
    uint64_t cases_q8 = cell->old_q8 + ((uint64_t)cases_since(table, cell, clock, CELL_WINDOWS - 1) << 8) + 256;
    out->prior_days_q16 = (UINT64_C(1) << 48) / (expected_q32 ? expected_q32 : 1);
    uint64_t days_q16 = (history_days(cell, clock) << 16) + out->prior_days_q16;
    out->rate_q32 = fixed_mul_div(cases_q8, UINT64_C(1) << 40, days_q16 ? days_q16 : 1);
}

/* The minute of the first case in the window; of a busy cell the beginning of its day. */
static int64_t first_since(const struct cell_table *table, const struct cell *cell, int64_t begin)
{
    const struct busy_cell *busy = cell_busy(table, cell);
    int64_t day = floor_div(begin, DAY);
    int64_t first = begin;
    for (; busy && day < busy->day && !busy->days[day & (BUSY_DAYS - 1)]; day++)
        first = (day + 1) * DAY;
    for (uint32_t i = 0; !busy && i < QUIET_CASES && cell->in_month.recent[i] >= begin; i++)
        first = cell->in_month.recent[i];
    return first;
}

uint32_t cell_fortnight(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
                        const struct cell_rate *rate, struct cell_fortnight *look)
{
    int64_t begin = clock->begin[FORTNIGHT];
    if (!(cell->flags & CELL_BUSY) && cell->in_month.recent[look->least - 1] < begin)
        return 0;
    uint32_t count = cases_since(table, cell, clock, FORTNIGHT);
    uint64_t history = history_days(cell, clock);
    if (count < look->least || history < 2 * LEAST_HISTORY_DAYS)
        return 0;
    uint64_t before_q8 =
        cell->old_q8 + ((uint64_t)(cases_since(table, cell, clock, CELL_WINDOWS - 1) - count) << 8) + 256;
    uint64_t days_q16 = ((history - LEAST_HISTORY_DAYS) << 16) + rate->prior_days_q16;
    uint64_t mean_q16 = fixed_mul_div(before_q8 << 8, clock->weight_q16[FORTNIGHT], days_q16 ? days_q16 : 1);
    if (!surprise_may_reach(look->need, 0, count, mean_q16, before_q8 >> 8))
        return 0;
    look->first_minute = first_since(table, cell, begin);
    return count;
}

void cell_test(const struct cell_table *table, const struct cell *cell, const struct cell_clock *clock,
               const struct cell_rate *rate, const struct cell_probe *probe, struct cell_finding *out)
{
    *out = (struct cell_finding){0};
    uint32_t in_month = cases_since(table, cell, clock, CELL_WINDOWS - 1);
    uint32_t smaller = 1; /* one case is no surprise, and a wider window with the same cases less of one */
    for (uint32_t w = in_month > 1 ? probe->first_window : CELL_WINDOWS; w < CELL_WINDOWS; w++) {
        uint32_t count = cases_since(table, cell, clock, w);
        if (count <= smaller)
            continue;
        smaller = count;
        uint64_t before_q8 = cell->old_q8 + ((uint64_t)(in_month - count) << 8) + 256;
        uint64_t window_days = cell_window_hours[w] / 24u;
        uint64_t history = history_days(cell, clock);
        if (history < window_days * 2 + LEAST_HISTORY_DAYS)
            break;
        uint64_t days_q16 = ((history - window_days) << 16) + rate->prior_days_q16;
        uint64_t mean_q16 = fixed_mul_div(before_q8 << 8, clock->weight_q16[w], days_q16 ? days_q16 : 1);
        uint64_t shape = before_q8 >> 8;
        if (!surprise_may_reach(probe->need, probe->need_row, count, mean_q16, shape))
            continue;
        int32_t surprise = surprise_tail_q16(count, mean_q16, shape);
        out->exact++;
        if (surprise > out->surprise_q16) {
            out->surprise_q16 = surprise;
            out->window = w;
            out->count = count;
            out->mean_q16 = mean_q16;
            out->shape = shape;
        }
    }
}
