#include "pipeline/snapshot.h"

#include "base/failure.h"

#include <stdio.h>
#include <string.h>

/* References only go up from a reference that is held, so counting up needs no order. Counting down releases what this
 * thread read or wrote; the thread that reaches 0 acquires it from all others before it frees. */
static int was_last(atomic_uint *refs)
{
    if (atomic_fetch_sub_explicit(refs, 1, memory_order_acq_rel) != 1)
        return 0;
    return 1;
}

struct snapshot_item *snapshot_item_new(const weisu_allocator *allocator, const char *id, weisu_str json)
{
    struct snapshot_item *item = memory_new(allocator, 1, sizeof *item + json.size);
    if (!item)
        return NULL;
    atomic_init(&item->refs, 1);
    item->state = 0;
    item->number = 0;
    item->time_ms = 0;
    item->size = json.size;
    snprintf(item->id, sizeof item->id, "%s", id);
    if (json.size)
        memcpy(item->json, json.data, json.size);
    return item;
}

struct snapshot_item *snapshot_item_ref(struct snapshot_item *item)
{
    atomic_fetch_add_explicit(&item->refs, 1, memory_order_relaxed); /* partner: was_last */
    return item;
}

void snapshot_item_unref(const weisu_allocator *allocator, struct snapshot_item *item)
{
    if (item && was_last(&item->refs))
        memory_free(allocator, item, 1, sizeof *item + item->size);
}

struct snapshot *snapshot_new(const weisu_allocator *allocator, size_t changes, size_t live, size_t clusters)
{
    struct snapshot *snapshot = memory_new_zeroed(allocator, 1, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->refs, 1);
    snapshot->allocator = allocator;
    snapshot->change_count = changes;
    snapshot->live_count = live;
    snapshot->cluster_count = clusters;
    snapshot->changes = memory_new_zeroed(allocator, changes + 1, sizeof(struct snapshot_item *));
    snapshot->live = memory_new_zeroed(allocator, live + 1, sizeof(struct snapshot_item *));
    snapshot->clusters = memory_new_zeroed(allocator, clusters + 1, sizeof(struct snapshot_item *));
    if (snapshot->changes && snapshot->live && snapshot->clusters)
        return snapshot;
    snapshot_unref(snapshot);
    return NULL;
}

static void drop_items(const weisu_allocator *allocator, struct snapshot_item **items, size_t count)
{
    for (size_t i = 0; items && i < count; i++)
        snapshot_item_unref(allocator, items[i]);
    memory_free(allocator, items, count + 1, sizeof(struct snapshot_item *));
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || !was_last(&snapshot->refs))
        return;
    const weisu_allocator *allocator = snapshot->allocator;
    drop_items(allocator, snapshot->changes, snapshot->change_count);
    drop_items(allocator, snapshot->live, snapshot->live_count);
    drop_items(allocator, snapshot->clusters, snapshot->cluster_count);
    memory_free(allocator, snapshot, 1, sizeof *snapshot);
}

/* ---- publication ---- */

weisu_code snapshot_slot_init(struct snapshot_slot *slot, weisu_err *err)
{
    slot->newest = NULL;
    return pthread_mutex_init(&slot->guard, NULL) ? failure(err, WEISU_ENOMEM, "no memory for a lock") : WEISU_OK;
}

void snapshot_slot_dispose(struct snapshot_slot *slot)
{
    snapshot_unref(slot->newest);
    pthread_mutex_destroy(&slot->guard);
}

void snapshot_publish(struct snapshot_slot *slot, struct snapshot *snapshot)
{
    pthread_mutex_lock(&slot->guard);
    struct snapshot *old = slot->newest;
    slot->newest = snapshot;
    pthread_mutex_unlock(&slot->guard);
    snapshot_unref(old);
}

struct snapshot *snapshot_take(struct snapshot_slot *slot)
{
    pthread_mutex_lock(&slot->guard);
    struct snapshot *snapshot = slot->newest;
    if (snapshot)
        atomic_fetch_add_explicit(&snapshot->refs, 1, memory_order_relaxed); /* partner: was_last */
    pthread_mutex_unlock(&slot->guard);
    return snapshot;
}
