#include "base/json_writer.h"

#include "base/civil_time.h"
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

void json_writer_init(struct json_writer *w, struct byte_buffer *out)
{
    *w = (struct json_writer){.out = out};
}

/* The comma before an element, and the note that there is one. */
static void begin_item(struct json_writer *w)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->after_key)
        w->after_key = 0;
    else if (w->has_item & bit)
        byte_buffer_append_char(w->out, ',');
    w->has_item |= bit;
}

static void begin_container(struct json_writer *w, char bracket)
{
    begin_item(w);
    byte_buffer_append_char(w->out, bracket);
    assert(w->depth < JSON_WRITER_DEPTH);
    w->depth++;
    w->has_item &= ~(UINT64_C(1) << w->depth);
}

static void end_container(struct json_writer *w, char bracket)
{
    assert(w->depth > 0 && !w->after_key);
    byte_buffer_append_char(w->out, bracket);
    w->depth--;
}

void json_begin_object(struct json_writer *w)
{
    begin_container(w, '{');
}

void json_end_object(struct json_writer *w)
{
    end_container(w, '}');
}

void json_begin_array(struct json_writer *w)
{
    begin_container(w, '[');
}

void json_end_array(struct json_writer *w)
{
    end_container(w, ']');
}

void json_key(struct json_writer *w, const char *key)
{
    begin_item(w);
    size_t size = strlen(key);
    char *at = byte_buffer_room(w->out, size + 3);
    if (at) {
        at[0] = '"';
        memcpy(at + 1, key, size);
        memcpy(at + 1 + size, "\":", 2);
        w->out->size += size + 3;
    }
    w->after_key = 1;
}

/* Length of the run at `at` that needs no change. */
static size_t plain_run(const unsigned char *at, size_t left)
{
    size_t i = 0;
    while (i < left) {
        unsigned char b = at[i];
        if (b < 0x80) {
            if (b < 0x20 || b == '"' || b == '\\')
                break;
            i++;
            continue;
        }
        size_t length = 3;
        uint32_t code = utf8_read_three(at + i, left - i);
        if (!code)
            length = utf8_read(at + i, left - i, &code);
        if (code == UTF8_INVALID || code == 0x2028 || code == 0x2029)
            break;
        i += length;
    }
    return i;
}

/* Writes the escape for what stopped a plain run; returns how many bytes it stands for. */
static size_t write_escape(struct byte_buffer *out, const unsigned char *at, size_t left)
{
    static const char hex[] = "0123456789abcdef";
    static const char after_backslash[128] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    uint32_t code;
    size_t length = utf8_read(at, left, &code);
    if (code == UTF8_INVALID) {
        byte_buffer_append(out, "\xef\xbf\xbd", 3);
    } else if (code < 0x80 && after_backslash[code]) {
        char pair[2] = {'\\', after_backslash[code]};
        byte_buffer_append(out, pair, 2);
    } else {
        char escape[6] = {'\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};
        byte_buffer_append(out, escape, 6);
    }
    return length;
}

static void write_string(struct byte_buffer *out, weisu_str value)
{
    const unsigned char *at = (const unsigned char *)value.data;
    size_t left = value.size;
    byte_buffer_append_char(out, '"');
    while (left) {
        size_t run = plain_run(at, left);
        byte_buffer_append(out, at, run);
        at += run;
        left -= run;
        if (left) {
            run = write_escape(out, at, left);
            at += run;
            left -= run;
        }
    }
    byte_buffer_append_char(out, '"');
}

void json_key_string(struct json_writer *w, weisu_str key)
{
    begin_item(w);
    write_string(w->out, key);
    byte_buffer_append_char(w->out, ':');
    w->after_key = 1;
}

void json_string(struct json_writer *w, weisu_str value)
{
    begin_item(w);
    write_string(w->out, value);
}

void json_text(struct json_writer *w, const char *value)
{
    json_string(w, (weisu_str){value, strlen(value)});
}

/* Digits of `value`, at least `least` of them, at the end of the buffer. Returns where they begin. */
static char *digits_before(char *end, uint64_t value, unsigned least)
{
    char *at = end;
    for (unsigned count = 0; value || count < least; count++, value /= 10)
        *--at = (char)('0' + value % 10);
    return at;
}

void json_fixed(struct json_writer *w, int64_t value, unsigned decimals)
{
    assert(decimals <= 18);
    char text[32];
    char *end = text + sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (; decimals && left % 10 == 0; decimals--)
        left /= 10;
    char *at = digits_before(end, left, decimals + 1);
    if (decimals) {
        char *point = end - decimals - 1;
        memmove(at - 1, at, (size_t)(point + 1 - at));
        *point = '.';
        at--;
    }
    if (value < 0)
        *--at = '-';
    begin_item(w);
    byte_buffer_append(w->out, at, (size_t)(end - at));
}

void json_int(struct json_writer *w, int64_t value)
{
    json_fixed(w, value, 0);
}

void json_uint(struct json_writer *w, uint64_t value)
{
    char text[24];
    char *end = text + sizeof text;
    char *at = digits_before(end, value, 1);
    begin_item(w);
    byte_buffer_append(w->out, at, (size_t)(end - at));
}

void json_raw(struct json_writer *w, weisu_str value)
{
    begin_item(w);
    byte_buffer_append_str(w->out, value);
}

void json_bool(struct json_writer *w, int value)
{
    json_raw(w, value ? (weisu_str){"true", 4} : (weisu_str){"false", 5});
}

void json_null(struct json_writer *w)
{
    json_raw(w, (weisu_str){"null", 4});
}

void json_time(struct json_writer *w, int64_t utc_ms, int32_t offset_s)
{
    char text[CIVIL_TEXT_BYTES + 2];
    text[0] = '"';
    size_t size = 1 + civil_format(utc_ms, offset_s, text + 1);
    text[size++] = '"';
    json_raw(w, (weisu_str){text, size});
}

void json_end_line(struct json_writer *w)
{
    assert(w->depth == 0 && !w->after_key);
    byte_buffer_append_char(w->out, '\n');
    w->has_item = 0;
}
