#include "detect/cluster_growth.h"

#define DAY_MS INT64_C(86400000)

void cluster_growths_init(struct cluster_growths *growths, const weisu_allocator *allocator)
{
    *growths = (struct cluster_growths){.allocator = allocator};
    id_map_init(&growths->of_slot, allocator);
}

void cluster_growths_dispose(struct cluster_growths *growths)
{
    memory_free(growths->allocator, growths->item, growths->capacity, sizeof *growths->item);
    memory_free(growths->allocator, growths->changed_slot, growths->changed_capacity, sizeof *growths->changed_slot);
    memory_free(growths->allocator, growths->gone, growths->gone_capacity, sizeof *growths->gone);
    id_map_dispose(&growths->of_slot);
    cluster_growths_init(growths, growths->allocator);
}

int cluster_growths_reserve(struct cluster_growths *growths)
{
    if (memory_reserve(growths->allocator, (void **)&growths->item, &growths->capacity, growths->count + 1u,
                       sizeof *growths->item))
        return -1;
    return id_map_reserve(&growths->of_slot, growths->count + 1u);
}

struct cluster_growth *cluster_growths_find(const struct cluster_growths *growths, uint32_t slot)
{
    uint32_t at = id_map_get(&growths->of_slot, slot);
    return at == ID_MAP_NONE ? NULL : &growths->item[at];
}

struct cluster_growth *cluster_growths_add(struct cluster_growths *growths, uint32_t slot)
{
    struct cluster_growth *item = &growths->item[growths->count];
    *item = (struct cluster_growth){.slot = slot};
    (void)id_map_put(&growths->of_slot, slot, growths->count);
    growths->count++;
    cluster_growths_note_change(growths, item);
    return item;
}

void cluster_growths_note_change(struct cluster_growths *growths, struct cluster_growth *growth)
{
    if (growth->changed)
        return;
    growth->changed = 1;
    growths->changed_lost |=
        memory_reserve(growths->allocator, (void **)&growths->changed_slot, &growths->changed_capacity,
                       growths->changed_count + 1, sizeof *growths->changed_slot) != 0;
    if (!growths->changed_lost)
        growths->changed_slot[growths->changed_count++] = growth->slot;
}

static int find_changed(struct cluster_growths *growths)
{
    if (memory_reserve(growths->allocator, (void **)&growths->changed_slot, &growths->changed_capacity, growths->count,
                       sizeof *growths->changed_slot))
        return -1;
    growths->changed_count = 0;
    for (uint32_t i = 0; i < growths->count; i++)
        if (growths->item[i].changed)
            growths->changed_slot[growths->changed_count++] = growths->item[i].slot;
    growths->changed_lost = 0;
    return 0;
}

int cluster_growths_take_changed(struct cluster_growths *growths, struct cluster_growth **out)
{
    if (growths->changed_lost && find_changed(growths))
        return -1;
    while (growths->changed_count) {
        *out = cluster_growths_find(growths, growths->changed_slot[--growths->changed_count]);
        if (!*out || !(*out)->changed)
            continue; /* it went; the row goes with `gone` */
        (*out)->changed = 0;
        return 1;
    }
    return 0;
}

void cluster_growth_withdraw(struct cluster_growths *growths, struct cluster_growth *growth, int is_withdrawn,
                             int alone)
{
    cluster_growths_note_change(growths, growth);
    if (is_withdrawn)
        growth->members -= growth->members > 1;
    else
        growth->members++;
    if (!alone)
        return;
    int32_t steps = (int32_t)cluster_growth_standing(growth) - 1; /* of new reporters, which gave the bits */
    if (is_withdrawn && growth->withdrawn < growth->reporters) {
        growth->bits_q16 -= steps > 0 ? growth->bits_q16 / steps : 0;
        growth->withdrawn++;
    } else if (!is_withdrawn && growth->withdrawn) {
        growth->bits_q16 += steps > 0 ? growth->bits_q16 / steps : 0;
        growth->withdrawn--;
    }
}

