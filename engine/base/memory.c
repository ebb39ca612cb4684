#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *allocate_plain(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *resize_plain(void *context, void *old, size_t old_size, size_t size)
{
    (void)context;
    (void)old_size;
    return realloc(old, size);
}

static void release_plain(void *context, void *old, size_t size)
{
    (void)context;
    (void)size;
    free(old);
}

static const weisu_allocator plain = {NULL, allocate_plain, resize_plain, release_plain};

const weisu_allocator *memory_default(void)
{
    return &plain;
}

static const weisu_allocator *chosen(const weisu_allocator *a)
{
    return a ? a : &plain;
}

/* 0 where the product does not fit, which no caller asks for on purpose. */
static size_t bytes_of(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return 0;
    return bytes;
}

void *memory_new(const weisu_allocator *a, size_t count, size_t size)
{
    size_t bytes = bytes_of(count, size);
    a = chosen(a);
    return bytes ? a->allocate(a->context, bytes) : NULL;
}

void *memory_new_zeroed(const weisu_allocator *a, size_t count, size_t size)
{
    void *made = memory_new(a, count, size);
    if (made)
        memset(made, 0, count * size);
    return made;
}

void *memory_resize(const weisu_allocator *a, void *old, size_t old_count, size_t count, size_t size)
{
    size_t bytes = bytes_of(count, size);
    a = chosen(a);
    return bytes ? a->resize(a->context, old, old_count * size, bytes) : NULL;
}

void memory_free(const weisu_allocator *a, void *old, size_t count, size_t size)
{
    a = chosen(a);
    if (old)
        a->release(a->context, old, count * size);
}

int memory_reserve(const weisu_allocator *a, void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return 0;
    size_t grown = *capacity ? *capacity : 8;
    while (grown < needed) {
        if (grown > SIZE_MAX / 2)
            return -1;
        grown *= 2;
    }
    void *moved = memory_resize(a, *items, *capacity, grown, size);
    if (!moved)
        return -1;
    *items = moved;
    *capacity = grown;
    return 0;
}
