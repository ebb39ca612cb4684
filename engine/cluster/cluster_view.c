/* Looking at clusters. */
#include "cluster/cluster_index.h"

#include "cluster/body_terms.h"
#include "cluster/index_fields.h"
#include "cluster/title_words.h"

#include <string.h>

/* RFC 4648 base32 of the eight bytes, most significant first, lower case, no padding: 13 characters. */
static void write_id(uint64_t key, char out[16])
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    out[0] = 'c';
    for (unsigned i = 0; i < 12; i++)
        out[1 + i] = digits[key >> (59 - 5 * i) & 31];
    out[13] = digits[key << 1 & 31];
    out[14] = 0;
    out[15] = 0;
}

static uint64_t key_of(const struct cluster_index *index, weisu_str id)
{
    return hash_pair(index->config.city, hash_bytes(id.data, id.size));
}

uint32_t cluster_count(const struct cluster_index *index)
{
    return (uint32_t)index->slots;
}

static void look_at_single(const struct cluster_index *index, const struct single *single, struct cluster_view *out)
{
    out->key = key_of(index, single_id(single));
    out->founder = single->sequence;
    out->first_ms = out->last_ms = single->time_ms;
    out->members = out->reporters = out->kept = 1;
    out->withdrawn = (single->flags & BODY_WITHDRAWN) != 0;
    out->division = single->division;
    out->spot = single->spot;
    out->spot_name = single_name(single);
    out->topic = single->has_topic ? single->topic : UINT32_MAX;
    out->title = single_title(single);
}

static weisu_str text_at(const struct cluster_pool *pool, uint32_t block, uint16_t size)
{
    return block ? (weisu_str){pool_at(pool, block), size} : (weisu_str){NULL, 0};
}

static void look_at_group(const struct cluster_index *index, const struct group *group, struct cluster_view *out)
{
    const struct cluster_pool *pool = &index->pool;
    const struct kept_member *founder = group_kept_member(pool, group, 0);
    const struct spot_count *spot = group_spot(group);
    out->key = key_of(index, text_at(pool, founder->id, (uint16_t)founder->id_size));
    out->founder = group->founder;
    out->first_ms = group->first_ms;
    out->last_ms = group->last_ms;
    out->members = group->members;
    out->withdrawn = group->withdrawn;
    out->reporters = group->reporters;
    out->kept = group_kept(group);
    out->division = tally_best(&group->division);
    out->spot = spot ? spot->key : 0;
    out->spot_name = text_at(pool, group->name_block, group->name_size);
    out->topic = group_topic(group);
    out->title = text_at(pool, group->title_block, group->title_size);
}

static uint32_t own_kept(const struct cluster_index *index, uint32_t slot)
{
    return body_is_single(&index->pool, index->body[slot]) ? 1 : group_kept(pool_at(&index->pool, index->body[slot]));
}

static void look_at_union(const struct cluster_index *index, uint32_t slot, struct cluster_view *out)
{
    uint32_t part[UNION_PARTS] = {0};
    uint32_t root = index_union(index, slot);
    out->merged_into = CLUSTER_NONE;
    if (root == UNION_NONE)
        return;
    const struct union_node *whole = &index->unions.node[root];
    if (whole->slot != slot) {
        out->merged_into = whole->slot;
        return;
    }
    uint32_t parts = unions_parts(&index->unions, root, part);
    out->kept = 0;
    for (uint32_t i = 0; i < parts; i++)
        out->kept += own_kept(index, part[i]);
    out->kept = out->kept < FIRST_KEPT + LAST_KEPT ? out->kept : FIRST_KEPT + LAST_KEPT;
    out->members = whole->members;
    out->withdrawn = whole->withdrawn;
    out->reporters = whole->reporters;
    out->first_ms = whole->first_ms;
    out->last_ms = whole->last_ms;
}

void cluster_look(const struct cluster_index *index, uint32_t slot, struct cluster_view *out)
{
    const void *body = pool_at(&index->pool, index->body[slot]);
    *out = (struct cluster_view){.folded = (*body_flags(&index->pool, index->body[slot]) & BODY_FOLDED) != 0};
    if (body_is_single(&index->pool, index->body[slot]))
        look_at_single(index, body, out);
    else
        look_at_group(index, body, out);
    look_at_union(index, slot, out);
    write_id(out->key, out->id);
}

