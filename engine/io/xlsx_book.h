/* What a workbook consists of (ECMA-376 part 1, 12.3 and 18.2): its sheets in order, the parts that they need, the
 * epoch of its dates. One thread while it is read, then immutable. */
#ifndef IO_XLSX_BOOK_H
#define IO_XLSX_BOOK_H

#include "base/arena.h"
#include "io/zip_archive.h"

enum { XLSX_SHEETS = 1024 };

struct xlsx_sheet_entry {
    const char *name; /* UTF-8, as the user sees it */
    const char *part;
    int is_hidden;
};

struct xlsx_book {
    struct xlsx_sheet_entry *sheet; /* [sheet_count]; sheets of cells only */
    size_t sheet_count;
    const char *strings; /* part of the shared strings, NULL: none */
    const char *styles;  /* NULL: none */
    int is_1904;         /* dates count from 1904-01-01 */
};

/* Texts lie in `arena`. WEISU_EIO (no workbook: .ods, .xlsb, another ZIP; damaged), WEISU_ELIMIT, WEISU_ENOMEM. */
weisu_code xlsx_book_read(struct xlsx_book *book, struct zip_archive *archive, struct arena *arena, weisu_err *err);

#endif
