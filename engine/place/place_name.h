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

/* 东 西 南 北 上 下 左 右 前 后 内 外 中 大 小: what tells the sides of a place apart, wherever it stands in a name. */
int is_side_character(uint16_t c);

/* Key of a spot. Numbers count the same in every script (第三 and 第3, 十二 and 12). A long name counts by its sounds
 * and in any order, but for numerals and sides: 江山帝景哈佛 and 江山帝景哈弗, 千江锦园 and 江千锦园 are typed for each
 * other, and of the names of Beijing's 7,470 communities no two become one by it. */
uint64_t name_key(const struct canonical_name *spelling, const struct place_rules *rules, uint32_t kind);

/* UTF-8 in the arena; .data is NULL when memory is out. */
weisu_str name_text(const struct canonical_name *name, struct arena *arena);

#endif
