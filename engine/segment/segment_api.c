#include <weisu/segment.h>

#include "base/failure.h"
#include "segment/overlay_slot.h"
#include "segment/segmenter.h"
#include "segment/word_overlay.h"

struct weisu_segmenter {
    const weisu_allocator *allocator;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct overlay_slot *slot;
    struct user_words words; /* with the slot's lock */
};

struct weisu_segment_scratch {
    const weisu_allocator *allocator;
    struct arena arena;
    struct overlay_reader reader;
};

static const weisu_token_kind public_kinds[] = {
    [SEG_WORD] = WEISU_TOKEN_WORD,   [SEG_USER] = WEISU_TOKEN_WORD,     [SEG_UNKNOWN] = WEISU_TOKEN_UNKNOWN,
    [SEG_LATIN] = WEISU_TOKEN_LATIN, [SEG_NUMBER] = WEISU_TOKEN_NUMBER, [SEG_PUNCTUATION] = WEISU_TOKEN_PUNCTUATION,
    [SEG_SPACE] = WEISU_TOKEN_SPACE,
};

weisu_code weisu_segmenter_open(weisu_segmenter **out, const char *path, const weisu_allocator *allocator,
                                weisu_err *err)
{
    if (!out)
        return failure(err, WEISU_EINVAL, "weisu_segmenter_open needs a place for its result");
    *out = NULL;
    if (!path)
        return failure(err, WEISU_EINVAL, "weisu_segmenter_open needs a path");
    weisu_segmenter *made = memory_new_zeroed(allocator, 1, sizeof *made);
    if (!made)
        return failure(err, WEISU_ENOMEM, "out of memory while opening a segmenter");
    made->allocator = allocator;
    user_words_init(&made->words, allocator);
    weisu_code code = lexicon_open(&made->lexicon, path, allocator, err);
    if (!code)
        code = segmenter_new(&made->segmenter, made->lexicon, allocator, err);
    if (!code)
        code = overlay_slot_new(&made->slot, allocator, err);
    if (code) {
        weisu_segmenter_close(made);
        return code;
    }
    *out = made;
    return WEISU_OK;
}

void weisu_segmenter_close(weisu_segmenter *segmenter)
{
    if (!segmenter)
        return;
    overlay_slot_unref(segmenter->slot);
    user_words_dispose(&segmenter->words);
    segmenter_free(segmenter->segmenter);
    lexicon_close(segmenter->lexicon);
    memory_free(segmenter->allocator, segmenter, 1, sizeof *segmenter);
}

weisu_code weisu_segment_scratch_new(weisu_segment_scratch **out, const weisu_segmenter *segmenter, weisu_err *err)
{
    if (!out || !segmenter)
        return failure(err, WEISU_EINVAL, "weisu_segment_scratch_new needs a segmenter and a place for its result");
    *out = memory_new_zeroed(segmenter->allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "out of memory while making a scratch");
    (*out)->allocator = segmenter->allocator;
    arena_init(&(*out)->arena, segmenter->allocator, 0);
    overlay_reader_open(&(*out)->reader, segmenter->slot);
    return WEISU_OK;
}

void weisu_segment_scratch_free(weisu_segment_scratch *scratch)
{
    if (!scratch)
        return;
    overlay_reader_close(&scratch->reader);
    arena_dispose(&scratch->arena);
    memory_free(scratch->allocator, scratch, 1, sizeof *scratch);
}

static void publish(const struct characters *text, const struct seg_tokens *tokens, weisu_token *at)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct seg_token *token = &tokens->token[i];
        at[i] = (weisu_token){text->offset[token->begin], text->offset[token->end], token->begin, token->end,
                              public_kinds[token->kind]};
    }
}

/* 0; -1 when memory is out. The tokens do not point into the overlay. */
static int run(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, const struct characters *text,
               struct seg_tokens *tokens)
{
    const struct word_overlay *overlay = overlay_enter(&scratch->reader);
    int failed = segmenter_run_over(segmenter->segmenter, overlay, text, &scratch->arena, tokens);
    overlay_leave(&scratch->reader);
    return failed;
}

weisu_code weisu_segment(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, weisu_str text,
                         weisu_tokens *out, weisu_err *err)
{
    if (!segmenter || !scratch || !out || (!text.data && text.size))
        return failure(err, WEISU_EINVAL,
                       "weisu_segment needs a segmenter, a scratch, a text and a place for its result");
    *out = (weisu_tokens){0};
    if (scratch->reader.slot != segmenter->slot)
        return failure(err, WEISU_EINVAL, "the scratch is of another segmenter");
    if (text.size >= UINT32_MAX)
        return failure(err, WEISU_ELIMIT, "a text of more than %lu bytes", (unsigned long)UINT32_MAX - 1);
    struct characters characters;
    struct seg_tokens tokens;
    weisu_token *at = NULL;
    arena_reset(&scratch->arena);
    if (!characters_decode(&characters, text, &scratch->arena) && !run(segmenter, scratch, &characters, &tokens))
        at = arena_take_array(&scratch->arena, tokens.count, sizeof *at);
    if (!at)
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    publish(&characters, &tokens, at);
    *out = (weisu_tokens){at, tokens.count, characters.invalid};
    return WEISU_OK;
}

static weisu_code say_all(struct user_words *words, const weisu_word_change *changes, size_t count, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < count && !code; i++) {
        code = user_words_take(words, &changes[i], err);
        if (code && err)
            err->line = i + 1;
    }
    return code;
}

weisu_code weisu_segmenter_change_words(weisu_segmenter *segmenter, const weisu_word_change *changes, size_t count,
                                        weisu_err *err)
{
    if (!segmenter || (!changes && count))
        return failure(err, WEISU_EINVAL, "weisu_segmenter_change_words needs a segmenter and changes");
    struct word_overlay *overlay = NULL;
    overlay_slot_lock(segmenter->slot);
    weisu_code code = say_all(&segmenter->words, changes, count, err);
    if (!code)
        code = word_overlay_new(&overlay, segmenter->lexicon, &segmenter->words, USER_WORDS_NEXT, segmenter->allocator,
                                err);
    if (code) {
        user_words_take_back(&segmenter->words);
    } else {
        user_words_saved(&segmenter->words); /* nobody keeps them */
        user_words_settle(&segmenter->words);
        user_words_saved(&segmenter->words);
        overlay_slot_swap(segmenter->slot, overlay);
    }
    overlay_slot_unlock(segmenter->slot);
    return code;
}
