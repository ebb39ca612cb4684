/* Segmenter: the cheapest path, its ties, runs of letters, safe cuts, streams, the public interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "image_fixture.h"
#include "lexicon/lexicon_array.h"
#include "segment/token_stream.h"

#include <weisu/segment.h>

struct opened {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct arena arena;
};

static int open_fixture(void **state)
{
    struct opened *opened = calloc(1, sizeof *opened);
    *state = opened;
    arena_init(&opened->arena, NULL, 0);
    return fixture_image(&opened->image, NULL) ||
           lexicon_open_bytes(&opened->lexicon, opened->image.data, opened->image.size, NULL, NULL) ||
           segmenter_new(&opened->segmenter, opened->lexicon, NULL, NULL);
}

static int close_fixture(void **state)
{
    struct opened *opened = *state;
    segmenter_free(opened->segmenter);
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

/* Tokens of a text in the fixture's arena, which is reset. */
static struct seg_tokens cut(struct opened *opened, weisu_str text, struct characters *characters)
{
    struct seg_tokens tokens;
    arena_reset(&opened->arena);
    assert_int_equal(characters_decode(characters, text, &opened->arena), 0);
    assert_int_equal(segmenter_run(opened->segmenter, characters, &opened->arena, &tokens), 0);
    return tokens;
}

/* "a|b|c": the text with '|' between its tokens. */
static void assert_cut(struct opened *opened, const char *expected)
{
    char text[256];
    char got[512];
    size_t size = 0;
    struct characters characters;
    for (const char *at = expected; *at; at++)
        if (*at != '|')
            text[size++] = *at;
    struct seg_tokens tokens = cut(opened, (weisu_str){text, size}, &characters);
    size = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        uint32_t begin = characters.offset[tokens.token[i].begin];
        uint32_t end = characters.offset[tokens.token[i].end];
        if (i)
            got[size++] = '|';
        memcpy(got + size, text + begin, end - begin);
        size += end - begin;
    }
    got[size] = 0;
    assert_string_equal(got, expected);
}

static void words_win_by_their_frequency(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "研究|生命|起源");
    assert_cut(opened, "研究生");
    assert_cut(opened, "没有热水"); /* stays whole though its parts are frequent */
    assert_cut(opened, "您好|，|领导|。");
    assert_cut(opened, "断水|的|小区");
    assert_cut(opened, "");
}

static void names_of_places_stay_whole(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "北京市|东城区|东四街道|路上");
    assert_cut(opened, "東城區|的|T恤");
}

static void runs_are_not_cut(void **state)
{
    struct opened *opened = *state;
    assert_cut(opened, "it|的|without"); /* no word inside a longer one */
    assert_cut(opened, "at|恤");         /* t恤 would begin inside the run */
    assert_cut(opened, "t恤|的|B超");
    assert_cut(opened, "3.5|的|2019.12.3|路");
    assert_cut(opened, "3|.|的|.|5|.|x|.|y");
    assert_cut(opened, "，|１２ＡＢ|的|４Ｇ|路");
}

