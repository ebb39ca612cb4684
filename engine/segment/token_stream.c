#include "segment/token_stream.h"

#include "base/failure.h"

#include <string.h>

enum {
    copy_slack = 16,
    short_line = 4 << 10,  /* bytes; fits, with all that is worked out for it, into a few blocks of 64 KiB */
    window_arena = 4 << 20 /* one block for any window, so that windows of many sizes leave no trail of blocks */
};

weisu_code token_stream_init(struct token_stream *stream, const struct segmenter *segmenter, weisu_str separator,
                             const weisu_allocator *allocator, weisu_err *err)
{
    *stream = (struct token_stream){.segmenter = segmenter, .separator = separator};
    arena_init(&stream->arena, allocator, 0);
    byte_buffer_init(&stream->out, allocator);
    stream->held = memory_new(allocator, TOKEN_STREAM_WINDOW, 1);
    return stream->held ? WEISU_OK : failure(err, WEISU_ENOMEM, "out of memory while starting to segment");
}

void token_stream_dispose(struct token_stream *stream)
{
    memory_free(stream->arena.allocator, stream->held, TOKEN_STREAM_WINDOW, 1);
    arena_dispose(&stream->arena);
    byte_buffer_dispose(&stream->out);
}

/* Copies the bytes of a character range, U+FFFD for each invalid part (its code is that of a genuine U+FFFD, whose
 * bytes are the same). Returns the end of what was written. */
static char *copy_replacing(char *at, const struct characters *text, const struct seg_token *token)
{
    for (uint32_t i = token->begin; i < token->end; i++) {
        size_t size = text->offset[i + 1] - text->offset[i];
        if (text->code[i] == 0xfffd)
            memcpy(at, "\xef\xbf\xbd", size = 3);
        else
            memcpy(at, text->bytes.data + text->offset[i], size);
        at += size;
    }
    return at;
}

static char *copy_token(char *at, const struct characters *text, const struct seg_token *token)
{
    size_t begin = text->offset[token->begin];
    size_t size = text->offset[token->end] - begin;
    /* Nearly every token: a copy of fixed size is two instructions, and `copy_slack` bytes of room are there. */
    if (size <= copy_slack && text->bytes.size - begin >= copy_slack)
        memcpy(at, text->bytes.data + begin, copy_slack);
    else
        memcpy(at, text->bytes.data + begin, size);
    return at + size;
}

static weisu_code write_tokens(struct token_stream *stream, const struct characters *text, weisu_err *err)
{
    struct seg_tokens tokens;
    if (segmenter_run(stream->segmenter, text, &stream->arena, &tokens))
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    size_t most = text->bytes.size + 2 * text->invalid + tokens.count * stream->separator.size + copy_slack;
    char *start = byte_buffer_room(&stream->out, most);
    if (!start)
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    char *at = start;
    for (size_t i = 0; i < tokens.count; i++) {
        int space = tokens.token[i].kind == SEG_SPACE;
        if (stream->after_token && !space) {
            memcpy(at, stream->separator.data, stream->separator.size);
            at += stream->separator.size;
        }
        at = text->invalid ? copy_replacing(at, text, &tokens.token[i]) : copy_token(at, text, &tokens.token[i]);
        stream->after_token = !space;
    }
    stream->out.size += (size_t)(at - start);
    stream->invalid += text->invalid;
    return WEISU_OK;
}

static int decode(struct token_stream *stream, weisu_str bytes, struct characters *text)
{
    if (bytes.size > short_line && stream->arena.block_bytes < window_arena) {
        const weisu_allocator *allocator = stream->arena.allocator;
        arena_dispose(&stream->arena);
        arena_init(&stream->arena, allocator, window_arena);
    }
    arena_reset(&stream->arena);
    return characters_decode(text, bytes, &stream->arena);
}

static weisu_code write_text(struct token_stream *stream, const char *bytes, size_t size, weisu_err *err)
{
    struct characters text;
    if (decode(stream, (weisu_str){bytes, size}, &text))
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    return write_tokens(stream, &text, err);
}

static weisu_code end_line(struct token_stream *stream, const char *bytes, size_t size, weisu_err *err)
{
    weisu_code code = write_text(stream, bytes, size, err);
    byte_buffer_append_char(&stream->out, '\n');
    stream->after_token = 0;
    stream->lines++;
    return code || !stream->out.failed ? code : failure(err, WEISU_ENOMEM, "out of memory while segmenting");
}

/* Size of the bytes without a character at their end that may be incomplete. */
static size_t complete_size(const char *bytes, size_t size)
{
    for (size_t back = 1; back < 4 && back <= size; back++) {
        unsigned char byte = (unsigned char)bytes[size - back];
        if (byte >= 0xc0)
            return size - back;
        if (byte < 0x80)
            break;
    }
    return size;
}

/* The window is full and the line goes on: writes its beginning and keeps the rest. */
static weisu_code cut_line(struct token_stream *stream, weisu_err *err)
{
    struct characters text;
    size_t size = complete_size(stream->held, stream->held_size);
    if (decode(stream, (weisu_str){stream->held, size}, &text))
        return failure(err, WEISU_ENOMEM, "out of memory while segmenting");
    size_t cut = segmenter_safe_cut(stream->segmenter, &text);
    if (cut)
        size = text.offset[cut];
    else
        stream->forced++;
    weisu_code code = write_text(stream, stream->held, size, err);
    stream->held_size -= size;
    memmove(stream->held, stream->held + size, stream->held_size);
    return code;
}

static weisu_code hold(struct token_stream *stream, const char *bytes, size_t size, weisu_err *err)
{
    while (size) {
        size_t room = TOKEN_STREAM_WINDOW - stream->held_size;
        size_t taken = size < room ? size : room;
        memcpy(stream->held + stream->held_size, bytes, taken);
        stream->held_size += taken;
        bytes += taken;
        size -= taken;
        /* A line of exactly a window is no long line: cut only when more of it comes. */
        if (size == 0)
            break;
        weisu_code code = cut_line(stream, err);
        if (code)
            return code;
    }
    return WEISU_OK;
}

weisu_code token_stream_feed(struct token_stream *stream, const char *bytes, size_t size, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (size && !code) {
        const char *newline = memchr(bytes, '\n', size);
        size_t part = newline ? (size_t)(newline - bytes) : size;
        size_t used = newline ? part + 1 : part;
        if (newline && stream->held_size == 0 && part <= TOKEN_STREAM_WINDOW) {
            code = end_line(stream, bytes, part, err);
        } else {
            code = hold(stream, bytes, part, err);
            if (newline && !code) {
                code = end_line(stream, stream->held, stream->held_size, err);
                stream->held_size = 0;
            }
        }
        bytes += used;
        size -= used;
    }
    return code;
}

weisu_code token_stream_finish(struct token_stream *stream, weisu_err *err)
{
    weisu_code code = write_text(stream, stream->held, stream->held_size, err);
    stream->held_size = 0;
    stream->after_token = 0;
    return code;
}
