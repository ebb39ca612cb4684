#include "place/place_bare.h"
#include "place/place_division.h"
#include "place/place_form.h"
#include "place/place_name.h"
#include "place/place_position.h"
#include "place/place_variant.h"

#include <string.h>

enum {
    bonus_repeat = 40, /* each further mention of the same spot */
    most_repeats = 3,
    strength_grid = 500,
    strength_address = 700,
    strength_division = 300, /* a district; a subdistrict has twice that, a city a third */
    least_known = 3,         /* characters of a name that cuts a longer reading */
    least_address = 2        /* characters that name something by themselves */
};

/* A spot with its name, before the strongest are chosen. */
struct named_spot {
    uint64_t key;
    const struct spot_found *found;
    struct canonical_name name;
    uint32_t strength;
    uint32_t repeats;
};

struct chosen_spots {
    uint32_t count;
    struct named_spot spot[SPOT_MAX_FOUND];
};

/* What the strength says, less for roads, stations and villages: they tell where the complaint's own spot lies. */
static uint32_t rank_of(const struct spot_found *found)
{
    uint32_t loss = found->kind == SPOT_ROAD || found->kind == SPOT_VILLAGE ? 60 : 0;
    return found->strength > loss ? found->strength - loss : 0;
}

/* What is left of 建设项目 is no name, nor is 八组. */
static int is_plain_word(const struct place_rules *rules, const struct canonical_name *name, uint32_t kind)
{
    uint32_t numerals = 0;
    while (numerals < name->count && is_numeral(name->code[numerals]))
        numerals++;
    if (numerals && kind == SPOT_VILLAGE && name->count - numerals < least_address)
        return 1;
    uint32_t word = lexicon_find(rules->lexicon, name->code, name->count);
    if (word >= rules->word_count || rules->trait[word] & TRAIT_DIVISION)
        return 0;
    unsigned plain = TRAIT_SOFT | TRAIT_TOPIC | TRAIT_STOP | TRAIT_HARD;
    return (rules->trait[word] & (kind == SPOT_SITE ? plain | TRAIT_COMMON : plain)) != 0;
}

/* Does `name` end with the whole of `end`? */
static int ends_with(const struct canonical_name *name, const struct canonical_name *end)
{
    return name->count > end->count &&
           memcmp(name->code + name->count - end->count, end->code, end->count * sizeof *end->code) == 0;
}

static void drop_joined(struct chosen_spots *chosen)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < chosen->count; i++)
        if (chosen->spot[i].key)
            chosen->spot[kept++] = chosen->spot[i];
    chosen->count = kept;
}

/* "彻底解决好云杉路" beside "云杉路": where one spot begins behind punctuation or a division, a longer reading of it
 * elsewhere holds words of the sentence; both are one. */
static void join_longer_readings(struct chosen_spots *chosen)
{
    for (uint32_t i = 0; i < chosen->count; i++) {
        struct named_spot *spot = &chosen->spot[i];
        for (uint32_t j = 0; j < chosen->count; j++) {
            struct named_spot *other = &chosen->spot[j];
            if (other->found->clean <= spot->found->clean || other->name.count < least_known || !other->key ||
                !ends_with(&spot->name, &other->name))
                continue;
            other->repeats += spot->repeats + 1;
            spot->key = 0;
            break;
        }
    }
    drop_joined(chosen);
}

/* Two spellings of one record that sound alike are one spot: as it stands more often, then in the stronger place. */
static void join_misheard(const struct place_rules *rules, struct chosen_spots *chosen)
{
    for (uint32_t i = 1; i < chosen->count; i++) {
        struct named_spot *spot = &chosen->spot[i];
        for (uint32_t j = 0; j < i && spot->key; j++) {
            struct named_spot *other = &chosen->spot[j];
            if (!other->key || other->found->kind != spot->found->kind ||
                !name_is_misheard(rules, &spot->name, &other->name))
                continue;
            int is_better =
                spot->repeats != other->repeats ? spot->repeats > other->repeats : spot->strength > other->strength;
            struct named_spot joined = is_better ? *spot : *other;
            joined.repeats = spot->repeats + other->repeats + 1;
            *other = joined;
            spot->key = 0;
        }
    }
    drop_joined(chosen);
}

/* 南湖西圆社区 in a certain 望京街道 is 南湖西园社区: the gazetteer's spelling, and its node. */
static void mend_community(const struct place_rules *rules, struct chosen_spots *chosen, struct place_result *out)
{
    for (uint32_t i = 0; out->node != UINT32_MAX && i < chosen->count; i++) {
        struct named_spot *spot = &chosen->spot[i];
        uint32_t node =
            spot->found->kind == SPOT_VILLAGE ? name_misspelt_community(rules, &spot->name, out->node) : UINT32_MAX;
        if (node == UINT32_MAX)
            continue;
        name_of_node(&spot->name, rules->lexicon, node);
        spot->key = name_key(&spot->name, rules, SPOT_VILLAGE);
        out->node = node;
        return;
    }
}

