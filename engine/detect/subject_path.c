#include "detect/subject_path.h"

#include "base/hash.h"

static const uint64_t topic_seed = UINT64_C(0x746f706963); /* "topic" */

static int fill_places(struct path_model *model, const struct lexicon *lexicon)
{
    model->place = memory_new_zeroed(model->allocator, model->place_count, sizeof *model->place);
    if (!model->place)
        return -1;
    for (uint32_t i = 0; i < model->place_count; i++) {
        struct gazetteer_node node = gazetteer_node(lexicon, i);
        model->place[i] = (struct path_node){node.code, node.parent, node.level};
        if (id_map_put(&model->place_of, node.code, i))
            return -1;
    }
    return 0;
}

static int fill_topics(struct path_model *model, const struct lexicon *lexicon)
{
    model->topic = memory_new_zeroed(model->allocator, model->topic_count, sizeof *model->topic);
    model->topic_number = memory_new_zeroed(model->allocator, model->topic_count, sizeof *model->topic_number);
    if (!model->topic || !model->topic_number)
        return -1;
    uint32_t themes = 0;
    for (uint32_t i = 0; i < model->topic_count; i++) {
        struct taxonomy_topic topic = taxonomy_topic(lexicon, i);
        uint64_t key = hash_bytes_seeded(topic.code.data, topic.code.size, topic_seed);
        model->topic[i] = (struct path_node){key, topic.parent, topic.level};
        model->topic_number[i] = topic.level == 0 ? themes++ : UINT32_MAX;
        if (id_map_put(&model->topic_of, key, i))
            return -1;
    }
    return 0;
}

int path_model_init(struct path_model *model, const struct lexicon *lexicon, const weisu_allocator *allocator)
{
    *model = (struct path_model){.allocator = allocator};
    id_map_init(&model->place_of, allocator);
    id_map_init(&model->topic_of, allocator);
    model->place_count = gazetteer_count(lexicon);
    model->topic_count = taxonomy_topic_count(lexicon);
    if ((model->place_count && fill_places(model, lexicon)) || (model->topic_count && fill_topics(model, lexicon))) {
        path_model_dispose(model);
        return -1;
    }
    return 0;
}

void path_model_dispose(struct path_model *model)
{
    memory_free(model->allocator, model->place, model->place_count, sizeof *model->place);
    memory_free(model->allocator, model->topic, model->topic_count, sizeof *model->topic);
    memory_free(model->allocator, model->topic_number, model->topic_count, sizeof *model->topic_number);
    id_map_dispose(&model->place_of);
    id_map_dispose(&model->topic_of);
    *model = (struct path_model){.allocator = model->allocator};
}

/* Walks from a node to its root and notes each level. The number of steps is that of the levels, so a table that turns
 * in circles does no harm. */
static void climb(const struct path_node *nodes, uint32_t count, uint32_t node, uint32_t *levels, uint32_t level_count)
{
    for (uint32_t step = 0; step < level_count && node < count; step++) {
        if (nodes[node].level < level_count)
            levels[nodes[node].level] = node;
        node = nodes[node].parent;
    }
}

void subject_path_fill(const struct path_model *model, uint32_t division, uint64_t spot, uint32_t topic,
                       struct subject_path *out)
{
    for (uint32_t i = 0; i < PLACE_SPOT; i++)
        out->place[i] = PATH_NONE;
    for (uint32_t i = 0; i < PATH_TOPICS; i++)
        out->topic[i] = PATH_NONE;
    out->spot = spot;
    climb(model->place, model->place_count, division, out->place, PLACE_SPOT);
    climb(model->topic, model->topic_count, topic, out->topic, PATH_TOPICS);
}

static uint64_t place_key(const struct path_model *model, const struct subject_path *path, uint32_t level)
{
    if (level == PLACE_SPOT)
        return path->spot;
    /* One instance owns one city: its cell takes every case. */
    if (level == PLACE_CITY)
        return 1;
    return path->place[level] == PATH_NONE ? 0 : model->place[path->place[level]].key;
}

uint64_t subject_path_cell(const struct path_model *model, const struct subject_path *path, uint32_t slot)
{
    uint64_t place = place_key(model, path, slot / PATH_TOPICS);
    uint32_t topic = path->topic[slot % PATH_TOPICS];
    if (!place || topic == PATH_NONE)
        return 0;
    uint64_t key = hash_pair(place, model->topic[topic].key);
    return key ? key : 1;
}

int subject_path_meet(const struct subject_path *a, const struct subject_path *b, uint32_t slot)
{
    uint32_t level = slot / PATH_TOPICS;
    uint32_t topic = a->topic[slot % PATH_TOPICS];
    if (topic == PATH_NONE || topic != b->topic[slot % PATH_TOPICS])
        return 0;
    if (level == PLACE_CITY)
        return 1;
    if (level == PLACE_SPOT)
        return a->spot != 0 && a->spot == b->spot;
    return a->place[level] != PATH_NONE && a->place[level] == b->place[level];
}

uint32_t subject_path_precision(const struct subject_path *path)
{
    if (path->spot)
        return 0;
    return path->place[PLACE_SUBDISTRICT] != PATH_NONE || path->place[PLACE_COMMUNITY] != PATH_NONE ? 1 : 2;
}

uint32_t subject_path_theme(const struct path_model *model, const struct subject_path *path)
{
    return path->topic[0] == PATH_NONE ? UINT32_MAX : model->topic_number[path->topic[0]];
}

/* ---- keys ---- */

uint64_t path_model_place_key(const struct path_model *model, const struct subject_path *path)
{
    for (uint32_t level = PLACE_SPOT; level-- > 0;)
        if (path->place[level] != PATH_NONE)
            return model->place[path->place[level]].key;
    return 0;
}

uint64_t path_model_topic_key(const struct path_model *model, const struct subject_path *path)
{
    for (uint32_t level = PATH_TOPICS; level-- > 0;)
        if (path->topic[level] != PATH_NONE)
            return model->topic[path->topic[level]].key;
    return 0;
}

uint32_t path_model_find_place(const struct path_model *model, uint64_t key)
{
    return id_map_get(&model->place_of, key);
}

uint32_t path_model_find_topic(const struct path_model *model, uint64_t key)
{
    return id_map_get(&model->topic_of, key);
}

uint64_t path_model_theme_key(const struct path_model *model, uint32_t theme)
{
    for (uint32_t i = 0; i < model->topic_count; i++)
        if (model->topic_number[i] == theme)
            return model->topic[i].key;
    return 0;
}

uint32_t path_model_find_theme(const struct path_model *model, uint64_t key)
{
    uint32_t topic = path_model_find_topic(model, key);
    return topic == PATH_NONE ? UINT32_MAX : model->topic_number[topic];
}
