/* The rows of a sheet (ECMA-376 part 1, 18.3) as rows of a table with commas, one after another.
 *
 * A row has as many fields as its last cell stands in columns; texts are quoted. Numbers keep their digits, dates are
 * written as dates (cell_text.h), errors (#N/A) are empty, truths are 1 and 0. Rows without content are passed over.
 * The number of a row is that which the user sees. A row of more than RECORD_LINE_BYTES is refused, its rest not kept.
 * Memory: 4 MiB at most. One thread. */
#ifndef IO_XLSX_SHEET_H
#define IO_XLSX_SHEET_H

#include "io/record_fields.h"
#include "io/xlsx_strings.h"
#include "io/xlsx_styles.h"

struct xlsx_sheet;

/* What a sheet's cells refer to; outlives the sheet. */
struct xlsx_context {
    struct zip_archive *archive;
    struct xlsx_strings *strings;
    const struct xlsx_styles *styles;
    int is_1904;
    const weisu_allocator *allocator;
};

/* Errors are those of xml_part_open; *out is NULL then. */
weisu_code xlsx_sheet_open(struct xlsx_sheet **out, const struct xlsx_context *context, const char *part,
                           weisu_err *err);
void xlsx_sheet_close(struct xlsx_sheet *sheet);
/* The next row: 1 in *more and its bytes in *row, valid (and the caller's to change) until the next call; 0 at the end.
 * WEISU_ETOOLONG: bad input; *row has the beginning, and the next call goes on. Else the errors of xml_part_run, for
 * good. */
weisu_code xlsx_sheet_next(struct xlsx_sheet *sheet, struct record_line *row, int *more, weisu_err *err);

#endif
