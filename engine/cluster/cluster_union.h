/* Clusters that turned out to be one problem. Internal to cluster/.
 *
 * A merge makes the younger cluster a part of the older one, and nothing else: each part keeps its body, its postings
 * and its centroid (a problem told in two wordings has two), so a merge changes no score and no candidate, what was
 * proposed for a record stays as good as it was, and undoing it restores everything. What is said of the whole is added
 * up over its parts. A forest over slots: one node for each slot that is or was in a merge. Few clusters are: about 90
 * bytes each of them. One writer; readers while nobody writes. */
#ifndef CLUSTER_CLUSTER_UNION_H
#define CLUSTER_CLUSTER_UNION_H

#include "base/id_map.h"
#include "cluster/body_likeness.h"

enum { UNION_PARTS = 32, UNION_NONE = UINT32_MAX };

enum union_state {
    UNION_ALONE,    /* never was a part of another */
    UNION_MERGED,   /* is one */
    UNION_SEPARATED /* was one; never becomes one again by itself */
};

struct union_node {
    uint32_t slot;
    uint32_t parent;  /* nodes; UNION_NONE: none */
    uint32_t first;   /* part of this one */
    uint32_t next;    /* part of the same parent */
    uint32_t state;   /* enum union_state; when, why and where it last came to be so: */
    uint32_t partner; /* slot that it is, or was, a part of */
    uint64_t sequence;
    int64_t time_ms;
    uint32_t by_hand; /* an operator's: then there is no likeness */
    struct cluster_likeness why;
    /* Added up over the parts, of a node without parent. */
    uint32_t parts; /* itself among them */
    uint32_t members;
    uint32_t withdrawn;
    uint32_t reporters; /* distinct */
    int64_t first_ms;
    int64_t last_ms;
    int64_t reporter_ms;
    uint32_t unsaved;
};

struct cluster_unions {
    const weisu_allocator *allocator;
    struct union_node *node;
    size_t count;
    size_t capacity;
    struct id_map of_slot;
};

/* Bodies of all slots, as the index has them. */
struct union_bodies {
    const struct cluster_pool *pool;
    const uint32_t *body;
};

void unions_init(struct cluster_unions *unions, const weisu_allocator *allocator);
void unions_dispose(struct cluster_unions *unions);
/* Room for two nodes more. 0; -1 leaves it as it was. */
int unions_reserve(struct cluster_unions *unions);
/* UNION_NONE where the slot has none. */
uint32_t unions_find(const struct cluster_unions *unions, uint32_t slot);
/* The node at the top of this one's tree. */
uint32_t unions_root(const struct cluster_unions *unions, uint32_t node);
/* Slots of the tree below a node, the node's own first, at most UNION_PARTS; returns how many. */
uint32_t unions_parts(const struct cluster_unions *unions, uint32_t node, uint32_t out[UNION_PARTS]);

struct union_event {
    uint64_t sequence;
    int64_t time_ms;
    uint32_t by_hand;
    struct cluster_likeness why;
};

/* The younger of two slots of different trees becomes a part of the other. Room was reserved; together they have at
 * most UNION_PARTS parts. */
void unions_merge(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t older, uint32_t younger,
                  const struct union_event *event);
/* The links of a merge alone. */
void unions_hang(struct cluster_unions *unions, uint32_t part, uint32_t parent);
/* A part leaves its tree, with the parts below it. */
void unions_separate(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t slot,
                     const struct union_event *event);
/* Adds up what is said of the whole. */
void unions_measure(struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t root);
/* 1 when another part than `joined` knows the reporter. */
int unions_know_reporter(const struct cluster_unions *unions, const struct union_bodies *bodies, uint32_t root,
                         uint32_t joined, uint64_t reporter);
size_t unions_bytes(const struct cluster_unions *unions);

#endif
