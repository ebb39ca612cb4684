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

struct topic_scratch {
    const struct topic_rules *rules;
    const weisu_allocator *allocator;
    uint32_t *reached; /* [node_count] position where the node was last reached; positions only rise, over fields
                          and records, so nothing needs clearing */
    uint32_t *begun;   /* [node_count] token where that reading began */
    uint32_t position;
    uint32_t *seen; /* [row_count] epoch << 3 | times found in this record */
    uint32_t epoch;
    int32_t *sum;         /* [topic_count] points of this record */
    int32_t *whole;       /* [topic_count] with those of the topics below */
    int32_t *detail;      /* [topic_count] points of wordings that only choose among third-level topics */
    const uint64_t *told; /* the set among which to choose, or NULL */
    size_t match_count;
    uint32_t risk; /* gravest grade */
    struct topic_match match[MATCH_MAX_KEPT];
};

/* Fills sum, detail, match and risk of the scratch. */
void match_record(struct topic_scratch *scratch, const struct topic_text text[TOPIC_FIELDS]);

#endif
