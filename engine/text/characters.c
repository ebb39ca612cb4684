#include "text/characters.h"

#include "base/utf8.h"
#include "text/fold.h"

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

enum { private_use = 0xe000, private_use_count = 6400 };

struct decoding {
    uint16_t *code;
    uint32_t *offset;
    size_t count;
    size_t invalid;
};

/* The characters of valid text. Sums of one byte over short blocks are what the compiler turns into the shortest vector
 * code. */
static size_t count_leads(const signed char *bytes, size_t size)
{
    enum { block = 240 };
    size_t leads = 0;
    for (size_t at = 0; at < size; at += block) {
        size_t end = size - at < block ? size : at + block;
        unsigned char sum = 0;
        for (size_t i = at; i < end; i++)
            sum = (unsigned char)(sum + (bytes[i] >= -0x40));
        leads += sum;
    }
    return leads;
}

static inline uint16_t fold_code_point(uint32_t c)
{
    if (c <= 0xffff)
        return fold_table[c];
    return c == UTF8_INVALID ? UTF8_REPLACEMENT : (uint16_t)(private_use + c % private_use_count);
}

#if defined(__x86_64__)
/* Four characters of three bytes at once, as long as valid text holds them; returns where it stopped. The bytes of each
 * are brought together in a lane of 32 bits, and two multiply-adds put their 4 + 6 + 6 bits in place. */
__attribute__((target("ssse3"))) static size_t decode_fours(struct decoding *d, const unsigned char *bytes, size_t size,
                                                            size_t at)
{
    const __m128i gather = _mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    const __m128i bits = _mm_set1_epi32(0x000f3f3f);
    const __m128i join_low = _mm_set1_epi32(0x00014001);  /* bytes × 1, 64, 1, 0 */
    const __m128i join_high = _mm_set1_epi32(0x10000001); /* words × 1, 4096 */
    size_t n = d->count;
    for (; size - at >= 16; at += 12, n += 4) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at));
        /* E0 to EF: the upper half of the byte, as valid text has nothing else there, is all bits but the lowest. */
        __m128i is_lead = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xf0)), _mm_set1_epi8((char)0xe0));
        if ((_mm_movemask_epi8(is_lead) & 0xfff) != 0x249)
            break;
        __m128i lanes = _mm_and_si128(_mm_shuffle_epi8(v, gather), bits);
        __m128i codes = _mm_madd_epi16(_mm_maddubs_epi16(lanes, join_low), join_high);
        uint32_t code[4];
        _mm_storeu_si128((__m128i *)(void *)code, codes);
        for (int i = 0; i < 4; i++)
            d->code[n + (size_t)i] = fold_table[code[i]];
        __m128i offsets = _mm_add_epi32(_mm_set1_epi32((int)(uint32_t)at), _mm_setr_epi32(0, 3, 6, 9));
        _mm_storeu_si128((__m128i *)(void *)(d->offset + n), offsets);
    }
    d->count = n;
    return at;
}

static int has_fast_way(void)
{
    return __builtin_cpu_supports("ssse3");
}
#else
static size_t decode_fours(struct decoding *d, const unsigned char *bytes, size_t size, size_t at)
{
    (void)d;
    (void)bytes;
    (void)size;
    return at;
}

static int has_fast_way(void)
{
    return 0;
}
#endif

/* Whether four characters of three bytes may begin at `at`: in valid text a lead byte stands three behind another one.
 */
static int begins_four(const unsigned char *at, size_t left)
{
    return left >= 16 && at[0] >= 0xe0 && at[3] >= 0xe0 && at[6] >= 0xe0 && at[9] >= 0xe0;
}

/* Room for every character was made: in valid text as many as lead bytes, else as many as bytes. */
static void decode(struct decoding *d, const unsigned char *bytes, size_t size, int is_valid)
{
    int may_hurry = is_valid && has_fast_way();
    size_t at = 0;
    while (at < size) {
        uint32_t c = bytes[at];
        size_t length = 1;
        if (c >= 0x80) {
            size_t behind = may_hurry && begins_four(bytes + at, size - at) ? decode_fours(d, bytes, size, at) : at;
            if (behind > at) {
                at = behind;
                continue;
            }
            length = 3;
            c = utf8_read_three(bytes + at, size - at);
            if (!c)
                length = utf8_read(bytes + at, size - at, &c);
        }
        d->offset[d->count] = (uint32_t)at;
        d->code[d->count++] = fold_code_point(c);
        d->invalid += c == UTF8_INVALID;
        at += length;
    }
}

int characters_decode(struct characters *out, weisu_str bytes, struct arena *arena)
{
    *out = (struct characters){0};
    if (bytes.size >= UINT32_MAX)
        return -1;
    int is_valid = utf8_valid_size(bytes) == bytes.size;
    size_t most = is_valid ? count_leads((const signed char *)bytes.data, bytes.size) : bytes.size;
    struct decoding d = {0};
    d.code = arena_take_array(arena, most, sizeof *d.code);
    d.offset = arena_take_array(arena, most + 1, sizeof *d.offset);
    if (!d.code || !d.offset)
        return -1;
    decode(&d, (const unsigned char *)bytes.data, bytes.size, is_valid);
    d.offset[d.count] = (uint32_t)bytes.size;
    *out = (struct characters){bytes, d.code, d.offset, d.count, d.invalid};
    return 0;
}
