/* An allocator that fails after so many calls, and knows how many bytes are held. */
#ifndef TESTS_BUDGET_ALLOCATOR_H
#define TESTS_BUDGET_ALLOCATOR_H

#include <stdlib.h>
#include <weisu/allocator.h>

struct budget {
    size_t left;    /* allocations that still succeed */
    size_t balance; /* bytes held */
};

static inline void *budget_allocate(void *context, size_t size)
{
    struct budget *budget = context;
    if (!budget->left)
        return NULL;
    budget->left--;
    budget->balance += size;
    return malloc(size);
}

static inline void *budget_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct budget *budget = context;
    if (!budget->left)
        return NULL;
    budget->left--;
    budget->balance += size - old_size;
    return realloc(old, size);
}

static inline void budget_release(void *context, void *old, size_t size)
{
    struct budget *budget = context;
    if (old)
        budget->balance -= size;
    free(old);
}

/* `budget` must outlive the allocator. */
static inline weisu_allocator budget_allocator(struct budget *budget)
{
    return (weisu_allocator){budget, budget_allocate, budget_resize, budget_release};
}

#endif
