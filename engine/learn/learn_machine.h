/* The linear machine: LIBLINEAR's L2-regularised squared-hinge SVM, one against the rest, over cells.
 *
 * The only place that sees LIBLINEAR. It takes memory from the C library and its random numbers from rand(), which is
 * seeded here, so the same records give the same weights on one machine. One thread at a time in a process. Source: Fan
 * et al. 2008, "LIBLINEAR", and Hsieh et al. 2008 for the dual coordinate descent. */
#ifndef LEARN_LEARN_MACHINE_H
#define LEARN_LEARN_MACHINE_H

#include "learn/learn_vocabulary.h"

struct learn_machine; /* the records as vectors of unit length */

/* WEISU_ENOMEM. Corpus and vocabulary must outlive it. About 16 bytes a feature of a record. */
weisu_code learn_machine_new(struct learn_machine **out, const struct learn_corpus *corpus,
                             const struct learn_vocabulary *vocabulary, weisu_err *err);
void learn_machine_free(struct learn_machine *machine);

/* Trains on the records whose `fold` is not `held` (LEARN_ALL: on all; `fold` may be NULL then). `weight`:
 * [cell_count][label_count], the caller's. `present`: [label_count], 1 where the records had the label; the weights of
 * an absent one are 0. WEISU_EFIELD: fewer than two labels; WEISU_ENOMEM. */
#define LEARN_ALL UINT32_MAX
weisu_code learn_machine_train(struct learn_machine *machine, const uint32_t *fold, uint32_t held, double *weight,
                               uint8_t *present, weisu_err *err);

/* Margins of one record: [label_count]. */
void learn_machine_margins(const struct learn_machine *machine, size_t document, const double *weight, double *margin);

#endif
