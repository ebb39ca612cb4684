/* Which features a model keeps, and the cell and scale of each.
 *
 * A feature is kept when enough records have it. Kept features are spread over 2^bits cells by their hash, at least
 * as many cells as features where memory allows (more measured no better, and they leave the cache); two that meet in a
 * cell are one feature from then on. A cell's scale is the weight of its kind times idf^1.4 (1.4 measured better than 1
 * on complaints). One thread. */
#ifndef LEARN_LEARN_VOCABULARY_H
#define LEARN_LEARN_VOCABULARY_H

#include "learn/learn_corpus.h"

struct learn_vocabulary {
    const weisu_allocator *allocator;
    uint32_t bits;
    uint8_t *known;     /* [2^bits] as in the model */
    uint16_t *scale_q8; /* [2^bits] 0 where no feature was kept */
    uint32_t *number;   /* [2^bits] 1 to cell_count for each cell in use, 0 for the others */
    uint32_t cell_count;
};

/* WEISU_ENOMEM; may be disposed in every case. */
weisu_code learn_vocabulary_make(struct learn_vocabulary *vocabulary, const struct learn_corpus *corpus,
                                 weisu_err *err);
void learn_vocabulary_dispose(struct learn_vocabulary *vocabulary);

#endif
