/* An array that grows without moving: blocks of 4,096 elements, numbered from 0 for ever; blocks before the first
 * element that is kept are given back.
 *
 * Growing costs the same for the ten-millionth element as for the first and never holds twice the memory. One writer;
 * readers while nobody writes. */
#ifndef BASE_ROW_BLOCKS_H
#define BASE_ROW_BLOCKS_H

#include "base/memory.h"

#include <stdint.h>

enum { ROW_BLOCK_BITS = 12, ROW_BLOCK = 1 << ROW_BLOCK_BITS };

struct row_blocks {
    const weisu_allocator *allocator;
    char **block;    /* [capacity] those of elements first >> ROW_BLOCK_BITS and after */
    size_t capacity; /* pointers */
    size_t skipped;  /* blocks that were given back: block[0] is this one */
    size_t held;     /* blocks */
    size_t size;     /* of an element */
    uint64_t first;  /* elements from here … */
    uint64_t end;    /* … to here are kept */
};

void row_blocks_init(struct row_blocks *rows, size_t size, const weisu_allocator *allocator);
void row_blocks_dispose(struct row_blocks *rows);
/* Room for one more. 0; -1 when memory is out (nothing changed). */
int row_blocks_reserve(struct row_blocks *rows);
/* Keeps elements from `first` on only; `first` <= end. */
void row_blocks_drop_before(struct row_blocks *rows, uint64_t first);
size_t row_blocks_bytes(const struct row_blocks *rows);

/* first <= `number` < end, or end after row_blocks_reserve. */
static inline void *row_blocks_at(const struct row_blocks *rows, uint64_t number)
{
    return rows->block[(number >> ROW_BLOCK_BITS) - rows->skipped] + (number & (ROW_BLOCK - 1)) * rows->size;
}

#endif
