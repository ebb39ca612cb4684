/* What the words of the image mean to places: one byte a word. Internal to place/. */
#ifndef PLACE_PLACE_RULES_H
#define PLACE_PLACE_RULES_H

#include "place/place.h"

/* Traits of a word; several may hold. */
enum {
    TRAIT_DIVISION = 1 << 0, /* names a node of the gazetteer */
    TRAIT_SUFFIX = 1 << 1,   /* ends names of spots */
    TRAIT_HARD = 1 << 2,     /* never inside a name: function words, complaint verbs, people, directions */
    TRAIT_SOFT = 1 << 3,     /* inside names of companies and sites only: verbs, adjectives */
    TRAIT_COMMON = 1 << 4,   /* too frequent to tell one name from another */
    TRAIT_TOPIC = 1 << 5,    /* speaks of a problem */
    TRAIT_LONG = 1 << 6,     /* a noun of three characters or more: may itself be a name that ends in a suffix */
    TRAIT_STOP = 1 << 7      /* looks like a spot and is none */
};

struct place_rules {
    const struct lexicon *lexicon;
    const weisu_allocator *allocator;
    uint64_t city_code;
    uint8_t *trait; /* [word_count] */
    size_t word_count;
};

/* Traits of a token; 0 for one that no word covers. */
static inline unsigned trait_of(const struct place_rules *rules, const struct seg_token *token)
{
    return token->word < rules->word_count ? rules->trait[token->word] : 0;
}

/* The value of the word's first tag of that kind, or UINT32_MAX. */
uint32_t place_tag(const struct place_rules *rules, uint32_t word, uint32_t kind);

/* Does the word name that node of the gazetteer? */
int place_has_node(const struct place_rules *rules, uint32_t word, uint32_t node);

#endif
