#include "place/place_spot.h"

#include "place/place_bare.h"
#include "place/place_extend.h"
#include "place/place_form.h"
#include "place/place_walk.h"

enum {
    bus_digits = 3,  /* "405路" is a bus line, "3路" only before 公交 */
    most_phase = 8,  /* characters of a name that only a phase behind it betrays */
    most_cut = 3,    /* characters before a word that holds the end of a name */
    most_spread = 3, /* tokens before a particle inside a name */
    sure = 3,        /* strength of a suffix */
    usual = 2,
    hao = 0x53f7,
    duo = 0x591a,
    liang = 0x4e24,
    ji = 0x51e0,
    shi = 0x5e02,
    qu = 0x533a,
    qi = 0x5176,
    dian = 0x70b9,
    zhi = 0x4e4b,
    gong = 0x516c,
    xian = 0x7ebf,
    che = 0x8f66,
    yuan = 0x9662, /* 院 */
    middle_dot = 0xb7,
    ordinal = 0x7b2c /* 第 */
};

/* The same name read further ("师大附中" + "星城实验学校"): the longer reading stays. But a company whose name begins
 * with the estate it manages leaves the estate. */
static void add_spot(struct walk *walk, const struct spot_found *new)
{
    struct place_findings *out = walk->out;
    const struct spot_found *old;
    while ((old = walk_last_spot(walk)) && old->last >= new->first) {
        if (new->kind == SPOT_COMPANY && old->kind == SPOT_ESTATE)
            return;
        out->spot_count--;
    }
    if (out->spot_count == SPOT_MAX_FOUND)
        return;
    out->spot[out->spot_count++] = *new;
    walk->behind = new->last + 1;
}

/* Does nothing that the sentence may have added stand before the name? */
static uint16_t is_clean_start(const struct walk *walk, uint32_t first)
{
    if (walk_anchor_of(walk, first) == ANCHORED_IN_DIVISION)
        return CLEAN_IN_DIVISION;
    return first == 0 || first == walk->anchor || walk->token[first - 1].kind >= SEG_PUNCTUATION ? CLEAN_ALONE
                                                                                                 : CLEAN_NOT;
}

static uint32_t is_clean_end(const struct walk *walk)
{
    return walk->at + 1 == walk->count || walk->token[walk->at + 1].kind >= SEG_PUNCTUATION;
}

/* A line of buses or trains, a ring road. */
static void add_line(struct walk *walk, uint32_t first, uint32_t kind)
{
    struct name_form form = {.text = walk->text,
                             .field = walk->field,
                             .first = first,
                             .last = walk->at,
                             .kind = kind,
                             .suffix = usual,
                             .is_anchored = ANCHORED_IN_DIVISION};
    uint16_t strength = (uint16_t)name_strength(walk->rules, &form);
    if (strength >= PLACE_LEAST_STRENGTH)
        add_spot(walk, &(struct spot_found){.field = walk->field,
                                            .first = first,
                                            .last = walk->at,
                                            .kind = (uint16_t)kind,
                                            .strength = strength,
                                            .clean = CLEAN_ALONE});
    walk_start_behind(walk, walk->at);
}

static int begins_bus(const struct walk *walk, uint32_t token)
{
    if (token >= walk->count)
        return 0;
    uint16_t c = walk_first_character(walk, token);
    return c == gong || c == che;
}

/* "405路", "3路公交", "W125路公交". */
static int take_bus(struct walk *walk)
{
    uint32_t at = walk->at;
    if (at == 0 || (walk->token[at - 1].kind != SEG_NUMBER && walk->token[at - 1].kind != SEG_LATIN))
        return 0;
    int is_long = walk->token[at - 1].kind == SEG_NUMBER && walk_length(walk, at - 1, at - 1) >= bus_digits;
    if (is_long || begins_bus(walk, at + 1))
        add_line(walk, at - 1, SPOT_STATION);
    else
        walk_start_behind(walk, at);
    return 1;
}

/* 东 西 南 北 */
static int is_direction(uint16_t character)
{
    return character == 0x4e1c || character == 0x897f || character == 0x5357 || character == 0x5317;
}

