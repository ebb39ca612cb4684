/* Layout of a model file: a header of 192 bytes, then sections, each at a multiple of 64 bytes, zeros between them.
 * Little-endian. A file of another version, or of other features, is refused, never converted. Internal to topic/ and
 * learn/. */
#ifndef TOPIC_LABEL_MODEL_FORMAT_H
#define TOPIC_LABEL_MODEL_FORMAT_H

#include "topic/label_features.h"

#define LABEL_MODEL_MAGIC "WEISUMDL" /* 8 bytes, without the 0 */

enum {
    LABEL_MODEL_VERSION = 1,
    LABEL_MODEL_BYTE_ORDER = 0x01020304,
    LABEL_MODEL_ALIGNMENT = 64,
    LABEL_MODEL_MAX_BYTES = 1 << 30,
    LABEL_MODEL_MIN_BITS = 6,
    LABEL_MODEL_MAX_BITS = 22,
    LABEL_MAX_LABELS = 255,
    LABEL_MAX_STRIDE = 264,
    LABEL_MAX_NAME_BYTES = 256
};

/* LABEL_KNOWN: uint8_t [2^bits]; bit (hash >> (61 - bits)) & 7 of the cell is set when training kept that feature.
 * LABEL_CELLS: int16_t [2^bits][stride]; the first of a row is the cell's scale (uint16_t, × 256), then a weight for
 * each label, then zeros. The cell of a feature is the top `bits` bits of its hash.
 * LABEL_NAMES: struct label_name [label_count], sorted by spelling. LABEL_TEXT: what they point into. */
enum label_section_kind { LABEL_KNOWN, LABEL_CELLS, LABEL_NAMES, LABEL_TEXT, LABEL_SECTION_COUNT };

struct label_section {
    uint64_t offset;
    uint64_t size;
};

struct label_model_header {
    char magic[8];
    uint32_t byte_order;
    uint32_t version;
    uint64_t size;       /* of the file */
    uint64_t checksum;   /* label_model_checksum of the file */
    uint64_t dictionary; /* of the image that cut the texts of the training */
    uint64_t records;    /* of the training */
    uint32_t features;   /* LABEL_FEATURES_VERSION */
    uint32_t bits;
    uint32_t label_count;
    uint32_t stride;
    uint32_t slope;         /* margin → logit, see label_model.c; above 0 */
    uint32_t held_accuracy; /* on records held back from training, × 10,000 */
    uint32_t held_macro_f1; /* the same */
    uint32_t reserved;
    struct label_section section[LABEL_SECTION_COUNT];
    uint8_t padding[48];
};

_Static_assert(sizeof(struct label_model_header) == 192, "the header's size is part of the format");

struct label_name {
    uint32_t offset;
    uint32_t size;
    int32_t bias_q16; /* added to the label's logit */
    uint32_t records; /* of the training */
};

/* XXH3 over the whole file with the header's checksum taken as 0. `size` >= sizeof(struct label_model_header). */
uint64_t label_model_checksum(const void *bytes, size_t size);

/* A verified file in memory. */
struct label_view {
    const struct label_model_header *header;
    const uint8_t *known;
    const int16_t *cell;
    const struct label_name *name;
    const char *text;
};

/* Checks everything that reading relies on, so that no damaged or lying file reaches outside. `name` stands in
 * messages. WEISU_EMODEL. */
weisu_code label_model_verify(struct label_view *view, const char *name, const void *bytes, size_t size,
                              weisu_err *err);

/* The cell of a feature, and its bit in LABEL_KNOWN. */
static inline uint32_t label_cell(uint64_t hash, uint32_t bits)
{
    return (uint32_t)(hash >> (64 - bits));
}
static inline uint32_t label_known_bit(uint64_t hash, uint32_t bits)
{
    return (uint32_t)(hash >> (61 - bits)) & 7;
}

/* What a feature that counts `units` in a record is worth: 1 + ln(units), × 256. */
uint32_t label_worth_q8(uint32_t units);

#endif
