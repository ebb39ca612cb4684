#include "place/place_suffix.h"

#include "place/place_extend.h"
#include "place/place_form.h"

enum {
    most_cut = 3,    /* characters before a word that holds the end of a name */
    sure = 3,        /* strength of a suffix */
    usual = 2,       /* strength of a suffix */
    nei = 0x5185,    /* 内 */
    wai = 0x5916,    /* 外 */
    zhong = 0x4e2d,  /* 中 */
    lu = 0x8def,     /* 路 */
    jie = 0x8857,    /* 街 */
    qu = 0x533a,     /* 区 */
    ordinal = 0x7b2c /* 第 */
};

/* The token where the division begins that stands right before `start` (朝阳区, or the A3 of "A3区"); else `start`. */
static uint32_t with_division(const struct walk *walk, uint32_t start)
{
    if (start == 0 || walk->division != start - 1)
        return start;
    if (!(walk_trait(walk, start - 1) & TRAIT_LEVEL))
        return start - 1;
    return start >= 2 && walk_is_masked(walk, start - 2) ? start - 2 : start;
}

/* Every district has its 实验小学, 人民医院 and 第一中学: such a name is one only with its division. */
static int is_one_of_many(const struct walk *walk, uint32_t start, uint32_t kind)
{
    if (kind != SPOT_SCHOOL && kind != SPOT_HOSPITAL && kind != SPOT_PARK && kind != SPOT_PUBLIC)
        return 0;
    for (uint32_t i = start; i < walk->at; i++)
        if (is_telling(walk->rules, walk->text, i) && walk_first_character(walk, i) != ordinal)
            return 0;
    return 1;
}

/* Nothing stands before the suffix but a division: its short name belongs to the name (望京花园), the whole of it where
 * the suffix says which of its kind is meant (A6区二中), and a masked one where it must be part of it (A1区路). */
static uint32_t division_before(const struct walk *walk, uint32_t kind, uint32_t strength)
{
    uint32_t at = walk->at;
    if (at == 0 || walk->division != at - 1)
        return at;
    int is_short = walk_trait(walk, at - 1) & TRAIT_DIVISION && !is_full_name(walk->text, at - 1);
    if (is_short)
        return at - 1;
    if (is_numeral(walk_first_character(walk, at)))
        return with_division(walk, at);
    int is_masked = walk_trait(walk, at - 1) & TRAIT_LEVEL && at >= 2 && walk_is_masked(walk, at - 2);
    int is_part = (kind == SPOT_ROAD && strength > 1) ||
                  (kind == SPOT_ESTATE && strength == sure && walk_length(walk, at, at) == 1);
    return is_masked && is_part && !(walk_trait(walk, at) & TRAIT_STOP && kind == SPOT_ESTATE) ? at - 2 : at;
}

/* What may follow a spot only as a part of it or as the next one. */
static void close_name(struct walk *walk, uint32_t kind, uint32_t strength)
{
    uint32_t length = walk_length(walk, walk->at, walk->at);
    if (kind == SPOT_ROAD || (kind == SPOT_VILLAGE && strength == sure))
        walk_anchor_behind(walk, walk->at);
    else if ((strength == sure && kind != SPOT_SITE) ||
             (strength == usual && length > 1 && kind != SPOT_PARK && kind != SPOT_BUILDING && kind != SPOT_COMPANY &&
              kind != SPOT_VILLAGE))
        walk_start_behind(walk, walk->at);
}

/* 南路, 西街, 内大街: with the name of a site before it the name of a road. */
static int is_street(const struct walk *walk)
{
    uint16_t first = walk_first_character(walk, walk->at);
    uint16_t last = walk_last_character(walk, walk->at);
    return walk_length(walk, walk->at, walk->at) > 1 && (last == lu || last == jie) &&
           (is_direction(first) || first == nei || first == wai || first == zhong);
}

/* A suffix right behind a spot prolongs it or belongs to it. 1 when it was dealt with. */
static int take_adjacent(struct walk *walk, uint32_t kind, uint32_t strength, uint32_t beside)
{
    struct spot_found *old = walk_last_spot(walk);
    if (!old || (walk->behind != walk->at && walk->house != walk->at))
        return 0;
    struct spot_join join = {.old = old->kind,
                             .old_strength = suffix_of(walk->rules, walk->text, old->last) & 0xff,
                             .new = kind,
                             .new_strength = strength,
                             .is_phased = walk->house != walk->at && old->last + 1 != walk->at,
                             .is_estate = walk_last_character(walk, old->last) == qu,
                             .is_street = is_street(walk),
                             .is_road = kind == SPOT_ROAD && old->last + 1 == walk->at && !beside,
                             .is_house = walk->house == walk->at};
    switch (old->beside ? PROLONG_WITHIN : spot_prolonged(&join)) {
    case PROLONG_NOT:
        return 0;
    case PROLONG_SPOT:
        old->last = walk->at;
        old->beside = (uint16_t)beside;
        old->kind = (uint16_t)(kind == SPOT_ESTATE && old->kind == SPOT_ESTATE ? old->kind : kind);
        break;
    default:
        break;
    }
    walk->behind = walk->at + 1;
    close_name(walk, old->kind, sure);
    return 1;
}

