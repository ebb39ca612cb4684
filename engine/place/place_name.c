#include "place/place_name.h"

#include "base/utf8.h"
#include "place/place_form.h"

#include <string.h>

enum {
    least_characters = 2,
    ten = 0x5341,        /* 十 */
    number_limit = 10000 /* larger numbers are read digit by digit */
};

#define SPOT_KEY_SEED UINT64_C(0x73706f74)

/* Endings that a name may carry or not; longer ones first. Kept as UTF-16 for comparison with folded characters. */
static const struct ending {
    uint16_t code[6];
    uint8_t count;
    uint8_t keep; /* characters of it that stay, from its end */
} endings[] = {
    {{0x4f4f, 0x5b85, 0x5c0f, 0x533a}, 4, 0},                 /* 住宅小区 */
    {{0x5b89, 0x7f6e, 0x5c0f, 0x533a}, 4, 0},                 /* 安置小区 */
    {{0x6709, 0x9650, 0x8d23, 0x4efb, 0x516c, 0x53f8}, 6, 2}, /* 有限责任公司 */
    {{0x80a1, 0x4efd, 0x6709, 0x9650, 0x516c, 0x53f8}, 6, 2}, /* 股份有限公司 */
    {{0x6709, 0x9650, 0x516c, 0x53f8}, 4, 2},                 /* 有限公司 */
    {{0x9879, 0x76ee, 0x90e8}, 3, 0},                         /* 项目部 */
    {{0x4f4f, 0x5b85, 0x533a}, 3, 0},                         /* 住宅区 */
    {{0x751f, 0x6d3b, 0x533a}, 3, 0},                         /* 生活区 */
    {{0x5c0f, 0x533a}, 2, 0},                                 /* 小区 */
    {{0x9879, 0x76ee}, 2, 0},                                 /* 项目 */
    {{0x697c, 0x76d8}, 2, 0},                                 /* 楼盘 */
    {{0x5de5, 0x5730}, 2, 0},                                 /* 工地 */
};

/* 期 栋 幢 号 楼 座 室 组: what stands behind a number in a name's tail. */
static int is_unit(uint16_t c)
{
    static const uint16_t units[] = {0x671f, 0x680b, 0x5e62, 0x53f7, 0x697c, 0x5ea7, 0x5ba4, 0x7ec4};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i] == c)
            return 1;
    return 0;
}

/* 1 when a number and its units were cut off the end. */
static int cut_units(struct canonical_name *name)
{
    uint32_t count = name->count;
    while (count > 0 && is_unit(name->code[count - 1]))
        count--;
    uint32_t numbers = count;
    if (count == name->count)
        return 0;
    while (numbers > 0 && is_numeral(name->code[numbers - 1]))
        numbers--;
    if (numbers == count || numbers < least_characters)
        return 0;
    name->count = numbers;
    return 1;
}

static int cut_ending(struct canonical_name *name)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const struct ending *ending = &endings[i];
        uint32_t count = ending->count;
        if (name->count < count + least_characters ||
            memcmp(name->code + name->count - count, ending->code, count * sizeof *ending->code) != 0)
            continue;
        memmove(name->code + name->count - count, ending->code + count - ending->keep,
                ending->keep * sizeof *ending->code);
        name->count -= count - ending->keep;
        return 1;
    }
    return 0;
}

/* 扬帆小区夜市 is 扬帆夜市. */
static void drop_inner_estate(struct canonical_name *name)
{
    for (uint32_t i = least_characters; i + 3 < name->count; i++) {
        if (name->code[i] != 0x5c0f || name->code[i + 1] != 0x533a)
            continue;
        memmove(name->code + i, name->code + i + 2, (name->count - i - 2) * sizeof *name->code);
        name->count -= 2;
        return;
    }
}

static int is_name_character(uint16_t c)
{
    if (c < 128)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    return (c >= 0x3400 && c < 0xa000) || c >= 0xe000 || c == 0x3007;
}

void name_canonical(struct canonical_name *out, const uint16_t *code, uint32_t begin, uint32_t end, uint32_t kind)
{
    out->count = 0;
    for (uint32_t i = begin; i < end && out->count < NAME_MAX_CHARACTERS; i++)
        if (is_name_character(code[i]))
            out->code[out->count++] = code[i];
    if (kind == SPOT_ROAD || kind == SPOT_STATION || kind == SPOT_SCHOOL || kind == SPOT_HOSPITAL)
        return;
    while (cut_units(out) || cut_ending(out))
        continue;
    drop_inner_estate(out);
}

/* Value of a numeral character, 10 for 十. */
static uint32_t digit_of(uint16_t c)
{
    static const uint16_t digits[] = {0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    if (c < 128)
        return (uint32_t)c - '0';
    for (uint32_t i = 0; i < 10; i++)
        if (digits[i] == c)
            return i;
    return c == ten ? 10 : 0;
}

/* Reads the number at *at: 12, 一二, 十二, 二十三. Digits follow each other; 十 is ten, or ten times what stands
 * before. */
static uint32_t read_number(const struct canonical_name *name, uint32_t *at)
{
    uint32_t value = 0;
    int after_ten = 0;
    while (*at < name->count && is_numeral(name->code[*at]) && value < number_limit) {
        uint32_t digit = digit_of(name->code[(*at)++]);
        if (digit == 10)
            value = value ? value * 10 : 10;
        else
            value = after_ten ? value + digit : value * 10 + digit;
        after_ten = digit == 10;
    }
    return value;
}

uint64_t name_key(const struct canonical_name *name, uint64_t city_code)
{
    uint16_t code[3 * NAME_MAX_CHARACTERS];
    size_t count = 0;
    uint32_t i = 0;
    while (i < name->count) {
        if (!is_numeral(name->code[i])) {
            code[count++] = name->code[i++];
            continue;
        }
        uint32_t value = read_number(name, &i);
        code[count++] = '0';
        code[count++] = (uint16_t)(value & 0xffff);
        code[count++] = (uint16_t)(value >> 16);
    }
    return hash_pair(city_code, hash_bytes_seeded(code, count * sizeof *code, SPOT_KEY_SEED));
}

weisu_str name_text(const struct canonical_name *name, struct arena *arena)
{
    char *bytes = arena_take(arena, 3 * (size_t)name->count);
    size_t size = 0;
    for (uint32_t i = 0; bytes && i < name->count; i++)
        size += utf8_write(bytes + size, name->code[i]);
    return (weisu_str){bytes, size};
}
