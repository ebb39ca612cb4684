#include "io/cell_text.h"

#include "base/civil_time.h"

#include <stdio.h>
#include <string.h>

enum { days_1904 = 1462, last_day = 2958466 /* the day after 9999-12-31 */, serial_decimals = 10 };

/* ---- formats ---- */

/* [h], [mm], [ss]: time that is not cut at 24 hours. [Magenta] is none. */
static int is_elapsed(weisu_str format, size_t at)
{
    size_t end = at + 1;
    while (end < format.size && format.data[end] == format.data[at + 1])
        end++;
    return end < format.size && format.data[end] == ']' && end > at + 1 && strchr("hHmMsS", format.data[at + 1]);
}

/* Behind a literal that begins at `at`: "text", \c, _c, *c or [condition]; `at` itself when there is none. */
static size_t skip_literal(weisu_str format, size_t at)
{
    char c = format.data[at];
    if (c == '\\' || c == '_' || c == '*')
        return at + 2;
    char closing = (char)(c == '"' ? '"' : ']');
    if (c != '"' && c != '[')
        return at;
    if (c == '[' && is_elapsed(format, at))
        return at;
    size_t end = at + 1;
    while (end < format.size && format.data[end] != closing)
        end++;
    return end + 1;
}

static int is_general(weisu_str format, size_t at)
{
    return format.size - at >= 7 && memcmp(format.data + at, "General", 7) == 0;
}

enum cell_kind cell_kind_of_format(weisu_str format)
{
    int has_date = 0;
    int has_time = 0;
    int has_month = 0; /* or minutes */
    for (size_t at = 0; at < format.size && format.data[at] != ';';) {
        size_t behind = skip_literal(format, at);
        if (behind > at) {
            at = behind;
            continue;
        }
        char c = format.data[at++];
        if (c == '0' || c == '#' || c == '?' || c == '@' || (c == 'G' && is_general(format, at - 1)))
            return has_time && c == '0' ? (has_date ? CELL_DATE_TIME : CELL_TIME) : CELL_NUMBER; /* ss.000 */
        has_date |= c == 'y' || c == 'Y' || c == 'd' || c == 'D' || c == 'e';
        has_time |= c == 'h' || c == 'H' || c == 's' || c == 'S';
        has_month |= c == 'm' || c == 'M';
    }
    if (has_time)
        return has_date ? CELL_DATE_TIME : CELL_TIME;
    return has_date || has_month ? CELL_DATE : CELL_NUMBER;
}

