#include "place/place_spot.h"

#include "place/place_bare.h"
#include "place/place_form.h"
#include "place/place_part.h"
#include "place/place_suffix.h"

enum {
    batch = 64,       /* tokens looked through at once */
    most_spread = 3,  /* tokens before a particle inside a name */
    sure = 3,         /* strength of a suffix */
    duo = 0x591a,     /* 多 */
    liang = 0x4e24,   /* 两 */
    ji = 0x51e0,      /* 几 */
    shi = 0x5e02,     /* 市 */
    qi = 0x5176,      /* 其 */
    dian = 0x70b9,    /* 点 */
    zhi = 0x4e4b,     /* 之 */
    middle_dot = 0xb7 /* · */
};

/* 大望家园社区, 下水沟村: a node of the gazetteer, but a spot like any village too. With characters of a name before
 * it, it is another one (青山|新村社区). */
static int is_community(const struct walk *walk)
{
    uint32_t node = place_first_node(walk->rules, walk->token[walk->at].word);
    return node != UINT32_MAX && gazetteer_node(walk->rules->lexicon, node).level >= PLACE_COMMUNITY;
}

static void take_community(struct walk *walk)
{
    uint32_t kind_and_strength = (uint32_t)SPOT_VILLAGE << 8 | sure;
    suffix_name(walk, kind_and_strength, 0);
    walk_anchor_behind(walk, walk->at);
}

/* 东直门街道|东直门|内大街: behind a subdistrict, or in another city, a short name of a
 * division begins the name of a spot. */
static int is_said_again(const struct walk *walk)
{
    uint32_t at = walk->at;
    if (at == 0 || walk->division != at - 1 || is_full_name(walk->text, at) || is_community(walk))
        return 0;
    if (!(walk_trait(walk, at - 1) & TRAIT_DIVISION))
        return 1;
    uint32_t before = place_first_node(walk->rules, walk->token[at - 1].word);
    return gazetteer_node(walk->rules->lexicon, before).level == PLACE_SUBDISTRICT;
}

static void take_division(struct walk *walk)
{
    struct place_findings *out = walk->out;
    if (is_said_again(walk))
        return;
    int is_within = is_community(walk);
    if (is_within && walk_start_of_name(walk, SPOT_VILLAGE) < walk->at) {
        take_community(walk);
        return;
    }
    if (out->hit_count < DIVISION_MAX_HITS)
        out->hit[out->hit_count++] = (struct division_hit){walk->field, walk->at};
    if (is_within) {
        take_community(walk);
        return;
    }
    walk->division = walk->at;
    walk_anchor_behind(walk, walk->at);
}

/* "A市" anywhere; a city that is no node of the gazetteer at the head of the title or of the address. */
static int is_city_elsewhere(const struct walk *walk)
{
    if (walk_length(walk, walk->at, walk->at) == 1)
        return walk->at > 0 && walk_is_masked(walk, walk->at - 1);
    return walk->field == PLACE_IN_ADDRESS ? walk->at == 0 : walk->at == walk->head;
}

/* 街道 or 镇 behind what was read as a spot: it is the name of a division that the gazetteer does not know. */
static void take_level(struct walk *walk)
{
    struct spot_found *spot = walk_last_spot(walk);
    if (spot && spot->last + 1 == walk->at) {
        walk->out->spot_count--;
        walk->behind = UINT32_MAX;
    }
    if (walk_last_character(walk, walk->at) == shi && is_city_elsewhere(walk))
        walk->out->is_elsewhere = 1;
    walk->division = walk->at;
    walk_anchor_behind(walk, walk->at);
}

/* 里 after 小区: the spot ended before it. */
static int is_side_of_spot(const struct walk *walk)
{
    static const uint16_t sides[] = {0x5185, 0x5916, 0x524d, 0x540e, 0x65c1, 0x91cc, 0x4e0a, 0x4e0b};
    const struct seg_token *token = &walk->token[walk->at];
    if (walk->behind != walk->at || token->end - token->begin != 1)
        return 0;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i] == walk->code[token->begin])
            return 1;
    return 0;
}

