/* A stream of bytes whose beginning can be looked at before it is read: formats are recognised by content. One thread;
 * allocates nothing. */
#ifndef IO_PEEK_STREAM_H
#define IO_PEEK_STREAM_H

#include "io/byte_pull.h"

#include <weisu/str.h>

enum { PEEK_BYTES = 8192 };

struct peek_stream {
    struct byte_pull source;
    size_t at; /* what was looked at and not read is bytes[at, size) */
    size_t size;
    char bytes[PEEK_BYTES];
};

void peek_stream_init(struct peek_stream *stream, struct byte_pull source);
/* The first bytes, as many as there are up to PEEK_BYTES; before anything is read. Valid until the first read. Errors
 * are the source's. */
weisu_code peek_stream_look(struct peek_stream *stream, weisu_str *first, weisu_err *err);
/* The stream from its first byte, for the layer above. */
struct byte_pull peek_stream_pull(struct peek_stream *stream);

#endif
