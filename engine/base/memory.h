/* Calls through a weisu_allocator, with the arithmetic of sizes checked. A NULL allocator means the C library's. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <weisu/allocator.h>

#include <stddef.h>

/* The C library's malloc (the program's jemalloc, where it is linked). Static storage. */
const weisu_allocator *memory_default(void);

/* `count` × `size` bytes, uninitialised; NULL when the product overflows or memory is out. */
void *memory_new(const weisu_allocator *a, size_t count, size_t size);
/* The same, zeroed. */
void *memory_new_zeroed(const weisu_allocator *a, size_t count, size_t size);
/* Grows or shrinks an array; NULL leaves `old` valid. */
void *memory_resize(const weisu_allocator *a, void *old, size_t old_count, size_t count, size_t size);
void memory_free(const weisu_allocator *a, void *old, size_t count, size_t size);

/* Ensures that the array *items (of *capacity elements of `size` bytes) holds at least `needed`, growing by doubling.
 * 0 on success; -1 leaves the array as it was. */
int memory_reserve(const weisu_allocator *a, void **items, size_t *capacity, size_t needed, size_t size);

#endif
