#include "place/place_spot.h"

#include "place/place_form.h"

enum {
    most_tokens = 8,
    most_characters = 14,
    most_company_tokens = 12,
    most_company_characters = 22,
    most_bare_characters = 8,
    bus_digits = 3, /* "405路" is a bus line, "3路" only before 公交 */
    zhi = 0x4e4b,
    hao = 0x53f7,
    xian = 0x7ebf,
    gong = 0x516c,
    che = 0x8f66
};

/* The walk over one field. */
struct walk {
    const struct place_rules *rules;
    const struct place_text *text;
    struct place_findings *out;
    uint32_t field;
    uint32_t at;
    uint32_t hard_start; /* behind the last token that no name holds */
    uint32_t soft_start; /* behind the last one that only names of companies hold */
    uint32_t anchor;     /* token behind a division or level word; UINT32_MAX when none is near */
    uint32_t division;   /* the last token that names a division; UINT32_MAX */
    uint32_t found_from; /* the first spot of this field in out->spot */
};

static const struct seg_token *token_at(const struct walk *walk, uint32_t token)
{
    return &walk->text->tokens->token[token];
}

static uint32_t length_of(const struct walk *walk, uint32_t first, uint32_t last)
{
    return token_at(walk, last)->end - token_at(walk, first)->begin;
}

static uint16_t first_character(const struct walk *walk, uint32_t token)
{
    return walk->text->characters->code[token_at(walk, token)->begin];
}

static uint16_t last_character(const struct walk *walk, uint32_t token)
{
    return walk->text->characters->code[token_at(walk, token)->end - 1];
}

/* A boundary before which nothing belongs to a name. */
static void start_behind(struct walk *walk, uint32_t token)
{
    walk->hard_start = token + 1;
    walk->soft_start = token + 1;
}

/* A division, level word, road or village: what follows is inside it. */
static void anchor_behind(struct walk *walk, uint32_t token)
{
    start_behind(walk, token);
    walk->anchor = token + 1;
}

/* The same name read further ("财富名园" + "小区", "师大附中" + "星城实验学校"): the longer reading stays. But a
 * company whose name begins with the estate it manages leaves the estate. */
static void add_spot(struct walk *walk, const struct spot_found *new)
{
    struct place_findings *out = walk->out;
    while (out->spot_count > walk->found_from) {
        const struct spot_found *old = &out->spot[out->spot_count - 1];
        if (old->last < new->first)
            break;
        if (new->kind == SPOT_COMPANY && old->kind == SPOT_ESTATE)
            return;
        out->spot_count--;
    }
    if (out->spot_count < SPOT_MAX_FOUND)
        out->spot[out->spot_count++] = *new;
}

/* Directions and sides before a name belong to the sentence: 内 外 前 后 旁 里 上 下. */
static int is_side(uint16_t character)
{
    static const uint16_t sides[] = {0x5185, 0x5916, 0x524d, 0x540e, 0x65c1, 0x91cc, 0x4e0a, 0x4e0b};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i] == character)
            return 1;
    return 0;
}

/* Leaves out leading sides and bare numbers, and what is too far away. */
static uint32_t trim_start(const struct walk *walk, uint32_t start, uint32_t last, int is_company)
{
    uint32_t tokens = is_company ? most_company_tokens : most_tokens;
    uint32_t characters = is_company ? most_company_characters : most_characters;
    while (start < last && (last - start >= tokens || length_of(walk, start, last) > characters))
        start++;
    while (start < last) {
        const struct seg_token *token = token_at(walk, start);
        int is_bare_number = token->kind == SEG_NUMBER && first_character(walk, start + 1) != hao;
        int is_leading_side = token->end - token->begin == 1 && is_side(first_character(walk, start));
        if (!is_bare_number && !is_leading_side)
            break;
        start++;
    }
    return start;
}

static int begins_bus(const struct walk *walk, uint32_t token)
{
    if (token >= walk->text->tokens->count)
        return 0;
    uint16_t c = first_character(walk, token);
    return c == gong || c == che;
}

/* "405路", "3路公交". */
static int take_bus(struct walk *walk)
{
    uint32_t at = walk->at;
    if (at == 0 || token_at(walk, at - 1)->kind != SEG_NUMBER)
        return 0;
    if (length_of(walk, at - 1, at - 1) >= bus_digits || begins_bus(walk, at + 1)) {
        struct name_form form = {walk->text, walk->field, at - 1, at, SPOT_STATION, 2, 1};
        add_spot(walk, &(struct spot_found){walk->field, at - 1, at, SPOT_STATION,
                                            (uint16_t)name_strength(walk->rules, &form)});
    }
    start_behind(walk, at);
    return 1;
}

/* "1号线", "六号线": the last character is 线, before it 号 and a number. */
static int take_line(struct walk *walk)
{
    const uint16_t *code = walk->text->characters->code;
    uint32_t end = token_at(walk, walk->at)->end;
    if (end < 3 || code[end - 2] != hao || !is_numeral(code[end - 3]))
        return 0;
    uint32_t begin = end - 3;
    while (begin > 0 && is_numeral(code[begin - 1]))
        begin--;
    uint32_t first = walk->at;
    while (token_at(walk, first)->begin > begin)
        first--;
    struct name_form form = {walk->text, walk->field, first, walk->at, SPOT_STATION, 2, 1};
    add_spot(walk, &(struct spot_found){walk->field, first, walk->at, SPOT_STATION,
                                        (uint16_t)name_strength(walk->rules, &form)});
    start_behind(walk, walk->at);
    return 1;
}

