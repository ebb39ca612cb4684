#include "lexicon/lexicon.h"

#include "base/failure.h"
#include "base/mapped_file.h"
#include "lexicon/image_verify.h"
#include "lexicon/lexicon_array.h"

#include <string.h>

struct lexicon {
    const weisu_allocator *allocator;
    struct image_view view;
    struct mapped_file file; /* empty when the bytes are the caller's */
};

static weisu_code open_view(struct lexicon **out, const char *name, const void *bytes, size_t size,
                            const weisu_allocator *allocator, weisu_err *err)
{
    struct image_view view;
    weisu_code code = image_verify(&view, name, bytes, size, err);
    if (code)
        return code;
    struct lexicon *lexicon = memory_new_zeroed(allocator, 1, sizeof *lexicon);
    if (!lexicon)
        return failure(err, WEISU_ENOMEM, "%s: out of memory", name);
    lexicon->allocator = allocator;
    lexicon->view = view;
    *out = lexicon;
    return WEISU_OK;
}

weisu_code lexicon_open(struct lexicon **out, const char *path, const weisu_allocator *allocator, weisu_err *err)
{
    static const struct mapped_file_kind kind = {sizeof(struct image_header), IMAGE_MAX_BYTES, WEISU_EIMAGE, "image"};
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

weisu_code lexicon_open_bytes(struct lexicon **out, const void *bytes, size_t size, const weisu_allocator *allocator,
                              weisu_err *err)
{
    *out = NULL;
    if ((uintptr_t)bytes % IMAGE_BYTES_ALIGNMENT)
        return failure(err, WEISU_EINVAL, "the bytes of an image need an alignment of %d", IMAGE_BYTES_ALIGNMENT);
    return open_view(out, "image", bytes, size, allocator, err);
}

void lexicon_close(struct lexicon *lexicon)
{
    if (!lexicon)
        return;
    mapped_file_close(&lexicon->file);
    memory_free(lexicon->allocator, lexicon, 1, sizeof *lexicon);
}

struct lexicon_versions lexicon_versions(const struct lexicon *lexicon)
{
    const struct image_header *header = lexicon->view.header;
    return (struct lexicon_versions){header->dictionary, header->gazetteer, header->taxonomy, header->checksum};
}

const struct double_array *lexicon_array(const struct lexicon *lexicon)
{
    return &lexicon->view.array;
}

const uint16_t *lexicon_joins(const struct lexicon *lexicon)
{
    return lexicon->view.joins;
}

const uint16_t *lexicon_sounds(const struct lexicon *lexicon)
{
    return lexicon->view.sounds;
}

uint64_t lexicon_total_frequency(const struct lexicon *lexicon)
{
    return lexicon->view.header->total_frequency;
}

uint32_t lexicon_word_count(const struct lexicon *lexicon)
{
    return lexicon->view.word_count;
}

const struct lexicon_word *lexicon_word(const struct lexicon *lexicon, uint32_t word)
{
    return &lexicon->view.word[word];
}

const struct lexicon_tag *lexicon_tags(const struct lexicon *lexicon, const struct lexicon_word *word)
{
    return lexicon->view.tag + word->first_tag;
}

uint32_t lexicon_find(const struct lexicon *lexicon, const uint16_t *code, size_t count)
{
    const struct double_array *array = &lexicon->view.array;
    uint32_t base = ARRAY_ROOT_BASE;
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        at = array_step(array, base, array->code[code[i]]);
        if (!at)
            return LEXICON_NO_WORD;
        base = array->cell[at].base;
    }
    return at && array_is_word(array, at) ? array_word(array, at) : LEXICON_NO_WORD;
}

static weisu_str place_text(const struct lexicon *lexicon, struct image_text text)
{
    return (weisu_str){lexicon->view.place_text + text.offset, text.size};
}

static weisu_str topic_text(const struct lexicon *lexicon, struct image_text text)
{
    return (weisu_str){lexicon->view.topic_text + text.offset, text.size};
}

uint32_t gazetteer_count(const struct lexicon *lexicon)
{
    return lexicon->view.place_count;
}

struct gazetteer_node gazetteer_node(const struct lexicon *lexicon, uint32_t index)
{
    const struct image_place *place = &lexicon->view.place[index];
    return (struct gazetteer_node){place->code,   place->parent, place->level, place_text(lexicon, place->name),
                                   place->lat_e7, place->lon_e7};
}

uint32_t gazetteer_find(const struct lexicon *lexicon, uint64_t code)
{
    uint32_t low = 0;
    uint32_t high = lexicon->view.place_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lexicon->view.place[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < lexicon->view.place_count && lexicon->view.place[low].code == code ? low : UINT32_MAX;
}

uint32_t taxonomy_topic_count(const struct lexicon *lexicon)
{
    return lexicon->view.topic_count;
}

struct taxonomy_topic taxonomy_topic(const struct lexicon *lexicon, uint32_t index)
{
    const struct image_topic *topic = &lexicon->view.topic[index];
    return (struct taxonomy_topic){
        .code = topic_text(lexicon, topic->code),
        .parent = topic->parent,
        .level = topic->level,
        .name = topic_text(lexicon, topic->name),
        .lead = topic_text(lexicon, topic->lead),
        .joins = topic_text(lexicon, topic->joins),
        .tags = topic_text(lexicon, topic->tags),
    };
}

/* A few dozen topics, looked up when tables are read and a record names one: a scan is enough. */
uint32_t taxonomy_find(const struct lexicon *lexicon, weisu_str code)
{
    for (uint32_t i = 0; i < lexicon->view.topic_count; i++) {
        weisu_str other = topic_text(lexicon, lexicon->view.topic[i].code);
        if (other.size == code.size && (code.size == 0 || memcmp(other.data, code.data, code.size) == 0))
            return i;
    }
    return UINT32_MAX;
}

uint32_t taxonomy_term_count(const struct lexicon *lexicon)
{
    return lexicon->view.term_count;
}

struct taxonomy_term taxonomy_term(const struct lexicon *lexicon, uint32_t index)
{
    const struct image_term *term = &lexicon->view.term[index];
    return (struct taxonomy_term){term->topic, term->weight, term->kind, topic_text(lexicon, term->text)};
}
