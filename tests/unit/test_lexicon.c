/* Tables → image → lexicon: what is built is found again, mistakes are named, damage is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "image_fixture.h"
#include "lexicon/double_array_build.h"
#include "lexicon/image_format.h"
#include "lexicon/word_cost.h"
#include "text/characters.h"

static void cost_is_bits_of_information(void **state)
{
    (void)state;
    assert_int_equal(word_cost(1 << 20, 1 << 20), 0);
    assert_int_equal(word_cost(1 << 20, 1 << 10), 10 << WORD_COST_SHIFT);
    assert_int_equal(word_cost(1 << 20, 1), 20 << WORD_COST_SHIFT);
    assert_int_equal(word_cost(1 << 20, 0), 20 << WORD_COST_SHIFT);
    assert_int_equal(word_cost(UINT64_C(1) << 60, 1), 60 << WORD_COST_SHIFT);
    assert_int_equal(word_cost(60101967, 3), 24838); /* log2(60101967 / 3) × 1024 = 24838.09, by bc */
    for (uint64_t f = 1; f < 5000; f++) {
        assert_true(word_cost(60101967, f) >= word_cost(60101967, f + 1));
        uint64_t back = word_cost_frequency(60101967, word_cost(60101967, f));
        assert_true(back <= f && word_cost(60101967, back) == word_cost(60101967, f));
    }
}

/* ---- double array ---- */

enum { trie_words = 4000, trie_codes = 60, trie_length = 6 };

struct trie_fixture {
    uint16_t code[trie_words][trie_length];
    struct array_key key[trie_words];
    size_t count;
};

static int compare_codes(const void *a, const void *b)
{
    const struct array_key *x = a;
    const struct array_key *y = b;
    for (uint32_t i = 0; i < x->length && i < y->length; i++)
        if (x->code[i] != y->code[i])
            return x->code[i] < y->code[i] ? -1 : 1;
    return (int)x->length - (int)y->length;
}

/* Random words, sorted, each once; many share prefixes. */
static void draw_words(struct trie_fixture *trie, uint64_t seed)
{
    for (size_t i = 0; i < trie_words; i++) {
        seed = hash_mix(seed + i);
        uint32_t length = 1 + (uint32_t)(seed % trie_length);
        for (uint32_t at = 0; at < length; at++)
            trie->code[i][at] = (uint16_t)(1 + (seed >> (8 * at + 3)) % (trie_codes - 1));
        trie->key[i] = (struct array_key){trie->code[i], length, (uint32_t)i, seed >> 50, (uint16_t)(seed >> 52)};
    }
    qsort(trie->key, trie_words, sizeof trie->key[0], compare_codes);
    trie->count = 1;
    for (size_t i = 1; i < trie_words; i++)
        if (compare_codes(&trie->key[i], &trie->key[trie->count - 1]))
            trie->key[trie->count++] = trie->key[i];
}

/* The cell in which the codes end, 0 when a walk breaks off; fails when it leaves the array. */
static uint32_t walk_codes(const struct array_build *build, const uint16_t *code, uint32_t length)
{
    struct double_array array = {.cell = build->cell, .cell_count = (uint32_t)build->cell_count};
    uint32_t base = ARRAY_ROOT_BASE;
    uint32_t at = 0;
    for (uint32_t i = 0; i < length; i++) {
        assert_true(base + code[i] < build->cell_count);
        at = array_step(&array, base, code[i]);
        if (!at)
            return 0;
        base = build->cell[at].base;
    }
    return at;
}

