#include "synth/scene.h"

#include "synth/told_values.h"

#include <string.h>

enum {
    SCENE_PURPOSE = 0x5ce4e,
    BUILDING_PURPOSE,
    BOSS_PURPOSE,
    DATE_PURPOSE,
    NUMBER_PURPOSE,
    WORD_PURPOSE,
    PICK_PURPOSE,
    FACET_PURPOSE,
    SIDE_PURPOSE,
    PHRASE_PURPOSE
};

enum { LARGER = 4 }; /* events of more complaints have less in common */

/* Of 1,000: how a record calls its place. The rest is MENTION_FULL. */
enum { MISSPELT = 66, SHORTENED = 86, MISSING = 36, TAILED = 120 };
/* Of 1,000. */
enum {
    TITLE_WITHOUT_PLACE = 30,
    TITLE_OF_MANY_WITHOUT = 60, /* of larger events, which everybody knows */
    TITLE_WITH_DISTRICT = 420,
    TEXT_WITH_DISTRICT = 330,
    WITH_CITY = 120,
    WITH_SUBDISTRICT = 270,
    WITH_COMMUNITY = 60,
    LATER_GENERIC = 450,
    GENERIC_BY_ROAD = 600,
    WITH_ADDRESS = 380,
    SHARED_WORDING = 640,
    SHARED_OBJECT = 760,
    SHARED_DEFECT = 660,
    SHARED_MORE = 300, /* by events of two or three */
    SHARED_LESS = 140, /* by events of more than four */
    COMMON_ISSUE = 700,
    SHARED_PHRASE = 680
};

static uint32_t common_number(const struct scene *scene, uint64_t purpose, uint64_t low, uint64_t high)
{
    struct draw draw = draw_from(scene->facts, hash_pair(purpose, low << 32 | high));
    return (uint32_t)draw_between(&draw, (int64_t)low, (int64_t)high);
}

static enum mention_style choose_style(struct draw *draw)
{
    uint32_t value = draw_below(draw, 1000);
    if (value < MISSPELT)
        return MENTION_MISSPELT;
    if (value < MISSPELT + SHORTENED)
        return MENTION_SHORT;
    if (value < MISSPELT + SHORTENED + MISSING)
        return MENTION_GENERIC;
    return value < MISSPELT + SHORTENED + MISSING + TAILED ? MENTION_TAILED : MENTION_FULL;
}

/* Larger events have several sides (floors, companies, consequences), each with facts of its own; half of the records
 * are about the first. */
static uint64_t facts_of(const struct event *event, const struct member *member)
{
    enum { RECORDS_OF_A_SIDE = 3, MOST_SIDES = 8, FIRST_SIDE = 200 };
    uint32_t sides = 1 + (event->count - 1) / RECORDS_OF_A_SIDE;
    struct draw draw = draw_from(member->text_seed, SIDE_PURPOSE);
    if (sides == 1 || draw_chance(&draw, FIRST_SIDE))
        return event->facts;
    return hash_pair(event->facts, draw_below(&draw, sides < MOST_SIDES ? sides : MOST_SIDES));
}

void scene_start(struct scene *scene, const struct place_map *map, const struct event *event,
                 const struct member *member)
{
    *scene = (struct scene){.tables = map->tables,
                            .map = map,
                            .event = event,
                            .problem = &map->tables->problems[event->problem],
                            .place = place_open(map, event->place),
                            .facts = facts_of(event, member),
                            .draw = draw_from(member->text_seed, SCENE_PURPOSE),
                            .told = civil_from_ms(member->told_ms),
                            .told_ms = member->told_ms};
    struct draw *draw = &scene->draw;
    int one_building = common_number(scene, BUILDING_PURPOSE, 0, 1) != 0;
    scene->style = choose_style(draw);
    scene->misspelling = draw_word(draw);
    scene->building = one_building ? common_number(scene, BUILDING_PURPOSE, 1, 28) : 1 + draw_below(draw, 28);
    scene->unit = one_building ? common_number(scene, BUILDING_PURPOSE, 1, 5) : 1 + draw_below(draw, 5);
    scene->room = (1 + draw_below(draw, 18)) * 100 + 1 + draw_below(draw, 6);
    scene->building_word = draw_below(draw, scene->place.form->building_count);
    scene->brief_company = draw_chance(draw, 300);
    scene->sharing = event->count <= 3 ? SHARED_MORE : event->count > LARGER ? -SHARED_LESS : 0;
}

