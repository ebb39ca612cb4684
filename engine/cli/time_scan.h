/* What the times of an archive say before its first record is taken: is it in order, what is implausible, and in which
 * order shall the records come?
 *
 * 12 bytes a record while scanning and ordering. One thread. */
#ifndef CLI_TIME_SCAN_H
#define CLI_TIME_SCAN_H

#include <stddef.h>
#include <stdint.h>

struct time_scan {
    int64_t *times; /* [count], in order of input; WEISU_NO_TIME where a record has none */
    size_t count;
    size_t capacity;
    int64_t latest_ms;   /* so far */
    int64_t disorder_ms; /* how far the worst record lies behind the latest one before it */
};

void time_scan_init(struct time_scan *scan);
void time_scan_dispose(struct time_scan *scan);
/* 0; -1 when memory is out. */
int time_scan_add(struct time_scan *scan, int64_t time_ms);

/* 366 days after the 99.9th percentile of the times: what is later is implausible. INT64_MAX without times.
 * 0; -1 when memory is out. */
int time_scan_bound(const struct time_scan *scan, int64_t *bound_ms);

/* Positions of the input, sorted stably by time; records without a time keep the time of the one before them. The
 * caller frees *order. At most UINT32_MAX records. 0; -1 when memory is out or there are more. */
int time_scan_order(const struct time_scan *scan, uint32_t **order);

#endif
