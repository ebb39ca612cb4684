/* The work of `weisu batch`: archives, or a service's log, through the core into result files. */
#ifndef CLI_BATCH_RUN_H
#define CLI_BATCH_RUN_H

#include "cli/engine_setup.h"

struct batch_settings {
    const char *out;      /* folder of the results, or with `data` not used */
    const char *data;     /* data folder of a service that takes the records, or NULL */
    const char *map;      /* --map or NULL */
    const char *constant; /* --const or NULL */
    const char *replay;   /* data folder of a service, or NULL */
    int order_by_time;
    int no_time;
    int strict;
    int keep_raw;
    int resume;    /* with `data`: behind the records that an earlier process with the same files got in */
    int64_t batch; /* entries applied at once, 1 to 4,096 */
};

/* Returns the exit status; messages went to standard error. An interrupt (SIGINT, SIGTERM) ends the input early: the
 * files are whole and hold what was read until then, or stay as they were when nothing was, and the process ends by
 * that signal. */
int batch_run(struct engine_setup *setup, const struct batch_settings *settings, char *const *files, size_t count);

#endif
