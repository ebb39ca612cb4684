#include "io/encoding_guess.h"

#include "base/utf8.h"

enum { zero_share = 20, good_to_bad_utf8 = 20, good_to_bad_gb = 50, few_characters = 12, common_percent = 45 };

const char *encoding_name(enum text_encoding encoding)
{
    static const char *const names[] = {
        [ENCODING_ASCII] = "UTF-8",      [ENCODING_UTF8] = "UTF-8",       [ENCODING_GB18030] = "GB18030",
        [ENCODING_UTF16LE] = "UTF-16LE", [ENCODING_UTF16BE] = "UTF-16BE", [ENCODING_OTHER] = "?"};
    return names[encoding];
}

static int begins_with(weisu_str text, const char *mark, size_t size)
{
    return text.size >= size && memcmp(text.data, mark, size) == 0;
}

/* Digits, delimiters and line breaks of UTF-16 leave zeros on one side of the pairs only; a text has none. */
static enum text_encoding find_zeros(weisu_str first)
{
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < first.size; i++)
        zeros[i & 1] += first.data[i] == 0;
    size_t needed = first.size / 2 / zero_share + 1;
    if (zeros[1] >= needed && zeros[0] * zero_share < zeros[1])
        return ENCODING_UTF16LE;
    if (zeros[0] >= needed && zeros[1] * zero_share < zeros[0])
        return ENCODING_UTF16BE;
    return ENCODING_ASCII;
}

enum text_encoding encoding_by_mark(weisu_str first, size_t *mark)
{
    *mark = 0;
    if (begins_with(first, "\xef\xbb\xbf", 3))
        return ENCODING_UTF8;
    *mark = 4;
    if (begins_with(first, "\xff\xfe\0\0", 4) || begins_with(first, "\0\0\xfe\xff", 4))
        return ENCODING_OTHER; /* UTF-32 */
    if (begins_with(first, "\x84\x31\x95\x33", 4))
        return ENCODING_GB18030;
    *mark = 2;
    if (begins_with(first, "\xff\xfe", 2))
        return ENCODING_UTF16LE;
    if (begins_with(first, "\xfe\xff", 2))
        return ENCODING_UTF16BE;
    *mark = 0;
    return find_zeros(first);
}

/* Characters beyond ASCII, as one encoding reads them. */
struct tally {
    size_t good;
    size_t bad;
    size_t common; /* of the good: those of GB 2312, or of UTF-8 those of three bytes and more */
    size_t runs;   /* how often they begin after ASCII */
};

static struct tally tally_utf8(const unsigned char *bytes, size_t size)
{
    struct tally tally = {0, 0, 0, 0};
    for (size_t at = 0; at + 4 <= size;) {
        uint32_t code;
        size_t length = utf8_read(bytes + at, size - at, &code);
        tally.bad += code == UTF8_INVALID;
        tally.good += code != UTF8_INVALID && code >= 0x80;
        tally.common += length > 2;
        at += length;
    }
    return tally;
}

static int is_between(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

static struct tally tally_gb(const unsigned char *bytes, size_t size)
{
    struct tally tally = {0, 0, 0, 0};
    for (size_t at = 0; at + 4 <= size;) {
        const unsigned char *c = bytes + at;
        tally.runs += c[0] >= 0x80 && (!at || c[-1] < 0x80);
        if (c[0] < 0x80) {
            at++;
        } else if (is_between(c[0], 0x81, 0xfe) && is_between(c[1], 0x40, 0xfe) && c[1] != 0x7f) {
            tally.good++;
            tally.common += (is_between(c[0], 0xb0, 0xf7) || is_between(c[0], 0xa1, 0xa3)) && c[1] >= 0xa1;
            at += 2;
        } else if (is_between(c[0], 0x81, 0xfe) && is_between(c[1], '0', '9') && is_between(c[2], 0x81, 0xfe) &&
                   is_between(c[3], '0', '9')) {
            tally.good++;
            at += 4;
        } else {
            tally.bad++;
            at++;
        }
    }
    return tally;
}

/* Short words of GB 2312 can be UTF-8 by chance, of two bytes a character (联通, 停水): but then they stand in runs and
 * are all common, which Latin, Greek or Cyrillic letters read that way are not. */
static int is_chance(const struct tally *utf8, const struct tally *gb)
{
    return !utf8->common && !gb->bad && gb->good >= 2 * gb->runs && gb->common * 10 >= gb->good * 9;
}

/* The last three bytes are never judged, so that a character cut there is not; a shorter sample gets room instead. */
static enum text_encoding judge(const unsigned char *bytes, size_t size)
{
    struct tally utf8 = tally_utf8(bytes, size);
    struct tally gb = tally_gb(bytes, size);
    if (utf8.good >= utf8.bad * good_to_bad_utf8)
        return is_chance(&utf8, &gb) ? ENCODING_GB18030 : ENCODING_UTF8;
    if (gb.good < gb.bad * good_to_bad_gb) /* a few odd bytes are no reason to refuse a file */
        return gb.good + gb.bad < few_characters ? ENCODING_UTF8 : ENCODING_OTHER;
    if (gb.good >= few_characters && gb.common * 100 < gb.good * common_percent)
        return ENCODING_OTHER;
    return ENCODING_GB18030;
}

enum text_encoding encoding_by_content(weisu_str sample)
{
    enum { short_bytes = 64 };
    unsigned char padded[short_bytes + 3];
    if (sample.size > short_bytes)
        return judge((const unsigned char *)sample.data, sample.size);
    memcpy(padded, sample.data, sample.size);
    memset(padded + sample.size, '\n', 3);
    return judge(padded, sample.size + 3);
}