enum cell_kind cell_kind_of_builtin(uint32_t format)
{
    static const struct {
        uint32_t first;
        uint32_t last;
        enum cell_kind kind;
    } rows[] = {{14, 17, CELL_DATE}, {18, 21, CELL_TIME}, {22, 22, CELL_DATE_TIME}, {27, 31, CELL_DATE},
                {32, 35, CELL_TIME}, {36, 36, CELL_DATE}, {45, 47, CELL_TIME},      {50, 54, CELL_DATE},
                {55, 56, CELL_TIME}, {57, 58, CELL_DATE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (format >= rows[i].first && format <= rows[i].last)
            return rows[i].kind;
    return CELL_NUMBER;
}

/* ---- numbers ---- */

/* Sign, digits without the point, and where the point stands: value = 0.d1d2d3… × 10^point. */
struct digits {
    int is_negative;
    int count;
    int point;
    char digit[32];
};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t read_exponent(weisu_str text, size_t at, int *exponent)
{
    int is_negative = 0;
    int value = 0;
    at++;
    if (at < text.size && (text.data[at] == '+' || text.data[at] == '-'))
        is_negative = text.data[at++] == '-';
    if (at == text.size)
        return 0;
    for (; at < text.size && is_digit(text.data[at]) && value < 1000; at++)
        value = value * 10 + (text.data[at] - '0');
    *exponent = is_negative ? -value : value;
    return at;
}

/* 0 when the text is no number, or has more digits than a workbook writes. */
static int read_digits(weisu_str text, struct digits *out)
{
    size_t at = 0;
    int has_point = 0;
    int seen = 0;
    int exponent = 0;
    *out = (struct digits){0};
    if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
        out->is_negative = text.data[at++] == '-';
    for (; at < text.size && (is_digit(text.data[at]) || (text.data[at] == '.' && !has_point)); at++) {
        if (text.data[at] == '.') {
            has_point = 1;
            continue;
        }
        seen = 1;
        int is_leading = !out->count && text.data[at] == '0';
        if (!is_leading && out->count == (int)sizeof out->digit)
            return 0;
        if (!is_leading)
            out->digit[out->count++] = text.data[at];
        out->point += has_point ? -is_leading : !is_leading;
    }
    if (at < text.size && (text.data[at] == 'e' || text.data[at] == 'E') && !(at = read_exponent(text, at, &exponent)))
        return 0;
    out->point += exponent;
    while (out->count && out->digit[out->count - 1] == '0')
        out->count--;
    return seen && at == text.size;
}

size_t cell_number_text(weisu_str number, char out[CELL_NUMBER_BYTES])
{
    enum { widest = 40 };
    struct digits d;
    if (!read_digits(number, &d) || d.point > widest || d.point < -widest / 2) {
        size_t size = number.size < CELL_NUMBER_BYTES ? number.size : CELL_NUMBER_BYTES;
        memcpy(out, number.data, size);
        return size;
    }
    size_t size = 0;
    if (d.is_negative && d.count)
        out[size++] = '-';
    if (d.point <= 0 || !d.count)
        out[size++] = '0';
    for (int i = 0; i < d.point && d.count; i++)
        out[size++] = (char)(i < d.count ? d.digit[i] : '0');
    if (d.count > d.point && d.count)
        out[size++] = '.';
    for (int i = d.point; d.count && i < d.count && size < CELL_NUMBER_BYTES; i++)
        out[size++] = (char)(i < 0 ? '0' : d.digit[i]);
    return size;
}

/* ---- dates ---- */

/* Days before the point, and its decimals scaled by 10^serial_decimals, cut like civil_parse_loose does. */
static int read_serial(weisu_str number, int64_t *days, int64_t *fraction)
{
    struct digits d;
    enum { most_days = 7 };
    if (!read_digits(number, &d) || d.is_negative || d.point > most_days)
        return 0;
    *days = *fraction = 0;
    for (int i = 0; i < d.point; i++)
        *days = *days * 10 + (i < d.count ? d.digit[i] - '0' : 0);
    for (int i = d.point; i < d.point + serial_decimals; i++)
        *fraction = *fraction * 10 + (i >= 0 && i < d.count ? d.digit[i] - '0' : 0);
    return 1;
}

static size_t write_clock(const struct civil_time *t, char *out, size_t room)
{
    int size = t->millisecond
                   ? snprintf(out, room, "%02d:%02d:%02d.%03d", t->hour, t->minute, t->second, t->millisecond)
                   : snprintf(out, room, "%02d:%02d:%02d", t->hour, t->minute, t->second);
    return (size_t)size;
}

size_t cell_date_text(weisu_str number, enum cell_kind kind, int is_1904, char out[CELL_NUMBER_BYTES])
{
    const int64_t scale = INT64_C(10000000000);
    int64_t days;
    int64_t fraction;
    if (!read_serial(number, &days, &fraction))
        return 0;
    days += is_1904 && kind != CELL_TIME ? days_1904 : 0;
    int64_t ms = (fraction * CIVIL_MS_PER_DAY + scale / 2) / scale;
    if (days + (ms == CIVIL_MS_PER_DAY) >= last_day)
        return 0;
    struct civil_time t = civil_from_ms((civil_days(1899, 12, 30) + days) * CIVIL_MS_PER_DAY + ms);
    if (kind == CELL_TIME && days == 0)
        return write_clock(&t, out, CELL_NUMBER_BYTES);
    size_t size = (size_t)snprintf(out, CELL_NUMBER_BYTES, "%04d-%02d-%02d", t.year, t.month, t.day);
    if (kind == CELL_DATE && !ms)
        return size;
    out[size++] = ' ';
    return size + write_clock(&t, out + size, CELL_NUMBER_BYTES - size);
}
