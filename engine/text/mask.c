#include "text/mask.h"

#include "text/mask_number.h"
#include "text/mask_words.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- finding the next digit or '@' ---- */

/* A range of ASCII bytes and the range of the last bytes of its full width twins (U+FFxx, EF BC ..). */
struct mark {
    unsigned char low;
    unsigned char span;
    unsigned char wide_low;
};

static const struct mark digit_mark = {'0', 9, 0x90};
static const struct mark at_mark = {'@', 0, 0xa0};

static int is_mark(const struct mark *mark, const unsigned char *at, size_t left)
{
    if (at[0] < 0x80)
        return at[0] - (unsigned)mark->low <= mark->span;
    return at[0] == 0xef && left >= 3 && at[1] == 0xbc && at[2] - (unsigned)mark->wide_low <= mark->span;
}

#if defined(__SSE2__)
/* Bytes of `v` inside of [low, low + span] as a mask: SSE2 compares signed, so the range is moved to its lower end. */
static __m128i in_range(__m128i v, unsigned char low, unsigned char span)
{
    __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(unsigned char)(low + 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(unsigned char)(span + 1 + 128)));
}

/* First position from `at` on that may be a mark, or the first that is too near to the end to look at 16 at once. */
static size_t skip_unmarked(const struct mark *mark, const unsigned char *bytes, size_t size, size_t at)
{
    for (; at + 18 <= size; at += 16) {
        __m128i first = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at));
        __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at + 1));
        __m128i third = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at + 2));
        __m128i wide = _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xef)),
                                     _mm_cmpeq_epi8(second, _mm_set1_epi8((char)0xbc)));
        wide = _mm_and_si128(wide, in_range(third, mark->wide_low, mark->span));
        unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(wide, in_range(first, mark->low, mark->span)));
        if (found)
            return at + (size_t)__builtin_ctz(found);
    }
    return at;
}
#else
static size_t skip_unmarked(const struct mark *mark, const unsigned char *bytes, size_t size, size_t at)
{
    (void)mark;
    (void)bytes;
    (void)size;
    return at;
}
#endif

/* Position of the next mark from `at` on, or the size. */
static size_t find_mark(const struct mask_text *text, const struct mark *mark, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text->bytes;
    if (text->has_escapes) {
        for (struct mask_character c = mask_next(text, at); c.size; c = mask_next(text, at)) {
            if (c.code - mark->low <= mark->span)
                return at;
            at += c.size;
        }
        return text->size;
    }
    at = skip_unmarked(mark, bytes, text->size, at);
    while (at < text->size && !is_mark(mark, bytes + at, text->size - at))
        at++;
    return at;
}

/* ---- e-mail addresses ---- */

static int is_name_sign(uint32_t code)
{
    return mask_is_letter(code) || mask_is_digit(code) || code == '.' || code == '_' || code == '-' || code == '+' ||
           code == '%';
}

static int is_point(uint32_t code)
{
    return code == '.' || code == 0x3002;
}

/* The domain at `at`: labels with a point between, the last beginning with two letters. Gives the byte behind, or 0. */
static size_t read_domain(const struct mask_text *text, size_t at)
{
    size_t behind = 0;
    size_t letters = 0; /* at the start of this label; beyond 1 the rest does not matter */
    size_t length = 0;  /* of this label */
    size_t labels = 0;
    for (struct mask_character c = mask_next(text, at); c.size; c = mask_next(text, at)) {
        if (is_point(c.code) && length) {
            labels++;
            letters = length = 0;
        } else if (mask_is_letter(c.code) || mask_is_digit(c.code) || c.code == '-') {
            letters += letters == length && mask_is_letter(c.code);
            length++;
        } else {
            break;
        }
        at += c.size;
        if (labels && letters >= 2)
            behind = at;
    }
    return behind;
}

static size_t read_name_backwards(const struct mask_text *text, size_t at)
{
    for (;;) {
        struct mask_character c = mask_previous(text, at);
        if (!is_name_sign(c.code))
            return at;
        at -= c.size;
    }
}

