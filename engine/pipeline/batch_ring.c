#include "pipeline/batch_ring.h"

#include "base/failure.h"

#include <time.h>

weisu_code batch_ring_init(struct batch_ring *ring, size_t capacity, const weisu_allocator *allocator, weisu_err *err)
{
    size_t rounded = 2;
    while (rounded < capacity)
        rounded *= 2;
    ring->allocator = allocator;
    ring->capacity = rounded;
    ring->slots = memory_new_zeroed(allocator, rounded, sizeof *ring->slots);
    atomic_init(&ring->pushed, 0);
    atomic_init(&ring->popped, 0);
    return ring->slots ? WEISU_OK : failure(err, WEISU_ENOMEM, "no memory for a ring");
}

void batch_ring_dispose(struct batch_ring *ring)
{
    memory_free(ring->allocator, ring->slots, ring->capacity, sizeof *ring->slots);
    ring->slots = NULL;
}

int batch_ring_push(struct batch_ring *ring, void *item)
{
    size_t at = atomic_load_explicit(&ring->pushed, memory_order_relaxed); /* only this thread writes it */
    if (at - atomic_load_explicit(&ring->popped, memory_order_acquire) == ring->capacity)
        return -1;
    ring->slots[at & (ring->capacity - 1)] = item;
    atomic_store_explicit(&ring->pushed, at + 1, memory_order_release);
    return 0;
}

void *batch_ring_pop(struct batch_ring *ring)
{
    size_t at = atomic_load_explicit(&ring->popped, memory_order_relaxed); /* only this thread writes it */
    if (at == atomic_load_explicit(&ring->pushed, memory_order_acquire))
        return NULL;
    void *item = ring->slots[at & (ring->capacity - 1)];
    atomic_store_explicit(&ring->popped, at + 1, memory_order_release);
    return item;
}

/* ---- bell ---- */

weisu_code ring_bell_init(struct ring_bell *bell, weisu_err *err)
{
    pthread_condattr_t attributes;
    bell->rings = 0;
    if (pthread_mutex_init(&bell->guard, NULL))
        return failure(err, WEISU_ENOMEM, "no memory for a lock");
    /* The monotonic clock: a wait must not end or last because somebody sets the time of day. */
    int failed = pthread_condattr_init(&attributes) || pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
                 pthread_cond_init(&bell->rung, &attributes);
    if (!failed)
        pthread_condattr_destroy(&attributes);
    else
        pthread_mutex_destroy(&bell->guard);
    return failed ? failure(err, WEISU_ENOMEM, "no memory for a condition") : WEISU_OK;
}

void ring_bell_dispose(struct ring_bell *bell)
{
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->guard);
}

void ring_bell_ring(struct ring_bell *bell)
{
    pthread_mutex_lock(&bell->guard);
    bell->rings++;
    pthread_cond_signal(&bell->rung);
    pthread_mutex_unlock(&bell->guard);
}

uint64_t ring_bell_rings(struct ring_bell *bell)
{
    pthread_mutex_lock(&bell->guard);
    uint64_t rings = bell->rings;
    pthread_mutex_unlock(&bell->guard);
    return rings;
}

static struct timespec deadline_after(int64_t timeout_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ns = now.tv_nsec + timeout_ms % 1000 * 1000000;
    return (struct timespec){now.tv_sec + timeout_ms / 1000 + ns / 1000000000, ns % 1000000000};
}

void ring_bell_wait(struct ring_bell *bell, uint64_t seen, int64_t timeout_ms)
{
    struct timespec deadline = deadline_after(timeout_ms < 0 ? 0 : timeout_ms);
    int expired = 0;
    pthread_mutex_lock(&bell->guard);
    while (bell->rings == seen && !expired)
        expired = timeout_ms < 0 ? pthread_cond_wait(&bell->rung, &bell->guard)
                                 : pthread_cond_timedwait(&bell->rung, &bell->guard, &deadline);
    pthread_mutex_unlock(&bell->guard);
}
