/* Topic: what is it? Tagged tokens → a node of the taxonomy, units, 七有五性 tags, risk.
 *
 * Rules: each topic sums the weights of its terms (title weighted), negated and excluded ones left out; the best node
 * wins where its score and its lead over the runner-up suffice, else its parent. Pure; any thread. */
#ifndef TOPIC_TOPIC_H
#define TOPIC_TOPIC_H

#include "segment/segmenter.h"

#include <weisu/record.h>

enum { TOPIC_MAX_EVIDENCE = 16 };

enum topic_field { TOPIC_IN_TITLE, TOPIC_IN_TEXT, TOPIC_FIELDS };

struct topic_text {
    const struct characters *characters;
    const struct seg_tokens *tokens;
};

struct topic_evidence {
    uint32_t field; /* enum topic_field */
    uint32_t begin; /* character range */
    uint32_t end;
    uint32_t topic; /* taxonomy index; UINT32_MAX for a risk word */
    int32_t weight; /* what it added; 0 when negated or excluded */
    uint32_t risk;  /* grade 1 to 4 of a risk word, 0 otherwise */
};

struct topic_result {
    uint32_t topic;     /* taxonomy index, UINT32_MAX when nothing speaks for any */
    uint32_t runner_up; /* likewise */
    int32_t score;      /* of the topic; comparable between records */
    int32_t runner_up_score;
    uint32_t risk; /* gravest grade found, 1 to 4; 0 none */
    uint32_t evidence_count;
    struct topic_evidence evidence[TOPIC_MAX_EVIDENCE]; /* heaviest first, ties by field and position */
};

struct topic_scratch; /* one a thread; remembers its memory between calls */
int topic_scratch_new(struct topic_scratch **out, const struct lexicon *lexicon, const weisu_allocator *allocator);
void topic_scratch_free(struct topic_scratch *scratch);

/* `text` is indexed by enum topic_field. A `category` of the record that is the code or the name of a topic decides
 * outright. */
void topic_analyse(const struct lexicon *lexicon, const weisu_record *record,
                   const struct topic_text text[TOPIC_FIELDS], struct topic_scratch *scratch, struct topic_result *out);

#endif
