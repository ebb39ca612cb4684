#include "synth/place_names.h"

#include "base/failure.h"

#include <string.h>

enum { PLACE_PURPOSE = 0x91ace, STEM_PURPOSE, SUFFIX_PURPOSE, TAIL_PURPOSE, GENERIC_PURPOSE, FACT_PURPOSE };
enum { ORGANISATION_PURPOSE = 0x0e6a };

weisu_code place_map_init(struct place_map *map, const struct wording_tables *tables, uint64_t seed, uint32_t count,
                          weisu_err *err)
{
    *map = (struct place_map){.tables = tables, .seed = seed};
    map->first = memory_new(tables->arena.allocator, tables->type_count + 1, sizeof *map->first);
    if (!map->first)
        return failure(err, WEISU_ENOMEM, "no memory for the places of synth");
    map->first[0] = 0;
    for (uint32_t i = 0; i < tables->type_count; i++) {
        uint64_t share = (uint64_t)count * tables->types[i].weight / tables->type_weight;
        map->first[i + 1] = map->first[i] + (uint32_t)(share > PLACES_OF_A_TYPE ? share : PLACES_OF_A_TYPE);
    }
    return WEISU_OK;
}

void place_map_dispose(struct place_map *map)
{
    if (map->first)
        memory_free(map->tables->arena.allocator, map->first, map->tables->type_count + 1, sizeof *map->first);
}

uint32_t place_map_count(const struct place_map *map)
{
    return map->first[map->tables->type_count];
}

static uint32_t draw_type(const struct place_map *map, const struct problem *problem, struct draw *draw)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < problem->type_count; i++)
        sum += map->tables->types[problem->types[i]].weight;
    uint32_t value = draw_below(draw, sum);
    uint32_t at = 0;
    while (value >= map->tables->types[problem->types[at]].weight)
        value -= map->tables->types[problem->types[at++]].weight;
    return problem->types[at];
}

uint32_t place_map_draw(const struct place_map *map, const struct problem *problem, struct draw *draw)
{
    uint32_t type = draw_type(map, problem, draw);
    uint32_t count = map->first[type + 1] - map->first[type];
    uint32_t one = draw_below(draw, count);
    /* A fifth of the complaints leans towards the places with low numbers. */
    uint32_t at = draw_chance(draw, 200) ? draw_below(draw, one + 1) : one;
    return map->first[type] + at;
}

struct place place_open(const struct place_map *map, uint32_t number)
{
    const struct wording_tables *tables = map->tables;
    struct place place = {.number = number, .seed = hash_pair(map->seed, number)};
    struct draw draw = draw_from(place.seed, PLACE_PURPOSE);
    uint32_t type = 0;
    while (number >= map->first[type + 1])
        type++;
    place.type = &tables->types[type];
    uint32_t value = draw_below(&draw, place.type->weight);
    place.form = place.type->forms;
    while (value >= place.form->weight)
        value -= (place.form++)->weight;
    value = draw_below(&draw, tables->district_weight);
    place.district = tables->districts;
    while (value >= place.district->weight)
        value -= (place.district++)->weight;
    place.subdistrict = place.district->subdistricts[draw_below(&draw, place.district->subdistrict_count)];
    return place;
}

/* ---- names ---- */

/* Slots of a name: words and numbers, from the draw of the name. */
struct name_fill {
    const struct wording_tables *tables;
    struct draw draw;
};

static void fill_name(void *context, const struct template_slot *slot, struct byte_buffer *out)
{
    struct name_fill *fill = context;
    if (slot->slot == SLOT_WORD || slot->slot == SLOT_EVENT_WORD) {
        const struct word_class *class = &fill->tables->classes[slot->low];
        byte_buffer_append_str(out, class->words[draw_below(&fill->draw, class->count)]);
    } else if (slot->slot == SLOT_NUMBER || slot->slot == SLOT_EVENT_NUMBER) {
        byte_buffer_append_int(out, draw_between(&fill->draw, slot->low, slot->high));
    }
}

static void write_part(const struct wording_tables *tables, struct template_range range, uint64_t seed,
                       uint64_t purpose, struct byte_buffer *out)
{
    struct name_fill fill = {tables, draw_from(seed, purpose)};
    struct template_writer writer = {&tables->pool, out, fill_name, &fill};
    template_write(&writer, range, &fill.draw);
}

static void write_full(const struct place *place, const struct wording_tables *tables, struct byte_buffer *out)
{
    write_part(tables, place->form->stem, place->seed, STEM_PURPOSE, out);
    write_part(tables, place->form->suffix, place->seed, SUFFIX_PURPOSE, out);
}

