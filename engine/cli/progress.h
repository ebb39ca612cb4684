/* Progress of long work on standard error, when that is a terminal: at most one line a second, overwritten. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

struct progress {
    const char *english; /* what is being done */
    const char *chinese;
    int on;
    double start_s;
    double shown_s;
};

void progress_begin(struct progress *progress, const char *english, const char *chinese);
/* `done` of `all` bytes (all 0: unknown), `records` so far, `rejected` of them. */
void progress_show(struct progress *progress, uint64_t done, uint64_t all, uint64_t records, uint64_t rejected);
/* Clears the line. */
void progress_end(struct progress *progress);
/* Seconds since progress_begin. */
double progress_seconds(const struct progress *progress);

#endif
