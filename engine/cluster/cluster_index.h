/* The clusters of a city: one logical index, propose and commit.
 *
 * The result is that of committing one record after another. `cluster_propose` may run for all records of a batch at
 * once, on any number of threads, against the state at the start of the batch; `cluster_commit` runs in sequence order
 * on one thread, scores the record again against the clusters that this batch changed, and joins or opens. Scores are
 * integers. Document frequencies are read from the model published last (cluster_publish), never from the live counts.
 * Candidates come from postings of each cluster's strongest terms and places, at most `candidate_cap` a record. */
#ifndef CLUSTER_CLUSTER_INDEX_H
#define CLUSTER_CLUSTER_INDEX_H

#include "base/state_row.h"
#include "cluster/cluster_query.h"

enum { CLUSTER_NONE = UINT32_MAX };

struct cluster_index;

struct cluster_config {
    uint64_t city;           /* part of every cluster's id */
    uint32_t candidate_days; /* of a cluster of one, twice that of a larger one; default 180 */
    uint32_t cluster_cap;    /* default 6,000,000 */
    uint32_t candidate_cap;  /* clusters scored a record; default 64 */
    uint32_t granularity;    /* join threshold, per mille of the default; 1000 */
};

void cluster_config_init(struct cluster_config *config);
weisu_code cluster_index_new(struct cluster_index **out, const struct cluster_config *config,
                             const struct lexicon *lexicon, const weisu_allocator *allocator, weisu_err *err);
void cluster_index_free(struct cluster_index *index);

/* ---- one record ---- */

struct cluster_case {
    uint64_t sequence;
    int64_t time_ms;
    int64_t clock_ms;  /* at this entry */
    uint64_t reporter; /* hash; 0: unknown, the record counts as its own reporter */
    weisu_str id;      /* masked contract id; copied */
};

struct cluster_scored {
    uint32_t cluster; /* slot, CLUSTER_NONE for none */
    int32_t score;    /* × 65536 */
};

enum { CLUSTER_PROPOSED = 4 };

struct cluster_ranking {
    struct cluster_scored best[CLUSTER_PROPOSED]; /* highest score first; ties: the older founder */
    uint32_t scored;                              /* candidates with a score above 0 */
    uint32_t candidates;                          /* clusters that share enough terms */
    uint32_t capped;                              /* 1 when the cap cut some off */
};

/* Points to the vector. About 2 KiB. */
struct cluster_proposal {
    struct cluster_query query; /* the record as proposing and committing compare it */
    struct cluster_ranking ranking;
};

struct cluster_scratch; /* one a worker */
int cluster_scratch_new(struct cluster_scratch **out, const weisu_allocator *allocator);
void cluster_scratch_free(struct cluster_scratch *scratch);

/* Reads the index only. `clock_ms` is the clock at that record's entry. 0; -1 when memory is out. */
int cluster_propose(const struct cluster_index *index, const struct cluster_vector *vector, int64_t clock_ms,
                    struct cluster_scratch *scratch, struct cluster_proposal *out);

struct cluster_outcome {
    uint32_t cluster;          /* slot that it joined or opened; of a part the whole's. What follows is of the whole */
    uint32_t part;             /* the same, but the part itself */
    uint32_t opened;           /* 1: a new cluster */
    uint32_t members;          /* with this one */
    uint32_t standing;         /* of them, those that are not withdrawn */
    uint32_t reporters;        /* distinct, with this one */
    uint32_t new_reporter;     /* 1 when this reporter was not in the cluster before (0 for the founder's repeats) */
    int64_t since_reporter_ms; /* since the last new reporter before this one; -1 for a founder */
    int32_t score;             /* × 65536; 0 when opened */
    struct cluster_scored runner_up;
    uint64_t link_sequence; /* earlier member that this one repeats most likely; 0 none */
    int32_t link_score;     /* × 65536 */
};

/* Before the commits of a batch. The proposals of the batch are made between this call and the first commit. */
void cluster_batch_begin(struct cluster_index *index);
/* WEISU_ENOMEM leaves the index as it was. */
weisu_code cluster_commit(struct cluster_index *index, const struct cluster_case *new_case,
                          const struct cluster_proposal *proposal, struct cluster_outcome *out, weisu_err *err);
/* Learnt counts become the model that proposals read. Called only at sequence numbers divisible by 4,096, between
 * batches. */
weisu_code cluster_publish(struct cluster_index *index, weisu_err *err);

/* The person behind a record that is in the cluster is forgotten: his reporter's key, and the title where the cluster
 * has it from this record. Counts stay. Between batches. WEISU_ENOMEM leaves the index as it was. */
weisu_code cluster_forget(struct cluster_index *index, uint32_t slot, uint64_t sequence, weisu_err *err);

/* ---- the second pass ---- */

enum cluster_topics { LIKE_UNKNOWN_TOPIC, LIKE_ONE_TOPIC, LIKE_OTHER_TOPIC };

/* Evidence that two clusters are one problem. */
struct cluster_likeness {
    int32_t score_q16;     /* cosine, and what place and topic add */
    uint32_t cosine_q16;   /* of the centroids */
    uint32_t agreement_q8; /* of the places */
    uint32_t topic;        /* enum cluster_topics */
};

/* Where the clock has come to another hour: merges what split, separates again what came apart since, proposes what it
 * does not dare to merge. Looks at clusters that got records since the last pass: at those between which a record stood
 * and at those that are found by one place, at most NEAR_MAX of each. `sequence` is the entry that moved the clock.
 * Between two commits, at any place in a batch: it changes neither candidates nor scores. WEISU_ENOMEM leaves the rest
 * undone. */
weisu_code cluster_review(struct cluster_index *index, uint64_t sequence, int64_t clock_ms, weisu_err *err);