static void array_holds_its_words_and_no_other(void **state)
{
    (void)state;
    struct trie_fixture *trie = malloc(sizeof *trie);
    struct array_build build;
    assert_non_null(trie);
    draw_words(trie, 7);
    assert_int_equal(array_build_run(&build, trie->key, trie->count, trie_codes, NULL, NULL), WEISU_OK);
    for (size_t i = 0; i < trie->count; i++) {
        uint32_t cell = walk_codes(&build, trie->key[i].code, trie->key[i].length);
        assert_int_not_equal(cell, 0);
        assert_int_equal(build.entry[cell], trie->key[i].entry);
        assert_int_equal(build.cell[cell].cost, trie->key[i].cost);
    }
    size_t words = 0;
    for (size_t cell = 0; cell < build.cell_count; cell++)
        words += build.entry[cell] != UINT32_MAX;
    assert_int_equal(words, trie->count);
    uint64_t draw = 99;
    for (int i = 0; i < 100000; i++) {
        uint16_t code[trie_length];
        draw = hash_mix(draw + 1);
        for (int at = 0; at < trie_length; at++)
            code[at] = (uint16_t)((draw >> (8 * at)) % trie_codes);
        uint32_t cell = walk_codes(&build, code, trie_length);
        struct array_key key = {.code = code, .length = trie_length};
        int known = bsearch(&key, trie->key, trie->count, sizeof key, compare_codes) != NULL;
        assert_int_equal(cell && build.entry[cell] != UINT32_MAX, known);
    }
    array_build_dispose(&build);
    free(trie);
}

/* ---- the image of the fixture ---- */

struct opened {
    struct byte_buffer image;
    struct lexicon *lexicon;
};

static int open_fixture(void **state)
{
    struct opened *opened = calloc(1, sizeof *opened);
    *state = opened;
    return fixture_image(&opened->image, NULL) ||
           lexicon_open_bytes(&opened->lexicon, opened->image.data, opened->image.size, NULL, NULL);
}

static int close_fixture(void **state)
{
    struct opened *opened = *state;
    lexicon_close(opened->lexicon);
    byte_buffer_dispose(&opened->image);
    free(opened);
    return 0;
}

static uint32_t find(const struct lexicon *lexicon, const char *text)
{
    struct arena arena;
    struct characters characters = {0};
    arena_init(&arena, NULL, 0);
    assert_int_equal(characters_decode(&characters, (weisu_str){text, strlen(text)}, &arena), 0);
    uint32_t word = lexicon_find(lexicon, characters.code, characters.count);
    arena_dispose(&arena);
    return word;
}

/* Values of the word's tags of one kind; returns how many. */
static size_t tags_of(const struct lexicon *lexicon, const char *text, enum lexicon_tag_kind kind, uint32_t value[8])
{
    uint32_t index = find(lexicon, text);
    assert_int_not_equal(index, LEXICON_NO_WORD);
    const struct lexicon_word *word = lexicon_word(lexicon, index);
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    size_t count = 0;
    for (size_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == kind)
            value[count++] = tag[i].value;
    return count;
}

static void words_keep_what_the_tables_say(void **state)
{
    const struct opened *opened = *state;
    const struct lexicon *lexicon = opened->lexicon;
    const struct lexicon_word *word = lexicon_word(lexicon, find(lexicon, "研究"));
    assert_int_equal(word->frequency, 900);
    assert_int_equal(word->part_of_speech, 'v');
    assert_int_equal(word->length, 2);
    assert_int_equal(word->tag_count, 0);
    assert_int_equal(find(lexicon, "研"), LEXICON_NO_WORD);
    assert_int_equal(find(lexicon, "研究生命"), LEXICON_NO_WORD);
    assert_int_equal(find(lexicon, ""), LEXICON_NO_WORD);
    /* Folding: capitals, full width, traditional. */
    assert_int_equal(find(lexicon, "T恤"), find(lexicon, "ｔ恤"));
    assert_int_equal(find(lexicon, "東城區"), find(lexicon, "东城区"));
    assert_int_not_equal(find(lexicon, "東城區"), LEXICON_NO_WORD);
}

