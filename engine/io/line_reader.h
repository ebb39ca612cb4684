/* The lines, or rows of a table, of an input file, one after another, with their numbers.
 *
 * A line ends with LF or CRLF, the last one also with the file; a byte order mark in front is dropped; blank lines are
 * passed over, and counted. A row of a table ends at a line break outside of quotes and has the number of its first
 * line. Memory: 256 KiB, at most 2 MiB for lines near the limit of RECORD_LINE_BYTES. One thread. */
#ifndef IO_LINE_READER_H
#define IO_LINE_READER_H

#include "io/input_file.h"
#include "io/record_fields.h"

struct line_reader;

/* `file` is not owned. WEISU_ENOMEM; *out is NULL then. */
weisu_code line_reader_new(struct line_reader **out, struct input_file *file, const weisu_allocator *allocator,
                           weisu_err *err);
void line_reader_free(struct line_reader *reader);

/* The next line: 1 in *more and its bytes in *line, which are valid (and the caller's to change) until the next call; 0
 * at the end. Bad input, after which the reader can go on with the next line: WEISU_ETOOLONG, and WEISU_ESYNTAX for a
 * quote of a table that is closed nowhere within the limit; then *line has the beginning of that line. Else
 * WEISU_EIO and WEISU_ENOMEM, for good. `err` gets file and line. */
weisu_code line_reader_next(struct line_reader *reader, struct record_line *line, int *more, weisu_err *err);

/* The beginning of what was not given out, at least 64 KiB where there is as much, without a byte order mark: to look
 * at before the first line is read. Of a table it also tells what rows end with. Valid until the next call. Errors as
 * above. */
weisu_code line_reader_sample(struct line_reader *reader, weisu_str *sample, weisu_err *err);
/* Of a table, before its first row is read: what separates its fields. */
void line_reader_set_delimiter(struct line_reader *reader, char delimiter);
/* Of a table: what its first line separates fields with. Valid after the first row was read. */
char line_reader_delimiter(const struct line_reader *reader);

/* From the file's beginning again. WEISU_EIO. */
weisu_code line_reader_rewind(struct line_reader *reader, weisu_err *err);

#endif
