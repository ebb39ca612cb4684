/* Text of any length in, the same text with separators between its tokens out, in constant memory (about 5 MB).
 *
 * A line ends with '\n', which is kept. A line longer than TOKEN_STREAM_WINDOW bytes is cut, at the latest there, where
 * no word of the dictionary crosses, so that its tokens are those of the whole line; where a window holds no such place
 * (64 KiB of one word) it is cut at its end, and counted. No separator is added beside white space or at the ends of a
 * line. Output keeps every byte of the input, except that U+FFFD stands for invalid ones.
 * One thread. The output does not depend on how the input is cut into calls. */
#ifndef SEGMENT_TOKEN_STREAM_H
#define SEGMENT_TOKEN_STREAM_H

#include "base/byte_buffer.h"
#include "segment/segmenter.h"

enum { TOKEN_STREAM_WINDOW = 64 << 10 };

struct token_stream {
    const struct segmenter *segmenter;
    weisu_str separator;    /* the caller's */
    struct arena arena;     /* reset for each window */
    struct byte_buffer out; /* the caller takes the bytes and resets it */
    char *held;             /* [TOKEN_STREAM_WINDOW] what is not segmented yet of the current line */
    size_t held_size;
    int after_token; /* the last thing that went out was a token of this line and no white space */
    uint64_t lines;
    uint64_t invalid; /* parts of invalid UTF-8 */
    uint64_t forced;  /* cuts at a place that a word may cross */
};

/* WEISU_ENOMEM; may be disposed in every case. */
weisu_code token_stream_init(struct token_stream *stream, const struct segmenter *segmenter, weisu_str separator,
                             const weisu_allocator *allocator, weisu_err *err);
void token_stream_dispose(struct token_stream *stream);

/* Takes bytes; what is decided goes to stream->out. WEISU_ENOMEM: the stream can only be disposed then. */
weisu_code token_stream_feed(struct token_stream *stream, const char *bytes, size_t size, weisu_err *err);
/* The input ends here, in the middle of a line or not. */
weisu_code token_stream_finish(struct token_stream *stream, weisu_err *err);

#endif