static void tags_say_what_a_word_means(void **state)
{
    const struct opened *opened = *state;
    const struct lexicon *lexicon = opened->lexicon;
    uint32_t value[8] = {0};
    uint32_t district = gazetteer_find(lexicon, 110101000000);
    assert_int_equal(tags_of(lexicon, "北京东城", LEXICON_TAG_PLACE, value), 1);
    assert_int_equal(value[0], district);
    assert_int_equal(tags_of(lexicon, "东四", LEXICON_TAG_PLACE, value), 1);
    assert_int_equal(value[0], gazetteer_find(lexicon, 110101006000));
    assert_int_equal(tags_of(lexicon, "小区", LEXICON_TAG_SUFFIX, value), 1);
    assert_int_equal(value[0], SPOT_ESTATE << 8 | 3);
    assert_int_equal(tags_of(lexicon, "路上", LEXICON_TAG_SPOT_STOP, value), 1);
    assert_int_equal(tags_of(lexicon, "的", LEXICON_TAG_STOP, value), 1);
    assert_int_equal(tags_of(lexicon, "燃气泄漏", LEXICON_TAG_RISK, value), 1);
    assert_int_equal(value[0], 1);
    assert_int_equal(tags_of(lexicon, "停水", LEXICON_TAG_TOPIC, value), 1);
    assert_int_equal(taxonomy_term(lexicon, value[0]).weight, 9);
    assert_int_equal(tags_of(lexicon, "没有", LEXICON_TAG_TOPIC, value), 0);
}

static void concepts_share_a_term(void **state)
{
    const struct opened *opened = *state;
    const struct lexicon *lexicon = opened->lexicon;
    uint64_t term = lexicon_word(lexicon, find(lexicon, "停水"))->term;
    assert_true(lexicon_word(lexicon, find(lexicon, "断水"))->term == term);
    assert_true(lexicon_word(lexicon, find(lexicon, "没水"))->term == term);
    assert_true(lexicon_word(lexicon, find(lexicon, "热水"))->term != term);
    static const uint16_t spelled[] = {0x505c, 0x6c34};
    assert_true(lexicon_term(spelled, 2) == term);
}

static void trees_are_linked(void **state)
{
    const struct opened *opened = *state;
    const struct lexicon *lexicon = opened->lexicon;
    assert_int_equal(gazetteer_count(lexicon), 3);
    uint32_t index = gazetteer_find(lexicon, 110101006000);
    struct gazetteer_node node = gazetteer_node(lexicon, index);
    assert_int_equal(node.level, PLACE_SUBDISTRICT);
    assert_memory_equal(node.name.data, "东四街道", node.name.size);
    node = gazetteer_node(lexicon, node.parent);
    assert_true(node.code == 110101000000);
    node = gazetteer_node(lexicon, node.parent);
    assert_int_equal(node.parent, UINT32_MAX);
    assert_int_equal(gazetteer_find(lexicon, 110102000000), UINT32_MAX);

    uint32_t topic = taxonomy_find(lexicon, (weisu_str){"0101", 4});
    struct taxonomy_topic found = taxonomy_topic(lexicon, topic);
    assert_int_equal(found.level, 1);
    assert_memory_equal(found.lead.data, "水务局", found.lead.size); /* inherited */
    assert_memory_equal(found.joins.data, "街道", found.joins.size);
    assert_int_equal(found.parent, taxonomy_find(lexicon, (weisu_str){"01", 2}));
    assert_int_equal(taxonomy_find(lexicon, (weisu_str){"09", 2}), UINT32_MAX);
    assert_int_equal(taxonomy_term_count(lexicon), 4);
    struct taxonomy_term phrase = taxonomy_term(lexicon, 1);
    assert_int_equal(phrase.kind, TOPIC_PHRASE);
    assert_memory_equal(phrase.text.data, "没有 水", phrase.text.size);
}

/* ---- cities ---- */

static size_t places_of(const char *folder, const char *city)
{
    struct table_report report = {0};
    struct image_figures figures = {0};
    struct byte_buffer image;
    byte_buffer_init(&image, NULL);
    weisu_code code =
        image_build(&(struct image_options){.datasets = folder, .city = city}, &image, &report, &figures, NULL);
    byte_buffer_dispose(&image);
    return code ? 0 : figures.places;
}

