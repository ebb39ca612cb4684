/* Evidence: how a record changes what is known of its cluster, and what that is worth.
 *
 * Two families of tests, each with its own calibration: growth (every cluster; what `repeat` alerts are raised from)
 * and risk (clusters of which at least half of the reporters name a risk of grade 1 or 2: growth and the rarity of the
 * risk together). A founding complaint is a trial of both, never evidence of growth. One thread; integers. */
#ifndef DETECT_EVIDENCE_H
#define DETECT_EVIDENCE_H

#include "detect/calibration.h"
#include "detect/cluster_growth.h"
#include "detect/forecast_track.h"
#include "detect/local_time.h"

enum evidence_family { EVIDENCE_GROWTH, EVIDENCE_RISK };

struct evidence {
    struct growth_table table;
    struct cluster_growths clusters;
    struct calibration calibration[GROWTH_FAMILIES];
    uint64_t cases;     /* records */
    uint64_t risky[2];  /* of grade 1; of grade 1 or 2 */
    uint64_t reporters; /* distinct in their cluster */
    uint64_t returned;  /* of those, who came back */
};

/* 0; -1 when memory is out. */
int evidence_init(struct evidence *evidence, const weisu_allocator *allocator);
void evidence_dispose(struct evidence *evidence);

struct evidence_case {
    uint32_t slot; /* of the cluster */
    uint32_t class;
    uint32_t opened;
    uint32_t new_reporter;
    uint32_t risk; /* grade, 0 none */
    uint32_t date_only;
    int32_t trust_q16; /* join_trust.h: that it belongs to the cluster */
    uint64_t reporter;
    int64_t time_ms;
    int64_t day; /* local day of the clock */
    const struct local_time *zone;
    int64_t since_reporter_ms;
};

/* Room for one more record. 0; -1 when memory is out. */
int evidence_reserve(struct evidence *evidence);
/* Needs the reservation. The cluster's entry, or NULL while it has none. */
struct cluster_growth *evidence_add(struct evidence *evidence, const struct evidence_case *added);

/* What is said about two clusters as one: the larger one's evidence, and the other's, its founder included, as far as
 * it is trusted to be about the same. `smaller` NULL: a cluster of one. */
int32_t evidence_related_q16(const struct evidence *evidence, const struct cluster_growth *larger,
                             const struct cluster_growth *smaller, int32_t trust_q16);
/* A cluster's evidence has reached that much in the growth family, by itself or with a related one. */
void evidence_reach(struct evidence *evidence, struct cluster_growth *growth, int32_t bits_q16);

/* Bits in q16; 0 while there is nothing to speak of. */
int32_t evidence_bits_q16(const struct evidence *evidence, const struct cluster_growth *growth, uint32_t family);
/* The cluster is alerted: it teaches nothing from now on; or its alert ended: a new run begins. */
void evidence_mark(struct evidence *evidence, uint32_t slot, int alerted);

/* Two clusters are one from now on: what is known of `part` goes to `whole`, the founder of the younger being one
 * reporter more of the older. A part that was still watched teaches no more. */
struct evidence_merge {
    uint32_t part; /* slots */
    uint32_t whole;
    uint32_t part_members; /* before the merge */
    uint32_t whole_members;
    uint32_t reporters; /* distinct, of both together */
};
/* 0; -1 when memory is out (nothing changed). */
int evidence_merge(struct evidence *evidence, const struct evidence_merge *merge);

/* From the growth table: the chain of chances that yet another reporter comes within 90 days of the one before. */
void evidence_foresee(const struct evidence *evidence, const struct cluster_growth *growth, int64_t clock_ms,
                      struct forecast_span *out);
/* Reporters that a cluster has after `span_ms`, × 1000, when nothing is going on. */
int64_t evidence_expected_milli(const struct evidence *evidence, const struct cluster_growth *growth, int64_t span_ms);

#endif
