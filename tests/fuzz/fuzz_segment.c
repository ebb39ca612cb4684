/* The segmenter over any bytes: tokens cover the text, offsets rise, words are the dictionary's; a safe cut changes no
 * token; a stream keeps every byte and does not depend on the pieces in which it comes. All of it once more with words
 * of users, parts of the text among them; and a word that the text does not use is not missed when it is deleted.
 *
 * Input: the first byte chooses the cut, the pieces and the words; the rest is the text. */
#include "../unit/counted_tables.h"

#include "segment/character_run.h"
#include "segment/token_stream.h"
#include "segment/word_overlay.h"

#include <assert.h>

struct segment_world {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct user_words words;
    struct word_overlay *overlay;
    struct arena arena;
};

static struct segment_world *world(void)
{
    static struct segment_world made;
    if (!made.segmenter) {
        weisu_code code = build_counted(&made.image, 0);
        assert(code == WEISU_OK);
        code = lexicon_open_bytes(&made.lexicon, made.image.data, made.image.size, NULL, NULL);
        assert(code == WEISU_OK);
        code = segmenter_new(&made.segmenter, made.lexicon, NULL, NULL);
        assert(code == WEISU_OK);
        arena_init(&made.arena, NULL, 0);
        user_words_init(&made.words, NULL);
    }
    return &made;
}

static struct seg_tokens run(struct segment_world *w, weisu_str text, struct characters *characters)
{
    struct seg_tokens tokens;
    int failed =
        characters_decode(characters, text, &w->arena) || segmenter_run(w->segmenter, characters, &w->arena, &tokens);
    assert(!failed);
    return tokens;
}

static void check_tokens(const struct segment_world *w, const struct characters *text, const struct seg_tokens *tokens)
{
    size_t at = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct seg_token *token = &tokens->token[i];
        assert(token->begin == at && token->end > at && token->end <= text->count);
        assert(text->offset[token->end] > text->offset[token->begin]);
        uint32_t found = lexicon_find(w->lexicon, text->code + at, token->end - token->begin);
        assert((token->kind == SEG_WORD) == (token->word != LEXICON_NO_WORD));
        assert(token->kind != SEG_USER || w->overlay);
        assert(token->word == LEXICON_NO_WORD || token->word == found);
        if (i > 0)
            assert(!runs_together(text->code, text->count, at));
        at = token->end;
    }
    assert(at == text->count);
}

/* The tokens of the two parts, one after another, are those of the whole. */
static void check_cut(struct segment_world *w, weisu_str text, const struct characters *all,
                      const struct seg_tokens *whole, size_t prefix)
{
    struct characters known;
    struct characters part;
    int failed = characters_decode(&known, (weisu_str){text.data, all->offset[prefix]}, &w->arena);
    assert(!failed);
    size_t safe = segmenter_safe_cut(w->segmenter, &known);
    assert(safe == 0 || safe < known.count);
    size_t cut = known.offset[safe];
    struct seg_tokens first = run(w, (weisu_str){text.data, cut}, &part);
    struct seg_tokens rest = run(w, (weisu_str){text.data + cut, text.size - cut}, &part);
    assert(first.count + rest.count == whole->count);
    for (size_t i = 0; i < whole->count; i++) {
        const struct seg_token *token = i < first.count ? &first.token[i] : &rest.token[i - first.count];
        size_t shift = i < first.count ? 0 : safe;
        assert(token->begin + shift == whole->token[i].begin && token->end + shift == whole->token[i].end);
        assert(token->word == whole->token[i].word && token->kind == whole->token[i].kind);
    }
}

static void stream(struct segment_world *w, weisu_str text, size_t piece, struct byte_buffer *out)
{
    struct token_stream stream;
    byte_buffer_init(out, NULL);
    weisu_code code = token_stream_init(&stream, w->segmenter, (weisu_str){"\x1e", 1}, NULL, NULL);
    for (size_t at = 0; at < text.size && !code; at += piece) {
        size_t size = text.size - at < piece ? text.size - at : piece;
        code = token_stream_feed(&stream, text.data + at, size, NULL);
        byte_buffer_append(out, stream.out.data, stream.out.size);
        byte_buffer_reset(&stream.out);
    }
    if (!code)
        code = token_stream_finish(&stream, NULL);
    assert(code == WEISU_OK);
    byte_buffer_append(out, stream.out.data, stream.out.size);
    token_stream_dispose(&stream);
}

/* Without its separators the output is the input, U+FFFD for what is invalid. U+001E in the input is white space,
 * beside which none is added, so all can be taken away on both sides. */
