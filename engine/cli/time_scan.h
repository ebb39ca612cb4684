/* What the times of an archive say before its first record is taken: is it in order, and what is implausible?
 *
 * Memory is bounded: 16 MiB of the latest times. One thread. */
#ifndef CLI_TIME_SCAN_H
#define CLI_TIME_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum { TIME_SCAN_LATEST = 1 << 20 /* so many of the latest times are known: a thousandth of 10^9 records */ };

struct time_scan {
    int64_t *latest; /* [held] the largest TIME_SCAN_LATEST times and some more, in no order */
    size_t held;
    size_t capacity;
    uint64_t known;      /* records with a time */
    uint64_t count;      /* records */
    int64_t latest_ms;   /* so far */
    int64_t disorder_ms; /* how far the worst record lies behind the latest one before it */
};

void time_scan_init(struct time_scan *scan);
void time_scan_dispose(struct time_scan *scan);
/* 0; -1 when memory is out. */
int time_scan_add(struct time_scan *scan, int64_t time_ms);

/* 366 days after the 99.9th percentile of the times (of more than 10^9 records: of the 2^20th largest): what is later
 * is implausible. INT64_MAX without times. */
int64_t time_scan_bound(struct time_scan *scan);

#endif
