/* The fields of an index. Internal to cluster/. */
#ifndef CLUSTER_INDEX_FIELDS_H
#define CLUSTER_INDEX_FIELDS_H

#include "cluster/cluster_index.h"
#include "cluster/cluster_model.h"
#include "cluster/cluster_pool.h"
#include "cluster/cluster_posting.h"
#include "cluster/cluster_search.h"
#include "cluster/cluster_union.h"

struct slot_list {
    uint32_t *slot;
    size_t count;
    size_t capacity;
};

/* Pairs of clusters between which records stood: older slot above, younger below. May repeat. */
struct near_list {
    uint64_t *pair;
    size_t count;
    size_t capacity;
};

struct merge_proposal {
    uint32_t older; /* slots; 0 and 0: none */
    uint32_t younger;
    uint64_t sequence;
    int64_t time_ms;
    struct cluster_likeness why;
};

struct cluster_scratch {
    const weisu_allocator *allocator;
    struct cluster_search search;
};

struct cluster_index {
    struct cluster_config config;
    const struct lexicon *lexicon;
    const weisu_allocator *allocator;
    struct cluster_model model;
    struct cluster_pool pool;
    struct posting_table postings;
    struct posting_table places; /* clusters by the place of their founder, for the second pass; BODY_PLACED */
    struct posting_table batch;  /* the same for the clusters that this batch changed */
    uint32_t *body;              /* block of each slot */
    size_t slots;
    size_t loaded_slots; /* that the state which was loaded says it had */
    size_t slot_capacity;
    struct slot_list changed; /* BODY_CHANGED */
    struct slot_list unsaved; /* BODY_UNSAVED */
    struct slot_list crowded; /* tags that more than LIST_TRIMMED clusters have; may repeat */
    struct slot_list *day;    /* [days] ring: slots whose last day as a candidate came to be this one; may be stale */
    uint32_t days;            /* power of two, above the days that any cluster stays a candidate */
    uint32_t folded_day;      /* clusters whose last day was this one or before are folded */
    uint32_t fold_cursor;     /* no foldable cluster of one stands before this slot */
    struct cluster_unions unions;
    struct near_list near;
    struct slot_list touched;        /* clusters that records opened or joined since the last pass; may repeat */
    struct merge_proposal *proposal; /* ring [PROPOSALS_KEPT], allocated with the first */
    uint64_t proposals;              /* ever made */
    uint64_t saved_proposals;        /* of them, those that are in a checkpoint */
    struct cluster_turn *turn;
    size_t turns;
    size_t turns_taken;
    size_t turn_capacity;
    int64_t reviewed_hour;
    int64_t clock_ms;
    uint64_t active;
    uint64_t published_active;
    uint64_t records;
    uint64_t capped;
    uint64_t homeless;
    struct cluster_scratch *scratch; /* of commit */
};

/* Room for one more in the list. 0 or -1. */
int slot_list_reserve(const weisu_allocator *allocator, struct slot_list *list, size_t more);
void slot_list_dispose(const weisu_allocator *allocator, struct slot_list *list);

static inline void slot_list_push(struct slot_list *list, uint32_t slot)
{
    list->slot[list->count++] = slot;
}

static inline struct cluster_space index_space(const struct cluster_index *index)
{
    return (struct cluster_space){&index->pool, index->body, index->config.candidate_days, index->config.candidate_cap};
}

static inline struct slot_list *index_day(const struct cluster_index *index, uint32_t day)
{
    return &index->day[day & (index->days - 1)];
}

static inline uint32_t index_last_day(const struct cluster_index *index, uint32_t slot)
{
    return body_last_day(&index->pool, index->body[slot], index->config.candidate_days);
}

static inline struct union_bodies index_bodies(const struct cluster_index *index)
{
    return (struct union_bodies){&index->pool, index->body};
}

/* The whole's node, UNION_NONE for a slot that is in no merge. */
static inline uint32_t index_union(const struct cluster_index *index, uint32_t slot)
{
    if (!(*body_flags(&index->pool, index->body[slot]) & BODY_UNITED))
        return UNION_NONE;
    return unions_root(&index->unions, unions_find(&index->unions, slot));
}

/* A record of `slot` might as well belong to `other`. Room was reserved. */
void index_note_near(struct cluster_index *index, uint32_t slot, uint32_t other);
/* The cluster has a record more. Room was reserved. */
void index_note_touched(struct cluster_index *index, uint32_t slot);
int index_reserve_near(struct cluster_index *index);

/* Finds and scores the candidates of the query in the whole index. */
void index_search(const struct cluster_index *index, struct cluster_search *search, const struct cluster_query *query,
                  struct cluster_ranking *out);
/* The slot changed: it goes to the lists of what this batch and what the next save must look at. Room was reserved. */
void index_mark(struct cluster_index *index, uint32_t slot);
/* Tags by which the cluster is found; at most GROUP_POSTED_MAX. */
uint32_t body_posted(const struct cluster_pool *pool, uint32_t block, uint32_t out[GROUP_POSTED_MAX]);
/* The same, where how the cluster is found and scored in this batch stays. */
void index_mark_unsaved(struct cluster_index *index, uint32_t slot);
/* The cluster is no more found by its place. */
void index_unplace(struct cluster_index *index, uint32_t slot);
/* Tag of the place by which it is, with BODY_PLACED. */
uint32_t body_place_tag(const struct cluster_pool *pool, uint32_t block);
/* The cluster is no more found by the tag. */
void body_unpost(const struct cluster_pool *pool, uint32_t block, uint32_t tag);

#endif
