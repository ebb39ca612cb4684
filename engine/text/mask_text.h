/* Internal to masking: walking text by folded characters in both directions, JSON escapes included on wish. */
#ifndef TEXT_MASK_TEXT_H
#define TEXT_MASK_TEXT_H

#include "base/utf8.h"
#include "text/fold.h"

struct mask_text {
    char *bytes;
    size_t size;
    int has_escapes;
};

/* A folded character; `size` 0 at either end of the text. Invalid bytes and line breaks have code 0. */
struct mask_character {
    uint32_t code;
    uint32_t size; /* bytes */
};

struct mask_character mask_next_wide(const struct mask_text *text, size_t at);
struct mask_character mask_previous(const struct mask_text *text, size_t at);

/* The character that begins at `at` <= size. */
static inline struct mask_character mask_next(const struct mask_text *text, size_t at)
{
    if (at < text->size) {
        unsigned char byte = (unsigned char)text->bytes[at];
        if (byte < 0x80 && byte != '\\' && byte != '\n' && byte != '\r')
            return (struct mask_character){fold_table[byte], 1};
    }
    return mask_next_wide(text, at);
}

static inline int mask_is_digit(uint32_t code)
{
    return code - '0' <= 9;
}

static inline int mask_is_letter(uint32_t code)
{
    return code - 'a' <= 25;
}

/* What may stand between the groups of a number. */
int mask_is_separator(uint32_t code);

enum mask_extent { MASK_KEEP_SEPARATORS, MASK_EVERYTHING };

/* Writes asterisks over the characters in [begin, end), which are character boundaries. */
void mask_hide(const struct mask_text *text, size_t begin, size_t end, enum mask_extent extent);

#endif
