#include "detect/season.h"

#include "base/civil_time.h"
#include "base/fixed_log.h"

enum {
    MINUTES_A_DAY = 1440,
    MINUTES_A_WEEK = 7 * MINUTES_A_DAY,
    MONDAY = 4 * MINUTES_A_DAY,    /* 1970-01-05 was the first Monday */
    HOUR_PRIOR = 4,                /* cases an hour of the week counts for before any was seen */
    HOUR_LARGEST = 1 << 24,        /* of one hour: then all are halved */
    PRIOR_YEARS = 2,               /* at the factor 1 */
    LEAST_WEEKS = 40,              /* of the last year, before a week is compared with it */
    RATIO_LARGEST_Q16 = 8 * 65536, /* one week of one year counts at most this */
    RATIO_LEAST_Q16 = 65536 / 8
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t minute_of_week(int64_t minute)
{
    int64_t since = minute - MONDAY;
    return since - floor_div(since, MINUTES_A_WEEK) * MINUTES_A_WEEK;
}

/* Week 0 to 52 of the year, by the day of the year; × with the year. */
static int64_t week_of(int64_t minute)
{
    struct civil_time now = civil_from_ms(minute * 60000);
    int64_t day = floor_div(minute, MINUTES_A_DAY) - civil_days(now.year, 1, 1);
    return (int64_t)now.year * SEASON_WEEKS + day / 7;
}

static int64_t week_index(int64_t week)
{
    return week - floor_div(week, SEASON_WEEKS) * SEASON_WEEKS;
}

void season_init(struct season *season)
{
    *season = (struct season){.open_week = INT64_MIN, .cached_day = INT64_MIN};
    season_publish(season);
}

static uint64_t mean_week_q16(const struct season *season)
{
    uint64_t sum = 0;
    uint64_t weeks = 0;
    for (size_t i = 0; i < SEASON_WEEKS; i++) {
        sum += season->week[i];
        weeks += season->week[i] != 0;
    }
    return weeks < LEAST_WEEKS ? 0 : fixed_mul_div(sum, FIXED_ONE_Q16, weeks);
}

/* The week that was counted is over: it is compared with the mean week of the year up to it. The last day or two of a
 * year are a short week 52 and are left out. */
static void close_week(struct season *season)
{
    size_t i = (size_t)week_index(season->open_week);
    uint64_t mean_q16 = mean_week_q16(season);
    if (!mean_q16 || i == SEASON_WEEKS - 1)
        return;
    uint64_t ratio = fixed_mul_div((uint64_t)season->week[i] << 16, FIXED_ONE_Q16, mean_q16);
    ratio = ratio > RATIO_LARGEST_Q16 ? RATIO_LARGEST_Q16 : ratio < RATIO_LEAST_Q16 ? RATIO_LEAST_Q16 : ratio;
    season->ratio_q16[i] += ratio;
    season->years[i]++;
}

void season_count(struct season *season, int64_t minute, int date_only)
{
    int64_t day = floor_div(minute, MINUTES_A_DAY);
    if (day != season->cached_day) {
        season->cached_day = day;
        season->cached_week = week_of(minute);
    }
    int64_t week = season->cached_week;
    if (week > season->open_week) {
        if (season->open_week != INT64_MIN)
            close_week(season);
        season->open_week = week;
        season->week[week_index(week)] = 0;
    }
    if (week == season->open_week)
        season->week[week_index(week)]++;
    if (date_only)
        return;
    uint32_t *hour = &season->hour[minute_of_week(minute) / 60];
    if (++*hour >= HOUR_LARGEST)
        for (size_t i = 0; i < SEASON_HOURS; i++)
            season->hour[i] /= 2;
}

void season_publish(struct season *season)
{
    uint64_t all = 0;
    for (size_t i = 0; i < SEASON_HOURS; i++)
        all += season->hour[i] + HOUR_PRIOR;
    uint64_t before = 0;
    for (size_t i = 0; i < SEASON_HOURS; i++) {
        season->hour_before_q16[i] = (uint32_t)fixed_mul_div(before, 7 * FIXED_ONE_Q16, all);
        before += season->hour[i] + HOUR_PRIOR;
    }
    season->hour_before_q16[SEASON_HOURS] = 7 * FIXED_ONE_Q16;
    for (size_t i = 0; i < SEASON_WEEKS; i++)
        season->week_q16[i] =
            (uint32_t)((season->ratio_q16[i] + PRIOR_YEARS * FIXED_ONE_Q16) / (season->years[i] + PRIOR_YEARS));
}

/* Weighted days since the first Monday, without the week of the year. */
static int64_t weight_since_q16(const struct season *season, int64_t minute)
{
    int64_t of_week = minute_of_week(minute);
    int64_t weeks = floor_div(minute - MONDAY, MINUTES_A_WEEK);
    int64_t hour = of_week / 60;
    int64_t step = season->hour_before_q16[hour + 1] - season->hour_before_q16[hour];
    return weeks * 7 * FIXED_ONE_Q16 + season->hour_before_q16[hour] + step * (of_week % 60) / 60;
}

uint64_t season_weight_q16(const struct season *season, int64_t from_minute, int64_t to_minute)
{
    if (to_minute <= from_minute)
        return 0;
    uint64_t days = (uint64_t)(weight_since_q16(season, to_minute) - weight_since_q16(season, from_minute));
    /* Windows are at most 30 days: the factor of their middle stands for all of them. */
    int64_t middle = from_minute + (to_minute - from_minute) / 2;
    return days * season->week_q16[week_index(week_of(middle))] >> 16;
}

void season_write(const struct season *season, struct byte_buffer *out)
{
    for (size_t i = 0; i < SEASON_HOURS; i++)
        row_put(out, season->hour[i], 4);
    for (size_t i = 0; i < SEASON_WEEKS; i++) {
        row_put(out, season->week[i], 4);
        row_put(out, season->ratio_q16[i], 8);
        row_put(out, season->years[i], 4);
    }
    row_put(out, (uint64_t)season->open_week, 8);
    for (size_t i = 0; i <= SEASON_HOURS; i++)
        row_put(out, season->hour_before_q16[i], 4);
    for (size_t i = 0; i < SEASON_WEEKS; i++)
        row_put(out, season->week_q16[i], 4);
}

/* The weights must ascend from 0 to a week, whatever a damaged row says. */
static int check_published(const struct season *season)
{
    for (size_t i = 0; i < SEASON_HOURS; i++)
        if (season->hour_before_q16[i] > season->hour_before_q16[i + 1])
            return -1;
    return season->hour_before_q16[0] == 0 && season->hour_before_q16[SEASON_HOURS] == 7 * FIXED_ONE_Q16 ? 0 : -1;
}

int season_read(struct season *season, struct row_reader *in)
{
    for (size_t i = 0; i < SEASON_HOURS; i++)
        season->hour[i] = (uint32_t)row_get(in, 4);
    for (size_t i = 0; i < SEASON_WEEKS; i++) {
        season->week[i] = (uint32_t)row_get(in, 4);
        season->ratio_q16[i] = row_get(in, 8);
        season->years[i] = (uint32_t)row_get(in, 4);
    }
    season->open_week = (int64_t)row_get(in, 8);
    for (size_t i = 0; i <= SEASON_HOURS; i++)
        season->hour_before_q16[i] = (uint32_t)row_get(in, 4);
    for (size_t i = 0; i < SEASON_WEEKS; i++)
        season->week_q16[i] = (uint32_t)row_get(in, 4);
    return in->failed ? -1 : check_published(season);
}
