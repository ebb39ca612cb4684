/* Rows and fields of tables as text (RFC 4180): quotes, doubled quotes, line breaks inside of quotes. The delimiter may
 * be a comma, a semicolon or a tab. A quote that does not begin a field is a character like others. Pure; any thread;
 * nothing is allocated. About 1 GB/s. */
#ifndef IO_CSV_SCAN_H
#define IO_CSV_SCAN_H

#include <stddef.h>
#include <weisu/str.h>

/* The delimiter of a table by its first line: which of the three stands most often outside of quotes; ',' for none. */
char csv_scan_delimiter(weisu_str line);

struct csv_row_end {
    size_t at; /* of the line feed that ends the row, or the size when none was found */
    int found;
    int is_in_quotes; /* not found, and a quote is open */
};

/* Looks for the end of the row that begins at `bytes`. */
struct csv_row_end csv_scan_row(const char *bytes, size_t size, char delimiter);

struct csv_scan {
    const char *at;
    const char *end;
    char delimiter;
    int has_more; /* a field follows, if only an empty one */
};

struct csv_field {
    weisu_str text;  /* without the quotes around */
    int has_doubled; /* "" inside stands for one quote */
    int is_broken;   /* something other than a delimiter follows the closing quote, or there is none */
};

/* `row` without its line break. */
void csv_scan_init(struct csv_scan *scan, weisu_str row, char delimiter);
/* The next field; 0 when there is none. A row has at least one. */
int csv_scan_field(struct csv_scan *scan, struct csv_field *field);
/* Writes the text of a field with doubled quotes into `out`, which has room for its size; returns the new size. */
size_t csv_scan_undouble(weisu_str text, char *out);

#endif
