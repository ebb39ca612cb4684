#include "base/byte_buffer.h"

#include <string.h>

void byte_buffer_init(struct byte_buffer *buffer, const weisu_allocator *allocator)
{
    *buffer = (struct byte_buffer){.allocator = allocator};
}

void byte_buffer_dispose(struct byte_buffer *buffer)
{
    memory_free(buffer->allocator, buffer->data, buffer->capacity, 1);
    *buffer = (struct byte_buffer){.allocator = buffer->allocator};
}

void byte_buffer_reset(struct byte_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = 0;
}

char *byte_buffer_room(struct byte_buffer *buffer, size_t size)
{
    size_t needed;
    void *items = buffer->data;
    if (buffer->failed || __builtin_add_overflow(buffer->size, size, &needed) ||
        memory_reserve(buffer->allocator, &items, &buffer->capacity, needed ? needed : 1, 1)) {
        buffer->failed = 1;
        return NULL;
    }
    buffer->data = items;
    return buffer->data + buffer->size;
}

void byte_buffer_append(struct byte_buffer *buffer, const void *bytes, size_t size)
{
    char *at = byte_buffer_room(buffer, size);
    if (at && size) {
        memcpy(at, bytes, size);
        buffer->size += size;
    }
}

void byte_buffer_append_str(struct byte_buffer *buffer, weisu_str string)
{
    byte_buffer_append(buffer, string.data, string.size);
}

void byte_buffer_append_text(struct byte_buffer *buffer, const char *text)
{
    byte_buffer_append(buffer, text, strlen(text));
}

void byte_buffer_append_char(struct byte_buffer *buffer, char c)
{
    byte_buffer_append(buffer, &c, 1);
}

void byte_buffer_append_int(struct byte_buffer *buffer, long long value)
{
    char digits[24];
    size_t at = sizeof digits;
    unsigned long long left = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        digits[--at] = '-';
    byte_buffer_append(buffer, digits + at, sizeof digits - at);
}
