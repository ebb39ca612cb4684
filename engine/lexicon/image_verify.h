/* Judging the bytes of an image before anybody uses them. */
#ifndef LEXICON_IMAGE_VERIFY_H
#define LEXICON_IMAGE_VERIFY_H

#include "lexicon/image_format.h"

/* The sections of a verified image. Every index in them points into the section that it is meant for, every walk of
 * the double array stays in it, every list ends. */
struct image_view {
    const struct image_header *header;
    struct double_array array;
    const uint16_t *joins;
    const uint16_t *sounds;
    const struct lexicon_word *word;
    const struct lexicon_tag *tag;
    const struct image_place *place;
    const char *place_text;
    const struct image_topic *topic;
    const struct image_term *term;
    const char *topic_text;
    uint32_t pair_count;
    uint32_t word_count;
    uint32_t tag_count;
    uint32_t place_count;
    uint32_t topic_count;
    uint32_t term_count;
};

/* `bytes` aligned to 8. WEISU_EIMAGE with the place and the reason; `name` stands before them in the message. Never
 * reads outside [bytes, bytes + size), whatever they hold. Cost: one pass for the checksum, one for the indexes. */
weisu_code image_verify(struct image_view *out, const char *name, const void *bytes, size_t size, weisu_err *err);

#endif
