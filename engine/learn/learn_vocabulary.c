#include "learn/learn_vocabulary.h"

#include "base/failure.h"

#include <math.h>

/* Records are counted by the top bits of the feature's hash, so memory does not grow with the archive. Of 1.5 million
 * features 4 % share a counter; what is kept by such a chance is rare and weighs little. */
enum { counter_bits = 25, counters = 1 << counter_bits, cells_per_feature = 1, large_archive = 2000, least_bits = 14 };

static const size_t most_cell_bytes = 256u << 20;
static const double idf_power = 1.4;
static const double kind_weight[LABEL_FEATURE_KINDS] = {
    [LABEL_WORD] = 1, [LABEL_WORD_PAIR] = .7, [LABEL_CHARACTER_PAIR] = .7, [LABEL_CHARACTER_TRIPLE] = .5};

static uint8_t *count_records(const struct learn_corpus *corpus)
{
    uint8_t *counter = memory_new_zeroed(corpus->allocator, counters, 1);
    for (size_t i = 0; counter && i < corpus->feature_count; i++) {
        uint8_t *one = &counter[corpus->hash[i] >> (64 - counter_bits)];
        *one = (uint8_t)(*one + (*one < UINT8_MAX));
    }
    return counter;
}

/* Of a small archive a feature of two records is worth keeping. */
static uint8_t least_records(const struct learn_corpus *corpus)
{
    return corpus->document_count < large_archive ? 2 : 3;
}

static uint32_t bits_for(size_t features, uint32_t labels)
{
    uint32_t bits = least_bits;
    size_t row = (labels + 1) * sizeof(int16_t);
    while (bits < LABEL_MODEL_MAX_BITS && ((size_t)1 << bits) < cells_per_feature * features &&
           ((size_t)2 << bits) * row <= most_cell_bytes)
        bits++;
    return bits;
}

static size_t count_kept(const uint8_t *counter, uint8_t least)
{
    size_t kept = 0;
    for (size_t i = 0; i < counters; i++)
        kept += counter[i] >= least;
    return kept;
}

static int take_cells(struct learn_vocabulary *vocabulary)
{
    size_t cells = (size_t)1 << vocabulary->bits;
    vocabulary->known = memory_new_zeroed(vocabulary->allocator, cells, sizeof *vocabulary->known);
    vocabulary->scale_q8 = memory_new_zeroed(vocabulary->allocator, cells, sizeof *vocabulary->scale_q8);
    vocabulary->number = memory_new_zeroed(vocabulary->allocator, cells, sizeof *vocabulary->number);
    return vocabulary->known && vocabulary->scale_q8 && vocabulary->number ? 0 : -1;
}

/* Leaves in `number` how many records reach each cell, in `scale_q8` the largest weight of its kinds × 256. Features
 * of a document are in the order of their cells. */
static void fill_cells(struct learn_vocabulary *vocabulary, const struct learn_corpus *corpus, const uint8_t *counter)
{
    uint8_t least = least_records(corpus);
    for (size_t d = 0; d < corpus->document_count; d++) {
        const struct learn_document *document = &corpus->document[d];
        uint32_t before = UINT32_MAX;
        for (size_t i = document->first; i < document->first + document->count; i++) {
            uint64_t hash = corpus->hash[i];
            if (counter[hash >> (64 - counter_bits)] < least)
                continue;
            uint32_t cell = label_cell(hash, vocabulary->bits);
            uint16_t weight = (uint16_t)(kind_weight[corpus->note[i].kind] * 256);
            vocabulary->known[cell] |= (uint8_t)(1u << label_known_bit(hash, vocabulary->bits));
            if (weight > vocabulary->scale_q8[cell])
                vocabulary->scale_q8[cell] = weight;
            vocabulary->number[cell] += cell != before;
            before = cell;
        }
    }
}

static void number_cells(struct learn_vocabulary *vocabulary, size_t documents)
{
    for (size_t cell = 0; cell < (size_t)1 << vocabulary->bits; cell++) {
        if (vocabulary->number[cell] == 0)
            continue;
        double idf = log((1.0 + (double)documents) / (1.0 + vocabulary->number[cell])) + 1;
        double scale = vocabulary->scale_q8[cell] * pow(idf, idf_power);
        vocabulary->scale_q8[cell] = (uint16_t)(scale < UINT16_MAX ? scale : UINT16_MAX);
        vocabulary->number[cell] = ++vocabulary->cell_count;
    }
}

weisu_code learn_vocabulary_make(struct learn_vocabulary *vocabulary, const struct learn_corpus *corpus, weisu_err *err)
{
    *vocabulary = (struct learn_vocabulary){.allocator = corpus->allocator};
    uint8_t *counter = count_records(corpus);
    if (counter)
        vocabulary->bits = bits_for(count_kept(counter, least_records(corpus)), corpus->label_count);
    if (!counter || take_cells(vocabulary)) {
        memory_free(corpus->allocator, counter, counters, 1);
        return failure(err, WEISU_ENOMEM, "no memory for the vocabulary");
    }
    fill_cells(vocabulary, corpus, counter);
    number_cells(vocabulary, corpus->document_count);
    memory_free(corpus->allocator, counter, counters, 1);
    return WEISU_OK;
}

void learn_vocabulary_dispose(struct learn_vocabulary *vocabulary)
{
    size_t cells = (size_t)1 << vocabulary->bits;
    memory_free(vocabulary->allocator, vocabulary->known, cells, sizeof *vocabulary->known);
    memory_free(vocabulary->allocator, vocabulary->scale_q8, cells, sizeof *vocabulary->scale_q8);
    memory_free(vocabulary->allocator, vocabulary->number, cells, sizeof *vocabulary->number);
}
