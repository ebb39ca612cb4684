/* Internal to masking: the words before a number, and plates. */
#ifndef TEXT_MASK_WORDS_H
#define TEXT_MASK_WORDS_H

#include "text/mask_text.h"

enum mask_word { MASK_WORD_PHONE = 1, MASK_WORD_IDENTITY = 2, MASK_WORD_PLATE = 4 };

/* Which kinds of word stand before byte `at`, with at most a few signs between, as enum mask_word bits. A number that
 * was masked as a phone's and ends at `phone_end` (0: none) counts as a word for a phone. */
unsigned mask_words_before(const struct mask_text *text, size_t at, size_t phone_end);

/* Bytes [begin, end) of the plate whose first digit is at `at`; 1 when there is one. */
int mask_plate_find(const struct mask_text *text, size_t at, size_t *begin, size_t *end);

/* Where the letters and digits before `at`, as many as a plate's tail has at most, begin: once what stands at `at` is
 * hidden they may be a plate. */
size_t mask_plate_tail_before(const struct mask_text *text, size_t at);

#endif
