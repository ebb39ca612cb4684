#include "pipeline/analyse.h"

#include "base/failure.h"

weisu_code analysis_model_init(struct analysis_model *model, const struct lexicon *lexicon,
                               const struct segmenter *segmenter, uint64_t city, const weisu_allocator *allocator,
                               weisu_err *err)
{
    *model = (struct analysis_model){.lexicon = lexicon, .segmenter = segmenter};
    weisu_code code = place_rules_new(&model->places, lexicon, city, allocator, err);
    if (!code)
        code = topic_rules_new(&model->topics, lexicon, segmenter, allocator, err);
    if (code)
        analysis_model_dispose(model);
    return code;
}

void analysis_model_dispose(struct analysis_model *model)
{
    topic_rules_free(model->topics);
    place_rules_free(model->places);
    *model = (struct analysis_model){0};
}

weisu_code analyst_init(struct analyst *analyst, const struct analysis_model *model, const weisu_allocator *allocator,
                        weisu_err *err)
{
    arena_init(&analyst->arena, allocator, 256u * 1024u);
    if (topic_scratch_new(&analyst->topic, model->topics, allocator))
        return failure(err, WEISU_ENOMEM, "no memory for analysis");
    analyst->label = NULL;
    if (model->teller && model->teller->model && label_scratch_new(&analyst->label, model->teller->model, allocator))
        return failure(err, WEISU_ENOMEM, "no memory for the trained model");
    return WEISU_OK;
}

void analyst_dispose(struct analyst *analyst)
{
    label_scratch_free(analyst->label);
    topic_scratch_free(analyst->topic);
    arena_dispose(&analyst->arena);
}

int analyse_tokens(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out)
{
    const weisu_str fields[ANALYSIS_FIELDS] = {
        [FIELD_TITLE] = record->title, [FIELD_TEXT] = record->text, [FIELD_ADDRESS] = record->address};
    for (size_t i = 0; i < ANALYSIS_FIELDS; i++) {
        if (characters_decode(&out->characters[i], fields[i], &analyst->arena) ||
            segmenter_run(model->segmenter, &out->characters[i], &analyst->arena, &out->tokens[i]))
            return -1;
    }
    return 0;
}

int analyse_place(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                  struct analysis *out)
{
    const struct place_text texts[PLACE_FIELDS] = {
        [PLACE_IN_ADDRESS] = {&out->characters[FIELD_ADDRESS], &out->tokens[FIELD_ADDRESS]},
        [PLACE_IN_TITLE] = {&out->characters[FIELD_TITLE], &out->tokens[FIELD_TITLE]},
        [PLACE_IN_TEXT] = {&out->characters[FIELD_TEXT], &out->tokens[FIELD_TEXT]}};
    return place_analyse(model->places, record, texts, &analyst->arena, &out->place);
}

/* What the category or the model tells of the topic, in *told. */
static int ask_teller(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                      const struct topic_text texts[TOPIC_FIELDS], const uint64_t **told)
{
    struct label_occurrences found = {NULL, 0};
    *told = NULL;
    if (!model->teller)
        return 0;
    if (analyst->label && label_features_find(model->lexicon, texts, &analyst->arena, &found))
        return -1;
    *told = topic_teller_ask(model->teller, record, &found, analyst->label);
    return 0;
}

int analyse_topic(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                  struct analysis *out)
{
    const struct topic_text texts[TOPIC_FIELDS] = {
        [TOPIC_IN_TITLE] = {&out->characters[FIELD_TITLE], &out->tokens[FIELD_TITLE]},
        [TOPIC_IN_TEXT] = {&out->characters[FIELD_TEXT], &out->tokens[FIELD_TEXT]}};
    const uint64_t *told;
    if (ask_teller(model, analyst, record, texts, &told))
        return -1;
    topic_analyse(model->topics, record, texts, told, analyst->topic, &out->topic);
    return 0;
}

int analyse_vector(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out)
{
    const struct cluster_source source = {.lexicon = model->lexicon,
                                          .record = record,
                                          .title = {&out->characters[FIELD_TITLE], &out->tokens[FIELD_TITLE]},
                                          .text = {&out->characters[FIELD_TEXT], &out->tokens[FIELD_TEXT]},
                                          .place = &out->place,
                                          .topic = &out->topic};
    return cluster_vector_build(&source, &analyst->arena, &out->vector);
}

int analyse_record(const struct analysis_model *model, struct analyst *analyst, const weisu_record *record,
                   struct analysis *out)
{
    return analyse_tokens(model, analyst, record, out) || analyse_place(model, analyst, record, out) ||
                   analyse_topic(model, analyst, record, out) || analyse_vector(model, analyst, record, out)
               ? -1
               : 0;
}
