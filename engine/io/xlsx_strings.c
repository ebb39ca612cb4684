#include "io/xlsx_strings.h"

#include "base/failure.h"
#include "base/utf8.h"
#include "io/record_fields.h"
#include "io/xml_part.h"

#include <string.h>

enum { longest_string = RECORD_LINE_BYTES + 1, escape_bytes = 7 };

struct strings_reading {
    struct xlsx_strings *strings;
    struct xml_part *part;
    struct byte_buffer text;
    int is_text;        /* within <t> */
    int phonetic_depth; /* within <rPh> */
    weisu_code code;
    weisu_err *err;
};

void xlsx_strings_init(struct xlsx_strings *strings, size_t budget, const weisu_allocator *allocator)
{
    strings->allocator = allocator;
    strings->count = 0;
    spill_bytes_init(&strings->bytes, budget, allocator);
    spill_bytes_init(&strings->ends, budget < XLSX_STRING_INDEX_BYTES ? budget : XLSX_STRING_INDEX_BYTES, allocator);
}

void xlsx_strings_dispose(struct xlsx_strings *strings)
{
    spill_bytes_dispose(&strings->bytes);
    spill_bytes_dispose(&strings->ends);
    strings->count = 0;
}

/* ---- escapes ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of _xHHHH_ at `at`, or -1. */
static int32_t read_escape(const char *at, size_t left)
{
    int32_t code = 0;
    if (left < escape_bytes || at[0] != '_' || at[1] != 'x' || at[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        int value = hex_value(at[i]);
        if (value < 0)
            return -1;
        code = code * 16 + value;
    }
    return code >= 0xd800 && code <= 0xdfff ? -1 : code;
}

size_t xlsx_unescape(char *bytes, size_t size)
{
    size_t out = 0;
    for (size_t at = 0; at < size;) {
        int32_t code = read_escape(bytes + at, size - at);
        if (code < 0) {
            bytes[out++] = bytes[at++];
            continue;
        }
        out += utf8_write(bytes + out, (uint32_t)code);
        at += escape_bytes;
    }
    return out;
}

/* ---- reading ---- */

static void begin_string(void *context, const char *name, const char **attributes)
{
    struct strings_reading *r = context;
    (void)attributes;
    if (strcmp(name, "si") == 0)
        byte_buffer_reset(&r->text);
    else if (strcmp(name, "rPh") == 0)
        r->phonetic_depth++;
    r->is_text = strcmp(name, "t") == 0 && !r->phonetic_depth;
}

static void add_text(void *context, const char *bytes, size_t size)
{
    struct strings_reading *r = context;
    size_t room = longest_string - r->text.size;
    if (r->is_text)
        byte_buffer_append(&r->text, bytes, size < room ? size : room);
}

static void finish_string(struct strings_reading *r)
{
    struct xlsx_strings *strings = r->strings;
    if (r->text.failed) {
        xml_part_fail(r->part, WEISU_ENOMEM, "no memory for a workbook");
        return;
    }
    size_t size = r->text.size;
    if (size && memchr(r->text.data, '_', size))
        size = xlsx_unescape(r->text.data, size);
    r->code = spill_bytes_append(&strings->bytes, r->text.data, size, r->err);
    uint64_t end = strings->bytes.size;
    if (!r->code)
        r->code = spill_bytes_append(&strings->ends, &end, sizeof end, r->err);
    strings->count++;
    if (r->code)
        xml_part_fail(r->part, r->code, "");
}

static void end_string(void *context, const char *name)
{
    struct strings_reading *r = context;
    r->is_text = 0;
    if (strcmp(name, "rPh") == 0)
        r->phonetic_depth--;
    else if (strcmp(name, "si") == 0)
        finish_string(r);
}

weisu_code xlsx_strings_read(struct xlsx_strings *strings, struct zip_archive *archive, const char *part,
                             weisu_err *err)
{
    static const struct xml_handlers handlers = {begin_string, end_string, add_text};
    weisu_err own;
    struct strings_reading r = {.strings = strings, .err = &own};
    int more = 0;
    byte_buffer_init(&r.text, strings->allocator);
    weisu_code code = xml_part_open(&r.part, archive, part, &handlers, &r, err);
    if (!code)
        code = xml_part_run(r.part, &more, err);
    if (r.code && err)
        *err = own;
    if (!code)
        code = spill_bytes_finish(&strings->bytes, err);
    if (!code)
        code = spill_bytes_finish(&strings->ends, err);
    xml_part_close(r.part);
    byte_buffer_dispose(&r.text);
    return code;
}

weisu_code xlsx_strings_append(struct xlsx_strings *strings, uint64_t number, struct byte_buffer *out, weisu_err *err)
{
    uint64_t range[2] = {0, 0};
    weisu_code code = WEISU_OK;
    if (number >= strings->count)
        return WEISU_OK;
    if (number)
        code = spill_bytes_read(&strings->ends, (number - 1) * sizeof *range, range, sizeof range, err);
    else
        code = spill_bytes_read(&strings->ends, 0, &range[1], sizeof *range, err);
    if (code)
        return code;
    size_t size = (size_t)(range[1] - range[0]);
    char *room = size ? byte_buffer_room(out, size) : NULL;
    if (!room)
        return WEISU_OK;
    code = spill_bytes_read(&strings->bytes, range[0], room, size, err);
    out->size += code ? 0 : size;
    return code;
}
