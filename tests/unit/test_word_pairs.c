/* Counted words: which listed ones stay beside them, what pairs of words decide, what is joined by rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image_fixture.h"
#include "lexicon/image_format.h"
#include "lexicon/lexicon_array.h"
#include "segment/token_stream.h"

static const struct fixture_table counted_tables[] = {
    {"lexicon/words.tsv", "# word\tfrequency\tpart_of_speech\n"
                          "新词\t500\tn\n尚未结婚\t500\tl\n江小明\t50\tnr\n和尚\t500\tn\n小区\t9\tn\n"},
    {"lexicon/counts.tsv",
     "# word\tcount\n结婚\t400\n的\t90000\n和\t900\n尚未\t60\n和尚\t900\n未\t1000\n尚\t20\n新\t9\n"
     "词\t9\n说\t3000\n年\t900\n月\t800\n日\t900\n万\t900\n千\t90\n三\t900\n十\t900\n一\t9000\n第\t600\n"
     "时\t900\n分\t500\n百分之\t90\n江\t90\n小\t90\n明\t90\n张\t60\n军\t90\n克\t90\n斯\t20\n尔\t20\n拉\t20\n"},
    {"lexicon/pairs.tsv", "# first\tsecond\tcount\n和\t尚未\t50\n"},
    {"lexicon/join_characters.tsv",
     "# class\tcharacters\ndigit\t零一二三四五六七八九\nscale\t十百千万\nordinal\t第\nyear\t年\nmonth\t月\nday\t日\n"
     "hour\t时\nminute\t分\nfraction\t之\npercent\t%\ndash\t—\ndot\t·\nsurname\t江张\n"},
    {"lexicon/name_characters.tsv", "# class\tcharacters\ngiven\t小明军\nforeign\t克斯尔拉\n"},
    {"lexicon/domain.tsv", "# word\tfrequency\tpart_of_speech\n没有热水\t1\tl\n"},
    {"lexicon/stopwords.tsv", "# word\n的\n"},
};

struct counted_fixture {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct arena arena;
    struct byte_buffer got;
};

static weisu_code build_counted(struct byte_buffer *image, int words_only)
{
    struct fixture_folder folder;
    struct table_report report = {0};
    byte_buffer_init(image, NULL);
    if (fixture_make(&folder))
        return WEISU_EIO;
    for (size_t i = 0; i < sizeof counted_tables / sizeof counted_tables[0]; i++)
        if (fixture_write(&folder, counted_tables[i].name, counted_tables[i].text))
            return WEISU_EIO;
    weisu_code code = image_build(&(struct image_options){.datasets = folder.path, .words_only = words_only}, image,
                                  &report, NULL, NULL);
    fixture_remove(&folder);
    return code;
}

static int open_image(struct counted_fixture *f, int words_only)
{
    arena_init(&f->arena, NULL, 0);
    byte_buffer_init(&f->got, NULL);
    return build_counted(&f->image, words_only) ||
           lexicon_open_bytes(&f->lexicon, f->image.data, f->image.size, NULL, NULL) ||
           segmenter_new(&f->segmenter, f->lexicon, NULL, NULL);
}

static int open_counted(void **state)
{
    *state = calloc(1, sizeof(struct counted_fixture));
    return open_image(*state, 0);
}

static void close_image(struct counted_fixture *f)
{
    segmenter_free(f->segmenter);
    lexicon_close(f->lexicon);
    byte_buffer_dispose(&f->image);
    byte_buffer_dispose(&f->got);
    arena_dispose(&f->arena);
}

static int close_counted(void **state)
{
    close_image(*state);
    free(*state);
    return 0;
}

/* "a|b|c": the text with '|' between its tokens. Returns the kind of the last one. */
static uint32_t assert_cut(struct counted_fixture *f, const char *expected)
{
    char text[256];
    size_t size = 0;
    struct characters characters;
    struct seg_tokens tokens;
    for (const char *at = expected; *at; at++)
        if (*at != '|')
            text[size++] = *at;
    arena_reset(&f->arena);
    byte_buffer_reset(&f->got);
    assert_int_equal(characters_decode(&characters, (weisu_str){text, size}, &f->arena), 0);
    assert_int_equal(segmenter_run(f->segmenter, &characters, &f->arena, &tokens), 0);
    for (size_t i = 0; i < tokens.count; i++) {
        uint32_t begin = characters.offset[tokens.token[i].begin];
        if (i)
            byte_buffer_append_char(&f->got, '|');
        byte_buffer_append(&f->got, text + begin, characters.offset[tokens.token[i].end] - begin);
    }
    byte_buffer_append_char(&f->got, 0);
    assert_string_equal(f->got.data, expected);
    return tokens.token[tokens.count - 1].kind;
}

static uint32_t find(const struct counted_fixture *f, const char *word)
{
    struct characters characters;
    struct arena arena;
    arena_init(&arena, NULL, 0);
    assert_int_equal(characters_decode(&characters, (weisu_str){word, strlen(word)}, &arena), 0);
    uint32_t found = lexicon_find(f->lexicon, characters.code, characters.count);
    arena_dispose(&arena);
    return found;
}

static void listed_words_stay_when_they_are_new(void **state)
{
    struct counted_fixture *f = *state;
    assert_int_not_equal(find(f, "新词"), LEXICON_NO_WORD);
    assert_int_equal(find(f, "尚未结婚"), LEXICON_NO_WORD); /* the corpus keeps 尚未 and 结婚 apart */
    assert_int_equal(find(f, "江小明"), LEXICON_NO_WORD);   /* a name: by rule */
    assert_int_not_equal(find(f, "没有热水"), LEXICON_NO_WORD);
    assert_int_not_equal(find(f, "小区"), LEXICON_NO_WORD); /* a tag keeps it */
    assert_cut(f, "新词|的|和尚");
}

