/* The walk over the tokens of one field: where names may begin. Internal to place/. */
#ifndef PLACE_PLACE_WALK_H
#define PLACE_PLACE_WALK_H

#include "place/place_rules.h"
#include "place/place_spot.h"

struct walk {
    const struct place_rules *rules;
    const struct place_text *text;
    const struct seg_token *token; /* of the field */
    const uint16_t *code;          /* characters of the field */
    struct place_findings *out;
    uint32_t field;
    uint32_t at;         /* token */
    uint32_t count;      /* tokens */
    uint32_t hard_start; /* behind the last token that no name holds */
    uint32_t soft_start; /* behind the last one that only names of companies hold */
    uint32_t anchor;     /* token behind a division, level word, road or village; UINT32_MAX when none is near */
    uint32_t division;   /* the last token that names a division or is a level word; UINT32_MAX */
    uint32_t skip;       /* characters of the token at hard_start that belong to a level word */
    uint32_t found_from; /* the first spot of this field in out->spot */
    uint32_t behind;     /* token behind the last spot and its phases; UINT32_MAX */
    uint32_t address;    /* token behind a road and a house number: what stands there is what is meant; UINT32_MAX */
    uint32_t is_aside;   /* between parentheses */
    uint32_t head;       /* where the title's first words begin that are no division and no verb; UINT32_MAX */
    uint32_t inside;     /* of the token at hand: characters before a suffix that ends a cut name */
    uint32_t house;      /* token behind the number and 号 that follow a road at once; UINT32_MAX */
};

static inline uint32_t walk_length(const struct walk *walk, uint32_t first, uint32_t last)
{
    return walk->token[last].end - walk->token[first].begin;
}

static inline uint16_t walk_first_character(const struct walk *walk, uint32_t token)
{
    return walk->code[walk->token[token].begin];
}

static inline uint16_t walk_last_character(const struct walk *walk, uint32_t token)
{
    return walk->code[walk->token[token].end - 1];
}

static inline unsigned walk_trait(const struct walk *walk, uint32_t token)
{
    return trait_of(walk->rules, &walk->token[token]);
}

/* The last spot of this field; NULL. */
static inline struct spot_found *walk_last_spot(const struct walk *walk)
{
    struct place_findings *out = walk->out;
    return out->spot_count > walk->found_from ? &out->spot[out->spot_count - 1] : NULL;
}

/* A boundary before which nothing belongs to a name. */
static inline void walk_start_behind(struct walk *walk, uint32_t token)
{
    walk->hard_start = token + 1;
    walk->soft_start = token + 1;
    walk->skip = 0;
}

/* A division, level word, road or village: what follows is inside it. */
static inline void walk_anchor_behind(struct walk *walk, uint32_t token)
{
    walk_start_behind(walk, token);
    walk->anchor = token + 1;
}

/* A name stands at `first`, behind a road and a house number: roads before it in the field say where it is. */
void walk_yield_road(struct place_findings *out, uint32_t field, uint32_t first);

/* Is a masked name before the level word: the A3 of "A3区"? */
int walk_is_masked(const struct walk *walk, uint32_t token);

/* What stands right before a name that begins there: enum name_anchor. */
uint32_t walk_anchor_of(const struct walk *walk, uint32_t first);

/* Where a name of that kind that ends at walk->at begins; walk->at when nothing belongs to it. */
uint32_t walk_start_of_name(const struct walk *walk, uint32_t kind);

/* 东 西 南 北 */
static inline int is_direction(uint16_t character)
{
    return character == 0x4e1c || character == 0x897f || character == 0x5357 || character == 0x5317;
}

/* Adds a spot of the field; the longer of two readings stays. */
void walk_add_spot(struct walk *walk, const struct spot_found *new);

/* How sure it is that nothing of the sentence stands before a name that begins there: enum clean_start. */
uint16_t walk_clean_start(const struct walk *walk, uint32_t first);

/* Does the name that ends at walk->at end before punctuation? */
uint32_t walk_clean_end(const struct walk *walk);

#endif
