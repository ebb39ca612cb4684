/* Dismissals: what people said was no hotspot, and for how long the detector heeds it.
 *
 * An alert that is dismissed makes the engine ask for more before it speaks of the same subject again: the required
 * recurrence is 16 times as long at first, and the factor fades to 1 over 90 days (evenly in bits: 4 bits, then less by
 * the hour). Several dismissals of one subject add up, to 256 times at most. A subject is known by keys: the cluster,
 * and the cell (place × topic) that it stands in. A short list, walked; only surprises that would be raised ask.
 * One thread; integers; deterministic. */
#ifndef DETECT_DISMISSALS_H
#define DETECT_DISMISSALS_H

#include "detect/row_codec.h"

enum { DISMISSALS_MAX = 1024, DISMISSAL_KEYS = 3, DISMISSAL_DAYS = 90 };

struct dismissal {
    uint64_t key[DISMISSAL_KEYS]; /* 0: none */
    uint64_t alert;               /* names it, to take it back */
    int64_t at_ms;
};

struct dismissals {
    struct dismissal item[DISMISSALS_MAX]; /* ascending time */
    uint32_t count;
};

/* A full list loses its oldest. */
void dismissals_add(struct dismissals *dismissals, const struct dismissal *added);
/* 1 when there was one of that alert; all of it are gone then. */
int dismissals_drop(struct dismissals *dismissals, uint64_t alert);
/* Forgets those that have faded. */
void dismissals_sweep(struct dismissals *dismissals, int64_t clock_ms);
/* Bits in q16 by which the threshold is raised for a subject with any of these keys (0 matches nothing). */
int32_t dismissals_bits_q16(const struct dismissals *dismissals, const uint64_t key[DISMISSAL_KEYS], int64_t clock_ms);

void dismissals_write(const struct dismissals *dismissals, struct byte_buffer *out);
/* 0; -1 when damaged. */
int dismissals_read(struct dismissals *dismissals, struct row_reader *in);

#endif