static int drop(struct cluster_growths *growths, uint32_t at)
{
    if (memory_reserve(growths->allocator, (void **)&growths->gone, &growths->gone_capacity, growths->gone_count + 1,
                       sizeof *growths->gone))
        return -1;
    growths->gone[growths->gone_count++] = growths->item[at].slot;
    id_map_remove(&growths->of_slot, growths->item[at].slot);
    growths->count--;
    if (at != growths->count) {
        growths->item[at] = growths->item[growths->count];
        (void)id_map_put(&growths->of_slot, growths->item[at].slot, at);
    }
    return 0;
}

int cluster_growths_drop(struct cluster_growths *growths, uint32_t slot)
{
    uint32_t at = id_map_get(&growths->of_slot, slot);
    return at == ID_MAP_NONE ? 0 : drop(growths, at);
}

int cluster_growths_sweep(struct cluster_growths *growths, int64_t clock_ms)
{
    int64_t oldest_ms = clock_ms - GROWTH_IDLE_DAYS * DAY_MS;
    for (uint32_t i = growths->count; i-- > 0;) {
        const struct cluster_growth *item = &growths->item[i];
        if (!item->alerted && item->last_ms < oldest_ms && drop(growths, i))
            return -1;
    }
    return 0;
}

void cluster_growth_write(const struct cluster_growth *growth, struct byte_buffer *out)
{
    row_put(out, (uint64_t)growth->first_ms, 8);
    row_put(out, (uint64_t)growth->last_ms, 8);
    row_put(out, (uint64_t)growth->entered_ms, 8);
    row_put(out, (uint64_t)growth->entered_day, 8);
    row_put(out, growth->class, 4);
    row_put(out, growth->reporters, 4);
    row_put(out, growth->members, 4);
    row_put(out, growth->withdrawn, 4);
    row_put(out, (uint32_t)growth->bits_q16, 4);
    row_put(out, (uint32_t)growth->risk_q16, 4);
    row_put(out, growth->risk_reporters, 4);
    for (size_t i = 0; i < GROWTH_FAMILIES; i++)
        row_put(out, (uint32_t)growth->reached_q16[i], 4);
    for (size_t i = 0; i < GROWTH_RETURNED; i++)
        row_put(out, growth->returned[i], 4);
    row_put(out, growth->returned_count, 1);
    row_put(out, growth->alerted, 1);
    row_put(out, growth->rerun, 1);
}

int cluster_growth_read(struct cluster_growth *growth, struct row_reader *in)
{
    growth->first_ms = (int64_t)row_get(in, 8);
    growth->last_ms = (int64_t)row_get(in, 8);
    growth->entered_ms = (int64_t)row_get(in, 8);
    growth->entered_day = (int64_t)row_get(in, 8);
    growth->class = (uint32_t)row_get(in, 4);
    growth->reporters = (uint32_t)row_get(in, 4);
    growth->members = (uint32_t)row_get(in, 4);
    growth->withdrawn = (uint32_t)row_get(in, 4);
    growth->bits_q16 = (int32_t)row_get(in, 4);
    growth->risk_q16 = (int32_t)row_get(in, 4);
    growth->risk_reporters = (uint32_t)row_get(in, 4);
    for (size_t i = 0; i < GROWTH_FAMILIES; i++)
        growth->reached_q16[i] = (int32_t)row_get(in, 4);
    for (size_t i = 0; i < GROWTH_RETURNED; i++)
        growth->returned[i] = (uint32_t)row_get(in, 4);
    growth->returned_count = (uint8_t)row_get(in, 1);
    growth->alerted = (uint8_t)row_get(in, 1);
    growth->rerun = (uint8_t)row_get(in, 1);
    growth->changed = 0;
    return in->failed || growth->class >= GROWTH_CLASSES || growth->returned_count > GROWTH_RETURNED ||
                   growth->reporters == 0
               ? -1
               : 0;
}
