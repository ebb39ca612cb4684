/* Gathering the terms of a record. Internal to cluster/. One record, one thread; caller's storage. */
#ifndef CLUSTER_VECTOR_TERMS_H
#define CLUSTER_VECTOR_TERMS_H

#include "cluster/cluster_vector.h"

enum {
    GATHER_MAX = 224, /* terms of one record before the strongest are chosen */
    GATHER_SLOTS = 512
};

struct gathered_term {
    uint64_t term;
    uint32_t occurrences; /* those in the title count TITLE_OCCURRENCES */
    uint16_t least_q8;    /* weight whatever the occurrences; 0 for a term that is only counted */
    uint16_t idf_q8;
    uint16_t is_place;
    weisu_str spelling; /* in the record's bytes; size 0 where it is no keyword */
};

struct term_gathering {
    uint32_t count;
    uint8_t slot[GATHER_SLOTS]; /* 1 + index into `term`; 0 free */
    struct gathered_term term[GATHER_MAX];
};

void gathering_init(struct term_gathering *g);
/* The entry of the term, new ones with no occurrences and `idf_q8`; an idf seen before stays if it is lower. NULL when
 * there is no room, which then loses only what stands late in the record. */
struct gathered_term *gathering_add(struct term_gathering *g, uint64_t term, uint16_t idf_q8);
/* Writes the strongest terms into `out`; spellings stay where they are. 0; -1 when memory is out. */
int gathering_choose(const struct term_gathering *g, struct arena *arena, struct cluster_vector *out);

#endif
