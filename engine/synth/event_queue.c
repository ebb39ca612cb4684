#include "synth/event_queue.h"

#include "base/failure.h"

void event_queue_init(struct event_queue *queue, const weisu_allocator *allocator)
{
    *queue = (struct event_queue){.allocator = allocator};
}

void event_queue_dispose(struct event_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++) {
        plan_free_members(queue->heap[i].event, queue->allocator);
        memory_free(queue->allocator, queue->heap[i].event, 1, sizeof *queue->heap[i].event);
    }
    memory_free(queue->allocator, queue->heap, queue->capacity, sizeof *queue->heap);
}

static int is_before(const struct queued *a, const struct queued *b)
{
    return a->time_ms != b->time_ms ? a->time_ms < b->time_ms : a->serial < b->serial;
}

weisu_code event_queue_push(struct event_queue *queue, struct event *event, weisu_err *err)
{
    if (memory_reserve(queue->allocator, (void **)&queue->heap, &queue->capacity, queue->count + 1,
                       sizeof *queue->heap))
        return failure(err, WEISU_ENOMEM, "no memory for the events of synth");
    struct queued item = {event->members[event->next].time_ms, queue->serial++, event};
    size_t at = queue->count++;
    while (at > 0 && is_before(&item, &queue->heap[(at - 1) / 2])) {
        queue->heap[at] = queue->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->heap[at] = item;
    return WEISU_OK;
}

struct event *event_queue_pop(struct event_queue *queue)
{
    if (queue->count == 0)
        return NULL;
    struct event *event = queue->heap[0].event;
    struct queued item = queue->heap[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= queue->count)
            break;
        if (child + 1 < queue->count && is_before(&queue->heap[child + 1], &queue->heap[child]))
            child++;
        if (!is_before(&queue->heap[child], &item))
            break;
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    queue->heap[at] = item; /* for an emptied heap: a harmless write to its first slot */
    return event;
}

int64_t event_queue_time(const struct event_queue *queue)
{
    return queue->count ? queue->heap[0].time_ms : INT64_MAX;
}
