#include "io/line_reader.h"

#include "base/failure.h"
#include "io/csv_scan.h"

#include <string.h>

enum { first_bytes = 256 * 1024, shown_bytes = 8192, line_break_bytes = 2, sample_bytes = 64 * 1024 };

struct line_reader {
    const weisu_allocator *allocator;
    struct input_file *file;
    char *bytes; /* [capacity] */
    size_t capacity;
    size_t begin; /* what is read and not given out is bytes[begin, end) */
    size_t end;
    uint64_t number; /* of the line that begins at `begin` */
    int is_at_end;   /* of the file */
    int is_table;
    int is_started;
    int is_skipping; /* the line at `begin` was refused: its rest is passed over first */
    int has_returns; /* of a table: its rows end with CR alone */
    char delimiter;
};

weisu_code line_reader_new(struct line_reader **out, struct input_file *file, const weisu_allocator *allocator,
                           weisu_err *err)
{
    *out = NULL;
    struct line_reader *reader = memory_new_zeroed(allocator, 1, sizeof *reader);
    if (!reader)
        return failure(err, WEISU_ENOMEM, "no memory to read lines");
    reader->allocator = allocator;
    reader->file = file;
    reader->bytes = memory_new(allocator, first_bytes, 1);
    reader->capacity = reader->bytes ? first_bytes : 0;
    reader->number = 1;
    reader->is_table = input_file_format(file) != INPUT_JSON_LINES;
    reader->delimiter = input_file_format(file) == INPUT_TSV ? '\t' : 0;
    if (!reader->bytes) {
        line_reader_free(reader);
        return failure(err, WEISU_ENOMEM, "no memory to read lines");
    }
    *out = reader;
    return WEISU_OK;
}

void line_reader_free(struct line_reader *reader)
{
    if (!reader)
        return;
    memory_free(reader->allocator, reader->bytes, reader->capacity, 1);
    memory_free(reader->allocator, reader, 1, sizeof *reader);
}

char line_reader_delimiter(const struct line_reader *reader)
{
    return (char)(reader->delimiter ? reader->delimiter : ',');
}

weisu_code line_reader_rewind(struct line_reader *reader, weisu_err *err)
{
    weisu_code code = input_file_rewind(reader->file, err);
    reader->begin = reader->end = 0;
    reader->number = 1;
    reader->is_at_end = reader->is_started = reader->is_skipping = reader->has_returns = 0;
    return code;
}

/* ---- the buffer ---- */

/* Rows that end with CR alone (a spreadsheet's "CSV (Macintosh)"), as if they ended with LF. */
static void turn_returns(char *bytes, size_t size)
{
    const char *end = bytes + size;
    for (char *at = bytes; size && (at = memchr(at, '\r', (size_t)(end - at))); at++)
        *at = '\n';
}

/* Reads more behind `end`, making room first. */
static weisu_code read_more(struct line_reader *reader, weisu_err *err)
{
    if (reader->begin) {
        memmove(reader->bytes, reader->bytes + reader->begin, reader->end - reader->begin);
        reader->end -= reader->begin;
        reader->begin = 0;
    }
    if (reader->capacity - reader->end < BYTE_PULL_LEAST) {
        size_t grown = reader->capacity * 2;
        char *moved = memory_resize(reader->allocator, reader->bytes, reader->capacity, grown, 1);
        if (!moved)
            return failure(err, WEISU_ENOMEM, "no memory to read lines");
        reader->bytes = moved;
        reader->capacity = grown;
    }
    size_t got;
    weisu_code code =
        input_file_read(reader->file, reader->bytes + reader->end, reader->capacity - reader->end, &got, err);
    if (reader->has_returns && !code)
        turn_returns(reader->bytes + reader->end, got);
    reader->end += got;
    reader->is_at_end = !code && got == 0;
    return code;
}

static size_t held(const struct line_reader *reader)
{
    return reader->end - reader->begin;
}

static weisu_code drop_byte_order_mark(struct line_reader *reader, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (!code && !reader->is_at_end && held(reader) < 3)
        code = read_more(reader, err);
    if (held(reader) >= 3 && memcmp(reader->bytes + reader->begin, "\xef\xbb\xbf", 3) == 0)
        reader->begin += 3;
    return code;
}

weisu_code line_reader_sample(struct line_reader *reader, weisu_str *sample, weisu_err *err)
{
    weisu_code code = reader->is_started ? WEISU_OK : drop_byte_order_mark(reader, err);
    reader->is_started = 1;
    while (!code && !reader->is_at_end && held(reader) < sample_bytes)
        code = read_more(reader, err);
    char *bytes = reader->bytes + reader->begin;
    if (reader->is_table && held(reader) && !reader->has_returns && !memchr(bytes, '\n', held(reader)) &&
        memchr(bytes, '\r', held(reader))) {
        reader->has_returns = 1;
        turn_returns(bytes, held(reader));
    }
    *sample = (weisu_str){reader->bytes + reader->begin, held(reader)};
    return code;
}

void line_reader_set_delimiter(struct line_reader *reader, char delimiter)
{
    reader->delimiter = delimiter;
}

/* ---- lines and rows ---- */

