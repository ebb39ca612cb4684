#include "io/header_search.h"

#include "base/failure.h"
#include "io/csv_scan.h"
#include "io/record_csv.h"

#include <string.h>

void header_search_init(struct header_search *search, const struct record_options *options,
                        const weisu_allocator *allocator)
{
    *search = (struct header_search){.options = options};
    byte_buffer_init(&search->row, allocator);
}

void header_search_dispose(struct header_search *search)
{
    byte_buffer_dispose(&search->row);
}

weisu_code header_search_add(struct header_search *search, weisu_str row, uint64_t number, char delimiter,
                             weisu_err *err)
{
    int keys = record_csv_count_keys(row, delimiter, search->options);
    if (search->number && keys <= search->keys)
        return WEISU_OK;
    byte_buffer_reset(&search->row);
    byte_buffer_append_str(&search->row, row);
    if (search->row.failed)
        return failure(err, WEISU_ENOMEM, "no memory for the header of a table");
    search->number = number;
    search->keys = keys;
    search->delimiter = delimiter;
    return WEISU_OK;
}

static uint64_t count_feeds(weisu_str text)
{
    uint64_t count = 0;
    const char *end = text.data + text.size;
    for (const char *at = text.data; text.size && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    return count;
}

static weisu_code search_rows(struct header_search *search, weisu_str text, char delimiter, weisu_err *err)
{
    uint64_t number = 1;
    weisu_code code = WEISU_OK;
    for (int rows = 0; rows < HEADER_ROWS && text.size && !code; rows++) {
        struct csv_row_end end = csv_scan_row(text.data, text.size, delimiter);
        /* A quote in a line of explanation may never close: the row is then that line. */
        const char *feed = end.is_in_quotes ? memchr(text.data, '\n', text.size) : NULL;
        size_t size = feed ? (size_t)(feed - text.data) : end.at;
        weisu_str row = {text.data, size};
        while (row.size && row.data[row.size - 1] == '\r')
            row.size--;
        if (row.size)
            code = header_search_add(search, row, number, delimiter, err);
        size += size < text.size;
        number += count_feeds((weisu_str){text.data, size});
        text = (weisu_str){text.data + size, text.size - size};
    }
    return code;
}

weisu_code header_search_text(struct header_search *search, weisu_str text, char delimiter, weisu_err *err)
{
    static const char delimiters[] = {',', ';', '\t'};
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < sizeof delimiters && !code; i++)
        if (!delimiter || delimiter == delimiters[i])
            code = search_rows(search, text, delimiters[i], err);
    return code;
}
