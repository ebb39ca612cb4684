/* Document frequencies: what the stream taught about how rare a term is.
 *
 * A term's inverse document frequency is log2((N + P) / (df + P × 2^-prior)): the prior from the dictionary counts as P
 * documents (Dirichlet smoothing, Zhai and Lafferty 2004), so that the first day is not blind and the millionth
 * complaint is not bound to what books say. Counts are learnt at every commit and read only as they were published
 * last; after MODEL_WINDOW documents all are halved, so that old ones fade.
 * One writer; readers while nobody writes. 16 bytes a term; one cache line a look-up. */
#ifndef CLUSTER_CLUSTER_MODEL_H
#define CLUSTER_CLUSTER_MODEL_H

#include "base/memory.h"

#include <weisu/error.h>

#include <stdint.h>

struct model_entry {
    uint64_t term; /* 0: free */
    uint32_t live; /* documents; the two upper bits are marks */
    uint32_t published;
};

struct term_list {
    uint64_t *term;
    size_t count;
    size_t capacity;
};

struct cluster_model {
    const weisu_allocator *allocator;
    struct model_entry *entry;
    size_t capacity; /* power of two, or 0 */
    size_t count;
    uint64_t documents;
    uint64_t published_documents;
    int32_t documents_log_q16; /* log2 of published_documents + P, × 65,536 */
    uint32_t issue_q8;         /* of 256: what terms of the issue count beside those of the place, by density */
    struct term_list touched;  /* since the last publication */
    struct term_list unsaved;  /* since the last save; may repeat a term that was forgotten and came back */
};

void model_init(struct cluster_model *model, const weisu_allocator *allocator);
void model_dispose(struct cluster_model *model);
/* Room for `terms` more. 0; -1 leaves it as it was. */
int model_reserve(struct cluster_model *model, size_t terms);
/* One document more with the term, or one document more. Room was reserved. */
void model_learn(struct cluster_model *model, uint64_t term);
void model_learn_document(struct cluster_model *model);
void model_prefetch(const struct cluster_model *model, uint64_t term);
/* Inverse document frequency × 256 by the published counts; 0 to MODEL_IDF_MAX_Q8. */
uint32_t model_idf_q8(const struct cluster_model *model, uint64_t term, uint32_t prior_q8);
/* Live counts become the published ones. 0; -1 when memory for it is out, nothing done then. */
int model_publish(struct cluster_model *model);
/* How many clusters a new record could join: the more there are, the more of them tell its issue by chance, while few
 * share its place. Fitted as the slopes of a logistic regression over candidates (docs/clustering.md). */
void model_set_density(struct cluster_model *model, uint64_t active);
/* Takes a saved entry. Room was reserved. */
void model_restore(struct cluster_model *model, uint64_t term, uint32_t live, uint32_t published);
void model_restore_documents(struct cluster_model *model, uint64_t live, uint64_t published);
/* The entry of a term, or NULL. Its `live` is stripped of marks by model_live. */
const struct model_entry *model_find(const struct cluster_model *model, uint64_t term);
uint32_t model_live(const struct model_entry *entry);
/* 1 and a term that changed since it was last taken, which counts as saved from here on; 0 when there is none. */
int model_take_unsaved(struct cluster_model *model, uint64_t *term);
size_t model_bytes(const struct cluster_model *model);

#endif
