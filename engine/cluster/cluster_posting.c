#include "cluster/cluster_posting.h"

#include <string.h>

enum { FIRST_BUCKETS = 4 };

void posting_init(struct posting_table *table, const weisu_allocator *allocator)
{
    memset(table, 0, sizeof *table);
    table->allocator = allocator;
}

void posting_dispose(struct posting_table *table)
{
    for (size_t i = 0; i < POSTING_SHARDS; i++)
        memory_free(table->allocator, table->shard[i].bucket, table->shard[i].buckets, sizeof(struct posting_bucket));
    posting_init(table, table->allocator);
}

static void empty_buckets(struct posting_bucket *bucket, uint32_t count)
{
    if (count)
        memset(bucket, 0xff, count * sizeof *bucket);
}

void posting_clear(struct posting_table *table)
{
    for (size_t i = 0; i < POSTING_SHARDS; i++) {
        struct posting_shard *shard = &table->shard[i];
        if (shard->filled)
            empty_buckets(shard->bucket, shard->buckets);
        shard->live = shard->filled = 0;
    }
}

static uint32_t next_bucket(const struct posting_shard *shard, uint32_t at)
{
    return at + 1 == shard->buckets ? 0 : at + 1;
}

/* Into the first pair that is free or was left; there is one. */
static void place(struct posting_shard *shard, struct posting pair)
{
    for (uint32_t at = posting_bucket_of(shard, pair.tag);; at = next_bucket(shard, at)) {
        for (size_t i = 0; i < POSTING_BUCKET; i++) {
            struct posting *to = &shard->bucket[at].pair[i];
            if (to->slot != POSTING_FREE && to->slot != POSTING_LEFT)
                continue;
            shard->filled += to->slot == POSTING_FREE;
            shard->live++;
            *to = pair;
            return;
        }
    }
}

static int rebuild(struct posting_table *table, struct posting_shard *shard, uint32_t buckets)
{
    struct posting_shard made = {.buckets = buckets};
    made.bucket = memory_new(table->allocator, buckets, sizeof *made.bucket);
    if (!made.bucket)
        return -1;
    empty_buckets(made.bucket, buckets);
    for (uint32_t at = 0; at < shard->buckets; at++)
        for (size_t i = 0; i < POSTING_BUCKET; i++)
            if (shard->bucket[at].pair[i].slot < POSTING_LEFT)
                place(&made, shard->bucket[at].pair[i]);
    memory_free(table->allocator, shard->bucket, shard->buckets, sizeof *shard->bucket);
    *shard = made;
    return 0;
}

/* At most 7/8 full, pairs that left included; after a rebuild about 7/10. */
int posting_reserve(struct posting_table *table, uint32_t tag, uint32_t more)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    uint64_t room = (uint64_t)shard->buckets * (POSTING_BUCKET - 1);
    if (shard->filled + (uint64_t)more < room)
        return 0;
    uint64_t wanted = ((uint64_t)shard->live + more) * 10 / 7 / POSTING_BUCKET + FIRST_BUCKETS;
    return wanted < UINT32_MAX ? rebuild(table, shard, (uint32_t)wanted) : -1;
}

uint32_t posting_slots(const struct posting_table *table, uint32_t tag, uint32_t *out, uint32_t room)
{
    const struct posting_shard *shard = posting_shard_of(table, tag);
    uint32_t count = 0;
    if (!shard->buckets)
        return 0;
    for (uint32_t at = posting_bucket_of(shard, tag);; at = next_bucket(shard, at)) {
        const struct posting_bucket *bucket = &shard->bucket[at];
        for (size_t i = 0; i < POSTING_BUCKET; i++)
            if (bucket->pair[i].tag == tag && bucket->pair[i].slot < POSTING_LEFT && count < room)
                out[count++] = bucket->pair[i].slot;
        /* A bucket fills from its first pair on: a free last one ends the search. */
        if (bucket->pair[POSTING_BUCKET - 1].slot == POSTING_FREE)
            return count;
    }
}

uint32_t posting_add(struct posting_table *table, uint32_t tag, uint32_t slot, uint32_t limit)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    uint32_t known = 0;
    for (uint32_t at = posting_bucket_of(shard, tag);; at = next_bucket(shard, at)) {
        const struct posting_bucket *bucket = &shard->bucket[at];
        for (size_t i = 0; i < POSTING_BUCKET; i++)
            known += bucket->pair[i].tag == tag && bucket->pair[i].slot < POSTING_LEFT;
        if (bucket->pair[POSTING_BUCKET - 1].slot == POSTING_FREE)
            break;
    }
    if (known >= limit)
        return 0;
    place(shard, (struct posting){tag, slot});
    return known + 1;
}

void posting_remove(struct posting_table *table, uint32_t tag, uint32_t slot)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    if (!shard->buckets)
        return;
    for (uint32_t at = posting_bucket_of(shard, tag);; at = next_bucket(shard, at)) {
        struct posting_bucket *bucket = &shard->bucket[at];
        for (size_t i = 0; i < POSTING_BUCKET; i++) {
            if (bucket->pair[i].tag != tag || bucket->pair[i].slot != slot)
                continue;
            bucket->pair[i].slot = POSTING_LEFT;
            shard->live--;
            return;
        }
        if (bucket->pair[POSTING_BUCKET - 1].slot == POSTING_FREE)
            return;
    }
}

size_t posting_bytes(const struct posting_table *table)
{
    size_t bytes = 0;
    for (size_t i = 0; i < POSTING_SHARDS; i++)
        bytes += table->shard[i].buckets * sizeof(struct posting_bucket);
    return bytes;
}
