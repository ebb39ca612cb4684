#include "lexicon/image_verify.h"

#include "base/failure.h"

#include <string.h>

struct section_layout {
    const char *name;
    size_t element;
};

static const struct section_layout layouts[IMAGE_SECTION_COUNT] = {
#define X(name, element) {#name, sizeof(element)},
    IMAGE_SECTIONS(X)
#undef X
};

static weisu_code refuse(weisu_err *err, const char *name, uint64_t offset, const char *reason)
{
    return failure(err, WEISU_EIMAGE, "%s: byte %llu: %s", name, (unsigned long long)offset, reason);
}

static weisu_code verify_header(const char *name, const struct image_header *header, size_t size, weisu_err *err)
{
    if (size < sizeof *header || memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) != 0)
        return refuse(err, name, 0, "not an image of weisu");
    if (header->byte_order != IMAGE_BYTE_ORDER)
        return refuse(err, name, offsetof(struct image_header, byte_order), "built for another byte order");
    if (header->version != IMAGE_VERSION)
        return failure(err, WEISU_EIMAGE, "%s: byte %zu: version %u, this program reads version %d", name,
                       offsetof(struct image_header, version), header->version, IMAGE_VERSION);
    if (header->size != size)
        return failure(err, WEISU_EIMAGE, "%s: %zu bytes, but the header says %llu: truncated or extended", name, size,
                       (unsigned long long)header->size);
    if (header->checksum != image_checksum(header, size))
        return refuse(err, name, offsetof(struct image_header, checksum), "checksum differs: the image is damaged");
    return WEISU_OK;
}

static weisu_code verify_sections(const char *name, const struct image_header *header, weisu_err *err)
{
    for (unsigned kind = 0; kind < IMAGE_SECTION_COUNT; kind++) {
        const struct image_section *section = &header->section[kind];
        int inside = section->offset >= sizeof *header && section->offset <= header->size &&
                     section->size <= header->size - section->offset;
        if (!inside || section->offset % IMAGE_ALIGNMENT || section->size % layouts[kind].element ||
            section->size / layouts[kind].element >= UINT32_MAX)
            return failure(err, WEISU_EIMAGE, "%s: section %s lies outside the file or is misaligned", name,
                           layouts[kind].name);
    }
    return WEISU_OK;
}

static const void *section_at(const struct image_header *header, enum image_section_kind kind)
{
    return (const char *)header + header->section[kind].offset;
}

static uint32_t section_count(const struct image_header *header, enum image_section_kind kind)
{
    return (uint32_t)(header->section[kind].size / layouts[kind].element);
}

static void view_sections(struct image_view *view, const struct image_header *header)
{
    *view = (struct image_view){
        .header = header,
        .array = {.code = section_at(header, IMAGE_CODES),
                  .cell = section_at(header, IMAGE_CELLS),
                  .rank = section_at(header, IMAGE_RANKS),
                  .pair = section_at(header, IMAGE_PAIRS),
                  .cell_count = section_count(header, IMAGE_CELLS),
                  .code_count = header->code_count},
        .joins = section_at(header, IMAGE_JOINS),
        .sounds = section_at(header, IMAGE_SOUNDS),
        .word = section_at(header, IMAGE_WORDS),
        .tag = section_at(header, IMAGE_TAGS),
        .place = section_at(header, IMAGE_PLACES),
        .place_text = section_at(header, IMAGE_PLACE_TEXT),
        .topic = section_at(header, IMAGE_TOPICS),
        .term = section_at(header, IMAGE_TERMS),
        .topic_text = section_at(header, IMAGE_TOPIC_TEXT),
        .pair_count = section_count(header, IMAGE_PAIRS),
        .word_count = section_count(header, IMAGE_WORDS),
        .tag_count = section_count(header, IMAGE_TAGS),
        .place_count = section_count(header, IMAGE_PLACES),
        .topic_count = section_count(header, IMAGE_TOPICS),
        .term_count = section_count(header, IMAGE_TERMS),
    };
}

/* Bit 31 is set when `x` > `limit`; `limit` < 2^31. Tests of whole sections are sums of such bits without an exit,
 * which the compiler vectorises: they run over millions of elements at every start. */
static uint32_t excess(uint32_t x, uint32_t limit)
{
    return x | (limit - x);
}

