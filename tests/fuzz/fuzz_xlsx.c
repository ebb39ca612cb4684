/* Workbooks: any bytes as an archive, or as the parts of one, are refused or give rows that are rows of a table; a
 * second reading gives the same. Parts are divided by the byte FF, which is in no XML: sheet, strings, styles,
 * workbook. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/zip_fixture.h"
#include "base/hash.h"
#include "io/csv_scan.h"
#include "io/xlsx_reader.h"

static void check_row(const struct record_line *row)
{
    struct csv_scan scan;
    struct csv_field field;
    assert(row->size > 0 && row->size <= RECORD_LINE_BYTES);
    csv_scan_init(&scan, (weisu_str){row->data, row->size}, ',');
    size_t count = 0;
    for (; csv_scan_field(&scan, &field); count++)
        assert(!field.is_broken);
    assert(count >= 1 && count <= 16384);
}

/* A hash of all rows of all sheets, and of how it ended. */
static uint64_t read_book(struct zip_fixture *zip)
{
    struct xlsx_reader *reader;
    weisu_err err = {.code = WEISU_OK};
    uint64_t hash = 1;
    weisu_code code = xlsx_reader_new(&reader, zip_fixture_source(zip), NULL, &err);
    assert((code == WEISU_OK) == (reader != NULL) && err.code == code);
    for (size_t i = 0; !code && i < xlsx_reader_sheets(reader) && i < 3; i++) {
        struct record_line row;
        int more = 1;
        code = xlsx_reader_enter(reader, i, &err);
        while (!code && more) {
            code = xlsx_reader_next(reader, &row, &more, &err);
            if (code == WEISU_ETOOLONG)
                code = WEISU_OK;
            else if (!code && more) {
                check_row(&row);
                hash = hash_pair(hash_bytes_seeded(row.data, row.size, hash), row.number);
            }
        }
        hash = hash_pair(hash, (uint64_t)code);
    }
    assert(!code || code == WEISU_EIO || code == WEISU_ELIMIT);
    xlsx_reader_free(reader);
    return hash_pair(hash, (uint64_t)code);
}

static void add_parts(struct zip_fixture *zip, const uint8_t *data, size_t size)
{
    static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                        "xl/workbook.xml"};
    zip_fixture_workbook(zip, size & 1);
    zip->count -= size && memchr(data, 0xfe, size) ? 1 : 0; /* a workbook of its own */
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *end = size ? memchr(data, 0xff, size) : NULL;
        size_t part = end ? (size_t)(end - data) : size;
        if (i < 3 || zip->count == 5)
            zip_fixture_add(zip, names[i], data, part, 0);
        part += end != NULL;
        data += part;
        size -= part;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zip_fixture zip = {0};
    if (size > 2 && memcmp(data, "PK", 2) == 0) {
        zip_fixture_bytes(&zip, data, size);
    } else {
        add_parts(&zip, data, size);
        zip_fixture_finish(&zip);
    }
    assert(read_book(&zip) == read_book(&zip));
    zip_fixture_dispose(&zip);
    return 0;
}
