/* Cost of a word: -log2 of its share of all words, in units of 1/1024 bit. The cheapest path through the word graph is
 * then the most probable one (unigram model). Integers only: the same on every machine. Pure; any thread. */
#ifndef LEXICON_WORD_COST_H
#define LEXICON_WORD_COST_H

#include <stdint.h>

enum {
    WORD_COST_SHIFT = 10,   /* fraction bits */
    WORD_COST_MAX = 0xfffe, /* just under 64 bits of information: room for two words in one cell */
    WORD_COST_NONE = 0xffff /* no word: only a prefix of longer ones */
};

/* Cost of a word seen `frequency` times among `total` (> 0). A frequency of 0 counts as 1; at most WORD_COST_MAX. */
uint16_t word_cost(uint64_t total, uint64_t frequency);

/* The smallest frequency whose cost is at most `cost`; at most `total`. */
uint64_t word_cost_frequency(uint64_t total, uint32_t cost);

#endif