static void kinds_tell_what_a_token_is(void **state)
{
    struct opened *opened = *state;
    static const struct {
        const char *text;
        uint32_t kind;
    } cases[] = {
        {"停水", SEG_WORD},     {"囧", SEG_UNKNOWN},    {"かな", SEG_UNKNOWN},   {"Ж", SEG_UNKNOWN},
        {"😀", SEG_UNKNOWN},     {"moma", SEG_LATIN},    {"4g", SEG_LATIN},       {"café", SEG_LATIN},
        {"３Ｇ", SEG_LATIN},    {"3.5", SEG_NUMBER},    {"42", SEG_NUMBER},      {"，", SEG_PUNCTUATION},
        {"%", SEG_PUNCTUATION}, {"→", SEG_PUNCTUATION}, {"《", SEG_PUNCTUATION}, {"\xff", SEG_PUNCTUATION},
        {" ", SEG_SPACE},       {"　", SEG_SPACE},      {"\t", SEG_SPACE},       {"it", SEG_WORD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct characters characters;
        struct seg_tokens tokens = cut(opened, str_of(cases[i].text), &characters);
        assert_true(tokens.count >= 1);
        if (tokens.token[0].kind != cases[i].kind)
            fail_msg("%s is of kind %u", cases[i].text, tokens.token[0].kind);
        assert_int_equal(tokens.token[0].word != LEXICON_NO_WORD, cases[i].kind == SEG_WORD);
    }
}

/* ---- random texts ---- */

static const char *const pieces[] = {"没",       "有", "没有", "水",   "热水", "研究", "生",   "命", "起源", "的",
                                     "东",       "城", "区",   "北京", "市",   "停",   "断水", "t",  "T恤",  "it",
                                     "b超",      "4",  ".",    "3.5",  "，",   " ",    "\r",   "囧", "𠀀",   "\xff",
                                     "\xe4\xbd", "�",  "é",    "東",   "四",   "街道", "路",   "上", "燃气", "泄漏"};

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

static uint64_t no_cost(void)
{
    return UINT64_MAX / 2;
}

/* Cost of the word [at, end) by look-up, independent of the segmenter's walk. */
static uint64_t cost_of(const struct opened *opened, const struct characters *text, size_t at, size_t end)
{
    uint64_t total = lexicon_total_frequency(opened->lexicon);
    uint32_t word = lexicon_find(opened->lexicon, text->code + at, end - at);
    return word == LEXICON_NO_WORD ? no_cost() : word_cost(total, lexicon_word(opened->lexicon, word)->frequency);
}

static int in_run(uint16_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 0xc0 && c < 0x250 && c != 0xd7 && c != 0xf7);
}

static int digit(uint16_t c)
{
    return c >= '0' && c <= '9';
}

/* 1 when a run goes over the place between at - 1 and at. */
static int inside_run(const struct characters *text, size_t at)
{
    const uint16_t *c = text->code;
    if (at == 0 || at >= text->count)
        return 0;
    if (in_run(c[at - 1]) && in_run(c[at]))
        return 1;
    if (c[at] == '.')
        return digit(c[at - 1]) && at + 1 < text->count && digit(c[at + 1]);
    return c[at - 1] == '.' && digit(c[at]) && at >= 2 && digit(c[at - 2]);
}

/* Best cost from each place and the longest best first word, by the definition. */
static void reference_path(const struct opened *opened, const struct characters *text, uint64_t *best, size_t *end_of)
{
    uint64_t unknown = word_cost(lexicon_total_frequency(opened->lexicon), 1);
    memset(end_of, 0, (text->count + 1) * sizeof *end_of);
    best[text->count] = 0;
    for (size_t at = text->count; at-- > 0;) {
        best[at] = no_cost();
        if (inside_run(text, at))
            continue;
        size_t run_end = at + 1;
        while (in_run(text->code[at]) && inside_run(text, run_end))
            run_end++;
        if (in_run(text->code[at])) {
            best[at] = unknown + best[run_end];
            end_of[at] = run_end;
        }
        for (size_t end = at + 1; end <= text->count && end <= at + 12; end++) {
            uint64_t cost = inside_run(text, end) ? no_cost() : cost_of(opened, text, at, end);
            if (cost < no_cost() && cost + best[end] <= best[at]) {
                best[at] = cost + best[end];
                end_of[at] = end;
            }
        }
        if (best[at] >= no_cost()) {
            best[at] = unknown + best[at + 1];
            end_of[at] = at + 1;
        }
    }
}

