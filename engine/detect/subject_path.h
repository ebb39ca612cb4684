/* Where a case stands in both trees: a node on each level of place and of topic, and the cells that this makes.
 *
 * A cell is (place node, topic node); its slot is its pair of levels, its key the hash of both nodes' published names
 * (division code or spot key, topic code), so that keys outlive a process and an image. Filled from the image once, at
 * start; read-only after. */
#ifndef DETECT_SUBJECT_PATH_H
#define DETECT_SUBJECT_PATH_H

#include "base/id_map.h"
#include "lexicon/lexicon.h"

enum { PATH_PLACES = PLACE_LEVELS, PATH_TOPICS = 3, PATH_SLOTS = PATH_PLACES * PATH_TOPICS, PATH_NONE = UINT32_MAX };

struct subject_path {
    uint32_t place[PLACE_SPOT]; /* gazetteer index on each level of divisions, PATH_NONE where unknown */
    uint64_t spot;              /* key, 0 none */
    uint32_t topic[PATH_TOPICS];
};

struct path_model {
    const weisu_allocator *allocator;
    uint32_t place_count;
    uint32_t topic_count;
    struct path_node {
        uint64_t key; /* of the node's published name */
        uint32_t parent;
        uint32_t level;
    } * place, *topic;
    uint32_t *topic_number; /* [topic_count]: of a level-1 topic, in the order of the taxonomy; UINT32_MAX of others */
    struct id_map place_of; /* key → index */
    struct id_map topic_of;
};

/* 0; -1 when memory is out. */
int path_model_init(struct path_model *model, const struct lexicon *lexicon, const weisu_allocator *allocator);
void path_model_dispose(struct path_model *model);

/* `division`, `topic`: indexes, PATH_NONE or out of range for none. The city stands for a place that is not known. */
void subject_path_fill(const struct path_model *model, uint32_t division, uint64_t spot, uint32_t topic,
                       struct subject_path *out);

static inline uint32_t path_slot(uint32_t place_level, uint32_t topic_level)
{
    return place_level * PATH_TOPICS + topic_level;
}
/* Keys of the tightest nodes, 0 for none, and back; a key that the image does not know gives PATH_NONE. */
uint64_t path_model_place_key(const struct path_model *model, const struct subject_path *path);
uint64_t path_model_topic_key(const struct path_model *model, const struct subject_path *path);
uint32_t path_model_find_place(const struct path_model *model, uint64_t key);
uint32_t path_model_find_topic(const struct path_model *model, uint64_t key);

/* Key of the cell in that slot; 0 where the case has none. */
uint64_t subject_path_cell(const struct path_model *model, const struct subject_path *path, uint32_t slot);
/* 1 when both stand in the same cell of that slot. */
int subject_path_meet(const struct subject_path *a, const struct subject_path *b, uint32_t slot);
/* How precisely the place is known, as growth_class wants it. */
uint32_t subject_path_precision(const struct subject_path *path);
/* Number of the level-1 topic; UINT32_MAX for none. */
uint32_t subject_path_theme(const struct path_model *model, const struct subject_path *path);
/* Key of the level-1 topic with that number, 0 when there is none; and back. */
uint64_t path_model_theme_key(const struct path_model *model, uint32_t theme);
uint32_t path_model_find_theme(const struct path_model *model, uint64_t key);

#endif
