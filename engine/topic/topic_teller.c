#include "topic/topic_teller.h"

#include "base/failure.h"

#include <string.h>

static int is_same(weisu_str a, weisu_str b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static int is_within(const struct lexicon *lexicon, uint32_t topic, weisu_str name)
{
    for (; topic != UINT32_MAX; topic = taxonomy_topic(lexicon, topic).parent) {
        struct taxonomy_topic one = taxonomy_topic(lexicon, topic);
        if (is_same(one.code, name) || is_same(one.name, name))
            return 1;
    }
    return 0;
}

/* What a label stands for: as the table says, else the topics below the one that it names. */
static void fill_set(const weisu_classifier *teller, const struct lexicon *lexicon, weisu_str label, uint64_t *set)
{
    uint32_t known = teller->classes ? topic_classes_find(teller->classes, label) : TOPIC_NO_CLASS;
    if (known != TOPIC_NO_CLASS) {
        memcpy(set, topic_classes_set(teller->classes, known), teller->words * sizeof *set);
        return;
    }
    for (uint32_t topic = 0; topic < taxonomy_topic_count(lexicon); topic++)
        if (is_within(lexicon, topic, label))
            set[topic / 64] |= UINT64_C(1) << topic % 64;
}

static weisu_code take_labels(weisu_classifier *teller, const struct lexicon *lexicon, const char *model,
                              weisu_err *err)
{
    weisu_code code = label_model_open(&teller->model, model, teller->allocator, err);
    if (code)
        return code;
    uint32_t labels = label_model_count(teller->model);
    teller->label_set = memory_new_zeroed(teller->allocator, labels * teller->words, sizeof *teller->label_set);
    if (!teller->label_set)
        return failure(err, WEISU_ENOMEM, "no memory for the model");
    for (uint32_t label = 0; label < labels; label++)
        fill_set(teller, lexicon, label_model_name(teller->model, label), teller->label_set + label * teller->words);
    return WEISU_OK;
}

weisu_code topic_teller_open(weisu_classifier **out, const struct lexicon *lexicon,
                             const struct topic_teller_files *files, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    weisu_classifier *teller = memory_new_zeroed(allocator, 1, sizeof *teller);
    if (!teller)
        return failure(err, WEISU_ENOMEM, "no memory for the model");
    teller->allocator = allocator;
    teller->words = taxonomy_topic_count(lexicon) / 64 + 1;
    weisu_code code = WEISU_OK;
    if (files->classes)
        code = topic_classes_open(&teller->classes, lexicon, files->classes, files->report, allocator, err);
    if (!code && files->model)
        code = take_labels(teller, lexicon, files->model, err);
    if (code)
        topic_teller_close(teller);
    else
        *out = teller;
    return code;
}

void topic_teller_close(weisu_classifier *teller)
{
    if (!teller)
        return;
    if (teller->label_set)
        memory_free(teller->allocator, teller->label_set, label_model_count(teller->model) * teller->words,
                    sizeof *teller->label_set);
    label_model_close(teller->model);
    topic_classes_close(teller->classes);
    memory_free(teller->allocator, teller, 1, sizeof *teller);
}

uint64_t topic_teller_version(const weisu_classifier *teller)
{
    if (!teller)
        return 0;
    return hash_pair(teller->model ? label_model_version(teller->model) : 0,
                     teller->classes ? topic_classes_version(teller->classes) : 0);
}

static const uint64_t *set_or_null(const uint64_t *set, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (set[i])
            return set;
    return NULL;
}

const uint64_t *topic_teller_ask(const weisu_classifier *teller, const weisu_record *record,
                                 const struct label_occurrences *found, struct label_scratch *scratch)
{
    uint32_t known = TOPIC_NO_CLASS;
    if (teller->classes && record->category.size)
        known = topic_classes_find(teller->classes, record->category);
    if (known != TOPIC_NO_CLASS)
        return set_or_null(topic_classes_set(teller->classes, known), teller->words);
    if (!teller->model || !scratch)
        return NULL;
    struct label_result result;
    label_decide(scratch, found, &result);
    return result.confidence < TELLER_SURE
               ? NULL
               : set_or_null(teller->label_set + result.label * teller->words, teller->words);
}
