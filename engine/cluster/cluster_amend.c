/* What happens to a member after it came: it is withdrawn, or its person is forgotten. */
#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/index_fields.h"

#include <stddef.h>
#include <string.h>

/* The same without title and reporter; the name of the spot, which is nobody's, moves out of the title. */
static uint32_t forget_single(struct cluster_pool *pool, uint32_t block)
{
    const struct single *single = pool_at(pool, block);
    size_t before = single_bytes(single);
    weisu_str id = single_id(single);
    weisu_str name = single_name(single);
    size_t terms = single->term_count * sizeof single->term[0];
    struct single head;
    memcpy(&head, single, offsetof(struct single, term));
    head.reporter = 0;
    head.title_size = 0;
    head.name_at = UINT8_MAX;
    uint32_t made = pool_take(pool, single_bytes(&head));
    struct single *bare = pool_at(pool, made);
    memcpy(bare, &head, offsetof(struct single, term));
    memcpy(bare->term, single->term, terms);
    char *text = (char *)bare->term + terms;
    memcpy(text, id.data, id.size);
    if (name.size)
        memcpy(text + id.size, name.data, name.size);
    memset(pool_at(pool, block), 0, before);
    pool_give(pool, block, before);
    return made;
}

/* A group is titled by its founder. */
static void forget_member(struct cluster_pool *pool, struct group *group, uint64_t sequence)
{
    uint32_t kept = group_kept(group);
    for (uint32_t i = 0; i < kept; i++) {
        struct kept_member *member = group_kept_member(pool, group, i);
        if (member->sequence == sequence)
            member->reporter = 0;
    }
    if (group->founder != sequence || !group->title_block)
        return;
    memset(pool_at(pool, group->title_block), 0, group->title_size);
    pool_give(pool, group->title_block, group->title_size);
    group->title_block = 0;
    group->title_size = 0;
}

static weisu_code reserve(struct cluster_index *index, weisu_err *err)
{
    if (pool_reserve(&index->pool, BODY_RESERVE) || slot_list_reserve(index->allocator, &index->unsaved, 1))
        return failure(err, WEISU_ENOMEM, "no memory to change a cluster");
    return WEISU_OK;
}

static void count_withdrawn(struct union_node *whole, int is_withdrawn)
{
    if (is_withdrawn && whole->withdrawn < whole->members)
        whole->withdrawn++;
    else if (!is_withdrawn && whole->withdrawn)
        whole->withdrawn--;
    whole->unsaved = 1;
}

weisu_code cluster_withdraw(struct cluster_index *index, uint32_t slot, int is_withdrawn, weisu_err *err)
{
    weisu_code code = slot < index->slots ? reserve(index, err) : WEISU_OK;
    if (code || slot >= index->slots)
        return code;
    uint32_t block = index->body[slot];
    if (body_is_single(&index->pool, block)) {
        uint8_t *flags = body_flags(&index->pool, block);
        *flags = (uint8_t)((*flags & ~BODY_WITHDRAWN) | (is_withdrawn ? BODY_WITHDRAWN : 0));
    } else {
        struct group *group = pool_at(&index->pool, block);
        if (is_withdrawn && group->withdrawn < group->members)
            group->withdrawn++;
        else if (!is_withdrawn && group->withdrawn)
            group->withdrawn--;
    }
    index_mark_unsaved(index, slot);
    uint32_t root = index_union(index, slot);
    if (root != UNION_NONE)
        count_withdrawn(&index->unions.node[root], is_withdrawn);
    return WEISU_OK;
}

weisu_code cluster_forget(struct cluster_index *index, uint32_t slot, uint64_t sequence, weisu_err *err)
{
    weisu_code code = slot < index->slots ? reserve(index, err) : WEISU_OK;
    if (code || slot >= index->slots)
        return code;
    uint32_t block = index->body[slot];
    if (!body_is_single(&index->pool, block))
        forget_member(&index->pool, pool_at(&index->pool, block), sequence);
    else if (((const struct single *)pool_at(&index->pool, block))->sequence == sequence)
        index->body[slot] = forget_single(&index->pool, block);
    index_mark_unsaved(index, slot);
    return WEISU_OK;
}