static void path_is_the_cheapest(void **state)
{
    struct opened *opened = *state;
    uint64_t draw = 3;
    for (int round = 0; round < 3000; round++) {
        char text[512];
        uint64_t best[512];
        size_t end_of[512];
        struct characters characters;
        size_t size = draw_text(&draw, 1 + draw % 30, text);
        struct seg_tokens tokens = cut(opened, (weisu_str){text, size}, &characters);
        reference_path(opened, &characters, best, end_of);
        size_t at = 0;
        for (size_t i = 0; i < tokens.count; i++) {
            assert_int_equal(tokens.token[i].begin, at);
            if (tokens.token[i].end != end_of[at])
                fail_msg("round %d: \"%.*s\" differs at character %zu", round, (int)size, text, at);
            if (tokens.token[i].word != LEXICON_NO_WORD)
                assert_int_equal(tokens.token[i].word,
                                 lexicon_find(opened->lexicon, characters.code + at, tokens.token[i].end - at));
            at = tokens.token[i].end;
        }
        assert_int_equal(at, characters.count);
    }
}

/* The costs of a text without punctuation grow past 32 bits: 200,000 characters at 19 bits × 2,048. */
static void long_texts_cost_no_more(void **state)
{
    struct opened *opened = *state;
    enum { repeats = 40000 };
    static const char part[] = "囧囧研究生命起源";
    size_t part_size = sizeof part - 1;
    char *text = malloc(repeats * part_size);
    assert_non_null(text);
    for (size_t i = 0; i < repeats; i++)
        memcpy(text + i * part_size, part, part_size);
    struct characters characters;
    struct seg_tokens tokens = cut(opened, (weisu_str){text, repeats * part_size}, &characters);
    assert_int_equal(tokens.count, repeats * 5);
    for (size_t i = 0; i < tokens.count; i++) {
        static const uint32_t ends[] = {1, 2, 4, 6, 8};
        assert_int_equal(tokens.token[i].end, i / 5 * 8 + ends[i % 5]);
    }
    free(text);
}

/* ---- cuts and streams ---- */

/* The bytes that a text's tokens end at, as one list. */
static size_t list_ends(struct opened *opened, weisu_str text, size_t from, size_t *end)
{
    struct characters characters;
    struct seg_tokens tokens = cut(opened, text, &characters);
    for (size_t i = 0; i < tokens.count; i++)
        end[i] = from + characters.offset[tokens.token[i].end];
    return tokens.count;
}

static void safe_cuts_change_nothing(void **state)
{
    struct opened *opened = *state;
    uint64_t draw = 11;
    size_t cuts = 0;
    for (int round = 0; round < 2000; round++) {
        char text[512];
        size_t whole[512];
        size_t parts[512];
        struct characters known;
        size_t size = draw_text(&draw, 2 + draw % 30, text);
        size_t count = list_ends(opened, (weisu_str){text, size}, 0, whole);
        struct characters all;
        arena_reset(&opened->arena);
        assert_int_equal(characters_decode(&all, (weisu_str){text, size}, &opened->arena), 0);
        size_t prefix = all.offset[1 + draw % all.count];
        assert_int_equal(characters_decode(&known, (weisu_str){text, prefix}, &opened->arena), 0);
        size_t safe = segmenter_safe_cut(opened->segmenter, &known);
        assert_true(safe < known.count);
        cuts += safe > 0;
        size_t at = known.offset[safe];
        size_t first = list_ends(opened, (weisu_str){text, at}, 0, parts);
        size_t rest = list_ends(opened, (weisu_str){text + at, size - at}, at, parts + first);
        assert_int_equal(first + rest, count);
        assert_memory_equal(parts, whole, count * sizeof *whole);
    }
    assert_true(cuts > 1000);
}

