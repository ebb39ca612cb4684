#include "place/place_walk.h"

#include "place/place_form.h"

enum {
    most_tokens = 8,
    most_characters = 14,
    most_company_tokens = 12,
    most_company_characters = 22,
    most_masked = 3,
    most_of_address = 700, /* strength of a road that only says where the name behind its number is */
    hao = 0x53f7,
    ordinal = 0x7b2c /* 第 */
};

static int is_one_of(uint16_t character, const uint16_t *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == character)
            return 1;
    return 0;
}

/* 内 外 前 后 旁 里 上 下: sides of a spot belong to the sentence. */
static int is_side(uint16_t character)
{
    static const uint16_t sides[] = {0x5185, 0x5916, 0x524d, 0x540e, 0x65c1, 0x91cc, 0x4e0a, 0x4e0b};
    return is_one_of(character, sides, sizeof sides / sizeof *sides);
}

/* Short verbs and counters that stand before a name: 说 找 请 给 读 建 开 进 出 经 致 朝 挂 离 入 办 帮 来 时 年 段 栋
 * 幢 条 元 即 卖 租 住 修 拆 做 改 室 米 亩 叫 成 好 有 把 使 过 看 只 向 于 到 闸 强 吨 边. */
static int is_starter(uint16_t character)
{
    static const uint16_t starters[] = {
        0x8bf4, 0x627e, 0x8bf7, 0x7ed9, 0x8bfb, 0x5efa, 0x5f00, 0x8fdb, 0x51fa, 0x7ecf, 0x81f4, 0x671d, 0x6302,
        0x79bb, 0x5165, 0x529e, 0x5e2e, 0x6765, 0x65f6, 0x5e74, 0x6bb5, 0x680b, 0x5e62, 0x6761, 0x5143, 0x5373,
        0x5356, 0x79df, 0x4f4f, 0x4fee, 0x62c6, 0x505a, 0x6539, 0x5ba4, 0x7c73, 0x4ea9, 0x53eb, 0x6210, 0x597d,
        0x6709, 0x628a, 0x4f7f, 0x8fc7, 0x770b, 0x53ea, 0x5411, 0x4e8e, 0x5230, 0x95f8, 0x5f3a, 0x5428, 0x8fb9};
    return is_one_of(character, starters, sizeof starters / sizeof *starters);
}

void walk_yield_road(struct place_findings *out, uint32_t field, uint32_t first)
{
    for (uint32_t i = 0; i < out->spot_count; i++) {
        struct spot_found *spot = &out->spot[i];
        if (spot->field == field && spot->kind == SPOT_ROAD && spot->last < first && spot->strength > most_of_address)
            spot->strength = most_of_address;
    }
}

int walk_is_masked(const struct walk *walk, uint32_t token)
{
    return walk->token[token].kind == SEG_LATIN && walk_length(walk, token, token) <= most_masked;
}

/* Nothing of a name begins with a bare number, a side, or a short verb ("中建" and "建工" are words of their own). */
static int is_no_start(const struct walk *walk, uint32_t token)
{
    const struct seg_token *t = &walk->token[token];
    uint16_t first = walk_first_character(walk, token);
    if (is_feast_day(walk->code, t))
        return 0;
    if (t->kind == SEG_NUMBER && first != ordinal)
        return walk_first_character(walk, token + 1) != hao;
    if (walk_trait(walk, token) & TRAIT_COUNTER)
        return t->end - t->begin == 2 || (token > 0 && is_numeral(walk_last_character(walk, token - 1)));
    if (t->end - t->begin == 2 && is_numeral(first))
        return is_starter(walk->code[t->begin + 1]);
    return t->end - t->begin == 1 && (is_side(first) || is_starter(first));
}

/* Leaves out what cannot begin a name, and what is too far away. A name that no division stands before begins with no
 * verb, whatever it holds behind it. */
static uint32_t trim_start(const struct walk *walk, uint32_t start, int is_wide, int is_anchored)
{
    uint32_t last = walk->at;
    uint32_t tokens = is_wide ? most_company_tokens : most_tokens;
    uint32_t characters = is_wide ? most_company_characters : most_characters;
    while (start < last && (last - start >= tokens || walk_length(walk, start, last) > characters))
        start++;
    while (start < last && ((!is_anchored && (is_no_start(walk, start) || walk_trait(walk, start) & TRAIT_SOFT)) ||
                            (is_anchored && walk->token[start].kind == SEG_NUMBER && is_no_start(walk, start))))
        start++;
    return start;
}

uint32_t walk_anchor_of(const struct walk *walk, uint32_t first)
{
    if (first != walk->anchor)
        return ANCHORED_NOT;
    return walk->division + 1 == first ? ANCHORED_IN_DIVISION : ANCHORED_AT_ROAD;
}

/* Verbs belong to names of companies, sites and markets (建设 开发 装饰), and to any name but a road's that follows a
 * division at once (涉外经济学院). */
uint32_t walk_start_of_name(const struct walk *walk, uint32_t kind)
{
    int is_wide = kind == SPOT_COMPANY || kind == SPOT_SITE || kind == SPOT_MARKET;
    int is_anchored =
        walk_anchor_of(walk, walk->hard_start) == ANCHORED_IN_DIVISION || walk->hard_start == walk->address;
    int takes_verbs = is_anchored && kind != SPOT_BUILDING && kind != SPOT_ROAD && kind != SPOT_STATION;
    uint32_t start = is_wide || takes_verbs ? walk->hard_start : walk->soft_start;
    return trim_start(walk, start, is_wide, is_anchored && start == walk->hard_start);
}

/* The same name read further ("师大附中" + "星城实验学校"): the longer reading stays. But a company whose name begins
 * with the estate it manages leaves the estate. */
void walk_add_spot(struct walk *walk, const struct spot_found *new)
{
    struct place_findings *out = walk->out;
    const struct spot_found *old;
    while ((old = walk_last_spot(walk)) && old->last >= new->first) {
        if (new->kind == SPOT_COMPANY && old->kind == SPOT_ESTATE)
            return;
        out->spot_count--;
    }
    if (out->spot_count == SPOT_MAX_FOUND)
        return;
    out->spot[out->spot_count++] = *new;
    walk->behind = new->last + 1;
}

/* Does nothing that the sentence may have added stand before the name? */
uint16_t walk_clean_start(const struct walk *walk, uint32_t first)
{
    if (walk_anchor_of(walk, first) == ANCHORED_IN_DIVISION)
        return CLEAN_IN_DIVISION;
    return first == 0 || first == walk->anchor || walk->token[first - 1].kind >= SEG_PUNCTUATION ? CLEAN_ALONE
                                                                                                 : CLEAN_NOT;
}

uint32_t walk_clean_end(const struct walk *walk)
{
    return walk->at + 1 == walk->count || walk->token[walk->at + 1].kind >= SEG_PUNCTUATION;
}
