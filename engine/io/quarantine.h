/* The quarantine: each record that was not accepted, as one line of rejected.jsonl: file, line, code, message, raw.
 *
 * `raw` is masked, the reporter hidden, and cut to 4 KiB, unless the user wants it as it was (--keep-raw). One thread.
 * Cost: 1 µs a row, 3 µs for a long one. */
#ifndef IO_QUARANTINE_H
#define IO_QUARANTINE_H

#include "base/out_file.h"
#include "io/record_options.h"

#include <weisu/record.h>

struct quarantine;

struct quarantine_setup {
    enum out_file_mode mode;              /* OUT_FILE_REPLACE for batch, OUT_FILE_APPEND for a service */
    int keep_raw;                         /* neither masked nor cut */
    const struct record_options *options; /* names of the reporter's key, zone of times; may be NULL */
    const weisu_allocator *allocator;
};

struct quarantine_row {
    const char *file; /* name of the file or of the feed */
    uint64_t line;    /* 1-based */
    weisu_code code;
    weisu_str message;
    weisu_str raw;              /* the line as it is known; masked here in a copy */
    const weisu_record *record; /* with `raw` empty: the record that was decoded (its texts masked) stands for its line,
                                   without its reporter; NULL: nothing does */
};

/* WEISU_EIO, WEISU_ENOMEM; *out is NULL then. `setup` is copied, what it points to is not. */
weisu_code quarantine_open(struct quarantine **out, const char *path, const struct quarantine_setup *setup,
                           weisu_err *err);
/* Appends a row; it may stay in the buffer until the next flush. WEISU_EIO, WEISU_ENOMEM: it is not written, and those
 * before it are whole. */
weisu_code quarantine_add(struct quarantine *quarantine, const struct quarantine_row *row, weisu_err *err);
weisu_code quarantine_flush(struct quarantine *quarantine, weisu_err *err);
/* Both free the quarantine; see out_file_commit and out_file_discard. NULL may be discarded. */
weisu_code quarantine_commit(struct quarantine *quarantine, weisu_err *err);
void quarantine_discard(struct quarantine *quarantine);

#endif
