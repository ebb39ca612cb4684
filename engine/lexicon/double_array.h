/* Double array: the trie of all words as one array of 8-byte cells (Aoe 1989).
 *
 * A character has a 16-bit code, ordered by frequency, so that the children of frequent nodes lie close together; code
 * 0 belongs to characters that no word holds and never matches. The child of a node for code c is the cell at the
 * node's base + c, when that cell's `check` is c. No two nodes share a base, so this test is exact. A node without
 * children has the base of a run of free cells: a walk ends by itself and needs no test of bounds.
 * Words are numbered in the order of their cells, so that a word's index is the rank of its cell among those that end
 * a word (Jacobson 1989): 24 bytes for 64 cells, which stay in the second-level cache.
 *
 * A pair is an entry that stands for two words one behind the other, at the cost that they have together: where a
 * corpus shows that they do follow each other, less than the sum of both. So the cheapest path weighs neighbours
 * (bigram evidence) without any look-up but the walk. Where a pair is cheaper than the word of the same spelling, the
 * cell has the pair's cost and both bits.
 * Immutable; any thread. A step costs one load. */
#ifndef LEXICON_DOUBLE_ARRAY_H
#define LEXICON_DOUBLE_ARRAY_H

#include "lexicon/word_cost.h"

#include <stddef.h>
#include <stdint.h>

struct array_cell {
    uint32_t base;
    uint16_t check; /* code of the character that leads here; ARRAY_FREE in a free cell */
    uint16_t cost;  /* cost of the word or pair that ends here, or WORD_COST_NONE */
};

/* One for 64 cells. */
struct array_rank {
    uint64_t ends;         /* bit i: a word ends in cell 64 × index + i */
    uint64_t pairs;        /* bit i: the cost of cell 64 × index + i is a pair's */
    uint32_t before;       /* words that end in earlier cells */
    uint32_t pairs_before; /* pairs in earlier cells */
};

struct array_pair {
    uint32_t
        first_and_length; /* index of the first word, its characters in the upper eight bits: nobody looks them up */
    uint32_t second;      /* index of the second word */
};

enum { ARRAY_PAIR_BITS = 24 };

enum {
    ARRAY_ROOT_BASE = 0, /* the children of the root are the cells 1 to code_count - 1 */
    ARRAY_FREE = 0xffff,
    ARRAY_MAX_CODES = 0xffff,
    ARRAY_MAX_CELLS = 1 << 24,
    ARRAY_MAX_LENGTH = 48 /* characters of a word */
};

/* Every base is < cell_count - code_count, or the base of the free run, cell_count - code_count. */
struct double_array {
    const uint16_t *code;          /* [65536] folded character → code < code_count */
    const struct array_cell *cell; /* [cell_count] */
    const struct array_rank *rank; /* [array_rank_count(cell_count)] */
    const struct array_pair *pair; /* in the order of their cells */
    uint32_t cell_count;
    uint32_t code_count;
};

static inline uint32_t array_pair_first(struct array_pair pair)
{
    return pair.first_and_length & ((1u << ARRAY_PAIR_BITS) - 1);
}

static inline uint32_t array_pair_length(struct array_pair pair)
{
    return pair.first_and_length >> ARRAY_PAIR_BITS;
}

static inline size_t array_rank_count(size_t cells)
{
    return (cells + 63) / 64;
}

/* The portable popcount of Hacker's Delight 5-1: the instruction is not in the x86-64 baseline. */
static inline uint32_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

static inline int array_is_word(const struct double_array *array, uint32_t cell)
{
    return (int)(array->rank[cell / 64].ends >> cell % 64 & 1);
}

/* Whether what ends in `cell` is two words rather than one. */
static inline int array_is_pair(const struct double_array *array, uint32_t cell)
{
    return (int)(array->rank[cell / 64].pairs >> cell % 64 & 1);
}

/* Of a cell that is a pair. */
static inline struct array_pair array_pair_at(const struct double_array *array, uint32_t cell)
{
    const struct array_rank *rank = &array->rank[cell / 64];
    return array->pair[rank->pairs_before + count_bits(rank->pairs & ((UINT64_C(1) << cell % 64) - 1))];
}

/* Index of the word that ends in `cell`, of which array_is_word. */
static inline uint32_t array_word(const struct double_array *array, uint32_t cell)
{
    const struct array_rank *rank = &array->rank[cell / 64];
    return rank->before + count_bits(rank->ends & ((UINT64_C(1) << cell % 64) - 1));
}

/* One step from a node by its base. Index of the child's cell, or 0 when there is none. */
static inline uint32_t array_step(const struct double_array *array, uint32_t base, uint16_t code)
{
    uint32_t at = base + code;
    return array->cell[at].check == code ? at : 0;
}

#endif
