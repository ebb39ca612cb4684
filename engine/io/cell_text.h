/* Numbers of a workbook as the text that a table would have: whole numbers with all their digits, dates as dates.
 *
 * A workbook keeps dates as days since an epoch, with the time of day as a fraction (ECMA-376 part 1, 18.17.4.1); that
 * a number is a date stands in its number format only. No floating point: digits are moved, days are fixed point. Pure;
 * any thread. */
#ifndef IO_CELL_TEXT_H
#define IO_CELL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <weisu/str.h>

enum cell_kind {
    CELL_NUMBER,
    CELL_DATE,      /* shows the day, month or year only */
    CELL_DATE_TIME, /* both */
    CELL_TIME       /* shows hours, minutes or seconds only */
};

/* What a number format shows. */
enum cell_kind cell_kind_of_format(weisu_str format);
/* The same for the formats that have a number only (18.8.30, those of Chinese locales too). */
enum cell_kind cell_kind_of_builtin(uint32_t format);

enum { CELL_NUMBER_BYTES = 64 };

/* Writes a number ("2549", "2549.0", "2.0190425E+16", "43563.359259") without an exponent where its digits fit, and
 * without zeros behind the point; what is no number stays as it is, cut to fit. Returns the size. */
size_t cell_number_text(weisu_str number, char out[CELL_NUMBER_BYTES]);
/* Writes a number that is a date as "2019-04-08", "2019-04-08 08:37:20" or, for a time alone, "08:37:20", rounded to
 * milliseconds, which are written where they are not 0. 0 when it is beyond the years 1900 to 9999, or no number. */
size_t cell_date_text(weisu_str number, enum cell_kind kind, int is_1904, char out[CELL_NUMBER_BYTES]);

#endif
