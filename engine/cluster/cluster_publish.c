/* Publication: what may change for reasons other than a record changes here, at sequence numbers divisible by 4,096,
 * so that batches cannot be told apart by it. Quiet clusters fold, crowded terms are trimmed, counts become the model.
 */
#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/index_fields.h"

#include <stdlib.h>

/* ---- folding ---- */

static int fold(struct cluster_index *index, uint32_t slot)
{
    uint32_t tags[GROUP_POSTED_MAX];
    if (pool_reserve(&index->pool, BODY_RESERVE) || slot_list_reserve(index->allocator, &index->unsaved, 1) ||
        slot_list_reserve(index->allocator, &index->changed, 1))
        return -1;
    uint32_t count = body_posted(&index->pool, index->body[slot], tags);
    for (uint32_t i = 0; i < count; i++)
        posting_remove(&index->postings, tags[i], slot);
    index_unplace(index, slot);
    index->body[slot] = body_fold(&index->pool, index->body[slot]);
    index_mark(index, slot);
    index->active--;
    return 0;
}

/* Folds the slots whose last day this is. The ring also has slots that became active again, which stand under their
 * later day too, and those of a day that shares the place, which stay. */
static int fold_day(struct cluster_index *index, uint32_t day)
{
    struct slot_list *list = index_day(index, day);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t slot = list->slot[i];
        uint32_t last = index_last_day(index, slot);
        if (*body_flags(&index->pool, index->body[slot]) & BODY_FOLDED)
            continue;
        if (last > day) {
            if (index_day(index, last) == list)
                list->slot[kept++] = slot;
            continue;
        }
        if (fold(index, slot))
            return -1;
    }
    list->count = kept;
    return 0;
}

/* Clusters whose last day as a candidate is over. */
static int fold_quiet(struct cluster_index *index)
{
    uint32_t today = body_day(index->clock_ms);
    uint32_t first = index->folded_day + 1;
    /* The ring holds no more days than it has places. */
    if (today > index->days && first < today - index->days)
        first = today - index->days;
    for (uint32_t day = first; day < today; day++)
        if (fold_day(index, day))
            return -1;
    index->folded_day = today && index->folded_day < today - 1 ? today - 1 : index->folded_day;
    return 0;
}

/* Clusters of one, oldest first, until no more are active than may be. */
static int fold_excess(struct cluster_index *index)
{
    while (index->active > index->config.cluster_cap && index->fold_cursor < index->slots) {
        uint32_t slot = index->fold_cursor;
        uint32_t block = index->body[slot];
        if (body_is_single(&index->pool, block) && !(*body_flags(&index->pool, block) & BODY_FOLDED) &&
            fold(index, slot))
            return -1;
        index->fold_cursor++;
    }
    return 0;
}

/* ---- crowded terms ---- */

struct crowd_member {
    uint32_t slot;
    uint32_t active_day;
};

static int by_activity(const void *a, const void *b)
{
    const struct crowd_member *x = a;
    const struct crowd_member *y = b;
    if (x->active_day != y->active_day)
        return x->active_day < y->active_day ? 1 : -1;
    return x->slot < y->slot ? 1 : x->slot > y->slot ? -1 : 0;
}

static int trim(struct cluster_index *index, uint32_t tag)
{
    uint32_t slots[LIST_MAX];
    struct crowd_member member[LIST_MAX];
    uint32_t count = posting_slots(&index->postings, tag, slots, LIST_MAX);
    if (count <= LIST_TRIMMED)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(&index->body[slots[i]]);
    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(pool_at(&index->pool, index->body[slots[i]]));
    for (uint32_t i = 0; i < count; i++)
        member[i] = (struct crowd_member){slots[i], body_active_day(&index->pool, index->body[slots[i]])};
    qsort(member, count, sizeof member[0], by_activity);
    if (slot_list_reserve(index->allocator, &index->unsaved, count) ||
        slot_list_reserve(index->allocator, &index->changed, count))
        return -1;
    for (uint32_t i = LIST_TRIMMED; i < count; i++) {
        posting_remove(&index->postings, tag, member[i].slot);
        body_unpost(&index->pool, index->body[member[i].slot], tag);
        index_mark(index, member[i].slot);
    }
    return 0;
}

static int trim_crowded(struct cluster_index *index)
{
    for (size_t i = 0; i < index->crowded.count; i++)
        if (trim(index, index->crowded.slot[i]))
            return -1;
    index->crowded.count = 0;
    return 0;
}

weisu_code cluster_publish(struct cluster_index *index, weisu_err *err)
{
    if (fold_quiet(index) || fold_excess(index) || trim_crowded(index) || model_publish(&index->model))
        return failure(err, WEISU_ENOMEM, "no memory to publish what clustering learnt");
    index->published_active = index->active;
    model_set_density(&index->model, index->active);
    return WEISU_OK;
}
