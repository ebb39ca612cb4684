#include "cli/time_scan.h"

#include <stdlib.h>
#include <string.h>
#include <weisu/record.h>

#define IMPLAUSIBLE_AFTER_MS (INT64_C(366) * 86400000)

void time_scan_init(struct time_scan *scan)
{
    *scan = (struct time_scan){.latest_ms = INT64_MIN};
}

void time_scan_dispose(struct time_scan *scan)
{
    free(scan->times);
}

int time_scan_add(struct time_scan *scan, int64_t time_ms)
{
    if (scan->count == scan->capacity) {
        size_t grown = scan->capacity ? scan->capacity * 2 : 4096;
        int64_t *times = realloc(scan->times, grown * sizeof *times);
        if (!times)
            return -1;
        scan->times = times;
        scan->capacity = grown;
    }
    scan->times[scan->count++] = time_ms;
    if (time_ms == WEISU_NO_TIME)
        return 0;
    if (time_ms > scan->latest_ms)
        scan->latest_ms = time_ms;
    else if (scan->latest_ms - time_ms > scan->disorder_ms)
        scan->disorder_ms = scan->latest_ms - time_ms;
    return 0;
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

int time_scan_bound(const struct time_scan *scan, int64_t *bound_ms)
{
    int64_t *known = malloc((scan->count ? scan->count : 1) * sizeof *known);
    if (!known)
        return -1;
    size_t count = 0;
    for (size_t i = 0; i < scan->count; i++)
        if (scan->times[i] != WEISU_NO_TIME)
            known[count++] = scan->times[i];
    *bound_ms = INT64_MAX;
    if (count)
        *bound_ms = select_rank(known, count, (count - 1) * 999 / 1000) + IMPLAUSIBLE_AFTER_MS;
    free(known);
    return 0;
}

/* One pass of a stable radix sort by 16 bits of the key. `start` has 65,537 elements. */
static void sort_digit(const uint64_t *keys, unsigned shift, const uint32_t *from, uint32_t *to, size_t count,
                       size_t *start)
{
    memset(start, 0, 65537 * sizeof *start);
    for (size_t i = 0; i < count; i++)
        start[((keys[i] >> shift) & 0xffff) + 1]++;
    for (size_t d = 0; d < 65536; d++)
        start[d + 1] += start[d];
    for (size_t i = 0; i < count; i++)
        to[start[(keys[from[i]] >> shift) & 0xffff]++] = from[i];
}

/* Signed order as unsigned order; a record without a time keeps the one before it. */
static void fill_keys(const struct time_scan *scan, uint64_t *keys, uint32_t *positions)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < scan->count; i++) {
        if (scan->times[i] != WEISU_NO_TIME)
            last = scan->times[i];
        keys[i] = (uint64_t)last ^ (UINT64_C(1) << 63);
        positions[i] = (uint32_t)i;
    }
}

int time_scan_order(const struct time_scan *scan, uint32_t **order)
{
    size_t count = scan->count;
    *order = NULL;
    if (count > UINT32_MAX)
        return -1;
    uint64_t *keys = calloc(count + 1, sizeof *keys);
    size_t *start = calloc(65537, sizeof *start);
    uint32_t *from = calloc(count + 1, sizeof *from);
    uint32_t *to = calloc(count + 1, sizeof *to);
    int failed = !keys || !start || !from || !to;
    if (!failed) {
        fill_keys(scan, keys, from);
        for (unsigned shift = 0; shift < 64; shift += 16) {
            sort_digit(keys, shift, from, to, count, start);
            uint32_t *swapped = from;
            from = to;
            to = swapped;
        }
        *order = from;
        from = NULL;
    }
    free(keys);
    free(start);
    free(from);
    free(to);
    return failed ? -1 : 0;
}