static void check_stream(struct segment_world *w, weisu_str text, const struct characters *all, size_t piece)
{
    struct byte_buffer once;
    struct byte_buffer pieces;
    stream(w, text, text.size ? text.size : 1, &once);
    stream(w, text, piece, &pieces);
    assert(once.size == pieces.size && (once.size == 0 || memcmp(once.data, pieces.data, once.size) == 0));
    size_t at = 0;
    for (size_t i = 0; i < all->count; i++) {
        int replaced = all->code[i] == 0xfffd;
        const char *bytes = replaced ? "\xef\xbf\xbd" : text.data + all->offset[i];
        size_t size = replaced ? 3 : all->offset[i + 1] - all->offset[i];
        if (size == 1 && bytes[0] == '\x1e')
            continue;
        while (at < once.size && once.data[at] == '\x1e')
            at++;
        assert(once.size - at >= size && memcmp(once.data + at, bytes, size) == 0);
        at += size;
    }
    while (at < once.size && once.data[at] == '\x1e')
        at++;
    assert(at == once.size);
    byte_buffer_dispose(&once);
    byte_buffer_dispose(&pieces);
}

/* ---- words of users ---- */

/* A part of the text as a word; 0 when it is none. White space at its ends does not belong to it. */
static int read_part(const struct characters *all, size_t begin, size_t length, struct user_spelling *out)
{
    begin %= all->count;
    length = length < all->count - begin ? length : all->count - begin;
    weisu_str part = {all->bytes.data + all->offset[begin], all->offset[begin + length] - all->offset[begin]};
    const weisu_word_change change = {part, WEISU_WORD_WHOLE};
    return user_word_read(&change, out, NULL) == WEISU_OK;
}

static void say(struct segment_world *w, const struct characters *all, size_t begin, size_t length, int64_t frequency)
{
    struct user_spelling spelling;
    if (!read_part(all, begin, length, &spelling))
        return;
    weisu_code code = user_words_say(&w->words, &spelling, frequency, NULL);
    assert(code == WEISU_OK);
}

static void take_words(struct segment_world *w)
{
    segmenter_set_overlay(w->segmenter, NULL);
    word_overlay_free(w->overlay);
    weisu_code code = word_overlay_new(&w->overlay, w->lexicon, &w->words, USER_WORDS_NEXT, NULL, NULL);
    assert(code == WEISU_OK);
    segmenter_set_overlay(w->segmenter, w->overlay);
}

static void forget_words(struct segment_world *w)
{
    user_words_take_back(&w->words);
    user_words_saved(&w->words);
    user_words_settle(&w->words);
    take_words(w);
    assert(!w->overlay);
}

/* A token that spells it, or one that rules put together and that may hold it. */
static int may_use(const struct characters *all, const struct seg_token *token, const struct user_spelling *spelling)
{
    for (size_t at = token->begin; at + spelling->length <= token->end; at++)
        if (memcmp(all->code + at, spelling->code, spelling->length * sizeof *spelling->code) == 0 &&
            (token->kind != SEG_WORD || token->end - token->begin == spelling->length))
            return 1;
    return 0;
}

/* The tokens stay when what none of them uses is deleted. */
static void check_deletion(struct segment_world *w, const struct characters *all, size_t begin, size_t length)
{
    struct seg_tokens after;
    struct seg_tokens before;
    struct user_spelling spelling;
    if (!read_part(all, begin, length, &spelling))
        return;
    int failed = segmenter_run(w->segmenter, all, &w->arena, &before);
    assert(!failed);
    for (size_t i = 0; i < before.count; i++)
        if (may_use(all, &before.token[i], &spelling))
            return;
    say(w, all, begin, length, WEISU_WORD_DELETED);
    take_words(w);
    failed = segmenter_run(w->segmenter, all, &w->arena, &after);
    assert(!failed && after.count == before.count);
    assert(memcmp(after.token, before.token, after.count * sizeof *after.token) == 0);
}

static void check_all(struct segment_world *w, weisu_str text, const struct characters *all, uint8_t choice)
{
    struct seg_tokens tokens;
    int failed = segmenter_run(w->segmenter, all, &w->arena, &tokens);
    assert(!failed);
    check_tokens(w, all, &tokens);
    if (all->count)
        check_cut(w, text, all, &tokens, choice % (all->count + 1));
    check_stream(w, text, all, 1u + choice % 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment_world *w = world();
    if (size == 0)
        return 0;
    weisu_str text = {(const char *)data + 1, size - 1};
    struct characters all;
    arena_reset(&w->arena);
    int failed = characters_decode(&all, text, &w->arena);
    assert(!failed);
    check_all(w, text, &all, data[0]);
    if (!all.count)
        return 0;
    check_deletion(w, &all, data[0], 1u + data[0] % 4);
    forget_words(w);
    say(w, &all, data[0], 1u + data[0] % 5, WEISU_WORD_WHOLE);
    say(w, &all, data[0] / 2u, 2u + data[0] % 3, 1 + 1000 * (data[0] % 16));
    say(w, &all, data[0] / 3u, 1u + data[0] % 2, WEISU_WORD_DELETED);
    take_words(w);
    check_all(w, text, &all, data[0]);
    forget_words(w);
    return 0;
}
