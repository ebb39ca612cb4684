#include "detect/row_codec.h"

#include "base/failure.h"

weisu_code row_send(const struct state_sink *sink, uint32_t table, uint64_t key, const struct byte_buffer *buffer,
                    weisu_err *err)
{
    if (buffer->failed)
        return failure(err, WEISU_ENOMEM, "no memory for a row of the checkpoint");
    struct state_row row = {table, key, buffer->data, buffer->size};
    return sink->put(sink->context, &row, err);
}

weisu_code row_send_gone(const struct state_sink *sink, uint32_t table, uint64_t key, weisu_err *err)
{
    struct state_row row = {table, key, NULL, 0};
    return sink->put(sink->context, &row, err);
}
