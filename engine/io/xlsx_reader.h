/* A workbook (.xlsx), sheet by sheet, row by row. One thread.
 *
 * Opening reads the list of sheets, the styles and all shared strings; a sheet is then read as a stream. Memory: about
 * 60 MiB for any size (xlsx_strings.h). Cost: about 40 µs a row of ten cells. */
#ifndef IO_XLSX_READER_H
#define IO_XLSX_READER_H

#include "io/xlsx_book.h"
#include "io/xlsx_sheet.h"

struct xlsx_reader;

/* WEISU_EIO (truncated, damaged, no workbook, protected by a password), WEISU_ELIMIT (a bomb), WEISU_ENOMEM: the
 * sentence, Chinese first, says what to do; *out is NULL then. */
weisu_code xlsx_reader_new(struct xlsx_reader **out, struct byte_source source, const weisu_allocator *allocator,
                           weisu_err *err);
void xlsx_reader_free(struct xlsx_reader *reader);

size_t xlsx_reader_sheets(const struct xlsx_reader *reader);
/* `index` < xlsx_reader_sheets; valid as long as the reader. */
const struct xlsx_sheet_entry *xlsx_reader_sheet(const struct xlsx_reader *reader, size_t index);

/* Goes to the first row of a sheet. Errors as above. */
weisu_code xlsx_reader_enter(struct xlsx_reader *reader, size_t index, weisu_err *err);
/* As xlsx_sheet_next, of the sheet that was entered; WEISU_ELIMIT also when the rows given out are far larger than the
 * file (one long string in every row). */
weisu_code xlsx_reader_next(struct xlsx_reader *reader, struct record_line *row, int *more, weisu_err *err);

#endif
