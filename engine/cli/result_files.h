/* The files that `batch` and `export` write: assignments.tsv, clusters.jsonl, merges.jsonl, alerts.jsonl, links.tsv,
 * summary.json.
 *
 * All of them appear together at the end or not at all (each under its name plus ".part" until then). One thread calls.
 * What must wait for the end (the cluster after later merges) waits in a temporary file, not in memory. */
#ifndef CLI_RESULT_FILES_H
#define CLI_RESULT_FILES_H

#include "base/zone.h"
#include "pipeline/admission.h"
#include "pipeline/core.h"

struct result_files;

/* Creates the folder where it is missing. WEISU_EIO, WEISU_ENOMEM. */
weisu_code result_files_open(struct result_files **out, const char *folder, const struct zone *zone, weisu_err *err);
/* Removes what was not committed. NULL is allowed. */
void result_files_discard(struct result_files *files);

/* A listener that writes what the core says. The files must outlive the core's last core_apply. */
struct core_listener result_files_listener(struct result_files *files);
/* The same, for rows that a store kept. */
void result_files_assignment(struct result_files *files, weisu_str id, weisu_str cluster_id, uint32_t slot);
void result_files_link(struct result_files *files, weisu_str id, weisu_str earlier_id, uint32_t score_milli);
void result_files_change_json(struct result_files *files, weisu_str json);

/* What the summary says besides what the core knows. */
struct result_summary {
    struct admission_counts admission;
    uint64_t undecoded; /* lines that never became records */
    uint64_t invalid;   /* invalid parts of UTF-8 */
    uint64_t masked;    /* values of personal data */
    double seconds;
    uint32_t threads;
    const char *configuration; /* text whose hash is given */
};

/* Writes clusters and summary from the core's state, with the options' executor, and puts all files in place; frees the
 * object in any case. */
weisu_code result_files_commit(struct result_files *files, const struct core *core, const weisu_options *options,
                               const struct result_summary *summary, weisu_err *err);

#endif
