#include "alert/alert_route.h"

#include <string.h>

enum { MAX_UNITS = 12 };

static weisu_str text_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static int equals(weisu_str a, weisu_str b)
{
    return a.size == b.size && a.data && b.data && memcmp(a.data, b.data, a.size) == 0;
}

static int ends_with(weisu_str name, const char *ending)
{
    size_t size = strlen(ending);
    return name.size >= size && memcmp(name.data + name.size - size, ending, size) == 0;
}

/* 三里屯街道 → 三里屯街道办事处, 崔各庄乡 → 崔各庄乡人民政府. Size 0 when no subdistrict is known. */
static int street_office(const struct lexicon *lexicon, uint32_t division, struct arena *arena, weisu_str *out)
{
    *out = (weisu_str){NULL, 0};
    for (uint32_t step = 0; step < PLACE_LEVELS && division != UINT32_MAX; step++) {
        struct gazetteer_node node = gazetteer_node(lexicon, division);
        if (node.level != PLACE_SUBDISTRICT) {
            division = node.parent;
            continue;
        }
        const char *office = ends_with(node.name, "镇") || ends_with(node.name, "乡") ? "人民政府" : "办事处";
        char *joined = arena_take(arena, node.name.size + strlen(office));
        if (!joined)
            return -1;
        memcpy(joined, node.name.data, node.name.size);
        memcpy(joined + node.name.size, office, strlen(office));
        *out = (weisu_str){joined, node.name.size + strlen(office)};
        return 0;
    }
    return 0;
}

struct unit_list {
    weisu_str *unit; /* [MAX_UNITS] */
    size_t count;
};

static void add_once(struct unit_list *list, weisu_str unit)
{
    for (size_t i = 0; i < list->count; i++)
        if (equals(list->unit[i], unit))
            return;
    if (unit.size && list->count < MAX_UNITS)
        list->unit[list->count++] = unit;
}

/* Adds each part of a list that semicolons separate. */
static void add_parts(struct unit_list *list, weisu_str parts, weisu_str office)
{
    while (parts.size) {
        const char *end = memchr(parts.data, ';', parts.size);
        weisu_str part = {parts.data, end ? (size_t)(end - parts.data) : parts.size};
        add_once(list, office.size && equals(part, text_of("街道办事处")) ? office : part);
        size_t used = part.size + (end != NULL);
        parts = (weisu_str){parts.data + used, parts.size - used};
    }
}

int alert_route(const struct lexicon *lexicon, uint32_t division, uint32_t topic, struct arena *arena, weisu_alert *out)
{
    weisu_str office;
    struct unit_list units = {arena_take_array(arena, MAX_UNITS, sizeof(weisu_str)), 0};
    struct unit_list tags = {arena_take_array(arena, MAX_UNITS, sizeof(weisu_str)), 0};
    if (!units.unit || !tags.unit || street_office(lexicon, division, arena, &office))
        return -1;
    if (topic != UINT32_MAX) {
        struct taxonomy_topic node = taxonomy_topic(lexicon, topic);
        add_parts(&units, node.lead, office);
        add_parts(&units, node.joins, office);
        add_parts(&tags, node.tags, (weisu_str){NULL, 0});
    }
    add_once(&units, office);
    if (!units.count)
        add_once(&units, text_of("市民服务热线"));
    out->unit = units.unit[0];
    out->units = units.unit;
    out->unit_count = units.count;
    out->tags = tags.unit;
    out->tag_count = tags.count;
    return 0;
}
