/* A growing run of bytes: the target of every writer. One thread. A failed append is remembered: the caller may append
 * many times and test `failed` once. */
#ifndef BASE_BYTE_BUFFER_H
#define BASE_BYTE_BUFFER_H

#include "base/memory.h"

#include <weisu/str.h>

struct byte_buffer {
    const weisu_allocator *allocator;
    char *data;
    size_t size;
    size_t capacity;
    int failed; /* 1 after memory ran out; what was appended before is whole */
};

void byte_buffer_init(struct byte_buffer *buffer, const weisu_allocator *allocator);
void byte_buffer_dispose(struct byte_buffer *buffer);
/* Empties the buffer, keeps its memory, forgets the failure. */
void byte_buffer_reset(struct byte_buffer *buffer);
/* Room for `size` more bytes, or NULL (and `failed`). The caller adds to `size` what it used. */
char *byte_buffer_room(struct byte_buffer *buffer, size_t size);
void byte_buffer_append(struct byte_buffer *buffer, const void *bytes, size_t size);
void byte_buffer_append_str(struct byte_buffer *buffer, weisu_str string);
/* A 0-terminated string, without its 0. */
void byte_buffer_append_text(struct byte_buffer *buffer, const char *text);
void byte_buffer_append_char(struct byte_buffer *buffer, char c);
/* Decimal digits. */
void byte_buffer_append_int(struct byte_buffer *buffer, long long value);

#endif
