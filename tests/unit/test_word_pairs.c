/* Counted words: which listed ones stay beside them, what pairs of words decide, what is joined by rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "counted_tables.h"
#include "lexicon/image_format.h"
#include "lexicon/lexicon_array.h"
#include "segment/token_stream.h"

struct counted_fixture {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct arena arena;
    struct byte_buffer got;
};

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

/* ---- random texts ---- */

static const char *const pieces[] = {"和", "尚", "未",   "结婚", "的",  "新", "词", "说", "年", "月",
                                     "日", "万", "千",   "三",   "十",  "一", "第", "时", "分", "百分之",
                                     "江", "小", "明",   "张",   "军",  "克", "斯", "尔", "拉", "·",
                                     "—",  "%",  "2019", "12",   "3.5", "a",  "，", " ",  "囧", "\xff"};

static size_t draw_text(uint64_t *draw, size_t count, char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        *draw = hash_mix(*draw + i + 1);
        const char *piece = pieces[*draw % (sizeof pieces / sizeof pieces[0])];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return size;
}

/* Byte offsets at which tokens end, `base` added. */
static size_t list_ends(struct counted_fixture *f, weisu_str text, size_t base, size_t *ends)
{
    struct characters characters;
    struct seg_tokens tokens;
    arena_reset(&f->arena);
    assert_int_equal(characters_decode(&characters, text, &f->arena), 0);
    assert_int_equal(segmenter_run(f->segmenter, &characters, &f->arena, &tokens), 0);
    size_t at = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        assert_int_equal(tokens.token[i].begin, at);
        assert_true(tokens.token[i].end > at);
        at = tokens.token[i].end;
        ends[i] = base + characters.offset[at];
    }
    assert_int_equal(at, characters.count);
    return tokens.count;
}

static void safe_cuts_change_nothing(void **state)
{
    struct counted_fixture *f = *state;
    uint64_t draw = 5;
    size_t cuts = 0;
    for (int round = 0; round < 20000; round++) {
        char text[512];
        size_t whole[512];
        size_t parts[512];
        struct characters known;
        size_t size = draw_text(&draw, 2 + draw % 20, text);
        size_t count = list_ends(f, (weisu_str){text, size}, 0, whole);
        arena_reset(&f->arena);
        assert_int_equal(characters_decode(&known, (weisu_str){text, size}, &f->arena), 0);
        size_t prefix = known.offset[1 + draw % known.count];
        assert_int_equal(characters_decode(&known, (weisu_str){text, prefix}, &f->arena), 0);
        size_t safe = segmenter_safe_cut(f->segmenter, &known);
        cuts += safe > 0;
        size_t at = known.offset[safe];
        size_t first = list_ends(f, (weisu_str){text, at}, 0, parts);
        size_t rest = list_ends(f, (weisu_str){text + at, size - at}, at, parts + first);
        assert_int_equal(first + rest, count);
        assert_memory_equal(parts, whole, count * sizeof *whole);
    }
    assert_true(cuts > 5000);
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
        cmocka_unit_test(safe_cuts_change_nothing),
        cmocka_unit_test(lies_about_pairs_are_refused),
    };
    return cmocka_run_group_tests(tests, open_counted, close_counted);
}
