#include "pipeline/snapshot_builder.h"

#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"
#include "pipeline/render.h"

#include <string.h>

enum { NOBODY = UINT16_MAX };

/* A cluster that was touched lately. The cards form a list from the newest to the oldest. */
struct card {
    uint32_t slot;
    uint16_t newer;
    uint16_t older;
    int is_stale; /* touched since it was rendered */
    struct snapshot_item *item;
};

struct snapshot_builder {
    struct snapshot_source source;
    struct snapshot_item *changes[SNAPSHOT_CHANGES]; /* a ring: number n stands at n % SNAPSHOT_CHANGES */
    uint64_t last_change;
    size_t change_count;
    struct snapshot_item **live; /* ascending number */
    size_t live_count;
    size_t live_capacity;
    struct card cards[SNAPSHOT_CLUSTERS];
    size_t card_count;
    uint16_t newest;
    uint16_t oldest;
    size_t stale;
    struct id_map by_slot;
    struct byte_buffer text;
    uint64_t shown_sequence;
    uint64_t shown_change;
};

weisu_code snapshot_builder_new(struct snapshot_builder **out, const struct snapshot_source *source, weisu_err *err)
{
    *out = memory_new_zeroed(source->allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for snapshots");
    struct snapshot_builder *b = *out;
    b->source = *source;
    b->newest = b->oldest = NOBODY;
    b->shown_sequence = UINT64_MAX; /* nothing was shown yet */
    id_map_init(&b->by_slot, source->allocator);
    byte_buffer_init(&b->text, source->allocator);
    return WEISU_OK;
}

void snapshot_builder_free(struct snapshot_builder *b)
{
    if (!b)
        return;
    const weisu_allocator *a = b->source.allocator;
    for (size_t i = 0; i < SNAPSHOT_CHANGES; i++)
        snapshot_item_unref(a, b->changes[i]);
    for (size_t i = 0; i < b->live_count; i++)
        snapshot_item_unref(a, b->live[i]);
    for (size_t i = 0; i < b->card_count; i++)
        snapshot_item_unref(a, b->cards[i].item);
    memory_free(a, b->live, b->live_capacity, sizeof(struct snapshot_item *));
    id_map_dispose(&b->by_slot);
    byte_buffer_dispose(&b->text);
    memory_free(a, b, 1, sizeof *b);
}

/* ---- alerts ---- */

/* Alerts that are raised at one time are some hundreds at most: a scan costs less than a table. */
static size_t find_live(const struct snapshot_builder *b, const char *id)
{
    size_t at = 0;
    while (at < b->live_count && strcmp(b->live[at]->id, id) != 0)
        at++;
    return at;
}

static void forget_live(struct snapshot_builder *b, const char *id)
{
    size_t at = find_live(b, id);
    if (at == b->live_count)
        return;
    snapshot_item_unref(b->source.allocator, b->live[at]);
    b->live_count--;
    memmove(b->live + at, b->live + at + 1, (b->live_count - at) * sizeof(struct snapshot_item *));
}

static struct snapshot_item *item_of(struct snapshot_builder *b, const struct outcome_change *change)
{
    void *live = b->live;
    if (memory_reserve(b->source.allocator, &live, &b->live_capacity, b->live_count + 1,
                       sizeof(struct snapshot_item *)))
        return NULL;
    b->live = live;
    struct snapshot_item *item = snapshot_item_new(b->source.allocator, change->alert, change->json);
    if (!item)
        return NULL;
    item->state = change->state;
    item->number = change->number;
    item->time_ms = change->time_ms;
    return item;
}

weisu_code snapshot_builder_change(struct snapshot_builder *b, const struct outcome_change *change, weisu_err *err)
{
    struct snapshot_item *item = item_of(b, change);
    if (!item)
        return failure(err, WEISU_ENOMEM, "no memory for a change of an alert");
    forget_live(b, item->id);
    if (item->state != WEISU_CLEARED)
        b->live[b->live_count++] = snapshot_item_ref(item);
    struct snapshot_item **place = &b->changes[item->number % SNAPSHOT_CHANGES];
    snapshot_item_unref(b->source.allocator, *place);
    *place = item;
    b->last_change = item->number;
    b->change_count += b->change_count < SNAPSHOT_CHANGES;
    return WEISU_OK;
}

weisu_code snapshot_builder_recall(struct snapshot_builder *b, const struct outcome_change *change, weisu_err *err)
{
    struct snapshot_item *item = item_of(b, change);
    if (!item)
        return failure(err, WEISU_ENOMEM, "no memory for a change of an alert");
    size_t at = b->live_count++;
    for (; at > 0 && b->live[at - 1]->number > item->number; at--)
        b->live[at] = b->live[at - 1];
    b->live[at] = item;
    return WEISU_OK;
}

/* ---- clusters ---- */

static void unlink_card(struct snapshot_builder *b, uint16_t at)
{
    const struct card *card = &b->cards[at];
    if (card->newer == NOBODY)
        b->newest = card->older;
    else
        b->cards[card->newer].older = card->older;
    if (card->older == NOBODY)
        b->oldest = card->newer;
    else
        b->cards[card->older].newer = card->newer;
}

static void put_newest(struct snapshot_builder *b, uint16_t at)
{
    b->cards[at].newer = NOBODY;
    b->cards[at].older = b->newest;
    if (b->newest == NOBODY)
        b->oldest = at;
    else
        b->cards[b->newest].newer = at;
    b->newest = at;
}

/* A card for a slot that has none: a free one, or the one touched longest ago. */
static uint16_t take_card(struct snapshot_builder *b)
{
    if (b->card_count < SNAPSHOT_CLUSTERS)
        return (uint16_t)b->card_count++;
    uint16_t at = b->oldest;
    unlink_card(b, at);
    b->stale -= (size_t)b->cards[at].is_stale;
    id_map_remove(&b->by_slot, b->cards[at].slot);
    snapshot_item_unref(b->source.allocator, b->cards[at].item);
    return at;
}

void snapshot_builder_touch(struct snapshot_builder *b, uint32_t slot)
{
    uint32_t known = id_map_get(&b->by_slot, slot);
    if (known != ID_MAP_NONE) {
        b->stale += !b->cards[known].is_stale;
        b->cards[known].is_stale = 1;
        unlink_card(b, (uint16_t)known);
        put_newest(b, (uint16_t)known);
        return;
    }
    struct cluster_view view;
    cluster_look(core_clusters(b->source.core), slot, &view);
    /* Without memory for the map a cluster is missing from the list until it is touched again: no reason to stop. */
    if ((view.members < 2 && view.merged_into == CLUSTER_NONE) || id_map_reserve(&b->by_slot, SNAPSHOT_CLUSTERS + 1))
        return;
    uint16_t at = take_card(b);
    b->cards[at] = (struct card){.slot = slot, .is_stale = 1};
    b->stale++;
    id_map_put(&b->by_slot, slot, at);
    put_newest(b, at);
}

static int render_card(struct snapshot_builder *b, struct card *card)
{
    const struct core *core = b->source.core;
    struct cluster_view view;
    cluster_look(core_clusters(core), card->slot, &view);
    byte_buffer_reset(&b->text);
    render_cluster(&b->text, core_clusters(core), core_lexicon(core), b->source.city, card->slot, b->source.zone);
    if (b->text.failed)
        return -1;
    struct snapshot_item *item =
        snapshot_item_new(b->source.allocator, view.id, (weisu_str){b->text.data, b->text.size});
    if (!item)
        return -1;
    item->time_ms = view.last_ms;
    snapshot_item_unref(b->source.allocator, card->item);
    card->item = item;
    card->is_stale = 0;
    b->stale--;
    return 0;
}

static int render_stale(struct snapshot_builder *b)
{
    size_t rendered = 0;
    for (uint16_t at = b->newest; at != NOBODY && b->stale && rendered < SNAPSHOT_RENDERED; at = b->cards[at].older) {
        if (!b->cards[at].is_stale)
            continue;
        if (render_card(b, &b->cards[at]))
            return -1;
        rendered++;
    }
    return 0;
}

/* ---- making ---- */

static void copy_items(struct snapshot_builder *b, struct snapshot *snapshot)
{
    for (size_t i = 0; i < b->change_count; i++) {
        uint64_t number = b->last_change - b->change_count + 1 + i;
        snapshot->changes[i] = snapshot_item_ref(b->changes[number % SNAPSHOT_CHANGES]);
    }
    for (size_t i = 0; i < b->live_count; i++)
        snapshot->live[i] = snapshot_item_ref(b->live[i]);
    size_t count = 0;
    for (uint16_t at = b->newest; at != NOBODY; at = b->cards[at].older)
        if (b->cards[at].item)
            snapshot->clusters[count++] = snapshot_item_ref(b->cards[at].item);
}

static size_t count_rendered(const struct snapshot_builder *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->card_count; i++)
        count += b->cards[i].item != NULL;
    return count;
}

weisu_code snapshot_builder_make(struct snapshot_builder *b, int with_clusters, struct snapshot **out, weisu_err *err)
{
    *out = NULL;
    if (with_clusters && render_stale(b))
        return failure(err, WEISU_ENOMEM, "no memory for a cluster's text");
    *out = snapshot_new(b->source.allocator, b->change_count, b->live_count, count_rendered(b));
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for a snapshot");
    struct snapshot *snapshot = *out;
    copy_items(b, snapshot);
    snapshot->sequence = core_sequence(b->source.core);
    snapshot->clock_ms = core_clock(b->source.core);
    snapshot->counts = core_counts(b->source.core);
    snapshot->last_change = b->last_change;
    b->shown_sequence = snapshot->sequence;
    b->shown_change = b->last_change;
    return WEISU_OK;
}

enum snapshot_news snapshot_builder_news(const struct snapshot_builder *b)
{
    if (b->shown_change != b->last_change)
        return SNAPSHOT_ALERT_NEWS;
    return b->stale || b->shown_sequence != core_sequence(b->source.core) ? SNAPSHOT_NEWS : SNAPSHOT_NO_NEWS;
}
