/* Season factors: how much of a week's complaints an hour of the week sees, and a week of the year against its year.
 *
 * Learnt online and kept neutral until there is reason: hour of week is shrunk towards 1 by a prior of a few weeks,
 * week of year needs a whole year behind it and is shrunk by two pseudo-years. The integral of the factors over a
 * window ("weighted days") is what a rate is multiplied by. Times are local minutes: minutes of the clock face since
 * 1970-01-01T00:00.
 * One thread. What `season_weight` reads changes only in `season_publish`. Integers; deterministic. */
#ifndef DETECT_SEASON_H
#define DETECT_SEASON_H

#include "base/byte_buffer.h"
#include "detect/row_codec.h"

#include <stdint.h>

enum { SEASON_HOURS = 168, SEASON_WEEKS = 53 };

struct season {
    uint32_t hour[SEASON_HOURS];      /* cases seen in that hour of the week, Monday 00:00 first; halved when large */
    uint32_t week[SEASON_WEEKS];      /* cases in the last occurrence of that week of the year, 0 none yet */
    uint64_t ratio_q16[SEASON_WEEKS]; /* sum over years of week / mean week of the year before its end */
    uint32_t years[SEASON_WEEKS];     /* summands of that */
    int64_t open_week;                /* year × 53 + week that is being counted; INT64_MIN at first */
    int64_t cached_day; /* the day whose week was looked up last, so that the calendar is asked once a day */
    int64_t cached_week;
    /* published */
    uint32_t hour_before_q16[SEASON_HOURS + 1]; /* weighted days from Monday 00:00 to the hour */
    uint32_t week_q16[SEASON_WEEKS];
};

void season_init(struct season *season);
/* One case at `minute`; `date_only`: its hour is not known. */
void season_count(struct season *season, int64_t minute, int date_only);
void season_publish(struct season *season);
/* Weighted days from one local minute to a later one, in q16; at most about 60 days apart for the result to fit. */
uint64_t season_weight_q16(const struct season *season, int64_t from_minute, int64_t to_minute);

void season_write(const struct season *season, struct byte_buffer *out);
/* 0; -1 when the row is damaged. */
int season_read(struct season *season, struct row_reader *in);

#endif
