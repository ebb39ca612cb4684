/* Folding of one BMP character: full width → half width, traditional → simplified (OpenCC's characters table, first
 * candidate), ASCII capitals → small letters, every kind of white space → U+0020. Idempotent. The table is generated at
 * build time from datasets/lexicon/characters_t2s.tsv. Any thread; one look-up. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include <stdint.h>

extern const uint16_t fold_table[65536];

static inline uint16_t fold_character(uint16_t c)
{
    return fold_table[c];
}

#endif