/* Feeds a text in pieces of the given size (0: random) and returns what comes out. */
static struct byte_buffer stream_text(struct opened *opened, weisu_str text, size_t piece, struct token_stream *stream)
{
    struct byte_buffer all;
    uint64_t draw = text.size;
    byte_buffer_init(&all, NULL);
    assert_int_equal(token_stream_init(stream, opened->segmenter, str_of("|"), NULL, NULL), WEISU_OK);
    for (size_t at = 0; at < text.size;) {
        draw = hash_mix(draw + 1);
        size_t size = piece ? piece : 1 + draw % 70000;
        size = size < text.size - at ? size : text.size - at;
        assert_int_equal(token_stream_feed(stream, text.data + at, size, NULL), WEISU_OK);
        byte_buffer_append(&all, stream->out.data, stream->out.size);
        byte_buffer_reset(&stream->out);
        at += size;
    }
    assert_int_equal(token_stream_finish(stream, NULL), WEISU_OK);
    byte_buffer_append(&all, stream->out.data, stream->out.size);
    token_stream_dispose(stream);
    return all;
}

static void assert_streamed(struct opened *opened, const char *text, const char *expected)
{
    struct token_stream stream;
    for (size_t piece = 1; piece < 5; piece++) {
        struct byte_buffer out = stream_text(opened, str_of(text), piece, &stream);
        byte_buffer_append_char(&out, 0);
        assert_string_equal(out.data, expected);
        byte_buffer_dispose(&out);
    }
}

static void streams_keep_the_characters(void **state)
{
    struct opened *opened = *state;
    assert_streamed(opened, "研究生命\n停水 的，\r\n\n东城区", "研究|生命\n停水 的|，\r\n\n东城区");
    assert_streamed(opened, "\xff水\xe4\n\xe4\xbd", "�|水|�\n�");
    assert_streamed(opened, "�水", "�|水");
    assert_streamed(opened, "\n", "\n");
    assert_streamed(opened, "", "");
}

/* A long line without a newline gives the tokens of the whole, however it comes in; and cuts inside a word are made,
 * and counted, only where there is no other place. */
static void long_lines_are_cut_where_no_word_is(void **state)
{
    struct opened *opened = *state;
    enum { parts = 60000 };
    char *text = malloc(parts * 8);
    assert_non_null(text);
    uint64_t draw = 5;
    size_t size = 0;
    for (size_t i = 0; i < parts; i++)
        size += draw_text(&draw, 1, text + size);
    assert_true(size > 3 * TOKEN_STREAM_WINDOW);
    struct token_stream stream;
    struct byte_buffer once = stream_text(opened, (weisu_str){text, size}, size, &stream);
    assert_int_equal(stream.forced, 0);
    struct byte_buffer pieces_out = stream_text(opened, (weisu_str){text, size}, 0, &stream);
    assert_int_equal(once.size, pieces_out.size);
    assert_memory_equal(once.data, pieces_out.data, once.size);
    struct characters characters;
    struct seg_tokens tokens = cut(opened, (weisu_str){text, size}, &characters);
    size_t separators = 0;
    for (size_t i = 1; i < tokens.count; i++)
        separators += tokens.token[i].kind != SEG_SPACE && tokens.token[i - 1].kind != SEG_SPACE;
    size_t replaced = 0;
    for (size_t i = 0; i < characters.count; i++)
        replaced += characters.code[i] == 0xfffd ? 3 - (characters.offset[i + 1] - characters.offset[i]) : 0;
    assert_int_equal(once.size, size + separators + replaced);
    byte_buffer_dispose(&once);
    byte_buffer_dispose(&pieces_out);

    memset(text, '7', parts * 5);
    struct byte_buffer digits = stream_text(opened, (weisu_str){text, parts * 5}, 0, &stream);
    assert_int_equal(stream.forced, parts * 5 / TOKEN_STREAM_WINDOW);
    assert_int_equal(digits.size, parts * 5 + stream.forced);
    byte_buffer_dispose(&digits);
    free(text);
}

/* ---- the public interface ---- */

struct counted_memory {
    int left; /* allocations until one fails */
    int made;
    int held;
};

static void *counted_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct counted_memory *memory = context;
    (void)old_size;
    if (memory->left-- <= 0)
        return NULL;
    memory->made++;
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

static void write_image(const struct opened *opened, char *path)
{
    close(mkstemp(path));
    assert_int_equal(image_write(path, opened->image.data, opened->image.size, NULL), WEISU_OK);
}