static struct cluster_member own_member(const struct cluster_index *index, uint32_t slot, uint32_t at)
{
    const struct cluster_pool *pool = &index->pool;
    const void *body = pool_at(pool, index->body[slot]);
    if (body_is_single(pool, index->body[slot])) {
        const struct single *single = body;
        return (struct cluster_member){single->sequence, single->time_ms, single->reporter, single_id(single)};
    }
    const struct kept_member *member = group_kept_member(pool, body, at);
    return (struct cluster_member){member->sequence, member->time_ms, member->reporter,
                                   text_at(pool, member->id, (uint16_t)member->id_size)};
}

/* Member number `at` of the parts' kept ones, merged by sequence. */
static struct cluster_member merged_member(const struct cluster_index *index, const uint32_t *slot, uint32_t parts,
                                           uint32_t at)
{
    uint32_t next[UNION_PARTS] = {0};
    struct cluster_member found = {0};
    for (uint32_t taken = 0; taken <= at; taken++) {
        uint32_t from = UINT32_MAX;
        for (uint32_t i = 0; i < parts; i++) {
            if (next[i] == own_kept(index, slot[i]))
                continue;
            struct cluster_member member = own_member(index, slot[i], next[i]);
            if (from != UINT32_MAX && member.sequence > found.sequence)
                continue;
            found = member;
            from = i;
        }
        next[from]++;
    }
    return found;
}

struct cluster_member cluster_member_at(const struct cluster_index *index, uint32_t slot, uint32_t at)
{
    uint32_t part[UNION_PARTS] = {0};
    uint32_t root = index_union(index, slot);
    if (root == UNION_NONE || index->unions.node[root].slot != slot)
        return own_member(index, slot, at);
    uint32_t parts = unions_parts(&index->unions, root, part);
    uint32_t all = 0;
    for (uint32_t i = 0; i < parts; i++)
        all += own_kept(index, part[i]);
    uint32_t kept = all < FIRST_KEPT + LAST_KEPT ? all : FIRST_KEPT + LAST_KEPT;
    return merged_member(index, part, parts, at < FIRST_KEPT ? at : all - kept + at);
}

/* ---- keywords ---- */

struct ranked_keyword {
    uint32_t weight;
    const struct keyword *keyword;
};

static uint32_t weight_in(const struct cluster_pool *pool, const struct group *group, uint32_t tag)
{
    const uint32_t *tags = group->term_count ? group_tags(pool, group) : NULL;
    for (uint32_t i = 0; i < group->term_count; i++)
        if ((tags[i] & TAG_MASK) == tag)
            return group_weights(pool, group)[i];
    return 0;
}

static size_t group_keywords(const struct cluster_pool *pool, const struct group *group, weisu_str *out, size_t room)
{
    struct ranked_keyword ranked[GROUP_KEYWORDS];
    const struct keyword *keyword = pool_at(pool, group->keyword_block);
    size_t count = 0;
    for (uint32_t i = 0; i < group->keyword_count; i++) {
        struct ranked_keyword own = {weight_in(pool, group, keyword[i].tag), &keyword[i]};
        size_t at = count++;
        for (; at > 0 && ranked[at - 1].weight < own.weight; at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = own;
    }
    count = count < room ? count : room;
    for (size_t i = 0; i < count; i++)
        out[i] = (weisu_str){ranked[i].keyword->text, ranked[i].keyword->size};
    return count;
}

size_t cluster_keywords(const struct cluster_index *index, uint32_t slot, weisu_str *out, size_t room)
{
    const void *body = pool_at(&index->pool, index->body[slot]);
    if (body_is_single(&index->pool, index->body[slot]))
        return title_words(index->lexicon, single_title(body), out, room);
    return group_keywords(&index->pool, body, out, room);
}

struct cluster_counts cluster_counts(const struct cluster_index *index)
{
    size_t lists =
        index->touched.capacity + index->changed.capacity + index->unsaved.capacity + index->crowded.capacity;
    for (uint32_t i = 0; i < index->days; i++)
        lists += index->day[i].capacity;
    uint64_t merged = 0;
    for (size_t i = 0; i < index->unions.count; i++)
        merged += index->unions.node[i].parent != UNION_NONE;
    return (struct cluster_counts){
        .clusters = index->slots,
        .merged = merged,
        .active = index->active,
        .records = index->records,
        .capped = index->capped,
        .homeless = index->homeless,
        .bytes = unions_bytes(&index->unions) + index->near.capacity * sizeof(uint64_t) + model_bytes(&index->model) +
                 pool_bytes(&index->pool) + posting_bytes(&index->postings) + posting_bytes(&index->batch) +
                 posting_bytes(&index->places) + (index->slot_capacity + lists) * sizeof(uint32_t)};
}
