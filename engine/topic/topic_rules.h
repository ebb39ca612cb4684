/* The compiled taxonomy: wordings as a trie of tokens, indexed by token. Internal to topic/; made by topic_rules_new.
 */
#ifndef TOPIC_TOPIC_RULES_H
#define TOPIC_TOPIC_RULES_H

#include "topic/topic.h"

enum {
    RULE_MAX_GAP = 6,       /* tokens that a gap of a wording may hold */
    RULE_MAX_NEGATIONS = 24 /* words that negate, and light verbs */
};

#define RULE_NO_NODE UINT32_MAX

/* A wording read up to a token. Rows whose wordings begin alike share nodes. */
struct rule_node {
    uint32_t parent;    /* RULE_NO_NODE for the first token of a wording */
    uint16_t most_step; /* how far behind its parent's token it may stand: 1, or more over a gap */
    uint16_t has_more;  /* 1 when other nodes hang on it */
    uint32_t first_row; /* into `end_row`: wordings that end here */
    uint32_t row_count;
};

/* What a token means to the rules. Slots of an open hash table; `key` 0 is empty. */
struct rule_slot {
    uint32_t key;        /* rule_key + 1 */
    uint32_t first_node; /* into `node` */
    uint16_t node_count;
    uint16_t risk; /* grade, 0 none */
};

struct rule_row {
    uint32_t topic;
    int16_t weight;    /* negative for an exclusion */
    uint8_t negatable; /* 1 when a negation before it takes its meaning away */
    uint8_t is_detail; /* 1 when it only chooses among third-level topics */
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
    struct rule_node *node; /* [node_count] by key, so that those of a token are read in a row; of one key the deeper
                               stand first */
    size_t node_count;
    uint32_t *end_row; /* [row_count] rows by the node where they end */

    struct rule_row *row; /* [row_count], as taxonomy_term */
    size_t row_count;

    uint32_t *parent; /* [topic_count] */
    uint32_t *level;  /* [topic_count] */
    uint32_t *upper;  /* [upper_count] topics of the first two levels: a quarter of all */
    size_t upper_count;
    struct rule_name *name;
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

/* Fills everything between `interesting` and `row_count`, and the negations. 0; -1 when memory is out (what was taken
 * is in `rules` and freed with it). */
int rule_wordings_build(struct topic_rules *rules, const struct segmenter *segmenter);

#endif
