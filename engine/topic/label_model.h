/* The trained classifier: one mapped, read-only, checksummed file, and what it says of a record.
 *
 * Model: a linear separator for each label over the features of label_features.h (tf-idf, unit length), made by learn/;
 * its margins become probabilities by one slope and a bias a label, fitted on records that training did not see
 * (temperature scaling with biases: Guo et al. 2017). All sums are integers, so a decision is the same everywhere.
 * A model is immutable and shared; each thread brings its scratch. Cost: one look-up in a bit map for each occurrence,
 * one cache line for each known feature. */
#ifndef TOPIC_LABEL_MODEL_H
#define TOPIC_LABEL_MODEL_H

#include "topic/label_features.h"

enum { LABEL_CERTAIN = 10000 };

struct label_model;

/* Maps and verifies the file: magic, version, byte order, size, checksum, bounds of every section. WEISU_EIO,
 * WEISU_EMODEL (damaged, truncated, foreign), WEISU_ENOMEM; *out is NULL then. */
weisu_code label_model_open(struct label_model **out, const char *path, const weisu_allocator *allocator,
                            weisu_err *err);
/* The same over bytes that the caller keeps alive, aligned to 8; WEISU_EINVAL otherwise. */
weisu_code label_model_open_bytes(struct label_model **out, const void *bytes, size_t size,
                                  const weisu_allocator *allocator, weisu_err *err);
void label_model_close(struct label_model *model);

uint32_t label_model_count(const struct label_model *model);
/* `label` < label_model_count. The bytes are the model's. */
weisu_str label_model_name(const struct label_model *model, uint32_t label);
/* The file's checksum: its identity. */
uint64_t label_model_version(const struct label_model *model);
/* Was it trained with this dictionary? With another one words are cut in other ways, and it decides worse. */
int label_model_fits(const struct label_model *model, const struct lexicon *lexicon);

struct label_scratch; /* one a thread */

/* 0; -1 when memory is out (*out is NULL then). The model must outlive it. */
int label_scratch_new(struct label_scratch **out, const struct label_model *model, const weisu_allocator *allocator);
void label_scratch_free(struct label_scratch *scratch);

struct label_result {
    uint32_t label;      /* ties go to the smaller one */
    uint32_t confidence; /* calibrated probability × LABEL_CERTAIN, 1 to LABEL_CERTAIN */
    uint32_t second;     /* next best label */
    uint32_t second_confidence;
};

/* Decides from the occurrences of a record (label_features_find); without a known one the biases decide. Never fails.
 * Afterwards label_margin gives each label's margin before calibration, × 4,096 × what training multiplied weights by.
 */
void label_decide(struct label_scratch *scratch, const struct label_occurrences *found, struct label_result *out);
int64_t label_margin(const struct label_scratch *scratch, uint32_t label);

#endif
