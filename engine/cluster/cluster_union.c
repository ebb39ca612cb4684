#include "cluster/cluster_union.h"

#include <stdlib.h>

void unions_init(struct cluster_unions *unions, const weisu_allocator *allocator)
{
    *unions = (struct cluster_unions){.allocator = allocator};
    id_map_init(&unions->of_slot, allocator);
}

void unions_dispose(struct cluster_unions *unions)
{
    memory_free(unions->allocator, unions->node, unions->capacity, sizeof *unions->node);
    id_map_dispose(&unions->of_slot);
    unions_init(unions, unions->allocator);
}

int unions_reserve(struct cluster_unions *unions)
{
    return memory_reserve(unions->allocator, (void **)&unions->node, &unions->capacity, unions->count + 2,
                          sizeof *unions->node) ||
                   id_map_reserve(&unions->of_slot, unions->count + 2)
               ? -1
               : 0;
}

uint32_t unions_find(const struct cluster_unions *unions, uint32_t slot)
{
    return id_map_get(&unions->of_slot, slot);
}

uint32_t unions_root(const struct cluster_unions *unions, uint32_t node)
{
    while (unions->node[node].parent != UNION_NONE)
        node = unions->node[node].parent;
    return node;
}

uint32_t unions_parts(const struct cluster_unions *unions, uint32_t node, uint32_t out[UNION_PARTS])
{
    uint32_t found[UNION_PARTS] = {node};
    uint32_t count = 1;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t part = unions->node[found[i]].first; part != UNION_NONE && count < UNION_PARTS;
             part = unions->node[part].next)
            found[count++] = part;
    for (uint32_t i = 0; i < count; i++)
        out[i] = unions->node[found[i]].slot;
    return count;
}

/* ---- what is said of the whole ---- */

struct part_reporters {
    uint32_t single; /* of a cluster of one */
    const uint32_t *hash;
    uint32_t count;
};

