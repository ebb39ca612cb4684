#include "cluster/body_rows.h"

#include "cluster/body_terms.h"

#include <stddef.h>
#include <string.h>

enum { CODE_BYTES = 16, ID_BYTES = 128 };

/* ---- topics ---- */

static void write_topic(struct byte_buffer *out, const struct lexicon *lexicon, uint32_t topic)
{
    weisu_str code = {NULL, 0};
    if (topic < taxonomy_topic_count(lexicon))
        code = taxonomy_topic(lexicon, topic).code;
    row_write_str(out, code);
}

/* UINT32_MAX for none, and for one that the image does not know. */
static uint32_t read_topic(struct row_source *in, const struct lexicon *lexicon)
{
    weisu_str code = row_read_str(in, CODE_BYTES);
    uint32_t topic = code.size ? taxonomy_find(lexicon, code) : UINT32_MAX;
    in->homeless += code.size && topic == UINT32_MAX;
    return topic;
}

/* ---- a cluster of one ---- */

static void write_single(struct byte_buffer *out, const struct single *single, const struct lexicon *lexicon)
{
    row_write(out, single->term_count, 1);
    row_write(out, single->posted, 2);
    row_write(out, single->name_at, 1);
    row_write(out, single->name_size, 1);
    row_write(out, single->active_day, 2);
    row_write(out, single->length, 2);
    row_write(out, single->sequence, 8);
    row_write(out, (uint64_t)single->time_ms, 8);
    row_write(out, single->reporter, 8);
    row_write(out, single->spot, 8);
    row_write(out, single->division, 8);
    row_write(out, single->near_copy, 4);
    write_topic(out, lexicon, single->has_topic ? single->topic : UINT32_MAX);
    for (uint32_t i = 0; i < single->term_count; i++)
        row_write(out, single->term[i], 4);
    row_write_str(out, single_id(single));
    row_write_str(out, single_title(single));
    row_write_str(out, single_name(single));
}

struct single_strings {
    uint32_t term[SINGLE_TERMS];
    weisu_str id;
    weisu_str title;
    weisu_str name;
};

static void read_single_head(struct row_source *in, const struct lexicon *lexicon, struct single *head)
{
    head->term_count = (uint8_t)row_read(in, 1);
    head->posted = (uint16_t)row_read(in, 2);
    head->name_at = (uint8_t)row_read(in, 1);
    head->name_size = (uint8_t)row_read(in, 1);
    head->active_day = (uint16_t)row_read(in, 2);
    head->length = (uint16_t)row_read(in, 2);
    head->sequence = row_read(in, 8);
    head->time_ms = (int64_t)row_read(in, 8);
    head->reporter = row_read(in, 8);
    head->spot = row_read(in, 8);
    head->division = row_read(in, 8);
    head->near_copy = (uint32_t)row_read(in, 4);
    uint32_t topic = read_topic(in, lexicon);
    head->has_topic = topic != UINT32_MAX;
    head->topic = (uint16_t)topic;
}

static int is_sound(const struct single *head, const struct single_strings *strings)
{
    int is_in_title = head->name_at != UINT8_MAX;
    return strings->id.size && strings->name.size == head->name_size && !((uint32_t)head->posted >> head->term_count) &&
           (!is_in_title || (size_t)head->name_at + head->name_size <= strings->title.size);
}

static uint32_t read_single(struct row_source *in, struct cluster_pool *pool, const struct lexicon *lexicon,
                            uint8_t flags)
{
    struct single head = {.kind = BODY_SINGLE, .flags = flags};
    struct single_strings strings;
    read_single_head(in, lexicon, &head);
    if (head.term_count > SINGLE_TERMS)
        return 0;
    for (uint32_t i = 0; i < head.term_count; i++)
        strings.term[i] = (uint32_t)row_read(in, 4);
    strings.id = row_read_str(in, ID_BYTES);
    strings.title = row_read_str(in, SINGLE_TITLE_BYTES);
    strings.name = row_read_str(in, NAME_BYTES);
    if (in->failed || !is_sound(&head, &strings))
        return 0;
    head.id_size = (uint8_t)strings.id.size;
    head.title_size = (uint8_t)strings.title.size;
    uint32_t block = pool_take(pool, single_bytes(&head));
    struct single *single = pool_at(pool, block);
    memcpy(single, &head, offsetof(struct single, term));
    memcpy(single->term, strings.term, head.term_count * sizeof single->term[0]);
    char *text = (char *)(single->term + head.term_count);
    memcpy(text, strings.id.data, strings.id.size);
    memcpy(text + head.id_size, strings.title.data, strings.title.size);
    if (head.name_at == UINT8_MAX && head.name_size)
        memcpy(text + head.id_size + head.title_size, strings.name.data, strings.name.size);
    return block;
}

/* ---- a group ---- */

