#include "lexicon/node_path.h"

#include <stdio.h>
#include <string.h>

static void format_code(char out[24], uint64_t code, uint32_t level)
{
    if (level <= PLACE_DISTRICT)
        snprintf(out, 24, "%06llu", (unsigned long long)(code / 1000000));
    else if (level == PLACE_SUBDISTRICT)
        snprintf(out, 24, "%09llu", (unsigned long long)(code / 1000));
    else
        snprintf(out, 24, "%012llu", (unsigned long long)code);
}

static void add_step(struct node_path *path, weisu_str name)
{
    const char *code = path->codes[path->count];
    path->step[path->count++] = (weisu_step){{code, strlen(code)}, name};
}

void node_path_place(struct node_path *path, const struct lexicon *lexicon, uint32_t node, uint64_t spot,
                     weisu_str spot_name)
{
    uint32_t chain[PLACE_LEVELS];
    size_t depth = 0;
    path->count = 0;
    while (node != UINT32_MAX && depth < PLACE_LEVELS - 1) {
        chain[depth++] = node;
        node = gazetteer_node(lexicon, node).parent;
    }
    while (depth > 0) {
        struct gazetteer_node step = gazetteer_node(lexicon, chain[--depth]);
        format_code(path->codes[path->count], step.code, step.level);
        add_step(path, step.name);
    }
    if (spot) {
        snprintf(path->codes[path->count], sizeof path->codes[0], "s%016llx", (unsigned long long)spot);
        add_step(path, spot_name);
    }
}

void node_path_topic(struct node_path *path, const struct lexicon *lexicon, uint32_t topic)
{
    weisu_step upward[PLACE_LEVELS];
    size_t depth = 0;
    while (topic != UINT32_MAX && depth < PLACE_LEVELS) {
        struct taxonomy_topic node = taxonomy_topic(lexicon, topic);
        upward[depth++] = (weisu_step){node.code, node.name};
        topic = node.parent;
    }
    for (path->count = 0; depth > 0; path->count++)
        path->step[path->count] = upward[--depth];
}