uint32_t scene_pick(struct scene *scene, const struct wording_set *set, enum wording_part part)
{
    uint32_t count = set->count[part];
    if (count < 2 || !draw_chance(&scene->draw, (uint32_t)(SHARED_WORDING + scene->sharing)))
        return draw_below(&scene->draw, count);
    /* A third of the wordings, at least one, are the event's own. */
    uint32_t which = draw_below(&scene->draw, (count + 2) / 3);
    return common_number(scene, hash_pair(PICK_PURPOSE + (uint64_t)part, which), 0, count - 1);
}

/* ---- place ---- */

static void write_area(struct scene *scene, struct byte_buffer *out)
{
    struct draw *draw = &scene->draw;
    const struct district *district = scene->place.district;
    if (draw_chance(draw, WITH_CITY))
        byte_buffer_append_text(out, "北京市");
    byte_buffer_append_str(out, draw_chance(draw, 800) ? district->name : district->brief);
    if (draw_chance(draw, scene->in_title ? WITH_SUBDISTRICT / 3 : WITH_SUBDISTRICT))
        byte_buffer_append_str(out, scene->place.subdistrict);
    if (!scene->in_title && draw_chance(draw, WITH_COMMUNITY))
        place_write_fact(&scene->place, scene->tables, FACT_COMMUNITY, out);
}

/* Road and number, which few write and which tell places of one name apart. */
static void write_address(struct scene *scene, struct byte_buffer *out)
{
    enum { ADDRESS_PURPOSE = 0xadd4, HIGHEST_NUMBER = 2400 };
    struct draw draw = draw_from(scene->place.seed, ADDRESS_PURPOSE);
    place_write_fact(&scene->place, scene->tables, FACT_ROAD, out);
    byte_buffer_append_int(out, 1 + draw_below(&draw, HIGHEST_NUMBER));
    byte_buffer_append_text(out, "号");
}

static void write_mention(struct scene *scene, struct byte_buffer *out)
{
    struct draw *draw = &scene->draw;
    enum mention_style style = scene->style;
    int generic = style == MENTION_GENERIC;
    uint32_t district = scene->in_title ? TITLE_WITH_DISTRICT : TEXT_WITH_DISTRICT;
    uint32_t without = scene->event->count > LARGER ? TITLE_OF_MANY_WITHOUT : TITLE_WITHOUT_PLACE;
    if (scene->in_title ? draw_chance(draw, without) : scene->mentions > 0 && draw_chance(draw, LATER_GENERIC))
        generic = 1;
    if (scene->mentions++ == 0 && draw_chance(draw, district))
        write_area(scene, out);
    if (style == MENTION_TAILED && scene->mentions > 2)
        style = MENTION_FULL;
    if (generic && scene->mentions == 1 && draw_chance(draw, GENERIC_BY_ROAD)) {
        place_write_fact(&scene->place, scene->tables, FACT_ROAD, out);
        byte_buffer_append_text(out, draw_chance(draw, 500) ? "附近" : "边上");
    }
    if (scene->mentions == 1 && !generic && draw_chance(draw, WITH_ADDRESS))
        write_address(scene, out);
    place_write(&scene->place, scene->tables, generic ? MENTION_GENERIC : style, scene->misspelling, out);
}

static void write_building(struct scene *scene, struct byte_buffer *out)
{
    byte_buffer_append_int(out, scene->building);
    byte_buffer_append_str(out, scene->place.form->buildings[scene->building_word]);
}

static void write_unit(struct scene *scene, struct byte_buffer *out)
{
    byte_buffer_append_int(out, scene->unit);
    byte_buffer_append_text(out, scene->building_word ? "单元" : "门");
}

static void write_room(struct scene *scene, struct byte_buffer *out)
{
    byte_buffer_append_int(out, scene->room);
    byte_buffer_append_text(out, scene->building_word ? "室" : "");
}

/* ---- organisations and people ---- */

static void write_organisation(struct scene *scene, uint32_t class, struct byte_buffer *out)
{
    enum { COMPANIES_OF_A_DISTRICT = 5 };
    uint64_t seed = scene->facts;
    if (scene->tables->organisations[class].scope == SCOPE_PLACE)
        seed = scene->place.seed;
    else if (scene->tables->organisations[class].scope == SCOPE_DISTRICT)
        seed = hash_pair((uint64_t)(scene->place.district - scene->tables->districts) + scene->map->seed,
                         scene->place.seed % COMPANIES_OF_A_DISTRICT);
    organisation_write(scene->tables, class, hash_pair(seed, class), scene->brief_company, out);
}