static void write_group_head(struct byte_buffer *out, const struct group *group, const struct lexicon *lexicon)
{
    row_write(out, group->active_day, 2);
    row_write(out, group->copies, 2);
    row_write(out, group->members, 4);
    row_write(out, group->withdrawn, 4);
    row_write(out, group->reporters, 4);
    row_write(out, group->place_tag, 4);
    row_write(out, group->founder, 8);
    row_write(out, (uint64_t)group->first_ms, 8);
    row_write(out, (uint64_t)group->last_ms, 8);
    row_write(out, (uint64_t)group->reporter_ms, 8);
    for (size_t i = 0; i < TALLY; i++) {
        row_write(out, group->division.value[i], 8);
        row_write(out, group->division.count[i], 4);
        write_topic(out, lexicon, group->topic.count[i] ? (uint32_t)group->topic.value[i] : UINT32_MAX);
        row_write(out, group->topic.count[i], 4);
    }
    for (size_t i = 0; i < GROUP_SPOTS; i++) {
        row_write(out, group->spot[i].key, 8);
        row_write(out, group->spot[i].main, 4);
        row_write(out, group->spot[i].any, 4);
    }
    for (size_t i = 0; i < GROUP_COPIES; i++) {
        row_write(out, group->copy[i].near_copy, 4);
        row_write(out, group->copy[i].spot, 4);
    }
}

static void read_group_head(struct row_source *in, struct group *group, const struct lexicon *lexicon)
{
    group->active_day = (uint16_t)row_read(in, 2);
    group->copies = (uint16_t)row_read(in, 2);
    group->members = (uint32_t)row_read(in, 4);
    group->withdrawn = (uint32_t)row_read(in, 4);
    group->reporters = (uint32_t)row_read(in, 4);
    group->place_tag = (uint32_t)row_read(in, 4);
    group->founder = row_read(in, 8);
    group->first_ms = (int64_t)row_read(in, 8);
    group->last_ms = (int64_t)row_read(in, 8);
    group->reporter_ms = (int64_t)row_read(in, 8);
    for (size_t i = 0; i < TALLY; i++) {
        group->division.value[i] = row_read(in, 8);
        group->division.count[i] = (uint32_t)row_read(in, 4);
        uint32_t topic = read_topic(in, lexicon);
        uint32_t count = (uint32_t)row_read(in, 4);
        group->topic.value[i] = topic == UINT32_MAX ? 0 : topic;
        group->topic.count[i] = topic == UINT32_MAX ? 0 : count;
    }
    for (size_t i = 0; i < GROUP_SPOTS; i++) {
        group->spot[i].key = row_read(in, 8);
        group->spot[i].main = (uint32_t)row_read(in, 4);
        group->spot[i].any = (uint32_t)row_read(in, 4);
    }
    for (size_t i = 0; i < GROUP_COPIES; i++) {
        group->copy[i].near_copy = (uint32_t)row_read(in, 4);
        group->copy[i].spot = (uint32_t)row_read(in, 4);
    }
}

static weisu_str string_at(const struct cluster_pool *pool, uint32_t block, size_t size)
{
    return block ? (weisu_str){pool_at(pool, block), size} : (weisu_str){NULL, 0};
}

static void write_group(struct byte_buffer *out, const struct cluster_pool *pool, const struct group *group,
                        const struct lexicon *lexicon)
{
    write_group_head(out, group, lexicon);
    row_write(out, group->term_count, 1);
    for (uint32_t i = 0; i < group->term_count; i++) {
        row_write(out, group_tags(pool, group)[i], 4);
        row_write(out, group_weights(pool, group)[i], 2);
    }
    row_write(out, group->reporters_kept, 2);
    if (group->reporters_kept) {
        const uint32_t *reporter = pool_at(pool, group->reporter_block);
        for (uint32_t i = 0; i < group->reporters_kept; i++)
            row_write(out, reporter[i], 4);
    }
    for (uint32_t i = 0; i < group_kept(group); i++) {
        const struct kept_member *member = group_kept_member(pool, group, i);
        row_write(out, member->sequence, 8);
        row_write(out, (uint64_t)member->time_ms, 8);
        row_write(out, member->reporter, 8);
        row_write_str(out, string_at(pool, member->id, member->id_size));
    }
    const struct keyword *keyword = pool_at(pool, group->keyword_block);
    row_write(out, group->keyword_count, 1);
    for (uint32_t i = 0; i < group->keyword_count; i++) {
        row_write(out, keyword[i].tag, 4);
        row_write_str(out, (weisu_str){keyword[i].text, keyword[i].size});
    }
    row_write_str(out, string_at(pool, group->title_block, group->title_size));
    row_write_str(out, string_at(pool, group->name_block, group->name_size));
}

