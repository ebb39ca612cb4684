#include "synth/day_mix.h"

#include "base/civil_time.h"
#include "base/failure.h"

static const int64_t hour_ms = CIVIL_MS_PER_DAY / 24;

enum { SHOCK_PURPOSE = 0x51c0 };

weisu_code day_mix_init(struct day_mix *mix, const struct wording_tables *tables, uint64_t seed, weisu_err *err)
{
    *mix = (struct day_mix){.tables = tables, .seed = seed};
    mix->cumulative = memory_new(tables->arena.allocator, tables->problem_count, sizeof *mix->cumulative);
    return mix->cumulative ? WEISU_OK : failure(err, WEISU_ENOMEM, "no memory for the problems of a day");
}

void day_mix_dispose(struct day_mix *mix)
{
    if (mix->cumulative)
        memory_free(mix->tables->arena.allocator, mix->cumulative, mix->tables->problem_count, sizeof *mix->cumulative);
}

static uint64_t sum_of(const struct rhythm *rhythm, size_t length)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += rhythm->share[i];
    return sum;
}

/* 1,000 in the mean over the year. */
static uint64_t month_level(const struct rhythm *months, const struct civil_time *date)
{
    uint64_t sum = sum_of(months, MONTHS);
    size_t month = (size_t)date->month - 1;
    int late = date->day > 15;
    size_t other = late ? (month + 1) % MONTHS : (month + MONTHS - 1) % MONTHS;
    uint64_t away = (uint64_t)(late ? date->day - 15 : 15 - date->day); /* of 30 days */
    return (months->share[month] * (30 - away) + months->share[other] * away) * MONTHS * 1000 / (30 * sum);
}

static const struct holiday *holiday_of(const struct wording_tables *tables, int64_t day)
{
    for (uint32_t i = 0; i < tables->holiday_count; i++)
        if (day >= tables->holidays[i].first_day && day < tables->holidays[i].first_day + tables->holidays[i].days)
            return &tables->holidays[i];
    return NULL;
}

static int in_shock(const struct day_mix *mix, uint32_t problem, int64_t day)
{
    if (!(mix->tables->problems[problem].traits & (TRAIT_SURGE | TRAIT_COMMON)))
        return 0;
    struct draw draw = draw_from(hash_pair(mix->seed, (uint64_t)((day + problem) / 7)), SHOCK_PURPOSE + problem);
    return draw_chance(&draw, SHOCK_PERMILLE);
}

void day_mix_turn(struct day_mix *mix, int64_t day)
{
    const struct wording_tables *tables = mix->tables;
    struct civil_time date = civil_from_ms(day * CIVIL_MS_PER_DAY);
    size_t weekday = (size_t)civil_weekday(day) - 1;
    const struct holiday *holiday = holiday_of(tables, day);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < tables->problem_count; i++) {
        const struct problem *problem = &tables->problems[i];
        uint64_t week = problem->weekdays->share[weekday] * UINT64_C(7000) / sum_of(problem->weekdays, WEEKDAYS);
        uint64_t weight = problem->weight * month_level(problem->months, &date) * week / 1000;
        if (problem->traits & TRAIT_HOLIDAY)
            weight = holiday ? weight * HOLIDAY_BOOST : weight / 2;
        mix->cumulative[i] = sum += in_shock(mix, i, day) ? weight * SHOCK_BOOST : weight;
    }
    mix->day = day;
    mix->load = holiday ? sum * holiday->percent / 100 : sum;
}

/* First index whose cumulative share is above `value`. */
static uint32_t find_share(const uint64_t *cumulative, uint32_t count, uint64_t value)
{
    uint32_t low = 0;
    uint32_t high = count - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (cumulative[middle] > value)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint32_t day_mix_problem(const struct day_mix *mix, struct draw *draw)
{
    uint32_t count = mix->tables->problem_count;
    uint64_t sum = mix->cumulative[count - 1];
    return sum ? find_share(mix->cumulative, count, draw_word(draw) % sum) : draw_below(draw, count);
}

static size_t share_at(const struct rhythm *rhythm, size_t length, struct draw *draw)
{
    uint64_t value = draw_word(draw) % sum_of(rhythm, length);
    size_t at = 0;
    while (value >= rhythm->share[at])
        value -= rhythm->share[at++];
    return at;
}

int64_t moment_of_day(const struct rhythm *hours, struct draw *draw)
{
    int64_t hour = (int64_t)share_at(hours, HOURS, draw);
    return hour * hour_ms + (int64_t)draw_below(draw, 3600) * 1000;
}

int64_t moment_not_before(const struct rhythm *hours, struct draw *draw, int64_t local_ms)
{
    uint32_t most = 1;
    for (size_t i = 0; i < HOURS; i++)
        most = hours->share[i] > most ? hours->share[i] : most;
    for (int tries = 0; tries < 24; tries++) {
        size_t hour = (size_t)(local_ms % CIVIL_MS_PER_DAY / hour_ms);
        if (draw_below(draw, most) < hours->share[hour] * 2)
            break;
        local_ms += draw_between(draw, 600, 5400) * 1000;
    }
    return local_ms;
}

int64_t moment_of_year(const struct rhythm *months, struct draw *draw)
{
    return (int64_t)share_at(months, MONTHS, draw) * 30 + draw_below(draw, 30);
}
