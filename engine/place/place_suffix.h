/* Names that end in a suffix. Internal to place/. */
#ifndef PLACE_PLACE_SUFFIX_H
#define PLACE_PLACE_SUFFIX_H

#include "place/place_walk.h"

/* The token at walk->at ends in a suffix, kind << 8 | strength; `beside` of its characters stand behind it. */
void suffix_name(struct walk *walk, uint32_t value, uint32_t beside);

/* 路上, 桥下, 小区业主: the suffix is the first part of the token. 0 when nothing ends there. */
int suffix_beside(struct walk *walk);

/* "晟|通城", 高冲路: names of which the dictionary knows no part, or only the end together with the suffix. */
void suffix_cut_name(struct walk *walk);

#endif
