/* Words of users: reading them, the overlay beside the image, the swap under readers, memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "counted_tables.h"
#include "segment/overlay_slot.h"
#include "segment/segmenter.h"
#include "segment/token_stream.h"

#include <pthread.h>
#include <stdatomic.h>

#define WHOLE WEISU_WORD_WHOLE
#define DELETED WEISU_WORD_DELETED
#define RESET WEISU_WORD_RESET

struct opened {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct user_words words;
    struct word_overlay *overlay;
    struct arena arena;
};

static int open_fixture(void **state)
{
    struct opened *opened = calloc(1, sizeof *opened);
    *state = opened;
    arena_init(&opened->arena, NULL, 0);
    user_words_init(&opened->words, NULL);
    return build_counted(&opened->image, 0) ||
           lexicon_open_bytes(&opened->lexicon, opened->image.data, opened->image.size, NULL, NULL) ||
           segmenter_new(&opened->segmenter, opened->lexicon, NULL, NULL);
}

static int close_fixture(void **state)
{
    struct opened *opened = *state;
    segmenter_free(opened->segmenter);
    word_overlay_free(opened->overlay);
    user_words_dispose(&opened->words);
    lexicon_close(opened->lexicon);
    byte_buffer_dispose(&opened->image);
    arena_dispose(&opened->arena);
    free(opened);
    return 0;
}

static weisu_str str_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* Says it, and brings it into force. */
static void say(struct opened *opened, const char *word, int64_t frequency)
{
    weisu_err err;
    const weisu_word_change change = {str_of(word), frequency};
    assert_int_equal(user_words_take(&opened->words, &change, &err), WEISU_OK);
    segmenter_set_overlay(opened->segmenter, NULL);
    word_overlay_free(opened->overlay);
    assert_int_equal(word_overlay_new(&opened->overlay, opened->lexicon, &opened->words, USER_WORDS_NEXT, NULL, &err),
                     WEISU_OK);
    segmenter_set_overlay(opened->segmenter, opened->overlay);
    user_words_settle(&opened->words);
}

static struct seg_tokens cut(struct opened *opened, weisu_str text, struct characters *characters)
{
    struct seg_tokens tokens;
    arena_reset(&opened->arena);
    assert_int_equal(characters_decode(characters, text, &opened->arena), 0);
    assert_int_equal(segmenter_run(opened->segmenter, characters, &opened->arena, &tokens), 0);
    return tokens;
}

/* The text with '|' between its tokens. */
static size_t write_cut(struct opened *opened, weisu_str text, char *got)
{
    size_t size = 0;
    struct characters characters;
    struct seg_tokens tokens = cut(opened, text, &characters);
    for (size_t i = 0; i < tokens.count; i++) {
        uint32_t begin = characters.offset[tokens.token[i].begin];
        uint32_t end = characters.offset[tokens.token[i].end];
        if (i)
            got[size++] = '|';
        memcpy(got + size, text.data + begin, end - begin);
        size += end - begin;
    }
    got[size] = 0;
    return size;
}

static void assert_cut(struct opened *opened, const char *expected)
{
    char text[256];
    char got[512];
    size_t size = 0;
    for (const char *at = expected; *at; at++)
        if (*at != '|')
            text[size++] = *at;
    write_cut(opened, (weisu_str){text, size}, got);
    assert_string_equal(got, expected);
}

/* ---- reading ---- */

static void what_is_no_word_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int64_t frequency;
        weisu_code code;
    } cases[] = {
        {"停水", WHOLE, WEISU_OK},
        {"  停水 ", 0, WEISU_OK},
        {"a b", 1000000000, WEISU_OK},
        {"#1楼", RESET, WEISU_OK},
        {"", 1, WEISU_EFIELD},
        {" \xe3\x80\x80", 1, WEISU_EFIELD}, /* an ideographic space folds to a space */
        {"停\n水", 1, WEISU_EFIELD},
        {"停\t水", 1, WEISU_EFIELD},
        {"停\xff", 1, WEISU_EFIELD},
        {"# 停水", 1, WEISU_EFIELD},
        {"#", 1, WEISU_EFIELD},
        {"停水", -3, WEISU_EFIELD},
        {"停水", 1000000001, WEISU_EFIELD},
        {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八", 1,
         WEISU_OK},
        {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九", 1,
         WEISU_ETOOLONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct user_spelling spelling;
        const weisu_word_change change = {str_of(cases[i].word), cases[i].frequency};
        assert_int_equal(user_word_read(&change, &spelling, NULL), cases[i].code);
    }
}

