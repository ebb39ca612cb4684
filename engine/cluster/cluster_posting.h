/* Postings: which clusters are found by a term.
 *
 * One multi-map from 24-bit tags of terms to slots of clusters, in SHARDS open-addressing tables of 64-byte buckets of
 * eight pairs, so that a rare term costs one pair and no list header, and growing one shard holds nobody for long.
 * Nothing is removed between two publications: what proposals found stays found (docs/clustering.md, Exactness).
 * One writer; readers while nobody writes. About 11 bytes a pair. */
#ifndef CLUSTER_CLUSTER_POSTING_H
#define CLUSTER_CLUSTER_POSTING_H

#include "base/memory.h"

#include <stdint.h>

enum { POSTING_SHARD_BITS = 8, POSTING_SHARDS = 1 << POSTING_SHARD_BITS, POSTING_BUCKET = 8, TAG_BITS = 24 };

#define TAG_MASK ((UINT32_C(1) << TAG_BITS) - 1)
#define POSTING_FREE UINT32_MAX       /* as slot: never used; ends a search */
#define POSTING_LEFT (UINT32_MAX - 1) /* as slot: removed */

/* 24 bits of a term. Two terms of one record and one cluster share them once in 10,000 comparisons of whole vectors. */
static inline uint32_t tag_of(uint64_t term)
{
    return (uint32_t)(term >> 20) & TAG_MASK;
}

struct posting {
    uint32_t tag;
    uint32_t slot;
};

struct posting_bucket {
    struct posting pair[POSTING_BUCKET];
};

struct posting_shard {
    struct posting_bucket *bucket;
    uint32_t buckets;
    uint32_t live;
    uint32_t filled; /* live ones and those that left */
};

struct posting_table {
    const weisu_allocator *allocator;
    struct posting_shard shard[POSTING_SHARDS];
};

void posting_init(struct posting_table *table, const weisu_allocator *allocator);
void posting_dispose(struct posting_table *table);
/* Forgets all pairs, keeps the memory. */
void posting_clear(struct posting_table *table);
/* Room for `more` pairs of this tag. 0; -1 when memory is out. */
int posting_reserve(struct posting_table *table, uint32_t tag, uint32_t more);
/* Adds the pair, which is not there yet; room was reserved. Returns how many slots the tag has then; with `limit` of
 * them already there it adds nothing and returns 0. */
uint32_t posting_add(struct posting_table *table, uint32_t tag, uint32_t slot, uint32_t limit);
void posting_remove(struct posting_table *table, uint32_t tag, uint32_t slot);
/* Slots of the tag in no order, at most `room`; returns how many. */
uint32_t posting_slots(const struct posting_table *table, uint32_t tag, uint32_t *out, uint32_t room);
size_t posting_bytes(const struct posting_table *table);

static inline const struct posting_shard *posting_shard_of(const struct posting_table *table, uint32_t tag)
{
    return &table->shard[tag & (POSTING_SHARDS - 1)];
}

static inline uint32_t posting_bucket_of(const struct posting_shard *shard, uint32_t tag)
{
    uint32_t hash = (tag >> POSTING_SHARD_BITS) * UINT32_C(0x9e3779b1);
    return (uint32_t)(((uint64_t)hash * shard->buckets) >> 32);
}

static inline void posting_prefetch(const struct posting_table *table, uint32_t tag)
{
    const struct posting_shard *shard = posting_shard_of(table, tag);
    if (!shard->buckets)
        return;
    const struct posting_bucket *bucket = &shard->bucket[posting_bucket_of(shard, tag)];
    __builtin_prefetch(bucket);
    __builtin_prefetch(bucket + 1);
}

#endif
