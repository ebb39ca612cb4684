/* Postings: which clusters are found by a term.
 *
 * One multi-map from 24-bit tags of terms to slots of clusters, in SHARDS open-addressing tables of one entry a tag, so
 * that growing one shard holds nobody for long. One or two slots stand in the entry; more in a chain of chunks of one
 * cache line each, all full but the first. Nothing is removed between two publications: what proposals found stays
 * found (docs/clustering.md, Exactness). One writer; readers while nobody writes. About 25 bytes a tag and 4.5 a slot
 * beyond two. */
#ifndef CLUSTER_CLUSTER_POSTING_H
#define CLUSTER_CLUSTER_POSTING_H

#include "base/memory.h"

#include <stdint.h>

enum { POSTING_SHARD_BITS = 8, POSTING_SHARDS = 1 << POSTING_SHARD_BITS, TAG_BITS = 24 };
enum { POSTING_INLINE = 2, POSTING_CHUNK = 15 };

#define TAG_MASK ((UINT32_C(1) << TAG_BITS) - 1)
#define POSTING_FREE UINT32_MAX /* as tag: an entry that was never used; ends a search */

/* 24 bits of a term. Two terms of one record and one cluster share them once in 10,000 comparisons of whole vectors. */
static inline uint32_t tag_of(uint64_t term)
{
    return (uint32_t)(term >> 20) & TAG_MASK;
}

struct posting_entry {
    uint32_t tag;
    uint32_t count;                /* of slots; 0 where all left */
    uint32_t slot[POSTING_INLINE]; /* of more than that: [0] is the first chunk */
};

struct posting_chunk {
    uint32_t next; /* chunk; of the last one nothing */
    uint32_t slot[POSTING_CHUNK];
};

struct posting_shard {
    struct posting_entry *entry;
    size_t entries; /* power of two, or 0 */
    size_t filled;  /* entries with a tag */
    struct posting_chunk *chunk;
    size_t chunks; /* room */
    size_t used;   /* chunks that were ever taken */
    size_t given;  /* of these, ones that were given back */
    uint32_t free; /* the first of them */
};

struct posting_table {
    const weisu_allocator *allocator;
    struct posting_shard shard[POSTING_SHARDS];
};

void posting_init(struct posting_table *table, const weisu_allocator *allocator);
void posting_dispose(struct posting_table *table);
/* Forgets all pairs, keeps the memory. */
void posting_clear(struct posting_table *table);
/* Room for `more` pairs more with tags of this tag's shard. 0; -1 leaves it as it was. */
int posting_reserve(struct posting_table *table, uint32_t tag, uint32_t more);
/* Adds the pair, which is not there yet; room was reserved. Returns how many slots the tag has then; with `limit` of
 * them already there it adds nothing and returns 0. */
uint32_t posting_add(struct posting_table *table, uint32_t tag, uint32_t slot, uint32_t limit);
void posting_remove(struct posting_table *table, uint32_t tag, uint32_t slot);
/* Slots of the tag in no order, at most `room`; returns how many. */
uint32_t posting_slots(const struct posting_table *table, uint32_t tag, uint32_t *out, uint32_t room);

/* A walk over a tag's slots, run by run. A run is fetched while the caller is elsewhere, so walks over many tags in
 * turns do not wait for memory. Valid while nobody writes. */
struct posting_walk {
    const struct posting_chunk *chunks; /* of the shard */
    const struct posting_chunk *at;     /* that holds the run; NULL: the entry does */
    const uint32_t *slots;              /* [count], the run */
    uint32_t count;                     /* 0: the walk is over */
    uint32_t behind;                    /* slots after the run */
};

size_t posting_bytes(const struct posting_table *table);

static inline const struct posting_shard *posting_shard_of(const struct posting_table *table, uint32_t tag)
{
    return &table->shard[tag & (POSTING_SHARDS - 1)];
}

static inline size_t posting_home(const struct posting_shard *shard, uint32_t tag)
{
    uint64_t hash = (uint64_t)(tag >> POSTING_SHARD_BITS) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) & (shard->entries - 1);
}

/* The tag's entry, NULL while it has none. */
static inline const struct posting_entry *posting_find(const struct posting_shard *shard, uint32_t tag)
{
    if (!shard->entries)
        return NULL;
    size_t at = posting_home(shard, tag);
    for (; shard->entry[at].tag != tag; at = (at + 1) & (shard->entries - 1))
        if (shard->entry[at].tag == POSTING_FREE)
            return NULL;
    return &shard->entry[at];
}

static inline void posting_prefetch(const struct posting_table *table, uint32_t tag)
{
    const struct posting_shard *shard = posting_shard_of(table, tag);
    if (shard->entries)
        __builtin_prefetch(&shard->entry[posting_home(shard, tag)]);
}

static inline void posting_walk_begin(const struct posting_table *table, uint32_t tag, struct posting_walk *walk)
{
    const struct posting_shard *shard = posting_shard_of(table, tag);
    const struct posting_entry *entry = posting_find(shard, tag);
    *walk = (struct posting_walk){.chunks = shard->chunk};
    if (!entry || !entry->count)
        return;
    walk->count = entry->count;
    walk->slots = entry->slot;
    if (entry->count <= POSTING_INLINE)
        return;
    walk->at = &shard->chunk[entry->slot[0]];
    __builtin_prefetch(walk->at);
    walk->slots = walk->at->slot;
    walk->count = (entry->count - 1) % POSTING_CHUNK + 1;
    walk->behind = entry->count - walk->count;
}

/* On to the next run. */
static inline void posting_walk_step(struct posting_walk *walk)
{
    walk->count = 0;
    if (!walk->behind)
        return;
    walk->at = &walk->chunks[walk->at->next];
    __builtin_prefetch(walk->at);
    walk->slots = walk->at->slot;
    walk->count = POSTING_CHUNK;
    walk->behind -= POSTING_CHUNK;
}

#endif