/* What begins at `begin`, as far as it was read. */
struct unit {
    size_t size; /* without its line feed */
    int is_whole;
    int is_in_quotes; /* not whole, as a quote is open */
};

static struct unit find_line(const struct line_reader *reader, size_t from)
{
    const char *begin = reader->bytes + reader->begin;
    const char *feed = held(reader) > from ? memchr(begin + from, '\n', held(reader) - from) : NULL;
    return (struct unit){feed ? (size_t)(feed - begin) : held(reader), feed != NULL, 0};
}

static struct unit find_row(struct line_reader *reader)
{
    if (!reader->delimiter) {
        struct unit line = find_line(reader, 0);
        reader->delimiter = csv_scan_delimiter((weisu_str){reader->bytes + reader->begin, line.size});
    }
    struct csv_row_end end = csv_scan_row(reader->bytes + reader->begin, held(reader), reader->delimiter);
    return (struct unit){end.at, end.found, end.is_in_quotes};
}

/* Reads until the unit at `begin` is whole, is too long, or the file ends. */
static weisu_code read_unit(struct line_reader *reader, struct unit *unit, weisu_err *err)
{
    size_t seen = 0;
    for (;;) {
        /* A table's first line must be whole before its delimiter is chosen. */
        int is_row = reader->is_table && (reader->delimiter || find_line(reader, 0).is_whole || reader->is_at_end);
        *unit = is_row ? find_row(reader) : find_line(reader, seen);
        int is_done = unit->is_whole && is_row == reader->is_table;
        if (is_done || reader->is_at_end || unit->size > RECORD_LINE_BYTES + line_break_bytes)
            return WEISU_OK;
        seen = held(reader);
        weisu_code code = read_more(reader, err);
        if (code)
            return code;
    }
}

/* Passes over the rest of a line that was refused, without keeping it. */
static weisu_code skip_line(struct line_reader *reader, weisu_err *err)
{
    struct unit line = find_line(reader, 0);
    weisu_code code = WEISU_OK;
    while (!line.is_whole && !reader->is_at_end && !code) {
        reader->begin = reader->end = 0;
        code = read_more(reader, err);
        line = find_line(reader, 0);
    }
    reader->begin += line.size + (line.is_whole != 0);
    reader->number++;
    reader->is_skipping = 0;
    return code;
}

/* Shows the beginning of the line at `begin`; the next call goes behind it. */
static weisu_code refuse_line(struct line_reader *reader, weisu_code bad, struct record_line *line, weisu_err *err)
{
    size_t size = find_line(reader, 0).size;
    *line =
        (struct record_line){reader->bytes + reader->begin, size < shown_bytes ? size : shown_bytes, reader->number};
    reader->is_skipping = 1;
    if (bad == WEISU_ETOOLONG)
        failure(err, bad,
                "这一行超过 1 MiB，请截短过长的单元格。line has more than %d bytes: shorten its longest field",
                RECORD_LINE_BYTES);
    else
        failure(err, bad,
                "引号到 1 MiB 仍未闭合，请补上或删去它。a quote is opened and not closed within %d bytes: close or "
                "delete it",
                RECORD_LINE_BYTES);
    failure_at(err, input_file_name(reader->file), reader->number);
    return bad;
}

/* Takes the unit from the buffer, without its line break. */
static void take_unit(struct line_reader *reader, const struct unit *unit, struct record_line *line)
{
    *line = (struct record_line){reader->bytes + reader->begin, unit->size, reader->number};
    reader->begin += unit->size + (unit->is_whole != 0);
    reader->number++;
    if (line->size && line->data[line->size - 1] == '\r')
        line->size--;
    const char *end = line->data + unit->size;
    for (const char *feed = line->data; reader->is_table && (feed = memchr(feed, '\n', (size_t)(end - feed))); feed++)
        reader->number++;
}

/* Spaces only, in a table also delimiters: what spreadsheet programs leave below the last row. */
static int is_blank(const struct line_reader *reader, const struct record_line *line)
{
    for (size_t i = 0; i < line->size; i++) {
        char c = line->data[i];
        if (c != ' ' && c != '\t' && c != '\r' && !(reader->is_table && c == reader->delimiter))
            return 0;
    }
    return 1;
}

weisu_code line_reader_next(struct line_reader *reader, struct record_line *line, int *more, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    *more = 1;
    if (reader->is_skipping)
        code = skip_line(reader, err);
    if (!code && !reader->is_started)
        code = drop_byte_order_mark(reader, err);
    reader->is_started = 1;
    while (!code) {
        struct unit unit;
        code = read_unit(reader, &unit, err);
        if (code)
            break;
        if (unit.is_in_quotes)
            return refuse_line(reader, WEISU_ESYNTAX, line, err);
        if (held(reader) == 0 && reader->is_at_end) {
            *more = 0;
            break;
        }
        take_unit(reader, &unit, line);
        if (line->size > RECORD_LINE_BYTES) {
            reader->begin = (size_t)(line->data - reader->bytes);
            reader->number = line->number;
            return refuse_line(reader, WEISU_ETOOLONG, line, err);
        }
        if (!is_blank(reader, line))
            break;
    }
    return code;
}
