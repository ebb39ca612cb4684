#include "lexicon/image_build.h"

#include "base/failure.h"
#include "lexicon/character_codes.h"
#include "lexicon/double_array_build.h"
#include "lexicon/image_sources.h"

#include <stdlib.h>
#include <string.h>

struct image_build_state {
    const weisu_allocator *allocator;
    struct image_sources *sources;
    struct byte_buffer *out;
    struct image_header header;
    uint16_t *code; /* [CHARACTER_COUNT] */
    uint32_t code_count;
    struct array_build array;
    size_t key_count;
};

static int is_word(const struct word_entry *entry)
{
    return !(entry->marks & WORD_LEFT_OUT);
}

/* A pair decides the cell when it is cheaper than the word of its spelling. */
static int is_pair(const struct word_table *words, const struct word_entry *entry)
{
    return entry->pair_cost != WORD_COST_NONE &&
           (!is_word(entry) || entry->pair_cost < word_cost(words->total, entry->frequency));
}

static int compare_key(const void *a, const void *b)
{
    const struct array_key *x = a;
    const struct array_key *y = b;
    uint32_t common = x->length < y->length ? x->length : y->length;
    for (uint32_t i = 0; i < common; i++)
        if (x->code[i] != y->code[i])
            return x->code[i] < y->code[i] ? -1 : 1;
    return x->length < y->length ? -1 : x->length > y->length;
}

/* `key`: [words->count]; `codes`: [words->character_count]. */
static void list_keys(struct image_build_state *s, struct array_key *key, uint16_t *codes)
{
    const struct word_table *words = &s->sources->words;
    for (size_t i = 0; i < words->count; i++) {
        const struct word_entry *entry = &words->entry[i];
        if (!word_is_built(entry))
            continue;
        const uint16_t *spelling = word_table_spelling(words, entry);
        for (size_t at = 0; at < entry->length; at++)
            codes[at] = s->code[spelling[at]];
        key[s->key_count++] = (struct array_key){
            .code = codes,
            .length = entry->length,
            .entry = (uint32_t)i,
            .frequency = entry->frequency,
            .cost = (uint16_t)word_table_cost(words, entry),
        };
        codes += entry->length;
    }
    qsort(key, s->key_count, sizeof *key, compare_key);
}

static weisu_code build_array(struct image_build_state *s, weisu_err *err)
{
    const struct word_table *words = &s->sources->words;
    if (words->count == 0 || words->total == 0)
        return failure(err, WEISU_ESYNTAX, "%s: the word list is empty", s->sources->folder);
    struct array_key *key = memory_new(s->allocator, words->count, sizeof *key);
    uint16_t *codes = memory_new(s->allocator, words->character_count, sizeof *codes);
    s->code = memory_new(s->allocator, CHARACTER_COUNT, sizeof *s->code);
    s->code_count = s->code ? character_codes(words, s->code) : 0;
    weisu_code code;
    if (!key || !codes || !s->code_count) {
        code = failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    } else {
        list_keys(s, key, codes);
        code = array_build_run(&s->array, key, s->key_count, s->code_count, s->allocator, err);
    }
    memory_free(s->allocator, key, words->count, sizeof *key);
    memory_free(s->allocator, codes, words->character_count, sizeof *codes);
    return code;
}

/* ---- writing ---- */

static void pad_to_alignment(struct byte_buffer *out)
{
    static const char zeros[IMAGE_ALIGNMENT];
    byte_buffer_append(out, zeros, (IMAGE_ALIGNMENT - out->size % IMAGE_ALIGNMENT) % IMAGE_ALIGNMENT);
}

static void begin_section(struct image_build_state *s, enum image_section_kind kind)
{
    pad_to_alignment(s->out);
    s->header.section[kind].offset = s->out->size;
}

static void end_section(struct image_build_state *s, enum image_section_kind kind)
{
    s->header.section[kind].size = s->out->size - s->header.section[kind].offset;
}

static void append_section(struct image_build_state *s, enum image_section_kind kind, const void *bytes, size_t size)
{
    begin_section(s, kind);
    byte_buffer_append(s->out, bytes, size);
    end_section(s, kind);
}

