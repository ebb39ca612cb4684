/* Pace: days on which the stream spoke, and how many trials such a day brings.
 *
 * A day without any record is a silent feed, not a quiet city: it is not counted, so that a hole in an archive, or a
 * few stray dates years before the rest, do not make the days after it look like an outbreak. One thread; integers. */
#ifndef DETECT_PACE_H
#define DETECT_PACE_H

#include "detect/row_codec.h"

#include <stdint.h>

struct pace {
    int64_t day;          /* local day of the clock; PACE_NO_DAY before the first record */
    uint32_t active_days; /* days with a record before the current one */
    uint32_t records_today;
    uint64_t records_q8; /* decayed sum over active days before today, half-life about 22 of them */
    uint64_t days_q8;    /* the same of ones */
};

#define PACE_NO_DAY (INT64_MIN / 4)

void pace_init(struct pace *pace);
/* The clock reached a day. 1 when it is another one than before. */
int pace_advance(struct pace *pace, int64_t day);
void pace_count(struct pace *pace);
/* Records a day, in q8, never 0. */
uint64_t pace_records_q8(const struct pace *pace);

void pace_write(const struct pace *pace, struct byte_buffer *out);
int pace_read(struct pace *pace, struct row_reader *in);

#endif
