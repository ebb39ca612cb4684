/* Paths for people: from the root of a tree down to a node, each step with its published code and its name.
 *
 * Division codes are written as they are published: 6 digits for a city or district, 9 for a subdistrict, 12 below; a
 * spot is "s" and its key in 16 hexadecimal digits. Strings point into the image or into the path itself, so a path is
 * not copied by assignment once it is filled. Any thread. */
#ifndef LEXICON_NODE_PATH_H
#define LEXICON_NODE_PATH_H

#include "lexicon/lexicon.h"

#include <weisu/alert.h>

struct node_path {
    weisu_step step[PLACE_LEVELS];
    size_t count;
    char codes[PLACE_LEVELS][24];
};

/* `node`: gazetteer index, UINT32_MAX for none; `spot`: key or 0; `spot_name` must outlive the path. */
void node_path_place(struct node_path *path, const struct lexicon *lexicon, uint32_t node, uint64_t spot,
                     weisu_str spot_name);
/* `topic`: taxonomy index; UINT32_MAX gives an empty path. */
void node_path_topic(struct node_path *path, const struct lexicon *lexicon, uint32_t topic);

#endif
