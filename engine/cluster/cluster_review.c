/* The second pass: what split is merged, what came apart is separated, what is doubtful is proposed. */
#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/index_fields.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)

/* ---- noting ---- */

int index_reserve_near(struct cluster_index *index)
{
    return slot_list_reserve(index->allocator, &index->touched, 1) ||
                   memory_reserve(index->allocator, (void **)&index->near.pair, &index->near.capacity,
                                  index->near.count + 1, sizeof *index->near.pair)
               ? -1
               : 0;
}

void index_note_near(struct cluster_index *index, uint32_t slot, uint32_t other)
{
    uint32_t older = slot < other ? slot : other;
    uint32_t younger = slot < other ? other : slot;
    if (index->near.count < NEAR_MAX)
        index->near.pair[index->near.count++] = (uint64_t)older << 32 | younger;
}

void index_note_touched(struct cluster_index *index, uint32_t slot)
{
    if (index->touched.count < NEAR_MAX)
        slot_list_push(&index->touched, slot);
}

/* ---- doing ---- */

static int reserve(struct cluster_index *index)
{
    return unions_reserve(&index->unions) ||
                   memory_reserve(index->allocator, (void **)&index->turn, &index->turn_capacity, index->turns + 1,
                                  sizeof *index->turn)
               ? -1
               : 0;
}

static void turn(struct cluster_index *index, enum cluster_turn_kind kind, uint32_t part, uint32_t whole)
{
    index->turn[index->turns++] = (struct cluster_turn){kind, part, whole};
}

int cluster_take_turn(struct cluster_index *index, struct cluster_turn *out)
{
    if (index->turns_taken == index->turns) {
        index->turns = index->turns_taken = 0;
        return 0;
    }
    *out = index->turn[index->turns_taken++];
    return 1;
}

uint32_t cluster_whole(const struct cluster_index *index, uint32_t slot)
{
    uint32_t root = index_union(index, slot);
    return root == UNION_NONE ? slot : index->unions.node[root].slot;
}

static uint32_t parts_of(const struct cluster_index *index, uint32_t slot)
{
    uint32_t root = index_union(index, slot);
    return root == UNION_NONE ? 1 : index->unions.node[root].parts;
}

static uint32_t members_of(const struct cluster_index *index, uint32_t slot)
{
    struct cluster_view view;
    cluster_look(index, slot, &view);
    return view.members;
}

static int was_separated(const struct cluster_index *index, uint32_t slot)
{
    uint32_t node = unions_find(&index->unions, slot);
    return node != UNION_NONE && index->unions.node[node].state == UNION_SEPARATED;
}

/* Two wholes; room was reserved. */
static void merge(struct cluster_index *index, uint32_t a, uint32_t b, const struct union_event *event)
{
    struct union_bodies bodies = index_bodies(index);
    uint32_t older = a < b ? a : b;
    uint32_t younger = a < b ? b : a;
    unions_merge(&index->unions, &bodies, older, younger, event);
    *body_flags(&index->pool, index->body[older]) |= BODY_UNITED;
    *body_flags(&index->pool, index->body[younger]) |= BODY_UNITED;
    turn(index, CLUSTER_MERGED, younger, older);
}

static void separate(struct cluster_index *index, uint32_t part, const struct union_event *event)
{
    struct union_bodies bodies = index_bodies(index);
    uint32_t whole = cluster_whole(index, part);
    unions_separate(&index->unions, &bodies, part, event);
    turn(index, CLUSTER_SEPARATED, part, whole);
}

/* ---- proposing ---- */

static struct merge_proposal *proposal_of(const struct cluster_index *index, uint32_t older, uint32_t younger)
{
    for (uint32_t i = 0; index->proposal && i < PROPOSALS_KEPT; i++)
        if (index->proposal[i].older == older && index->proposal[i].younger == younger)
            return &index->proposal[i];
    return NULL;
}

static int propose(struct cluster_index *index, uint32_t a, uint32_t b, const struct union_event *event)
{
    uint32_t older = a < b ? a : b;
    uint32_t younger = a < b ? b : a;
    if (proposal_of(index, older, younger))
        return 0;
    if (!index->proposal)
        index->proposal = memory_new_zeroed(index->allocator, PROPOSALS_KEPT, sizeof *index->proposal);
    if (!index->proposal)
        return -1;
    index->proposal[index->proposals++ % PROPOSALS_KEPT] =
        (struct merge_proposal){older, younger, event->sequence, event->time_ms, event->why};
    return 0;
}

/* ---- the pass ---- */

