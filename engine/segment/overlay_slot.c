#include "segment/overlay_slot.h"

#include "base/failure.h"

#include <pthread.h>

struct overlay_slot {
    const weisu_allocator *allocator;
    _Atomic(struct word_overlay *) current;
    pthread_mutex_t lock; /* of all below */
    struct overlay_reader *readers;
    struct word_overlay *replaced; /* maybe still used */
    size_t users;                  /* the owner and the readers */
};

weisu_code overlay_slot_new(struct overlay_slot **out, const weisu_allocator *allocator, weisu_err *err)
{
    struct overlay_slot *made = memory_new_zeroed(allocator, 1, sizeof *made);
    *out = NULL;
    if (!made)
        return failure(err, WEISU_ENOMEM, "no memory for the words of users");
    if (pthread_mutex_init(&made->lock, NULL)) {
        memory_free(allocator, made, 1, sizeof *made);
        return failure(err, WEISU_ENOMEM, "no lock for the words of users");
    }
    made->allocator = allocator;
    made->users = 1;
    atomic_init(&made->current, NULL);
    *out = made;
    return WEISU_OK;
}

static void free_replaced(struct word_overlay *first)
{
    while (first) {
        struct word_overlay *next = first->next;
        word_overlay_free(first);
        first = next;
    }
}

void overlay_slot_unref(struct overlay_slot *slot)
{
    if (!slot)
        return;
    pthread_mutex_lock(&slot->lock);
    int is_last = --slot->users == 0;
    pthread_mutex_unlock(&slot->lock);
    if (!is_last)
        return;
    free_replaced(slot->replaced);
    word_overlay_free(atomic_load_explicit(&slot->current, memory_order_relaxed));
    pthread_mutex_destroy(&slot->lock);
    memory_free(slot->allocator, slot, 1, sizeof *slot);
}

/* ---- readers ---- */

void overlay_reader_open(struct overlay_reader *reader, struct overlay_slot *slot)
{
    reader->slot = slot;
    atomic_init(&reader->uses, NULL);
    pthread_mutex_lock(&slot->lock);
    reader->next = slot->readers;
    slot->readers = reader;
    slot->users++;
    pthread_mutex_unlock(&slot->lock);
}

void overlay_reader_close(struct overlay_reader *reader)
{
    struct overlay_slot *slot = reader->slot;
    pthread_mutex_lock(&slot->lock);
    struct overlay_reader **at = &slot->readers;
    while (*at != reader)
        at = &(*at)->next;
    *at = reader->next;
    pthread_mutex_unlock(&slot->lock);
    overlay_slot_unref(slot);
}

/* Announced first, looked at again after: whoever replaces it later sees the announcement, whoever did so before is
 * seen here. Both need one order of all (sequentially consistent): a store and a load of another place. */
const struct word_overlay *overlay_enter(struct overlay_reader *reader)
{
    for (;;) {
        const struct word_overlay *seen = atomic_load(&reader->slot->current);
        if (!seen)
            return NULL;
        atomic_store(&reader->uses, seen);
        if (atomic_load(&reader->slot->current) == seen)
            return seen;
    }
}

void overlay_leave(struct overlay_reader *reader)
{
    if (atomic_load_explicit(&reader->uses, memory_order_relaxed))
        atomic_store_explicit(&reader->uses, NULL, memory_order_release); /* partner: is_used */
}

/* ---- swap ---- */

void overlay_slot_lock(struct overlay_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
}

void overlay_slot_unlock(struct overlay_slot *slot)
{
    pthread_mutex_unlock(&slot->lock);
}

static int is_used(const struct overlay_slot *slot, const struct word_overlay *overlay)
{
    for (const struct overlay_reader *reader = slot->readers; reader; reader = reader->next)
        if (atomic_load(&reader->uses) == overlay)
            return 1;
    return 0;
}

void overlay_slot_swap(struct overlay_slot *slot, struct word_overlay *overlay)
{
    struct word_overlay *before = atomic_exchange(&slot->current, overlay);
    if (before) {
        before->next = slot->replaced;
        slot->replaced = before;
    }
    struct word_overlay **at = &slot->replaced;
    while (*at) {
        struct word_overlay *old = *at;
        if (is_used(slot, old)) {
            at = &old->next;
            continue;
        }
        *at = old->next;
        word_overlay_free(old);
    }
}
