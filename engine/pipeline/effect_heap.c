#include "pipeline/effect_heap.h"

void effect_heap_init(struct effect_heap *heap, const weisu_allocator *allocator)
{
    *heap = (struct effect_heap){.allocator = allocator};
}

void effect_heap_dispose(struct effect_heap *heap)
{
    memory_free(heap->allocator, heap->items, heap->capacity, sizeof *heap->items);
}

int effect_heap_reserve(struct effect_heap *heap)
{
    void *items = heap->items;
    int failed = memory_reserve(heap->allocator, &items, &heap->capacity, heap->count + 1, sizeof *heap->items);
    heap->items = items;
    return failed;
}

static int is_before(const struct effect *a, const struct effect *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->sequence < b->sequence;
}

void effect_heap_put(struct effect_heap *heap, struct effect effect)
{
    size_t at = heap->count++;
    while (at > 0 && is_before(&effect, &heap->items[(at - 1) / 2])) {
        heap->items[at] = heap->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->items[at] = effect;
}

int effect_heap_take(struct effect_heap *heap, int64_t clock_ms, struct effect *out)
{
    if (!heap->count || heap->items[0].at_ms > clock_ms)
        return 0;
    *out = heap->items[0];
    struct effect last = heap->items[--heap->count];
    size_t at = 0;
    for (size_t child = 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && is_before(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!is_before(&heap->items[child], &last))
            break;
        heap->items[at] = heap->items[child];
        at = child;
    }
    if (heap->count)
        heap->items[at] = last;
    return 1;
}

size_t effect_heap_bytes(const struct effect_heap *heap)
{
    return heap->capacity * sizeof *heap->items;
}