static void changes_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const weisu_word_change changes[] = {
        {{"丽发新城", 12}, WHOLE}, {{"iPhone 15", 9}, 30}, {{"#1楼", 5}, DELETED}, {{"c++", 3}, RESET}};
    struct byte_buffer text;
    byte_buffer_init(&text, NULL);
    byte_buffer_append_text(&text, "# a comment\n\n \t\n");
    for (size_t i = 0; i < 4; i++)
        word_change_write(&text, &changes[i]);
    byte_buffer_append_text(&text, "停水\tmany\n断水\t-\r\n  没水");
    weisu_str rest = {text.data, text.size};
    weisu_word_change read;
    uint64_t line = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(word_change_next(&rest, &read, &line), 1);
        assert_int_equal(line, 4 + i);
        assert_int_equal(read.frequency, changes[i].frequency);
        assert_int_equal(read.word.size, changes[i].word.size);
        assert_memory_equal(read.word.data, changes[i].word.data, read.word.size);
    }
    assert_int_equal(word_change_next(&rest, &read, &line), -1);
    assert_int_equal(word_change_next(&rest, &read, &line), 1);
    assert_int_equal(read.frequency, RESET);
    assert_int_equal(word_change_next(&rest, &read, &line), 1);
    assert_int_equal(read.word.size, 6);
    assert_int_equal(read.frequency, WHOLE);
    assert_int_equal(word_change_next(&rest, &read, &line), 0);
    rest = (weisu_str){text.data, text.size};
    size_t parts = 0;
    for (size_t joined = 0; rest.size; parts++) {
        weisu_str part = words_text_part(&rest, 20);
        assert_ptr_equal(part.data, text.data + joined);
        joined += part.size;
        assert_true(part.size <= 20 || memchr(part.data, '\n', part.size) == part.data + part.size - 1);
    }
    assert_true(parts > 3);
    byte_buffer_dispose(&text);
}

/* ---- the path ---- */

static void added_words_are_found(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "囧|雅|苑|的|小区");
    say(opened, "囧雅苑", WHOLE);
    assert_cut(opened, "囧雅苑|的|小区");
    say(opened, "iPhone 15 Pro", WHOLE);
    assert_cut(opened, "的|IPHONE 15 Ｐro|的");
    say(opened, "#1樓", WHOLE);
    assert_cut(opened, "的|#1楼|的|#1樓");
    say(opened, "囧雅苑的小区", WHOLE); /* a word of words of users wins against them */
    assert_cut(opened, "囧雅苑的小区|囧雅苑");
    say(opened, "龘", 100);
    assert_cut(opened, "龘|龘|囧|龘");
    struct characters characters;
    struct seg_tokens tokens = cut(opened, str_of("囧雅苑结婚"), &characters);
    assert_int_equal(tokens.token[0].kind, SEG_USER);
    assert_int_equal(tokens.token[0].word, LEXICON_NO_WORD);
    assert_int_equal(tokens.token[1].kind, SEG_WORD);
}

static void words_never_cut_runs(void **state)
{
    struct opened *opened = *state;
    say(opened, "out", WHOLE);
    say(opened, "c++", WHOLE);
    say(opened, "4号线", WHOLE);
    say(opened, "without i", WHOLE);
    assert_cut(opened, "without|的|out|的|outer");
    assert_cut(opened, "c++|11|的|objc|+|+");
    assert_cut(opened, "4号线|的|14|号|线|的|3.4|号|线");
    assert_cut(opened, "without| |it");
    assert_cut(opened, "without i|的");
}

