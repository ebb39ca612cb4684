/* Opening a model file: mapping, and the checks that let the rest trust it. */
#include "base/failure.h"
#include "topic/label_model.h"
#include "topic/label_model_format.h"
#include "topic/label_model_private.h"

#include <string.h>

enum { BYTES_ALIGNMENT = 8 };

uint64_t label_model_checksum(const void *bytes, size_t size)
{
    struct label_model_header header;
    memcpy(&header, bytes, sizeof header);
    header.checksum = 0;
    uint64_t seed = hash_bytes(&header, sizeof header);
    return hash_bytes_seeded((const char *)bytes + sizeof header, size - sizeof header, seed);
}

static weisu_code refuse(weisu_err *err, const char *name, const char *reason)
{
    return failure(err, WEISU_EMODEL, "%s: %s", name, reason);
}

static weisu_code verify_header(const char *name, const struct label_model_header *header, size_t size, weisu_err *err)
{
    if (size < sizeof *header || memcmp(header->magic, LABEL_MODEL_MAGIC, sizeof header->magic) != 0)
        return refuse(err, name, "not a model of weisu");
    if (header->byte_order != LABEL_MODEL_BYTE_ORDER)
        return refuse(err, name, "made for another byte order");
    if (header->version != LABEL_MODEL_VERSION || header->features != LABEL_FEATURES_VERSION)
        return failure(err, WEISU_EMODEL, "%s: version %u.%u, this program reads version %d.%d: train it again", name,
                       header->version, header->features, LABEL_MODEL_VERSION, LABEL_FEATURES_VERSION);
    if (header->size != size)
        return failure(err, WEISU_EMODEL, "%s: %zu bytes, but the header says %llu: truncated or extended", name, size,
                       (unsigned long long)header->size);
    if (header->checksum != label_model_checksum(header, size))
        return refuse(err, name, "checksum differs: the model is damaged");
    return WEISU_OK;
}

static int header_is_sound(const struct label_model_header *header)
{
    return header->bits >= LABEL_MODEL_MIN_BITS && header->bits <= LABEL_MODEL_MAX_BITS && header->label_count >= 2 &&
           header->label_count <= LABEL_MAX_LABELS && header->stride > header->label_count &&
           header->stride <= LABEL_MAX_STRIDE && header->slope > 0;
}

static int sections_are_sound(const struct label_model_header *header)
{
    uint64_t cells = UINT64_C(1) << header->bits;
    const uint64_t expected[LABEL_SECTION_COUNT] = {[LABEL_KNOWN] = cells,
                                                    [LABEL_CELLS] = cells * header->stride * sizeof(int16_t),
                                                    [LABEL_NAMES] = header->label_count * sizeof(struct label_name),
                                                    [LABEL_TEXT] = header->section[LABEL_TEXT].size};
    for (unsigned kind = 0; kind < LABEL_SECTION_COUNT; kind++) {
        const struct label_section *section = &header->section[kind];
        if (section->offset < sizeof *header || section->offset > header->size ||
            section->size > header->size - section->offset || section->offset % LABEL_MODEL_ALIGNMENT ||
            section->size != expected[kind])
            return 0;
    }
    return 1;
}

static int names_are_sound(const struct label_view *view)
{
    uint64_t text = view->header->section[LABEL_TEXT].size;
    for (uint32_t i = 0; i < view->header->label_count; i++) {
        const struct label_name *name = &view->name[i];
        if (name->size == 0 || name->size > LABEL_MAX_NAME_BYTES || name->offset > text ||
            name->size > text - name->offset)
            return 0;
        for (uint32_t at = name->offset; at < name->offset + name->size; at++)
            if ((unsigned char)view->text[at] < ' ')
                return 0;
    }
    return 1;
}

static const void *section_at(const struct label_model_header *header, enum label_section_kind kind)
{
    return (const char *)header + header->section[kind].offset;
}

weisu_code label_model_verify(struct label_view *view, const char *name, const void *bytes, size_t size, weisu_err *err)
{
    const struct label_model_header *header = bytes;
    weisu_code code = verify_header(name, header, size, err);
    if (code)
        return code;
    if (!header_is_sound(header) || !sections_are_sound(header))
        return refuse(err, name, "a section lies outside the file or has another size than the header says");
    *view = (struct label_view){.header = header,
                                .known = section_at(header, LABEL_KNOWN),
                                .cell = section_at(header, LABEL_CELLS),
                                .name = section_at(header, LABEL_NAMES),
                                .text = section_at(header, LABEL_TEXT)};
    return names_are_sound(view) ? WEISU_OK : refuse(err, name, "the name of a label lies outside the file");
}

static weisu_code open_view(struct label_model **out, const char *name, const void *bytes, size_t size,
                            const weisu_allocator *allocator, weisu_err *err)
{
    struct label_view view;
    weisu_code code = label_model_verify(&view, name, bytes, size, err);
    if (code)
        return code;
    struct label_model *model = memory_new_zeroed(allocator, 1, sizeof *model);
    if (!model)
        return failure(err, WEISU_ENOMEM, "%s: out of memory", name);
    model->allocator = allocator;
    model->view = view;
    for (uint32_t units = 1; units <= LABEL_MOST_UNITS; units++)
        model->worth_q8[units] = (uint16_t)label_worth_q8(units);
    *out = model;
    return WEISU_OK;
}

weisu_code label_model_open(struct label_model **out, const char *path, const weisu_allocator *allocator,
                            weisu_err *err)
{
    static const struct mapped_file_kind kind = {sizeof(struct label_model_header), LABEL_MODEL_MAX_BYTES, WEISU_EMODEL,
                                                 "model"};
    struct mapped_file file;
    *out = NULL;
    weisu_code code = mapped_file_open(&file, path, &kind, err);
    if (code)
        return code;
    code = open_view(out, path, file.bytes, file.size, allocator, err);
    if (*out)
        (*out)->file = file;
    else
        mapped_file_close(&file);
    return code;
}

weisu_code label_model_open_bytes(struct label_model **out, const void *bytes, size_t size,
                                  const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    if ((uintptr_t)bytes % BYTES_ALIGNMENT)
        return failure(err, WEISU_EINVAL, "the bytes of a model need an alignment of %d", BYTES_ALIGNMENT);
    return open_view(out, "model", bytes, size, allocator, err);
}

void label_model_close(struct label_model *model)
{
    if (!model)
        return;
    mapped_file_close(&model->file);
    memory_free(model->allocator, model, 1, sizeof *model);
}

uint32_t label_model_count(const struct label_model *model)
{
    return model->view.header->label_count;
}

weisu_str label_model_name(const struct label_model *model, uint32_t label)
{
    const struct label_name *name = &model->view.name[label];
    return (weisu_str){model->view.text + name->offset, name->size};
}

uint64_t label_model_version(const struct label_model *model)
{
    return model->view.header->checksum;
}

int label_model_fits(const struct label_model *model, const struct lexicon *lexicon)
{
    return model->view.header->dictionary == lexicon_versions(lexicon).dictionary;
}
