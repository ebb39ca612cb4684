#include "base/civil_time.h"

#include <string.h>

struct cursor {
    const char *at;
    const char *end;
};

static int take(struct cursor *c, const char *wanted)
{
    size_t size = strlen(wanted);
    if ((size_t)(c->end - c->at) < size || memcmp(c->at, wanted, size) != 0)
        return 0;
    c->at += size;
    return 1;
}

static int skip_spaces(struct cursor *c)
{
    const char *first = c->at;
    while (take(c, " ") || take(c, "\t") || take(c, "\xc2\xa0") || take(c, "　"))
        continue;
    return c->at > first;
}

/* One to `most` digits. */
static int take_number(struct cursor *c, int most, int32_t *value)
{
    int count = 0;
    *value = 0;
    for (; count < most && c->at < c->end && *c->at >= '0' && *c->at <= '9'; count++, c->at++)
        *value = *value * 10 + (*c->at - '0');
    return count > 0;
}

static int take_date(struct cursor *c, struct civil_time *time)
{
    const char *first = c->at;
    if (!take_number(c, 4, &time->year) || c->at - first != 4)
        return 0;
    if (take(c, "年")) {
        if (!take_number(c, 2, &time->month) || !take(c, "月") || !take_number(c, 2, &time->day))
            return 0;
        return take(c, "日") || take(c, "号") || 1;
    }
    const char *between = take(c, "-") ? "-" : take(c, "/") ? "/" : take(c, ".") ? "." : NULL;
    return between && take_number(c, 2, &time->month) && take(c, between) && take_number(c, 2, &time->day);
}

enum half_of_day { no_half, morning, afternoon };

static enum half_of_day take_half(struct cursor *c)
{
    if (take(c, "上午") || take(c, "AM") || take(c, "am"))
        return morning;
    return take(c, "下午") || take(c, "PM") || take(c, "pm") ? afternoon : no_half;
}

static int take_colon(struct cursor *c)
{
    return take(c, ":") || take(c, "：");
}

/* What follows the minutes: nothing, or seconds with or without decimals. */
static int take_seconds(struct cursor *c, struct civil_time *time)
{
    int has_mark = take(c, "分");
    if (!has_mark && !take_colon(c))
        return 1;
    if (!take_number(c, 2, &time->second))
        return has_mark;
    if (take(c, ".")) {
        int32_t scale = 100;
        int32_t digit;
        while (take_number(c, 1, &digit)) {
            time->millisecond += digit * scale;
            scale /= 10;
        }
    }
    take(c, "秒");
    return 1;
}

static int take_clock(struct cursor *c, struct civil_time *time)
{
    if (!take_number(c, 2, &time->hour))
        return 0;
    if (take(c, "时") || take(c, "点"))
        return !take_number(c, 2, &time->minute) || take_seconds(c, time);
    return take_colon(c) && take_number(c, 2, &time->minute) && take_seconds(c, time);
}

static int apply_half(enum half_of_day half, struct civil_time *time)
{
    if (half == no_half)
        return 1;
    if (half == afternoon && time->hour < 12)
        time->hour += 12;
    else if (half == morning && time->hour == 12)
        time->hour = 0;
    return half == afternoon || time->hour < 12;
}

static int take_offset(struct cursor *c, struct civil_text *out)
{
    if (c->at == c->end)
        return 1;
    out->has_offset = 1;
    if (take(c, "Z") || take(c, "z"))
        return 1;
    int is_west = *c->at == '-';
    int32_t hours;
    int32_t minutes = 0;
    if (!(take(c, "+") || take(c, "-")) || !take_number(c, 2, &hours))
        return 0;
    take(c, ":");
    take_number(c, 2, &minutes);
    out->offset_s = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return hours <= 23 && minutes <= 59;
}

static int take_time_of_day(struct cursor *c, struct civil_text *out)
{
    enum half_of_day half = take_half(c);
    skip_spaces(c);
    if (!take_clock(c, &out->time))
        return 0;
    skip_spaces(c);
    if (half == no_half && (half = take_half(c)) != no_half)
        skip_spaces(c);
    if (!apply_half(half, &out->time) || !take_offset(c, out))
        return 0;
    skip_spaces(c);
    return 1;
}

/* A spreadsheet's serial number, as exports of it leave behind: days since 1899-12-30, the time of day as decimals.
 * Five digits are the years 1927 to 2173. */
static int take_serial(struct cursor *c, struct civil_text *out)
{
    enum { digits = 5 };
    const int64_t decimals_scale = INT64_C(10000000000);
    const char *first = c->at;
    int32_t days;
    if (!take_number(c, digits, &days) || c->at - first != digits || *first == '0')
        return 0;
    int64_t ms = (civil_days(1899, 12, 30) + days) * CIVIL_MS_PER_DAY;
    out->is_date_only = c->at == c->end;
    if (!out->is_date_only) {
        int64_t scale = decimals_scale / 10;
        int64_t fraction = 0;
        int32_t digit;
        if (!take(c, "."))
            return 0;
        for (; take_number(c, 1, &digit); scale /= 10)
            fraction += digit * scale;
        ms += (fraction * CIVIL_MS_PER_DAY + decimals_scale / 2) / decimals_scale;
    }
    out->time = civil_from_ms(ms);
    skip_spaces(c);
    return c->at == c->end;
}

int civil_parse_loose(weisu_str text, struct civil_text *out)
{
    if (civil_parse(text, out) == 0)
        return 0;
    if (!text.size)
        return -1;
    struct cursor c = {text.data, text.data + text.size};
    *out = (struct civil_text){0};
    skip_spaces(&c);
    struct cursor serial = c;
    if (take_serial(&serial, out))
        return 0;
    *out = (struct civil_text){0};
    if (!take_date(&c, &out->time))
        return -1;
    int is_apart = skip_spaces(&c) || take(&c, "T");
    if (c.at == c.end) {
        out->is_date_only = 1;
        return civil_is_valid(&out->time) ? 0 : -1;
    }
    /* After 日 the clock may follow at once, after digits it may not. */
    if (!is_apart && (unsigned char)c.at[-1] < 0x80)
        return -1;
    return take_time_of_day(&c, out) && c.at == c.end && civil_is_valid(&out->time) ? 0 : -1;
}
