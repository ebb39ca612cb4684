/* What the words of the image mean to places: two bytes a word. Internal to place/. */
#ifndef PLACE_PLACE_RULES_H
#define PLACE_PLACE_RULES_H

#include "place/place.h"
#include "place/place_position.h"

/* Traits of a word; several may hold. */
enum {
    TRAIT_DIVISION = 1 << 0,  /* names a node of the gazetteer */
    TRAIT_SUFFIX = 1 << 1,    /* ends names of spots */
    TRAIT_HARD = 1 << 2,      /* never inside a name: function words, complaint verbs, people, directions */
    TRAIT_SOFT = 1 << 3,      /* inside names of companies and sites only: verbs, adjectives */
    TRAIT_COMMON = 1 << 4,    /* too frequent to tell one name from another */
    TRAIT_TOPIC = 1 << 5,     /* speaks of a problem */
    TRAIT_LONG = 1 << 6,      /* a noun of three characters or more: may itself be a name that ends in a suffix */
    TRAIT_STOP = 1 << 7,      /* looks like a spot and is none */
    TRAIT_LEVEL = 1 << 8,     /* a level word alone: 区, 县市, 街道, 街道办事处 */
    TRAIT_BESIDE = 1 << 9,    /* a suffix and what is beside the spot: 路上, 桥下, 小区业主 */
    TRAIT_PARTICLE = 1 << 10, /* a function word that also stands inside names: 和 之 自 在 其 */
    TRAIT_COUNTER = 1 << 11,  /* what a number counts, also with it: 家, 两所 */
    TRAIT_UNIT = 1 << 12,     /* behind a number: a part of a site (栋 号 单元 期) */
    TRAIT_PHASE = 1 << 13,    /* 二期, 南门, 北区: a part of the site before it */
    TRAIT_LINE = 1 << 14      /* 线, 号线, 六号线 */
};

/* A token without any of these neither ends a name nor bounds one. */
enum { TRAIT_EVENT = 0xffff & ~(TRAIT_COMMON | TRAIT_TOPIC) };

/* A word with TRAIT_SUFFIX. */
struct suffix_slot {
    uint32_t word; /* LEXICON_NO_WORD: empty */
    uint32_t value;
};

struct place_rules {
    const struct lexicon *lexicon;
    const weisu_allocator *allocator;
    uint64_t city_code;
    uint32_t home; /* the city's node where the gazetteer knows other cities too; else UINT32_MAX */
    struct position_index positions;
    uint16_t *trait; /* [word_count + 1]; the last, of no word, is 0 */
    size_t word_count;
    struct suffix_slot *suffix; /* [suffix_mask + 1] open hash: what is asked most stays in the nearest cache */
    uint32_t suffix_mask;
    uint8_t last[8192]; /* a bit for each character that is a suffix by itself */
};

/* May the character end the name of a spot? */
static inline int may_end_name(const struct place_rules *rules, uint16_t character)
{
    return rules->last[character >> 3] >> (character & 7) & 1;
}

/* Traits of a token; 0 for one that no word covers. */
static inline unsigned trait_of(const struct place_rules *rules, const struct seg_token *token)
{
    return rules->trait[token->word < rules->word_count ? token->word : rules->word_count];
}

/* Kind << 8 | strength of a word that has TRAIT_SUFFIX. */
static inline uint32_t suffix_value(const struct place_rules *rules, uint32_t word)
{
    uint32_t at = (uint32_t)hash_mix(word) & rules->suffix_mask;
    while (rules->suffix[at].word != word)
        at = (at + 1) & rules->suffix_mask;
    return rules->suffix[at].value;
}

/* The first node of the gazetteer that the word names, or UINT32_MAX. */
uint32_t place_first_node(const struct place_rules *rules, uint32_t word);

/* Does the word name that node of the gazetteer? */
int place_has_node(const struct place_rules *rules, uint32_t word, uint32_t node);

#endif
