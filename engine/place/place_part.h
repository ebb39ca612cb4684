/* Parts of sites and lines: 二期, 3栋, 28号, 405路, 六号线. Internal to place/. */
#ifndef PLACE_PLACE_PART_H
#define PLACE_PLACE_PART_H

#include "place/place_walk.h"

/* Each deals with the token at walk->at; 1 when it was one, 0 when the token means something else. */
int part_bus(struct walk *walk);                  /* "405路", "3路公交", "W125路公交" */
int part_line(struct walk *walk);                 /* 三环, 1号线, 六号线 */
int part_unit(struct walk *walk, unsigned trait); /* 3栋, 2期, 9号: a number and its unit */

/* 二期, 南门, 3栋 from token `first` on: part of the site before it, which may be a name that nothing else betrays. */
void part_phase(struct walk *walk, uint32_t first);

#endif