static void reporters_of(const struct union_bodies *bodies, uint32_t slot, struct part_reporters *out)
{
    const void *body = pool_at(bodies->pool, bodies->body[slot]);
    if (body_is_single(bodies->pool, bodies->body[slot])) {
        const struct single *single = body;
        out->single = (uint32_t)single->reporter;
        out->hash = &out->single;
        out->count = single->reporter != 0;
        return;
    }
    const struct group *group = body;
    out->count = group->reporters_kept;
    out->hash = out->count ? pool_at(bodies->pool, group->reporter_block) : NULL;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Reporters that more than one part knows are one. */
static uint32_t count_twice(const struct union_bodies *bodies, const uint32_t *slot, uint32_t parts)
{
    uint32_t hash[UNION_PARTS * REPORTERS_KEPT];
    uint32_t count = 0;
    uint32_t twice = 0;
    for (uint32_t i = 0; i < parts; i++) {
        struct part_reporters reporters;
        reporters_of(bodies, slot[i], &reporters);
        for (uint32_t j = 0; j < reporters.count; j++)
            hash[count++] = reporters.hash[j];
    }
    qsort(hash, count, sizeof hash[0], by_value);
    for (uint32_t i = 1; i < count; i++)
        twice += hash[i] == hash[i - 1];
    return twice;
}

static void add_part(struct union_node *whole, const struct cluster_pool *pool, uint32_t block)
{
    const struct single *single = pool_at(pool, block);
    struct group own = {.members = 1, .reporters = 1, .withdrawn = (single->flags & BODY_WITHDRAWN) != 0};
    if (single->kind == BODY_SINGLE)
        own.first_ms = own.last_ms = own.reporter_ms = single->time_ms;
    else
        own = *(const struct group *)pool_at(pool, block);
    whole->members += own.members;
    whole->withdrawn += own.withdrawn;
    whole->reporters += own.reporters;
    whole->first_ms = own.first_ms < whole->first_ms ? own.first_ms : whole->first_ms;
    whole->last_ms = own.last_ms > whole->last_ms ? own.last_ms : whole->last_ms;
    whole->reporter_ms = own.reporter_ms > whole->reporter_ms ? own.reporter_ms : whole->reporter_ms;
}

void unions_measure(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t root)
{
    uint32_t slot[UNION_PARTS] = {0};
    struct union_node *whole = &unions->node[root];
    whole->parts = unions_parts(unions, root, slot);
    whole->members = whole->withdrawn = whole->reporters = 0;
    whole->first_ms = INT64_MAX;
    whole->last_ms = whole->reporter_ms = INT64_MIN;
    for (uint32_t i = 0; i < whole->parts; i++)
        add_part(whole, bodies->pool, bodies->body[slot[i]]);
    whole->reporters -= count_twice(bodies, slot, whole->parts);
    whole->unsaved = 1;
}

int unions_know_reporter(const struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t root,
                         uint32_t joined, uint64_t reporter)
{
    uint32_t slot[UNION_PARTS] = {0};
    uint32_t parts = unions_parts(unions, root, slot);
    for (uint32_t i = 0; reporter && i < parts; i++) {
        struct part_reporters known;
        if (slot[i] == joined)
            continue;
        reporters_of(bodies, slot[i], &known);
        for (uint32_t j = 0; j < known.count; j++)
            if (known.hash[j] == (uint32_t)reporter)
                return 1;
    }
    return 0;
}

/* ---- merging and separating ---- */

static uint32_t node_of(struct cluster_unions *unions, uint32_t slot)
{
    uint32_t known = unions_find(unions, slot);
    if (known != UNION_NONE)
        return known;
    uint32_t made = (uint32_t)unions->count++;
    unions->node[made] = (struct union_node){
        .slot = slot, .parent = UNION_NONE, .first = UNION_NONE, .next = UNION_NONE, .partner = UNION_NONE, .parts = 1};
    (void)id_map_put(&unions->of_slot, slot, made);
    return made;
}

static void tell(struct union_node *node, enum union_state state, uint32_t partner, const struct union_event *event)
{
    node->state = state;
    node->partner = partner;
    node->sequence = event->sequence;
    node->time_ms = event->time_ms;
    node->by_hand = event->by_hand;
    node->why = event->why;
    node->unsaved = 1;
}

/* Ascending slots, so that the order does not depend on the order of merges. */
void unions_hang(struct cluster_unions *unions, uint32_t part, uint32_t parent)
{
    uint32_t *at = &unions->node[parent].first;
    while (*at != UNION_NONE && unions->node[*at].slot < unions->node[part].slot)
        at = &unions->node[*at].next;
    unions->node[part].next = *at;
    unions->node[part].parent = parent;
    *at = part;
}

void unions_merge(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t older, uint32_t younger,
                  const struct union_event *event)
{
    uint32_t root = unions_root(unions, node_of(unions, older));
    uint32_t part = unions_root(unions, node_of(unions, younger));
    unions_hang(unions, part, root);
    tell(&unions->node[part], UNION_MERGED, unions->node[root].slot, event);
    unions_measure(unions, bodies, root);
}

void unions_separate(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t slot,
                     const struct union_event *event)
{
    uint32_t part = unions_find(unions, slot);
    uint32_t root = unions_root(unions, part);
    uint32_t *at = &unions->node[unions->node[part].parent].first;
    while (*at != part)
        at = &unions->node[*at].next;
    *at = unions->node[part].next;
    unions->node[part].parent = unions->node[part].next = UNION_NONE;
    tell(&unions->node[part], UNION_SEPARATED, unions->node[part].partner, event);
    unions_measure(unions, bodies, part);
    unions_measure(unions, bodies, root);
}

size_t unions_bytes(const struct cluster_unions *unions)
{
    return unions->capacity * sizeof *unions->node + id_map_bytes(&unions->of_slot);
}