/* Nothing stands before the suffix but a division's short name: 望京花园. */
static uint32_t division_before(const struct walk *walk, uint32_t start)
{
    uint32_t before = walk->at - 1;
    int is_short_name = walk->at > 0 && start == walk->at && walk->division == before &&
                        !is_level_character(last_character(walk, before));
    return is_short_name ? before : start;
}

/* A suffix or a long noun that ends in one. */
static void take_name(struct walk *walk, uint32_t value)
{
    uint32_t kind = value >> 8;
    uint32_t is_long = !(trait_of(walk->rules, token_at(walk, walk->at)) & TRAIT_SUFFIX);
    int is_wide = kind == SPOT_COMPANY || kind == SPOT_SITE || kind == SPOT_MARKET;
    uint32_t start = trim_start(walk, is_wide ? walk->hard_start : walk->soft_start, walk->at, is_wide);
    uint32_t is_anchored = start == walk->anchor;
    if (start == walk->at && !is_long)
        start = division_before(walk, start);
    if (start < walk->at || is_long) {
        struct name_form form = {walk->text, walk->field, start, walk->at, kind, value & 0xff, is_anchored};
        uint32_t strength = name_strength(walk->rules, &form);
        if (strength >= PLACE_LEAST_STRENGTH)
            add_spot(walk, &(struct spot_found){walk->field, start, walk->at, (uint16_t)kind, (uint16_t)strength});
    }
    if (kind == SPOT_ROAD || kind == SPOT_VILLAGE)
        anchor_behind(walk, walk->at);
}

/* Behind a level word a name may stand without a suffix: "A6区时代年华精装修". It ends at the first word of a problem.
 */
static void take_bare_name(struct walk *walk, uint32_t end)
{
    uint32_t first = walk->anchor;
    uint32_t last = first;
    struct place_findings *out = walk->out;
    walk->anchor = UINT32_MAX;
    if (first >= end || walk->field == PLACE_IN_TEXT)
        return;
    int telling = 0;
    while (last < end && !(trait_of(walk->rules, token_at(walk, last)) & (TRAIT_TOPIC | TRAIT_SOFT | TRAIT_SUFFIX)) &&
           length_of(walk, first, last) <= most_bare_characters)
        telling += is_telling(walk->rules, walk->text, last++);
    if (last == first || !telling || length_of(walk, first, last - 1) < 2)
        return;
    struct name_form form = {walk->text, walk->field, first, last - 1, SPOT_ESTATE, 0, 0};
    uint32_t strength = name_strength(walk->rules, &form);
    for (uint32_t i = walk->found_from; i < out->spot_count; i++)
        if (out->spot[i].first < last && out->spot[i].last >= first)
            return;
    if (strength >= PLACE_LEAST_STRENGTH)
        add_spot(walk, &(struct spot_found){walk->field, first, last - 1, SPOT_ESTATE, (uint16_t)strength});
}

static void take_division(struct walk *walk)
{
    struct place_findings *out = walk->out;
    if (out->hit_count < DIVISION_MAX_HITS)
        out->hit[out->hit_count++] = (struct division_hit){walk->field, walk->at};
    walk->division = walk->at;
    anchor_behind(walk, walk->at);
}

/* "A3区", "雷锋镇", "岳麓区": a level word alone, or a name that ends in one and is no word of another kind. */
static int is_level_word(const struct walk *walk, unsigned trait)
{
    const struct seg_token *token = token_at(walk, walk->at);
    if (!is_level_character(last_character(walk, walk->at)) || trait & (TRAIT_SUFFIX | TRAIT_STOP))
        return 0;
    return token->end - token->begin == 1 || trait & TRAIT_LONG;
}

/* 魅力/之/城: the particle stands inside a name when a suffix follows. */
static int is_inside_name(const struct walk *walk)
{
    uint32_t next = walk->at + 1;
    return first_character(walk, walk->at) == zhi && next < walk->text->tokens->count &&
           trait_of(walk->rules, token_at(walk, next)) & TRAIT_SUFFIX;
}

static void take_token(struct walk *walk)
{
    const struct seg_token *token = token_at(walk, walk->at);
    unsigned trait = trait_of(walk->rules, token);
    if (token->kind == SEG_SPACE || token->kind == SEG_PUNCTUATION || (trait & TRAIT_HARD && !is_inside_name(walk))) {
        take_bare_name(walk, walk->at);
        start_behind(walk, walk->at);
        return;
    }
    if (trait & TRAIT_DIVISION) {
        take_bare_name(walk, walk->at);
        take_division(walk);
        return;
    }
    if (is_level_word(walk, trait)) {
        anchor_behind(walk, walk->at);
        return;
    }
    if (last_character(walk, walk->at) == xian && take_line(walk))
        return;
    uint32_t value = trait & (TRAIT_SUFFIX | TRAIT_LONG) ? suffix_of(walk->rules, walk->text, walk->at) : 0;
    if (value >> 8 == SPOT_ROAD && token->end - token->begin == 1 && take_bus(walk))
        return;
    if (value)
        take_name(walk, value);
    else if (trait & TRAIT_SOFT)
        walk->soft_start = walk->at + 1;
}

void find_spots(const struct place_rules *rules, const struct place_text *text, uint32_t field,
                struct place_findings *findings)
{
    struct walk walk = {.rules = rules,
                        .text = text,
                        .out = findings,
                        .field = field,
                        .anchor = UINT32_MAX,
                        .division = UINT32_MAX,
                        .found_from = findings->spot_count};
    for (walk.at = 0; walk.at < text->tokens->count; walk.at++)
        take_token(&walk);
    if (text->tokens->count)
        take_bare_name(&walk, (uint32_t)text->tokens->count);
}
