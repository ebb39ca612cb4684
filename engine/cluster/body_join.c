/* A record joins a group: members, reporters, places, keywords. */
#include "cluster/body_terms.h"

#include <string.h>

/* ---- members ---- */

static void keep_member(struct cluster_pool *pool, struct group *group, const struct cluster_case *new_case)
{
    uint32_t at = group->members;
    if (at >= FIRST_KEPT + LAST_KEPT)
        at = FIRST_KEPT + (at - FIRST_KEPT) % LAST_KEPT;
    if (at >= group->member_room) {
        uint32_t room = group_member_room(group->member_room);
        uint32_t block = pool_take(pool, room * sizeof(struct kept_member));
        memcpy(pool_at(pool, block), pool_at(pool, group->member_block), at * sizeof(struct kept_member));
        pool_give(pool, group->member_block, group->member_room * sizeof(struct kept_member));
        group->member_block = block;
        group->member_room = room;
    }
    struct kept_member *member = (struct kept_member *)pool_at(pool, group->member_block) + at;
    if (group->members >= FIRST_KEPT + LAST_KEPT)
        pool_give(pool, member->id, member->id_size);
    *member = (struct kept_member){new_case->sequence, new_case->time_ms, new_case->reporter,
                                   pool_take(pool, new_case->id.size), (uint32_t)new_case->id.size};
    memcpy(pool_at(pool, member->id), new_case->id.data, new_case->id.size);
}

/* The latest member, of the same reporter where one is kept. */
static struct cluster_member find_link(const struct cluster_pool *pool, const struct group *group, uint64_t reporter)
{
    uint32_t kept = group_kept(group);
    uint32_t at = kept - 1;
    for (uint32_t i = kept; reporter && i-- > 0;) {
        if (group_kept_member(pool, group, i)->reporter != reporter)
            continue;
        at = i;
        break;
    }
    const struct kept_member *member = group_kept_member(pool, group, at);
    return (struct cluster_member){
        .sequence = member->sequence, .time_ms = member->time_ms, .reporter = member->reporter};
}

/* ---- reporters ---- */

static int is_known_reporter(const struct cluster_pool *pool, const struct group *group, uint32_t hash)
{
    const uint32_t *known = pool_at(pool, group->reporter_block);
    for (uint32_t i = 0; i < group->reporters_kept; i++)
        if (known[i] == hash)
            return 1;
    return 0;
}

/* Beyond REPORTERS_KEPT the oldest is forgotten: one who comes back after 256 others counts again. */
static void keep_reporter(struct cluster_pool *pool, struct group *group, uint32_t hash)
{
    if (group->reporters_kept == group->reporters_room && group->reporters_room < REPORTERS_KEPT) {
        uint32_t room = group->reporters_room * 2;
        uint32_t block = pool_take(pool, room * sizeof(uint32_t));
        memcpy(pool_at(pool, block), pool_at(pool, group->reporter_block), group->reporters_kept * sizeof(uint32_t));
        pool_give(pool, group->reporter_block, group->reporters_room * sizeof(uint32_t));
        group->reporter_block = block;
        group->reporters_room = room;
    }
    uint32_t *known = pool_at(pool, group->reporter_block);
    if (group->reporters_kept == REPORTERS_KEPT)
        memmove(known, known + 1, (REPORTERS_KEPT - 1) * sizeof *known);
    else
        group->reporters_kept++;
    known[group->reporters_kept - 1] = hash;
}

static void count_reporter(struct cluster_pool *pool, struct group *group, const struct cluster_case *new_case,
                           struct body_join *out)
{
    uint32_t hash = (uint32_t)new_case->reporter;
    out->since_reporter_ms = new_case->time_ms > group->reporter_ms ? new_case->time_ms - group->reporter_ms : 0;
    out->new_reporter = !new_case->reporter || !is_known_reporter(pool, group, hash);
    if (!out->new_reporter)
        return;
    group->reporters++;
    if (new_case->time_ms > group->reporter_ms)
        group->reporter_ms = new_case->time_ms;
    if (new_case->reporter)
        keep_reporter(pool, group, hash);
}

/* ---- what most members say ---- */

static void tally_add(struct tally *tally, uint64_t value)
{
    uint32_t least = 0;
    for (uint32_t i = 0; i < TALLY; i++) {
        if (tally->count[i] && tally->value[i] == value) {
            tally->count[i]++;
            return;
        }
        if (tally->count[i] < tally->count[least])
            least = i;
    }
    if (tally->count[least] == 0) {
        tally->value[least] = value;
        tally->count[least] = 1;
        return;
    }
    for (uint32_t i = 0; i < TALLY; i++)
        tally->count[i]--;
}