static int codes_are_sound(const struct double_array *array)
{
    uint32_t wrong = 0;
    for (size_t i = 0; i < UINT16_MAX + 1u; i++)
        wrong |= excess(array->code[i], array->code_count - 1);
    return !(wrong >> 31);
}

/* A walk stays inside, and the code 0 of what is no word's character, also behind the end of a text, ends it. */
static int cells_are_sound(const struct double_array *array)
{
    uint32_t limit = array->cell_count - array->code_count;
    uint32_t wrong = 0;
    for (size_t i = 0; i < array->cell_count; i++)
        wrong |= excess(array->cell[i].base, limit) | (array->cell[i].check - 1u);
    return !(wrong >> 31);
}

/* Words or pairs so far, block by block; a bit behind the last cell is one too many. */
struct rank_sums {
    uint32_t words;
    uint32_t pairs;
    size_t behind_last_word;
    size_t behind_last;
};

static size_t behind_last_bit(uint64_t bits, size_t block, size_t before)
{
    return bits ? 64 * block + 64 - (size_t)__builtin_clzll(bits) : before;
}

/* The rank of a word's cell is at most word_count, and reaches it only behind the last bit: there no word may end. That
 * the bits agree with the costs before it is the checksum's business; an image that lies about it names wrong words, in
 * range. */
static int ranks_are_sound(const struct double_array *array, uint32_t word_count, uint32_t pair_count)
{
    size_t blocks = array_rank_count(array->cell_count);
    struct rank_sums sums = {0};
    uint32_t wrong = 0;
    for (size_t block = 0; block < blocks; block++) {
        const struct array_rank *rank = &array->rank[block];
        wrong |= (sums.words ^ rank->before) | (sums.pairs ^ rank->pairs_before);
        sums.words += count_bits(rank->ends);
        sums.pairs += count_bits(rank->pairs);
        sums.behind_last_word = behind_last_bit(rank->ends, block, sums.behind_last_word);
        sums.behind_last = behind_last_bit(rank->ends | rank->pairs, block, sums.behind_last);
    }
    if (wrong || sums.behind_last > array->cell_count || sums.words != word_count || sums.pairs != pair_count)
        return 0;
    for (size_t i = sums.behind_last_word; i < array->cell_count; i++)
        wrong |= array->cell[i].cost != WORD_COST_NONE && !array_is_pair(array, (uint32_t)i);
    return !wrong;
}

static int pairs_are_sound(const struct double_array *array, uint32_t word_count, uint32_t pair_count)
{
    uint32_t wrong = 0;
    for (size_t i = 0; i < pair_count; i++)
        wrong |=
            excess(array_pair_first(array->pair[i]), word_count - 1) | excess(array->pair[i].second, word_count - 1);
    return !(wrong >> 31);
}

/* The free run ends every walk: nothing in it may match. And a step never leads back to code 0. */
static int free_run_is_free(const struct double_array *array)
{
    uint32_t wrong = array->cell[0].check != ARRAY_FREE;
    for (size_t i = array->cell_count - array->code_count; i < array->cell_count; i++)
        wrong |= array->cell[i].check != ARRAY_FREE;
    return !wrong;
}

static weisu_code verify_array(const char *name, const struct image_view *view, weisu_err *err)
{
    const struct image_header *header = view->header;
    const struct double_array *array = &view->array;
    uint64_t offset = header->section[IMAGE_CELLS].offset;
    if (section_count(header, IMAGE_CODES) != UINT16_MAX + 1u ||
        section_count(header, IMAGE_JOINS) != UINT16_MAX + 1u ||
        section_count(header, IMAGE_SOUNDS) != UINT16_MAX + 1u ||
        section_count(header, IMAGE_RANKS) != array_rank_count(array->cell_count) || array->code_count < 2 ||
        array->code_count > ARRAY_MAX_CODES || array->cell_count < 2 * array->code_count ||
        array->cell_count > ARRAY_MAX_CELLS || view->word_count == 0)
        return refuse(err, name, offset, "the double array has an impossible size");
    if (!codes_are_sound(array) || !cells_are_sound(array) || !free_run_is_free(array) ||
        !ranks_are_sound(array, view->word_count, view->pair_count) ||
        !pairs_are_sound(array, view->word_count, view->pair_count))
        return refuse(err, name, offset, "the double array leads outside itself");
    return WEISU_OK;
}

static uint32_t tag_limit(const struct image_view *view, uint32_t kind)
{
    return kind == LEXICON_TAG_PLACE ? view->place_count : kind == LEXICON_TAG_TOPIC ? view->term_count : UINT32_MAX;
}

