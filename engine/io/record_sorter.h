/* Sorts decoded records by a time, stably, in bounded memory: the runs of an external merge sort (Knuth, The Art of
 * Computer Programming 3, 5.4.1).
 *
 * Records gather in memory; when the run is full it is sorted and written to a temporary file, one run behind another.
 * In the end all runs are merged through a buffer each. What fits into one run touches no disk. One thread; a record
 * costs about 1 µs and twice its size of disk traffic. */
#ifndef IO_RECORD_SORTER_H
#define IO_RECORD_SORTER_H

#include "base/arena.h"

#include <weisu/error.h>
#include <weisu/record.h>

#include <stdint.h>

enum { RECORD_SORTER_RUN_BYTES = 192 << 20 };

struct sorted_record {
    weisu_record record;
    uint32_t file; /* the caller's number of the input file */
    uint64_t line;
};

struct record_sorter;

/* `run_bytes`: of records in memory, indexes included; at most as much again is held while runs are merged. WEISU_EIO,
 * WEISU_ENOMEM. */
weisu_code record_sorter_open(struct record_sorter **out, size_t run_bytes, weisu_err *err);
void record_sorter_close(struct record_sorter *sorter);
/* Strings are copied. A record without a time stays behind the one that was added before it. WEISU_EIO, WEISU_ENOMEM.
 */
weisu_code record_sorter_add(struct record_sorter *sorter, const struct sorted_record *record, weisu_err *err);
/* After the last addition. */
weisu_code record_sorter_finish(struct record_sorter *sorter, weisu_err *err);
/* The next record in order of (time, addition), its strings in `arena`. *more: 0 at the end. WEISU_EIO, WEISU_ENOMEM,
 * WEISU_ESTORE when the file was damaged meanwhile. */
weisu_code record_sorter_next(struct record_sorter *sorter, struct arena *arena, struct sorted_record *out, int *more,
                              weisu_err *err);
/* So far. */
uint64_t record_sorter_count(const struct record_sorter *sorter);
/* Runs that were written to disk. */
size_t record_sorter_runs(const struct record_sorter *sorter);

#endif
