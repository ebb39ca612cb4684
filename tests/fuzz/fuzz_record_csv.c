/* Tables: rows and fields cover the bytes, and a row whose fields are quoted again gives the same record. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/byte_buffer.h"
#include "base/utf8.h"
#include "io/csv_scan.h"
#include "io/record_csv.h"

/* Writes the row with every field in quotes. 0 when a field's quotes are broken. */
static int quote_again(struct byte_buffer *out, weisu_str row, char delimiter)
{
    struct csv_scan scan;
    struct csv_field field;
    csv_scan_init(&scan, row, delimiter);
    for (int count = 0; csv_scan_field(&scan, &field); count++) {
        assert(field.text.data >= row.data && field.text.data + field.text.size <= row.data + row.size);
        if (field.is_broken)
            return 0;
        if (count)
            byte_buffer_append_char(out, delimiter);
        byte_buffer_append_char(out, '"');
        for (size_t i = 0; i < field.text.size; i++) {
            byte_buffer_append_char(out, field.text.data[i]);
            if (field.text.data[i] == '"' && !field.has_doubled)
                byte_buffer_append_char(out, '"');
        }
        byte_buffer_append_char(out, '"');
    }
    return 1;
}

static weisu_code decode(const struct record_csv *table, struct record_decoder *decoder, weisu_str row,
                         weisu_record *record, char **line)
{
    weisu_err err = {.code = WEISU_OK};
    *line = malloc(row.size + 1);
    assert(*line);
    memcpy(*line, row.data, row.size);
    weisu_code code = record_csv_decode(table, decoder, (struct record_line){*line, row.size, 9}, record, &err);
    assert(code == err.code && (!code || err.line == 9) && code != WEISU_ENOMEM);
    return code;
}

static void assert_same(weisu_str a, weisu_str b)
{
    assert(a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0));
    assert(a.size == 0 || utf8_valid_size(a) == a.size);
}

static void check_row(const struct record_csv *table, struct record_decoder *decoder, weisu_str row, char delimiter)
{
    struct byte_buffer quoted;
    byte_buffer_init(&quoted, NULL);
    weisu_record one;
    weisu_record other;
    char *first;
    char *second;
    weisu_code code = decode(table, decoder, row, &one, &first);
    if (quote_again(&quoted, row, delimiter)) {
        assert(decode(table, decoder, (weisu_str){quoted.data, quoted.size}, &other, &second) == code);
        if (!code) {
            assert_same(one.id, other.id);
            assert_same(one.text, other.text);
            assert_same(one.title, other.title);
            assert_same(one.address, other.address);
            assert_same(one.category, other.category);
            assert(one.time_ms == other.time_ms && one.closed_ms == other.closed_ms && one.has == other.has);
            assert(one.area == other.area && one.lat_e7 == other.lat_e7 && one.lon_e7 == other.lon_e7);
        }
        free(second);
    } else {
        assert(code);
    }
    record_csv_hide(table, (struct record_line){first, row.size, 9});
    free(first);
    byte_buffer_dispose(&quoted);
}

static void check_rows(const char *bytes, size_t size, char delimiter, struct record_decoder *decoder)
{
    struct record_csv *table = NULL;
    for (size_t at = 0; at < size;) {
        struct csv_row_end end = csv_scan_row(bytes + at, size - at, delimiter);
        weisu_str row = {bytes + at, end.at};
        assert(end.found ? row.data[row.size] == '\n' : at + end.at == size);
        assert(!end.is_in_quotes || !end.found);
        if (!table && record_csv_open(&table, row, delimiter, decoder->options, NULL, NULL))
            return;
        check_row(table, decoder, row, delimiter);
        at += end.at + 1;
    }
    record_csv_close(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct zone *zone;
    struct arena arena;
    struct record_options options;
    static const struct reporter_key key = {{1}};
    arena_init(&arena, NULL, 0);
    assert(!zone_open(&zone, "UTC", NULL, NULL));
    record_options_init(&options, zone);
    options.reporter_key = &key;
    struct record_decoder decoder = {&options, &arena, 0, 0};
    const char *feed = size ? memchr(bytes, '\n', size) : NULL;
    check_rows(bytes, size, csv_scan_delimiter((weisu_str){bytes, feed ? (size_t)(feed - bytes) : size}), &decoder);
    zone_close(zone);
    arena_dispose(&arena);
    return 0;
}
