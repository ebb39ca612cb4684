/* Puts a complaint together: title and text from the wordings of its problem, of its kind of place and of all.
 *
 * Lengths follow the quantiles of real complaints (median 214 characters, mean about 370, up to several thousand), or
 * 150 to 200 characters in short mode. The same event, member and mode give the same bytes. About 5 µs a complaint.
 * One thread a composer; nothing is allocated once the buffers are warm. */
#ifndef SYNTH_COMPOSE_H
#define SYNTH_COMPOSE_H

#include "synth/scene.h"

struct composer {
    struct scene scene;
    const struct place_map *map;
    int short_text;
    struct byte_buffer title; /* of the last complaint */
    struct byte_buffer text;
    /* of the text that is being written */
    uint32_t characters;
    uint32_t wanted;
    uint32_t stop_style;
    uint32_t clauses;             /* of the sentence so far */
    const struct problem *other;  /* second subject of a long text */
    uint64_t used[4][PART_COUNT]; /* wordings of the own problem, the group, the common set, the other problem */
};

enum { SHORT_LEAST = 150, SHORT_MOST = 200, TEXT_MOST = 7000 };

void composer_init(struct composer *composer, const struct place_map *map, int short_text);
void composer_dispose(struct composer *composer);

/* Writes composer->title and ->text of one member of the event. Out of memory is left in the buffers' `failed`. */
void compose(struct composer *composer, const struct event *event, const struct member *member);

#endif
