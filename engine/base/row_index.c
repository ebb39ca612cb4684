#include "base/row_index.h"

enum { FIRST_PLACES = 16 };

void row_index_init(struct row_index *index, const weisu_allocator *allocator)
{
    *index = (struct row_index){.allocator = allocator};
}

void row_index_dispose(struct row_index *index)
{
    memory_free(index->allocator, index->places, index->capacity, sizeof *index->places);
    row_index_init(index, index->allocator);
}

/* The lower half: rows of a checkpoint come in order of their whole hash, and so would fill the front of the table. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)hash;
}

static size_t home_of(const struct row_index *index, uint32_t tag)
{
    return (size_t)((uint64_t)tag * index->capacity >> 32);
}

static size_t after(const struct row_index *index, size_t at)
{
    return at + 1 == index->capacity ? 0 : at + 1;
}

static void put(struct row_index *index, struct row_place place)
{
    size_t at = home_of(index, place.tag);
    while (index->places[at].row != ROW_INDEX_NONE)
        at = after(index, at);
    index->places[at] = place;
}

static int rehash(struct row_index *index, size_t capacity)
{
    struct row_index grown = {.allocator = index->allocator, .capacity = capacity, .count = index->count};
    grown.places = memory_new(index->allocator, capacity, sizeof *grown.places);
    if (!grown.places)
        return -1;
    for (size_t i = 0; i < capacity; i++)
        grown.places[i] = (struct row_place){ROW_INDEX_NONE, 0};
    for (size_t i = 0; i < index->capacity; i++)
        if (index->places[i].row != ROW_INDEX_NONE)
            put(&grown, index->places[i]);
    memory_free(index->allocator, index->places, index->capacity, sizeof *index->places);
    *index = grown;
    return 0;
}

int row_index_reserve(struct row_index *index, size_t count)
{
    size_t capacity = index->capacity ? index->capacity : FIRST_PLACES;
    while (capacity - capacity / 4 < count) {
        if (capacity > UINT32_MAX)
            return -1;
        capacity += capacity / 2;
    }
    return capacity == index->capacity ? 0 : rehash(index, capacity);
}

uint32_t row_index_find(const struct row_index *index, uint64_t hash, row_index_hash hash_of, const void *rows)
{
    uint32_t tag = tag_of(hash);
    if (!index->capacity)
        return ROW_INDEX_NONE;
    for (size_t at = home_of(index, tag); index->places[at].row != ROW_INDEX_NONE; at = after(index, at))
        if (index->places[at].tag == tag && hash_of(rows, index->places[at].row) == hash)
            return index->places[at].row;
    return ROW_INDEX_NONE;
}

void row_index_add(struct row_index *index, uint64_t hash, uint32_t row)
{
    put(index, (struct row_place){row, tag_of(hash)});
    index->count++;
}

/* The place of a row; `capacity` where it has none. */
static size_t place_of(const struct row_index *index, uint64_t hash, uint32_t row)
{
    if (!index->capacity)
        return 0;
    size_t at = home_of(index, tag_of(hash));
    while (index->places[at].row != row && index->places[at].row != ROW_INDEX_NONE)
        at = after(index, at);
    return index->places[at].row == row ? at : index->capacity;
}

void row_index_replace(struct row_index *index, uint64_t hash, uint32_t old, uint32_t row)
{
    size_t at = place_of(index, hash, old);
    if (at < index->capacity)
        index->places[at].row = row;
}

void row_index_remove(struct row_index *index, uint64_t hash, uint32_t row)
{
    size_t hole = place_of(index, hash, row);
    if (hole >= index->capacity)
        return;
    size_t capacity = index->capacity;
    for (size_t at = after(index, hole); index->places[at].row != ROW_INDEX_NONE; at = after(index, at)) {
        size_t home = home_of(index, index->places[at].tag);
        /* It may move into the hole only if its home does not lie between hole and itself. */
        if ((at + capacity - home) % capacity >= (at + capacity - hole) % capacity) {
            index->places[hole] = index->places[at];
            hole = at;
        }
    }
    index->places[hole].row = ROW_INDEX_NONE;
    index->count--;
}

void row_index_prefetch(const struct row_index *index, uint64_t hash)
{
    if (index->capacity)
        __builtin_prefetch(&index->places[home_of(index, tag_of(hash))]);
}

size_t row_index_bytes(const struct row_index *index)
{
    return index->capacity * sizeof *index->places;
}
