#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(at, size) __asan_poison_memory_region(at, size)
#define UNPOISON(at, size) __asan_unpoison_memory_region(at, size)
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    size_t unused_; /* keeps the bytes aligned to 16 */
    unsigned char bytes[];
};

void arena_init(struct arena *arena, const weisu_allocator *allocator, size_t block_bytes)
{
    *arena = (struct arena){.allocator = allocator, .block_bytes = block_bytes ? block_bytes : 64u * 1024u};
}

void arena_dispose(struct arena *arena)
{
    struct arena_block *block = arena->first;
    while (block) {
        struct arena_block *next = block->next;
        UNPOISON(block->bytes, block->capacity);
        memory_free(arena->allocator, block, 1, sizeof *block + block->capacity);
        block = next;
    }
    arena->first = arena->current = NULL;
    arena->held_bytes = 0;
}

void arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block; block = block->next) {
        block->used = 0;
        POISON(block->bytes, block->capacity);
    }
    arena->current = arena->first;
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t capacity = size > arena->block_bytes ? size : arena->block_bytes;
    if (capacity > SIZE_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *block = memory_new(arena->allocator, 1, sizeof *block + capacity);
    if (!block)
        return NULL;
    block->capacity = capacity;
    block->used = 0;
    POISON(block->bytes, capacity);
    block->next = arena->current ? arena->current->next : arena->first;
    if (arena->current)
        arena->current->next = block;
    else
        arena->first = block;
    arena->current = block;
    arena->held_bytes += sizeof *block + capacity;
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - 15)
        return NULL;
    size_t rounded = (size + 15) & ~(size_t)15;
    struct arena_block *block = arena->current;
    while (block && block->capacity - block->used < rounded) {
        if (!block->next || block->next->capacity < rounded) {
            block = NULL;
            break;
        }
        block = arena->current = block->next;
    }
    if (!block && !(block = add_block(arena, rounded)))
        return NULL;
    void *at = block->bytes + block->used;
    block->used += rounded;
    UNPOISON(at, size);
    return at;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return arena_take(arena, bytes);
}

weisu_str arena_copy(struct arena *arena, weisu_str string)
{
    char *copy = arena_take(arena, string.size + 1);
    if (!copy)
        return (weisu_str){NULL, 0};
    if (string.size)
        memcpy(copy, string.data, string.size);
    copy[string.size] = 0;
    return (weisu_str){copy, string.size};
}
