/* The canonical name of a spot and its key. Internal to place/. */
#ifndef PLACE_PLACE_NAME_H
#define PLACE_PLACE_NAME_H

#include "base/arena.h"
#include "place/place_rules.h"

enum { NAME_MAX_CHARACTERS = 40 };

struct canonical_name {
    uint16_t code[NAME_MAX_CHARACTERS];
    uint32_t count;
};

/* Folded characters [begin, end) without spaces and punctuation, units behind (3期 12栋 1号楼) and general endings
 * (小区 项目 楼盘 …; 有限公司 → 公司). At most NAME_MAX_CHARACTERS are kept; what would become shorter than two stays.
 */
void name_canonical(struct canonical_name *out, const uint16_t *code, uint32_t begin, uint32_t end, uint32_t kind);

/* Key of a spot: numbers count the same in every script (第三 and 第3, 十二 and 12). */
uint64_t name_key(const struct canonical_name *name, uint64_t city_code);

/* UTF-8 in the arena; .data is NULL when memory is out. */
weisu_str name_text(const struct canonical_name *name, struct arena *arena);

#endif
