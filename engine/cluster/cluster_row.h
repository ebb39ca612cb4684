/* Numbers and strings in rows of a checkpoint: little endian, fixed width. A reader that ran short remembers it
 * (`failed`) and gives zeros, so the caller tests once. Internal to cluster/. Pure. */
#ifndef CLUSTER_CLUSTER_ROW_H
#define CLUSTER_CLUSTER_ROW_H

#include "base/byte_buffer.h"

#include <stdint.h>

struct row_source {
    const unsigned char *at;
    size_t left;
    int failed;
    uint32_t homeless; /* names that this image does not know */
};

static inline void row_write(struct byte_buffer *out, uint64_t value, unsigned bytes)
{
    char text[8];
    for (unsigned i = 0; i < bytes; i++)
        text[i] = (char)(value >> (8 * i) & 0xff);
    byte_buffer_append(out, text, bytes);
}

/* At most 65,535 bytes, after their number. */
static inline void row_write_str(struct byte_buffer *out, weisu_str string)
{
    row_write(out, string.size, 2);
    byte_buffer_append(out, string.data, string.size);
}

static inline uint64_t row_read(struct row_source *in, unsigned bytes)
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

/* Points into the row; longer than `most` is a failure, and the string is empty. */
static inline weisu_str row_read_str(struct row_source *in, size_t most)
{
    size_t size = (size_t)row_read(in, 2);
    if (in->left < size || size > most) {
        in->failed = 1;
        in->left = 0;
        return (weisu_str){"", 0};
    }
    weisu_str string = {(const char *)in->at, size};
    in->at += size;
    in->left -= size;
    return string;
}

#endif
