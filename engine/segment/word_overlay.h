/* The words of users as the segmenter walks them: a small trie beside the image's double array, and what it hides
 * there.
 *
 * Added and re-weighted words stand in the trie (characters, not codes: the image may not know them). A cell of the
 * array whose word or pair is deleted or re-weighted is hidden behind a cost of its own; hiding never makes anything
 * cheaper, so the walk looks here only when it is about to accept a cell. Two filters of 8 KiB answer nearly every
 * question. A word without a frequency costs what the cheapest other spelling in words of the image costs, less half a
 * byte's worth (4 bits) for each of its characters: it stays whole beside any neighbour, and beside words of users that
 * are parts of it. It depends on the image alone, so that one word's cost never changes with another. Immutable; any
 * thread. Deterministic. */
#ifndef SEGMENT_WORD_OVERLAY_H
#define SEGMENT_WORD_OVERLAY_H

#include "lexicon/lexicon_array.h"
#include "segment/user_words.h"

struct overlay_node {
    uint32_t word; /* of the image, or LEXICON_NO_WORD */
    uint16_t cost; /* WORD_COST_NONE: no word ends here */
};

/* What stands in a cell of the array instead of what the image says. */
struct overlay_mask {
    uint16_t cost;      /* at least the cell's; WORD_COST_NONE: nothing */
    uint8_t is_pair;    /* the cost is of the cell's pair */
    uint8_t is_unknown; /* the cost is of a character without a word */
};

enum { OVERLAY_FILTER_BITS = 1 << 16, OVERLAY_MAX_NODES = 1 << 23 };

struct word_overlay {
    const weisu_allocator *allocator;
    struct id_map child; /* node << 16 | character → node; the root is 0 */
    struct overlay_node *node;
    size_t node_count;
    size_t node_capacity;
    struct id_map masked; /* cell → index into mask */
    struct overlay_mask *mask;
    size_t mask_count;
    size_t mask_capacity;
    uint64_t begins[OVERLAY_FILTER_BITS / 64]; /* by the first two characters of words */
    uint64_t hides[OVERLAY_FILTER_BITS / 64];  /* by cell */
    int has_single;                            /* words of one character */
    struct word_overlay *next;                 /* the slot's (overlay_slot.h) */
};

/* Of what is said in `words` now or next; NULL in *out where nothing is. WEISU_ENOMEM. */
weisu_code word_overlay_new(struct word_overlay **out, const struct lexicon *lexicon, const struct user_words *words,
                            enum user_words_when when, const weisu_allocator *allocator, weisu_err *err);
void word_overlay_free(struct word_overlay *overlay);

static inline uint32_t overlay_pair_bit(uint16_t first, uint16_t second)
{
    return ((uint32_t)first * 31u + second) & (OVERLAY_FILTER_BITS - 1);
}

static inline uint32_t overlay_cell_bit(uint32_t cell)
{
    return (cell ^ cell >> 16) & (OVERLAY_FILTER_BITS - 1);
}

/* 0 when no word of the overlay begins with the two characters (`second` is 0 at the end of the text). */
static inline int overlay_may_begin(const struct word_overlay *overlay, uint16_t first, uint16_t second)
{
    uint32_t bit = overlay_pair_bit(first, second);
    return (int)(overlay->begins[bit / 64] >> bit % 64 & 1) | overlay->has_single;
}

/* The child of a node, or 0. */
static inline uint32_t overlay_step(const struct word_overlay *overlay, uint32_t node, uint16_t character)
{
    uint32_t child = id_map_get(&overlay->child, (uint64_t)node << 16 | character);
    return child == ID_MAP_NONE ? 0 : child;
}

/* What stands in the cell, or NULL when that is what the image says. */
static inline const struct overlay_mask *overlay_mask_of(const struct word_overlay *overlay, uint32_t cell)
{
    uint32_t bit = overlay_cell_bit(cell);
    if (!(overlay->hides[bit / 64] >> bit % 64 & 1))
        return NULL;
    uint32_t at = id_map_get(&overlay->masked, cell);
    return at == ID_MAP_NONE ? NULL : &overlay->mask[at];
}

#endif