static void pairs_decide_between_spellings(void **state)
{
    struct counted_fixture *f = *state;
    assert_cut(f, "结婚|的|和|尚未|结婚|的");
    assert_cut(f, "和尚|的");
    assert_int_equal(find(f, "和尚未"), LEXICON_NO_WORD);
    arena_reset(&f->arena);
    struct characters characters;
    struct seg_tokens tokens;
    const char *text = "和尚未";
    assert_int_equal(characters_decode(&characters, (weisu_str){text, strlen(text)}, &f->arena), 0);
    assert_int_equal(segmenter_run(f->segmenter, &characters, &f->arena, &tokens), 0);
    assert_int_equal(tokens.count, 2);
    assert_int_equal(tokens.token[0].word, find(f, "和"));
    assert_int_equal(tokens.token[1].word, find(f, "尚未"));
}

static void numbers_and_dates_are_joined(void **state)
{
    struct counted_fixture *f = *state;
    assert_int_equal(assert_cut(f, "的|2019年|12月|31日"), SEG_NUMBER);
    assert_int_equal(assert_cut(f, "一九九八年|3月|二十三日"), SEG_NUMBER);
    assert_cut(f, "9时|30分|的|30|分");
    assert_cut(f, "13|月|的|5|年|的|32|日");
    assert_int_equal(assert_cut(f, "三千一百"), SEG_NUMBER);
    assert_cut(f, "200万|的|12.5%|的|百分之三十");
    assert_int_equal(assert_cut(f, "第三"), SEG_UNKNOWN);
    assert_cut(f, "第12|的|第|的");
    assert_int_equal(assert_cut(f, "的|———"), SEG_PUNCTUATION);
    assert_cut(f, "—|，|—");
}

static void names_are_joined(void **state)
{
    struct counted_fixture *f = *state;
    assert_int_equal(assert_cut(f, "张小明"), SEG_UNKNOWN);
    assert_cut(f, "张小明|说|张|说|小|明");
    assert_cut(f, "张|新|军");
    assert_int_equal(assert_cut(f, "说|克斯尔"), SEG_UNKNOWN);
    assert_cut(f, "克|斯|的");
    assert_cut(f, "克斯尔·拉克尔|说");
    assert_cut(f, "的|·|拉");
}

static void words_alone_join_nothing(void **state)
{
    (void)state;
    struct counted_fixture f = {0};
    assert_int_equal(open_image(&f, 1), 0);
    assert_cut(&f, "2019|年|尚未结婚|江小明|—|—|3|%");
    close_image(&f);
}

/* The stream's cuts must not come between what a rule joins. */
static void safe_cuts_respect_what_is_joined(void **state)
{
    struct counted_fixture *f = *state;
    static const char *const texts[] = {"2019年12月31日", "三千一百", "张小明", "克斯尔·拉克尔",
                                        "百分之三十",     "第三",     "——"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct characters characters;
        arena_reset(&f->arena);
        assert_int_equal(characters_decode(&characters, (weisu_str){texts[i], strlen(texts[i])}, &f->arena), 0);
        assert_int_equal(segmenter_safe_cut(f->segmenter, &characters), 0);
    }
}

static void assert_refused(struct counted_fixture *f, uint64_t at, const void *lie, size_t size)
{
    struct image_header *header = (struct image_header *)(void *)f->image.data;
    char truth[8];
    struct lexicon *lexicon;
    memcpy(truth, f->image.data + at, size);
    memcpy(f->image.data + at, lie, size);
    header->checksum = image_checksum(f->image.data, f->image.size);
    assert_int_equal(lexicon_open_bytes(&lexicon, f->image.data, f->image.size, NULL, NULL), WEISU_EIMAGE);
    memcpy(f->image.data + at, truth, size);
    header->checksum = image_checksum(f->image.data, f->image.size);
}

static void lies_about_pairs_are_refused(void **state)
{
    struct counted_fixture *f = *state;
    const struct image_header *header = (const struct image_header *)(const void *)f->image.data;
    uint64_t pairs = header->section[IMAGE_PAIRS].offset;
    uint64_t ranks = header->section[IMAGE_RANKS].offset;
    static const uint32_t all = UINT32_MAX;
    static const uint64_t none = 0;
    uint64_t outside = f->image.size;
    assert_int_equal(header->section[IMAGE_PAIRS].size, sizeof(struct array_pair));
    assert_refused(f, pairs, &all, sizeof all);
    assert_refused(f, pairs + offsetof(struct array_pair, second), &all, sizeof all);
    assert_refused(f, ranks + offsetof(struct array_rank, pairs), &all, sizeof all);
    assert_refused(f, offsetof(struct image_header, section[IMAGE_PAIRS]), &outside, sizeof outside);
    assert_refused(f, offsetof(struct image_header, section[IMAGE_PAIRS].size), &none, sizeof none);
    assert_refused(f, offsetof(struct image_header, section[IMAGE_JOINS].size), &none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_words_stay_when_they_are_new),
        cmocka_unit_test(pairs_decide_between_spellings),
        cmocka_unit_test(numbers_and_dates_are_joined),
        cmocka_unit_test(names_are_joined),
        cmocka_unit_test(words_alone_join_nothing),
        cmocka_unit_test(safe_cuts_respect_what_is_joined),
        cmocka_unit_test(lies_about_pairs_are_refused),
    };
    return cmocka_run_group_tests(tests, open_counted, close_counted);
}
