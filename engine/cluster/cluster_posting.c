#include "cluster/cluster_posting.h"

#include <string.h>

enum { FIRST_ENTRIES = 16, FIRST_CHUNKS = 8 };

void posting_init(struct posting_table *table, const weisu_allocator *allocator)
{
    memset(table, 0, sizeof *table);
    table->allocator = allocator;
}

void posting_dispose(struct posting_table *table)
{
    for (size_t i = 0; i < POSTING_SHARDS; i++) {
        struct posting_shard *shard = &table->shard[i];
        memory_free(table->allocator, shard->entry, shard->entries, sizeof *shard->entry);
        memory_free(table->allocator, shard->chunk, shard->chunks, sizeof *shard->chunk);
    }
    posting_init(table, table->allocator);
}

static void empty_entries(struct posting_entry *entry, size_t count)
{
    if (count)
        memset(entry, 0xff, count * sizeof *entry);
}

void posting_clear(struct posting_table *table)
{
    for (size_t i = 0; i < POSTING_SHARDS; i++) {
        struct posting_shard *shard = &table->shard[i];
        if (shard->filled)
            empty_entries(shard->entry, shard->entries);
        shard->filled = shard->used = shard->given = 0;
    }
}

/* ---- room ---- */

/* The entry of the tag, or the free one where it would stand; there is one. */
static struct posting_entry *place_of(struct posting_shard *shard, uint32_t tag)
{
    size_t at = posting_home(shard, tag);
    while (shard->entry[at].tag != tag && shard->entry[at].tag != POSTING_FREE)
        at = (at + 1) & (shard->entries - 1);
    return &shard->entry[at];
}

/* Entries whose slots all left are left behind. */
static int rebuild(struct posting_table *table, struct posting_shard *shard, size_t entries)
{
    struct posting_shard made = *shard;
    made.entries = entries;
    made.filled = 0;
    made.entry = memory_new(table->allocator, entries, sizeof *made.entry);
    if (!made.entry)
        return -1;
    empty_entries(made.entry, entries);
    for (size_t at = 0; at < shard->entries; at++) {
        const struct posting_entry *entry = &shard->entry[at];
        if (entry->tag == POSTING_FREE || !entry->count)
            continue;
        *place_of(&made, entry->tag) = *entry;
        made.filled++;
    }
    memory_free(table->allocator, shard->entry, shard->entries, sizeof *shard->entry);
    *shard = made;
    return 0;
}

static size_t live_entries(const struct posting_shard *shard)
{
    size_t live = 0;
    for (size_t at = 0; at < shard->entries; at++)
        live += shard->entry[at].tag != POSTING_FREE && shard->entry[at].count;
    return live;
}

/* At most 3/4 of the entries are filled; after a rebuild at most 5/8. */
static int reserve_entries(struct posting_table *table, struct posting_shard *shard, uint32_t more)
{
    if (shard->filled + more <= shard->entries - shard->entries / 4)
        return 0;
    size_t wanted = live_entries(shard) + more;
    size_t entries = FIRST_ENTRIES;
    while (entries * 5 / 8 < wanted)
        entries *= 2;
    return rebuild(table, shard, entries);
}

/* A pair takes at most one chunk. */
static int reserve_chunks(struct posting_table *table, struct posting_shard *shard, uint32_t more)
{
    if (shard->chunks - shard->used + shard->given >= more)
        return 0;
    return memory_reserve(table->allocator, (void **)&shard->chunk, &shard->chunks, shard->used + more,
                          sizeof *shard->chunk);
}

int posting_reserve(struct posting_table *table, uint32_t tag, uint32_t more)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    return reserve_entries(table, shard, more) || reserve_chunks(table, shard, more) ? -1 : 0;
}

/* ---- chains ---- */

static uint32_t take_chunk(struct posting_shard *shard)
{
    if (!shard->given)
        return (uint32_t)shard->used++;
    uint32_t chunk = shard->free;
    shard->free = shard->chunk[chunk].next;
    shard->given--;
    return chunk;
}

static void give_chunk(struct posting_shard *shard, uint32_t chunk)
{
    shard->chunk[chunk].next = shard->free;
    shard->free = chunk;
    shard->given++;
}

