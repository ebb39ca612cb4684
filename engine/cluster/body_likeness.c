#include "cluster/body_likeness.h"

#include "base/fixed_log.h"
#include "base/utf8.h"

#include <string.h>

enum { NAME_PAIRS = 32, SIDE_SPOTS = GROUP_SPOTS };

/* One of the two, in either form. */
struct side {
    uint32_t members;
    uint64_t division;
    uint32_t topic;
    uint32_t spots;
    struct spot_count spot[SIDE_SPOTS];
    weisu_str name;
    uint32_t terms;
    uint32_t tag[GROUP_TERMS];
    uint32_t weight[GROUP_TERMS];
};

static void read_single(const struct single *single, struct side *out)
{
    out->members = 1;
    out->division = single->division;
    out->topic = single->has_topic ? single->topic : UINT32_MAX;
    out->spots = single->spot != 0;
    out->spot[0] = (struct spot_count){single->spot, 1, 1};
    out->name = single_name(single);
}

static void read_single_terms(const struct single *single, struct side *out)
{
    out->terms = single->term_count;
    for (uint32_t i = 0; i < single->term_count; i++) {
        out->tag[i] = single_term_tag(single->term[i]);
        out->weight[i] = single_term_weight(single->term[i]) << 7;
    }
}

static void read_group(const struct cluster_pool *pool, const struct group *group, struct side *out)
{
    out->members = group->members;
    out->division = tally_best(&group->division);
    out->topic = group_topic(group);
    out->spots = 0;
    for (uint32_t i = 0; i < GROUP_SPOTS; i++)
        if (group->spot[i].any)
            out->spot[out->spots++] = group->spot[i];
    out->name =
        group->name_block ? (weisu_str){pool_at(pool, group->name_block), group->name_size} : (weisu_str){NULL, 0};
}

static void read_group_terms(const struct cluster_pool *pool, const struct group *group, struct side *out)
{
    out->terms = group->term_count;
    for (uint32_t i = 0; i < group->term_count; i++) {
        out->tag[i] = group_tags(pool, group)[i] & TAG_MASK;
        out->weight[i] = group_weights(pool, group)[i];
    }
}

static void read_side(const struct cluster_pool *pool, uint32_t block, struct side *out)
{
    const void *body = pool_at(pool, block);
    if (body_is_single(pool, block))
        read_single(body, out);
    else
        read_group(pool, body, out);
}

static void read_terms(const struct cluster_pool *pool, uint32_t block, struct side *out)
{
    const void *body = pool_at(pool, block);
    if (body_is_single(pool, block))
        read_single_terms(body, out);
    else
        read_group_terms(pool, body, out);
}

/* ---- places ---- */

/* A place that half of the members name agrees fully. */
static uint32_t share_q8(const struct spot_count *spot, uint32_t members)
{
    uint64_t share = (uint64_t)spot->any * 512 / members;
    return (uint32_t)(share < 256 ? share : 256);
}

static uint32_t spots_agreement_q8(const struct side *a, const struct side *b)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < a->spots; i++) {
        for (uint32_t j = 0; j < b->spots; j++) {
            if (a->spot[i].key != b->spot[j].key)
                continue;
            uint32_t x = share_q8(&a->spot[i], a->members);
            uint32_t y = share_q8(&b->spot[j], b->members);
            sum += x < y ? x : y;
        }
    }
    return sum < 256 ? sum : 256;
}

/* Neighbouring characters of a name, as pairs. */
static uint32_t name_pairs(weisu_str name, uint64_t out[NAME_PAIRS])
{
    uint32_t count = 0;
    uint32_t before = 0;
    for (size_t at = 0; at < name.size && count < NAME_PAIRS;) {
        uint32_t c;
        at += utf8_read((const unsigned char *)name.data + at, name.size - at, &c);
        if (before)
            out[count++] = (uint64_t)before << 32 | c;
        before = c;
    }
    return count;
}

/* Share of common pairs (Dice 1945), for a name that is misspelt or shortened; less than half is chance. */
static uint32_t names_agreement_q8(weisu_str a, weisu_str b)
{
    uint64_t x[NAME_PAIRS];
    uint64_t y[NAME_PAIRS];
    uint32_t in_x = name_pairs(a, x);
    uint32_t in_y = name_pairs(b, y);
    uint32_t common = 0;
    for (uint32_t i = 0; i < in_x; i++) {
        uint32_t j = 0;
        while (j < in_y && y[j] != x[i])
            j++;
        if (j == in_y)
            continue;
        common++;
        y[j] = 0;
    }
    uint32_t dice_q8 = common ? 512 * common / (in_x + in_y) : 0;
    return dice_q8 >= 128 ? dice_q8 : 0;
}

static int is_elsewhere(uint64_t a, uint64_t b)
{
    uint64_t x = division_district(a);
    uint64_t y = division_district(b);
    return x && y && x != y;
}

/* ---- words ---- */

static uint64_t length_of(const struct side *side)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < side->terms; i++)
        sum += (uint64_t)side->weight[i] * side->weight[i];
    return fixed_sqrt(sum);
}

static uint32_t cosine_q16(const struct side *a, const struct side *b)
{
    uint64_t dot = 0;
    for (uint32_t i = 0; i < a->terms; i++)
        for (uint32_t j = 0; j < b->terms; j++)
            if (a->tag[i] == b->tag[j])
                dot += (uint64_t)a->weight[i] * b->weight[j];
    uint64_t lengths = length_of(a) * length_of(b);
    return lengths ? (uint32_t)(((unsigned __int128)dot << 16) / lengths) : 0;
}

int body_likeness(const struct cluster_pool *pool, uint32_t older, uint32_t younger, struct cluster_likeness *out)
{
    struct side a;
    struct side b;
    read_side(pool, older, &a);
    read_side(pool, younger, &b);
    uint32_t spots = spots_agreement_q8(&a, &b);
    uint32_t names = spots < LIKE_AGREEMENT_MIN_Q8 ? names_agreement_q8(a.name, b.name) : 0;
    *out = (struct cluster_likeness){.agreement_q8 = spots > names ? spots : names};
    if (out->agreement_q8 < LIKE_AGREEMENT_MIN_Q8 || is_elsewhere(a.division, b.division))
        return 0;
    read_terms(pool, older, &a);
    read_terms(pool, younger, &b);
    out->cosine_q16 = cosine_q16(&a, &b);
    int64_t score = out->cosine_q16;
    if (a.topic != UINT32_MAX && b.topic != UINT32_MAX) {
        out->topic = a.topic == b.topic ? LIKE_ONE_TOPIC : LIKE_OTHER_TOPIC;
        score += out->topic == LIKE_ONE_TOPIC ? ((int64_t)LIKE_TOPIC_Q16 * out->agreement_q8) >> 8 : -LIKE_OTHER_Q16;
    } else {
        score += ((int64_t)LIKE_PLACE_Q16 * out->agreement_q8) >> 8;
    }
    out->score_q16 = (int32_t)(score > 0 ? score : 0);
    return 1;
}
