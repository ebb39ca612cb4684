/* Numbers with what they count: "3期", "三期", "12#栋", "2号线". Internal to cluster/.
 *
 * A number alone says little, a number glued to its unit tells the second building phase from the third. Arabic and
 * Chinese digits and the ways to write one unit (号楼, 栋, 幢, #) meet. Pure. */
#ifndef CLUSTER_VECTOR_COUNT_H
#define CLUSTER_VECTOR_COUNT_H

#include "segment/segmenter.h"

struct counted {
    uint64_t term;
    uint32_t begin; /* character range */
    uint32_t end;
    size_t tokens; /* that it covers */
};

/* 1 when a number with its unit begins at token `at`. */
int counted_read(const struct characters *text, const struct seg_tokens *tokens, size_t at, struct counted *out);

#endif