static int compare_tag(const void *a, const void *b)
{
    const struct lexicon_tag *x = a;
    const struct lexicon_tag *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* Appends the tags of a word, sorted, each once. Returns how many, or UINT32_MAX past what a word can count. */
static uint32_t append_tags(struct image_build_state *s, const struct word_entry *entry)
{
    const struct word_table *table = &s->sources->words;
    size_t start = s->out->size;
    for (uint32_t at = entry->last_tag; at != WORD_TABLE_NONE; at = table->tag[at].previous)
        byte_buffer_append(s->out, &table->tag[at].tag, sizeof table->tag[at].tag);
    size_t count = (s->out->size - start) / sizeof(struct lexicon_tag);
    if (s->out->failed || count == 0)
        return 0;
    struct lexicon_tag *tag = (struct lexicon_tag *)(void *)(s->out->data + start);
    qsort(tag, count, sizeof *tag, compare_tag);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (compare_tag(&tag[i], &tag[kept - 1]))
            tag[kept++] = tag[i];
    s->out->size = start + kept * sizeof *tag;
    return kept <= UINT16_MAX ? (uint32_t)kept : UINT32_MAX;
}

static void append_word(struct image_build_state *s, const struct word_entry *entry, uint32_t first_tag,
                        uint32_t tag_count)
{
    const struct word_table *words = &s->sources->words;
    uint64_t frequency = entry->listed ? entry->listed : entry->frequency;
    struct lexicon_word word = {
        .term = entry->term,
        .first_tag = first_tag,
        .tag_count = (uint16_t)tag_count,
        .idf_q8 = (uint16_t)(word_cost(words->listed_total, frequency) >> (WORD_COST_SHIFT - 8)),
        .frequency = (uint32_t)(frequency < UINT32_MAX ? frequency : UINT32_MAX),
        .part_of_speech = entry->part_of_speech,
        .length = entry->length,
    };
    byte_buffer_append(s->out, &word, sizeof word);
}

/* The entry that ends in a cell, NULL for none. */
static const struct word_entry *entry_at(const struct image_build_state *s, size_t cell)
{
    uint32_t entry = s->array.entry[cell];
    return entry == UINT32_MAX ? NULL : &s->sources->words.entry[entry];
}

static void write_ranks(struct image_build_state *s)
{
    uint32_t before = 0;
    uint32_t pairs_before = 0;
    begin_section(s, IMAGE_RANKS);
    for (size_t start = 0; start < s->array.cell_count; start += 64) {
        struct array_rank rank = {.before = before, .pairs_before = pairs_before};
        for (size_t i = start; i < s->array.cell_count && i < start + 64; i++) {
            const struct word_entry *entry = entry_at(s, i);
            rank.ends |= (uint64_t)(entry && is_word(entry)) << (i - start);
            rank.pairs |= (uint64_t)(entry && is_pair(&s->sources->words, entry)) << (i - start);
        }
        before += count_bits(rank.ends);
        pairs_before += count_bits(rank.pairs);
        byte_buffer_append(s->out, &rank, sizeof rank);
    }
    end_section(s, IMAGE_RANKS);
}

/* Tags first, words after: a word says where its tags begin. Both in the order of cells. */
static weisu_code write_words(struct image_build_state *s, uint32_t *tag_count, weisu_err *err)
{
    begin_section(s, IMAGE_TAGS);
    for (size_t cell = 0; cell < s->array.cell_count; cell++) {
        const struct word_entry *entry = entry_at(s, cell);
        if (!entry || !is_word(entry))
            continue;
        uint32_t count = append_tags(s, entry);
        tag_count[s->array.entry[cell]] = count;
        if (count == UINT32_MAX)
            return failure(err, WEISU_ELIMIT, "a word has more than %d tags", UINT16_MAX);
    }
    end_section(s, IMAGE_TAGS);
    begin_section(s, IMAGE_WORDS);
    uint32_t first_tag = 0;
    for (size_t cell = 0; cell < s->array.cell_count; cell++) {
        const struct word_entry *entry = entry_at(s, cell);
        if (!entry || !is_word(entry))
            continue;
        uint32_t count = tag_count[s->array.entry[cell]];
        append_word(s, entry, first_tag, count);
        first_tag += count;
    }
    end_section(s, IMAGE_WORDS);
    return WEISU_OK;
}

/* `index`: [words.count] is filled with the entries' indexes as words. */
static void write_pairs(struct image_build_state *s, uint32_t *index)
{
    const struct word_table *words = &s->sources->words;
    uint32_t next = 0;
    for (size_t cell = 0; cell < s->array.cell_count; cell++) {
        const struct word_entry *entry = entry_at(s, cell);
        if (entry && is_word(entry))
            index[s->array.entry[cell]] = next++;
    }
    begin_section(s, IMAGE_PAIRS);
    for (size_t cell = 0; cell < s->array.cell_count; cell++) {
        const struct word_entry *entry = entry_at(s, cell);
        if (!entry || !is_pair(words, entry))
            continue;
        uint32_t length = words->entry[entry->first].length;
        struct array_pair pair = {index[entry->first] | length << ARRAY_PAIR_BITS, index[entry->second]};
        byte_buffer_append(s->out, &pair, sizeof pair);
    }
    end_section(s, IMAGE_PAIRS);
}

static weisu_code write_dictionary(struct image_build_state *s, weisu_err *err)
{
    size_t count = s->sources->words.count;
    uint32_t *of_entry = memory_new(s->allocator, count, sizeof *of_entry);
    if (!of_entry)
        return failure(err, WEISU_ENOMEM, "out of memory while writing the image");
    append_section(s, IMAGE_CODES, s->code, CHARACTER_COUNT * sizeof *s->code);
    append_section(s, IMAGE_CELLS, s->array.cell, s->array.cell_count * sizeof *s->array.cell);
    write_ranks(s);
    write_pairs(s, of_entry);
    append_section(s, IMAGE_JOINS, s->sources->joins, sizeof s->sources->joins);
    append_section(s, IMAGE_SOUNDS, s->sources->sounds, sizeof s->sources->sounds);
    weisu_code code = write_words(s, of_entry, err);
    memory_free(s->allocator, of_entry, count, sizeof *of_entry);
    return code;
}

static struct image_text append_text(struct byte_buffer *texts, weisu_str text)
{
    struct image_text at = {(uint32_t)texts->size, (uint32_t)text.size};
    byte_buffer_append(texts, text.data, text.size);
    return at;
}

static void write_gazetteer(struct image_build_state *s)
{
    struct byte_buffer texts;
    byte_buffer_init(&texts, s->allocator);
    begin_section(s, IMAGE_PLACES);
    for (size_t i = 0; i < s->sources->place_count; i++) {
        const struct place_row *row = &s->sources->place[i];
        struct image_place place = {row->code,   row->parent, row->level, append_text(&texts, row->name),
                                    row->lat_e7, row->lon_e7};
        byte_buffer_append(s->out, &place, sizeof place);
    }
    end_section(s, IMAGE_PLACES);
    append_section(s, IMAGE_PLACE_TEXT, texts.data, texts.size);
    s->out->failed |= texts.failed;
    byte_buffer_dispose(&texts);
}

static void write_taxonomy(struct image_build_state *s)
{
    struct byte_buffer texts;
    byte_buffer_init(&texts, s->allocator);
    begin_section(s, IMAGE_TOPICS);
    for (size_t i = 0; i < s->sources->topic_count; i++) {
        const struct topic_row *row = &s->sources->topic[i];
        struct image_topic topic = {.parent = row->parent, .level = row->level};
        topic.code = append_text(&texts, row->code);
        topic.name = append_text(&texts, row->name);
        topic.lead = append_text(&texts, row->lead);
        topic.joins = append_text(&texts, row->joins);
        topic.tags = append_text(&texts, row->tags);
        byte_buffer_append(s->out, &topic, sizeof topic);
    }
    end_section(s, IMAGE_TOPICS);
    begin_section(s, IMAGE_TERMS);
    for (size_t i = 0; i < s->sources->term_count; i++) {
        const struct term_row *row = &s->sources->term[i];
        struct image_term term = {row->topic, row->weight, row->kind, append_text(&texts, row->text)};
        byte_buffer_append(s->out, &term, sizeof term);
    }
    end_section(s, IMAGE_TERMS);
    append_section(s, IMAGE_TOPIC_TEXT, texts.data, texts.size);
    s->out->failed |= texts.failed;
    byte_buffer_dispose(&texts);
}

static uint64_t hash_sections(const struct image_build_state *s, enum image_section_kind first,
                              enum image_section_kind last)
{
    uint64_t hash = IMAGE_VERSION;
    for (unsigned kind = first; kind <= last; kind++) {
        const struct image_section *section = &s->header.section[kind];
        hash = hash_bytes_seeded(s->out->data + section->offset, section->size, hash);
    }
    return hash;
}

static void finish_header(struct image_build_state *s)
{
    struct image_header *header = &s->header;
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->byte_order = IMAGE_BYTE_ORDER;
    header->version = IMAGE_VERSION;
    header->size = s->out->size;
    header->total_frequency = s->sources->words.total;
    header->code_count = s->code_count;
    header->dictionary = hash_sections(s, IMAGE_CODES, IMAGE_TAGS);
    header->gazetteer = hash_sections(s, IMAGE_PLACES, IMAGE_PLACE_TEXT);
    header->taxonomy = hash_sections(s, IMAGE_TOPICS, IMAGE_TOPIC_TEXT);
    memcpy(s->out->data, header, sizeof *header);
    header->checksum = image_checksum(s->out->data, s->out->size);
    memcpy(s->out->data, header, sizeof *header);
}

static weisu_code write_image(struct image_build_state *s, weisu_err *err)
{
    byte_buffer_append(s->out, &s->header, sizeof s->header);
    weisu_code code = write_dictionary(s, err);
    if (code)
        return code;
    write_gazetteer(s);
    write_taxonomy(s);
    pad_to_alignment(s->out);
    if (s->out->failed)
        return failure(err, WEISU_ENOMEM, "out of memory while writing the image");
    if (s->out->size > IMAGE_MAX_BYTES)
        return failure(err, WEISU_ELIMIT, "the image is larger than %d bytes", IMAGE_MAX_BYTES);
    finish_header(s);
    return WEISU_OK;
}

static void note_figures(const struct image_build_state *s, struct image_figures *figures)
{
    *figures = (struct image_figures){
        .words = s->header.section[IMAGE_WORDS].size / sizeof(struct lexicon_word),
        .pairs = s->header.section[IMAGE_PAIRS].size / sizeof(struct array_pair),
        .cells = s->array.cell_count,
        .tags = s->header.section[IMAGE_TAGS].size / sizeof(struct lexicon_tag),
        .places = s->sources->place_count,
        .topics = s->sources->topic_count,
        .terms = s->sources->term_count,
    };
}

static weisu_code build_from(struct image_sources *sources, struct byte_buffer *out, struct image_figures *figures,
                             weisu_err *err)
{
    struct image_build_state state = {.allocator = out->allocator, .sources = sources, .out = out};
    weisu_code code = build_array(&state, err);
    if (!code)
        code = write_image(&state, err);
    if (!code && figures)
        note_figures(&state, figures);
    array_build_dispose(&state.array);
    memory_free(state.allocator, state.code, CHARACTER_COUNT, sizeof *state.code);
    return code;
}

/* Reads the tables; the report's count is the caller's to see. */
static weisu_code read_sources(struct image_sources *sources, const struct image_options *options,
                               struct table_report *report, weisu_err *err)
{
    sources->city = options->city;
    weisu_code code = image_sources_read(sources, options->words_only, err);
    report->count = sources->report.count;
    if (!code && report->count)
        code = failure(err, WEISU_ESYNTAX, "%s: the tables hold %llu mistakes", options->datasets,
                       (unsigned long long)report->count);
    return code;
}

weisu_code image_build(const struct image_options *options, struct byte_buffer *out, struct table_report *report,
                       struct image_figures *figures, weisu_err *err)
{
    struct image_sources *sources = memory_new(out->allocator, 1, sizeof *sources);
    if (!sources)
        return failure(err, WEISU_ENOMEM, "out of memory while reading the tables");
    image_sources_init(sources, options->datasets, report, out->allocator);
    weisu_code code = read_sources(sources, options, report, err);
    if (!code)
        code = build_from(sources, out, figures, err);
    image_sources_dispose(sources);
    memory_free(out->allocator, sources, 1, sizeof *sources);
    return code;
}

weisu_code image_check_tables(const struct image_options *options, struct table_report *report,
                              const weisu_allocator *allocator, weisu_err *err)
{
    struct image_sources *sources = memory_new(allocator, 1, sizeof *sources);
    if (!sources)
        return failure(err, WEISU_ENOMEM, "out of memory while reading the tables");
    image_sources_init(sources, options->datasets, report, allocator);
    weisu_code code = read_sources(sources, options, report, err);
    image_sources_dispose(sources);
    memory_free(allocator, sources, 1, sizeof *sources);
    return code;
}