static weisu_code verify_words(const char *name, const struct image_view *view, weisu_err *err)
{
    uint32_t wrong = 0;
    for (size_t i = 0; i < view->word_count; i++) {
        const struct lexicon_word *word = &view->word[i];
        wrong |= excess(word->first_tag, view->tag_count);
        wrong |= excess(word->first_tag + word->tag_count, view->tag_count);
        wrong |= excess(word->length - 1u, ARRAY_MAX_LENGTH - 1);
    }
    if (wrong >> 31)
        return refuse(err, name, view->header->section[IMAGE_WORDS].offset, "a word has impossible tags or length");
    wrong = 0;
    for (size_t i = 0; i < view->tag_count; i++)
        wrong |= view->tag[i].kind > LEXICON_TAG_COMMON || view->tag[i].value >= tag_limit(view, view->tag[i].kind);
    if (wrong)
        return refuse(err, name, view->header->section[IMAGE_TAGS].offset, "a tag points outside its table");
    return WEISU_OK;
}

static int text_is_inside(const struct image_header *header, enum image_section_kind kind, struct image_text text)
{
    return (uint64_t)text.offset + text.size <= header->section[kind].size;
}

static int position_is_sound(const struct image_place *place)
{
    if (place->lat_e7 == PLACE_NO_POSITION || place->lon_e7 == PLACE_NO_POSITION)
        return place->lat_e7 == place->lon_e7;
    return place->lat_e7 >= -900000000 && place->lat_e7 <= 900000000 && place->lon_e7 >= -1800000000 &&
           place->lon_e7 <= 1800000000;
}

/* Codes rise and a parent is of a wider level, so a way to the root ends. */
static weisu_code verify_places(const char *name, const struct image_view *view, weisu_err *err)
{
    int wrong = 0;
    for (uint32_t i = 0; i < view->place_count && !wrong; i++) {
        const struct image_place *place = &view->place[i];
        int root = place->parent == UINT32_MAX;
        wrong = place->level >= PLACE_LEVELS || (i && view->place[i - 1].code >= place->code) ||
                !text_is_inside(view->header, IMAGE_PLACE_TEXT, place->name) || !position_is_sound(place) ||
                (!root && (place->parent >= view->place_count || view->place[place->parent].level >= place->level));
    }
    return wrong ? refuse(err, name, view->header->section[IMAGE_PLACES].offset, "the gazetteer contradicts itself")
                 : WEISU_OK;
}

static int topic_is_sound(const struct image_view *view, uint32_t index)
{
    const struct image_topic *topic = &view->topic[index];
    const struct image_text texts[] = {topic->code, topic->name, topic->lead, topic->joins, topic->tags};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!text_is_inside(view->header, IMAGE_TOPIC_TEXT, texts[i]))
            return 0;
    if (topic->parent == UINT32_MAX)
        return topic->level == 0;
    return topic->parent < view->topic_count && view->topic[topic->parent].level < topic->level;
}

static weisu_code verify_taxonomy(const char *name, const struct image_view *view, weisu_err *err)
{
    int sound = 1;
    for (uint32_t i = 0; i < view->topic_count && sound; i++)
        sound = topic_is_sound(view, i);
    for (uint32_t i = 0; i < view->term_count && sound; i++) {
        const struct image_term *term = &view->term[i];
        sound = term->topic < view->topic_count && term->kind <= TOPIC_DETAIL &&
                text_is_inside(view->header, IMAGE_TOPIC_TEXT, term->text);
    }
    return sound ? WEISU_OK
                 : refuse(err, name, view->header->section[IMAGE_TOPICS].offset, "the taxonomy contradicts itself");
}

weisu_code image_verify(struct image_view *out, const char *name, const void *bytes, size_t size, weisu_err *err)
{
    const struct image_header *header = bytes;
    if (size < sizeof *header)
        return failure(err, WEISU_EIMAGE, "%s: %zu bytes are no image", name, size);
    weisu_code code = verify_header(name, header, size, err);
    if (!code)
        code = verify_sections(name, header, err);
    if (code)
        return code;
    view_sections(out, header);
    code = verify_array(name, out, err);
    if (!code)
        code = verify_words(name, out, err);
    if (!code)
        code = verify_places(name, out, err);
    return code ? code : verify_taxonomy(name, out, err);
}