static void deleted_words_leave_the_others(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "和|尚未|结婚"); /* the pair of both */
    say(opened, "尚未", DELETED);
    assert_cut(opened, "和尚|未|结婚"); /* no pair without one of its words */
    say(opened, "尚未", RESET);
    assert_cut(opened, "和|尚未|结婚");
    say(opened, "北京市", DELETED);
    assert_cut(opened, "北京|市|东城区|东四街道");
    say(opened, "东城区", DELETED);
    assert_cut(opened, "北京|市|东|城|区|东四街道");
    say(opened, "月", DELETED); /* a character stays one token, of no word */
    assert_cut(opened, "月|的|月");
    struct characters characters;
    assert_int_equal(cut(opened, str_of("月"), &characters).token[0].kind, SEG_UNKNOWN);
    say(opened, "东城区", WHOLE);
    assert_cut(opened, "北京|市|东城区|东四街道");
    struct seg_tokens tokens = cut(opened, str_of("东城区"), &characters);
    assert_int_equal(tokens.token[0].kind, SEG_WORD); /* with what the image knows of it */
    assert_int_equal(tokens.token[0].word, lexicon_find(opened->lexicon, characters.code, 3));
}

static void weights_decide(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "和尚|的|和|尚未|结婚");
    say(opened, "和尚", 90000);
    assert_cut(opened, "和尚|的|和尚|未|结婚");
    say(opened, "和尚", 1);
    assert_cut(opened, "和|尚|的|和|尚未|结婚");
    say(opened, "和尚", RESET);
    say(opened, "和", 1); /* also where it is part of a pair */
    assert_cut(opened, "和尚|未|结婚");
}

/* No rule joins a word of a user with its neighbours, or takes it apart. */
static void rules_leave_words_alone(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "一一九三|的|江小明|的|三十万");
    say(opened, "一一九", WHOLE);
    say(opened, "小明", WHOLE);
    assert_cut(opened, "一一九|三|的|江|小明|的|三十万");
}

static const char *const pieces[] = {"和",   "尚",     "尚未",     "未", "结婚", "研究", "生", "命",
                                     "生命", "研究生", "起源",     "东", "城区", "的",   "囧", "it",
                                     "t",    " ",      "没有热水", "水", "城",   "3"};

enum { PIECES = sizeof pieces / sizeof pieces[0] };

static size_t draw_text(uint64_t *draw, size_t parts, char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < parts; i++) {
        *draw = hash_mix(*draw + 1);
        const char *piece = pieces[*draw % PIECES];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return size;
}

static int has_token(const char *tokens, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = tokens; (at = strstr(at, word)); at++)
        if ((at == tokens || at[-1] == '|') && (at[size] == '|' || !at[size]))
            return 1;
    return 0;
}

/* A text whose tokens do not hold the word keeps them when the word is deleted. */
static void what_does_not_use_a_word_does_not_miss_it(void **state)
{
    struct opened *opened = *state;
    uint64_t draw = 17;
    size_t kept = 0;
    for (size_t w = 0; w < PIECES; w++) {
        if (strcmp(pieces[w], " ") == 0)
            continue;
        for (size_t round = 0; round < 100; round++) {
            char text[256];
            char before[512];
            char after[512];
            weisu_str drawn = {text, draw_text(&draw, 1 + round % 12, text)};
            write_cut(opened, drawn, before);
            if (has_token(before, pieces[w]))
                continue;
            say(opened, pieces[w], DELETED);
            write_cut(opened, drawn, after);
            assert_string_equal(after, before);
            say(opened, pieces[w], RESET);
            kept++;
        }
    }
    assert_true(kept > 500);
    assert_null(opened->overlay);
}