/* The tables that ship: a city alone, a district with what is above it, the country; a code of none is refused. */
static void an_image_holds_the_city_that_was_asked_for(void **state)
{
    (void)state;
    static const char datasets[] = WEISU_SOURCE_DIR "/datasets";
    size_t beijing = places_of(datasets, "11");
    assert_int_equal(beijing, places_of(datasets, NULL));
    assert_true(beijing > 7000);
    size_t changsha = places_of(datasets, "4301");
    assert_true(changsha > 150 && changsha < 250);
    size_t district = places_of(datasets, "430102");
    assert_true(district > 5 && district < 30);
    assert_true(places_of(datasets, "") > 50000);
    assert_int_equal(places_of(datasets, "99"), 0);
}

/* ---- determinism ---- */

static void build_folder(const struct fixture_folder *folder, int words_only, struct byte_buffer *image)
{
    struct table_report report = {0};
    byte_buffer_init(image, NULL);
    assert_int_equal(image_build(&(struct image_options){.datasets = folder->path, .words_only = words_only}, image,
                                 &report, NULL, NULL),
                     WEISU_OK);
}

static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static const char straight[] = "停水\t5\tv\n断水\t7\tv\n水\t9\tn\n停\t2\tv\n";
    static const char turned[] = "停\t2\tv\n水\t4\tn\n断水\t7\tv\n# a comment\n\n停水\t5\tv\n水\t5\tn\n";
    struct fixture_folder folder;
    struct byte_buffer a;
    struct byte_buffer b;
    assert_int_equal(fixture_make(&folder), 0);
    assert_int_equal(fixture_write(&folder, "lexicon/words.tsv", straight), 0);
    build_folder(&folder, 1, &a);
    assert_int_equal(fixture_write(&folder, "lexicon/words.tsv", turned), 0);
    build_folder(&folder, 1, &b);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    byte_buffer_dispose(&a);
    byte_buffer_dispose(&b);
    fixture_remove(&folder);
}

/* ---- mistakes in tables ---- */

struct expected_mistake {
    const char *table;
    const char *text;
    uint64_t line;
    const char *says;
};

static const struct expected_mistake mistakes[] = {
    {"lexicon/words.tsv", "# w\n水\t5\n停水\tmany\tv\n", 3, "frequency"},
    {"lexicon/words.tsv", "水\t5\tn\textra\n", 1, "columns"},
    {"lexicon/words.tsv", "水\t5\tn\n\xe6\xb0\t5\tn\n", 2, "UTF-8"},
    {"lexicon/words.tsv", "水\t5\tn\n\t5\tn\n", 2, "characters"},
    {"lexicon/domain.tsv", "停水\t5\tv\n断水\t5\tv\n停水\t6\tv\n", 3, "already in line 1"},
    {"lexicon/concepts.tsv", "停水\t停水 断水\n缺水\t缺水 断水\n", 2, "another concept"},
    {"lexicon/stopwords.tsv", "的\n从来没有的词\n", 2, "neither"},
    {"lexicon/stopwords.tsv", "的\n小区\t3\n", 2, "grade"},
    {"gazetteer/beijing.tsv", "110000\tcity\t北京市\t\n110101\tdistrict\t东城区\t120000\n", 2, "unknown parent"},
    {"gazetteer/beijing.tsv", "110000\tcity\t北京市\t\n110101\tdistrict\t东城区\t110101\n", 2, "narrower level"},
    {"gazetteer/beijing.tsv", "110000\tcity\t北京市\t\n110000\tcity\t北京市\t\n", 2, "already"},
    {"gazetteer/beijing.tsv", "110000\ttown\t北京市\t\n", 1, "level"},
    {"gazetteer/beijing.tsv", "11000\tcity\t北京市\t\n", 1, "digits"},
    {"gazetteer/spot_suffixes.tsv", "小区\thouse\t3\n", 1, "kind"},
    {"gazetteer/spot_suffixes.tsv", "小区\testate\t4\n", 1, "strength"},
    {"gazetteer/spot_stopwords.tsv", "路上\n路上\n", 2, "already in line 1"},
    {"taxonomy/topics.tsv", "01\t\t供水\t水务局\n0101\t02\t停水\n", 2, "parent"},
    {"taxonomy/topics.tsv", "0101\t01\t停水\t水务局\n", 1, "unknown parent"},
    {"taxonomy/topics.tsv", "01\t\t供水\t\n", 1, "lead unit"},
    {"taxonomy/topics.tsv", "01\t\t供水\t水务局\n01\t\t供电\t供电局\n", 2, "already in line 1"},
    {"taxonomy/terms.tsv", "0101\tterm\t9\t停水\n0909\tterm\t9\t停水\n", 2, "unknown topic"},
    {"taxonomy/terms.tsv", "0101\tterm\t10\t停水\n", 1, "weight"},
    {"taxonomy/terms.tsv", "0101\tword\t9\t停水\n", 1, "kind"},
    {"taxonomy/terms.tsv", "0101\tterm\t9\t停 水\n", 1, "phrase"},
    {"taxonomy/terms.tsv", "0101\tterm\t9\t停水\n0101\tterm\t3\t停水\n", 2, "already in line 1"},
    {"taxonomy/risk.tsv", "燃气泄漏\t0\tgas\n", 1, "grade"},
};

