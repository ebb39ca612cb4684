#include "base/id_map.h"

#include "base/hash.h"

#include <string.h>

void id_map_init(struct id_map *map, const weisu_allocator *allocator)
{
    *map = (struct id_map){.allocator = allocator};
}

void id_map_dispose(struct id_map *map)
{
    memory_free(map->allocator, map->slots, map->capacity, sizeof *map->slots);
    *map = (struct id_map){.allocator = map->allocator};
}

void id_map_clear(struct id_map *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        map->slots[i].value = ID_MAP_NONE;
    map->count = 0;
}

/* Slot that holds the key, or the free one where it would go. The table is never full. */
static size_t find_slot(const struct id_map *map, uint64_t key)
{
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash_mix(key) & mask;
    while (map->slots[at].value != ID_MAP_NONE && map->slots[at].key != key)
        at = (at + 1) & mask;
    return at;
}

uint32_t id_map_get(const struct id_map *map, uint64_t key)
{
    return map->capacity ? map->slots[find_slot(map, key)].value : ID_MAP_NONE;
}

void id_map_prefetch(const struct id_map *map, uint64_t key)
{
    if (map->capacity)
        __builtin_prefetch(&map->slots[(size_t)hash_mix(key) & (map->capacity - 1)], 1);
}

static int rehash(struct id_map *map, size_t capacity)
{
    struct id_map grown = {.allocator = map->allocator, .capacity = capacity, .count = map->count};
    grown.slots = memory_new(map->allocator, capacity, sizeof *grown.slots);
    if (!grown.slots)
        return -1;
    for (size_t i = 0; i < capacity; i++)
        grown.slots[i] = (struct id_map_slot){0, ID_MAP_NONE};
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].value != ID_MAP_NONE)
            grown.slots[find_slot(&grown, map->slots[i].key)] = map->slots[i];
    memory_free(map->allocator, map->slots, map->capacity, sizeof *map->slots);
    *map = grown;
    return 0;
}

int id_map_reserve(struct id_map *map, size_t count)
{
    size_t capacity = map->capacity ? map->capacity : 16;
    while (capacity - capacity / 4 < count) {
        if (capacity > SIZE_MAX / 2 / sizeof *map->slots)
            return -1;
        capacity *= 2;
    }
    return capacity == map->capacity ? 0 : rehash(map, capacity);
}

int id_map_put(struct id_map *map, uint64_t key, uint32_t value)
{
    if (id_map_reserve(map, map->count + 1))
        return -1;
    struct id_map_slot *slot = &map->slots[find_slot(map, key)];
    map->count += slot->value == ID_MAP_NONE;
    *slot = (struct id_map_slot){key, value};
    return 0;
}

int id_map_remove(struct id_map *map, uint64_t key)
{
    if (!map->capacity)
        return 0;
    size_t mask = map->capacity - 1;
    size_t hole = find_slot(map, key);
    if (map->slots[hole].value == ID_MAP_NONE)
        return 0;
    for (size_t at = (hole + 1) & mask; map->slots[at].value != ID_MAP_NONE; at = (at + 1) & mask) {
        size_t home = (size_t)hash_mix(map->slots[at].key) & mask;
        /* The element may move into the hole only if its home does not lie between hole and itself. */
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole].value = ID_MAP_NONE;
    map->count--;
    return 1;
}

size_t id_map_bytes(const struct id_map *map)
{
    return map->capacity * sizeof *map->slots;
}
