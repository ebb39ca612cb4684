/* The generator's own tables: UTF-8, one row a line, columns separated by a tab, '#' begins a comment line.
 * One thread. */
#ifndef SYNTH_TABLE_ROWS_H
#define SYNTH_TABLE_ROWS_H

#include "base/byte_buffer.h"

#include <stdint.h>
#include <weisu/error.h>

enum { ROW_MAX_COLUMNS = 12, ROW_MAX_FILE_BYTES = 16 << 20 };

struct table_rows {
    char name[64];            /* of the file, for errors */
    struct byte_buffer bytes; /* the whole file; columns are slices of it */
    size_t at;
    uint64_t line;
    size_t column_count; /* of the row that stands in `column` */
    weisu_str column[ROW_MAX_COLUMNS];
};

/* Reads `folder`/`name` whole. WEISU_EIO (also for a file over ROW_MAX_FILE_BYTES), WEISU_ENOMEM; nothing is to close
 * then. */
weisu_code rows_open(struct table_rows *rows, const char *folder, const char *name, const weisu_allocator *allocator,
                     weisu_err *err);
void rows_close(struct table_rows *rows);
/* The next row into rows->column. 1; 0 at the end. Columns past ROW_MAX_COLUMNS are one with the last. */
int rows_next(struct table_rows *rows);
/* WEISU_ESYNTAX about the present row, with its file and line. */
weisu_code rows_fault(const struct table_rows *rows, weisu_err *err, const char *what);

/* Decimal digits, at most nine. 0, or -1. */
int rows_number(weisu_str text, uint32_t *out);
/* Cuts the part up to `separator` off the front of *rest. 1; 0 when nothing is left. */
int rows_split(weisu_str *rest, char separator, weisu_str *part);
int rows_equal(weisu_str text, const char *literal);

#endif
