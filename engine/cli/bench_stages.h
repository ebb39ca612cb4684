/* The stages of the engine and the whole of it, timed on records in memory.
 *
 * Each stage works on what the stage before it produced. Stages run on one thread; "whole" is the core with analysis,
 * clustering, detection and alerts, on one thread and on all. The shortest of several rounds counts; a stage gets no
 * further round after five seconds. */
#ifndef CLI_BENCH_STAGES_H
#define CLI_BENCH_STAGES_H

#include "cli/bench_input.h"
#include "cli/engine_setup.h"

struct bench_result {
    const char *stage;
    uint32_t threads;
    uint64_t records;
    uint64_t bytes; /* of lines for read, decode, cluster and whole, of titles and texts for the others */
    double seconds;
    uint64_t peak_bytes; /* of the process, with the records that it holds; 0: nobody knows */
};

struct bench_settings {
    const char *filter; /* part of the names of the stages to run; NULL: all */
    int64_t rounds;
    void (*tell)(void *context, const struct bench_result *result);
    void *context;
};

double bench_now_s(void);
/* Whether the filter lets a stage of that name run. */
int bench_is_chosen(const struct bench_settings *settings, const char *stage);

/* Runs the stages over the input, which was loaded. WEISU_ENOMEM, errors of core_apply and of reading. */
weisu_code bench_stages_run(struct bench_input *input, const struct engine_setup *setup,
                            const struct bench_settings *settings, weisu_err *err);

#endif