static weisu_str word_of(const struct word_class *class, struct draw *draw)
{
    return class->words[draw_below(draw, class->count)];
}

static void write_person(struct scene *scene, struct byte_buffer *out)
{
    struct draw *draw = &scene->draw;
    byte_buffer_append_str(out, word_of(scene->tables->surnames, draw));
    uint32_t form = draw_below(draw, 10);
    if (form < 7)
        byte_buffer_append_str(out, word_of(scene->tables->honorifics, draw));
    else if (form < 8)
        byte_buffer_append_text(out, "某");
    else
        byte_buffer_append_str(out, word_of(scene->tables->given_names, draw));
}

static void write_boss(struct scene *scene, uint32_t which, struct byte_buffer *out)
{
    struct draw draw = draw_from(scene->facts, hash_pair(BOSS_PURPOSE, which));
    byte_buffer_append_str(out, word_of(scene->tables->surnames, &draw));
    byte_buffer_append_str(out, word_of(scene->tables->bosses, &draw));
}

/* ---- time ---- */

static void write_date(struct scene *scene, struct byte_buffer *out)
{
    static const char *const near[] = {"昨天", "前天", "上周三", "上周末", "前几天", "今天", "大前天", "上周一"};
    struct draw *draw = &scene->draw;
    if (draw_chance(draw, 250)) {
        byte_buffer_append_text(out, near[draw_below(draw, 8)]);
        return;
    }
    struct civil_time date = civil_from_ms(scene->told_ms - (int64_t)draw_below(draw, 45) * CIVIL_MS_PER_DAY);
    if (draw_chance(draw, 40)) {
        byte_buffer_append_int(out, date.year);
        byte_buffer_append_text(out, "年");
    }
    byte_buffer_append_int(out, date.month);
    byte_buffer_append_text(out, "月");
    byte_buffer_append_int(out, date.day);
    byte_buffer_append_text(out, draw_chance(draw, 600) ? "日" : "号");
}

static void write_old_date(struct scene *scene, struct byte_buffer *out)
{
    int64_t days = common_number(scene, DATE_PURPOSE, 60, 1900);
    struct civil_time date = civil_from_ms(scene->event->founded_ms - days * CIVIL_MS_PER_DAY);
    if (date.year + 1 == scene->told.year && draw_chance(&scene->draw, 500)) {
        byte_buffer_append_text(out, "去年");
    } else {
        byte_buffer_append_int(out, date.year);
        byte_buffer_append_text(out, "年");
    }
    byte_buffer_append_int(out, date.month);
    byte_buffer_append_text(out, "月");
}

/* ---- dispatch ---- */

static void write_word(struct scene *scene, const struct template_slot *slot, struct byte_buffer *out)
{
    const struct word_class *class = &scene->tables->classes[slot->low];
    uint32_t at = slot->slot == SLOT_WORD ? draw_below(&scene->draw, class->count)
                                          : common_number(scene, WORD_PURPOSE + slot->low, 0, class->count - 1);
    byte_buffer_append_str(out, class->words[at]);
}

static void fill_place(struct scene *scene, enum synth_slot slot, struct byte_buffer *out)
{
    if (slot == SLOT_PLACE)
        write_mention(scene, out);
    else if (slot == SLOT_AREA)
        write_area(scene, out);
    else if (slot == SLOT_BUILDING)
        write_building(scene, out);
    else if (slot == SLOT_UNIT)
        write_unit(scene, out);
    else if (slot == SLOT_ROOM)
        write_room(scene, out);
    else if (slot == SLOT_SUBDISTRICT)
        byte_buffer_append_str(out, scene->place.subdistrict);
    else
        place_write_fact(&scene->place, scene->tables,
                         slot == SLOT_ROAD          ? FACT_ROAD
                         : slot == SLOT_SECOND_ROAD ? FACT_SECOND_ROAD
                                                    : FACT_COMMUNITY,
                         out);
}