/* Joins mentions of one key; the strongest stands for all. */
static void choose_spots(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS],
                         const struct place_findings *findings, struct chosen_spots *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < findings->spot_count; i++) {
        const struct spot_found *found = &findings->spot[i];
        const struct seg_token *token = text[found->field].tokens->token;
        struct named_spot *spot = &out->spot[out->count];
        name_canonical(&spot->name, text[found->field].characters->code, token[found->first].begin + found->skip,
                       token[found->last].end - found->beside, found->kind);
        if (spot->name.count < least_address || is_plain_word(rules, &spot->name, found->kind))
            continue;
        *spot = (struct named_spot){name_key(&spot->name, rules, found->kind), found, spot->name, rank_of(found), 0};
        uint32_t same = 0;
        while (same < out->count && out->spot[same].key != spot->key)
            same++;
        if (same == out->count) {
            out->count++;
            continue;
        }
        struct named_spot *old = &out->spot[same];
        uint32_t repeats = old->repeats + 1;
        if (spot->strength > old->strength)
            *old = *spot;
        old->repeats = repeats;
    }
}

static int is_before(const struct place_mention *a, const struct place_mention *b)
{
    if (a->strength != b->strength)
        return a->strength > b->strength;
    if (a->field != b->field)
        return a->field < b->field;
    return a->begin != b->begin ? a->begin < b->begin : a->key < b->key;
}

/* Keeps the strongest PLACE_MAX_MENTIONS in order. */
static void insert_mention(struct place_result *out, const struct place_mention *mention)
{
    uint32_t at = out->mention_count;
    if (at == PLACE_MAX_MENTIONS) {
        if (!is_before(mention, &out->mention[at - 1]))
            return;
        at--;
    } else {
        out->mention_count++;
    }
    for (; at > 0 && is_before(mention, &out->mention[at - 1]); at--)
        out->mention[at] = out->mention[at - 1];
    out->mention[at] = *mention;
}

static int insert_spots(const struct place_text text[PLACE_FIELDS], struct chosen_spots *chosen, struct arena *arena,
                        struct place_result *out)
{
    for (uint32_t i = 0; i < chosen->count; i++) {
        const struct named_spot *spot = &chosen->spot[i];
        const struct seg_token *token = text[spot->found->field].tokens->token;
        uint32_t repeats = spot->repeats < most_repeats ? spot->repeats : most_repeats;
        uint32_t strength = spot->strength + repeats * bonus_repeat;
        struct place_mention mention = {.key = spot->key,
                                        .node = UINT32_MAX,
                                        .field = spot->found->field,
                                        .begin = token[spot->found->first].begin + spot->found->skip,
                                        .end = token[spot->found->last].end - spot->found->beside,
                                        .strength = (uint16_t)(strength > 1000 ? 1000 : strength),
                                        .kind = spot->found->kind,
                                        .name = name_text(&spot->name, arena)};
        if (!mention.name.data)
            return -1;
        insert_mention(out, &mention);
    }
    return 0;
}

/* The certain division and those above it, each at the first token that names it. */
static void insert_divisions(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS],
                             const struct place_findings *findings, struct place_result *out)
{
    static const uint16_t strengths[PLACE_LEVELS] = {[PLACE_CITY] = strength_division / 3,
                                                     [PLACE_DISTRICT] = strength_division,
                                                     [PLACE_SUBDISTRICT] = 2 * strength_division,
                                                     [PLACE_COMMUNITY] = 3 * strength_division};
    for (uint32_t node = out->node; node != UINT32_MAX;) {
        struct gazetteer_node division = gazetteer_node(rules->lexicon, node);
        struct place_mention mention = {.key = division.code,
                                        .node = node,
                                        .strength = strengths[division.level],
                                        .kind = SPOT_NONE,
                                        .name = division.name};
        for (uint32_t i = 0; i < findings->hit_count; i++) {
            const struct seg_token *token = &text[findings->hit[i].field].tokens->token[findings->hit[i].token];
            if (!place_has_node(rules, token->word, node))
                continue;
            mention.field = findings->hit[i].field;
            mention.begin = token->begin;
            mention.end = token->end;
            break;
        }
        insert_mention(out, &mention);
        node = division.parent;
    }
}

