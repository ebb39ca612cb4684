/* Local minutes and days of a zone, with or without summer time.
 *
 * A zone is a pure function of the instant, so everything that follows from it is the same after a restart. Local
 * minutes of instants go back by an hour, or less, where clocks are put back; those of the clock (local_clock_minute)
 * stand still instead until the hour is over, for windows end there and what has left one never comes back. */
#ifndef DETECT_LOCAL_TIME_H
#define DETECT_LOCAL_TIME_H

#include <stdint.h>

struct local_time {
    int32_t fixed_s; /* seconds east of UTC */
    /* Instead of it, where clocks change: the offset at an instant. Pure; NULL: fixed_s always. */
    int32_t (*offset_s)(const void *zone, int64_t utc_ms);
    const void *zone;
};

/* Minutes since 1970 on the local clock face; within ±2^30. */
int64_t local_minute(const struct local_time *local, int64_t utc_ms);
/* The largest local minute of any instant up to this one. */
int64_t local_clock_minute(const struct local_time *local, int64_t utc_ms);
int64_t local_day(const struct local_time *local, int64_t utc_ms);
/* The first instant that shows the minute; of one that a change skips, an instant of that change's hour. */
int64_t local_to_utc_ms(const struct local_time *local, int64_t minute);

#endif
