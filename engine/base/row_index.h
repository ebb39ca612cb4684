/* Index of rows that carry their own 64-bit hash: 8 bytes a place instead of the key and the value.
 *
 * A place holds the row's number and 32 bits of its hash; the caller says whether a row is the one that is looked for,
 * which is asked for one wrong row in four milliards. Open addressing, linear probing, load at most 3/4, homes in
 * order of the lower half of the hash (Lemire 2019, multiply and shift), so that growing copies from front to back
 * without a look at the rows, by a half each time. Rows may come in order of their whole hash, not in that of its lower
 * half, whose bits must be spread evenly (XXH3). One writer; readers only while nobody writes. Cost: about one cache
 * miss a look-up. */
#ifndef BASE_ROW_INDEX_H
#define BASE_ROW_INDEX_H

#include "base/memory.h"

#include <stdint.h>

#define ROW_INDEX_NONE UINT32_MAX /* no row; may not be stored */

struct row_place {
    uint32_t row; /* ROW_INDEX_NONE: free */
    uint32_t tag;
};

struct row_index {
    const weisu_allocator *allocator;
    struct row_place *places;
    size_t capacity;
    size_t count;
};

/* The full hash of a row that is in the index. */
typedef uint64_t (*row_index_hash)(const void *rows, uint32_t row);

void row_index_init(struct row_index *index, const weisu_allocator *allocator);
void row_index_dispose(struct row_index *index);
/* Room for `count` rows. 0; -1 when memory is out (nothing changed). */
int row_index_reserve(struct row_index *index, size_t count);
/* The row with that hash, or ROW_INDEX_NONE. */
uint32_t row_index_find(const struct row_index *index, uint64_t hash, row_index_hash hash_of, const void *rows);
/* Adds a row whose hash is not there yet. Room was reserved. */
void row_index_add(struct row_index *index, uint64_t hash, uint32_t row);
/* Another row stands for the hash of `old` from now on. */
void row_index_replace(struct row_index *index, uint64_t hash, uint32_t old, uint32_t row);
/* Removes the row where it is there (backward shift: no tombstones). */
void row_index_remove(struct row_index *index, uint64_t hash, uint32_t row);
void row_index_prefetch(const struct row_index *index, uint64_t hash);
size_t row_index_bytes(const struct row_index *index);

#endif
