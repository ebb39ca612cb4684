/* What a suffix right behind a spot makes of it. Internal to place/. */
#ifndef PLACE_PLACE_EXTEND_H
#define PLACE_PLACE_EXTEND_H

#include <stdint.h>

enum spot_prolonging {
    PROLONG_NOT,    /* the suffix begins a name of its own */
    PROLONG_SPOT,   /* 梅溪湖 + 派出所, 雅园 + 小区: one name */
    PROLONG_WITHIN, /* 小区 + 夜市, 广场 + 停车场: the spot is what the name names */
};

/* A spot and the suffix right behind it: kinds (enum spot_kind) and strengths of their suffixes, 1 to 3. */
struct spot_join {
    uint32_t old;
    uint32_t old_strength;
    uint32_t new;
    uint32_t new_strength;
    int is_phased; /* 二期 or the like stands between them */
    int is_estate; /* the old suffix is 小区: nothing makes another estate of it */
    int is_street; /* the new suffix is 南路, 西街 */
    int is_road;   /* it is 路, 街 or 大道 alone, right behind the old suffix */
    int is_house;  /* a number and 号 stand between a road and the suffix (成府路28号院) */
};

enum spot_prolonging spot_prolonged(const struct spot_join *join);

#endif
