#include "place/place_part.h"

#include "place/place_form.h"

enum {
    bus_digits = 3, /* "405路" is a bus line, "3路" only before 公交 */
    most_phase = 8, /* characters of a name that only a phase behind it betrays */
    usual = 2,      /* strength of a suffix */
    hao = 0x53f7,   /* 号 */
    gong = 0x516c,  /* 公 */
    xian = 0x7ebf,  /* 线 */
    che = 0x8f66,   /* 车 */
    yuan = 0x9662   /* 院 */
};

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
        walk_add_spot(walk, &(struct spot_found){.field = walk->field,
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
int part_bus(struct walk *walk)
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

/* 702公交车 */
static int take_numbered_bus(struct walk *walk)
{
    uint32_t at = walk->at;
    if (at == 0 || walk->token[at - 1].kind != SEG_NUMBER || walk_length(walk, at - 1, at - 1) < bus_digits)
        return 0;
    add_line(walk, at - 1, SPOT_STATION);
    return 1;
}

/* 三环; "1号线", "六号线": before 号线 or its 线 stands a number, as before 公交. */
int part_line(struct walk *walk)
{
    if (begins_bus(walk, walk->at))
        return take_numbered_bus(walk);
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

/* 二期, 南门, 3栋: part of the site before it, which may be a name that nothing else betrays. */
void part_phase(struct walk *walk, uint32_t first)
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
            walk_add_spot(walk, &(struct spot_found){.field = walk->field,
                                                     .first = start,
                                                     .last = end - 1,
                                                     .kind = SPOT_ESTATE,
                                                     .strength = (uint16_t)strength,
                                                     .clean = walk_clean_start(walk, start),
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
int part_unit(struct walk *walk, unsigned trait)
{
    uint32_t at = walk->at;
    if (at == 0 || !(walk->token[at - 1].kind == SEG_NUMBER || is_numeral(walk_last_character(walk, at - 1)) ||
                     walk_is_masked(walk, at - 1)))
        return 0;
    int is_house = walk_first_character(walk, at) == hao;
    const struct spot_found *spot = walk_last_spot(walk);
    if (is_house && spot && walk->behind == at - 1 && spot->kind == SPOT_ROAD)
        note_address(walk);
    if (is_house && walk_last_character(walk, at) == yuan && walk->behind == at - 1) {
        walk->house = at;
        return 0;
    }
    if (is_house && at + 1 < walk->count && walk_trait(walk, at + 1) & TRAIT_SUFFIX && walk->house != at + 1)
        return 0;
    uint32_t anchor = walk->anchor;
    if (trait & TRAIT_PHASE || walk->behind == at - 1)
        part_phase(walk, at - 1);
    else
        walk_start_behind(walk, at);
    if (anchor == at - 1)
        walk->anchor = at + 1;
    return 1;
}
