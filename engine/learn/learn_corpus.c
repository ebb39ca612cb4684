#include "learn/learn_corpus.h"

#include "base/failure.h"

#include <stdlib.h>
#include <string.h>

enum { most_units = 255 };

void learn_corpus_init(struct learn_corpus *corpus, const struct lexicon *lexicon, const struct segmenter *segmenter,
                       const weisu_allocator *allocator)
{
    *corpus = (struct learn_corpus){.lexicon = lexicon, .segmenter = segmenter, .allocator = allocator};
    arena_init(&corpus->scratch, allocator, 256u << 10);
    arena_init(&corpus->strings, allocator, 0);
}

void learn_corpus_dispose(struct learn_corpus *corpus)
{
    memory_free(corpus->allocator, corpus->hash, corpus->hash_capacity, sizeof *corpus->hash);
    memory_free(corpus->allocator, corpus->note, corpus->note_capacity, sizeof *corpus->note);
    memory_free(corpus->allocator, corpus->document, corpus->document_capacity, sizeof *corpus->document);
    arena_dispose(&corpus->scratch);
    arena_dispose(&corpus->strings);
}

static weisu_code find_label(struct learn_corpus *corpus, weisu_str name, uint32_t *out, weisu_err *err)
{
    if (name.size == 0)
        return failure(err, WEISU_EMISSING, "the record has no category to learn from");
    if (name.size > LABEL_MAX_NAME_BYTES)
        return failure(err, WEISU_EFIELD, "category is longer than %d bytes", LABEL_MAX_NAME_BYTES);
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] < ' ')
            return failure(err, WEISU_EFIELD, "category holds a control character");
    for (uint32_t i = 0; i < corpus->label_count; i++) {
        weisu_str known = corpus->label[i].name;
        if (known.size == name.size && memcmp(known.data, name.data, name.size) == 0) {
            *out = i;
            return WEISU_OK;
        }
    }
    if (corpus->label_count == LABEL_MAX_LABELS)
        return failure(err, WEISU_ELIMIT, "more than %d categories: learn coarser ones", LABEL_MAX_LABELS);
    weisu_str copy = arena_copy(&corpus->strings, name);
    if (!copy.data)
        return failure(err, WEISU_ENOMEM, "no memory for a category");
    *out = corpus->label_count;
    corpus->label[corpus->label_count++] = (struct learn_label){copy, 0};
    return WEISU_OK;
}

static int compare_occurrences(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int make_room(struct learn_corpus *corpus, size_t features)
{
    size_t needed = corpus->feature_count + features;
    return memory_reserve(corpus->allocator, (void **)&corpus->hash, &corpus->hash_capacity, needed,
                          sizeof *corpus->hash) ||
           memory_reserve(corpus->allocator, (void **)&corpus->note, &corpus->note_capacity, needed,
                          sizeof *corpus->note) ||
           memory_reserve(corpus->allocator, (void **)&corpus->document, &corpus->document_capacity,
                          corpus->document_count + 1, sizeof *corpus->document);
}

/* Each feature once, with the sum of its units. */
static uint32_t take_features(struct learn_corpus *corpus, const struct label_occurrences *found)
{
    size_t first = corpus->feature_count;
    size_t last = first;
    qsort(found->at, found->count, sizeof *found->at, compare_occurrences);
    for (size_t i = 0; i < found->count; i++) {
        uint64_t hash = label_hash(found->at[i]);
        if (last == first || corpus->hash[last - 1] != hash) {
            corpus->hash[last] = hash;
            corpus->note[last++] = (struct learn_feature_note){(uint8_t)label_kind(found->at[i]), 0};
        }
        unsigned units = corpus->note[last - 1].units + label_units(found->at[i]);
        corpus->note[last - 1].units = (uint8_t)(units < most_units ? units : most_units);
    }
    corpus->feature_count = last;
    return (uint32_t)(last - first);
}

static int cut_fields(struct learn_corpus *corpus, const weisu_record *record, struct characters characters[],
                      struct seg_tokens tokens[])
{
    const weisu_str fields[TOPIC_FIELDS] = {[TOPIC_IN_TITLE] = record->title, [TOPIC_IN_TEXT] = record->text};
    for (size_t i = 0; i < TOPIC_FIELDS; i++)
        if (characters_decode(&characters[i], fields[i], &corpus->scratch) ||
            segmenter_run(corpus->segmenter, &characters[i], &corpus->scratch, &tokens[i]))
            return -1;
    return 0;
}

static uint64_t group_of(const struct characters *characters)
{
    size_t count = characters->count < LEARN_GROUP_CHARACTERS ? characters->count : LEARN_GROUP_CHARACTERS;
    return hash_bytes(characters->code, count * sizeof *characters->code);
}

weisu_code learn_corpus_add(struct learn_corpus *corpus, const weisu_record *record, weisu_err *err)
{
    if (record->text.size == 0 && record->title.size == 0)
        return failure(err, WEISU_EMISSING, "the record has no text to learn from");
    if (corpus->document_count == LEARN_MAX_RECORDS)
        return failure(err, WEISU_ELIMIT, "more than %d records: learn from a sample of them", LEARN_MAX_RECORDS);
    uint32_t label = 0;
    weisu_code code = find_label(corpus, record->category, &label, err);
    if (code)
        return code;
    struct characters characters[TOPIC_FIELDS];
    struct seg_tokens tokens[TOPIC_FIELDS];
    struct label_occurrences found;
    arena_reset(&corpus->scratch);
    if (cut_fields(corpus, record, characters, tokens))
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    const struct topic_text text[TOPIC_FIELDS] = {{&characters[0], &tokens[0]}, {&characters[1], &tokens[1]}};
    if (label_features_find(corpus->lexicon, text, &corpus->scratch, &found) || make_room(corpus, found.count))
        return failure(err, WEISU_ENOMEM, "no memory for the features of %zu records", corpus->document_count);
    struct learn_document *document = &corpus->document[corpus->document_count++];
    *document = (struct learn_document){.first = corpus->feature_count, .label = label};
    document->group = group_of(&characters[characters[TOPIC_IN_TITLE].count ? TOPIC_IN_TITLE : TOPIC_IN_TEXT]);
    document->count = take_features(corpus, &found);
    corpus->label[label].records++;
    return WEISU_OK;
}

struct numbered_label {
    struct learn_label label;
    uint32_t before;
};

static int compare_labels(const void *a, const void *b)
{
    const struct learn_label *x = &((const struct numbered_label *)a)->label;
    const struct learn_label *y = &((const struct numbered_label *)b)->label;
    size_t shorter = x->name.size < y->name.size ? x->name.size : y->name.size;
    int order = memcmp(x->name.data, y->name.data, shorter);
    return order ? order : (x->name.size > y->name.size) - (x->name.size < y->name.size);
}

void learn_corpus_sort_labels(struct learn_corpus *corpus)
{
    struct numbered_label sorted[LABEL_MAX_LABELS];
    uint32_t after[LABEL_MAX_LABELS];
    for (uint32_t i = 0; i < corpus->label_count; i++)
        sorted[i] = (struct numbered_label){corpus->label[i], i};
    qsort(sorted, corpus->label_count, sizeof *sorted, compare_labels);
    for (uint32_t i = 0; i < corpus->label_count; i++) {
        corpus->label[i] = sorted[i].label;
        after[sorted[i].before] = i;
    }
    for (size_t i = 0; i < corpus->document_count; i++)
        corpus->document[i].label = after[corpus->document[i].label];
}