/* 三环; "1号线", "六号线": before 号线 or its 线 stands a number. */
static int take_line(struct walk *walk)
{
    uint32_t begin = walk->token[walk->at].end - 1;
    if (walk->code[begin] != xian) {
        int is_sided = walk->at > walk->hard_start && walk_length(walk, walk->at - 1, walk->at - 1) == 1 &&
                       is_direction(walk_first_character(walk, walk->at - 1));
        add_line(walk, walk->at - (uint32_t)is_sided, SPOT_ROAD);
        return 1;
    }
    if (begin == 0 || walk->code[--begin] != hao)
        return 0;
    uint32_t number = begin;
    while (number > 0 && is_numeral(walk->code[number - 1]))
        number--;
    if (number == begin)
        return 0;
    uint32_t first = walk->at;
    while (walk->token[first].begin > number)
        first--;
    add_line(walk, first, SPOT_STATION);
    return 1;
}

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
    int is_short = walk_trait(walk, at - 1) & TRAIT_DIVISION && !is_level_character(walk_last_character(walk, at - 1));
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
static void take_name(struct walk *walk, uint32_t value, uint32_t beside)
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
                             .is_anchored = walk_anchor_of(walk, start),
                             .has_verb = start < walk->soft_start};
    if ((walk->house == at || (start == at && !is_long)) && take_adjacent(walk, kind, form.suffix, beside))
        return;
    if (start == at && !is_long) {
        start = division_before(walk, kind, form.suffix);
    } else if (form.is_anchored && is_one_of_many(walk, start, kind)) {
        start = with_division(walk, start);
    }
    form.first = start;
    form.is_head = start == walk->head;
    form.is_addressed = start == walk->address;
    form.is_alone = is_clean_start(walk, start) && is_clean_end(walk);
    uint32_t strength = start < at || is_long ? name_strength(walk->rules, &form) : 0;
    if (strength >= PLACE_LEAST_STRENGTH)
        add_spot(walk, &(struct spot_found){.field = walk->field,
                                            .first = start,
                                            .last = at,
                                            .kind = (uint16_t)kind,
                                            .strength = (uint16_t)strength,
                                            .clean = is_clean_start(walk, start),
                                            .skip = start == walk->hard_start ? (uint16_t)walk->skip : 0,
                                            .beside = (uint16_t)beside});
    if (strength >= PLACE_LEAST_STRENGTH || form.suffix == sure || (kind == SPOT_ROAD && form.suffix > 1))
        close_name(walk, kind, form.suffix);
}

/* 路上, 桥下, 小区业主: the suffix is the first part of the token. 0 when nothing ends there. */
static int take_beside(struct walk *walk)
{
    const struct seg_token *token = &walk->token[walk->at];
    uint32_t length = token->end - token->begin;
    uint32_t size = length > 2 ? 2 : 1;
    uint32_t word = lexicon_find(walk->rules->lexicon, walk->code + token->begin, size);
    if (word >= walk->rules->word_count || !(walk->rules->trait[word] & TRAIT_SUFFIX))
        return 0;
    take_name(walk, place_tag(walk->rules, word, LEXICON_TAG_SUFFIX), length - size);
    walk_start_behind(walk, walk->at);
    return 1;
}

/* 二期, 南门, 3栋: part of the site before it, which may be a name that nothing else betrays. */
static void take_phase(struct walk *walk, uint32_t first)
{
    uint32_t start = walk->soft_start;
    uint32_t end = first;
    if (walk->behind == first) {
        walk->behind = walk->at + 1;
        walk_start_behind(walk, walk->at);
        return;
    }
    uint32_t telling = 0;
    uint32_t common = 0;
    for (uint32_t i = start; i < end; i++) {
        int tells = is_telling(walk->rules, walk->text, i);
        telling += (uint32_t)tells;
        common += (uint32_t)!tells + 2 * (uint32_t)(walk->token[i].kind > SEG_UNKNOWN);
    }
    if (telling > common && walk_length(walk, start, end - 1) <= most_phase && walk_length(walk, start, end - 1) > 2) {
        struct name_form form = {.text = walk->text,
                                 .field = walk->field,
                                 .first = start,
                                 .last = end - 1,
                                 .kind = SPOT_ESTATE,
                                 .suffix = usual,
                                 .is_bare = 1,
                                 .is_head = start == walk->head,
                                 .is_anchored = walk_anchor_of(walk, start)};
        uint32_t strength = name_strength(walk->rules, &form);
        if (strength >= PLACE_LEAST_STRENGTH) {
            add_spot(walk, &(struct spot_found){.field = walk->field,
                                                .first = start,
                                                .last = end - 1,
                                                .kind = SPOT_ESTATE,
                                                .strength = (uint16_t)strength,
                                                .clean = is_clean_start(walk, start),
                                                .skip = start == walk->hard_start ? (uint16_t)walk->skip : 0});
            walk->behind = walk->at + 1;
        }
    }
    walk_start_behind(walk, walk->at);
}

