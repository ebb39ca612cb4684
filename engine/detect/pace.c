#include "detect/pace.h"

enum { KEEP = 31, KEEP_OF = 32 }; /* a day ago weighs 31/32 */

void pace_init(struct pace *pace)
{
    *pace = (struct pace){.day = PACE_NO_DAY};
}

int pace_advance(struct pace *pace, int64_t day)
{
    if (day <= pace->day)
        return 0;
    if (pace->records_today) {
        pace->active_days++;
        pace->records_q8 = pace->records_q8 * KEEP / KEEP_OF + ((uint64_t)pace->records_today << 8);
        pace->days_q8 = pace->days_q8 * KEEP / KEEP_OF + (1u << 8);
        pace->records_today = 0;
    }
    pace->day = day;
    return 1;
}

void pace_count(struct pace *pace)
{
    pace->records_today++;
}

uint64_t pace_records_q8(const struct pace *pace)
{
    uint64_t records = pace->records_q8;
    uint64_t days = pace->days_q8;
    /* The first day speaks for itself, later a day counts when it is over. */
    if (!days) {
        records = (uint64_t)pace->records_today << 8;
        days = 1u << 8;
    }
    uint64_t rate = (records << 8) / days;
    return rate ? rate : 1;
}

void pace_write(const struct pace *pace, struct byte_buffer *out)
{
    row_put(out, (uint64_t)pace->day, 8);
    row_put(out, pace->active_days, 4);
    row_put(out, pace->records_today, 4);
    row_put(out, pace->records_q8, 8);
    row_put(out, pace->days_q8, 8);
}

int pace_read(struct pace *pace, struct row_reader *in)
{
    pace->day = (int64_t)row_get(in, 8);
    pace->active_days = (uint32_t)row_get(in, 4);
    pace->records_today = (uint32_t)row_get(in, 4);
    pace->records_q8 = row_get(in, 8);
    pace->days_q8 = row_get(in, 8);
    return in->failed || pace->records_q8 >> 56 ? -1 : 0;
}