static void offsets_are_those_of_the_text(void **state)
{
    const struct opened *opened = *state;
    char path[] = "/tmp/weisu-image-XXXXXX";
    write_image(opened, path);
    weisu_segmenter *segmenter;
    weisu_segment_scratch *scratch;
    weisu_tokens tokens;
    weisu_err err;
    assert_int_equal(weisu_segmenter_open(&segmenter, path, NULL, &err), WEISU_OK);
    unlink(path);
    assert_int_equal(weisu_segment_scratch_new(&scratch, segmenter, &err), WEISU_OK);
    static const char text[] = "東城區\xff𠀀停水，T恤";
    assert_int_equal(weisu_segment(segmenter, scratch, str_of(text), &tokens, &err), WEISU_OK);
    static const weisu_token expected[] = {
        {0, 9, 0, 3, WEISU_TOKEN_WORD},   {9, 10, 3, 4, WEISU_TOKEN_PUNCTUATION},  {10, 14, 4, 5, WEISU_TOKEN_UNKNOWN},
        {14, 20, 5, 7, WEISU_TOKEN_WORD}, {20, 23, 7, 8, WEISU_TOKEN_PUNCTUATION}, {23, 27, 8, 10, WEISU_TOKEN_WORD},
    };
    assert_int_equal(tokens.count, sizeof expected / sizeof expected[0]);
    assert_int_equal(tokens.invalid, 1);
    for (size_t i = 0; i < tokens.count; i++) {
        assert_int_equal(tokens.at[i].byte_begin, expected[i].byte_begin);
        assert_int_equal(tokens.at[i].byte_end, expected[i].byte_end);
        assert_int_equal(tokens.at[i].point_begin, expected[i].point_begin);
        assert_int_equal(tokens.at[i].point_end, expected[i].point_end);
        assert_int_equal(tokens.at[i].kind, expected[i].kind);
    }
    assert_int_equal(weisu_segment(segmenter, scratch, (weisu_str){NULL, 0}, &tokens, &err), WEISU_OK);
    assert_int_equal(tokens.count, 0);
    assert_int_equal(weisu_segment(segmenter, NULL, str_of(text), &tokens, &err), WEISU_EINVAL);
    assert_int_equal(weisu_segment(segmenter, scratch, (weisu_str){NULL, 3}, &tokens, &err), WEISU_EINVAL);
    weisu_segment_scratch_free(scratch);
    weisu_segmenter_close(segmenter);
    assert_int_equal(weisu_segmenter_open(&segmenter, path, NULL, &err), WEISU_EIO);
    assert_null(segmenter);
}

static void warm_scratch_allocates_nothing(void **state)
{
    const struct opened *opened = *state;
    char path[] = "/tmp/weisu-image-XXXXXX";
    write_image(opened, path);
    struct counted_memory memory = {INT32_MAX, 0, 0};
    const weisu_allocator allocator = {&memory, counted_allocate, counted_resize, counted_release};
    weisu_segmenter *segmenter;
    weisu_segment_scratch *scratch;
    assert_int_equal(weisu_segmenter_open(&segmenter, path, &allocator, NULL), WEISU_OK);
    assert_int_equal(weisu_segment_scratch_new(&scratch, segmenter, NULL), WEISU_OK);
    char text[20000];
    uint64_t draw = 8;
    size_t size = draw_text(&draw, 3000, text);
    int made = 0;
    for (int round = 0; round < 50; round++) {
        weisu_tokens tokens;
        size_t part = round == 0 ? size : size / (size_t)(round + 1);
        assert_int_equal(weisu_segment(segmenter, scratch, (weisu_str){text, part}, &tokens, NULL), WEISU_OK);
        if (round == 1)
            made = memory.made;
    }
    assert_int_equal(memory.made, made);
    weisu_segment_scratch_free(scratch);
    weisu_segmenter_close(segmenter);
    assert_int_equal(memory.held, 0);
    unlink(path);
}

