/* What is kept of a cluster. Internal to cluster/.
 *
 * A cluster of one is a `single`: one block of the pool, about 190 bytes with its strings. With its second member it
 * becomes a `group`: a head and blocks that grow (terms, members, reporters, strings). Both begin with `kind`.
 * Functions that take memory take at most BODY_RESERVE bytes, which the caller reserved, so none of them fails. One
 * writer; readers while nobody writes. */
#ifndef CLUSTER_CLUSTER_BODY_H
#define CLUSTER_CLUSTER_BODY_H

#include "cluster/cluster_index.h"
#include "cluster/cluster_pool.h"

enum body_kind { BODY_SINGLE = 1, BODY_GROUP };

enum {
    BODY_RESERVE = 32768, /* bytes that one founding or joining may take from the pool */
    SINGLE_TITLE_BYTES = 60,
    GROUP_TITLE_BYTES = 240, /* of a saved title */
    NAME_BYTES = 96,         /* of a spot; longer ones are cut at a character */
    FIRST_KEPT = 20,
    LAST_KEPT = 80,
    GROUP_SPOTS = 8,
    GROUP_COPIES = 4,
    GROUP_KEYWORDS = 8,
    KEYWORD_BYTES = 27,
    TALLY = 4,
    REPORTERS_KEPT = 256
};

#define DAY_MS INT64_C(86400000)

/* 8-bit weight of a term above its tag. */
static inline uint32_t single_term_tag(uint32_t term)
{
    return term & TAG_MASK;
}

static inline uint32_t single_term_weight(uint32_t term)
{
    return term >> TAG_BITS;
}

/* Bits of `flags`, which stand at the same place in both kinds. */
enum body_flag {
    BODY_FOLDED = 1,                                       /* no candidate any more */
    BODY_CHANGED = 2,                                      /* in this batch */
    BODY_UNSAVED = 4,                                      /* changed since the last save */
    BODY_WITHDRAWN = 8,                                    /* of a single: its only member is; a group counts */
    BODY_UNITED = 16,                                      /* has a node in the forest of merges; follows from it */
    BODY_PLACED = 32,                                      /* found by the place of its founder */
    BODY_KEPT = BODY_FOLDED | BODY_WITHDRAWN | BODY_PLACED /* what a checkpoint has of them */
};

struct single {
    uint8_t kind;
    uint8_t flags;
    uint8_t term_count;
    uint8_t id_size;
    uint8_t title_size;
    uint8_t name_size; /* of the spot; 0 where the title holds it */
    uint8_t name_at;   /* where the title holds it, UINT8_MAX: it does not */
    uint8_t has_topic;
    uint16_t posted;     /* bit i: found by term i */
    uint16_t active_day; /* of the clock when its last member came */
    uint16_t topic;
    uint16_t length; /* of its kept terms' weights */
    uint64_t sequence;
    int64_t time_ms;
    uint64_t reporter;
    uint64_t spot;
    uint64_t division;
    uint32_t near_copy;
    uint32_t term[]; /* strongest first; then id, title, name of the spot */
};

struct kept_member {
    uint64_t sequence;
    int64_t time_ms;
    uint64_t reporter;
    uint32_t id; /* block */
    uint32_t id_size;
};

struct spot_count {
    uint64_t key;
    uint32_t main; /* members whose main spot it is */
    uint32_t any;  /* members that name it */
};

/* The most common of a stream of values, by few counters (Misra and Gries 1982). */
struct tally {
    uint64_t value[TALLY];
    uint32_t count[TALLY];
};

struct keyword {
    uint32_t tag;
    uint8_t size;
    char text[KEYWORD_BYTES];
};

struct copy_seen {
    uint32_t near_copy;
    uint32_t spot; /* low half of its main spot's key */
};

