/* The word graph of one text while it is cut: costs and choices, place by place. Internal to segment/. */
#ifndef SEGMENT_LATTICE_H
#define SEGMENT_LATTICE_H

#include "lexicon/lexicon_array.h"
#include "segment/segmenter.h"
#include "segment/word_overlay.h"

enum {
    length_bits = 8,      /* of a choice; the rest is the cell, or the node of the overlay */
    by_user = 0x80,       /* among the length's bits: it is a node */
    choose_single = 1,    /* choices without a cell: one character, */
    choose_short_run = 2, /* a run of one letter or digit, */
    choose_long_run = 0   /* a longer run, whose end stands in the choice of its second character */
};

struct segmenter {
    const weisu_allocator *allocator;
    const struct lexicon *lexicon;
    struct double_array array;
    const uint16_t *joins;
    int has_joins; /* a character has a class: rules may join */
    uint32_t unknown_cost;
    const struct word_overlay *overlay; /* the caller's, or NULL */
};

/* Working memory of one text. */
struct lattice {
    const struct word_overlay *overlay;
    const uint16_t *character; /* [count] */
    const uint16_t *code;      /* [-pad, count + pad) codes of the double array */
    uint32_t *best;            /* [count + 1] cost of the cheapest path from here to the end */
    uint32_t *choice;          /* [count + 1] first word of that path: cell << length_bits | length, or choose_… */
    size_t count;
};

/* The tokens of the path that was chosen, before anything is joined. `token` has room for `count` + 1: the place behind
 * the last one is written to. Returns how many. */
size_t lattice_tokens(const struct segmenter *segmenter, const struct lattice *lattice, struct seg_token *token);

#endif
