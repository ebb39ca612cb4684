#include "base/utf8.h"

#include "base/arena.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__SSE2__)
static unsigned bytes_from(__m128i v, unsigned char low)
{
    /* Unsigned v >= low: the maximum of both is v. */
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8((char)low)), v));
}

static unsigned bytes_equal(__m128i v, unsigned char value)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)value)));
}

/* Walks blocks of 16 bytes from a character's first byte on, as long as they hold nothing but ASCII and characters of
 * three bytes that need no second look (lead bytes E1 to EF but for ED): nearly all text. Each lead must be followed by
 * two continuation bytes, and there may be no others, which is one comparison of bit masks. Returns a position that
 * begins a character. */
static size_t skip_common(const unsigned char *bytes, size_t size, size_t at)
{
    unsigned owed = 0; /* continuation bytes at the start of this block, as bits */
    while (size - at >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at));
        unsigned high = (unsigned)_mm_movemask_epi8(v);
        unsigned not_continuation = bytes_from(v, 0xc0);
        unsigned lead = bytes_from(v, 0xe1) & ~bytes_from(v, 0xf0) & ~bytes_equal(v, 0xed);
        unsigned expected = lead << 1 | lead << 2 | owed;
        if (not_continuation != lead || (high & ~not_continuation) != (expected & 0xffff))
            break;
        owed = expected >> 16;
        at += 16;
    }
    /* Two owed: the lead is the byte before; one owed: the one before that. */
    return owed == 0 ? at : at - (owed == 1 ? 2 : 1);
}
#else
static size_t skip_common(const unsigned char *bytes, size_t size, size_t at)
{
    (void)bytes;
    (void)size;
    return at;
}
#endif

enum { slow_bytes = 16 }; /* read one by one before the fast way is tried again */

size_t utf8_valid_size(weisu_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;
    while (at < text.size) {
        at = skip_common(bytes, text.size, at);
        for (size_t until = at + slow_bytes; at < text.size && at < until;) {
            uint32_t code;
            size_t length = utf8_read(bytes + at, text.size - at, &code);
            if (code == UTF8_INVALID)
                return at;
            at += length;
        }
    }
    return at;
}

weisu_str utf8_repair(weisu_str text, struct arena *arena, uint64_t *invalid)
{
    size_t valid = utf8_valid_size(text);
    if (valid == text.size)
        return (weisu_str){text.data ? text.data : "", text.size};
    /* Each stray byte becomes the three of U+FFFD. */
    char *copy = text.size <= SIZE_MAX / 3 ? arena_take(arena, text.size * 3) : NULL;
    if (!copy)
        return (weisu_str){NULL, 0};
    memcpy(copy, text.data, valid);
    size_t size = valid;
    for (size_t at = valid; at < text.size;) {
        uint32_t code;
        at += utf8_read((const unsigned char *)text.data + at, text.size - at, &code);
        *invalid += code == UTF8_INVALID;
        size += utf8_write(copy + size, code == UTF8_INVALID ? UTF8_REPLACEMENT : code);
    }
    return (weisu_str){copy, size};
}
