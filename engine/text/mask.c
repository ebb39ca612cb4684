#include "text/mask.h"

#include "text/mask_number.h"
#include "text/mask_words.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- finding the next digit or '@' ---- */

/* A range of ASCII bytes, and where the last bytes of its full width twins (EF BC ..) begin. */
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
/* Bytes of `v` in [low, low + span]: SSE2 compares signed, so the range is moved to its lower end. */
static __m128i in_range(__m128i v, unsigned char low, unsigned char span)
{
    __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(unsigned char)(low + 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(unsigned char)(span + 1 + 128)));
}

/* First position from `at` on that is a mark, or the first that is too near to the end to look at 16 at once. */
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
        struct mask_character c = mask_next(text, at);
        for (; c.size && c.code - mark->low > mark->span; c = mask_next(text, at))
            at += c.size;
        return at;
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

/* Where a pass stands. */
struct progress {
    size_t at;
    size_t count;       /* values masked */
    size_t phone_end;   /* byte after the last number that was masked as a phone's */
    size_t address_end; /* byte after the last e-mail address: a name does not reach back over it */
};

static size_t read_name_backwards(const struct mask_text *text, size_t at, size_t least)
{
    while (at > least) {
        struct mask_character c = mask_previous(text, at);
        if (!is_name_sign(c.code))
            break;
        at -= c.size;
    }
    return at;
}

/* Steps over one space in the direction that `c` was read in. */
static size_t space_size(struct mask_character c)
{
    return c.code == ' ' ? c.size : 0;
}

/* Masks the address around the '@' at p->at, and moves on behind it. */
static void mask_at_sign(const struct mask_text *text, struct progress *p)
{
    size_t name_end = p->at - space_size(mask_previous(text, p->at));
    size_t begin = read_name_backwards(text, name_end, p->address_end);
    p->at += mask_next(text, p->at).size;
    size_t domain = p->at + space_size(mask_next(text, p->at));
    int has_name = begin < name_end || (begin && begin == p->address_end);
    size_t end = has_name ? read_domain(text, domain) : 0;
    if (!end)
        return;
    mask_hide(text, begin, end, MASK_EVERYTHING);
    p->at = p->address_end = end;
    p->count++;
}

/* ---- numbers and plates ---- */

enum { shortest_number = 7, identity_digits_least = 15, plate_digits_least = 3 };

/* Bytes that neither are nor begin nor end a letter, a separator, a digit or an escape: most ideographs (lead bytes E4
 * to E9) and most ASCII signs. */
static int is_plain_byte(unsigned char byte)
{
    if (byte >= 0x80)
        return byte >= 0xe4 && byte <= 0xe9;
    uint32_t code = fold_table[byte];
    return !mask_is_letter(code) && !mask_is_digit(code) && !mask_is_separator(code) && byte != '\\';
}

/* The way of nearly all digits: a short run of them before an ideograph is no phone number, and no plate unless it has
 * three digits or something before it that plates have ("3号楼2单元", "A8"). Gives the byte behind it, or `at` where
 * the slow way must decide. */
static size_t skip_plain_digits(const struct mask_text *text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text->bytes;
    size_t behind = at;
    while (behind < text->size && bytes[behind] - (unsigned)'0' <= 9)
        behind++;
    if (behind - at >= shortest_number || behind == text->size || !is_plain_byte(bytes[behind]))
        return at;
    if (behind - at < plate_digits_least)
        return behind;
    int follows_plain = at >= 3 && is_plain_byte(bytes[at - 1] < 0x80 ? bytes[at - 1] : bytes[at - 3]);
    return follows_plain ? behind : at;
}

/* Masks what begins at or soon after the digit at p->at, and moves on behind what was looked at. */
static void mask_at_digit(const struct mask_text *text, struct progress *p)
{
    size_t start = p->at;
    size_t begin;
    size_t end;
    p->at = skip_plain_digits(text, start);
    if (p->at > start)
        return;
    if (mask_plate_find(text, start, &begin, &end)) {
        mask_hide(text, begin, end, MASK_KEEP_SEPARATORS);
        p->at = end;
        p->count++;
        return;
    }
    struct mask_number number;
    mask_number_read(&number, text, start);
    p->at = number.digit_count ? mask_number_skip(&number) : number.end[0];
    if (number.digit_count < shortest_number)
        return;
    unsigned words = mask_words_before(text, start, p->phone_end);
    number.follows_phone = (words & MASK_WORD_PHONE) != 0;
    number.follows_identity = (words & MASK_WORD_IDENTITY) != 0;
    number.follows_plus = mask_previous(text, start).code == '+';
    size_t digits = mask_number_find(&number, &begin, &end);
    if (!digits)
        return;
    mask_hide(text, begin, end, MASK_KEEP_SEPARATORS);
    /* Groups that stood before the value are a number of their own now, and letters and digits perhaps a plate. */
    p->at = begin > start ? start : mask_plate_tail_before(text, begin);
    p->count++;
    if (digits < identity_digits_least)
        p->phone_end = end;
}

/* Addresses first: their digits belong to no number. */
static size_t mask_text(struct mask_text text)
{
    struct progress p = {0};
    for (p.at = find_mark(&text, &at_mark, 0); p.at < text.size; p.at = find_mark(&text, &at_mark, p.at))
        mask_at_sign(&text, &p);
    for (p.at = find_mark(&text, &digit_mark, 0); p.at < text.size; p.at = find_mark(&text, &digit_mark, p.at))
        mask_at_digit(&text, &p);
    return p.count;
}

size_t mask_personal(char *bytes, size_t size)
{
    return mask_text((struct mask_text){.bytes = bytes, .size = size});
}

size_t mask_personal_escaped(char *bytes, size_t size)
{
    return mask_text((struct mask_text){.bytes = bytes, .size = size, .has_escapes = 1});
}
