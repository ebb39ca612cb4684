/* Fills the slots of a complaint's wordings: the place as this record calls it, what the event has in common, and what
 * only this record says.
 *
 * All follows from the seeds in scene_start, so a copied text comes out the same. Phone numbers, plates, identity
 * numbers and e-mail addresses have the form of real ones (they exercise masking) and belong to nobody: numbers of a
 * block 0000, a county that does not exist, domains of RFC 2606. One thread a scene. */
#ifndef SYNTH_SCENE_H
#define SYNTH_SCENE_H

#include "base/civil_time.h"
#include "synth/event_plan.h"
#include "synth/place_names.h"

struct scene {
    const struct wording_tables *tables;
    const struct place_map *map;
    const struct event *event;
    const struct problem *problem;
    struct place place;
    uint64_t facts; /* seed of what this record has in common with others of its event */
    struct draw draw;
    struct civil_time told; /* date and time at which the text was written */
    int64_t told_ms;
    enum mention_style style;
    uint64_t misspelling;
    uint32_t building, unit, room; /* of this record */
    uint32_t building_word;
    uint32_t mentions; /* of the place, so far */
    uint32_t depth;    /* of the phrase that is being written */
    int in_title;
    int brief_company;
    int32_t sharing; /* of 1,000: how much more than usual the event's records have in common */
};

/* Before each text. The event and the map stay the caller's and live until the text is written. */
void scene_start(struct scene *scene, const struct place_map *map, const struct event *event,
                 const struct member *member);

/* Index of a wording of `part` in the set (which has some): often one of the few that this event's records share. */
uint32_t scene_pick(struct scene *scene, const struct wording_set *set, enum wording_part part);

/* Writes a wording; choices and slots come from scene->draw. */
void scene_write(struct scene *scene, struct template_range wording, struct byte_buffer *out);

#endif
