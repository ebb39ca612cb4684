/* Civil time: dates of the proleptic Gregorian calendar, RFC 3339 in and out.
 *
 * Days are counted as in "chrono-compatible low-level date algorithms" (Hinnant 2013). No zone rules here: zone.h has
 * them. Pure; any thread; about 20 ns a conversion, 50 ns a parse. */
#ifndef BASE_CIVIL_TIME_H
#define BASE_CIVIL_TIME_H

#include <stddef.h>
#include <stdint.h>
#include <weisu/str.h>

#define CIVIL_MS_PER_DAY INT64_C(86400000)

struct civil_time {
    int32_t year;        /* 0 to 9999 where it was parsed */
    int32_t month;       /* 1 to 12 */
    int32_t day;         /* 1 to 31 */
    int32_t hour;        /* 0 to 23 */
    int32_t minute;      /* 0 to 59 */
    int32_t second;      /* 0 to 60: a leap second counts as the first of the next minute */
    int32_t millisecond; /* 0 to 999 */
};

/* Days from 1970-01-01; exact for years of ±1,000,000. */
int64_t civil_days(int32_t year, int32_t month, int32_t day);
/* Milliseconds from 1970-01-01T00:00:00 on the same clock face (no zone). */
int64_t civil_to_ms(const struct civil_time *time);
/* The inverse; `ms` within ±10^16. */
struct civil_time civil_from_ms(int64_t ms);
/* 1 Monday to 7 Sunday, for days as civil_days gives them. */
int32_t civil_weekday(int64_t days);
/* `month` 1 to 12. */
int32_t civil_days_in_month(int32_t year, int32_t month);
/* Whether a time whose parts are none of them negative names a real date and clock time. */
int civil_is_valid(const struct civil_time *time);

struct civil_text {
    struct civil_time time;
    int32_t offset_s;     /* east of UTC, with has_offset */
    int32_t has_offset;   /* Z or ±hh:mm was there ("-00:00" too: then UTC) */
    int32_t is_date_only; /* year, month, day and nothing more */
};

/* RFC 3339: "2019-07-01T09:05:03.25+08:00". 'T' and 'Z' in either case, a space for 'T', any number of decimals (cut to
 * milliseconds), the offset may be missing, the date may stand alone. 0; -1 when the text is anything else (*out is
 * undefined then). */
int civil_parse(weisu_str text, struct civil_text *out);

/* The spellings of exported tables besides: '/', '.' or 年月日 between the parts of the date, one-digit parts, no
 * seconds, 时分秒 or 点分秒, 上午, 下午, 中午, 晚上 and the like, a weekday, spaces around; 20190701 and
 * 20190701090503; 7/1/2019 with the month first; a spreadsheet's serial number ("43563.359259": days since 1899-12-30,
 * five digits before the point). A superset of civil_parse with the same result. */
int civil_parse_loose(weisu_str text, struct civil_text *out);

enum { CIVIL_TEXT_BYTES = 32 };

/* Writes "2019-07-01T09:05:03+08:00" (with ".250" only where there are milliseconds; "Z" for an offset of 0) for an
 * instant, without a 0 at the end, and returns the length, at most 29. Offsets are cut to whole minutes; instants
 * outside of the years 0 to 9999 are written as the nearest instant inside. */
size_t civil_format(int64_t utc_ms, int32_t offset_s, char out[CIVIL_TEXT_BYTES]);
/* Writes "2019-07-01" and returns 10. */
size_t civil_format_date(int64_t utc_ms, int32_t offset_s, char out[CIVIL_TEXT_BYTES]);

#endif
