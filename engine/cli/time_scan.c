#include "cli/time_scan.h"

#include <stdlib.h>
#include <weisu/record.h>

#define IMPLAUSIBLE_AFTER_MS (INT64_C(366) * 86400000)

enum { HELD_MOST = 2 * TIME_SCAN_LATEST };

void time_scan_init(struct time_scan *scan)
{
    *scan = (struct time_scan){.latest_ms = INT64_MIN};
}

void time_scan_dispose(struct time_scan *scan)
{
    free(scan->latest);
}

/* Value of rank `rank` by quickselect with a middle pivot (Hoare 1961); reorders the values. */
static int64_t select_rank(int64_t *values, size_t count, size_t rank)
{
    size_t low = 0;
    size_t high = count - 1;
    while (low < high) {
        int64_t pivot = values[low + (high - low) / 2];
        size_t i = low;
        size_t j = high;
        for (;;) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            int64_t swapped = values[i];
            values[i++] = values[j];
            values[j--] = swapped;
        }
        if (rank <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[rank];
}

/* Only the largest TIME_SCAN_LATEST stay. */
static void drop_early(struct time_scan *scan)
{
    size_t from = scan->held - TIME_SCAN_LATEST;
    select_rank(scan->latest, scan->held, from); /* those from `from` on are no smaller than those before */
    for (size_t i = 0; i < TIME_SCAN_LATEST; i++)
        scan->latest[i] = scan->latest[from + i];
    scan->held = TIME_SCAN_LATEST;
}

static int keep(struct time_scan *scan, int64_t time_ms)
{
    if (scan->held == HELD_MOST)
        drop_early(scan);
    if (scan->held == scan->capacity) {
        size_t grown = scan->capacity ? scan->capacity * 2 : 4096;
        int64_t *latest = realloc(scan->latest, grown * sizeof *latest);
        if (!latest)
            return -1;
        scan->latest = latest;
        scan->capacity = grown;
    }
    scan->latest[scan->held++] = time_ms;
    return 0;
}

int time_scan_add(struct time_scan *scan, int64_t time_ms)
{
    if (time_ms != WEISU_NO_TIME && keep(scan, time_ms))
        return -1;
    scan->count++;
    if (time_ms == WEISU_NO_TIME)
        return 0;
    scan->known++;
    if (time_ms > scan->latest_ms)
        scan->latest_ms = time_ms;
    else if (scan->latest_ms - time_ms > scan->disorder_ms)
        scan->disorder_ms = scan->latest_ms - time_ms;
    return 0;
}

int64_t time_scan_bound(struct time_scan *scan)
{
    if (!scan->known)
        return INT64_MAX;
    uint64_t from_top = scan->known - 1 - (scan->known - 1) * 999 / 1000;
    size_t rank = from_top < scan->held ? scan->held - 1 - (size_t)from_top : 0;
    return select_rank(scan->latest, scan->held, rank) + IMPLAUSIBLE_AFTER_MS;
}
