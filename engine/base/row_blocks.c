#include "base/row_blocks.h"

#include <string.h>

void row_blocks_init(struct row_blocks *rows, size_t size, const weisu_allocator *allocator)
{
    *rows = (struct row_blocks){.allocator = allocator, .size = size};
}

void row_blocks_dispose(struct row_blocks *rows)
{
    for (size_t i = 0; i < rows->held; i++)
        memory_free(rows->allocator, rows->block[i], ROW_BLOCK, rows->size);
    memory_free(rows->allocator, rows->block, rows->capacity, sizeof(char *));
    row_blocks_init(rows, rows->size, rows->allocator);
}

int row_blocks_reserve(struct row_blocks *rows)
{
    if ((rows->end >> ROW_BLOCK_BITS) < rows->skipped + rows->held)
        return 0;
    void *block = rows->block;
    int failed = memory_reserve(rows->allocator, &block, &rows->capacity, rows->held + 1, sizeof(char *));
    rows->block = block;
    char *made = failed ? NULL : memory_new(rows->allocator, ROW_BLOCK, rows->size);
    if (!made)
        return -1;
    rows->block[rows->held++] = made;
    return 0;
}

void row_blocks_drop_before(struct row_blocks *rows, uint64_t first)
{
    size_t gone = (size_t)(first >> ROW_BLOCK_BITS) - rows->skipped;
    rows->first = first;
    if (!gone || !rows->held)
        return;
    gone = gone < rows->held ? gone : rows->held;
    for (size_t i = 0; i < gone; i++)
        memory_free(rows->allocator, rows->block[i], ROW_BLOCK, rows->size);
    memmove(rows->block, rows->block + gone, (rows->held - gone) * sizeof(char *));
    rows->held -= gone;
    rows->skipped += gone;
}

size_t row_blocks_bytes(const struct row_blocks *rows)
{
    return rows->held * ROW_BLOCK * rows->size + rows->capacity * sizeof(char *);
}
