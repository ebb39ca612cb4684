/* Names with one wrong character, where the context says which is right. Internal to place/. */
#ifndef PLACE_PLACE_VARIANT_H
#define PLACE_PLACE_VARIANT_H

#include "place/place_name.h"

/* Do the names differ by one character that sounds like the other: 谷山庭苑 and 谷山庭院? For names of one record. */
int name_is_misheard(const struct place_rules *rules, const struct canonical_name *a, const struct canonical_name *b);

/* The one community below the certain subdistrict `node` whose name differs from this by one character, or the only one
 * of several that also sounds like it: 南湖西圆社区 in 望京街道 is 南湖西园社区. UINT32_MAX where it is not certain.
 * Linear in the subdistrict's communities. */
uint32_t name_misspelt_community(const struct place_rules *rules, const struct canonical_name *name, uint32_t node);

void name_of_node(struct canonical_name *out, const struct lexicon *lexicon, uint32_t node);

#endif
