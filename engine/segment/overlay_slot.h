/* The overlay that readers take now, and its swap: readers announce what they use (hazard pointers, Michael 2004), so
 * they never wait; who swaps frees what was replaced once nobody uses it.
 *
 * Any number of readers, each on one thread at a time. Changes exclude each other by a lock that no reader takes.
 * Counted: a reader may be closed after the slot's owner is gone. */
#ifndef SEGMENT_OVERLAY_SLOT_H
#define SEGMENT_OVERLAY_SLOT_H

#include "segment/word_overlay.h"

#include <stdatomic.h>

struct overlay_slot;

struct overlay_reader {
    struct overlay_slot *slot;
    _Atomic(const struct word_overlay *) uses;
    struct overlay_reader *next;
};

/* WEISU_ENOMEM. */
weisu_code overlay_slot_new(struct overlay_slot **out, const weisu_allocator *allocator, weisu_err *err);
/* NULL is allowed. The last of the owner and the readers frees it, the overlays with it. */
void overlay_slot_unref(struct overlay_slot *slot);

/* The caller's storage; it stays where it is until it is closed. */
void overlay_reader_open(struct overlay_reader *reader, struct overlay_slot *slot);
void overlay_reader_close(struct overlay_reader *reader);

/* The overlay (NULL: none), which lives until overlay_leave. Wait-free but for a swap in the same moment. */
const struct word_overlay *overlay_enter(struct overlay_reader *reader);
void overlay_leave(struct overlay_reader *reader);

/* Around everything that leads to a swap. */
void overlay_slot_lock(struct overlay_slot *slot);
void overlay_slot_unlock(struct overlay_slot *slot);
/* With the lock: readers take `overlay`, which is the slot's from here on, and may be NULL. */
void overlay_slot_swap(struct overlay_slot *slot, struct word_overlay *overlay);

#endif
