/* Where libweisu takes memory from.
 *
 * An allocator is a value that the caller passes and keeps valid for as long as any object made with it lives. Its
 * functions may be called from every thread on which the caller (or its executor) runs the library. */
#ifndef WEISU_ALLOCATOR_H
#define WEISU_ALLOCATOR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weisu_allocator {
    void *context; /* handed to each function, never read */
    /* `size` > 0 bytes aligned for any type, or NULL. */
    void *(*allocate)(void *context, size_t size);
    /* As realloc: `old` may be NULL (then as allocate). On NULL `old` stays as it was. */
    void *(*resize)(void *context, void *old, size_t old_size, size_t size);
    /* `size` is what was asked for. `old` may be NULL. */
    void (*release)(void *context, void *old, size_t size);
} weisu_allocator;

#ifdef __cplusplus
}
#endif
#endif
