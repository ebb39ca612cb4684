/* Training: a corpus in, the bytes of a model file out (topic/label_model_format.h).
 *
 * Three folds, near-copies together, each trained on the other two, give margins of records that training did not see;
 * these fit the calibration and are the figures of the report. Then one training on all records. One thread; the same
 * records in the same order give the same bytes on one machine. About 2.5 s for 6,000 records and 7 labels. */
#ifndef LEARN_LEARN_MODEL_H
#define LEARN_LEARN_MODEL_H

#include "learn/learn_corpus.h"

struct learn_report {
    uint32_t features;      /* cells with weights */
    uint32_t held_accuracy; /* × 10,000 */
    uint32_t held_macro_f1;
};

/* *bytes: *size of them, from the corpus's allocator, the caller's to free. The corpus's labels are sorted
 * (learn_corpus_sort_labels). WEISU_EFIELD: fewer than two labels, or no feature that two records share; WEISU_ENOMEM;
 * *bytes is NULL then. */
weisu_code learn_model_make(const struct learn_corpus *corpus, void **bytes, size_t *size, struct learn_report *report,
                            weisu_err *err);

#endif
