/* Topic: what is it? Segmented text → a node of the taxonomy, its evidence, and risk words.
 *
 * Rules only. Each row of the taxonomy's terms is a chain of tokens; a row that is found adds its weight, times what
 * the place in the record is worth (title above beginning above rest), to its topic; a repetition adds half of the one
 * before, the fifth nothing. What a denial governs ("没有停水", "不是噪音"; topic_denial.h) adds nothing; an exclusion
 * takes off. A second-level topic is then judged by its own sum (with its third level), the hints of its first level,
 * and half of what its siblings have: complaints name several sides of one matter. The best topic wins; where it is not
 * ahead of its best sibling the parent is the answer, and where hardly anything was found, none. Sums are integers, so
 * the answer is the same everywhere.
 *
 * Pure functions; `topic_rules` is immutable and shared, each thread brings its own scratch. One look-up in a bit map a
 * token, and one step for each row that the token takes part in. No allocation after topic_scratch_new. */
#ifndef TOPIC_TOPIC_H
#define TOPIC_TOPIC_H

#include "segment/segmenter.h"

#include <weisu/record.h>

enum { TOPIC_MAX_EVIDENCE = 16 };

enum topic_field { TOPIC_IN_TITLE, TOPIC_IN_TEXT, TOPIC_FIELDS };

/* One field of the record, decoded and segmented. A field that is absent has no tokens. */
struct topic_text {
    const struct characters *characters;
    const struct seg_tokens *tokens;
};

struct topic_evidence {
    uint32_t field; /* enum topic_field */
    uint32_t begin; /* character range */
    uint32_t end;
    uint32_t topic; /* taxonomy index; UINT32_MAX for a risk word */
    int32_t weight; /* what it added; 0 for a risk word and where negated, below 0 for an exclusion */
    uint32_t risk;  /* grade 1 to 4 of a risk word, 0 otherwise and where negated */
};

struct topic_result {
    uint32_t topic;     /* taxonomy index, UINT32_MAX when nothing speaks for any */
    uint32_t runner_up; /* the best other one of the second level, or UINT32_MAX */
    int32_t score;      /* of the topic; comparable between records */
    int32_t runner_up_score;
    uint32_t risk; /* gravest grade found, 1 to 4; 0 none */
    uint32_t evidence_count;
    struct topic_evidence evidence[TOPIC_MAX_EVIDENCE]; /* what decided first, then the rest by what it
                                                            added, grave risk words between; ties by position */
};

struct topic_rules;

/* Cuts the wordings of the taxonomy with `segmenter` and indexes them. Keeps `lexicon`, which must outlive it; the
 * segmenter is used during the call only. WEISU_ENOMEM; *out is NULL then. About 5 ms for 5,000 wordings. */
weisu_code topic_rules_new(struct topic_rules **out, const struct lexicon *lexicon, const struct segmenter *segmenter,
                           const weisu_allocator *allocator, weisu_err *err);
void topic_rules_free(struct topic_rules *rules);

struct topic_scratch; /* one a thread; remembers its memory between calls */

/* 0; -1 when memory is out (*out is NULL then). The rules must outlive it. */
int topic_scratch_new(struct topic_scratch **out, const struct topic_rules *rules, const weisu_allocator *allocator);
void topic_scratch_free(struct topic_scratch *scratch);

/* `text` is indexed by enum topic_field. A `category` of the record that is the code or the name of a topic decides
 * outright; the text still gives evidence and risk. `told`: a set of topics, one bit each, among which the answer is to
 * be where the text speaks for any of them (topic_teller.h), or NULL. Never fails. */
void topic_analyse(const struct topic_rules *rules, const weisu_record *record,
                   const struct topic_text text[TOPIC_FIELDS], const uint64_t *told, struct topic_scratch *scratch,
                   struct topic_result *out);

#endif