static size_t mask_addresses(const struct mask_text *text)
{
    size_t count = 0;
    size_t at = find_mark(text, &at_mark, 0);
    while (at < text->size) {
        size_t name_end = at;
        if (mask_previous(text, at).code == ' ')
            name_end -= mask_previous(text, at).size;
        size_t begin = read_name_backwards(text, name_end);
        at += mask_next(text, at).size;
        size_t domain = at;
        if (mask_next(text, at).code == ' ')
            domain += mask_next(text, at).size;
        size_t end = begin < name_end ? read_domain(text, domain) : 0;
        if (end) {
            mask_hide(text, begin, end, MASK_EVERYTHING);
            count++;
            at = end;
        }
        at = find_mark(text, &at_mark, at);
    }
    return count;
}

/* ---- numbers and plates ---- */

enum { shortest_number = 7 };

/* Bytes that neither are nor begin nor end a letter, a separator, a digit or an escape: most ideographs (lead bytes E4
 * to E9) and most ASCII signs. */
static int is_plain_byte(unsigned char byte)
{
    if (byte >= 0x80)
        return byte >= 0xe4 && byte <= 0xe9;
    uint32_t code = fold_table[byte];
    return !mask_is_letter(code) && !mask_is_digit(code) && !mask_is_separator(code) && byte != '\\';
}

/* The way of nearly all digits: a short run of them between ideographs ("3号楼2单元") is nothing. Gives the byte behind
 * it, or `at` where the slow way must decide. */
static size_t skip_plain_digits(const struct mask_text *text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text->bytes;
    if (at < 3 || !is_plain_byte(bytes[at - 1] < 0x80 ? bytes[at - 1] : bytes[at - 3]))
        return at;
    size_t behind = at;
    while (behind < text->size && bytes[behind] - (unsigned)'0' <= 9)
        behind++;
    int is_short = behind - at < shortest_number && behind < text->size && is_plain_byte(bytes[behind]);
    return is_short ? behind : at;
}

/* Masks what begins at or soon after the digit at *at and moves *at behind what was looked at. Returns 1 when a value
 * was masked. */
static size_t mask_at_digit(const struct mask_text *text, size_t *at, size_t *phone_end)
{
    size_t begin;
    size_t end;
    size_t behind = skip_plain_digits(text, *at);
    if (behind > *at) {
        *at = behind;
        return 0;
    }
    if (mask_plate_find(text, *at, &begin, &end)) {
        mask_hide(text, begin, end, MASK_KEEP_SEPARATORS);
        *at = end;
        return 1;
    }
    struct mask_number number;
    mask_number_read(&number, text, *at);
    if (!number.digit_count) {
        *at = number.end[0];
        return 0;
    }
    size_t start = *at;
    *at = mask_number_skip(&number);
    if (number.digit_count < shortest_number)
        return 0;
    unsigned words = mask_words_before(text, start, *phone_end);
    number.follows_phone = (words & MASK_WORD_PHONE) != 0;
    number.follows_identity = (words & MASK_WORD_IDENTITY) != 0;
    number.follows_plus = mask_previous(text, start).code == '+';
    size_t digits = mask_number_find(&number, &begin, &end);
    if (!digits)
        return 0;
    mask_hide(text, begin, end, MASK_KEEP_SEPARATORS);
    *at = end;
    if (digits < 15)
        *phone_end = end;
    return 1;
}

static size_t mask_numbers(const struct mask_text *text)
{
    size_t count = 0;
    size_t phone_end = 0;
    for (size_t at = find_mark(text, &digit_mark, 0); at < text->size; at = find_mark(text, &digit_mark, at))
        count += mask_at_digit(text, &at, &phone_end);
    return count;
}

size_t mask_personal(char *bytes, size_t size)
{
    struct mask_text text = {bytes, size, 0};
    return mask_addresses(&text) + mask_numbers(&text);
}

size_t mask_personal_escaped(char *bytes, size_t size)
{
    struct mask_text text = {bytes, size, 1};
    return mask_addresses(&text) + mask_numbers(&text);
}
