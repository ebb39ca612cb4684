/* The compiled taxonomy: chains of tokens, indexed by token. Internal to topic/; made by topic_rules_new. */
#ifndef TOPIC_TOPIC_RULES_H
#define TOPIC_TOPIC_RULES_H

#include "topic/topic.h"

enum {
    RULE_MAX_GAP = 6,       /* tokens that a gap of a wording may hold */
    RULE_MAX_NEGATIONS = 24 /* words that negate, and light verbs */
};

/* One link of a chain: the row it belongs to, and how it hangs on the link before. Links of a row follow each other. */
enum { LINK_FIRST = 1, LINK_LAST = 2, LINK_GAP = 4, LINK_ROW_SHIFT = 3 };

/* What a token means to the rules. Slots of an open hash table; `key` 0 is empty. */
struct rule_slot {
    uint32_t key;        /* rule_key + 1 */
    uint32_t first_link; /* into `order` */
    uint16_t link_count;
    uint16_t risk; /* grade, 0 none */
};

struct rule_row {
    uint32_t topic;
    int16_t weight;     /* negative for an exclusion */
    uint16_t negatable; /* 1 when a negation before it takes its meaning away */
};

/* A name that `category` may hold. */
struct rule_name {
    uint64_t hash;
    uint32_t topic;
    uint32_t unused;
};

struct topic_rules {
    const struct lexicon *lexicon;
    const weisu_allocator *allocator;

    uint64_t *interesting; /* one bit a word of the image: has a slot */
    size_t interesting_words;

    struct rule_slot *slot; /* [slot_mask + 1] */
    uint32_t slot_mask;
    uint32_t *order; /* links by key; of one key the later links of a row stand first */
    size_t link_count;
    uint32_t *link; /* [link_count] row << LINK_ROW_SHIFT | LINK_* */

    struct rule_row *row; /* [row_count], as taxonomy_term */
    size_t row_count;

    uint32_t *parent; /* [topic_count] */
    uint32_t *level;  /* [topic_count] */
    struct rule_name *name;
    size_t name_count;
    size_t topic_count;

    uint32_t negation[RULE_MAX_NEGATIONS]; /* words, LEXICON_NO_WORD behind the last */
    uint32_t light_verb[RULE_MAX_NEGATIONS];
};

/* A token as a number: words as they are; unknown characters and runs of letters and digits above them, the latter by
 * hash (two may share one number: 2^-30 a pair). */
uint32_t rule_key(const struct seg_token *token, const uint16_t *code);

/* The slot of a token, or NULL. */
static inline const struct rule_slot *rule_find(const struct topic_rules *rules, uint32_t key)
{
    uint32_t at = (uint32_t)hash_mix(key) & rules->slot_mask;
    while (rules->slot[at].key != 0) {
        if (rules->slot[at].key == key + 1)
            return &rules->slot[at];
        at = (at + 1) & rules->slot_mask;
    }
    return NULL;
}

/* Topic whose code or name `category` is, or UINT32_MAX. */
uint32_t rule_category(const struct topic_rules *rules, weisu_str category);

#endif