static void safe_cuts_know_words_of_users(void **state)
{
    struct opened *opened = *state;
    uint64_t draw = 29;
    size_t cuts = 0;
    say(opened, "命起源的东", 5000000);
    say(opened, "it t", WHOLE);
    say(opened, "生", DELETED);
    for (size_t round = 0; round < 2000; round++) {
        char text[512];
        char whole[1024];
        char parts[1024];
        struct characters known;
        weisu_str drawn = {text, draw_text(&draw, 2 + round % 20, text)};
        write_cut(opened, drawn, whole);
        arena_reset(&opened->arena);
        assert_int_equal(characters_decode(&known, drawn, &opened->arena), 0);
        size_t prefix = known.offset[1 + draw % known.count];
        assert_int_equal(characters_decode(&known, (weisu_str){text, prefix}, &opened->arena), 0);
        size_t at = known.offset[segmenter_safe_cut(opened->segmenter, &known)];
        if (!at)
            continue;
        size_t size = write_cut(opened, (weisu_str){text, at}, parts);
        parts[size] = '|';
        write_cut(opened, (weisu_str){text + at, drawn.size - at}, parts + size + 1);
        assert_string_equal(parts, whole);
        cuts++;
    }
    assert_true(cuts > 1000);
}

static void a_set_is_bounded_and_forgets(void **state)
{
    (void)state;
    struct user_words words;
    user_words_init(&words, NULL);
    for (uint32_t i = 0; i <= USER_WORDS_MAX; i++) {
        struct user_spelling spelling = {{(uint16_t)(0x4e00 + i % 20000), (uint16_t)(0x4e00 + i / 20000)}, 2};
        assert_int_equal(user_words_say(&words, &spelling, WHOLE, NULL), i < USER_WORDS_MAX ? WEISU_OK : WEISU_ELIMIT);
    }
    user_words_take_back(&words);
    assert_int_equal(words.live, 0);
    user_words_saved(&words);
    user_words_settle(&words);
    assert_int_equal(words.count, 0);
    assert_int_equal(words.character_count, 0);
    user_words_dispose(&words);
}

/* ---- the library ---- */

struct counted_memory {
    int left; /* allocations until one fails */
    int held;
};

static void *counted_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct counted_memory *memory = context;
    (void)old_size;
    if (memory->left-- <= 0)
        return NULL;
    memory->held += !old;
    return realloc(old, size);
}

static void *counted_allocate(void *context, size_t size)
{
    return counted_resize(context, NULL, 0, size);
}

static void counted_release(void *context, void *old, size_t size)
{
    struct counted_memory *memory = context;
    (void)size;
    memory->held -= old != NULL;
    free(old);
}

static size_t count_tokens(weisu_segmenter *segmenter, weisu_segment_scratch *scratch, const char *text)
{
    weisu_tokens tokens;
    assert_int_equal(weisu_segment(segmenter, scratch, str_of(text), &tokens, NULL), WEISU_OK);
    return tokens.count;
}

/* Whichever allocation fails, the words are those before or those after. */
static void without_memory_words_stay_as_they_were(void **state)
{
    (void)state;
    static const weisu_word_change changes[] = {{{"囧丌苑", 9}, WHOLE}, {{"结婚", 6}, DELETED}, {{"没有热水", 12}, 5}};
    struct counted_memory memory = {INT32_MAX, 0};
    const weisu_allocator allocator = {&memory, counted_allocate, counted_resize, counted_release};
    weisu_segmenter *segmenter;
    weisu_segment_scratch *scratch;
    assert_int_equal(weisu_segmenter_open(&segmenter, WEISU_BINARY_DIR "/share/weisu/weisu.image", &allocator, NULL),
                     WEISU_OK);
    assert_int_equal(weisu_segment_scratch_new(&scratch, segmenter, NULL), WEISU_OK);
    assert_int_equal(count_tokens(segmenter, scratch, "囧丌苑结婚"), 4);
    int failed = 0;
    weisu_code code;
    do {
        memory.left = failed;
        code = weisu_segmenter_change_words(segmenter, changes, 3, NULL);
        memory.left = INT32_MAX;
        if (code) {
            assert_int_equal(code, WEISU_ENOMEM);
            assert_int_equal(count_tokens(segmenter, scratch, "囧丌苑结婚"), 4);
            failed++;
        }
    } while (code);
    assert_true(failed > 5);
    assert_int_equal(count_tokens(segmenter, scratch, "囧丌苑结婚"), 3);
    weisu_token_kind kind = WEISU_TOKEN_SPACE;
    weisu_tokens tokens;
    assert_int_equal(weisu_segment(segmenter, scratch, str_of("囧丌苑"), &tokens, NULL), WEISU_OK);
    kind = tokens.at[0].kind;
    assert_int_equal(kind, WEISU_TOKEN_WORD);
    const weisu_word_change bad[] = {{{"囧丌苑", 9}, RESET}, {{"", 0}, WHOLE}};
    weisu_err err;
    assert_int_equal(weisu_segmenter_change_words(segmenter, bad, 2, &err), WEISU_EFIELD);
    assert_int_equal(err.line, 2);
    assert_int_equal(count_tokens(segmenter, scratch, "囧丌苑结婚"), 3); /* all or none */
    weisu_segmenter_close(segmenter);
    weisu_segment_scratch_free(scratch);
    assert_int_equal(memory.held, 0);
}

