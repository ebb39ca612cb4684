#include "lexicon/table_file.h"

#include "base/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void table_mistake(struct table_report *report, const char *file, uint64_t line, const char *format, ...)
{
    report->count++;
    if (!report->mistake)
        return;
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    report->mistake(report->context, file, line, text);
}

static weisu_code read_all(struct table *table, FILE *file, weisu_err *err)
{
    if (fseek(file, 0, SEEK_END))
        return failure(err, WEISU_EIO, "%s: %s", table->path, strerror(errno));
    long size = ftell(file);
    if (size < 0 || size > TABLE_MAX_BYTES)
        return failure(err, WEISU_EIO, "%s: larger than %d bytes", table->path, TABLE_MAX_BYTES);
    rewind(file);
    table->bytes = memory_new(table->allocator, (size_t)size + 1, 1);
    if (!table->bytes)
        return failure(err, WEISU_ENOMEM, "%s: out of memory", table->path);
    table->size = (size_t)size;
    if (fread(table->bytes, 1, table->size, file) == table->size)
        return WEISU_OK;
    table_close(table);
    return failure(err, WEISU_EIO, "%s: cannot be read", table->path);
}

weisu_code table_open(struct table *out, const char *path, struct table_report *report,
                      const weisu_allocator *allocator, weisu_err *err)
{
    *out = (struct table){.path = path, .allocator = allocator, .report = report};
    FILE *file = fopen(path, "rb");
    if (!file)
        return failure(err, WEISU_EIO, "%s: %s", path, strerror(errno));
    weisu_code code = read_all(out, file, err);
    fclose(file);
    if (!code && out->size >= 3 && memcmp(out->bytes, "\xef\xbb\xbf", 3) == 0)
        out->at = 3;
    return code;
}

void table_close(struct table *table)
{
    memory_free(table->allocator, table->bytes, table->size + 1, 1);
    table->bytes = NULL;
    table->size = 0;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\r' || c == '\t';
}

static weisu_str trimmed(weisu_str s)
{
    while (s.size && is_blank(s.data[0]))
        s = (weisu_str){s.data + 1, s.size - 1};
    while (s.size && is_blank(s.data[s.size - 1]))
        s.size--;
    return s;
}

/* Length of the character at `s` when it is well-formed UTF-8 and no control character; 0 otherwise. */
static size_t valid_character(weisu_str s)
{
    unsigned char lead = (unsigned char)s.data[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || length > s.size || (lead < 0x20 && lead != '\t' && lead != '\r') || lead == 0x7f)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)s.data[i] & 0xc0) != 0x80)
            return 0;
    unsigned char second = length > 1 ? (unsigned char)s.data[1] : 0;
    int overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    int outside = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
    return overlong || outside ? 0 : length;
}

static int valid_text(weisu_str s)
{
    while (s.size) {
        size_t length = valid_character(s);
        if (!length)
            return 0;
        s = (weisu_str){s.data + length, s.size - length};
    }
    return 1;
}

static weisu_str next_line(struct table *table)
{
    const char *start = table->bytes + table->at;
    size_t left = table->size - table->at;
    const char *newline = memchr(start, '\n', left);
    size_t size = newline ? (size_t)(newline - start) : left;
    table->at += newline ? size + 1 : size;
    table->line++;
    return (weisu_str){start, size};
}

static void split_fields(weisu_str line, struct table_row *row)
{
    row->count = 0;
    for (;;) {
        const char *tab = memchr(line.data, '\t', line.size);
        size_t size = tab ? (size_t)(tab - line.data) : line.size;
        if (row->count < TABLE_MAX_FIELDS)
            row->field[row->count] = trimmed((weisu_str){line.data, size});
        row->count++;
        if (!tab)
            break;
        line = (weisu_str){tab + 1, line.size - size - 1};
    }
    for (size_t i = row->count; i < TABLE_MAX_FIELDS; i++)
        row->field[i] = (weisu_str){"", 0};
}

int table_next(struct table *table, size_t least, size_t most, struct table_row *row)
{
    while (table->at < table->size) {
        weisu_str line = next_line(table);
        row->line = table->line;
        if (line.size && line.data[0] == '#')
            continue;
        if (trimmed(line).size == 0)
            continue;
        split_fields(line, row);
        if (!valid_text(line))
            table_mistake(table->report, table->path, row->line, "invalid UTF-8 or a control character");
        else if (row->count < least || row->count > most)
            table_mistake(table->report, table->path, row->line, "%zu columns, expected %zu to %zu", row->count, least,
                          most);
        else
            return 1;
    }
    return 0;
}

int table_number(weisu_str field, uint64_t low, uint64_t high, uint64_t *out)
{
    uint64_t value = 0;
    if (field.size == 0 || field.size > 18)
        return -1;
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] < '0' || field.data[i] > '9')
            return -1;
        value = value * 10 + (uint64_t)(field.data[i] - '0');
    }
    if (value < low || value > high)
        return -1;
    *out = value;
    return 0;
}

int table_split(weisu_str *rest, char separator, weisu_str *part)
{
    while (rest->size) {
        const char *stop = memchr(rest->data, separator, rest->size);
        size_t size = stop ? (size_t)(stop - rest->data) : rest->size;
        *part = trimmed((weisu_str){rest->data, size});
        size_t used = stop ? size + 1 : size;
        *rest = (weisu_str){rest->data + used, rest->size - used};
        if (part->size)
            return 1;
    }
    return 0;
}
