/* Layout of an image file: a header of 320 bytes, then sections, each at a multiple of 64 bytes, zeros between them.
 * Little-endian; every number below stands as the host has it. The version changes with any layout here, with the
 * folding, the hash of terms or the meaning of a tag; an image of another version is refused, never converted. */
#ifndef LEXICON_IMAGE_FORMAT_H
#define LEXICON_IMAGE_FORMAT_H

#include "lexicon/double_array.h"
#include "lexicon/lexicon.h"

#define IMAGE_MAGIC "WEISUIMG" /* 8 bytes, without the 0 */

enum {
    IMAGE_VERSION = 3,
    IMAGE_BYTE_ORDER = 0x01020304,
    IMAGE_ALIGNMENT = 64,      /* of sections in the file */
    IMAGE_BYTES_ALIGNMENT = 8, /* of the file in memory */
    IMAGE_MAX_BYTES = 1 << 30
};

/* name, element. IMAGE_CODES, IMAGE_JOINS and IMAGE_SOUNDS have 65,536 elements, IMAGE_RANKS one for 64 of IMAGE_CELLS.
 */
#define IMAGE_SECTIONS(X)                                                                                              \
    X(IMAGE_CODES, uint16_t)                                                                                           \
    X(IMAGE_CELLS, struct array_cell)                                                                                  \
    X(IMAGE_RANKS, struct array_rank)                                                                                  \
    X(IMAGE_PAIRS, struct array_pair)                                                                                  \
    X(IMAGE_JOINS, uint16_t)                                                                                           \
    X(IMAGE_SOUNDS, uint16_t)                                                                                          \
    X(IMAGE_WORDS, struct lexicon_word)                                                                                \
    X(IMAGE_TAGS, struct lexicon_tag)                                                                                  \
    X(IMAGE_PLACES, struct image_place)                                                                                \
    X(IMAGE_PLACE_TEXT, char)                                                                                          \
    X(IMAGE_TOPICS, struct image_topic)                                                                                \
    X(IMAGE_TERMS, struct image_term)                                                                                  \
    X(IMAGE_TOPIC_TEXT, char)

enum image_section_kind {
#define X(name, element) name,
    IMAGE_SECTIONS(X)
#undef X
        IMAGE_SECTION_COUNT
};

struct image_section {
    uint64_t offset; /* from the start of the file */
    uint64_t size;   /* bytes; a multiple of the element's */
};

struct image_header {
    char magic[8];
    uint32_t byte_order;
    uint32_t version;
    uint64_t size;       /* of the file */
    uint64_t checksum;   /* image_checksum of the file */
    uint64_t dictionary; /* hashes of the sections that make up each part */
    uint64_t gazetteer;
    uint64_t taxonomy;
    uint64_t total_frequency;
    uint32_t code_count; /* codes of the double array */
    uint32_t reserved[3];
    struct image_section section[IMAGE_SECTION_COUNT];
    uint8_t padding[32];
};

_Static_assert(sizeof(struct image_header) == 320, "the header's size is part of the format");

/* A run of bytes of the text section that belongs to the table. */
struct image_text {
    uint32_t offset;
    uint32_t size;
};

/* Sorted by code. */
struct image_place {
    uint64_t code;
    uint32_t parent;
    uint32_t level;
    struct image_text name;
    int32_t lat_e7; /* degrees × 10^7; both PLACE_NO_POSITION when it is not known */
    int32_t lon_e7;
};

/* Sorted by code (as text). */
struct image_topic {
    struct image_text code, name, lead, joins, tags;
    uint32_t parent;
    uint32_t level;
};

struct image_term {
    uint32_t topic;
    uint16_t weight;
    uint16_t kind;
    struct image_text text;
};

/* XXH3 over the whole file with the header's checksum taken as 0. `size` >= sizeof(struct image_header). */
uint64_t image_checksum(const void *bytes, size_t size);

#endif
