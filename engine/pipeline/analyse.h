/* Analysis of one record: characters → tokens → place and topic → vector. Pure function of (record, image); any thread
 * with its own analyst. */
#ifndef PIPELINE_ANALYSE_H
#define PIPELINE_ANALYSE_H

#include "cluster/cluster_vector.h"
#include "place/place.h"
#include "topic/topic.h"
#include "topic/topic_teller.h"

/* What all analysts share; immutable. */
struct analysis_model {
    const struct lexicon *lexicon;
    const struct segmenter *segmenter;
    struct place_rules *places;
    struct topic_rules *topics;
    const weisu_classifier *teller; /* the caller's, or NULL; may be set before the first analyst */
};

/* Compiles the rules of place and topic; lexicon and segmenter stay the caller's. On an error nothing is left.
 * `city`: 12 digits. */
weisu_code analysis_model_init(struct analysis_model *model, const struct lexicon *lexicon,
                               const struct segmenter *segmenter, uint64_t city, const weisu_allocator *allocator,
                               weisu_err *err);
void analysis_model_dispose(struct analysis_model *model);

/* What one worker brings. */
struct analyst {
    struct arena arena; /* reset by the owner; results live in it */
    struct topic_scratch *topic;
    struct label_scratch *label; /* NULL without a trained model */
};

weisu_code analyst_init(struct analyst *analyst, const struct analysis_model *model, const weisu_allocator *allocator,
                        weisu_err *err);
void analyst_dispose(struct analyst *analyst);

enum analysis_field { FIELD_TITLE, FIELD_TEXT, FIELD_ADDRESS, ANALYSIS_FIELDS };

/* Everything that analysis finds; all of it in the analyst's arena. */
struct analysis {
    struct characters characters[ANALYSIS_FIELDS];
    struct seg_tokens tokens[ANALYSIS_FIELDS];
    struct place_result place;
    struct topic_result topic;
    struct cluster_vector vector;
};

/* The whole. 0; -1 when memory is out. */
int analyse_record(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out);

/* Its steps in their order, each from what those before it wrote into `out`. 0; -1 when memory is out. */
int analyse_tokens(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out);
int analyse_place(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                  struct analysis *out);
int analyse_topic(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                  struct analysis *out);
int analyse_vector(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out);

#endif