/* A long noun that ends in a suffix; or a suffix of two characters that is a name behind a boundary: A市雅园小区. */
static int is_name_alone(const struct walk *walk, uint32_t kind, uint32_t beside)
{
    uint32_t at = walk->at;
    unsigned trait = walk_trait(walk, at);
    if (!(trait & (TRAIT_SUFFIX | TRAIT_BESIDE)))
        return 1;
    return kind == SPOT_ESTATE && !beside && !(trait & TRAIT_STOP) && walk_length(walk, at, at) == 2 &&
           walk->hard_start == at && walk->anchor == at && walk->behind != at;
}

/* A suffix or a long noun that ends in one. `beside`: characters of the token behind the suffix. */
void suffix_name(struct walk *walk, uint32_t value, uint32_t beside)
{
    uint32_t kind = value >> 8;
    uint32_t at = walk->at;
    int is_long = is_name_alone(walk, kind, beside);
    uint32_t start = walk_start_of_name(walk, kind);
    struct name_form form = {.text = walk->text,
                             .field = walk->field,
                             .last = at,
                             .kind = kind,
                             .suffix = value & 0xff,
                             .inside = walk->inside,
                             .is_anchored = walk_anchor_of(walk, start),
                             .has_verb = start < walk->soft_start};
    if ((walk->house == at || (start == at && !is_long)) && take_adjacent(walk, kind, form.suffix, beside))
        return;
    if (start == at && !is_long) {
        int is_on_site = at > 0 && is_street(walk) && walk_trait(walk, at - 1) & TRAIT_SUFFIX;
        start = is_on_site ? at - 1 : division_before(walk, kind, form.suffix);
    } else if (start < at && form.is_anchored && is_one_of_many(walk, start, kind)) {
        start = with_division(walk, start);
    }
    form.first = start;
    form.is_head = start == walk->head;
    form.is_addressed = start == walk->address;
    form.is_aside = walk->is_aside;
    form.is_alone = walk_clean_start(walk, start) && walk_clean_end(walk);
    uint32_t strength = start < at || is_long ? name_strength(walk->rules, &form) : 0;
    if (strength >= PLACE_LEAST_STRENGTH)
        walk_add_spot(walk, &(struct spot_found){.field = walk->field,
                                                 .first = start,
                                                 .last = at,
                                                 .kind = (uint16_t)kind,
                                                 .strength = (uint16_t)strength,
                                                 .clean = walk_clean_start(walk, start),
                                                 .skip = start == walk->hard_start ? (uint16_t)walk->skip : 0,
                                                 .beside = (uint16_t)beside});
    if (strength >= PLACE_LEAST_STRENGTH && form.is_addressed)
        walk_yield_road(walk->out, walk->field, start);
    if (strength >= PLACE_LEAST_STRENGTH || form.suffix == sure || (kind == SPOT_ROAD && form.suffix > 1))
        close_name(walk, kind, form.suffix);
}

/* 路上, 桥下, 小区业主: the suffix is the first part of the token. 0 when nothing ends there. */
int suffix_beside(struct walk *walk)
{
    const struct seg_token *token = &walk->token[walk->at];
    uint32_t length = token->end - token->begin;
    uint32_t size = length > 2 ? 2 : 1;
    uint32_t word = lexicon_find(walk->rules->lexicon, walk->code + token->begin, size);
    if (word >= walk->rules->word_count || !(walk->rules->trait[word] & TRAIT_SUFFIX))
        return 0;
    suffix_name(walk, suffix_value(walk->rules, word), length - size);
    walk_start_behind(walk, walk->at);
    return 1;
}

/* A name that the segmenter put together from characters (高冲路). */
static void take_joined_name(struct walk *walk)
{
    if (!may_end_name(walk->rules, walk_last_character(walk, walk->at)))
        return;
    uint32_t value = suffix_at_end(walk->rules, walk->text, walk->at, 2);
    if (value)
        suffix_name(walk, value, 0);
}

/* "晟/通城", "望/新路": a name cut so that its end makes a word. */
void suffix_cut_name(struct walk *walk)
{
    uint32_t at = walk->at;
    if (walk->token[at].kind != SEG_WORD && walk_length(walk, at, at) > 2) {
        take_joined_name(walk);
        return;
    }
    if (at == walk->hard_start || at == walk->soft_start || walk_length(walk, at, at) != 2 ||
        walk_length(walk, at - 1, at - 1) != 1 || walk->token[at - 1].kind > SEG_UNKNOWN ||
        !may_end_name(walk->rules, walk_last_character(walk, at)))
        return;
    uint32_t start = walk->soft_start;
    if (at - start > most_cut || walk_length(walk, start, at - 1) != at - start)
        return;
    uint32_t value = suffix_at_end(walk->rules, walk->text, at, 1);
    walk->inside = !is_numeral(walk_first_character(walk, at));
    if (value)
        suffix_name(walk, value, 0);
    walk->inside = 0;
}
