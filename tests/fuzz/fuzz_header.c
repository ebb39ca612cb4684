/* Headers: the search in any text ends at a row of it; what is opened with that row has the keys that were counted, and
 * names of columns that are valid text. A text in any encoding becomes one that reads the same in any pieces. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/zone.h"
#include "io/header_search.h"
#include "io/record_csv.h"
#include "io/text_decoder.h"

struct source {
    const uint8_t *data;
    size_t left;
    size_t step;
};

static weisu_code read_source(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct source *source = context;
    (void)err;
    *got = source->step < capacity ? source->step : capacity;
    *got = *got < source->left ? *got : source->left;
    if (*got)
        memcpy(bytes, source->data, *got);
    source->data += *got;
    source->left -= *got;
    return WEISU_OK;
}

/* The text of the bytes, read in pieces of `step`; .data NULL where it is none. */
static weisu_str decode(const uint8_t *data, size_t size, size_t step)
{
    struct source source = {data, size, step};
    struct text_decoder *decoder;
    size_t capacity = size * 4 + 16;
    char *text = malloc(capacity);
    size_t held = 0;
    size_t got = 1;
    assert(text && text_decoder_new(&decoder, (struct byte_pull){&source, read_source}, NULL, NULL) == WEISU_OK);
    struct byte_pull pull = text_decoder_pull(decoder);
    weisu_code code = WEISU_OK;
    while (!code && got) {
        size_t room = step + BYTE_PULL_LEAST < capacity - held ? step + BYTE_PULL_LEAST : capacity - held;
        code = pull.read(pull.context, text + held, room, &got, NULL);
        held += code ? 0 : got;
    }
    text_decoder_free(decoder);
    if (!code)
        return (weisu_str){text, held};
    free(text);
    return (weisu_str){NULL, 0};
}

static void check_table(const struct record_csv *table, int keys)
{
    int found[RECORD_KEYS + 1] = {0};
    int count = 0;
    for (size_t i = 0; i < record_csv_columns(table); i++) {
        weisu_str name = record_csv_name(table, i);
        assert(utf8_valid_size(name) == name.size);
        count += record_csv_key(table, i) != RECORD_KEYS && !found[record_csv_key(table, i)]++;
    }
    assert(count == keys);
}

static void search(weisu_str text, const struct record_options *options)
{
    struct header_search search;
    struct record_csv *table;
    header_search_init(&search, options, NULL);
    assert(header_search_text(&search, text, 0, NULL) == WEISU_OK);
    assert(search.number || !search.keys);
    weisu_str row = {search.row.data, search.row.size};
    if (search.number) {
        assert(memmem(text.data, text.size, row.data, row.size));
        if (record_csv_open(&table, row, search.delimiter, options, NULL, NULL) == WEISU_OK) {
            check_table(table, search.keys);
            record_csv_close(table);
        }
    }
    header_search_dispose(&search);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zone *zone;
    struct record_options options;
    if (size > 65536)
        return 0;
    if (!zone)
        assert(zone_open(&zone, "UTC", NULL, NULL) == WEISU_OK);
    record_options_init(&options, zone);
    weisu_str text = decode(data, size, 4096);
    weisu_str pieces = decode(data, size, 5);
    assert((text.data == NULL) == (pieces.data == NULL) && text.size == pieces.size);
    assert(!text.size || memcmp(text.data, pieces.data, text.size) == 0);
    if (text.size)
        search(text, &options);
    free((void *)(uintptr_t)text.data);
    free((void *)(uintptr_t)pieces.data);
    return 0;
}