/* 魅力/之/城, 润/和/紫/郡, 金/地/自/在/城: the particle stands inside a name of single characters. */
static int is_inside_name(const struct walk *walk, unsigned trait)
{
    uint32_t at = walk->at;
    uint32_t run = at - walk->hard_start;
    uint16_t character = walk_first_character(walk, at);
    int is_anchored = walk->anchor == walk->hard_start;
    if (at + 1 >= walk->count || run > most_spread + 2 * (uint32_t)is_anchored)
        return 0;
    if (!(trait & TRAIT_PARTICLE))
        return is_anchored && run > 0 && walk_length(walk, at, at) == 2 && walk_length(walk, at + 1, at + 1) == 1 &&
               walk_trait(walk, at + 1) & TRAIT_SUFFIX && is_telling(walk->rules, walk->text, at - 1);
    if (run == 0 && (!is_anchored || (character != qi && character != dian && walk->field != PLACE_IN_ADDRESS)))
        return 0;
    int is_long = run > 0 && walk_length(walk, at - 1, at - 1) > 1;
    int tells = run > 0 && is_telling(walk->rules, walk->text, at - 1);
    if (run > 0 && ((is_long && !(is_anchored && tells)) || walk_trait(walk, at - 1) & TRAIT_SUFFIX) &&
        character != zhi)
        return 0;
    if (run == 1 && !is_anchored && character != zhi)
        return 0;
    const struct seg_token *next = &walk->token[at + 1];
    unsigned follows = walk_trait(walk, at + 1);
    if (next->kind > SEG_UNKNOWN || (follows & TRAIT_HARD && !(follows & TRAIT_PARTICLE)))
        return 0;
    return next->end - next->begin == 1 || follows & TRAIT_SUFFIX;
}

/* "A1" before 区星/沙/大道 or 区法院: the level word is the first character of the next token. */
static void take_masked(struct walk *walk)
{
    uint32_t next = walk->at + 1;
    if (next >= walk->count || walk->token[next].end - walk->token[next].begin < 2 ||
        !is_level_character(walk_first_character(walk, next)) || walk_trait(walk, next) & TRAIT_LEVEL)
        return;
    walk->division = walk->at;
    walk_anchor_behind(walk, walk->at);
    walk->skip = 1;
}

/* A long noun that ends in a level word and is no spot: 岳麓区. */
static int is_level_name(const struct walk *walk, unsigned trait)
{
    return trait & TRAIT_LONG && !(trait & (TRAIT_SUFFIX | TRAIT_STOP)) &&
           is_level_character(walk_last_character(walk, walk->at));
}

/* 十多/家, 两/所: the number stands in the token before. */
static int is_counted(const struct walk *walk)
{
    uint16_t last = walk->at ? walk_last_character(walk, walk->at - 1) : 0;
    return is_numeral(last) || last == duo || last == liang || last == ji;
}

static int is_boundary(const struct walk *walk, unsigned trait)
{
    if (trait & TRAIT_HARD && !is_inside_name(walk, trait))
        return !(walk->skip && walk->hard_start == walk->at);
    if (trait & TRAIT_COUNTER && (walk_length(walk, walk->at, walk->at) > 1 || is_counted(walk)))
        return 1;
    return is_side_of_spot(walk);
}

