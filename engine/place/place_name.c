#include "place/place_name.h"

#include "base/utf8.h"
#include "place/place_form.h"

#include <string.h>

enum {
    least_characters = 2,
    ordinal = 0x7b2c,     /* 第 */
    lu = 0x8def,          /* 路 */
    jie = 0x8857,         /* 街 */
    dao = 0x9053,         /* 道 */
    gong = 0x516c,        /* 公 */
    jiao = 0x4ea4,        /* 交 */
    duan = 0x6bb5,        /* 段 */
    yuan_court = 0x9662,  /* 院 */
    yuan_garden = 0x82d1, /* 苑 */
};

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

/* 大院 四合院 28号院: courts of every kind, and no name of an estate. */
static int is_plain_court(uint16_t c)
{
    return c == 0x5927 || c == 0x5408 || c == 0x53f7 || c == 0x5c0f || c == 0x6797 || is_numeral(c);
}

static void append(struct canonical_name *name, const uint16_t *code, uint32_t count)
{
    for (uint32_t i = 0; i < count && name->count < NAME_MAX_CHARACTERS; i++)
        name->code[name->count++] = code[i];
}

/* 二中 is 第二中学, 实验三小 is 实验第三小学, 一幼 is 第一幼儿园. */
static void write_out_school(struct canonical_name *name)
{
    static const uint16_t kinds[][4] = {{0x4e2d, 0x5b66}, {0x5c0f, 0x5b66}, {0x5e7c, 0x513f, 0x56ed}};
    uint32_t end = name->count;
    uint32_t number = end ? end - 1 : 0;
    while (number > 0 && is_numeral(name->code[number - 1]))
        number--;
    for (size_t i = 0; number + 1 < end && i < sizeof kinds / sizeof *kinds; i++) {
        if (name->code[end - 1] != kinds[i][0])
            continue;
        struct canonical_name written = {.count = 0};
        append(&written, name->code, number);
        if (!number || name->code[number - 1] != ordinal)
            append(&written, (const uint16_t[]){ordinal}, 1);
        append(&written, name->code + number, end - 1 - number);
        append(&written, kinds[i], kinds[i][2] ? 3 : 2);
        *name = written;
        return;
    }
}

/* 云杉路段 is 云杉路; 谷山庭院, of an estate, is written for 谷山庭苑. */
static void mend_last(struct canonical_name *name, uint32_t kind)
{
    if (name->count <= least_characters)
        return;
    uint16_t *last = &name->code[name->count - 1];
    if (kind == SPOT_ROAD && *last == duan && (last[-1] == lu || last[-1] == jie || last[-1] == dao))
        name->count--;
    else if (kind == SPOT_ESTATE && *last == yuan_court && last[-1] >= 0x3400 && !is_plain_court(last[-1]))
        *last = yuan_garden;
}

/* 702公交车 is 702路. */
static void mend_bus(struct canonical_name *name)
{
    uint32_t digits = 0;
    while (digits < name->count && name->code[digits] < 128)
        digits++;
    if (!digits || digits + 2 > name->count || name->code[digits] != gong || name->code[digits + 1] != jiao)
        return;
    name->code[digits] = lu;
    name->count = digits + 1;
}

void name_canonical(struct canonical_name *out, const uint16_t *code, uint32_t begin, uint32_t end, uint32_t kind)
{
    out->count = 0;
    for (uint32_t i = begin; i < end && out->count < NAME_MAX_CHARACTERS; i++)
        if (is_name_character(code[i]))
            out->code[out->count++] = code[i];
    if (kind == SPOT_SCHOOL)
        write_out_school(out);
    if (kind == SPOT_STATION)
        mend_bus(out);
    if (kind == SPOT_ROAD)
        mend_last(out, kind);
    if (kind == SPOT_ROAD || kind == SPOT_STATION || kind == SPOT_SCHOOL || kind == SPOT_HOSPITAL)
        return;
    while (cut_units(out) || cut_ending(out))
        continue;
    drop_inner_estate(out);
    mend_last(out, kind);
}

weisu_str name_text(const struct canonical_name *name, struct arena *arena)
{
    char *bytes = arena_take(arena, 3 * (size_t)name->count);
    size_t size = 0;
    for (uint32_t i = 0; bytes && i < name->count; i++)
        size += utf8_write(bytes + size, name->code[i]);
    return (weisu_str){bytes, size};
}
