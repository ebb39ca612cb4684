/* What `weisu bench` times: the lines of a file of records in memory, and the records that admission lets in.
 *
 * Reading a line changes it (decoding masks in place), so lines are kept twice: as they were, and as they are worked
 * on. One thread. */
#ifndef CLI_BENCH_INPUT_H
#define CLI_BENCH_INPUT_H

#include "base/arena.h"
#include "base/byte_buffer.h"
#include "cli/record_files.h"
#include "pipeline/log_entry.h"

struct bench_line {
    size_t at; /* in `bytes` */
    size_t size;
    uint64_t number;
    const struct record_csv *table;
};

struct bench_input {
    struct record_options options;
    struct reporter_key key;
    struct record_files *files;
    struct byte_buffer bytes; /* of all lines */
    char *work;               /* [bytes.size] */
    struct bench_line *lines; /* [line_count] */
    size_t line_count;
    size_t line_capacity;
    struct arena strings;      /* what the entries point into */
    struct log_entry *entries; /* [count]; those of line_count are allocated */
    size_t count;
    size_t text_bytes; /* of titles and texts */
    uint64_t most;     /* lines taken */
};

struct bench_input_setup {
    char *const *files;
    size_t file_count;
    const struct zone *zone;
    const char *map;      /* --map or NULL */
    const char *constant; /* --const or NULL */
    uint64_t most;        /* lines to take, from the first */
};

/* Opens the files; bench_input_close also after an error. Errors of record_files_open and record_options_map. */
weisu_code bench_input_open(struct bench_input *input, const struct bench_input_setup *setup, weisu_err *err);
void bench_input_close(struct bench_input *input);

/* Reads the files once more and keeps nothing: the stage "read". Errors of record_files_next. */
weisu_code bench_input_read(struct bench_input *input, weisu_err *err);
/* Reads the lines into memory. The same, WEISU_ENOMEM. */
weisu_code bench_input_load(struct bench_input *input, weisu_err *err);
/* The lines as they were. */
void bench_input_restore(struct bench_input *input);
/* Decodes line `index` of the work copy; 0 when it is a record. */
int bench_input_decode(struct bench_input *input, size_t index, struct record_decoder *decoder, weisu_record *out);
/* Decodes all lines and admits their records into `entries`. WEISU_ENOMEM, WEISU_ECONFIG when none is a record. */
weisu_code bench_input_admit(struct bench_input *input, weisu_err *err);

#endif
