/* Map from a 64-bit key to a 32-bit value: open addressing, linear probing, load at most 3/4.
 *
 * Keys are hashes or are mixed here; key 0 is allowed. One writer; readers only while nobody writes. Iteration order
 * is that of the table and must decide nothing: sort what you take out. Cost: about one cache miss a look-up. */
#ifndef BASE_ID_MAP_H
#define BASE_ID_MAP_H

#include "base/memory.h"

#include <stdint.h>

#define ID_MAP_NONE UINT32_MAX /* no value; may not be stored */

struct id_map_slot {
    uint64_t key;
    uint32_t value; /* ID_MAP_NONE: free */
};

struct id_map {
    const weisu_allocator *allocator;
    struct id_map_slot *slots;
    size_t capacity; /* power of two, or 0 */
    size_t count;
};

void id_map_init(struct id_map *map, const weisu_allocator *allocator);
void id_map_dispose(struct id_map *map);
/* Forgets all pairs, keeps the memory. */
void id_map_clear(struct id_map *map);
/* The value, or ID_MAP_NONE. */
uint32_t id_map_get(const struct id_map *map, uint64_t key);
/* Fetches what a look-up of the key will read first. */
void id_map_prefetch(const struct id_map *map, uint64_t key);
/* Stores or replaces. 0; -1 when memory is out (the map is unchanged). */
int id_map_put(struct id_map *map, uint64_t key, uint32_t value);
/* Removes the key where it is known (backward shift: no tombstones). 1 when it was there. */
int id_map_remove(struct id_map *map, uint64_t key);
/* Makes room for `count` pairs. 0 or -1. */
int id_map_reserve(struct id_map *map, size_t count);
size_t id_map_bytes(const struct id_map *map);

#endif