/* 成府路28号: an estate may follow. */
static void note_address(struct walk *walk)
{
    walk->house = walk->at + 1;
    walk->address = walk->at + 1;
    if (walk->field == PLACE_IN_TITLE)
        walk->out->title_address = walk->at + 1;
}

/* 3栋, 2期, 9号, 四栋: a number and its unit. 1 when it was one. */
static int take_unit(struct walk *walk, unsigned trait)
{
    uint32_t at = walk->at;
    if (at == 0 || !(walk->token[at - 1].kind == SEG_NUMBER || is_numeral(walk_last_character(walk, at - 1)) ||
                     walk_is_masked(walk, at - 1)))
        return 0;
    int is_house = walk_first_character(walk, at) == hao;
    const struct spot_found *spot = walk_last_spot(walk);
    if (is_house && walk->behind == at - 1 && spot->kind == SPOT_ROAD)
        note_address(walk);
    if (is_house && walk_last_character(walk, at) == yuan && walk->behind == at - 1) {
        walk->house = at;
        return 0;
    }
    if (is_house && at + 1 < walk->count && walk_trait(walk, at + 1) & TRAIT_SUFFIX && walk->house != at + 1)
        return 0;
    uint32_t anchor = walk->anchor;
    if (trait & TRAIT_PHASE || walk->behind == at - 1)
        take_phase(walk, at - 1);
    else
        walk_start_behind(walk, at);
    if (anchor == at - 1)
        walk->anchor = at + 1;
    return 1;
}

/* 大望家园社区, 下水沟村: a node of the gazetteer, but a spot like any village too. With characters of a name before
 * it, it is another one (青山|新村社区). */
static int is_community(const struct walk *walk)
{
    uint32_t node = place_tag(walk->rules, walk->token[walk->at].word, LEXICON_TAG_PLACE);
    return node != UINT32_MAX && gazetteer_node(walk->rules->lexicon, node).level >= PLACE_COMMUNITY;
}

static void take_community(struct walk *walk)
{
    uint32_t kind_and_strength = (uint32_t)SPOT_VILLAGE << 8 | sure;
    take_name(walk, kind_and_strength, 0);
    walk_anchor_behind(walk, walk->at);
}

static void take_division(struct walk *walk)
{
    struct place_findings *out = walk->out;
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
    if (spot && spot->last + 1 == walk->at)
        walk->out->spot_count--;
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
    if (run == 0 && (!is_anchored || (character != qi && character != dian)))
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

/* A name that the segmenter put together from characters (高冲路). */
static void take_joined_name(struct walk *walk)
{
    if (!may_end_name(walk->rules, walk_last_character(walk, walk->at)))
        return;
    uint32_t value = suffix_at_end(walk->rules, walk->text, walk->at, 2);
    if (value)
        take_name(walk, value, 0);
}

/* "晟/通城", "望/新路": a name cut so that its end makes a word. */
static void take_cut_name(struct walk *walk)
{
    uint32_t at = walk->at;
    if (walk->token[at].kind == SEG_UNKNOWN && walk_length(walk, at, at) > 2) {
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
    if (value)
        take_name(walk, value, 0);
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
    if (trait & TRAIT_UNIT && take_unit(walk, trait))
        return;
    if ((trait & (TRAIT_PHASE | TRAIT_UNIT)) == TRAIT_PHASE) {
        take_phase(walk, walk->at);
        return;
    }
    if (trait & TRAIT_BESIDE && take_beside(walk))
        return;
    if (is_boundary(walk, trait)) {
        walk_start_behind(walk, walk->at);
        return;
    }
    if (trait & TRAIT_LINE && take_line(walk))
        return;
    uint32_t value = trait & (TRAIT_SUFFIX | TRAIT_LONG) ? suffix_of(walk->rules, walk->text, walk->at) : 0;
    if (value >> 8 == SPOT_ROAD && walk_length(walk, walk->at, walk->at) == 1 && take_bus(walk))
        return;
    if (value)
        take_name(walk, value, 0);
    else if (trait & TRAIT_SOFT)
        walk->soft_start = walk->at + 1;
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
    for (; walk.at < walk.count; walk.at++) {
        const struct seg_token *token = &walk.token[walk.at];
        unsigned trait = trait_of(rules, token);
        if (trait & TRAIT_EVENT)
            take_word(&walk, trait);
        else if (token->kind <= SEG_UNKNOWN)
            take_cut_name(&walk);
        else if (token->kind == SEG_LATIN)
            take_masked(&walk);
        else if (token->kind >= SEG_PUNCTUATION && walk.code[token->begin] != middle_dot)
            walk_start_behind(&walk, walk.at);
    }
}
