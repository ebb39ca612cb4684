/* The rows of a file of records, whatever its format: lines of JSON, rows of a text table, rows of the sheets of a
 * workbook. One thread reads; what a row refers to may be used by any.
 *
 * A table's header is looked for in its first rows (header_search.h); what stands above it is passed over. Each visible
 * sheet of a workbook is a table of its own; one without a header that gives records is passed over and told, unless
 * none of the workbook has one. Memory is that of line_reader.h or xlsx_reader.h. */
#ifndef IO_ROW_READER_H
#define IO_ROW_READER_H

#include "io/input_file.h"
#include "io/record_csv.h"

struct row_reader;

/* A table that was met, for the user. */
struct row_table {
    const char *sheet;               /* name of the sheet; NULL: the file is one table */
    const struct record_csv *header; /* NULL: passed over */
    uint64_t line;                   /* of the header */
    const char *reason;              /* why it was passed over, as a sentence */
};

struct row_reader_setup {
    const struct record_options *options; /* outlives the reader */
    /* Called when a table is met for the first time; may be NULL. */
    void (*met)(void *context, const struct input_file *file, const struct row_table *table);
    void *context;
    const weisu_allocator *allocator;
};

struct input_row {
    struct record_line line;        /* the caller's to change, valid until the next call */
    const struct record_csv *table; /* NULL: a line of JSON; valid as long as the reader */
    const char *sheet;              /* NULL: the file has one only; valid as long as the reader */
};

/* `file` is not owned. `setup` is copied. WEISU_ENOMEM; *out is NULL then. */
weisu_code row_reader_new(struct row_reader **out, struct input_file *file, const struct row_reader_setup *setup,
                          weisu_err *err);
void row_reader_free(struct row_reader *reader);

/* The next row: 1 in *more; 0 at the end. Bad input, after which the reader can go on: WEISU_ETOOLONG, WEISU_ESYNTAX
 * with *more 1 (row->line has the beginning). For good: WEISU_ECOLUMNS, WEISU_ESYNTAX with *more 0 (no header that
 * gives records), WEISU_EIO, WEISU_ELIMIT, WEISU_ENOMEM. `err` gets file and line. */
weisu_code row_reader_next(struct row_reader *reader, struct input_row *row, int *more, weisu_err *err);

/* From the file's first row again; tables that were met are kept. WEISU_EIO. */
weisu_code row_reader_rewind(struct row_reader *reader, weisu_err *err);

#endif
