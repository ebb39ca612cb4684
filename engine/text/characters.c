#include "text/characters.h"

#include "text/fold.h"

#include <string.h>

enum { replacement = 0xfffd, private_use = 0xe000, private_use_count = 6400 };

/* Upper bound of the characters that valid text holds. Plain enough for the compiler to vectorise. */
static size_t count_leads(const unsigned char *bytes, size_t size)
{
    size_t leads = 0;
    for (size_t i = 0; i < size; i++)
        leads += (bytes[i] & 0xc0) != 0x80;
    return leads;
}

static uint16_t fold_beyond_bmp(uint32_t c)
{
    return (uint16_t)(private_use + c % private_use_count);
}

static int is_continuation(unsigned char b)
{
    return (b & 0xc0) == 0x80;
}

/* Reads one character of two to four bytes at `at` (`left` > 0 bytes remain). Returns its length; for an invalid part
 * the length of that part with *code == 0 (U+0000 is one byte and never comes here). Unicode 15, table 3-7. */
static size_t read_long(const unsigned char *at, size_t left, uint32_t *code)
{
    unsigned lead = at[0];
    *code = 0;
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (left < 2 || at[1] < low || at[1] > high)
        return 1;
    uint32_t c = (lead & (0x7fu >> length)) << 6 | (at[1] & 0x3f);
    for (size_t i = 2; i < length; i++) {
        if (i >= left || !is_continuation(at[i]))
            return i;
        c = c << 6 | (at[i] & 0x3f);
    }
    *code = c;
    return length;
}

struct decoding {
    uint16_t *code;
    uint32_t *offset;
    size_t capacity;
    size_t count;
    size_t invalid;
};

/* 0, or -1 when there are more characters than `capacity`: possible only with stray continuation bytes. */
static int decode(struct decoding *d, const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    size_t n = 0;
    while (at < size) {
        if (n == d->capacity)
            return -1;
        d->offset[n] = (uint32_t)at;
        if (bytes[at] < 0x80) {
            d->code[n++] = fold_table[bytes[at++]];
            continue;
        }
        uint32_t word;
        if (size - at >= 4 && (memcpy(&word, bytes + at, 4), __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) &&
            (word & 0xc0c0f0) == 0x8080e0) {
            /* Three bytes, the case of nearly all text: only overlong forms and surrogates are still to refuse. */
            uint32_t c = (word & 0x0f) << 12 | (word >> 2 & 0xfc0) | (word >> 16 & 0x3f);
            if (c >= 0x800 && (c & 0xf800) != 0xd800) {
                d->code[n++] = fold_table[c];
                at += 3;
                continue;
            }
        }
        uint32_t c;
        at += read_long(bytes + at, size - at, &c);
        d->invalid += c == 0;
        d->code[n++] = c == 0 ? replacement : c > 0xffff ? fold_beyond_bmp(c) : fold_table[c];
    }
    d->count = n;
    return 0;
}

static int decode_into(struct decoding *d, weisu_str bytes, size_t capacity, struct arena *arena)
{
    *d = (struct decoding){.capacity = capacity};
    d->code = arena_take_array(arena, capacity, sizeof *d->code);
    d->offset = arena_take_array(arena, capacity + 1, sizeof *d->offset);
    if (!d->code || !d->offset)
        return -1;
    return decode(d, (const unsigned char *)bytes.data, bytes.size);
}

int characters_decode(struct characters *out, weisu_str bytes, struct arena *arena)
{
    *out = (struct characters){0};
    if (bytes.size >= UINT32_MAX)
        return -1;
    struct decoding d;
    size_t leads = count_leads((const unsigned char *)bytes.data, bytes.size);
    if (decode_into(&d, bytes, leads, arena) && (leads == bytes.size || decode_into(&d, bytes, bytes.size, arena)))
        return -1;
    d.offset[d.count] = (uint32_t)bytes.size;
    *out = (struct characters){bytes, d.code, d.offset, d.count, d.invalid};
    return 0;
}
