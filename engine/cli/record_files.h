/* The lines of several files of records, one after another, each with what decodes it. One thread reads; decoding may
 * be done by any thread. Standard input ("-") is copied to a temporary file without a name first, because an archive is
 * read twice. */
#ifndef CLI_RECORD_FILES_H
#define CLI_RECORD_FILES_H

#include "io/row_reader.h"

struct record_files;

struct file_line {
    struct record_line
        line;          /* .data NULL at the end of the last file; valid until the next call, the caller's to change */
    uint32_t file;     /* index */
    const char *sheet; /* of a workbook, else NULL; valid as long as the files */
    const struct record_csv *table; /* NULL: JSON Lines */
    weisu_code code;                /* WEISU_OK, or why this line is no record (too long, a quote that does not end) */
};

/* Opens every file, so that a wrong name is told before the work begins. `setup->options` outlives the object.
 * WEISU_ECONFIG (a format that is not read), WEISU_EIO, WEISU_ENOMEM; the file is named in `err`. */
weisu_code record_files_open(struct record_files **out, char *const *names, size_t count,
                             const struct row_reader_setup *setup, weisu_err *err);
void record_files_close(struct record_files *files);
/* WEISU_EIO. */
weisu_code record_files_rewind(struct record_files *files, weisu_err *err);
/* WEISU_EIO, WEISU_ELIMIT, WEISU_ENOMEM, WEISU_ECOLUMNS and WEISU_ESYNTAX (a table whose header gives no records).
 * `err` also has the sentence of an `out->code`. */
weisu_code record_files_next(struct record_files *files, struct file_line *out, weisu_err *err);

/* Decodes a line that has no code of its own. */
weisu_code file_line_decode(const struct file_line *line, struct record_decoder *decoder, weisu_record *out,
                            weisu_err *err);

uint64_t record_files_read_bytes(const struct record_files *files);
uint64_t record_files_all_bytes(const struct record_files *files);

#endif