/* What the event names, or, now and then, another word for it. */
static void write_facet(struct scene *scene, enum synth_slot slot, struct byte_buffer *out)
{
    int is_object = slot == SLOT_OBJECT;
    const weisu_str *words = is_object ? scene->problem->objects : scene->problem->defects;
    uint32_t count = is_object ? scene->problem->object_count : scene->problem->defect_count;
    uint32_t at = draw_chance(&scene->draw, (uint32_t)((is_object ? SHARED_OBJECT : SHARED_DEFECT) + scene->sharing))
                      ? common_number(scene, FACET_PURPOSE + (uint64_t)slot, 0, count - 1)
                      : draw_below(&scene->draw, count);
    byte_buffer_append_str(out, words[at]);
}

static void write_issue(struct scene *scene, struct byte_buffer *out)
{
    const struct wording_set *set =
        draw_chance(&scene->draw, COMMON_ISSUE) ? &scene->tables->common : &scene->problem->wordings;
    scene_write(scene, set->wordings[PART_ISSUE][scene_pick(scene, set, PART_ISSUE)], out);
}

static void write_phrase(struct scene *scene, uint32_t which, struct byte_buffer *out)
{
    enum { DEEPEST = 12 }; /* a phrase that holds itself comes to an end */
    const struct phrase *phrase = &scene->tables->phrases[which];
    if (scene->depth == DEEPEST)
        return;
    scene->depth++;
    scene_write(scene, phrase->ways[draw_below(&scene->draw, phrase->count)], out);
    scene->depth--;
}

/* The same words each time that the event's phrase is taken: all is drawn from the event's facts meanwhile. */
static void write_event_phrase(struct scene *scene, uint32_t which, struct byte_buffer *out)
{
    if (!draw_chance(&scene->draw, (uint32_t)(SHARED_PHRASE + scene->sharing))) {
        write_phrase(scene, which, out);
        return;
    }
    struct draw own = scene->draw;
    scene->draw = draw_from(scene->facts, hash_pair(PHRASE_PURPOSE, which));
    write_phrase(scene, which, out);
    scene->draw = own;
}

static void fill_slot(void *context, const struct template_slot *slot, struct byte_buffer *out)
{
    struct scene *scene = context;
    switch (slot->slot) {
    case SLOT_PROPERTY:
        write_organisation(scene, scene->tables->property, out);
        break;
    case SLOT_COMPANY:
        write_organisation(scene, scene->problem->company, out);
        break;
    case SLOT_SHOP:
        write_organisation(scene, scene->problem->shop, out);
        break;
    case SLOT_PERSON:
        write_person(scene, out);
        break;
    case SLOT_BOSS:
        write_boss(scene, slot->low, out);
        break;
    case SLOT_DATE:
        write_date(scene, out);
        break;
    case SLOT_OLD_DATE:
        write_old_date(scene, out);
        break;
    case SLOT_CLOCK:
        value_clock(&scene->draw, out);
        break;
    case SLOT_NIGHT_CLOCK:
        value_night_clock(&scene->draw, out);
        break;
    case SLOT_PHONE:
        value_phone(&scene->draw, out);
        break;
    case SLOT_PLATE:
        value_plate(&scene->draw, out);
        break;
    case SLOT_IDENTITY:
        value_identity(&scene->draw, out);
        break;
    case SLOT_EMAIL:
        value_email(&scene->draw, out);
        break;
    case SLOT_OBJECT:
    case SLOT_DEFECT:
        write_facet(scene, slot->slot, out);
        break;
    case SLOT_PHRASE:
        write_phrase(scene, slot->low, out);
        break;
    case SLOT_EVENT_PHRASE:
        write_event_phrase(scene, slot->low, out);
        break;
    case SLOT_ISSUE:
        write_issue(scene, out);
        break;
    case SLOT_NUMBER:
        byte_buffer_append_int(out, draw_between(&scene->draw, slot->low, slot->high));
        break;
    case SLOT_EVENT_NUMBER:
        byte_buffer_append_int(out, common_number(scene, NUMBER_PURPOSE, slot->low, slot->high));
        break;
    case SLOT_MONEY:
        value_money(&scene->draw, slot->low, slot->high, out);
        break;
    case SLOT_WORD:
    case SLOT_EVENT_WORD:
        write_word(scene, slot, out);
        break;
    default:
        fill_place(scene, slot->slot, out);
        break;
    }
}

void scene_write(struct scene *scene, struct template_range wording, struct byte_buffer *out)
{
    struct template_writer writer = {&scene->tables->pool, out, fill_slot, scene};
    template_write(&writer, wording, &scene->draw);
}
