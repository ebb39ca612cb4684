/* The image loader: whatever the bytes, it refuses them or opens an image in which no look-up leaves the map.
 *
 * Input: the first byte 0: the rest is the file. Otherwise the rest are patches of a sound image (3 bytes offset, 1
 * byte size, the bytes), whose checksum is then made right, so that lies get past it. */
#include "../unit/image_fixture.h"

#include "base/hash.h"
#include "lexicon/image_format.h"
#include "segment/segmenter.h"

#include <assert.h>

struct image_world {
    struct byte_buffer sound;
    char *patched; /* [sound.size] */
    struct arena arena;
};

static struct image_world *world(void)
{
    static struct image_world made;
    if (!made.patched) {
        weisu_code code = fixture_image(&made.sound, NULL);
        assert(code == WEISU_OK);
        made.patched = malloc(made.sound.size);
        assert(made.patched);
        arena_init(&made.arena, NULL, 0);
    }
    return &made;
}

static uint64_t touch(uint64_t sum, weisu_str text)
{
    return sum ^ hash_bytes(text.data, text.size);
}

static uint64_t read_words(const struct lexicon *lexicon)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < lexicon_word_count(lexicon); i++) {
        const struct lexicon_word *word = lexicon_word(lexicon, i);
        const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
        for (uint32_t t = 0; t < word->tag_count; t++) {
            if (tag[t].kind == LEXICON_TAG_PLACE)
                sum = touch(sum, gazetteer_node(lexicon, tag[t].value).name);
            if (tag[t].kind == LEXICON_TAG_TOPIC)
                sum = touch(sum, taxonomy_term(lexicon, tag[t].value).text);
        }
        sum += word->term;
    }
    return sum;
}

static uint64_t read_trees(const struct lexicon *lexicon)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < gazetteer_count(lexicon); i++) {
        unsigned steps = 0;
        for (uint32_t at = i; at != UINT32_MAX; at = gazetteer_node(lexicon, at).parent)
            assert(++steps <= PLACE_LEVELS);
        assert(gazetteer_find(lexicon, gazetteer_node(lexicon, i).code) == i);
    }
    for (uint32_t i = 0; i < taxonomy_topic_count(lexicon); i++) {
        struct taxonomy_topic topic = taxonomy_topic(lexicon, i);
        sum = touch(touch(touch(touch(sum, topic.name), topic.lead), topic.joins), topic.tags);
        uint32_t at = i;
        for (uint32_t steps = 0; at != UINT32_MAX; at = taxonomy_topic(lexicon, at).parent)
            assert(steps++ <= taxonomy_topic_count(lexicon));
        assert(taxonomy_find(lexicon, topic.code) <= i);
    }
    for (uint32_t i = 0; i < taxonomy_term_count(lexicon); i++)
        assert(taxonomy_term(lexicon, i).topic < taxonomy_topic_count(lexicon));
    return sum;
}

/* Walks that the words of the sound image make, also off their ends. */
static void segment_with(const struct lexicon *lexicon, struct arena *arena)
{
    static const char text[] =
        "北京市东城区东四街道路上没有热水，研究生命起源t恤3.5b超it燃气泄漏停水断水没水小区领导您好的";
    struct segmenter *segmenter;
    struct characters characters;
    struct seg_tokens tokens;
    if (segmenter_new(&segmenter, lexicon, NULL, NULL))
        return;
    for (size_t size = sizeof text - 1; size > 0; size -= size > 30 ? 30 : size) {
        arena_reset(arena);
        if (characters_decode(&characters, (weisu_str){text, size}, arena) ||
            segmenter_run(segmenter, &characters, arena, &tokens))
            break;
        size_t at = 0;
        for (size_t i = 0; i < tokens.count; i++) {
            assert(tokens.token[i].begin == at && tokens.token[i].end > at);
            assert(tokens.token[i].word == LEXICON_NO_WORD || tokens.token[i].word < lexicon_word_count(lexicon));
            at = tokens.token[i].end;
        }
        assert(at == characters.count);
        assert(segmenter_safe_cut(segmenter, &characters) < characters.count);
    }
    segmenter_free(segmenter);
}

static void use(const struct lexicon *lexicon, struct arena *arena)
{
    volatile uint64_t sum = read_words(lexicon) + read_trees(lexicon);
    (void)sum;
    static const uint16_t spelled[] = {0x505c, 0x6c34, 'a', 0};
    for (size_t size = 0; size <= 4; size++) {
        uint32_t word = lexicon_find(lexicon, spelled, size);
        assert(word == LEXICON_NO_WORD || word < lexicon_word_count(lexicon));
    }
    segment_with(lexicon, arena);
}

static void open_and_use(const void *bytes, size_t size, struct arena *arena)
{
    struct lexicon *lexicon;
    weisu_err err;
    weisu_code code = lexicon_open_bytes(&lexicon, bytes, size, NULL, &err);
    assert((code == WEISU_OK) == (lexicon != NULL));
    assert(code == WEISU_OK || (code == WEISU_EIMAGE && err.text[0]));
    if (lexicon)
        use(lexicon, arena);
    lexicon_close(lexicon);
}

static void patch(struct image_world *w, const uint8_t *data, size_t size)
{
    memcpy(w->patched, w->sound.data, w->sound.size);
    while (size > 4) {
        size_t at = ((size_t)data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % w->sound.size;
        size_t count = data[3] % 16;
        data += 4;
        size -= 4;
        count = count < size ? count : size;
        count = count < w->sound.size - at ? count : w->sound.size - at;
        memcpy(w->patched + at, data, count);
        data += count;
        size -= count;
    }
    struct image_header *header = (struct image_header *)(void *)w->patched;
    header->checksum = image_checksum(w->patched, w->sound.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_world *w = world();
    if (size == 0)
        return 0;
    if (data[0]) {
        patch(w, data + 1, size - 1);
        open_and_use(w->patched, w->sound.size, &w->arena);
        return 0;
    }
    char *copy = malloc(size); /* aligned, and of exact size for the address sanitizer */
    assert(copy);
    memcpy(copy, data + 1, size - 1);
    open_and_use(copy, size - 1, &w->arena);
    free(copy);
    return 0;
}
