/* The compiled taxonomy: wordings as a trie of tokens, indexed by token. Internal to topic/; made by topic_rules_new.
 */
#ifndef TOPIC_TOPIC_RULES_H
#define TOPIC_TOPIC_RULES_H

#include "topic/topic.h"
#include "topic/topic_denial.h"

enum {
    RULE_MAX_GAP = 6 /* tokens that a gap of a wording may hold */
};

#define RULE_NO_NODE UINT32_MAX

/* A wording read up to a token. Rows whose wordings begin alike share nodes. A node on which others hang is open and
 * has a number of its own, from 1. */
struct rule_node {
    uint32_t parent;    /* the open number of the node before it, 0 for the first token of a wording */
    uint32_t open;      /* its own open number, 0 when nothing hangs on it */
    uint32_t first_row; /* into `end_row`: wordings that end here */
    uint16_t row_count;
    uint16_t most_step; /* how far behind its parent's token it may stand: 1, or more over a gap */
};

/* Most nodes of a token continue wordings whose beginning does not stand near. A set of GATES bits says what may be
 * open; a node is looked at only when the bit of its parent is in it. Gate 0, that of first tokens, is always open. */
enum { GATES = 64 };
static inline uint8_t gate_of(uint32_t open)
{
    return open ? (uint8_t)(1 + open % (GATES - 1)) : 0;
}

/* What a token means to the rules. */
struct rule_slot {
    uint64_t gates;      /* those of its nodes but the one of first tokens */
    uint32_t first_node; /* into `node` and `gate` */
    uint32_t root;       /* its node that begins wordings, RULE_NO_NODE when none does */
    uint16_t node_count;
    uint16_t risk; /* grade, 0 none */
};

struct rule_row {
    uint32_t topic;
    int16_t weight;    /* negative for an exclusion */
    uint8_t is_harm;   /* 1 when it begins with a harm, which 没有 takes away */
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

    uint64_t *interesting;    /* one bit a word of the image: has a slot */
    uint32_t *slots_before;   /* how many words before these 64 have one */
    size_t interesting_words; /* of the image */

    struct rule_slot *slot; /* [slot_count] by key: words first */
    uint32_t *key;          /* [slot_count] rule_key of each */
    uint32_t slot_count;
    uint32_t word_slots;    /* how many of them are of words */
    struct rule_node *node; /* [node_count] by key, so that those of a token are read in a row; of one key the deeper
                               stand first */
    uint8_t *gate;          /* [node_count] gate_of each node's parent */
    size_t node_count;
    uint32_t open_count; /* open numbers are 1 to this */
    uint32_t *end_row;   /* [row_count] rows by the node where they end */

    struct rule_row *row; /* [row_count], as taxonomy_term */
    size_t row_count;

    uint32_t *parent; /* [topic_count] */
    uint32_t *level;  /* [topic_count] */
    struct rule_name *name;
    size_t topic_count;

    struct denial_words denials;
};

/* A token as a number: words as they are; unknown characters and runs of letters and digits above them, the latter by
 * hash (two may share one number: 2^-30 a pair). */
uint32_t rule_key(const struct seg_token *token, const uint16_t *code);

/* The bits of a number that are set (Hacker's Delight, 5-1). */
static inline uint32_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* Where the slot of a word of the image is; *has: whether it has one. */
static inline uint32_t rule_of_word(const struct topic_rules *rules, uint32_t word, uint32_t *has)
{
    uint64_t bits = rules->interesting[word / 64];
    uint32_t at = word % 64;
    *has = bits >> at & 1;
    return rules->slots_before[word / 64] + count_bits(bits & ((UINT64_C(1) << at) - 1));
}

/* The same of a token that is no word of the image. Binary search among a few hundred. */
uint32_t rule_of_other(const struct topic_rules *rules, const struct seg_token *token, const uint16_t *code,
                       uint32_t *has);

/* Topic whose code or name `category` is, or UINT32_MAX. */
uint32_t rule_category(const struct topic_rules *rules, weisu_str category);

/* Fills everything between `interesting` and `row_count`, and the denials. 0; -1 when memory is out (what was taken
 * is in `rules` and freed with it). */
int rule_wordings_build(struct topic_rules *rules, const struct segmenter *segmenter);

#endif
