/* Names without a suffix, at the head of the title. Internal to place/. */
#ifndef PLACE_PLACE_BARE_H
#define PLACE_PLACE_BARE_H

#include "place/place_spot.h"

/* "A6区时代年华精装修", "峰辉半夜放鞭炮": the first words of a title, behind the division, are a name when the text
 * says them again in other company, or when they stand behind a division and each of them tells. Adds at most one spot.
 */
void find_bare_name(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS],
                    struct place_findings *findings);

/* The first token of the title that is no division, verb or function word. */
uint32_t title_head(const struct place_rules *rules, const struct place_text *title);

#endif