enum cluster_turn_kind { CLUSTER_MERGED = 1, CLUSTER_SEPARATED };

/* What changed hands since the last call, in order: 1 and *out, or 0. To be taken after cluster_review, cluster_unite
 * and cluster_separate. */
struct cluster_turn {
    uint32_t kind;  /* enum cluster_turn_kind */
    uint32_t part;  /* slot, of the younger founder */
    uint32_t whole; /* slot of the cluster that lives on with both, or without it from now on */
};
int cluster_take_turn(struct cluster_index *index, struct cluster_turn *out);

/* An operator says so. Slots may be parts: their wholes are meant. WEISU_EINVAL: they are one already, or together have
 * too many parts, or there is no such cluster. WEISU_ENOMEM. */
weisu_code cluster_unite(struct cluster_index *index, uint32_t a, uint32_t b, uint64_t sequence, int64_t clock_ms,
                         weisu_err *err);
/* A part leaves its whole with what was merged into it before, and is never merged again by itself. WEISU_EINVAL: it is
 * no part. */
weisu_code cluster_separate(struct cluster_index *index, uint32_t part, uint64_t sequence, int64_t clock_ms,
                            weisu_err *err);
/* The cluster that answers for this one: itself, or the whole that it is a part of. */
uint32_t cluster_whole(const struct cluster_index *index, uint32_t slot);

/* By the id of a cluster: the slot of one that is a part of another, or CLUSTER_NONE. */
uint32_t cluster_find_part(const struct cluster_index *index, weisu_str id);
/* By the id of either: the newest proposal to merge a cluster with another. 1 and both slots, or 0. */
int cluster_find_proposal(const struct cluster_index *index, weisu_str id, uint32_t out[2]);

/* Merges, separations and proposals, for a list: `at` from 0 to cluster_deeds - 1, in the order of their entries. Of a
 * pair only its last is known. */
enum cluster_deed_kind { CLUSTER_DEED_MERGED = 1, CLUSTER_DEED_SEPARATED, CLUSTER_DEED_PROPOSED };
struct cluster_deed {
    uint32_t kind; /* enum cluster_deed_kind */
    uint32_t older;
    uint32_t younger;
    uint64_t sequence;
    int64_t time_ms;
    int by_hand; /* an operator's: nothing else is known of it */
    struct cluster_likeness why;
};
/* Written to `out`, which has room for cluster_deed_count of them. */
size_t cluster_deed_count(const struct cluster_index *index);
void cluster_deeds(const struct cluster_index *index, struct cluster_deed *out);

/* A member was withdrawn, or stands after all. It stays a member; the view counts it as withdrawn. Between commits.
 * WEISU_ENOMEM leaves the index as it was. */
weisu_code cluster_withdraw(struct cluster_index *index, uint32_t slot, int is_withdrawn, weisu_err *err);

/* ---- looking at clusters ---- */

struct cluster_member {
    uint64_t sequence;
    int64_t time_ms;
    uint64_t reporter;
    weisu_str id; /* valid until the next commit */
};

struct cluster_view {
    char id[16];      /* "c" and base32, 0-terminated */
    uint64_t key;     /* 64-bit hash of (city, founding record's id) */
    uint64_t founder; /* sequence */
    int64_t first_ms;
    int64_t last_ms;
    uint32_t members;
    uint32_t withdrawn; /* of the members */
    uint32_t reporters;
    uint32_t kept;        /* members that are kept: the first 20 and the last 80 */
    uint32_t folded;      /* 1: no candidate any more */
    uint32_t merged_into; /* slot of the cluster that answers for this one, which is told by itself here; or
                             CLUSTER_NONE, and all its parts are told together */
    uint64_t division;    /* most common among members; 0 none */
    uint64_t spot;
    weisu_str spot_name;
    uint32_t topic; /* most common; taxonomy index or UINT32_MAX */
    weisu_str title;
};

/* Slots are 0 to cluster_count - 1 in the order of founding and never reused while the engine lives; a slot whose
 * cluster was folded away answers with folded = 1 and what is kept of it. */
uint32_t cluster_count(const struct cluster_index *index);
void cluster_look(const struct cluster_index *index, uint32_t slot, struct cluster_view *out);
/* Kept member `at` (0 is the founder; ascending sequence); of a whole over its parts, which costs a walk. */
struct cluster_member cluster_member_at(const struct cluster_index *index, uint32_t slot, uint32_t at);
/* Keywords by weight, at most `room`; returns how many. Strings are valid until the next commit. */
size_t cluster_keywords(const struct cluster_index *index, uint32_t slot, weisu_str *out, size_t room);

struct cluster_counts {
    uint64_t clusters;
    uint64_t active;
    uint64_t records;
    uint64_t capped;   /* records that hit the candidate cap */
    uint64_t merged;   /* clusters that are parts of others */
    uint64_t homeless; /* topics in the loaded state that the image does not know: their clusters have none */
    uint64_t bytes;
};
struct cluster_counts cluster_counts(const struct cluster_index *index);

/* ---- state ---- */

/* Rows of STATE_CLUSTER and STATE_TERM that changed since the last save (all: every row). */
weisu_code cluster_save(struct cluster_index *index, int all, const struct state_sink *sink, weisu_err *err);
/* As many of those that changed as the sink wants now (base/state_row.h). *left: 1 when there are more. */
weisu_code cluster_drain(struct cluster_index *index, const struct state_sink *sink, int *left, weisu_err *err);
weisu_code cluster_load(struct cluster_index *index, const struct state_row *row, weisu_err *err);
/* After the last row: rebuilds postings. WEISU_ESTATE when rows contradict each other. */
weisu_code cluster_loaded(struct cluster_index *index, weisu_err *err);

#endif
