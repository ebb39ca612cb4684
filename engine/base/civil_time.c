#include "base/civil_time.h"

#include <string.h>

enum { days_per_era = 146097, days_to_1970 = 719468 }; /* an era is 400 years from 1 March */

int64_t civil_days(int32_t year, int32_t month, int32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - days_to_1970;
}

static void set_date(struct civil_time *time, int64_t days)
{
    days += days_to_1970;
    int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
    uint32_t day_of_era = (uint32_t)(days - era * days_per_era);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    time->day = (int32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    time->month = (int32_t)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    time->year = (int32_t)(year_of_era + era * 400 + (time->month <= 2));
}

int64_t civil_to_ms(const struct civil_time *time)
{
    int64_t seconds = (int64_t)time->hour * 3600 + time->minute * 60 + time->second;
    return civil_days(time->year, time->month, time->day) * CIVIL_MS_PER_DAY + seconds * 1000 + time->millisecond;
}

struct civil_time civil_from_ms(int64_t ms)
{
    int64_t days = ms / CIVIL_MS_PER_DAY;
    int32_t left = (int32_t)(ms % CIVIL_MS_PER_DAY);
    if (left < 0) {
        left += (int32_t)CIVIL_MS_PER_DAY;
        days--;
    }
    struct civil_time time = {.millisecond = left % 1000};
    left /= 1000;
    time.second = left % 60;
    time.minute = left / 60 % 60;
    time.hour = left / 3600;
    set_date(&time, days);
    return time;
}

int32_t civil_weekday(int64_t days)
{
    int64_t from_monday = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int32_t)(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

int32_t civil_days_in_month(int32_t year, int32_t month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

int civil_is_valid(const struct civil_time *time)
{
    return time->month >= 1 && time->month <= 12 && time->day >= 1 &&
           time->day <= civil_days_in_month(time->year, time->month) && time->hour <= 23 && time->minute <= 59 &&
           time->second <= 60;
}

/* Reading goes through one cursor; a failed step leaves it anywhere, as nothing is read after it. */
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

static int take_either(struct cursor *c, char one, char other)
{
    return take(c, one) || take(c, other);
}

/* Exactly `count` digits. */
static int take_digits(struct cursor *c, int count, int32_t *value)
{
    if (c->end - c->at < count)
        return 0;
    *value = 0;
    for (int i = 0; i < count; i++, c->at++) {
        unsigned digit = (unsigned char)*c->at - (unsigned)'0';
        if (digit > 9)
            return 0;
        *value = *value * 10 + (int32_t)digit;
    }
    return 1;
}

/* What follows a '.': at least one digit. */
static int take_fraction(struct cursor *c, int32_t *millisecond)
{
    int32_t scale = 100;
    const char *first = c->at;
    *millisecond = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, scale /= 10)
        *millisecond += (*c->at - '0') * scale;
    return c->at > first;
}

static int take_offset(struct cursor *c, struct civil_text *out)
{
    if (c->at == c->end)
        return 1;
    out->has_offset = 1;
    if (take_either(c, 'Z', 'z'))
        return 1;
    int is_west = *c->at == '-';
    int32_t hours;
    int32_t minutes;
    if (!take_either(c, '+', '-') || !take_digits(c, 2, &hours) || !take(c, ':') || !take_digits(c, 2, &minutes))
        return 0;
    out->offset_s = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return hours <= 23 && minutes <= 59;
}

static int take_clock(struct cursor *c, struct civil_time *time)
{
    if (!take_digits(c, 2, &time->hour) || !take(c, ':') || !take_digits(c, 2, &time->minute) || !take(c, ':') ||
        !take_digits(c, 2, &time->second))
        return 0;
    return !take(c, '.') || take_fraction(c, &time->millisecond);
}

int civil_parse(weisu_str text, struct civil_text *out)
{
    if (text.size < 10)
        return -1;
    struct cursor c = {text.data, text.data + text.size};
    *out = (struct civil_text){0};
    struct civil_time *time = &out->time;
    if (!take_digits(&c, 4, &time->year) || !take(&c, '-') || !take_digits(&c, 2, &time->month) || !take(&c, '-') ||
        !take_digits(&c, 2, &time->day))
        return -1;
    if (c.at == c.end) {
        out->is_date_only = 1;
        return civil_is_valid(time) ? 0 : -1;
    }
    int has_clock = (take_either(&c, 'T', 't') || take(&c, ' ')) && take_clock(&c, time);
    return has_clock && take_offset(&c, out) && c.at == c.end && civil_is_valid(time) ? 0 : -1;
}

static char *write_digits(char *at, int32_t value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + count;
}

static char *write_date(char *at, const struct civil_time *time)
{
    at = write_digits(at, time->year, 4);
    *at++ = '-';
    at = write_digits(at, time->month, 2);
    *at++ = '-';
    return write_digits(at, time->day, 2);
}

static struct civil_time local_time(int64_t utc_ms, int32_t offset_s)
{
    static const int64_t first_ms = INT64_C(-62167219200000); /* 0000-01-01T00:00:00 */
    static const int64_t last_ms = INT64_C(253402300799999);  /* 9999-12-31T23:59:59.999 */
    int64_t bounded = utc_ms < first_ms - CIVIL_MS_PER_DAY  ? first_ms - CIVIL_MS_PER_DAY
                      : utc_ms > last_ms + CIVIL_MS_PER_DAY ? last_ms + CIVIL_MS_PER_DAY
                                                            : utc_ms;
    int64_t local = bounded + (int64_t)offset_s * 1000;
    return civil_from_ms(local < first_ms ? first_ms : local > last_ms ? last_ms : local);
}

size_t civil_format(int64_t utc_ms, int32_t offset_s, char out[CIVIL_TEXT_BYTES])
{
    int32_t offset_minutes = offset_s / 60;
    struct civil_time time = local_time(utc_ms, offset_minutes * 60);
    char *at = write_date(out, &time);
    *at++ = 'T';
    at = write_digits(at, time.hour, 2);
    *at++ = ':';
    at = write_digits(at, time.minute, 2);
    *at++ = ':';
    at = write_digits(at, time.second, 2);
    if (time.millisecond) {
        *at++ = '.';
        at = write_digits(at, time.millisecond, 3);
    }
    if (offset_minutes == 0) {
        *at++ = 'Z';
        return (size_t)(at - out);
    }
    *at++ = offset_minutes < 0 ? '-' : '+';
    offset_minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    at = write_digits(at, offset_minutes / 60 % 24, 2);
    *at++ = ':';
    at = write_digits(at, offset_minutes % 60, 2);
    return (size_t)(at - out);
}

size_t civil_format_date(int64_t utc_ms, int32_t offset_s, char out[CIVIL_TEXT_BYTES])
{
    struct civil_time time = local_time(utc_ms, offset_s);
    return (size_t)(write_date(out, &time) - out);
}
