#include "cluster/cluster_body.h"

#include "base/fixed_log.h"
#include "cluster/body_terms.h"

#include <stddef.h>
#include <string.h>

enum { NO_NAME_IN_TITLE = UINT8_MAX };

/* ---- strings ---- */

/* At most `bytes`, cut before a character rather than in it. */
weisu_str body_cut(weisu_str string, size_t bytes)
{
    if (string.size <= bytes)
        return string;
    while (bytes > 0 && ((unsigned char)string.data[bytes] & 0xc0) == 0x80)
        bytes--;
    return (weisu_str){string.data, bytes};
}

uint32_t body_keep_string(struct cluster_pool *pool, weisu_str string, uint16_t *size)
{
    *size = (uint16_t)string.size;
    if (!string.size)
        return 0;
    uint32_t block = pool_take(pool, string.size);
    memcpy(pool_at(pool, block), string.data, string.size);
    return block;
}

/* ---- a cluster of one ---- */

static size_t strings_offset(const struct single *single)
{
    return offsetof(struct single, term) + single->term_count * sizeof single->term[0];
}

size_t single_bytes(const struct single *single)
{
    return strings_offset(single) + single->id_size + single->title_size +
           (single->name_at == NO_NAME_IN_TITLE ? single->name_size : 0u);
}

weisu_str single_id(const struct single *single)
{
    return (weisu_str){(const char *)single + strings_offset(single), single->id_size};
}

weisu_str single_title(const struct single *single)
{
    return (weisu_str){(const char *)single + strings_offset(single) + single->id_size, single->title_size};
}

weisu_str single_name(const struct single *single)
{
    size_t at = single->name_at == NO_NAME_IN_TITLE ? single->title_size : single->name_at;
    return (weisu_str){single_title(single).data + at, single->name_size};
}

static uint8_t find_name(weisu_str title, weisu_str name)
{
    const char *found = name.size ? memmem(title.data, title.size, name.data, name.size) : NULL;
    return found ? (uint8_t)(found - title.data) : NO_NAME_IN_TITLE;
}

static void set_terms(struct single *single, const struct cluster_query *query)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < single->term_count; i++) {
        uint32_t weight = (query->weight[query->probe[i]] + 8u) / 16;
        weight = weight < 255 ? weight : 255;
        single->term[i] = weight << TAG_BITS | query->tag[query->probe[i]];
        sum += weight * weight;
    }
    single->length = (uint16_t)fixed_sqrt(sum);
}

uint32_t body_found(struct cluster_pool *pool, const struct cluster_case *founder, const struct cluster_query *query)
{
    const struct cluster_vector *vector = query->vector;
    weisu_str title = body_cut(vector->title, SINGLE_TITLE_BYTES);
    weisu_str name = body_cut(vector->spot_name, NAME_BYTES);
    struct single head = {.kind = BODY_SINGLE,
                          .term_count = (uint8_t)(query->probes < SINGLE_TERMS ? query->probes : SINGLE_TERMS),
                          .id_size = (uint8_t)founder->id.size,
                          .title_size = (uint8_t)title.size,
                          .name_size = (uint8_t)name.size,
                          .name_at = find_name(title, name),
                          .has_topic = vector->topic != UINT32_MAX,
                          .active_day = body_day(founder->clock_ms),
                          .topic = (uint16_t)vector->topic,
                          .sequence = founder->sequence,
                          .time_ms = founder->time_ms,
                          .reporter = founder->reporter,
                          .spot = vector->spot,
                          .division = vector->division,
                          .near_copy = (uint32_t)vector->near_copy};
    uint32_t block = pool_take(pool, single_bytes(&head));
    struct single *single = pool_at(pool, block);
    memcpy(single, &head, offsetof(struct single, term));
    set_terms(single, query);
    char *text = (char *)single + strings_offset(single);
    memcpy(text, founder->id.data, founder->id.size);
    if (title.size)
        memcpy(text + founder->id.size, title.data, title.size);
    if (name.size && head.name_at == NO_NAME_IN_TITLE)
        memcpy(text + founder->id.size + title.size, name.data, name.size);
    return block;
}

/* ---- from one to two ---- */

static void start_members(struct cluster_pool *pool, struct group *group, const struct single *single)
{
    uint16_t id_size;
    group->member_room = 2;
    group->member_block = pool_take(pool, group->member_room * sizeof(struct kept_member));
    struct kept_member *member = pool_at(pool, group->member_block);
    *member = (struct kept_member){.sequence = single->sequence,
                                   .time_ms = single->time_ms,
                                   .reporter = single->reporter,
                                   .id = body_keep_string(pool, single_id(single), &id_size)};
    member->id_size = id_size;
    group->reporters_room = 4;
    group->reporter_block = pool_take(pool, group->reporters_room * sizeof(uint32_t));
    if (single->reporter) {
        uint32_t *reporter = pool_at(pool, group->reporter_block);
        reporter[group->reporters_kept++] = (uint32_t)single->reporter;
    }
}