/* An address in which no form was recognised names a spot as a whole: "350 N ORLEANS ST". */
static int insert_address(const struct place_rules *rules, const struct place_text *address, struct arena *arena,
                          struct place_result *out)
{
    struct canonical_name name;
    const struct seg_tokens *tokens = address->tokens;
    uint32_t first = 0;
    for (uint32_t i = 0; i < tokens->count; i++)
        if (trait_of(rules, &tokens->token[i]) & TRAIT_DIVISION)
            first = i + 1;
    if (first >= tokens->count)
        return 0;
    uint32_t begin = tokens->token[first].begin;
    uint32_t end = tokens->token[tokens->count - 1].end;
    name_canonical(&name, address->characters->code, begin, end, SPOT_NONE);
    if (name.count < least_address)
        return 0;
    struct place_mention mention = {.key = name_key(&name, rules, SPOT_SITE),
                                    .node = UINT32_MAX,
                                    .field = PLACE_IN_ADDRESS,
                                    .begin = begin,
                                    .end = end,
                                    .strength = strength_address,
                                    .kind = SPOT_SITE,
                                    .name = name_text(&name, arena)};
    if (!mention.name.data)
        return -1;
    insert_mention(out, &mention);
    return 0;
}

/* A position without a name: the cell of the grid. */
static int insert_grid_cell(const struct place_rules *rules, const weisu_record *record, struct arena *arena,
                            struct place_result *out)
{
    char name[POSITION_NAME_BYTES];
    struct place_mention mention = {
        .node = UINT32_MAX, .field = PLACE_IN_ADDRESS, .strength = strength_grid, .kind = SPOT_SITE};
    size_t size = position_cell(rules->city_code, record->lat_e7, record->lon_e7, &mention.key, name);
    mention.name = arena_copy(arena, (weisu_str){name, size});
    if (!mention.name.data)
        return -1;
    insert_mention(out, &mention);
    return 0;
}

static const struct place_mention *main_spot(const struct place_result *out)
{
    for (uint32_t i = 0; i < out->mention_count; i++)
        if (out->mention[i].node == UINT32_MAX)
            return &out->mention[i];
    return NULL;
}

/* A community or a spot of the gazetteer: no cell of the grid is tighter. */
static int is_tight(const struct place_rules *rules, uint32_t node)
{
    return node != UINT32_MAX && gazetteer_node(rules->lexicon, node).level >= PLACE_COMMUNITY;
}

static int has_spot_in(const struct chosen_spots *chosen, uint32_t field)
{
    for (uint32_t i = 0; i < chosen->count; i++)
        if (chosen->spot[i].found->field == field)
            return 1;
    return 0;
}

static int insert_all(const struct place_rules *rules, const weisu_record *record,
                      const struct place_text text[PLACE_FIELDS], const struct place_findings *findings,
                      struct arena *arena, struct place_result *out)
{
    struct chosen_spots chosen;
    choose_spots(rules, text, findings, &chosen);
    join_longer_readings(&chosen);
    join_misheard(rules, &chosen);
    mend_community(rules, &chosen, out);
    if (insert_spots(text, &chosen, arena, out))
        return -1;
    if (text[PLACE_IN_ADDRESS].tokens->count && !has_spot_in(&chosen, PLACE_IN_ADDRESS) &&
        insert_address(rules, &text[PLACE_IN_ADDRESS], arena, out))
        return -1;
    if (record->has & WEISU_HAS_POSITION && !main_spot(out) && !is_tight(rules, out->node) &&
        insert_grid_cell(rules, record, arena, out))
        return -1;
    insert_divisions(rules, text, findings, out);
    return 0;
}

int place_analyse(const struct place_rules *rules, const weisu_record *record,
                  const struct place_text text[PLACE_FIELDS], struct arena *arena, struct place_result *out)
{
    struct place_findings findings;
    struct division_answer division;
    findings.spot_count = 0;
    findings.hit_count = 0;
    findings.is_elsewhere = 0;
    findings.title_address = UINT32_MAX;
    for (uint32_t field = 0; field < PLACE_FIELDS; field++)
        find_spots(rules, &text[field], field, &findings);
    find_bare_name(rules, text, &findings);
    if (findings.is_elsewhere)
        findings.hit_count = 0;
    find_division(rules, record, text, &findings, &division);
    *out = (struct place_result){.node = division.node,
                                 .candidate_count = division.candidate_count,
                                 .contradiction = division.contradiction,
                                 .said_node = division.said_node};
    memcpy(out->candidate, division.candidate, sizeof out->candidate);
    if (insert_all(rules, record, text, &findings, arena, out))
        return -1;
    const struct place_mention *spot = main_spot(out);
    if (out->node != UINT32_MAX)
        out->level = gazetteer_node(rules->lexicon, out->node).level;
    if (spot) {
        out->level = PLACE_SPOT;
        out->spot_key = spot->key;
        out->spot_name = spot->name;
    }
    return 0;
}
