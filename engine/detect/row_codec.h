/* Numbers in the rows of a checkpoint: little endian, fixed width, appended to a byte_buffer and read back with every
 * length checked. A reader that ran short remembers it (`failed`) and gives zeros, so the caller tests once. Pure. */
#ifndef DETECT_ROW_CODEC_H
#define DETECT_ROW_CODEC_H

#include "base/byte_buffer.h"
#include "base/state_row.h"

#include <string.h>

static inline void row_put(struct byte_buffer *out, uint64_t value, unsigned bytes)
{
    char text[8];
    for (unsigned i = 0; i < bytes; i++)
        text[i] = (char)(value >> (8 * i) & 0xff);
    byte_buffer_append(out, text, bytes);
}

/* A string of at most 65,535 bytes, after its length. */
static inline void row_put_str(struct byte_buffer *out, weisu_str string)
{
    size_t size = string.size < 0xffff ? string.size : 0xffff;
    row_put(out, size, 2);
    byte_buffer_append(out, string.data, size);
}

struct row_reader {
    const unsigned char *at;
    size_t left;
    int failed;
};

static inline struct row_reader row_reader_of(const void *data, size_t size)
{
    return (struct row_reader){data, size, 0};
}

static inline uint64_t row_get(struct row_reader *in, unsigned bytes)
{
    if (in->left < bytes) {
        in->failed = 1;
        in->left = 0;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)in->at[i] << (8 * i);
    in->at += bytes;
    in->left -= bytes;
    return value;
}

/* Points into the row. */
static inline weisu_str row_get_str(struct row_reader *in)
{
    size_t size = (size_t)row_get(in, 2);
    if (in->left < size) {
        in->failed = 1;
        in->left = 0;
        return (weisu_str){NULL, 0};
    }
    weisu_str string = {(const char *)in->at, size};
    in->at += size;
    in->left -= size;
    return string;
}

/* 1 when everything was there and nothing was left over. */
static inline int row_is_done(const struct row_reader *in)
{
    return !in->failed && in->left == 0;
}

/* Sends what `buffer` holds as one row; WEISU_ENOMEM where the buffer failed. */
weisu_code row_send(const struct state_sink *sink, uint32_t table, uint64_t key, const struct byte_buffer *buffer,
                    weisu_err *err);
/* Tells that the key is gone. */
weisu_code row_send_gone(const struct state_sink *sink, uint32_t table, uint64_t key, weisu_err *err);

#endif
