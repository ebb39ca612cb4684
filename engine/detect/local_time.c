#include "detect/local_time.h"

#define MINUTE_MS INT64_C(60000)
#define MINUTE_LIMIT (INT64_C(1) << 30)

enum {
    DAY_MINUTES = 1440,
    CHANGE_MINUTES = 180 /* no change puts a clock back by more, but for a few that skip a day */
};

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static int64_t offset_minutes(const struct local_time *local, int64_t utc_minute)
{
    return (local->offset_s ? local->offset_s(local->zone, utc_minute * MINUTE_MS) : local->fixed_s) / 60;
}

static int64_t limited(int64_t minute)
{
    return minute > MINUTE_LIMIT ? MINUTE_LIMIT : minute < -MINUTE_LIMIT ? -MINUTE_LIMIT : minute;
}

int64_t local_minute(const struct local_time *local, int64_t utc_ms)
{
    int64_t utc = limited(floor_div(utc_ms, MINUTE_MS));
    return limited(utc + offset_minutes(local, utc));
}

/* The last minute before the clock was put back, which happened after `from` and up to `to`. */
static int64_t last_before_change(const struct local_time *local, int64_t from, int64_t to)
{
    int64_t offset = offset_minutes(local, from);
    while (to - from > 1) {
        int64_t middle = from + (to - from) / 2;
        if (offset_minutes(local, middle) == offset)
            from = middle;
        else
            to = middle;
    }
    return from + offset;
}

int64_t local_clock_minute(const struct local_time *local, int64_t utc_ms)
{
    int64_t now = local_minute(local, utc_ms);
    if (!local->offset_s)
        return now;
    int64_t utc = limited(floor_div(utc_ms, MINUTE_MS));
    if (offset_minutes(local, utc - CHANGE_MINUTES) <= offset_minutes(local, utc))
        return now;
    int64_t before = limited(last_before_change(local, utc - CHANGE_MINUTES, utc));
    return before > now ? before : now;
}

int64_t local_day(const struct local_time *local, int64_t utc_ms)
{
    return floor_div(local_minute(local, utc_ms), DAY_MINUTES);
}

int64_t local_to_utc_ms(const struct local_time *local, int64_t minute)
{
    /* The offset from before a change gives the first of two instants. */
    int64_t before = minute - offset_minutes(local, minute - DAY_MINUTES);
    int64_t after = minute - offset_minutes(local, minute + DAY_MINUTES);
    return (local_minute(local, before * MINUTE_MS) == minute ? before : after) * MINUTE_MS;
}
