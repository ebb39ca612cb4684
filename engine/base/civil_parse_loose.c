#include "base/civil_time.h"

#include <string.h>

struct cursor {
    const char *at;
    const char *end;
};

static inline int take(struct cursor *c, const char *wanted)
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

static int count_digits(const struct cursor *c)
{
    const char *at = c->at;
    while (at < c->end && *at >= '0' && *at <= '9')
        at++;
    return (int)(at - c->at);
}

static int take_digits(struct cursor *c, int count, int32_t *value)
{
    const char *first = c->at;
    return take_number(c, count, value) && c->at - first == count;
}

/* 7/1/2019, as American exports have it: the month first. */
static int take_american_date(struct cursor *c, struct civil_time *time)
{
    return take_number(c, 2, &time->month) && take(c, "/") && take_number(c, 2, &time->day) && take(c, "/") &&
           take_digits(c, 4, &time->year);
}

static int take_date(struct cursor *c, struct civil_time *time)
{
    if (count_digits(c) < 3)
        return take_american_date(c, time);
    if (!take_digits(c, 4, &time->year))
        return 0;
    if (take(c, "年")) {
        if (!take_number(c, 2, &time->month) || !take(c, "月") || !take_number(c, 2, &time->day))
            return 0;
        return take(c, "日") || take(c, "号") || 1;
    }
    const char *between = take(c, "-") ? "-" : take(c, "/") ? "/" : take(c, ".") ? "." : NULL;
    return between && take_number(c, 2, &time->month) && take(c, between) && take_number(c, 2, &time->day);
}

/* 星期一, 周日, in brackets or not, between the date and the clock. 1 when there was one. */
static int skip_weekday(struct cursor *c)
{
    static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日", "天"};
    struct cursor behind = *c;
    if (c->at < c->end && *c->at >= '0' && *c->at <= '9')
        return 0;
    int is_bracketed = take(&behind, "(") || take(&behind, "（");
    int is_day = 0;
    if (!take(&behind, "星期") && !take(&behind, "周"))
        return 0;
    for (size_t i = 0; i < sizeof days / sizeof days[0] && !is_day; i++)
        is_day = take(&behind, days[i]);
    if (!is_day || (is_bracketed && !take(&behind, ")") && !take(&behind, "）")))
        return 0;
    *c = behind;
    skip_spaces(c);
    return 1;
}

enum half_of_day { no_half, morning, noon, afternoon, evening };

static enum half_of_day take_half(struct cursor *c)
{
    static const struct {
        const char *word;
        enum half_of_day half;
    } rows[] = {{"上午", morning}, {"凌晨", morning}, {"清晨", morning}, {"早上", morning},   {"早晨", morning},
                {"AM", morning},   {"am", morning},   {"中午", noon},    {"下午", afternoon}, {"PM", afternoon},
                {"pm", afternoon}, {"傍晚", evening}, {"晚上", evening}, {"夜间", evening},   {"晚", evening}};
    if (c->at == c->end || (*c->at >= '0' && *c->at <= '9'))
        return no_half;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (take(c, rows[i].word))
            return rows[i].half;
    return no_half;
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
    if (take(c, "时") || take(c, "点")) {
        if (take(c, "半")) {
            time->minute = 30;
            return 1;
        }
        take(c, "整");
        return !take_number(c, 2, &time->minute) || take_seconds(c, time);
    }
    return take_colon(c) && take_number(c, 2, &time->minute) && take_seconds(c, time);
}

/* Twelve in the evening is midnight, of which day nobody can tell. */
static int apply_half(enum half_of_day half, struct civil_time *time)
{
    int is_later = half == afternoon || half == evening || (half == noon && time->hour < 3);
    if (half == morning && time->hour == 12)
        time->hour = 0;
    else if (half == evening && time->hour == 12)
        return 0;
    else if (is_later && time->hour < 12)
        time->hour += 12;
    return half != morning || time->hour < 12;
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

/* 20190701, 20190701090503, 20190701T0905 and the like. */
static int take_compact(struct cursor *c, struct civil_text *out)
{
    struct civil_time *time = &out->time;
    int digits = count_digits(c);
    if (digits != 8 && digits != 12 && digits != 14)
        return 0;
    take_digits(c, 4, &time->year);
    take_digits(c, 2, &time->month);
    take_digits(c, 2, &time->day);
    if (digits == 8 && !take(c, "T") && !skip_spaces(c) && c->at < c->end)
        return 0;
    out->is_date_only = c->at == c->end;
    if (out->is_date_only)
        return civil_is_valid(time);
    digits = count_digits(c);
    if (digits != 4 && digits != 6)
        return digits < 3 && take_time_of_day(c, out) && c->at == c->end && civil_is_valid(time);
    take_digits(c, 2, &time->hour);
    take_digits(c, 2, &time->minute);
    take_number(c, 2, &time->second);
    skip_spaces(c);
    return take_offset(c, out) && c->at == c->end && civil_is_valid(time);
}

static int take_parts(struct cursor *c, struct civil_text *out)
{
    if (!take_date(c, &out->time))
        return 0;
    int is_apart = skip_spaces(c) || take(c, "T");
    is_apart |= skip_weekday(c);
    if (c->at == c->end) {
        out->is_date_only = 1;
        return civil_is_valid(&out->time);
    }
    /* After 日 the clock may follow at once, after digits it may not. */
    if (!is_apart && (unsigned char)c->at[-1] < 0x80)
        return 0;
    return take_time_of_day(c, out) && c->at == c->end && civil_is_valid(&out->time);
}

int civil_parse_loose(weisu_str text, struct civil_text *out)
{
    if (civil_parse(text, out) == 0)
        return 0;
    if (!text.size)
        return -1;
    static int (*const forms[])(struct cursor *, struct civil_text *) = {take_serial, take_compact, take_parts};
    struct cursor begin = {text.data, text.data + text.size};
    skip_spaces(&begin);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct cursor c = begin;
        *out = (struct civil_text){0};
        if (forms[i](&c, out))
            return 0;
    }
    return -1;
}
