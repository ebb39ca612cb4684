/* Codes of characters for the double array, ordered by how often the words use them. Offline; one thread. */
#ifndef LEXICON_CHARACTER_CODES_H
#define LEXICON_CHARACTER_CODES_H

#include "lexicon/word_table.h"

enum { CHARACTER_COUNT = 65536 };

/* Fills code[CHARACTER_COUNT]: 1 for the most frequent character, 0 for those of no word; ties by character. Returns
 * one more than the largest code; 0 when memory is out. */
uint32_t character_codes(const struct word_table *table, uint16_t *code);

#endif
