#include "text/characters.h"

#include "base/utf8.h"
#include "text/fold.h"

enum { private_use = 0xe000, private_use_count = 6400 };

/* Upper bound of the characters that valid text holds. Plain enough for the compiler to vectorise. */
static size_t count_leads(const unsigned char *bytes, size_t size)
{
    size_t leads = 0;
    for (size_t i = 0; i < size; i++)
        leads += (bytes[i] & 0xc0) != 0x80;
    return leads;
}

static inline uint16_t fold_code_point(uint32_t c)
{
    if (c <= 0xffff)
        return fold_table[c];
    return c == UTF8_INVALID ? UTF8_REPLACEMENT : (uint16_t)(private_use + c % private_use_count);
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
        size_t length = 3;
        uint32_t c = utf8_read_three(bytes + at, size - at);
        if (!c)
            length = utf8_read(bytes + at, size - at, &c);
        d->invalid += c == UTF8_INVALID;
        d->code[n++] = fold_code_point(c);
        at += length;
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
