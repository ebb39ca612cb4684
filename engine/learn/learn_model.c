#include "learn/learn_model.h"

#include "base/failure.h"
#include "learn/learn_calibrate.h"
#include "learn/learn_machine.h"

#include <math.h>
#include <string.h>

enum { folds = 3, margin_steps = 4096 };

static const double absent_margin = -1; /* of a label that the training of a fold did not see */
static const double slope_one = 1 << 24;

/* Everything between corpus and bytes. */
struct making {
    const struct learn_corpus *corpus;
    struct learn_vocabulary vocabulary;
    struct learn_machine *machine;
    struct learn_calibration calibration;
    uint32_t *fold;  /* [document_count] */
    uint32_t *label; /* [document_count] */
    double *margin;  /* [document_count][label_count] held out */
    double *weight;  /* [cell_count][label_count] */
    uint8_t present[LABEL_MAX_LABELS];
};

static int take_memory(struct making *making)
{
    const struct learn_corpus *corpus = making->corpus;
    size_t documents = corpus->document_count;
    making->fold = memory_new(corpus->allocator, documents, sizeof *making->fold);
    making->label = memory_new(corpus->allocator, documents, sizeof *making->label);
    making->margin = memory_new(corpus->allocator, documents * corpus->label_count, sizeof *making->margin);
    making->weight = memory_new(corpus->allocator, (size_t)making->vocabulary.cell_count * corpus->label_count,
                                sizeof *making->weight);
    return making->fold && making->label && making->margin && making->weight ? 0 : -1;
}

static void give_memory(struct making *making)
{
    const struct learn_corpus *corpus = making->corpus;
    size_t documents = corpus->document_count;
    memory_free(corpus->allocator, making->fold, documents, sizeof *making->fold);
    memory_free(corpus->allocator, making->label, documents, sizeof *making->label);
    memory_free(corpus->allocator, making->margin, documents * corpus->label_count, sizeof *making->margin);
    memory_free(corpus->allocator, making->weight, (size_t)making->vocabulary.cell_count * corpus->label_count,
                sizeof *making->weight);
    learn_machine_free(making->machine);
    learn_vocabulary_dispose(&making->vocabulary);
}

static void take_margins(struct making *making, uint32_t held)
{
    const struct learn_corpus *corpus = making->corpus;
    for (size_t d = 0; d < corpus->document_count; d++) {
        if (making->fold[d] != held)
            continue;
        double *margin = making->margin + d * corpus->label_count;
        learn_machine_margins(making->machine, d, making->weight, margin);
        for (uint32_t k = 0; k < corpus->label_count; k++)
            if (!making->present[k])
                margin[k] = absent_margin;
    }
}

static weisu_code calibrate(struct making *making, weisu_err *err)
{
    const struct learn_corpus *corpus = making->corpus;
    for (size_t d = 0; d < corpus->document_count; d++) {
        making->fold[d] = (uint32_t)(hash_mix(corpus->document[d].group) % folds);
        making->label[d] = corpus->document[d].label;
    }
    weisu_code code = WEISU_OK;
    for (uint32_t held = 0; held < folds && !code; held++) {
        code = learn_machine_train(making->machine, making->fold, held, making->weight, making->present, err);
        if (!code)
            take_margins(making, held);
    }
    if (!code)
        learn_calibrate(&making->calibration, making->margin, making->label, corpus->document_count,
                        corpus->label_count);
    return code;
}

/* ---- the file ---- */

static uint64_t align_section(uint64_t size)
{
    return (size + LABEL_MODEL_ALIGNMENT - 1) / LABEL_MODEL_ALIGNMENT * LABEL_MODEL_ALIGNMENT;
}

static void lay_out(struct label_model_header *header, const struct learn_corpus *corpus, uint32_t bits)
{
    uint64_t cells = UINT64_C(1) << bits;
    uint64_t text = 0;
    for (uint32_t k = 0; k < corpus->label_count; k++)
        text += corpus->label[k].name.size;
    header->bits = bits;
    header->label_count = corpus->label_count;
    header->stride = (corpus->label_count + 1 + 3) / 4 * 4; /* rows of 8 bytes: fewer of them cross a cache line */
    const uint64_t sizes[LABEL_SECTION_COUNT] = {[LABEL_KNOWN] = cells,
                                                 [LABEL_CELLS] = cells * header->stride * sizeof(int16_t),
                                                 [LABEL_NAMES] = corpus->label_count * sizeof(struct label_name),
                                                 [LABEL_TEXT] = text};
    header->size = sizeof *header;
    for (unsigned kind = 0; kind < LABEL_SECTION_COUNT; kind++) {
        header->section[kind] = (struct label_section){align_section(header->size), sizes[kind]};
        header->size = header->section[kind].offset + sizes[kind];
    }
}

