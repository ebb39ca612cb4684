#include "cluster/cluster_model.h"

#include "base/fixed_log.h"
#include "base/hash.h"
#include "cluster/cluster_settings.h"

#include <string.h>

enum { TAKE_AHEAD = 12 }; /* terms that are fetched before they are taken */

#define MARK_TOUCHED (UINT32_C(1) << 31)
#define MARK_UNSAVED (UINT32_C(1) << 30)
#define LOG_OF_PRIOR_Q16 (10 * FIXED_ONE_Q16) /* log2 of MODEL_PRIOR_DOCUMENTS */
#define COUNT_MASK (MARK_UNSAVED - 1)

static int32_t log_of_documents(uint64_t documents)
{
    return fixed_log2_q16(documents + MODEL_PRIOR_DOCUMENTS);
}

void model_init(struct cluster_model *model, const weisu_allocator *allocator)
{
    *model = (struct cluster_model){.allocator = allocator, .documents_log_q16 = log_of_documents(0), .issue_q8 = 256};
}

void model_dispose(struct cluster_model *model)
{
    memory_free(model->allocator, model->entry, model->capacity, sizeof *model->entry);
    memory_free(model->allocator, model->touched.term, model->touched.capacity, sizeof *model->touched.term);
    memory_free(model->allocator, model->unsaved.term, model->unsaved.capacity, sizeof *model->unsaved.term);
    model_init(model, model->allocator);
}

/* ---- the table ---- */

_Static_assert(MODEL_PRIOR_DOCUMENTS == 1 << 10, "LOG_OF_PRIOR_Q16");

/* Term 0 marks a free entry. */
static uint64_t key_of(uint64_t term)
{
    return term ? term : 1;
}

static struct model_entry *slot_of(struct model_entry *entry, size_t capacity, uint64_t key)
{
    size_t at = (size_t)hash_mix(key) & (capacity - 1);
    while (entry[at].term && entry[at].term != key)
        at = (at + 1) & (capacity - 1);
    return &entry[at];
}

const struct model_entry *model_find(const struct cluster_model *model, uint64_t term)
{
    if (!model->capacity)
        return NULL;
    const struct model_entry *found = slot_of(model->entry, model->capacity, key_of(term));
    return found->term ? found : NULL;
}

uint32_t model_live(const struct model_entry *entry)
{
    return entry->live & COUNT_MASK;
}

static int grow(struct cluster_model *model, size_t capacity)
{
    struct model_entry *entry = memory_new_zeroed(model->allocator, capacity, sizeof *entry);
    if (!entry)
        return -1;
    for (size_t i = 0; i < model->capacity; i++)
        if (model->entry[i].term)
            *slot_of(entry, capacity, model->entry[i].term) = model->entry[i];
    memory_free(model->allocator, model->entry, model->capacity, sizeof *model->entry);
    model->entry = entry;
    model->capacity = capacity;
    return 0;
}

static int reserve_list(const struct cluster_model *model, struct term_list *list, size_t more)
{
    return memory_reserve(model->allocator, (void **)&list->term, &list->capacity, list->count + more,
                          sizeof *list->term);
}

int model_reserve(struct cluster_model *model, size_t terms)
{
    size_t capacity = model->capacity ? model->capacity : 1024;
    while (capacity - capacity / 4 < model->count + terms)
        capacity *= 2;
    if (capacity != model->capacity && grow(model, capacity))
        return -1;
    return reserve_list(model, &model->touched, terms) || reserve_list(model, &model->unsaved, terms) ? -1 : 0;
}

/* ---- learning ---- */

void model_learn(struct cluster_model *model, uint64_t term)
{
    uint64_t key = key_of(term);
    struct model_entry *entry = slot_of(model->entry, model->capacity, key);
    if (!entry->term) {
        *entry = (struct model_entry){.term = key};
        model->count++;
    }
    if ((entry->live & COUNT_MASK) < COUNT_MASK)
        entry->live++;
    if (!(entry->live & MARK_TOUCHED))
        model->touched.term[model->touched.count++] = key;
    if (!(entry->live & MARK_UNSAVED))
        model->unsaved.term[model->unsaved.count++] = key;
    entry->live |= MARK_TOUCHED | MARK_UNSAVED;
}

void model_learn_document(struct cluster_model *model)
{
    model->documents++;
}

void model_prefetch(const struct cluster_model *model, uint64_t term)
{
    if (model->capacity)
        __builtin_prefetch(&model->entry[(size_t)hash_mix(key_of(term)) & (model->capacity - 1)]);
}

