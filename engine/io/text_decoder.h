/* A text file's bytes as UTF-8, whatever it was written in.
 *
 * The encoding is recognised by content: a byte order mark, the zeros of UTF-16, or the first bytes beyond ASCII,
 * wherever they stand. UTF-8 passes through as it is, invalid bytes too. Of the other encodings a byte that stands for
 * nothing becomes the byte FF, which is no UTF-8 either: who decodes records makes U+FFFD of it and counts it.
 * One thread. Memory: 256 KiB. Cost: none for UTF-8, about 150 MB/s for the others (iconv). */
#ifndef IO_TEXT_DECODER_H
#define IO_TEXT_DECODER_H

#include "base/memory.h"
#include "io/byte_pull.h"
#include "io/encoding_guess.h"

struct text_decoder;

/* WEISU_ENOMEM; *out is NULL then. */
weisu_code text_decoder_new(struct text_decoder **out, struct byte_pull source, const weisu_allocator *allocator,
                            weisu_err *err);
void text_decoder_free(struct text_decoder *decoder);
/* From the first byte again, after the source went there. */
void text_decoder_reset(struct text_decoder *decoder);

/* Reading: WEISU_EIO when the text is in none of the encodings (Chinese first, says what to do) or iconv does not know
 * one; errors of the source. */
struct byte_pull text_decoder_pull(struct text_decoder *decoder);

/* What was recognised so far. */
enum text_encoding text_decoder_encoding(const struct text_decoder *decoder);

#endif