struct group {
    uint8_t kind;
    uint8_t flags;
    uint8_t posted_count;
    uint8_t keyword_count;
    uint16_t active_day;
    uint16_t term_count;
    uint16_t term_room;
    uint16_t copies; /* ever seen; the last GROUP_COPIES are kept */
    uint32_t length; /* of the centroid, × 32,768 */
    uint32_t members;
    uint32_t withdrawn; /* of them */
    uint32_t reporters;
    uint32_t reporters_kept; /* ring once full */
    uint32_t reporters_room;
    uint32_t member_room;
    uint32_t place_tag; /* with BODY_PLACED */
    uint64_t founder;
    int64_t first_ms;
    int64_t last_ms;
    int64_t reporter_ms; /* when the last new reporter came */
    struct tally division;
    struct tally topic;
    struct spot_count spot[GROUP_SPOTS];
    struct copy_seen copy[GROUP_COPIES];
    uint32_t term_block; /* tags [term_room], then 16-bit weights */
    uint32_t member_block;
    uint32_t reporter_block; /* 32-bit hashes */
    uint32_t keyword_block;
    uint32_t title_block;
    uint32_t name_block;
    uint16_t title_size;
    uint16_t name_size;
};

#define TAG_POSTED (UINT32_C(1) << 31) /* in a group's tag: it is found by this term */

static inline uint16_t body_day(int64_t clock_ms)
{
    int64_t day = clock_ms / DAY_MS;
    return day < 0 ? 0 : day > UINT16_MAX ? UINT16_MAX : (uint16_t)day;
}

static inline uint32_t *group_tags(const struct cluster_pool *pool, const struct group *group)
{
    return pool_at(pool, group->term_block);
}

static inline uint16_t *group_weights(const struct cluster_pool *pool, const struct group *group)
{
    return (uint16_t *)(void *)(group_tags(pool, group) + group->term_room);
}

static inline uint8_t *body_flags(const struct cluster_pool *pool, uint32_t block)
{
    return (uint8_t *)pool_at(pool, block) + 1;
}

static inline int body_is_single(const struct cluster_pool *pool, uint32_t block)
{
    return *(const uint8_t *)pool_at(pool, block) == BODY_SINGLE;
}

static inline uint32_t body_active_day(const struct cluster_pool *pool, uint32_t block)
{
    const void *body = pool_at(pool, block);
    return body_is_single(pool, block) ? ((const struct single *)body)->active_day
                                       : ((const struct group *)body)->active_day;
}

/* Last day of the clock on which the cluster is a candidate if nothing more comes. */
static inline uint32_t body_last_day(const struct cluster_pool *pool, uint32_t block, uint32_t candidate_days)
{
    return body_active_day(pool, block) +
           (body_is_single(pool, block) ? candidate_days : candidate_days * GROUP_PATIENCE);
}

size_t single_bytes(const struct single *single);
weisu_str single_id(const struct single *single);
weisu_str single_title(const struct single *single);
weisu_str single_name(const struct single *single);

/* At most `bytes` of the string, cut before a character rather than in it. */
weisu_str body_cut(weisu_str string, size_t bytes);
/* A copy of the string; 0 for an empty one. */
uint32_t body_keep_string(struct cluster_pool *pool, weisu_str string, uint16_t *size);

/* A cluster of this one record. */
uint32_t body_found(struct cluster_pool *pool, const struct cluster_case *founder, const struct cluster_query *query);
/* The single becomes a group of one; returns the group's block, the old block is given back. */
uint32_t body_promote(struct cluster_pool *pool, uint32_t block);

struct body_join {
    uint32_t members;
    uint32_t reporters;
    uint32_t new_reporter;
    int64_t since_reporter_ms;
    struct cluster_member link; /* earlier member that it repeats most likely; id not set */
};

/* The record joins the group. */
void body_join(struct cluster_pool *pool, struct group *group, const struct cluster_case *new_case,
               const struct cluster_query *query, struct body_join *out);
/* Gives back what only candidates need; returns the block that stays. */
uint32_t body_fold(struct cluster_pool *pool, uint32_t block);
uint32_t group_kept(const struct group *group);
/* The room for members that follows `room`. */
uint32_t group_member_room(uint32_t room);
/* Kept member `at`, ascending sequence. */
struct kept_member *group_kept_member(const struct cluster_pool *pool, const struct group *group, uint32_t at);
uint64_t tally_best(const struct tally *tally);
/* Of most members, taxonomy index or UINT32_MAX. */
uint32_t group_topic(const struct group *group);
/* The main spot of most members, NULL for none. */
const struct spot_count *group_spot(const struct group *group);

#endif
