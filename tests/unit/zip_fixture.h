/* Makes ZIP archives in memory for tests: parts stored or deflated, with whatever bytes. */
#ifndef TESTS_ZIP_FIXTURE_H
#define TESTS_ZIP_FIXTURE_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/byte_source.h"

enum { ZIP_FIXTURE_PARTS = 16 };

struct zip_fixture {
    unsigned char *bytes; /* [capacity] */
    size_t size;
    size_t capacity;
    struct {
        const char *name;
        uint32_t offset, crc, packed, size;
        int is_deflated;
    } part[ZIP_FIXTURE_PARTS];
    int count;
    int is_wide; /* sizes and positions stand in ZIP64 fields */
};

static inline void zip_fixture_room(struct zip_fixture *zip, size_t size)
{
    while (zip->capacity - zip->size < size) {
        zip->capacity = zip->capacity ? zip->capacity * 2 : 4096;
        zip->bytes = realloc(zip->bytes, zip->capacity);
        assert(zip->bytes);
    }
}

static inline void zip_fixture_bytes(struct zip_fixture *zip, const void *bytes, size_t size)
{
    zip_fixture_room(zip, size);
    if (size)
        memcpy(zip->bytes + zip->size, bytes, size);
    zip->size += size;
}

static inline void zip_fixture_number(struct zip_fixture *zip, uint32_t value, int size)
{
    for (int i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)(value >> 8 * i);
        zip_fixture_bytes(zip, &byte, 1);
    }
}

/* What the local header and the directory say alike. */
static inline void zip_fixture_about(struct zip_fixture *zip, int at)
{
    zip_fixture_number(zip, 20, 2);
    zip_fixture_number(zip, 0, 2);
    zip_fixture_number(zip, zip->part[at].is_deflated ? 8 : 0, 2);
    zip_fixture_number(zip, 0, 4);
    zip_fixture_number(zip, zip->part[at].crc, 4);
    zip_fixture_number(zip, zip->is_wide ? UINT32_MAX : zip->part[at].packed, 4);
    zip_fixture_number(zip, zip->is_wide ? UINT32_MAX : zip->part[at].size, 4);
    zip_fixture_number(zip, (uint32_t)strlen(zip->part[at].name), 2);
}

/* The ZIP64 field, `with` the part's position or without it, behind a field that readers pass over. */
static inline void zip_fixture_wide(struct zip_fixture *zip, int at, int with)
{
    const uint32_t numbers[3] = {zip->part[at].size, zip->part[at].packed, zip->part[at].offset};
    zip_fixture_bytes(zip, "\xfe\xca\2\0??\1\0", 8);
    zip_fixture_number(zip, with ? 24 : 16, 2);
    for (int i = 0; i < (with ? 3 : 2); i++) {
        zip_fixture_number(zip, numbers[i], 4);
        zip_fixture_number(zip, 0, 4);
    }
}

static inline void *zip_fixture_deflate(const void *bytes, size_t size, uint32_t *packed)
{
    size_t room = size + size / 1000 + 64;
    void *out = malloc(room);
    z_stream z = {0};
    assert(out);
    deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)room;
    deflate(&z, Z_FINISH);
    *packed = (uint32_t)(room - z.avail_out);
    deflateEnd(&z);
    return out;
}

static inline void zip_fixture_add(struct zip_fixture *zip, const char *name, const void *bytes, size_t size,
                                   int is_deflated)
{
    int at = zip->count++;
    assert(at < ZIP_FIXTURE_PARTS);
    uint32_t packed = (uint32_t)size;
    void *deflated = is_deflated ? zip_fixture_deflate(bytes, size, &packed) : NULL;
    zip->part[at].name = name;
    zip->part[at].offset = (uint32_t)zip->size;
    zip->part[at].crc = (uint32_t)crc32(0, bytes, (uInt)size);
    zip->part[at].packed = packed;
    zip->part[at].size = (uint32_t)size;
    zip->part[at].is_deflated = is_deflated;
    zip_fixture_bytes(zip, "PK\3\4", 4);
    zip_fixture_about(zip, at);
    zip_fixture_number(zip, zip->is_wide ? 26 : 0, 2);
    zip_fixture_bytes(zip, name, strlen(name));
    if (zip->is_wide)
        zip_fixture_wide(zip, at, 0);
    zip_fixture_bytes(zip, deflated ? deflated : bytes, packed);
    free(deflated);
}

