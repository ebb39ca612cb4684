/* `weisu batch --replay`: the log of a service run again, from its first entry. */
#ifndef CLI_BATCH_REPLAY_H
#define CLI_BATCH_REPLAY_H

#include "pipeline/admission.h"
#include "pipeline/core.h"

/* Applies the log in the data folder `data` to a new core, `step` entries at once (never visible in a result); *counts
 * is what the service's admission had counted. What makes the result differ from then, another image or deleted texts,
 * is said on standard error. An interrupt ends it between two steps. Errors of store_open, store_replay and
 * core_apply. */
weisu_code batch_replay(struct core *core, const char *data, size_t step, struct admission_counts *counts,
                        weisu_err *err);

#endif
