/* Progress of long work on standard error, when that is a terminal: one line, written anew at most once a second:
 * records a second, share done, rejected, time left. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

struct progress {
    const char *english; /* what is being done */
    const char *chinese;
    int on;
    double start_s; /* of the work */
    double pass_s;  /* of the pass */
    double shown_s; /* when the line was written last */
};

void progress_begin(struct progress *progress, const char *english, const char *chinese);
/* Work that goes over its input several times: what is shown from now on is of this pass. */
void progress_pass(struct progress *progress, const char *english, const char *chinese);
/* Of the pass: `done` of `all` bytes (all 0: unknown), `records` so far, `rejected` of them. */
void progress_show(struct progress *progress, uint64_t done, uint64_t all, uint64_t records, uint64_t rejected);
/* Clears the line. */
void progress_end(struct progress *progress);
/* Seconds since progress_begin. */
double progress_seconds(const struct progress *progress);

#endif
