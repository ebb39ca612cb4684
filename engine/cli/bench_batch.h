/* `weisu batch` as a user runs it, timed: a process of its own that reads the files, runs every stage and writes all
 * results into a temporary folder, which is removed. */
#ifndef CLI_BENCH_BATCH_H
#define CLI_BENCH_BATCH_H

#include <weisu/error.h>

#include <stddef.h>
#include <stdint.h>

struct bench_batch {
    double seconds; /* of the command, start included */
    uint64_t records;
    uint64_t peak_bytes; /* resident, of that process */
};

/* Runs this program's `batch` with `options` ("--city", "110000", …; option_count of them) on the files. Call before
 * much memory is used: the peak of a process begins with that of its parent. WEISU_EIO (it could not be run, or failed:
 * what it said went to standard error), WEISU_ENOMEM. */
weisu_code bench_batch_run(struct bench_batch *out, const char *const *options, size_t option_count, char *const *files,
                           size_t file_count, weisu_err *err);

#endif
