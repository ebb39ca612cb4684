/* Text tables of datasets/: UTF-8, one row a line, columns separated by a tab, '#' begins a comment line.
 *
 * A file is read whole (at most TABLE_MAX_BYTES) and walked row by row; fields are slices of it and live until
 * table_close. White space at both ends of a field is cut. Mistakes go to a report with file and line, so that one run
 * names all of them. One thread. */
#ifndef LEXICON_TABLE_FILE_H
#define LEXICON_TABLE_FILE_H

#include "base/memory.h"

#include <stdint.h>
#include <weisu/error.h>
#include <weisu/str.h>

enum { TABLE_MAX_FIELDS = 8, TABLE_MAX_BYTES = 64 << 20 };

/* Where mistakes go. `line` 0: the file as a whole. `text` is an English sentence and lives during the call. */
struct table_report {
    void (*mistake)(void *context, const char *file, uint64_t line, const char *text);
    void *context;
    uint64_t count; /* of mistakes; counted by table_mistake */
};

/* Counts the mistake and hands it on (`mistake` may be NULL). */
void table_mistake(struct table_report *report, const char *file, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

struct table {
    const char *path; /* the caller's */
    const weisu_allocator *allocator;
    struct table_report *report;
    char *bytes;
    size_t size;
    size_t at;
    uint64_t line;
};

struct table_row {
    uint64_t line;
    size_t count; /* fields, at most TABLE_MAX_FIELDS */
    weisu_str field[TABLE_MAX_FIELDS];
};

/* Reads the file. WEISU_EIO (also when it is too large) and WEISU_ENOMEM; nothing is to close then. `path` and
 * `report` stay the caller's and outlive the table. */
weisu_code table_open(struct table *out, const char *path, struct table_report *report,
                      const weisu_allocator *allocator, weisu_err *err);
void table_close(struct table *table);

/* The next row with `least` to `most` fields (rows with another number, or with invalid UTF-8, are reported and passed
 * over). Fields missing at the end are empty. 1; 0 at the end. */
int table_next(struct table *table, size_t least, size_t most, struct table_row *row);

/* A number within [low, high] in decimal digits. 0, or -1 with *out unchanged. */
int table_number(weisu_str field, uint64_t low, uint64_t high, uint64_t *out);
/* Cuts the part up to `separator` off the front of *rest; parts that are empty are passed over. 1; 0 at the end. */
int table_split(weisu_str *rest, char separator, weisu_str *part);

#endif