static void start_group(struct cluster_pool *pool, struct group *group, const struct single *single)
{
    *group = (struct group){.kind = BODY_GROUP,
                            .flags = (uint8_t)(single->flags & ~BODY_WITHDRAWN),
                            .active_day = single->active_day,
                            .members = 1,
                            .withdrawn = (single->flags & BODY_WITHDRAWN) != 0,
                            .reporters = 1,
                            .place_tag = tag_of(single->spot),
                            .founder = single->sequence,
                            .first_ms = single->time_ms,
                            .last_ms = single->time_ms,
                            .reporter_ms = single->time_ms};
    if (single->division)
        group->division = (struct tally){{single->division}, {1}};
    if (single->has_topic)
        group->topic = (struct tally){{single->topic}, {1}};
    if (single->spot)
        group->spot[0] = (struct spot_count){single->spot, 1, 1};
    if (single->near_copy)
        group->copy[group->copies++] = (struct copy_seen){single->near_copy, (uint32_t)single->spot};
    centroid_start(pool, group, single);
    start_members(pool, group, single);
    group->title_block = body_keep_string(pool, single_title(single), &group->title_size);
    group->name_block = body_keep_string(pool, single_name(single), &group->name_size);
    group->keyword_block = pool_take(pool, GROUP_KEYWORDS * sizeof(struct keyword));
}

uint32_t body_promote(struct cluster_pool *pool, uint32_t block)
{
    uint32_t made = pool_take(pool, sizeof(struct group));
    const struct single *single = pool_at(pool, block);
    start_group(pool, pool_at(pool, made), single);
    pool_give(pool, block, single_bytes(single));
    return made;
}

/* ---- folding ---- */

static uint32_t fold_single(struct cluster_pool *pool, uint32_t block)
{
    struct single *single = pool_at(pool, block);
    size_t before = single_bytes(single);
    size_t strings = before - strings_offset(single);
    struct single head;
    memcpy(&head, single, offsetof(struct single, term));
    head.flags |= BODY_FOLDED;
    head.term_count = 0;
    head.posted = 0;
    uint32_t made = pool_take(pool, single_bytes(&head));
    struct single *folded = pool_at(pool, made);
    memcpy(folded, &head, offsetof(struct single, term));
    memcpy(folded->term, (char *)single + strings_offset(single), strings);
    pool_give(pool, block, before);
    return made;
}

uint32_t body_fold(struct cluster_pool *pool, uint32_t block)
{
    struct group *group = pool_at(pool, block);
    if (group->kind == BODY_SINGLE)
        return fold_single(pool, block);
    centroid_free(pool, group);
    pool_give(pool, group->reporter_block, group->reporters_room * sizeof(uint32_t));
    group->reporter_block = 0;
    group->reporters_room = group->reporters_kept = 0;
    group->flags |= BODY_FOLDED;
    return block;
}

/* ---- looking ---- */

uint32_t group_kept(const struct group *group)
{
    return group->members < FIRST_KEPT + LAST_KEPT ? group->members : FIRST_KEPT + LAST_KEPT;
}

uint32_t group_member_room(uint32_t room)
{
    return room * 2 < FIRST_KEPT + LAST_KEPT ? room * 2 : FIRST_KEPT + LAST_KEPT;
}

struct kept_member *group_kept_member(const struct cluster_pool *pool, const struct group *group, uint32_t at)
{
    struct kept_member *member = pool_at(pool, group->member_block);
    if (at < FIRST_KEPT || group->members <= FIRST_KEPT + LAST_KEPT)
        return &member[at];
    uint32_t oldest = (group->members - FIRST_KEPT) % LAST_KEPT;
    return &member[FIRST_KEPT + (oldest + at - FIRST_KEPT) % LAST_KEPT];
}

uint64_t tally_best(const struct tally *tally)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < TALLY; i++)
        if (tally->count[i] > tally->count[best])
            best = i;
    return tally->value[best];
}

uint32_t group_topic(const struct group *group)
{
    for (size_t i = 0; i < TALLY; i++)
        if (group->topic.count[i])
            return (uint32_t)tally_best(&group->topic);
    return UINT32_MAX;
}

const struct spot_count *group_spot(const struct group *group)
{
    const struct spot_count *best = NULL;
    for (uint32_t i = 0; i < GROUP_SPOTS; i++)
        if (group->spot[i].main && (!best || group->spot[i].main > best->main))
            best = &group->spot[i];
    return best;
}
