/* Arena: memory with the lifetime of a batch. Blocks are kept over a reset, so a warm arena allocates nothing.
 *
 * One thread at a time. Under AddressSanitizer the free tail is poisoned, so a pointer that outlives its batch is
 * found at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/memory.h"

#include <weisu/str.h>

struct arena_block;

struct arena {
    const weisu_allocator *allocator;
    struct arena_block *first;
    struct arena_block *current;
    size_t block_bytes; /* size of an ordinary block */
    size_t held_bytes;  /* sum of all blocks, for the metrics */
};

/* `block_bytes`: 0 for 64 KiB. Allocates nothing. */
void arena_init(struct arena *arena, const weisu_allocator *allocator, size_t block_bytes);
void arena_dispose(struct arena *arena);
/* Everything handed out so far ends; the blocks stay. */
void arena_reset(struct arena *arena);
/* `size` bytes aligned to 16, uninitialised, or NULL. A size of 0 gives a valid pointer. */
void *arena_take(struct arena *arena, size_t size);
/* `count` × `size` bytes, or NULL also when the product overflows. */
void *arena_take_array(struct arena *arena, size_t count, size_t size);
/* A copy of the string, terminated by a 0 that its size does not count; .data is NULL when memory is out. */
weisu_str arena_copy(struct arena *arena, weisu_str string);

#endif