/* Slots in the first chunk of a chain of `count`. */
static uint32_t in_first(uint32_t count)
{
    return (count - 1) % POSTING_CHUNK + 1;
}

static void push_chained(struct posting_shard *shard, struct posting_entry *entry, uint32_t slot)
{
    uint32_t held = entry->count % POSTING_CHUNK;
    if (entry->count == POSTING_INLINE) {
        uint32_t chunk = take_chunk(shard);
        memcpy(shard->chunk[chunk].slot, entry->slot, sizeof entry->slot);
        entry->slot[0] = chunk;
    } else if (held == 0) {
        uint32_t chunk = take_chunk(shard);
        shard->chunk[chunk].next = entry->slot[0];
        entry->slot[0] = chunk;
    }
    shard->chunk[entry->slot[0]].slot[held] = slot;
    entry->count++;
}

/* The slot that was added last leaves the chain. */
static void pop_chained(struct posting_shard *shard, struct posting_entry *entry)
{
    uint32_t first = entry->slot[0];
    uint32_t held = in_first(entry->count) - 1;
    entry->count--;
    if (entry->count == POSTING_INLINE) {
        memcpy(entry->slot, shard->chunk[first].slot, sizeof entry->slot);
        give_chunk(shard, first);
    } else if (held == 0) {
        entry->slot[0] = shard->chunk[first].next;
        give_chunk(shard, first);
    }
}

/* Where the chain holds the slot; NULL where it does not. */
static uint32_t *find_chained(struct posting_shard *shard, const struct posting_entry *entry, uint32_t slot)
{
    uint32_t chunk = entry->slot[0];
    uint32_t held = in_first(entry->count);
    for (uint32_t seen = 0; seen < entry->count; seen += held, held = POSTING_CHUNK, chunk = shard->chunk[chunk].next)
        for (uint32_t i = 0; i < (seen ? POSTING_CHUNK : held); i++)
            if (shard->chunk[chunk].slot[i] == slot)
                return &shard->chunk[chunk].slot[i];
    return NULL;
}

/* ---- pairs ---- */

uint32_t posting_add(struct posting_table *table, uint32_t tag, uint32_t slot, uint32_t limit)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    struct posting_entry *entry = place_of(shard, tag);
    if (entry->tag == POSTING_FREE) {
        if (!limit)
            return 0;
        *entry = (struct posting_entry){.tag = tag};
        shard->filled++;
    }
    if (entry->count >= limit)
        return 0;
    if (entry->count < POSTING_INLINE)
        entry->slot[entry->count++] = slot;
    else
        push_chained(shard, entry, slot);
    return entry->count;
}

static void remove_inline(struct posting_entry *entry, uint32_t slot)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        if (entry->slot[i] != slot)
            continue;
        entry->slot[i] = entry->slot[--entry->count];
        return;
    }
}

void posting_remove(struct posting_table *table, uint32_t tag, uint32_t slot)
{
    struct posting_shard *shard = &table->shard[tag & (POSTING_SHARDS - 1)];
    if (!shard->entries)
        return;
    struct posting_entry *entry = place_of(shard, tag);
    if (entry->tag == POSTING_FREE)
        return;
    if (entry->count <= POSTING_INLINE) {
        remove_inline(entry, slot);
        return;
    }
    uint32_t *found = find_chained(shard, entry, slot);
    if (!found)
        return;
    /* The last one takes its place, before the chain shrinks. */
    *found = shard->chunk[entry->slot[0]].slot[in_first(entry->count) - 1];
    pop_chained(shard, entry);
}

uint32_t posting_slots(const struct posting_table *table, uint32_t tag, uint32_t *out, uint32_t room)
{
    struct posting_walk walk;
    uint32_t taken = 0;
    for (posting_walk_begin(table, tag, &walk); walk.count && taken < room; posting_walk_step(&walk)) {
        uint32_t step = walk.count < room - taken ? walk.count : room - taken;
        memcpy(out + taken, walk.slots, step * sizeof *out);
        taken += step;
    }
    return taken;
}

size_t posting_bytes(const struct posting_table *table)
{
    size_t bytes = 0;
    for (size_t i = 0; i < POSTING_SHARDS; i++)
        bytes += table->shard[i].entries * sizeof(struct posting_entry) +
                 table->shard[i].chunks * sizeof(struct posting_chunk);
    return bytes;
}
