/* Strict UTF-8 (Unicode 15, table 3-7): one reader for all who walk bytes. Pure; any thread. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <weisu/str.h>

#define UTF8_REPLACEMENT 0xfffd
#define UTF8_INVALID UINT32_MAX

/* The character of three bytes at `at`, or 0 when there is none or fewer than four bytes are left: the fast path over
 * Chinese text, to be tried before utf8_read. */
static inline uint32_t utf8_read_three(const unsigned char *at, size_t left)
{
    uint32_t word;
    if (left < 4)
        return 0;
    memcpy(&word, at, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap32(word);
#endif
    uint32_t code = (word & 0x0f) << 12 | (word >> 2 & 0xfc0) | (word >> 16 & 0x3f);
    int is_wrong = (word & 0xc0c0f0) != 0x8080e0 || code < 0x800 || (code & 0xf800) == 0xd800;
    return is_wrong ? 0 : code;
}

/* Reads one character of the `left` > 0 bytes at `at` into *code and returns its length; for invalid bytes sets *code
 * to UTF8_INVALID and returns the length of the maximal part that one U+FFFD stands for. */
static inline size_t utf8_read(const unsigned char *at, size_t left, uint32_t *code)
{
    unsigned lead = at[0];
    *code = lead;
    if (lead < 0x80)
        return 1;
    *code = UTF8_INVALID;
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (left < 2 || at[1] < low || at[1] > high)
        return 1;
    uint32_t c = (lead & (0x7fu >> length)) << 6 | (at[1] & 0x3fu);
    for (size_t i = 2; i < length; i++) {
        if (i >= left || (at[i] & 0xc0) != 0x80)
            return i;
        c = c << 6 | (at[i] & 0x3fu);
    }
    *code = c;
    return length;
}

/* Writes `code` (a scalar value) and returns the number of bytes, 1 to 4. */
static inline size_t utf8_write(char *at, uint32_t code)
{
    if (code < 0x80) {
        at[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        at[i] = (char)(0x80 | (code & 0x3f));
    at[0] = (char)((0xf00u >> length & 0xf0) | code);
    return length;
}

/* Size of the longest valid beginning of a text: its size when it is valid. About 2 GB/s of Chinese text. */
size_t utf8_valid_size(weisu_str text);

struct arena;

/* The text with U+FFFD for each invalid part, which are added to *invalid: the text itself when it is valid, else a
 * copy in `arena`. .data NULL when memory is out. */
weisu_str utf8_repair(weisu_str text, struct arena *arena, uint64_t *invalid);

/* The largest size up to `most` at which the text can be cut without splitting a character. */
static inline size_t utf8_cut(weisu_str text, size_t most)
{
    if (text.size <= most)
        return text.size;
    size_t cut = most;
    while (cut > 0 && most - cut < 4 && ((unsigned char)text.data[cut] & 0xc0) == 0x80)
        cut--;
    return ((unsigned char)text.data[cut] & 0xc0) == 0x80 ? most : cut;
}

#endif