static int by_slot(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int review_pair(struct cluster_index *index, uint32_t older, uint32_t younger, struct union_event *event)
{
    uint32_t slot[2] = {older, younger};
    if (!body_likeness(&index->pool, index->body[slot[0]], index->body[slot[1]], &event->why) ||
        event->why.score_q16 < LIKE_PROPOSED_Q16)
        return 0;
    uint32_t whole[2] = {cluster_whole(index, slot[0]), cluster_whole(index, slot[1])};
    if (whole[0] == whole[1] || was_separated(index, whole[0]) || was_separated(index, whole[1]) ||
        parts_of(index, whole[0]) + parts_of(index, whole[1]) > UNION_PARTS)
        return 0;
    int is_large = members_of(index, whole[0]) >= LIKE_LARGE && members_of(index, whole[1]) >= LIKE_LARGE;
    if (event->why.score_q16 < LIKE_MERGED_Q16 || is_large)
        return propose(index, whole[0], whole[1], event);
    if (reserve(index))
        return -1;
    merge(index, whole[0], whole[1], event);
    return 0;
}

static uint64_t spot_of(const struct cluster_index *index, uint32_t slot)
{
    const void *body = pool_at(&index->pool, index->body[slot]);
    if (body_is_single(&index->pool, index->body[slot]))
        return ((const struct single *)body)->spot;
    const struct spot_count *spot = group_spot(body);
    return spot ? spot->key : 0;
}

/* The clusters of its place. */
static int review_place(struct cluster_index *index, uint32_t slot, struct union_event *event)
{
    uint32_t found[PLACE_LIST_MAX];
    uint64_t spot = spot_of(index, slot);
    uint32_t count = spot ? posting_slots(&index->places, tag_of(spot), found, PLACE_LIST_MAX) : 0;
    int failed = 0;
    if (count)
        qsort(found, count, sizeof found[0], by_slot);
    for (uint32_t i = 0; i < count && !failed; i++)
        if (found[i] != slot)
            failed = review_pair(index, found[i] < slot ? found[i] : slot, found[i] < slot ? slot : found[i], event);
    return failed;
}

/* A part whose wording drifted away from the cluster that it was merged into. What is folded has no words any more. */
static int review_part(struct cluster_index *index, uint32_t slot, struct union_event *event)
{
    uint32_t node = unions_find(&index->unions, slot);
    if (node == UNION_NONE || index->unions.node[node].parent == UNION_NONE)
        return 0;
    const struct union_node *part = &index->unions.node[node];
    uint32_t into = part->partner;
    if (part->by_hand || (*body_flags(&index->pool, index->body[into]) & BODY_FOLDED))
        return 0;
    if (body_likeness(&index->pool, index->body[into], index->body[slot], &event->why) &&
        event->why.score_q16 >= LIKE_SEPARATED_Q16)
        return 0;
    if (reserve(index))
        return -1;
    separate(index, slot, event);
    return 0;
}

static int by_pair(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int review(struct cluster_index *index, struct union_event *event)
{
    struct near_list *near = &index->near;
    struct slot_list *touched = &index->touched;
    int failed = 0;
    if (near->count)
        qsort(near->pair, near->count, sizeof *near->pair, by_pair);
    if (touched->count)
        qsort(touched->slot, touched->count, sizeof *touched->slot, by_slot);
    for (size_t i = 0; i < near->count && !failed; i++)
        if (i == 0 || near->pair[i] != near->pair[i - 1])
            failed = review_pair(index, (uint32_t)(near->pair[i] >> 32), (uint32_t)near->pair[i], event);
    for (size_t i = 0; i < touched->count && !failed; i++)
        if (i == 0 || touched->slot[i] != touched->slot[i - 1])
            failed = review_place(index, touched->slot[i], event) || review_part(index, touched->slot[i], event);
    near->count = touched->count = 0;
    return failed;
}

weisu_code cluster_review(struct cluster_index *index, uint64_t sequence, int64_t clock_ms, weisu_err *err)
{
    int64_t hour = clock_ms / HOUR_MS;
    struct union_event event = {.sequence = sequence, .time_ms = clock_ms};
    if (hour == index->reviewed_hour)
        return WEISU_OK;
    index->reviewed_hour = hour;
    return review(index, &event) ? failure(err, WEISU_ENOMEM, "no memory to merge clusters") : WEISU_OK;
}

/* ---- an operator ---- */

weisu_code cluster_unite(struct cluster_index *index, uint32_t a, uint32_t b, uint64_t sequence, int64_t clock_ms,
                         weisu_err *err)
{
    const struct union_event event = {.sequence = sequence, .time_ms = clock_ms, .by_hand = 1};
    if (a >= index->slots || b >= index->slots)
        return failure(err, WEISU_EINVAL, "no such cluster");
    uint32_t whole[2] = {cluster_whole(index, a), cluster_whole(index, b)};
    if (whole[0] == whole[1])
        return failure(err, WEISU_EINVAL, "the clusters are one already");
    if (parts_of(index, whole[0]) + parts_of(index, whole[1]) > UNION_PARTS)
        return failure(err, WEISU_EINVAL, "together the clusters have more than %d parts", UNION_PARTS);
    if (reserve(index))
        return failure(err, WEISU_ENOMEM, "no memory to merge clusters");
    merge(index, whole[0], whole[1], &event);
    return WEISU_OK;
}

weisu_code cluster_separate(struct cluster_index *index, uint32_t part, uint64_t sequence, int64_t clock_ms,
                            weisu_err *err)
{
    const struct union_event event = {.sequence = sequence, .time_ms = clock_ms, .by_hand = 1};
    if (part >= index->slots || cluster_whole(index, part) == part)
        return failure(err, WEISU_EINVAL, "the cluster is no part of another");
    if (reserve(index))
        return failure(err, WEISU_ENOMEM, "no memory to separate clusters");
    separate(index, part, &event);
    return WEISU_OK;
}

static int has_id(const struct cluster_index *index, uint32_t slot, weisu_str id)
{
    struct cluster_view view;
    cluster_look(index, slot, &view);
    return strlen(view.id) == id.size && memcmp(view.id, id.data, id.size) == 0;
}

uint32_t cluster_find_part(const struct cluster_index *index, weisu_str id)
{
    for (size_t i = 0; i < index->unions.count; i++) {
        const struct union_node *node = &index->unions.node[i];
        if (node->parent != UNION_NONE && has_id(index, node->slot, id))
            return node->slot;
    }
    return CLUSTER_NONE;
}

int cluster_find_proposal(const struct cluster_index *index, weisu_str id, uint32_t out[2])
{
    for (size_t i = 0; index->proposal && i < PROPOSALS_KEPT && i < index->proposals; i++) {
        const struct merge_proposal *at = &index->proposal[(index->proposals - 1 - i) % PROPOSALS_KEPT];
        if (cluster_whole(index, at->older) == cluster_whole(index, at->younger) ||
            (!has_id(index, at->older, id) && !has_id(index, at->younger, id)))
            continue;
        out[0] = at->older;
        out[1] = at->younger;
        return 1;
    }
    return 0;
}

/* ---- the list ---- */

static size_t kept_proposals(const struct cluster_index *index)
{
    return index->proposals < PROPOSALS_KEPT ? (size_t)index->proposals : PROPOSALS_KEPT;
}

size_t cluster_deed_count(const struct cluster_index *index)
{
    size_t count = 0;
    for (size_t i = 0; i < index->unions.count; i++)
        count += index->unions.node[i].state != UNION_ALONE;
    for (size_t i = 0; i < kept_proposals(index); i++)
        count += cluster_whole(index, index->proposal[i].older) != cluster_whole(index, index->proposal[i].younger);
    return count;
}

static int by_entry(const void *a, const void *b)
{
    const struct cluster_deed *x = a;
    const struct cluster_deed *y = b;
    if (x->sequence != y->sequence)
        return x->sequence < y->sequence ? -1 : 1;
    if (x->younger != y->younger)
        return x->younger < y->younger ? -1 : 1;
    return x->older < y->older ? -1 : x->older > y->older;
}

void cluster_deeds(const struct cluster_index *index, struct cluster_deed *out)
{
    size_t count = 0;
    for (size_t i = 0; i < index->unions.count; i++) {
        const struct union_node *node = &index->unions.node[i];
        if (node->state == UNION_ALONE)
            continue;
        out[count++] = (struct cluster_deed){node->state == UNION_MERGED ? CLUSTER_DEED_MERGED : CLUSTER_DEED_SEPARATED,
                                             node->partner,
                                             node->slot,
                                             node->sequence,
                                             node->time_ms,
                                             (int)node->by_hand,
                                             node->why};
    }
    for (size_t i = 0; i < kept_proposals(index); i++) {
        const struct merge_proposal *at = &index->proposal[i];
        if (cluster_whole(index, at->older) != cluster_whole(index, at->younger))
            out[count++] = (struct cluster_deed){CLUSTER_DEED_PROPOSED, at->older, at->younger, at->sequence,
                                                 at->time_ms,           0,         at->why};
    }
    qsort(out, count, sizeof *out, by_entry);
}