struct noted_mistake {
    const struct expected_mistake *expected;
    unsigned found;
};

static void note_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    struct noted_mistake *noted = context;
    size_t size = strlen(file);
    size_t name = strlen(noted->expected->table);
    if (size > name && strcmp(file + size - name, noted->expected->table) == 0 && line == noted->expected->line &&
        strstr(text, noted->expected->says))
        noted->found++;
}

static void mistakes_are_named_with_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct fixture_folder folder;
        struct noted_mistake noted = {&mistakes[i], 0};
        struct table_report report = {note_mistake, &noted, 0};
        struct image_options options = {.datasets = folder.path};
        weisu_err err;
        assert_int_equal(fixture_make(&folder), 0);
        assert_int_equal(image_check_tables(&options, &report, NULL, &err), WEISU_OK);
        assert_int_equal(fixture_write(&folder, mistakes[i].table, mistakes[i].text), 0);
        assert_int_equal(image_check_tables(&options, &report, NULL, &err), WEISU_ESYNTAX);
        if (noted.found != 1)
            fail_msg("mistake %zu in %s (%s) was named %u times", i, mistakes[i].table, mistakes[i].says, noted.found);
        assert_true(report.count >= 1);
        struct byte_buffer image;
        byte_buffer_init(&image, NULL);
        assert_int_equal(image_build(&options, &image, &report, NULL, &err), WEISU_ESYNTAX);
        byte_buffer_dispose(&image);
        fixture_remove(&folder);
    }
}

static void missing_tables_are_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < fixture_table_count; i++) {
        struct fixture_folder folder;
        struct table_report report = {0};
        weisu_err err;
        char path[256];
        assert_int_equal(fixture_make(&folder), 0);
        snprintf(path, sizeof path, "%s/%s", folder.path, fixture_tables[i].name);
        unlink(path);
        assert_int_equal(image_check_tables(&(struct image_options){.datasets = folder.path}, &report, NULL, &err),
                         WEISU_EIO);
        assert_non_null(strstr(err.text, folder.path));
        fixture_remove(&folder);
    }
}

/* ---- damage ---- */

static weisu_code try_bytes(const void *bytes, size_t size, weisu_err *err)
{
    struct lexicon *lexicon;
    weisu_code code = lexicon_open_bytes(&lexicon, bytes, size, NULL, err);
    assert_true((code == WEISU_OK) == (lexicon != NULL));
    lexicon_close(lexicon);
    return code;
}

static void every_damaged_byte_is_noticed(void **state)
{
    const struct opened *opened = *state;
    size_t size = opened->image.size;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, opened->image.data, size);
    size_t step = size / 3000 + 1; /* every byte of the header, every step-th behind it */
    for (size_t at = 0; at < size; at += at < sizeof(struct image_header) ? 1 : step) {
        copy[at] ^= 0x10;
        weisu_err err;
        if (try_bytes(copy, size, &err) != WEISU_EIMAGE)
            fail_msg("damage of byte %zu was not noticed", at);
        assert_string_not_equal(err.text, "");
        copy[at] ^= 0x10;
    }
    assert_int_equal(try_bytes(copy, size, NULL), WEISU_OK);
    for (size_t cut = 0; cut < size; cut += cut < 400 ? 1 : step)
        assert_int_equal(try_bytes(copy, cut, NULL), WEISU_EIMAGE);
    free(copy);
}