/* The counter of the spot; a new one takes the place of the rarest. */
static struct spot_count *spot_counter(struct group *group, uint64_t key)
{
    struct spot_count *least = &group->spot[0];
    for (uint32_t i = 0; i < GROUP_SPOTS; i++) {
        if (group->spot[i].any && group->spot[i].key == key)
            return &group->spot[i];
        if (group->spot[i].any < least->any)
            least = &group->spot[i];
    }
    if (least->any > 1) {
        least->any--;
        return NULL;
    }
    *least = (struct spot_count){.key = key};
    return least;
}

static void count_spots(struct cluster_pool *pool, struct group *group, const struct cluster_query *query)
{
    const struct spot_count *before = group_spot(group);
    uint64_t name_of = before ? before->key : 0;
    for (uint32_t i = 0; i < query->spots; i++) {
        struct spot_count *counter = spot_counter(group, query->spot[i].key);
        if (!counter)
            continue;
        counter->any++;
        counter->main += query->spot[i].key == query->vector->spot;
    }
    const struct spot_count *after = group_spot(group);
    if (!after || after->key == name_of || after->key != query->vector->spot)
        return;
    pool_give(pool, group->name_block, group->name_size);
    group->name_block = body_keep_string(pool, body_cut(query->vector->spot_name, NAME_BYTES), &group->name_size);
}

static void see_copy(struct group *group, const struct cluster_vector *vector)
{
    uint32_t near_copy = (uint32_t)vector->near_copy;
    for (uint32_t i = 0; i < GROUP_COPIES && near_copy; i++)
        if (group->copy[i].near_copy == near_copy && group->copy[i].spot == (uint32_t)vector->spot)
            return;
    if (near_copy)
        group->copy[group->copies++ % GROUP_COPIES] = (struct copy_seen){near_copy, (uint32_t)vector->spot};
}

/* ---- keywords ---- */

static struct keyword *keyword_of(struct keyword *keyword, uint32_t count, uint32_t tag)
{
    for (uint32_t i = 0; i < count; i++)
        if (keyword[i].tag == tag)
            return &keyword[i];
    return NULL;
}

/* Weight of the term in the centroid, 0 where it has left. */
static uint32_t weight_of_tag(const struct cluster_pool *pool, const struct group *group, uint32_t tag)
{
    const uint32_t *tags = group_tags(pool, group);
    for (uint32_t i = 0; i < group->term_count; i++)
        if ((tags[i] & TAG_MASK) == tag)
            return group_weights(pool, group)[i];
    return 0;
}

static uint32_t lightest_of(const uint32_t *weight, uint32_t count)
{
    uint32_t lightest = 0;
    for (uint32_t i = 1; i < count; i++)
        if (weight[i] < weight[lightest])
            lightest = i;
    return lightest;
}

/* The record's strongest terms become keywords of the group where they weigh more than those it has. */
static void offer_keywords(const struct cluster_pool *pool, struct group *group, const struct cluster_query *query)
{
    struct keyword *keyword = pool_at(pool, group->keyword_block);
    uint32_t weight[GROUP_KEYWORDS];
    for (uint32_t i = 0; i < group->keyword_count; i++)
        weight[i] = weight_of_tag(pool, group, keyword[i].tag);
    for (uint32_t i = 0; i < query->probes; i++) {
        uint32_t at = query->probe[i];
        weisu_str text = query->vector->spelling[query->at[at]];
        if (text.size == 0 || text.size > KEYWORD_BYTES || keyword_of(keyword, group->keyword_count, query->tag[at]))
            continue;
        uint32_t own = weight_of_tag(pool, group, query->tag[at]);
        uint32_t to = group->keyword_count;
        if (to < GROUP_KEYWORDS)
            group->keyword_count++;
        else if (own <= weight[to = lightest_of(weight, GROUP_KEYWORDS)])
            continue;
        keyword[to] = (struct keyword){.tag = query->tag[at], .size = (uint8_t)text.size};
        memcpy(keyword[to].text, text.data, text.size);
        weight[to] = own;
    }
}

/* ---- joining ---- */

void body_join(struct cluster_pool *pool, struct group *group, const struct cluster_case *new_case,
               const struct cluster_query *query, struct body_join *out)
{
    const struct cluster_vector *vector = query->vector;
    out->link = find_link(pool, group, new_case->reporter);
    count_reporter(pool, group, new_case, out);
    keep_member(pool, group, new_case);
    centroid_add(pool, group, query);
    group->members++;
    if (vector->division)
        tally_add(&group->division, vector->division);
    if (vector->topic != UINT32_MAX)
        tally_add(&group->topic, vector->topic);
    count_spots(pool, group, query);
    see_copy(group, vector);
    offer_keywords(pool, group, query);
    group->first_ms = new_case->time_ms < group->first_ms ? new_case->time_ms : group->first_ms;
    group->last_ms = new_case->time_ms > group->last_ms ? new_case->time_ms : group->last_ms;
    group->active_day = body_day(new_case->clock_ms);
    out->members = group->members;
    out->reporters = group->reporters;
}
