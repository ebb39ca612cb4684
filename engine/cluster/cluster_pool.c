#include "cluster/cluster_pool.h"

#include <assert.h>
#include <string.h>

enum { COARSE_BYTES = 128, CHUNK_UNITS = 1 << POOL_CHUNK_BITS, MAX_CHUNKS = 1 << (32 - POOL_CHUNK_BITS) };

void pool_init(struct cluster_pool *pool, const weisu_allocator *allocator)
{
    *pool = (struct cluster_pool){.allocator = allocator};
}

void pool_dispose(struct cluster_pool *pool)
{
    for (size_t i = 0; i < pool->chunk_count; i++)
        memory_free(pool->allocator, pool->chunk[i], POOL_CHUNK_BYTES, 1);
    memory_free(pool->allocator, pool->chunk, pool->chunk_capacity, sizeof *pool->chunk);
    pool_init(pool, pool->allocator);
}

static unsigned class_of(size_t bytes)
{
    if (bytes <= (size_t)POOL_FINE * POOL_UNIT)
        return (unsigned)((bytes + POOL_UNIT - 1) / POOL_UNIT) - 1;
    return (unsigned)(POOL_FINE + (bytes - (size_t)POOL_FINE * POOL_UNIT + COARSE_BYTES - 1) / COARSE_BYTES) - 1;
}

size_t pool_rounded(size_t bytes)
{
    unsigned class = class_of(bytes);
    return class < POOL_FINE ? (class + 1u) * POOL_UNIT
                             : (size_t)POOL_FINE * POOL_UNIT + (class + 1u - POOL_FINE) * COARSE_BYTES;
}

static int add_chunk(struct cluster_pool *pool)
{
    if (pool->chunk_count == MAX_CHUNKS || memory_reserve(pool->allocator, (void **)&pool->chunk, &pool->chunk_capacity,
                                                          pool->chunk_count + 1, sizeof *pool->chunk))
        return -1;
    unsigned char *chunk = memory_new(pool->allocator, POOL_CHUNK_BYTES, 1);
    if (!chunk)
        return -1;
    pool->chunk[pool->chunk_count++] = chunk;
    /* Unit 0 of the first chunk would be handle 0. */
    pool->next_unit = pool->chunk_count == 1;
    return 0;
}

int pool_reserve(struct cluster_pool *pool, size_t bytes)
{
    size_t left = pool->chunk_count ? (CHUNK_UNITS - pool->next_unit) * (size_t)POOL_UNIT : 0;
    return left >= bytes || !add_chunk(pool) ? 0 : -1;
}

uint32_t pool_take(struct cluster_pool *pool, size_t bytes)
{
    assert(bytes > 0 && bytes <= POOL_MAX_BYTES);
    unsigned class = class_of(bytes);
    size_t rounded = pool_rounded(bytes);
    uint32_t block = pool->free_block[class];
    if (block) {
        memcpy(&pool->free_block[class], pool_at(pool, block), sizeof block);
    } else {
        if (pool_reserve(pool, rounded))
            return 0;
        block = (uint32_t)((pool->chunk_count - 1) << POOL_CHUNK_BITS) | pool->next_unit;
        pool->next_unit += (uint32_t)(rounded / POOL_UNIT);
    }
    pool->used_bytes += rounded;
    return block;
}

void pool_give(struct cluster_pool *pool, uint32_t block, size_t bytes)
{
    if (!block)
        return;
    unsigned class = class_of(bytes);
    memcpy(pool_at(pool, block), &pool->free_block[class], sizeof block);
    pool->free_block[class] = block;
    pool->used_bytes -= pool_rounded(bytes);
}

size_t pool_bytes(const struct cluster_pool *pool)
{
    return pool->chunk_count * (size_t)POOL_CHUNK_BYTES + pool->chunk_capacity * sizeof *pool->chunk;
}