/* ---- mistakes ---- */

enum { MAX_NAME_CHARACTERS = 32 };

/* Starts of the characters of `text` (UTF-8, ours) and its end; the count of characters. */
static size_t cut_characters(const char *text, size_t size, size_t starts[MAX_NAME_CHARACTERS + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < size && count < MAX_NAME_CHARACTERS; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            starts[count++] = i;
    starts[count] = size;
    return count;
}

static const struct confusion *confused(const struct wording_tables *tables, weisu_str character)
{
    for (uint32_t i = 0; i < tables->confusion_count; i++)
        if (tables->confusions[i].right.size == character.size &&
            memcmp(tables->confusions[i].right.data, character.data, character.size) == 0)
            return &tables->confusions[i];
    return NULL;
}

/* Replaces one character that has a likeness. 1 when it was done. */
static int replace_character(const struct wording_tables *tables, char *text, const size_t *starts, size_t count,
                             struct draw *draw)
{
    size_t from = draw_below(draw, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        size_t at = (from + i) % count;
        const struct confusion *confusion =
            confused(tables, (weisu_str){text + starts[at], starts[at + 1] - starts[at]});
        if (!confusion)
            continue;
        uint32_t which = draw_below(draw, (uint32_t)(confusion->wrong.size / 3));
        memcpy(text + starts[at], confusion->wrong.data + (size_t)which * 3, 3);
        return 1;
    }
    return 0;
}

/* Swaps two neighbours of equal length. */
static void swap_characters(char *text, const size_t *starts, size_t count, struct draw *draw)
{
    if (count < 2)
        return;
    size_t at = draw_below(draw, (uint32_t)(count > 3 ? 3 : count) - 1);
    size_t size = starts[at + 1] - starts[at];
    char kept[4];
    if (size != starts[at + 2] - starts[at + 1])
        return;
    memcpy(kept, text + starts[at], size);
    memcpy(text + starts[at], text + starts[at + 1], size);
    memcpy(text + starts[at + 1], kept, size);
}

/* Spoils the name that stands in `out` from `from` on, in place. */
static void misspell(const struct wording_tables *tables, struct byte_buffer *out, size_t from, uint64_t misspelling)
{
    size_t starts[MAX_NAME_CHARACTERS + 1];
    struct draw draw = {misspelling};
    if (out->failed || out->size == from)
        return;
    char *text = out->data + from;
    size_t count = cut_characters(text, out->size - from, starts);
    if (draw_chance(&draw, 300) || !replace_character(tables, text, starts, count, &draw))
        swap_characters(text, starts, count, &draw);
}

void place_write(const struct place *place, const struct wording_tables *tables, enum mention_style style,
                 uint64_t misspelling, struct byte_buffer *out)
{
    size_t from = out->size;
    switch (style) {
    case MENTION_FULL:
        write_full(place, tables, out);
        break;
    case MENTION_TAILED:
        write_full(place, tables, out);
        write_part(tables, place->form->tail, place->seed, TAIL_PURPOSE, out);
        break;
    case MENTION_SHORT:
        write_part(tables, place->form->stem, place->seed, STEM_PURPOSE, out);
        break;
    case MENTION_MISSPELT:
        write_full(place, tables, out);
        misspell(tables, out, from, misspelling);
        break;
    case MENTION_GENERIC:
        write_part(tables, place->form->generic, misspelling, GENERIC_PURPOSE, out);
        break;
    }
}

/* ---- what stands around ---- */

void place_write_fact(const struct place *place, const struct wording_tables *tables, enum place_fact fact,
                      struct byte_buffer *out)
{
    uint64_t seed = hash_pair(place->seed, FACT_PURPOSE + (uint64_t)fact);
    int is_community = fact == FACT_COMMUNITY;
    const struct place_form *form = tables->types[is_community ? tables->village : tables->road].forms;
    write_part(tables, form->stem, seed, STEM_PURPOSE, out);
    if (is_community)
        byte_buffer_append_text(out, "社区");
    else
        write_part(tables, form->suffix, seed, SUFFIX_PURPOSE, out);
}

void organisation_write(const struct wording_tables *tables, uint32_t class, uint64_t seed, int brief,
                        struct byte_buffer *out)
{
    const struct organisation_class *organisation = &tables->organisations[class];
    uint64_t own = hash_pair(seed, ORGANISATION_PURPOSE);
    write_part(tables, organisation->stem, own, STEM_PURPOSE, out);
    if (!brief)
        write_part(tables, organisation->suffix, own, SUFFIX_PURPOSE, out);
}