/* Weights times their cell's scale, as 16-bit numbers; returns what they were multiplied by. */
static double write_cells(const struct making *making, int16_t *row, uint32_t stride)
{
    const struct learn_vocabulary *vocabulary = &making->vocabulary;
    size_t cells = (size_t)1 << vocabulary->bits;
    uint32_t labels = making->corpus->label_count;
    double most = 1e-9;
    for (size_t cell = 0; cell < cells; cell++)
        for (uint32_t k = 0; vocabulary->number[cell] && k < labels; k++)
            most = fmax(most, fabs(making->weight[(size_t)(vocabulary->number[cell] - 1) * labels + k] *
                                   vocabulary->scale_q8[cell]));
    double factor = INT16_MAX / most;
    for (size_t cell = 0; cell < cells; cell++, row += stride) {
        if (!vocabulary->number[cell])
            continue;
        const double *weight = making->weight + (size_t)(vocabulary->number[cell] - 1) * labels;
        uint16_t scale = vocabulary->scale_q8[cell];
        memcpy(row, &scale, sizeof scale);
        for (uint32_t k = 0; k < labels; k++)
            row[k + 1] = (int16_t)lround(weight[k] * scale * factor);
    }
    return factor * 256; /* scales are × 256 already */
}

static void write_names(const struct making *making, struct label_name *name, char *text)
{
    const struct learn_corpus *corpus = making->corpus;
    uint32_t offset = 0;
    for (uint32_t k = 0; k < corpus->label_count; k++) {
        weisu_str spelling = corpus->label[k].name;
        memcpy(text + offset, spelling.data, spelling.size);
        name[k] = (struct label_name){.offset = offset,
                                      .size = (uint32_t)spelling.size,
                                      .bias_q16 = (int32_t)lround(making->calibration.bias[k] / M_LN2 * 65536),
                                      .records = corpus->label[k].records};
        offset += (uint32_t)spelling.size;
    }
}

static void write_model(const struct making *making, char *bytes, struct label_model_header *header)
{
    int16_t *cells = (int16_t *)(void *)(bytes + header->section[LABEL_CELLS].offset);
    double factor = write_cells(making, cells, header->stride);
    double slope = making->calibration.slope / M_LN2 * 65536 * slope_one / (factor * margin_steps);
    header->slope = slope < 1 ? 1 : slope > UINT32_MAX ? UINT32_MAX : (uint32_t)slope;
    memcpy(bytes + header->section[LABEL_KNOWN].offset, making->vocabulary.known, header->section[LABEL_KNOWN].size);
    write_names(making, (struct label_name *)(void *)(bytes + header->section[LABEL_NAMES].offset),
                bytes + header->section[LABEL_TEXT].offset);
    memcpy(bytes, header, sizeof *header);
    header->checksum = label_model_checksum(bytes, header->size);
    memcpy(bytes, header, sizeof *header);
}

static weisu_code assemble(const struct making *making, void **bytes, size_t *size, weisu_err *err)
{
    const struct learn_corpus *corpus = making->corpus;
    struct label_model_header header = {.byte_order = LABEL_MODEL_BYTE_ORDER,
                                        .version = LABEL_MODEL_VERSION,
                                        .features = LABEL_FEATURES_VERSION,
                                        .dictionary = lexicon_versions(corpus->lexicon).dictionary,
                                        .records = corpus->document_count};
    memcpy(header.magic, LABEL_MODEL_MAGIC, sizeof header.magic);
    header.held_accuracy = (uint32_t)lround(making->calibration.accuracy * 10000);
    header.held_macro_f1 = (uint32_t)lround(making->calibration.macro_f1 * 10000);
    lay_out(&header, corpus, making->vocabulary.bits);
    *bytes = memory_new_zeroed(corpus->allocator, header.size, 1);
    if (!*bytes)
        return failure(err, WEISU_ENOMEM, "no memory for the model");
    write_model(making, *bytes, &header);
    *size = header.size;
    return WEISU_OK;
}

static weisu_code make(struct making *making, weisu_err *err)
{
    const struct learn_corpus *corpus = making->corpus;
    weisu_code code = learn_vocabulary_make(&making->vocabulary, corpus, err);
    if (code)
        return code;
    if (making->vocabulary.cell_count == 0)
        return failure(err, WEISU_EFIELD, "no two records have a word in common: nothing can be learnt");
    if (take_memory(making))
        return failure(err, WEISU_ENOMEM, "no memory for training on %zu records", corpus->document_count);
    code = learn_machine_new(&making->machine, corpus, &making->vocabulary, err);
    if (!code)
        code = calibrate(making, err);
    if (!code)
        code = learn_machine_train(making->machine, NULL, LEARN_ALL, making->weight, making->present, err);
    return code;
}

weisu_code learn_model_make(const struct learn_corpus *corpus, void **bytes, size_t *size, struct learn_report *report,
                            weisu_err *err)
{
    *bytes = NULL;
    *size = 0;
    if (corpus->label_count < 2)
        return failure(err, WEISU_EFIELD, "the records have %u categories, training needs two", corpus->label_count);
    struct making making = {.corpus = corpus};
    weisu_code code = make(&making, err);
    if (!code)
        code = assemble(&making, bytes, size, err);
    if (!code)
        *report =
            (struct learn_report){making.vocabulary.cell_count, (uint32_t)lround(making.calibration.accuracy * 10000),
                                  (uint32_t)lround(making.calibration.macro_f1 * 10000)};
    give_memory(&making);
    return code;
}
