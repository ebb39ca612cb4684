/* Rows of a table (CSV, TSV) → records, by the names in its header.
 *
 * A table is immutable after opening: any thread decodes rows with its own decoder. The rules of the fields are those
 * of record_fields.h; a cell has no type, so true, 1 and 是 are all true, and times may be written as tables write them
 * (civil_parse_loose). Spaces around a cell are dropped; an empty cell is absent. Several columns of address are joined
 * as they come, of category with "->", unless one says what another says; of other keys the best known name counts. A
 * row without id gets one from its content (record_fields.h). Deterministic. */
#ifndef IO_RECORD_CSV_H
#define IO_RECORD_CSV_H

#include "io/record_fields.h"

struct record_csv;

/* `header` is the row of names; its bytes are not kept. A column gives the key that --map names it for, else that of
 * its name. WEISU_ESYNTAX (the header is no UTF-8, or its quotes are broken), WEISU_ECOLUMNS (nothing gives a time or
 * an update, or nothing a text, a category or an update: the sentence, Chinese first, says what to do), WEISU_ENOMEM;
 * *out is NULL then. */
weisu_code record_csv_open(struct record_csv **out, weisu_str header, char delimiter,
                           const struct record_options *options, const weisu_allocator *allocator, weisu_err *err);
void record_csv_close(struct record_csv *table);
/* Of a sheet, before the first row is decoded: rows may have fewer fields than the header, and more. */
void record_csv_allow_short(struct record_csv *table);

/* How many keys of a record the fields of a row name, each counted once: what makes a row a header. */
int record_csv_count_keys(weisu_str row, char delimiter, const struct record_options *options);

/* Strings of *out lie in the row (masked there in place) or in the decoder's arena. `decoder->options` are those that
 * the table was opened with. Errors: WEISU_ECOLUMNS (fewer fields than the header, or more that are not empty),
 * WEISU_ESYNTAX (broken quotes), those of record_fields_finish. `err` gets the row's line. */
weisu_code record_csv_decode(const struct record_csv *table, struct record_decoder *decoder, struct record_line row,
                             weisu_record *out, weisu_err *err);

/* What a rejected row may show: asterisks over the reporter's cells and personal data, in place. */
void record_csv_hide(const struct record_csv *table, struct record_line row);

/* What was mapped to what, for the user: the key of column `index`, RECORD_KEYS when it is not used. */
size_t record_csv_columns(const struct record_csv *table);
enum record_key record_csv_key(const struct record_csv *table, size_t index);
/* As the header has it; valid as long as the table. */
weisu_str record_csv_name(const struct record_csv *table, size_t index);

#endif