static weisu_code try_all(const char *path, const weisu_allocator *allocator)
{
    weisu_segmenter *segmenter;
    weisu_segment_scratch *scratch = NULL;
    weisu_tokens tokens;
    weisu_code code = weisu_segmenter_open(&segmenter, path, allocator, NULL);
    if (!code)
        code = weisu_segment_scratch_new(&scratch, segmenter, NULL);
    if (!code)
        code = weisu_segment(segmenter, scratch, str_of("研究生命起源"), &tokens, NULL);
    weisu_segment_scratch_free(scratch);
    weisu_segmenter_close(segmenter);
    return code;
}

static void every_failed_allocation_is_survived(void **state)
{
    const struct opened *opened = *state;
    char path[] = "/tmp/weisu-image-XXXXXX";
    write_image(opened, path);
    weisu_code code = WEISU_ENOMEM;
    int left = 0;
    for (; code == WEISU_ENOMEM; left++) {
        struct counted_memory memory = {left, 0, 0};
        const weisu_allocator allocator = {&memory, counted_allocate, counted_resize, counted_release};
        code = try_all(path, &allocator);
        assert_int_equal(memory.held, 0);
    }
    assert_int_equal(code, WEISU_OK);
    assert_true(left > 4);
    unlink(path);
}

/* ---- the image that is shipped ---- */

/* No name of a division is cut, whatever stands beside it (a longer word may hold it: 北京市政府). */
static void shipped_names_stay_whole(void **state)
{
    (void)state;
    struct opened shipped = {0};
    static const char *const before[] = {"", "在", "我是", "位于", "请问", "投诉", "，"};
    static const char *const after[] = {"", "的", "有人", "某小区", "停水", "政府", "。"};
    arena_init(&shipped.arena, NULL, 0);
    assert_int_equal(lexicon_open(&shipped.lexicon, WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL, NULL), WEISU_OK);
    assert_int_equal(segmenter_new(&shipped.segmenter, shipped.lexicon, NULL, NULL), WEISU_OK);
    size_t tried = 0;
    size_t broken = 0;
    for (uint32_t node = 0; node < gazetteer_count(shipped.lexicon); node++) {
        weisu_str name = gazetteer_node(shipped.lexicon, node).name;
        for (size_t i = 0; i < 49; i++) {
            char text[256];
            struct characters characters;
            int size = snprintf(text, sizeof text, "%s%.*s%s", before[i / 7], (int)name.size, name.data, after[i % 7]);
            struct seg_tokens tokens = cut(&shipped, (weisu_str){text, (size_t)size}, &characters);
            size_t begin = strlen(before[i / 7]);
            int whole = 1;
            for (size_t t = 0; t < tokens.count; t++) {
                size_t end = characters.offset[tokens.token[t].end];
                whole &= end <= begin || end >= begin + name.size;
            }
            tried++;
            if (!whole) {
                broken++;
                print_message("broken: %s\n", text);
            }
        }
    }
    assert_true(tried > 15000);
    assert_int_equal(broken, 0);
    segmenter_free(shipped.segmenter);
    lexicon_close(shipped.lexicon);
    arena_dispose(&shipped.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_win_by_their_frequency),
        cmocka_unit_test(names_of_places_stay_whole),
        cmocka_unit_test(runs_are_not_cut),
        cmocka_unit_test(kinds_tell_what_a_token_is),
        cmocka_unit_test(path_is_the_cheapest),
        cmocka_unit_test(long_texts_cost_no_more),
        cmocka_unit_test(safe_cuts_change_nothing),
        cmocka_unit_test(streams_keep_the_characters),
        cmocka_unit_test(long_lines_are_cut_where_no_word_is),
        cmocka_unit_test(offsets_are_those_of_the_text),
        cmocka_unit_test(warm_scratch_allocates_nothing),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(shipped_names_stay_whole),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
