/* The events that still have a complaint to come, by the time of their next one: a binary heap. Events of equal time
 * come in the order in which they were put in. One thread. 0.1 to 0.5 µs a call with a million events. */
#ifndef SYNTH_EVENT_QUEUE_H
#define SYNTH_EVENT_QUEUE_H

#include "synth/event_plan.h"

struct queued {
    int64_t time_ms;
    uint64_t serial;
    struct event *event;
};

struct event_queue {
    const weisu_allocator *allocator;
    struct queued *heap;
    size_t count;
    size_t capacity;
    uint64_t serial;
};

void event_queue_init(struct event_queue *queue, const weisu_allocator *allocator);
/* Frees the queue and every event in it (made with the queue's allocator). */
void event_queue_dispose(struct event_queue *queue);
/* Puts an event in by the time of members[next]. WEISU_ENOMEM: the event stays the caller's. */
weisu_code event_queue_push(struct event_queue *queue, struct event *event, weisu_err *err);
/* The event of the earliest complaint, taken out; NULL when there is none. */
struct event *event_queue_pop(struct event_queue *queue);
/* Time of the earliest complaint; INT64_MAX when there is none. */
int64_t event_queue_time(const struct event_queue *queue);

#endif