uint32_t model_idf_q8(const struct cluster_model *model, uint64_t term, uint32_t prior_q8)
{
    const struct model_entry *entry = model->published_documents ? model_find(model, term) : NULL;
    uint64_t published = entry ? entry->published : 0;
    if (!published) {
        int32_t unseen_q16 = model->documents_log_q16 - LOG_OF_PRIOR_Q16 + (int32_t)(prior_q8 << 8);
        return unseen_q16 < MODEL_IDF_MAX_Q8 << 8 ? (uint32_t)unseen_q16 >> 8 : MODEL_IDF_MAX_Q8;
    }
    /* P × 2^-prior documents, × 65,536. */
    uint64_t prior = fixed_exp2_q16(LOG_OF_PRIOR_Q16 + 16 * FIXED_ONE_Q16 - (int32_t)(prior_q8 << 8));
    int32_t idf_q16 = model->documents_log_q16 + 16 * FIXED_ONE_Q16 - fixed_log2_q16((published << 16) + prior);
    int32_t idf_q8 = idf_q16 >> 8;
    if (idf_q8 < 0)
        return 0;
    return idf_q8 < MODEL_IDF_MAX_Q8 ? (uint32_t)idf_q8 : MODEL_IDF_MAX_Q8;
}

/* ---- publication ---- */

static int keeps(const struct model_entry *entry)
{
    return entry->term && (entry->live & COUNT_MASK) > 1;
}

/* Halves every count; what falls to nothing leaves. All entries become unsaved. */
static int forget(struct cluster_model *model)
{
    struct model_entry *entry = memory_new_zeroed(model->allocator, model->capacity, sizeof *entry);
    if (!entry || reserve_list(model, &model->unsaved, model->count)) {
        memory_free(model->allocator, entry, model->capacity, sizeof *entry);
        return -1;
    }
    model->count = 0;
    for (size_t i = 0; i < model->capacity; i++) {
        const struct model_entry *old = &model->entry[i];
        if (old->term && !(old->live & MARK_UNSAVED))
            model->unsaved.term[model->unsaved.count++] = old->term;
        if (!keeps(old))
            continue;
        uint32_t half = (old->live & COUNT_MASK) / 2;
        *slot_of(entry, model->capacity, old->term) = (struct model_entry){old->term, half | MARK_UNSAVED, half};
        model->count++;
    }
    memory_free(model->allocator, model->entry, model->capacity, sizeof *entry);
    model->entry = entry;
    model->documents /= 2;
    return 0;
}

/* Also of terms that were saved since they were touched: what is published is part of their rows. */
static int publish_touched(struct cluster_model *model)
{
    if (reserve_list(model, &model->unsaved, model->touched.count))
        return -1;
    for (size_t i = 0; i < model->touched.count; i++) {
        struct model_entry *entry = slot_of(model->entry, model->capacity, model->touched.term[i]);
        if (!(entry->live & MARK_UNSAVED))
            model->unsaved.term[model->unsaved.count++] = entry->term;
        entry->live = (entry->live & ~MARK_TOUCHED) | MARK_UNSAVED;
        entry->published = entry->live & COUNT_MASK;
    }
    model->touched.count = 0;
    return 0;
}

int model_publish(struct cluster_model *model)
{
    if (model->documents >= MODEL_WINDOW) {
        if (forget(model))
            return -1;
        model->touched.count = 0;
    } else if (publish_touched(model)) {
        return -1;
    }
    model->published_documents = model->documents;
    model->documents_log_q16 = log_of_documents(model->published_documents);
    return 0;
}

void model_set_density(struct cluster_model *model, uint64_t active)
{
    int64_t doublings_q16 = (int64_t)log_of_documents(active) - DENSE_FROM_LOG_Q16;
    int64_t fade_q16 = doublings_q16 > 0 ? doublings_q16 * DENSE_FADE_Q8 >> 8 : 0;
    model->issue_q8 = (uint32_t)((INT64_C(256) << 16) / (FIXED_ONE_Q16 + fade_q16));
}

/* ---- state ---- */

void model_restore(struct cluster_model *model, uint64_t term, uint32_t live, uint32_t published)
{
    uint64_t key = key_of(term);
    struct model_entry *entry = slot_of(model->entry, model->capacity, key);
    model->count += !entry->term;
    *entry = (struct model_entry){key, live & COUNT_MASK, published};
    if ((live & COUNT_MASK) == published)
        return;
    entry->live |= MARK_TOUCHED;
    model->touched.term[model->touched.count++] = key;
}

void model_restore_documents(struct cluster_model *model, uint64_t live, uint64_t published)
{
    model->documents = live;
    model->published_documents = published;
    model->documents_log_q16 = log_of_documents(published);
}

int model_take_unsaved(struct cluster_model *model, uint64_t *term)
{
    if (!model->unsaved.count)
        return 0;
    *term = model->unsaved.term[--model->unsaved.count];
    if (model->unsaved.count >= TAKE_AHEAD)
        model_prefetch(model, model->unsaved.term[model->unsaved.count - TAKE_AHEAD]);
    struct model_entry *entry = slot_of(model->entry, model->capacity, *term);
    if (entry->term)
        entry->live &= ~MARK_UNSAVED;
    return 1;
}

size_t model_bytes(const struct cluster_model *model)
{
    return model->capacity * sizeof *model->entry +
           (model->touched.capacity + model->unsaved.capacity) * sizeof *model->touched.term;
}
