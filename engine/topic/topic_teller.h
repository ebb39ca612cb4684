/* Who tells a topic besides the rules: a trained model, and a city's table of classes.
 *
 * A class that a record's `category` names, or that the model is sure of, narrows the topics among which the rules
 * choose; where the rules find nothing among them, a class of a single topic tells that topic, and another one changes
 * nothing. A label of the model that stands in no table counts as a class when it is the code or the name of a topic.
 * Immutable after opening; the lexicon must outlive it. */
#ifndef TOPIC_TOPIC_TELLER_H
#define TOPIC_TOPIC_TELLER_H

#include "topic/label_model.h"
#include "topic/topic_classes.h"

#include <weisu/engine.h>

enum { TELLER_SURE = LABEL_CERTAIN / 2 /* confidence from which the model is listened to */ };

struct weisu_classifier {
    const weisu_allocator *allocator;
    struct label_model *model;     /* NULL: none */
    struct topic_classes *classes; /* NULL: none */
    size_t words;                  /* of a set of topics */
    uint64_t *label_set;           /* [label_count][words]; an empty set: the label says nothing of topics */
};

struct topic_teller_files {
    const char *model;           /* NULL: none */
    const char *classes;         /* NULL: none */
    struct table_report *report; /* where mistakes in the table of classes go */
};

/* Errors are those of label_model_open and topic_classes_open; *out is NULL then. */
weisu_code topic_teller_open(weisu_classifier **out, const struct lexicon *lexicon,
                             const struct topic_teller_files *files, const weisu_allocator *allocator, weisu_err *err);
void topic_teller_close(weisu_classifier *teller);

/* 0 for NULL; otherwise what the results depend on. */
uint64_t topic_teller_version(const weisu_classifier *teller);

/* The set of topics that the category of the record or, without one, the model tells; NULL when nobody tells any.
 * `scratch` may be NULL without a model. `found` is read only where a model is asked. */
const uint64_t *topic_teller_ask(const weisu_classifier *teller, const weisu_record *record,
                                 const struct label_occurrences *found, struct label_scratch *scratch);

#endif
