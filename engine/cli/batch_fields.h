/* What the files of `weisu batch` share while it runs. Internal to cli/batch_run.c and batch_passes.c. */
#ifndef CLI_BATCH_FIELDS_H
#define CLI_BATCH_FIELDS_H

#include "base/arena.h"
#include "cli/batch_run.h"
#include "cli/progress.h"
#include "cli/result_files.h"
#include "cli/service_absorb.h"
#include "cli/time_scan.h"
#include "io/quarantine.h"
#include "io/record_options.h"
#include "io/record_sorter.h"

struct batch {
    const struct engine_setup *setup;
    const struct batch_settings *settings;
    char *const *files;
    struct reporter_key key;
    struct record_options options;
    struct batch_reader *reader;
    struct time_scan scan;
    struct record_sorter *sorter;
    struct arena taken_strings; /* of the sorted records that wait */
    int sorted;                 /* records come from the sorter */
    struct admission *admission;
    struct core *core;
    struct result_files *results;    /* NULL with --data */
    struct service_absorb *absorb;   /* --data: admission and core are its own */
    struct service_settings service; /* --data */
    uint64_t fingerprint;            /* of the input, for --resume */
    uint64_t skipped;                /* records that an earlier process decided */
    uint64_t decided;                /* records so far, those among them */
    struct quarantine *quarantine;
    struct log_entry *entries; /* [settings->batch] */
    size_t waiting;            /* entries not applied yet */
    uint64_t undecoded;
    uint64_t taken; /* rows seen in the pass that counts */
    struct progress progress;
};

/* Every record of the input through admission into the core: its times first, then the records, sorted where the
 * times demand it. An interrupt ends it early. WEISU_EIO, WEISU_ECOLUMNS, WEISU_ENOMEM, and what the core says. */
weisu_code batch_take_files(struct batch *batch, size_t count, weisu_err *err);

#endif
