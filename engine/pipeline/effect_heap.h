/* A queue of things that take effect at a time: binary heap, earliest (time, sequence) first. One thread. */
#ifndef PIPELINE_EFFECT_HEAP_H
#define PIPELINE_EFFECT_HEAP_H

#include "base/memory.h"

#include <stdint.h>

struct effect {
    int64_t at_ms;
    uint64_t sequence; /* decides between equal times */
    uint32_t number;   /* whose it is; the owner's own count */
};

struct effect_heap {
    const weisu_allocator *allocator;
    struct effect *items;
    size_t count;
    size_t capacity;
};

void effect_heap_init(struct effect_heap *heap, const weisu_allocator *allocator);
void effect_heap_dispose(struct effect_heap *heap);
/* Room for one more. 0 or -1. */
int effect_heap_reserve(struct effect_heap *heap);
/* Room must have been reserved. O(log n). */
void effect_heap_put(struct effect_heap *heap, struct effect effect);
/* Takes the earliest effect where its time is not after `clock_ms`: 1 and *out, or 0. */
int effect_heap_take(struct effect_heap *heap, int64_t clock_ms, struct effect *out);
size_t effect_heap_bytes(const struct effect_heap *heap);

#endif
