#include "base/zone_rule.h"

#include "base/civil_time.h"

enum { seconds_per_day = 86400, longest_hours = 167, default_change_s = 2 * 3600 };

/* ---- reading ---- */

struct cursor {
    const char *at;
    const char *end;
};

static int take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return 0;
    c->at++;
    return 1;
}

/* A number from `least` to `most`, of at most four digits. */
static int take_number(struct cursor *c, int32_t least, int32_t most, int32_t *value)
{
    const char *first = c->at;
    *value = 0;
    for (; c->at < c->end && c->at - first < 4 && *c->at >= '0' && *c->at <= '9'; c->at++)
        *value = *value * 10 + (*c->at - '0');
    return c->at > first && *value >= least && *value <= most;
}

/* The name of standard or summer time, which nobody needs here. */
static int skip_name(struct cursor *c)
{
    const char *first = c->at;
    int is_quoted = take(c, '<');
    for (; c->at < c->end; c->at++) {
        char b = *c->at;
        int is_letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
        int is_other = (b >= '0' && b <= '9') || b == '+' || b == '-';
        if (!is_letter && !(is_quoted && is_other))
            break;
    }
    return is_quoted ? take(c, '>') : c->at - first >= 3;
}

/* [+-]hh[:mm[:ss]] */
static int take_clock(struct cursor *c, int32_t *seconds)
{
    int is_negative = take(c, '-');
    if (!is_negative)
        take(c, '+');
    int32_t hours;
    int32_t minutes = 0;
    int32_t rest = 0;
    if (!take_number(c, 0, longest_hours, &hours))
        return 0;
    if (take(c, ':') && (!take_number(c, 0, 59, &minutes) || (take(c, ':') && !take_number(c, 0, 59, &rest))))
        return 0;
    *seconds = hours * 3600 + minutes * 60 + rest;
    *seconds = is_negative ? -*seconds : *seconds;
    return 1;
}

static int take_day(struct cursor *c, struct zone_day *day)
{
    *day = (struct zone_day){.second = default_change_s};
    if (!take(c, ','))
        return 0;
    int is_read;
    if (take(c, 'M')) {
        day->kind = ZONE_DAY_OF_MONTH;
        is_read = take_number(c, 1, 12, &day->month) && take(c, '.') && take_number(c, 1, 5, &day->week) &&
                  take(c, '.') && take_number(c, 0, 6, &day->weekday);
    } else if (take(c, 'J')) {
        day->kind = ZONE_DAY_WITHOUT_LEAP;
        is_read = take_number(c, 1, 365, &day->day);
    } else {
        day->kind = ZONE_DAY_OF_YEAR;
        is_read = take_number(c, 0, 365, &day->day);
    }
    return is_read && (!take(c, '/') || take_clock(c, &day->second));
}

/* POSIX counts westwards. */
static int take_offset(struct cursor *c, int32_t *offset_s)
{
    if (!take_clock(c, offset_s) || *offset_s > 25 * 3600 || *offset_s < -25 * 3600)
        return 0;
    *offset_s = -*offset_s;
    return 1;
}

int zone_rule_parse(struct zone_rule *rule, weisu_str text)
{
    if (!text.size)
        return -1;
    struct cursor c = {text.data, text.data + text.size};
    *rule = (struct zone_rule){0};
    if (!skip_name(&c) || !take_offset(&c, &rule->standard_s))
        return -1;
    if (c.at == c.end)
        return 0;
    rule->has_summer = 1;
    rule->summer_s = rule->standard_s + 3600;
    if (!skip_name(&c) || (c.at < c.end && *c.at != ',' && !take_offset(&c, &rule->summer_s)))
        return -1;
    return take_day(&c, &rule->summer_begins) && take_day(&c, &rule->summer_ends) && c.at == c.end ? 0 : -1;
}

/* ---- computing ---- */

static int64_t day_in_month(int32_t year, const struct zone_day *day)
{
    int64_t first = civil_days(year, day->month, 1);
    int32_t weekday = civil_weekday(first) % 7;
    int32_t from_first = (day->weekday - weekday + 7) % 7 + (day->week - 1) * 7;
    if (from_first >= civil_days_in_month(year, day->month))
        from_first -= 7;
    return first + from_first;
}

/* Seconds since 1970 on the clock that the day's time refers to. */
static int64_t change_in_year(int32_t year, const struct zone_day *day)
{
    int64_t days;
    if (day->kind == ZONE_DAY_OF_MONTH) {
        days = day_in_month(year, day);
    } else {
        int skips_leap_day = day->kind == ZONE_DAY_WITHOUT_LEAP && day->day >= 60 && civil_days_in_month(year, 2) == 29;
        days = civil_days(year, 1, 1) + day->day - (day->kind == ZONE_DAY_WITHOUT_LEAP) + skips_leap_day;
    }
    return days * seconds_per_day + day->second;
}

struct change {
    int64_t at;
    int32_t offset_s; /* from then on */
};

static void take_later(struct change *latest, int64_t until, struct change candidate)
{
    if (candidate.at <= until && candidate.at >= latest->at)
        *latest = candidate;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds, int is_wall)
{
    if (!rule->has_summer)
        return rule->standard_s;
    /* The changes of three years, as a time of up to 167 hours can move one into the next year. */
    int32_t later_s = rule->standard_s > rule->summer_s ? rule->standard_s : rule->summer_s;
    int32_t year = civil_from_ms(seconds * 1000).year;
    struct change latest = {INT64_MIN, rule->standard_s};
    for (int32_t y = year - 1; y <= year + 1; y++) {
        int64_t begins = change_in_year(y, &rule->summer_begins) - rule->standard_s;
        int64_t ends = change_in_year(y, &rule->summer_ends) - rule->summer_s;
        int32_t to_wall = is_wall ? later_s : 0;
        struct change summer = {begins + to_wall, rule->summer_s};
        struct change winter = {ends + to_wall, rule->standard_s};
        /* Where both fall together the later year's, and within a year the one that begins, holds. */
        take_later(&latest, seconds, begins < ends ? summer : winter);
        take_later(&latest, seconds, begins < ends ? winter : summer);
    }
    return latest.offset_s;
}