struct reading {
    weisu_segmenter *segmenter;
    atomic_int stop;
    atomic_int wrong;
    atomic_int texts;
};

/* Words of one change come together: three tokens, or six. */
static void *read_on(void *argument)
{
    struct reading *reading = argument;
    weisu_segment_scratch *scratch;
    if (weisu_segment_scratch_new(&scratch, reading->segmenter, NULL))
        return NULL;
    while (!atomic_load(&reading->stop)) {
        weisu_tokens tokens;
        if (weisu_segment(reading->segmenter, scratch, str_of("囧丌苑的龘囧"), &tokens, NULL) ||
            (tokens.count != 3 && tokens.count != 6))
            atomic_fetch_add(&reading->wrong, 1);
        atomic_fetch_add(&reading->texts, 1);
    }
    weisu_segment_scratch_free(scratch);
    return NULL;
}

static void readers_go_on_while_words_change(void **state)
{
    (void)state;
    enum { readers = 3, changes = 200 };
    static const weisu_word_change said[2][2] = {{{{"囧丌苑", 9}, WHOLE}, {{"龘囧", 6}, WHOLE}},
                                                 {{{"囧丌苑", 9}, RESET}, {{"龘囧", 6}, RESET}}};
    struct reading reading = {0};
    pthread_t thread[readers];
    assert_int_equal(weisu_segmenter_open(&reading.segmenter, WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL, NULL),
                     WEISU_OK);
    for (int i = 0; i < readers; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, read_on, &reading), 0);
    for (int i = 0; i < changes || atomic_load(&reading.texts) < 1000; i++)
        assert_int_equal(weisu_segmenter_change_words(reading.segmenter, said[i % 2], 2, NULL), WEISU_OK);
    atomic_store(&reading.stop, 1);
    for (int i = 0; i < readers; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&reading.wrong), 0);
    weisu_segmenter_close(reading.segmenter);
}

static void scratches_know_their_segmenter(void **state)
{
    (void)state;
    weisu_segmenter *segmenter[2];
    weisu_segment_scratch *scratch;
    weisu_tokens tokens;
    for (int i = 0; i < 2; i++)
        assert_int_equal(weisu_segmenter_open(&segmenter[i], WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL, NULL),
                         WEISU_OK);
    assert_int_equal(weisu_segment_scratch_new(&scratch, segmenter[0], NULL), WEISU_OK);
    assert_int_equal(weisu_segment(segmenter[1], scratch, str_of("水"), &tokens, NULL), WEISU_EINVAL);
    weisu_segmenter_close(segmenter[0]);
    weisu_segmenter_close(segmenter[1]);
    weisu_segment_scratch_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_word_is_refused),
        cmocka_unit_test(changes_are_read_as_they_are_written),
        cmocka_unit_test_setup_teardown(added_words_are_found, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(words_never_cut_runs, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(deleted_words_leave_the_others, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(weights_decide, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(rules_leave_words_alone, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(what_does_not_use_a_word_does_not_miss_it, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(safe_cuts_know_words_of_users, open_fixture, close_fixture),
        cmocka_unit_test(a_set_is_bounded_and_forgets),
        cmocka_unit_test(without_memory_words_stay_as_they_were),
        cmocka_unit_test(readers_go_on_while_words_change),
        cmocka_unit_test(scratches_know_their_segmenter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
