/* The places of the synthetic city and how people call them.
 *
 * A place is a number; its type follows from the number, all else (name, district, roads, who manages it) from a hash
 * of seed and number, so any count of places takes no memory. Names are put together from parts, and, as in life, two
 * places may bear the same one. Writing a name costs about 200 ns. One thread an object. */
#ifndef SYNTH_PLACE_NAMES_H
#define SYNTH_PLACE_NAMES_H

#include "synth/wording_tables.h"

struct place_map {
    const struct wording_tables *tables;
    uint64_t seed;
    uint32_t *first; /* type_count + 1: places of type t are first[t] to first[t + 1] - 1 */
};

/* About `count` places, by the weights of their types, at least PLACES_OF_A_TYPE each. WEISU_ENOMEM. */
enum { PLACES_OF_A_TYPE = 12 };
weisu_code place_map_init(struct place_map *map, const struct wording_tables *tables, uint64_t seed, uint32_t count,
                          weisu_err *err);
void place_map_dispose(struct place_map *map);
uint32_t place_map_count(const struct place_map *map);
/* A place at which this problem occurs. Places with a low number within their type are complained about more. */
uint32_t place_map_draw(const struct place_map *map, const struct problem *problem, struct draw *draw);

/* One place, unfolded. */
struct place {
    uint32_t number;
    uint64_t seed;
    const struct place_type *type;
    const struct place_form *form;
    const struct district *district;
    weisu_str subdistrict;
};
struct place place_open(const struct place_map *map, uint32_t number);

/* How a record calls its place. */
enum mention_style {
    MENTION_FULL,     /* 翠屏嘉园小区 */
    MENTION_TAILED,   /* 翠屏嘉园小区二期 */
    MENTION_SHORT,    /* 翠屏 */
    MENTION_MISSPELT, /* 翠屏佳园: one character replaced, or two swapped */
    MENTION_GENERIC   /* 我们小区 */
};

/* Appends the name in this style; `misspelling` decides which mistake is made (the same again for an equal one). */
void place_write(const struct place *place, const struct wording_tables *tables, enum mention_style style,
                 uint64_t misspelling, struct byte_buffer *out);

/* What stands around the place. */
enum place_fact { FACT_ROAD, FACT_SECOND_ROAD, FACT_COMMUNITY };
void place_write_fact(const struct place *place, const struct wording_tables *tables, enum place_fact fact,
                      struct byte_buffer *out);

/* An organisation of this class, named by `seed`. `brief`: without its suffix. */
void organisation_write(const struct wording_tables *tables, uint32_t class, uint64_t seed, int brief,
                        struct byte_buffer *out);

#endif
