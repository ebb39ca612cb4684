#include "text/mask_words.h"

/* Folded spellings, read from the right: the last character first. */
struct word {
    uint16_t code[6];
    unsigned kind;
};

static const struct word words[] = {
    {u"话电", MASK_WORD_PHONE},    {u"机手", MASK_WORD_PHONE},    {u"式方系联", MASK_WORD_PHONE},
    {u"系联", MASK_WORD_PHONE},    {u"机座", MASK_WORD_PHONE},    {u"话固", MASK_WORD_PHONE},
    {u"电致", MASK_WORD_PHONE},    {u"电来", MASK_WORD_PHONE},    {u"打拨", MASK_WORD_PHONE},
    {u"真传", MASK_WORD_PHONE},    {u"线热", MASK_WORD_PHONE},    {u"络联", MASK_WORD_PHONE},
    {u"let", MASK_WORD_PHONE},     {u"enohp", MASK_WORD_PHONE},   {u"elibom", MASK_WORD_PHONE},
    {u"llac", MASK_WORD_PHONE},    {u"xaf", MASK_WORD_PHONE},     {u"证份身", MASK_WORD_IDENTITY},
    {u"份身", MASK_WORD_IDENTITY}, {u"件证", MASK_WORD_IDENTITY}, {u"drac", MASK_WORD_IDENTITY},
    {u"牌车", MASK_WORD_PLATE},    {u"照牌", MASK_WORD_PLATE},    {u"号车", MASK_WORD_PLATE},
};
enum { word_count = sizeof words / sizeof words[0], longest_filler = 8, longest_word = 6 };

static int is_filler(uint32_t code)
{
    static const uint16_t fillers[] = u" :,.;()-\"'=#/、是为号码或者和及人证";
    for (const uint16_t *f = fillers; *f; f++)
        if (*f == code)
            return 1;
    return 0;
}

static unsigned word_kind(const uint16_t *before, size_t count)
{
    unsigned kinds = 0;
    for (size_t w = 0; w < word_count; w++) {
        size_t i = 0;
        while (words[w].code[i] && i < count && words[w].code[i] == before[i])
            i++;
        if (words[w].code[i] == 0)
            kinds |= words[w].kind;
    }
    return kinds;
}

unsigned mask_words_before(const struct mask_text *text, size_t at, size_t phone_end)
{
    uint16_t before[longest_filler + longest_word];
    size_t count = 0;
    size_t phone_count = SIZE_MAX; /* characters between the number and the phone number before it */
    while (count < longest_filler + longest_word) {
        if (phone_end && at == phone_end)
            phone_count = count;
        struct mask_character c = mask_previous(text, at);
        if (!c.size || !c.code)
            break;
        at -= c.size;
        before[count++] = (uint16_t)c.code;
    }
    for (size_t skip = 0; skip <= longest_filler; skip++) {
        unsigned kinds = skip == phone_count ? MASK_WORD_PHONE : word_kind(before + skip, count - skip);
        if (kinds || skip == count || !is_filler(before[skip]))
            return kinds;
    }
    return 0;
}

/* ---- plates ---- */

enum { plate_tail_most = 6, tail_letters_most = 2 };

static int is_in(uint32_t code, const uint16_t *set)
{
    while (*set && *set != code)
        set++;
    return *set != 0;
}

static int is_province_sign(uint32_t code)
{
    return is_in(code, u"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼");
}

/* Letters and digits after the plate's first letter. Gives the byte behind them, or 0. */
static size_t read_tail(const struct mask_text *text, size_t at)
{
    size_t length = 0;
    size_t digits = 0;
    struct mask_character c = mask_next(text, at);
    for (; length < plate_tail_most && (mask_is_digit(c.code) || mask_is_letter(c.code)); c = mask_next(text, at)) {
        digits += mask_is_digit(c.code);
        length++;
        at += c.size;
    }
    if (digits < 3)
        return 0;
    if (length == 4)
        return is_in(c.code, u"警学港澳挂试超领使") ? at : 0;
    /* A digit more is an order number; a letter more is the next word, glued on. */
    return length >= 5 && !mask_is_digit(c.code) ? at : 0;
}

/* Steps back over one separator. */
static size_t back_over_separator(const struct mask_text *text, size_t at)
{
    struct mask_character c = mask_previous(text, at);
    return mask_is_separator(c.code) ? at - c.size : at;
}

/* The province before the plate's letter at `letter`, or the letter itself where a word for plates stands before it.
 * Gives 1 and where the plate begins. */
static int find_begin(const struct mask_text *text, size_t letter, size_t *begin)
{
    size_t at = back_over_separator(text, letter);
    struct mask_character c = mask_previous(text, at);
    if (is_province_sign(c.code)) {
        *begin = at - c.size;
        return 1;
    }
    *begin = letter;
    return !mask_is_letter(c.code) && !mask_is_digit(c.code) &&
           (mask_words_before(text, letter, 0) & MASK_WORD_PLATE) != 0;
}

int mask_plate_find(const struct mask_text *text, size_t at, size_t *begin, size_t *end)
{
    struct mask_character c = mask_previous(text, at);
    if (!mask_is_letter(c.code) && !mask_is_separator(c.code))
        return 0;
    size_t tail = at; /* where the tail begins, if the plate's letter stands at `first` */
    size_t first = at;
    int letters = 0;
    for (; mask_is_letter(c.code) && letters <= tail_letters_most; c = mask_previous(text, first)) {
        tail = first;
        first -= c.size;
        letters++;
    }
    if (letters && (*end = read_tail(text, tail)) && find_begin(text, first, begin))
        return 1;
    tail = first; /* all these letters belong to the tail; a separator and the plate's letter come before */
    first = back_over_separator(text, first);
    c = mask_previous(text, first);
    if (first == tail || letters > tail_letters_most || !mask_is_letter(c.code))
        return 0;
    *end = read_tail(text, tail);
    return *end && find_begin(text, first - c.size, begin);
}

size_t mask_plate_tail_before(const struct mask_text *text, size_t at)
{
    struct mask_character c = mask_previous(text, at);
    for (size_t length = 0; length < plate_tail_most && (mask_is_digit(c.code) || mask_is_letter(c.code)); length++) {
        at -= c.size;
        c = mask_previous(text, at);
    }
    return at;
}
