#include <weisu/segment.h>

#include "base/failure.h"
#include "segment/segmenter.h"

struct weisu_segmenter {
    const weisu_allocator *allocator;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
};

struct weisu_segment_scratch {
    const weisu_allocator *allocator;
    struct arena arena;
};

_Static_assert((int)WEISU_TOKEN_WORD == (int)SEG_WORD && (int)WEISU_TOKEN_SPACE == (int)SEG_SPACE,
               "the public kinds are the internal ones");

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
    weisu_code code = lexicon_open(&made->lexicon, path, allocator, err);
    if (!code)
        code = segmenter_new(&made->segmenter, made->lexicon, allocator, err);
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
    return WEISU_OK;
}

void weisu_segment_scratch_free(weisu_segment_scratch *scratch)
{
    if (!scratch)
        return;
    arena_dispose(&scratch->arena);
    memory_free(scratch->allocator, scratch, 1, sizeof *scratch);
}

static void publish(const struct characters *text, const struct seg_tokens *tokens, weisu_token *at)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct seg_token *token = &tokens->token[i];
        at[i] = (weisu_token){text->offset[token->begin], text->offset[token->end], token->begin, token->end,
                              (weisu_token_kind)token->kind};
    }
}

weisu_code weisu_segment(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, weisu_str text,
                         weisu_tokens *out, weisu_err *err)
{
    if (!segmenter || !scratch || !out || (!text.data && text.size))
        return failure(err, WEISU_EINVAL,
                       "weisu_segment needs a segmenter, a scratch, a text and a place for its result");
    *out = (weisu_tokens){0};
    if (text.size >= UINT32_MAX)
        return failure(err, WEISU_ELIMIT, "a text of more than %lu bytes", (unsigned long)UINT32_MAX - 1);
    struct characters characters;
    struct seg_tokens tokens;
    weisu_token *at = NULL;
    arena_reset(&scratch->arena);
    if (!characters_decode(&characters, text, &scratch->arena) &&
        !segmenter_run(segmenter->segmenter, &characters, &scratch->arena, &tokens))
        at = arena_take_array(&scratch->arena, tokens.count, sizeof *at);
    if (!at)
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    publish(&characters, &tokens, at);
    *out = (weisu_tokens){at, tokens.count, characters.invalid};
    return WEISU_OK;
}
