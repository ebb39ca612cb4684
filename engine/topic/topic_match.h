/* Matching: which rows of the taxonomy a record's tokens hold. Internal to topic/. */
#ifndef TOPIC_TOPIC_MATCH_H
#define TOPIC_TOPIC_MATCH_H

#include "topic/topic_rules.h"

enum {
    MATCH_MAX_KEPT = 512 /* matches of a record kept as evidence; later ones count, but are not shown */
};

/* What a match is worth, by its place: the title, the first tokens of a text without one, the beginning, the rest. */
enum {
    WORTH_TITLE = 20,
    WORTH_FIRST = 12,
    WORTH_BEGINNING = 8,
    WORTH_REST = 4,
    FIRST_TOKENS = 12,
    BEGINNING_TOKENS = 30
};

struct topic_match {
    uint32_t row;   /* UINT32_MAX for a risk word */
    uint32_t field; /* enum topic_field */
    uint32_t begin; /* character range */
    uint32_t end;
    int32_t points; /* 0 where negated */
    uint32_t risk;
};

/* Points of a topic in this record. */
struct topic_tally {
    uint32_t epoch; /* of the record that it speaks of */
    int32_t sum;    /* its own */
    int32_t whole;  /* with those of the topics below */
    int32_t detail; /* of wordings that only choose among third-level topics */
};

/* Where an open node was last reached. Positions only rise, over fields and records, so nothing needs clearing. */
struct open_node {
    uint32_t position;
    uint32_t begun; /* token where that reading began */
    uint32_t at;    /* token of the node */
};

struct topic_scratch {
    const struct topic_rules *rules;
    const weisu_allocator *allocator;
    struct open_node *open; /* [open_count + 1] */
    uint64_t gates;         /* of the nodes that were reached in this stretch of positions and the one before */
    uint64_t young_gates;   /* in this stretch */
    uint32_t stretch_end;
    uint32_t position;
    uint32_t *seen; /* [row_count] epoch << 3 | times found in this record */
    uint32_t epoch;
    struct topic_tally *tally; /* [topic_count] */
    uint32_t *touched;         /* [topic_count] topics with a tally in this record, and those above them */
    uint32_t touched_count;
    const uint64_t *told; /* the set among which to choose, or NULL */
    size_t match_count;
    uint32_t risk; /* gravest grade */
    struct topic_match match[MATCH_MAX_KEPT];
};

/* 0 for a topic that nothing speaks of. */
static inline int32_t whole_of(const struct topic_scratch *scratch, uint32_t topic)
{
    const struct topic_tally *tally = &scratch->tally[topic];
    return tally->epoch == scratch->epoch ? tally->whole : 0;
}

/* Fills touched, tally, match and risk of the scratch. */
void match_record(struct topic_scratch *scratch, const struct topic_text text[TOPIC_FIELDS]);

#endif
