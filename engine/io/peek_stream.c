#include "io/peek_stream.h"

#include <string.h>

void peek_stream_init(struct peek_stream *stream, struct byte_pull source)
{
    stream->source = source;
    stream->at = stream->size = 0;
}

weisu_code peek_stream_look(struct peek_stream *stream, weisu_str *first, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    size_t got = 1;
    while (!code && got && stream->size < PEEK_BYTES) {
        code = stream->source.read(stream->source.context, stream->bytes + stream->size, PEEK_BYTES - stream->size,
                                   &got, err);
        stream->size += code ? 0 : got;
    }
    *first = (weisu_str){stream->bytes, stream->size};
    return code;
}

static weisu_code read_peeked(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct peek_stream *stream = context;
    size_t left = stream->size - stream->at;
    if (!left)
        return stream->source.read(stream->source.context, bytes, capacity, got, err);
    *got = left < capacity ? left : capacity;
    memcpy(bytes, stream->bytes + stream->at, *got);
    stream->at += *got;
    return WEISU_OK;
}

struct byte_pull peek_stream_pull(struct peek_stream *stream)
{
    return (struct byte_pull){stream, read_peeked};
}