/* What an attacker writes: a lie with the right checksum. */
static void assert_refused(const struct opened *opened, size_t at, const void *lie, size_t lie_size)
{
    size_t size = opened->image.size;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, opened->image.data, size);
    memcpy(copy + at, lie, lie_size);
    struct image_header *header = (struct image_header *)(void *)copy;
    header->checksum = image_checksum(copy, size);
    if (try_bytes(copy, size, NULL) != WEISU_EIMAGE)
        fail_msg("a lie at byte %zu was believed", at);
    free(copy);
}

static void lies_are_refused(void **state)
{
    const struct opened *opened = *state;
    const struct image_header *header = (const void *)opened->image.data;
    const struct image_section *section = header->section;
    static const uint32_t huge = 0x7fffffff;
    static const uint32_t all = UINT32_MAX;
    static const uint16_t zero = 0;
    static const uint8_t none = 0;
    static const uint64_t lowest = 0;
    uint64_t places = section[IMAGE_PLACES].offset;
    uint64_t tags = section[IMAGE_TAGS].offset;
    uint64_t outside = opened->image.size;
    uint32_t self = 1;
    for (unsigned kind = 0; kind < IMAGE_SECTION_COUNT; kind++) {
        size_t at = offsetof(struct image_header, section) + kind * sizeof *section;
        if (section[kind].size) /* an empty one may lie at the end */
            assert_refused(opened, at, &outside, sizeof outside);
        assert_refused(opened, at + offsetof(struct image_section, size), &outside, sizeof outside);
    }
    assert_refused(opened, offsetof(struct image_header, code_count), &all, sizeof all);
    assert_refused(opened, offsetof(struct image_header, code_count), &zero, sizeof zero);
    assert_refused(opened, section[IMAGE_CODES].offset + 2 * 0x6c34, &all, sizeof zero);
    for (uint64_t at = section[IMAGE_CELLS].offset; at < section[IMAGE_CELLS].offset + section[IMAGE_CELLS].size;
         at += 8) {
        assert_refused(opened, at, &huge, sizeof huge);
        assert_refused(opened, at, &all, sizeof all);
        assert_refused(opened, at + offsetof(struct array_cell, check), &zero, sizeof zero);
    }
    assert_refused(opened, section[IMAGE_CELLS].offset + section[IMAGE_CELLS].size - 4, &self, sizeof zero);
    assert_refused(opened, section[IMAGE_CELLS].offset + section[IMAGE_CELLS].size - 2, &zero, sizeof zero);
    assert_refused(opened, section[IMAGE_RANKS].offset + offsetof(struct array_rank, before), &self, sizeof self);
    assert_refused(opened, section[IMAGE_WORDS].offset + offsetof(struct lexicon_word, first_tag), &all, sizeof all);
    assert_refused(opened, section[IMAGE_WORDS].offset + offsetof(struct lexicon_word, length), &none, 1);
    assert_refused(opened, tags, &huge, sizeof huge);
    assert_refused(opened, places + offsetof(struct image_place, level), &huge, sizeof huge);
    assert_refused(opened, places + offsetof(struct image_place, name), &huge, sizeof huge);
    assert_refused(opened, places + sizeof(struct image_place) + offsetof(struct image_place, parent), &self, 4);
    assert_refused(opened, places + sizeof(struct image_place), &lowest, sizeof lowest);
    assert_refused(opened, section[IMAGE_TOPICS].offset + offsetof(struct image_topic, lead), &huge, sizeof huge);
    assert_refused(opened, section[IMAGE_TOPICS].offset + offsetof(struct image_topic, parent), &huge, sizeof huge);
    assert_refused(opened, section[IMAGE_TERMS].offset, &huge, sizeof huge);
    assert_refused(opened, section[IMAGE_TERMS].offset + offsetof(struct image_term, text), &huge, sizeof huge);
}

