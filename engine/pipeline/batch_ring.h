/* What threads hand each other: a bounded ring of pointers between one producer and one consumer, and a bell at which a
 * consumer waits for any of its rings.
 *
 * A pointer that is pushed belongs to the consumer; all that the producer wrote before the push is seen by who popped
 * it. Rings are made as large as the pool of things that travel in them, so a push into them cannot fail: what is
 * bounded is the pool, and who finds no free thing waits. Cost: about 20 ns a push or pop, 100 ns a ring of the bell.
 */
#ifndef PIPELINE_BATCH_RING_H
#define PIPELINE_BATCH_RING_H

#include "base/memory.h"

#include <weisu/error.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct batch_ring {
    const weisu_allocator *allocator;
    void **slots;
    size_t capacity;      /* power of two */
    atomic_size_t pushed; /* written by the producer (release), read by the consumer (acquire): publishes the slot */
    atomic_size_t popped; /* written by the consumer (release), read by the producer (acquire): gives the slot back */
};

/* Room for at least `capacity` pointers. WEISU_ENOMEM. */
weisu_code batch_ring_init(struct batch_ring *ring, size_t capacity, const weisu_allocator *allocator, weisu_err *err);
/* When no thread uses it any more. The pointers in it are not its own. */
void batch_ring_dispose(struct batch_ring *ring);
/* Producer only. 0; -1 when the ring is full. */
int batch_ring_push(struct batch_ring *ring, void *item);
/* Consumer only. NULL when the ring is empty. */
void *batch_ring_pop(struct batch_ring *ring);

struct ring_bell {
    pthread_mutex_t guard; /* guards `rings` */
    pthread_cond_t rung;
    uint64_t rings;
};

weisu_code ring_bell_init(struct ring_bell *bell, weisu_err *err);
void ring_bell_dispose(struct ring_bell *bell);
/* Any thread, after its push. */
void ring_bell_ring(struct ring_bell *bell);
/* How often it was rung. The consumer asks first, looks into its rings, and waits only for a later one: so no push is
 * missed. */
uint64_t ring_bell_rings(struct ring_bell *bell);
/* Waits until it was rung more often than `seen`, at most `timeout_ms` (negative: for ever). */
void ring_bell_wait(struct ring_bell *bell, uint64_t seen, int64_t timeout_ms);

#endif