static void read_terms(struct row_source *in, struct cluster_pool *pool, struct group *group)
{
    uint32_t count = (uint32_t)row_read(in, 1);
    if (count > GROUP_TERMS) {
        in->failed = 1;
        return;
    }
    centroid_room(pool, group, count);
    group->term_count = (uint16_t)count;
    for (uint32_t i = 0; i < count; i++) {
        group_tags(pool, group)[i] = (uint32_t)row_read(in, 4);
        group_weights(pool, group)[i] = (uint16_t)row_read(in, 2);
        group->posted_count = (uint8_t)(group->posted_count + (group_tags(pool, group)[i] & TAG_POSTED ? 1 : 0));
    }
    centroid_measure(pool, group);
}

static void read_reporters(struct row_source *in, struct cluster_pool *pool, struct group *group)
{
    uint32_t count = (uint32_t)row_read(in, 2);
    if (count > REPORTERS_KEPT) {
        in->failed = 1;
        return;
    }
    if (group->flags & BODY_FOLDED)
        return;
    group->reporters_room = 4;
    while (group->reporters_room < count)
        group->reporters_room *= 2;
    group->reporter_block = pool_take(pool, group->reporters_room * sizeof(uint32_t));
    group->reporters_kept = count;
    uint32_t *reporter = pool_at(pool, group->reporter_block);
    for (uint32_t i = 0; i < count; i++)
        reporter[i] = (uint32_t)row_read(in, 4);
}

static uint32_t keep_read(struct row_source *in, struct cluster_pool *pool, size_t most, uint16_t *size)
{
    return body_keep_string(pool, row_read_str(in, most), size);
}

static void read_members(struct row_source *in, struct cluster_pool *pool, struct group *group)
{
    uint32_t kept = group_kept(group);
    group->member_room = 2;
    while (group->member_room < kept)
        group->member_room = group_member_room(group->member_room);
    group->member_block = pool_take(pool, group->member_room * sizeof(struct kept_member));
    memset(pool_at(pool, group->member_block), 0, group->member_room * sizeof(struct kept_member));
    for (uint32_t i = 0; i < kept; i++) {
        struct kept_member *member = group_kept_member(pool, group, i);
        uint16_t size;
        member->sequence = row_read(in, 8);
        member->time_ms = (int64_t)row_read(in, 8);
        member->reporter = row_read(in, 8);
        member->id = keep_read(in, pool, ID_BYTES, &size);
        member->id_size = size;
        in->failed |= size == 0;
    }
}

static void read_keywords(struct row_source *in, struct cluster_pool *pool, struct group *group)
{
    group->keyword_block = pool_take(pool, GROUP_KEYWORDS * sizeof(struct keyword));
    struct keyword *keyword = pool_at(pool, group->keyword_block);
    uint32_t count = (uint32_t)row_read(in, 1);
    if (count > GROUP_KEYWORDS) {
        in->failed = 1;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        keyword[i].tag = (uint32_t)row_read(in, 4);
        weisu_str text = row_read_str(in, KEYWORD_BYTES);
        keyword[i].size = (uint8_t)text.size;
        if (text.size)
            memcpy(keyword[i].text, text.data, text.size);
    }
    group->keyword_count = (uint8_t)count;
}

static uint32_t read_group(struct row_source *in, struct cluster_pool *pool, const struct lexicon *lexicon,
                           uint8_t flags)
{
    uint32_t block = pool_take(pool, sizeof(struct group));
    struct group *group = pool_at(pool, block);
    *group = (struct group){.kind = BODY_GROUP, .flags = flags};
    read_group_head(in, group, lexicon);
    in->failed |= group->members < 2;
    if (!in->failed) {
        read_terms(in, pool, group);
        read_reporters(in, pool, group);
        read_members(in, pool, group);
        read_keywords(in, pool, group);
        group->title_block = keep_read(in, pool, GROUP_TITLE_BYTES, &group->title_size);
        group->name_block = keep_read(in, pool, NAME_BYTES, &group->name_size);
    }
    return in->failed ? 0 : block;
}

/* ---- either ---- */

void body_write(struct byte_buffer *out, const struct cluster_pool *pool, uint32_t block, const struct lexicon *lexicon)
{
    const void *body = pool_at(pool, block);
    row_write(out, (uint64_t)(body_is_single(pool, block) ? BODY_SINGLE : BODY_GROUP), 1);
    row_write(out, *body_flags(pool, block) & BODY_KEPT, 1);
    if (body_is_single(pool, block))
        write_single(out, body, lexicon);
    else
        write_group(out, pool, body, lexicon);
}

uint32_t body_read(struct row_source *in, struct cluster_pool *pool, const struct lexicon *lexicon)
{
    uint64_t kind = row_read(in, 1);
    uint8_t flags = (uint8_t)row_read(in, 1) & BODY_KEPT;
    if (in->failed || (kind != BODY_SINGLE && kind != BODY_GROUP))
        return 0;
    uint32_t block = kind == BODY_SINGLE ? read_single(in, pool, lexicon, flags) : read_group(in, pool, lexicon, flags);
    return in->failed || in->left ? 0 : block;
}