static void files_are_opened_or_refused(void **state)
{
    const struct opened *opened = *state;
    char path[] = "/tmp/weisu-image-XXXXXX";
    struct lexicon *lexicon;
    weisu_err err;
    close(mkstemp(path));
    assert_int_equal(lexicon_open(&lexicon, path, NULL, &err), WEISU_EIMAGE); /* empty */
    assert_int_equal(image_write(path, opened->image.data, opened->image.size, &err), WEISU_OK);
    assert_int_equal(lexicon_open(&lexicon, path, NULL, &err), WEISU_OK);
    assert_true(lexicon_versions(lexicon).image == lexicon_versions(opened->lexicon).image);
    /* Replaced while it is mapped: the old one stays. */
    assert_int_equal(image_write(path, "nothing", 7, &err), WEISU_OK);
    assert_int_not_equal(find(lexicon, "停水"), LEXICON_NO_WORD);
    lexicon_close(lexicon);
    assert_int_equal(lexicon_open(&lexicon, path, NULL, &err), WEISU_EIMAGE);
    assert_non_null(strstr(err.text, path));
    unlink(path);
    assert_int_equal(lexicon_open(&lexicon, path, NULL, &err), WEISU_EIO);
    assert_null(lexicon);
    assert_int_equal(lexicon_open(&lexicon, "/tmp", NULL, &err), WEISU_EIO);
    assert_int_equal(image_write("/nowhere/image", "nothing", 7, &err), WEISU_EIO);
}

/* ---- memory ---- */

struct short_memory {
    int left; /* allocations until one fails */
    int held;
};

static void *short_allocate(void *context, size_t size)
{
    struct short_memory *memory = context;
    if (memory->left-- <= 0)
        return NULL;
    memory->held++;
    return malloc(size);
}

static void *short_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct short_memory *memory = context;
    (void)old_size;
    if (memory->left-- <= 0)
        return NULL;
    memory->held += !old;
    return realloc(old, size);
}

static void short_release(void *context, void *old, size_t size)
{
    struct short_memory *memory = context;
    (void)size;
    memory->held -= old != NULL;
    free(old);
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    struct fixture_folder folder;
    assert_int_equal(fixture_make(&folder), 0);
    weisu_code code = WEISU_ENOMEM;
    int failures = 0;
    for (int left = 0; code == WEISU_ENOMEM; left++) {
        struct short_memory memory = {left, 0};
        const weisu_allocator allocator = {&memory, short_allocate, short_resize, short_release};
        struct table_report report = {0};
        struct byte_buffer image;
        struct lexicon *lexicon = NULL;
        byte_buffer_init(&image, &allocator);
        code = image_build(&(struct image_options){.datasets = folder.path}, &image, &report, NULL, NULL);
        if (!code)
            code = lexicon_open_bytes(&lexicon, image.data, image.size, &allocator, NULL);
        lexicon_close(lexicon);
        byte_buffer_dispose(&image);
        assert_int_equal(memory.held, 0);
        failures += code == WEISU_ENOMEM;
    }
    assert_int_equal(code, WEISU_OK);
    assert_true(failures > 20);
    fixture_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_is_bits_of_information),
        cmocka_unit_test(array_holds_its_words_and_no_other),
        cmocka_unit_test(words_keep_what_the_tables_say),
        cmocka_unit_test(tags_say_what_a_word_means),
        cmocka_unit_test(concepts_share_a_term),
        cmocka_unit_test(trees_are_linked),
        cmocka_unit_test(an_image_holds_the_city_that_was_asked_for),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(mistakes_are_named_with_file_and_line),
        cmocka_unit_test(missing_tables_are_an_error),
        cmocka_unit_test(every_damaged_byte_is_noticed),
        cmocka_unit_test(lies_are_refused),
        cmocka_unit_test(files_are_opened_or_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
