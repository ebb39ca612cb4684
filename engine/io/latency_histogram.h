/* A histogram of durations: 16 buckets an octave of nanoseconds, so a percentile is at most 6 % too large. Fixed size,
 * nothing allocated; one thread. */
#ifndef IO_LATENCY_HISTOGRAM_H
#define IO_LATENCY_HISTOGRAM_H

#include <stdint.h>

enum { LATENCY_SUB_BITS = 4, LATENCY_BUCKETS = (64 - LATENCY_SUB_BITS + 1) << LATENCY_SUB_BITS };

struct latency_histogram {
    uint64_t count[LATENCY_BUCKETS];
    uint64_t total;
};

void latency_add(struct latency_histogram *histogram, uint64_t ns);
/* The upper end of the bucket in which the value at `per_mille` of all lies; 0 when there are none. */
uint64_t latency_at(const struct latency_histogram *histogram, uint32_t per_mille);

#endif
