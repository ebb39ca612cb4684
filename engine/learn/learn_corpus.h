/* The labelled records of an archive, as the features that the classifier will see of them.
 *
 * One thread. Order of the records decides nothing but ties; near-copies (the same first characters) have one group, so
 * that calibration never tests on a copy of what it trained on. Memory: about 12 bytes a distinct feature of a record,
 * 8 kB for one of 300 characters. */
#ifndef LEARN_LEARN_CORPUS_H
#define LEARN_LEARN_CORPUS_H

#include "segment/segmenter.h"
#include "topic/label_model_format.h"

#include <weisu/record.h>

enum { LEARN_MAX_RECORDS = 100000, LEARN_GROUP_CHARACTERS = 12 };

struct learn_feature_note {
    uint8_t kind; /* enum label_feature_kind */
    uint8_t units;
};

struct learn_document {
    size_t first; /* into `hash` and `note` */
    uint32_t count;
    uint32_t label;
    uint64_t group;
};

struct learn_label {
    weisu_str name; /* in `strings` */
    uint32_t records;
};

struct learn_corpus {
    const struct lexicon *lexicon;
    const struct segmenter *segmenter;
    const weisu_allocator *allocator;
    struct arena scratch; /* reset for each record */
    struct arena strings;
    uint64_t *hash; /* of each document ascending, each once */
    size_t hash_capacity;
    struct learn_feature_note *note;
    size_t note_capacity;
    size_t feature_count;
    struct learn_document *document;
    size_t document_capacity;
    size_t document_count;
    struct learn_label label[LABEL_MAX_LABELS];
    uint32_t label_count;
};

/* Keeps lexicon and segmenter, which must outlive it. May be disposed in every case; allocates nothing. */
void learn_corpus_init(struct learn_corpus *corpus, const struct lexicon *lexicon, const struct segmenter *segmenter,
                       const weisu_allocator *allocator);
void learn_corpus_dispose(struct learn_corpus *corpus);

/* Adds a record with a category. WEISU_EMISSING: it has none, or no text; WEISU_EFIELD: the category is longer than
 * LABEL_MAX_NAME_BYTES (both: nothing is added, go on). WEISU_ELIMIT: too many records or labels; WEISU_ENOMEM. */
weisu_code learn_corpus_add(struct learn_corpus *corpus, const weisu_record *record, weisu_err *err);

/* Brings the labels into the order of their spelling, so that the order of the records is not seen in a model. Call
 * once, after the last record. */
void learn_corpus_sort_labels(struct learn_corpus *corpus);

#endif
