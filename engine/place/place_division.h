/* Divisions: from names in the text and fields to the tightest certain node. Internal to place/. */
#ifndef PLACE_PLACE_DIVISION_H
#define PLACE_PLACE_DIVISION_H

#include "place/place_spot.h"

struct division_answer {
    uint32_t node; /* UINT32_MAX when none */
    uint32_t candidate[PLACE_MAX_CANDIDATES];
    uint32_t candidate_count;
    uint32_t contradiction;
    uint32_t said_node; /* what the text names against the field; UINT32_MAX */
};

/* Each name supports every node that bears it, and their parents; a name in full weighs more than a short one, the
 * address more than the title, that more than the text. From the city down, a node is certain while it has more than
 * all its siblings together have beyond it: an ambiguous name that nothing resolves stops the descent, and what it
 * stopped at are the candidates. The record's `area` decides where it is known, else the known place nearest to its
 * position; then a text that clearly names another division is a contradiction. */
void find_division(const struct place_rules *rules, const weisu_record *record,
                   const struct place_text text[PLACE_FIELDS], const struct place_findings *findings,
                   struct division_answer *out);

/* Is `node` the same as `above` or below it? */
int division_is_below(const struct lexicon *lexicon, uint32_t node, uint32_t above);

#endif
