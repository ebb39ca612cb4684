/* Internal to masking: what a run of digits, with separators between its groups, is. */
#ifndef TEXT_MASK_NUMBER_H
#define TEXT_MASK_NUMBER_H

#include "text/mask_text.h"

enum { MASK_NUMBER_DIGITS = 48, MASK_NUMBER_GROUPS = MASK_NUMBER_DIGITS, MASK_NUMBER_LONGEST = 22 };

struct mask_number {
    uint32_t digit_count;
    uint32_t group_count;
    uint8_t digit[MASK_NUMBER_DIGITS];
    uint8_t group[MASK_NUMBER_GROUPS + 1]; /* index of each group's first digit; the last element is digit_count */
    size_t begin[MASK_NUMBER_DIGITS];      /* bytes of each digit */
    size_t end[MASK_NUMBER_DIGITS];
    size_t x_end;           /* byte after an 'x' that follows the last digit at once, or 0 */
    uint32_t separator;     /* the one that stands between all groups; 0 when they differ */
    uint32_t is_cut;        /* digits went on beyond the cap */
    uint64_t after_point;   /* bit g: one '.' and nothing else stands before group g > 0, so it may be decimals */
    uint32_t follows_plus;  /* a '+' stands before */
    uint32_t follows_phone; /* the words before say that a phone number comes */
    uint32_t follows_identity;
};

/* Reads the number whose first digit is at `at`, without what stands before. Sets digit_count to 0 and `end[0]` to the
 * byte after the digits when its first group alone goes beyond the caps. */
void mask_number_read(struct mask_number *number, const struct mask_text *text, size_t at);

/* Bytes [begin, end) of the first personal number within; returns its count of digits, 0 when there is none. */
uint32_t mask_number_find(const struct mask_number *number, size_t *begin, size_t *end);

/* Where to look on after nothing was found: behind the number, or, where it was cut, at the first group from which a
 * value might reach beyond the cut. */
size_t mask_number_skip(const struct mask_number *number);

#endif
