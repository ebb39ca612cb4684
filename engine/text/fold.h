/* Folding of one BMP character: full width → half width, traditional → simplified (OpenCC's characters table, first
 * candidate), ASCII capitals → small letters, white space, control characters and U+200B, U+FEFF → U+0020, surrogates →
 * U+FFFD. Idempotent; never gives 0. The table is generated at build time from datasets/lexicon/characters_t2s.tsv.
 * Any thread; one look-up in 128 KiB, of which common text touches about 10. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include <stdint.h>

extern const uint16_t fold_table[65536];

static inline uint16_t fold_character(uint16_t c)
{
    return fold_table[c];
}

#endif
