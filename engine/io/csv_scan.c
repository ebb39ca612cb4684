#include "io/csv_scan.h"

#include <string.h>

char csv_scan_delimiter(weisu_str line)
{
    static const char delimiters[3] = {',', ';', '\t'};
    size_t counts[3] = {0};
    int is_quoted = 0;
    for (size_t i = 0; i < line.size; i++) {
        is_quoted ^= line.data[i] == '"';
        for (int d = 0; d < 3 && !is_quoted; d++)
            counts[d] += line.data[i] == delimiters[d];
    }
    int best = 0;
    for (int d = 1; d < 3; d++)
        if (counts[d] > counts[best])
            best = d;
    return delimiters[best];
}

/* Behind the closing quote of the field whose text begins at `at`; NULL when there is none. */
static const char *skip_quoted(const char *at, const char *end, int *has_doubled)
{
    while (at < end) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote)
            return NULL;
        if (quote + 1 == end || quote[1] != '"')
            return quote + 1;
        *has_doubled = 1;
        at = quote + 2;
    }
    return NULL;
}

/* Only quotes that stand where a field begins matter, so the row is walked from quote to quote. */
struct csv_row_end csv_scan_row(const char *bytes, size_t size, char delimiter)
{
    const char *at = bytes;
    const char *end = bytes + size;
    const char *feed = NULL; /* the first at or behind `at`, or the end */
    int begins_field = 1;
    int has_doubled;
    while (at < end) {
        if (begins_field && *at == '"') {
            at = skip_quoted(at + 1, end, &has_doubled);
            if (!at)
                return (struct csv_row_end){size, 0, 1};
            begins_field = 0;
            continue;
        }
        if (!feed || feed < at)
            feed = memchr(at, '\n', (size_t)(end - at));
        if (!feed)
            feed = end;
        const char *quote = memchr(at, '"', (size_t)(feed - at));
        if (!quote)
            return (struct csv_row_end){(size_t)(feed - bytes), feed < end, 0};
        begins_field = quote > at && quote[-1] == delimiter;
        at = begins_field ? quote : quote + 1;
    }
    return (struct csv_row_end){size, 0, 0};
}

void csv_scan_init(struct csv_scan *scan, weisu_str row, char delimiter)
{
    *scan = (struct csv_scan){row.data, row.data + row.size, delimiter, 1};
}

/* Up to the next delimiter or the end. */
static weisu_str take_plain(struct csv_scan *scan)
{
    const char *begin = scan->at;
    size_t left = (size_t)(scan->end - begin);
    const char *found = left ? memchr(begin, scan->delimiter, left) : NULL;
    scan->has_more = found != NULL;
    scan->at = found ? found + 1 : scan->end;
    return (weisu_str){begin, found ? (size_t)(found - begin) : left};
}

int csv_scan_field(struct csv_scan *scan, struct csv_field *field)
{
    if (!scan->has_more)
        return 0;
    *field = (struct csv_field){0};
    if (scan->at == scan->end || *scan->at != '"') {
        field->text = take_plain(scan);
        return 1;
    }
    const char *begin = scan->at + 1;
    const char *behind = skip_quoted(begin, scan->end, &field->has_doubled);
    field->is_broken = behind == NULL;
    scan->at = behind ? behind : scan->end;
    field->text = (weisu_str){begin, (size_t)(scan->at - begin) - (behind != NULL)};
    field->is_broken |= take_plain(scan).size > 0;
    return 1;
}

size_t csv_scan_undouble(weisu_str text, char *out)
{
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        out[size++] = text.data[i];
        i += text.data[i] == '"' && i + 1 < text.size && text.data[i + 1] == '"';
    }
    return size;
}
