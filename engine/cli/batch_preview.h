/* `weisu batch --dry-run`: what would be read, and nothing is written. The mapping of the columns and a summary of what
 * is rejected and why go to standard error, the first records, masked, one JSON object a line, to standard output. */
#ifndef CLI_BATCH_PREVIEW_H
#define CLI_BATCH_PREVIEW_H

#include "cli/batch_run.h"

/* Reads all of the files. Returns the exit status: EXIT_REJECTED with settings->strict when a record was rejected. What
 * only the whole of an archive shows (the same id twice, an implausible time) is not looked for. */
int batch_preview(struct engine_setup *setup, const struct batch_settings *settings, char *const *files, size_t count);

#endif