static void take_word(struct walk *walk, unsigned trait)
{
    if (trait & TRAIT_DIVISION) {
        take_division(walk);
        return;
    }
    if (trait & (TRAIT_LEVEL) || is_level_name(walk, trait)) {
        take_level(walk);
        return;
    }
    if (trait & TRAIT_UNIT && part_unit(walk, trait))
        return;
    if ((trait & (TRAIT_PHASE | TRAIT_UNIT)) == TRAIT_PHASE) {
        part_phase(walk, walk->at);
        return;
    }
    if (trait & TRAIT_BESIDE && suffix_beside(walk))
        return;
    if (trait & TRAIT_LINE && part_line(walk))
        return;
    if (is_boundary(walk, trait)) {
        walk_start_behind(walk, walk->at);
        return;
    }
    uint32_t value = trait & (TRAIT_SUFFIX | TRAIT_LONG) ? suffix_of(walk->rules, walk->text, walk->at) : 0;
    if (value >> 8 == SPOT_ROAD && walk_length(walk, walk->at, walk->at) == 1 && part_bus(walk))
        return;
    if (value)
        suffix_name(walk, value, 0);
    else if (trait & TRAIT_SOFT)
        walk->soft_start = walk->at + 1;
}

static void take_punctuation(struct walk *walk)
{
    uint16_t character = walk_first_character(walk, walk->at);
    if (character == '(' && walk->field == PLACE_IN_TITLE)
        walk->is_aside = walk->at > walk->head;
    else if (character == ')')
        walk->is_aside = 0;
    walk_start_behind(walk, walk->at);
}

static void take_token(struct walk *walk)
{
    const struct seg_token *token = &walk->token[walk->at];
    unsigned trait = walk_trait(walk, walk->at);
    if (trait & TRAIT_EVENT)
        take_word(walk, trait);
    else if (token->kind <= SEG_UNKNOWN)
        suffix_cut_name(walk);
    else if (token->kind == SEG_LATIN)
        take_masked(walk);
    else if (token->kind >= SEG_PUNCTUATION && walk->code[token->begin] != middle_dot)
        take_punctuation(walk);
}

/* The tokens of [first, end) that take_token may do something with: a third of all, in no pattern that a processor
 * could foresee, so they are listed without a branch. */
static uint32_t choose_tokens(const struct walk *walk, uint32_t first, uint32_t end, uint32_t chosen[batch])
{
    uint32_t count = 0;
    uint32_t before = first ? walk_length(walk, first - 1, first - 1) : 0;
    for (uint32_t at = first; at < end; at++) {
        const struct seg_token *token = &walk->token[at];
        uint32_t length = token->end - token->begin;
        unsigned is_event = (walk_trait(walk, at) & TRAIT_EVENT) != 0;
        unsigned is_other = (token->kind > SEG_UNKNOWN) & (token->kind != SEG_NUMBER);
        unsigned may_be_cut = (token->kind <= SEG_UNKNOWN) &
                              (((length == 2) & (before == 1)) | ((token->kind != SEG_WORD) & (length > 2)));
        chosen[count] = at;
        count += is_event | is_other | may_be_cut;
        before = length;
    }
    return count;
}

void find_spots(const struct place_rules *rules, const struct place_text *text, uint32_t field,
                struct place_findings *findings)
{
    struct walk walk = {.rules = rules,
                        .text = text,
                        .token = text->tokens->token,
                        .code = text->characters->code,
                        .out = findings,
                        .field = field,
                        .count = (uint32_t)text->tokens->count,
                        .anchor = UINT32_MAX,
                        .division = UINT32_MAX - 1,
                        .found_from = findings->spot_count,
                        .behind = UINT32_MAX,
                        .head = field == PLACE_IN_TITLE ? title_head(rules, text) : UINT32_MAX,
                        .address = UINT32_MAX,
                        .house = UINT32_MAX};
    uint32_t next = 0;
    uint32_t chosen[batch] = {0};
    while (next < walk.count) {
        uint32_t end = walk.count - next < batch ? walk.count : next + batch;
        uint32_t count = choose_tokens(&walk, next, end, chosen);
        for (uint32_t i = 0; i < count; i++) {
            walk.at = chosen[i];
            take_token(&walk);
        }
        next = end;
    }
}