static inline void zip_fixture_text(struct zip_fixture *zip, const char *name, const char *text)
{
    zip_fixture_add(zip, name, text, strlen(text), 1);
}

/* Writes the directory: the archive is whole then. */
static inline void zip_fixture_finish(struct zip_fixture *zip)
{
    size_t begin = zip->size;
    for (int i = 0; i < zip->count; i++) {
        zip_fixture_bytes(zip, "PK\1\2\24\0", 6);
        zip_fixture_about(zip, i);
        zip_fixture_number(zip, zip->is_wide ? 34 : 0, 2);
        zip_fixture_number(zip, 0, 4);
        zip_fixture_number(zip, 0, 4);
        zip_fixture_number(zip, 0, 2);
        zip_fixture_number(zip, zip->is_wide ? UINT32_MAX : zip->part[i].offset, 4);
        zip_fixture_bytes(zip, zip->part[i].name, strlen(zip->part[i].name));
        if (zip->is_wide)
            zip_fixture_wide(zip, i, 1);
    }
    uint32_t size = (uint32_t)(zip->size - begin);
    zip_fixture_bytes(zip, "PK\5\6\0\0\0\0", 8);
    zip_fixture_number(zip, (uint32_t)zip->count, 2);
    zip_fixture_number(zip, (uint32_t)zip->count, 2);
    zip_fixture_number(zip, size, 4);
    zip_fixture_number(zip, (uint32_t)begin, 4);
    zip_fixture_number(zip, 0, 2);
}

static inline void zip_fixture_dispose(struct zip_fixture *zip)
{
    free(zip->bytes);
    memset(zip, 0, sizeof *zip);
}

static inline weisu_code zip_fixture_read_at(void *context, uint64_t at, void *bytes, size_t size, size_t *got)
{
    const struct zip_fixture *zip = context;
    size_t left = at < zip->size ? zip->size - (size_t)at : 0;
    *got = size < left ? size : left;
    if (*got)
        memcpy(bytes, zip->bytes + at, *got);
    return WEISU_OK;
}

static inline struct byte_source zip_fixture_source(struct zip_fixture *zip)
{
    return (struct byte_source){zip, zip->size, zip_fixture_read_at};
}

/* The parts that every workbook has, with one sheet ("Sheet1" in xl/worksheets/sheet1.xml), which the caller adds. */
static inline void zip_fixture_workbook(struct zip_fixture *zip, int is_1904)
{
    static const char package[] = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" "
                                  "Target=\"xl/workbook.xml\"/></Relationships>";
    static const char parts[] = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" "
                                "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
                                "Type=\"http://x/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/><Relationship "
                                "Id=\"rId3\" Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>";
    static const char book[] = "<workbook xmlns:r=\"r\"><workbookPr/><sheets><sheet name=\"Sheet1\" sheetId=\"7\" "
                               "r:id=\"rId1\"/></sheets></workbook>";
    static const char book_1904[] = "<x:workbook xmlns:x=\"x\" xmlns:r=\"r\"><x:workbookPr date1904=\"1\"/><x:sheets>"
                                    "<x:sheet name=\"Sheet1\" sheetId=\"7\" r:id=\"rId1\"/></x:sheets></x:workbook>";
    zip_fixture_text(zip, "_rels/.rels", package);
    zip_fixture_text(zip, "xl/_rels/workbook.xml.rels", parts);
    zip_fixture_text(zip, "xl/workbook.xml", is_1904 ? book_1904 : book);
}

#endif
