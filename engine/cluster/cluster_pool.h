/* Memory of clusters: blocks of a few dozen to a few thousand bytes, named by 32-bit handles, no header of their own.
 *
 * Sizes are rounded up to 16 bytes (to 128 above 1 KiB), and each rounded size has a list of free blocks, so that the
 * place of a cluster that was folded or grew is taken by the next of its size. Chunks of 1 MiB never go back before
 * pool_dispose. A reservation makes the blocks taken after it certain: a commit reserves once and cannot fail halfway.
 * One writer. */
#ifndef CLUSTER_CLUSTER_POOL_H
#define CLUSTER_CLUSTER_POOL_H

#include "base/memory.h"

#include <stdint.h>

enum {
    POOL_UNIT = 16,
    POOL_FINE = 64,     /* classes of 16, 32 … 1,024 bytes */
    POOL_CLASSES = 128, /* and of 1,152, 1,280 … 9,216 */
    POOL_MAX_BYTES = POOL_FINE * POOL_UNIT + (POOL_CLASSES - POOL_FINE) * 128,
    POOL_CHUNK_BITS = 16, /* units in a chunk, log2 */
    POOL_CHUNK_BYTES = POOL_UNIT << POOL_CHUNK_BITS
};

struct cluster_pool {
    const weisu_allocator *allocator;
    unsigned char **chunk;
    size_t chunk_count;
    size_t chunk_capacity;
    uint32_t next_unit; /* of the last chunk */
    uint32_t free_block[POOL_CLASSES];
    uint64_t used_bytes; /* in blocks that are taken */
};

/* Handle 0 is no block. */
void pool_init(struct cluster_pool *pool, const weisu_allocator *allocator);
void pool_dispose(struct cluster_pool *pool);
/* From now on blocks of `bytes` together (rounded sizes; at most POOL_CHUNK_BYTES) can be taken without fail. 0; -1
 * when memory is out. */
int pool_reserve(struct cluster_pool *pool, size_t bytes);
/* A block of `bytes`, 1 to POOL_MAX_BYTES, uninitialised. Within a reservation it never fails. */
uint32_t pool_take(struct cluster_pool *pool, size_t bytes);
/* `bytes` as it was taken. Handle 0 does nothing. */
void pool_give(struct cluster_pool *pool, uint32_t block, size_t bytes);
size_t pool_rounded(size_t bytes);
size_t pool_bytes(const struct cluster_pool *pool);

static inline void *pool_at(const struct cluster_pool *pool, uint32_t block)
{
    return pool->chunk[block >> POOL_CHUNK_BITS] + (size_t)(block & ((1u << POOL_CHUNK_BITS) - 1)) * POOL_UNIT;
}

#endif
