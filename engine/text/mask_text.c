#include "text/mask_text.h"

enum { escape_bytes = 6 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads "\uXXXX" at `at`; size 0 when there is none. */
static struct mask_character read_escape(const struct mask_text *text, size_t at)
{
    struct mask_character none = {0, 0};
    if (!text->has_escapes || text->size - at < escape_bytes || text->bytes[at] != '\\' || text->bytes[at + 1] != 'u')
        return none;
    uint32_t code = 0;
    for (size_t i = 2; i < escape_bytes; i++) {
        int value = hex_value(text->bytes[at + i]);
        if (value < 0)
            return none;
        code = code << 4 | (uint32_t)value;
    }
    return (struct mask_character){code < 0x20 ? 0 : fold_table[code], escape_bytes};
}

static uint32_t fold_any(uint32_t code)
{
    if (code == '\n' || code == '\r' || code > 0xffff)
        return 0;
    return fold_table[code];
}

struct mask_character mask_next_wide(const struct mask_text *text, size_t at)
{
    if (at >= text->size)
        return (struct mask_character){0, 0};
    struct mask_character escape = read_escape(text, at);
    if (escape.size)
        return escape;
    uint32_t code;
    size_t size = utf8_read((const unsigned char *)text->bytes + at, text->size - at, &code);
    return (struct mask_character){fold_any(code), (uint32_t)size};
}

struct mask_character mask_previous(const struct mask_text *text, size_t at)
{
    if (at == 0)
        return (struct mask_character){0, 0};
    if (text->has_escapes && at >= escape_bytes) {
        struct mask_character escape = read_escape(text, at - escape_bytes);
        if (escape.size)
            return escape;
    }
    size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && ((unsigned char)text->bytes[begin] & 0xc0) == 0x80)
        begin--;
    uint32_t code;
    size_t size = utf8_read((const unsigned char *)text->bytes + begin, at - begin, &code);
    if (size != at - begin)
        return (struct mask_character){0, 1};
    return (struct mask_character){fold_any(code), (uint32_t)size};
}

int mask_is_separator(uint32_t code)
{
    switch (code) {
    case ' ':
    case '-':
    case '_':
    case '.':
    case '(':
    case ')':
    case 0xb7:   /* middle dot */
    case 0x200c: /* zero width joiners */
    case 0x200d:
    case 0x2022: /* bullet */
    case 0x2212: /* minus */
    case 0x30fb: /* katakana middle dot */
        return 1;
    default:
        return code >= 0x2010 && code <= 0x2015;
    }
}

void mask_hide(const struct mask_text *text, size_t begin, size_t end, enum mask_extent extent)
{
    while (begin < end) {
        struct mask_character c = mask_next(text, begin);
        if (extent == MASK_EVERYTHING || !mask_is_separator(c.code)) {
            if (c.size == 3)
                memcpy(text->bytes + begin, "\xef\xbc\x8a", 3);
            else
                memset(text->bytes + begin, '*', c.size);
        }
        begin += c.size;
    }
}
