#include "place/place_spot.h"

#include "place/place_form.h"

enum {
    most_tokens = 8,
    most_characters = 14,
    most_company_tokens = 12,
    most_company_characters = 22,
    most_bare_characters = 8,
    bus_digits = 3, /* "405路" is a bus line, "3路" only before 公交 */
    zhi = 0x4e4b,
    hao = 0x53f7,
    xian = 0x7ebf,
    gong = 0x516c,
    che = 0x8f66,
    liang = 0x4e24,
    ji = 0x51e0,
    most_masked = 3,
    ordinal = 0x7b2c /* 第 */
};

/* The walk over one field. */
struct walk {
    const struct place_rules *rules;
    const struct place_text *text;
    struct place_findings *out;
    uint32_t field;
    uint32_t at;
    uint32_t hard_start; /* behind the last token that no name holds */
    uint32_t soft_start; /* behind the last one that only names of companies hold */
    uint32_t anchor;     /* token behind a division or level word; UINT32_MAX when none is near */
    uint32_t division;   /* the last token that names a division; UINT32_MAX */
    uint32_t skip;       /* characters of the token at hard_start that belong to a level word */
    uint32_t found_from; /* the first spot of this field in out->spot */
};

static const struct seg_token *token_at(const struct walk *walk, uint32_t token)
{
    return &walk->text->tokens->token[token];
}

static uint32_t length_of(const struct walk *walk, uint32_t first, uint32_t last)
{
    return token_at(walk, last)->end - token_at(walk, first)->begin;
}

static uint16_t first_character(const struct walk *walk, uint32_t token)
{
    return walk->text->characters->code[token_at(walk, token)->begin];
}

static uint16_t last_character(const struct walk *walk, uint32_t token)
{
    return walk->text->characters->code[token_at(walk, token)->end - 1];
}

/* A boundary before which nothing belongs to a name. */
static void start_behind(struct walk *walk, uint32_t token)
{
    walk->hard_start = token + 1;
    walk->soft_start = token + 1;
    walk->skip = 0;
}

/* A division, level word, road or village: what follows is inside it. */
static void anchor_behind(struct walk *walk, uint32_t token)
{
    start_behind(walk, token);
    walk->anchor = token + 1;
}

/* The same name read further ("财富名园" + "小区", "师大附中" + "星城实验学校"): the longer reading stays. But a
 * company whose name begins with the estate it manages leaves the estate. */
static void add_spot(struct walk *walk, const struct spot_found *new)
{
    struct place_findings *out = walk->out;
    while (out->spot_count > walk->found_from) {
        const struct spot_found *old = &out->spot[out->spot_count - 1];
        if (old->last < new->first)
            break;
        if (new->kind == SPOT_COMPANY && old->kind == SPOT_ESTATE)
            return;
        out->spot_count--;
    }
    if (out->spot_count < SPOT_MAX_FOUND)
        out->spot[out->spot_count++] = *new;
}

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
 * 幢 条 元 即 卖 租 住 修 拆 做 改 室 米 亩. */
static int is_starter(uint16_t character)
{
    static const uint16_t starters[] = {0x8bf4, 0x627e, 0x8bf7, 0x7ed9, 0x8bfb, 0x5efa, 0x5f00, 0x8fdb, 0x51fa,
                                        0x7ecf, 0x81f4, 0x671d, 0x6302, 0x79bb, 0x5165, 0x529e, 0x5e2e, 0x6765,
                                        0x65f6, 0x5e74, 0x6bb5, 0x680b, 0x5e62, 0x6761, 0x5143, 0x5373, 0x5356,
                                        0x79df, 0x4f4f, 0x4fee, 0x62c6, 0x505a, 0x6539, 0x5ba4, 0x7c73, 0x4ea9};
    return is_one_of(character, starters, sizeof starters / sizeof *starters);
}

/* 所 家 个 座 处 间 片 户 级: what a number counts. */
static int is_counter(uint16_t character)
{
    static const uint16_t counters[] = {0x6240, 0x5bb6, 0x4e2a, 0x5ea7, 0x5904, 0x95f4, 0x7247, 0x6237, 0x7ea7};
    return is_one_of(character, counters, sizeof counters / sizeof *counters);
}

/* 一所, 两/家: what is counted is no name, and nothing before it belongs to one. */
static int is_counted(const struct walk *walk)
{
    const struct seg_token *token = token_at(walk, walk->at);
    const uint16_t *code = walk->text->characters->code;
    if (token->end < 2 || !is_counter(code[token->end - 1]))
        return 0;
    uint16_t number = code[token->end - 2];
    return token->end - token->begin <= 2 && (is_numeral(number) || number == liang || number == ji);
}

/* Nothing of a name begins with a bare number, a side, or a short verb ("中建" and "建工" are words of their own). */
static int is_no_start(const struct walk *walk, uint32_t token)
{
    const struct seg_token *t = token_at(walk, token);
    uint16_t first = first_character(walk, token);
    if (t->kind == SEG_NUMBER)
        return first_character(walk, token + 1) != hao;
    if (is_numeral(first)) {
        uint32_t next = t->begin + 1;
        uint16_t counted = walk->text->characters->code[next];
        return is_counter(counted) || (next == t->end && is_starter(counted));
    }
    return t->end - t->begin == 1 && (is_side(first) || is_starter(first));
}

/* Leaves out what cannot begin a name, and what is too far away. */
static uint32_t trim_start(const struct walk *walk, uint32_t start, uint32_t last, int is_wide)
{
    uint32_t tokens = is_wide ? most_company_tokens : most_tokens;
    uint32_t characters = is_wide ? most_company_characters : most_characters;
    while (start < last && (last - start >= tokens || length_of(walk, start, last) > characters))
        start++;
    while (start < last && is_no_start(walk, start))
        start++;
    return start;
}

static int begins_bus(const struct walk *walk, uint32_t token)
{
    if (token >= walk->text->tokens->count)
        return 0;
    uint16_t c = first_character(walk, token);
    return c == gong || c == che;
}

/* "405路", "3路公交". */
static int take_bus(struct walk *walk)
{
    uint32_t at = walk->at;
    if (at == 0 || token_at(walk, at - 1)->kind != SEG_NUMBER)
        return 0;
    if (length_of(walk, at - 1, at - 1) >= bus_digits || begins_bus(walk, at + 1)) {
        struct name_form form = {walk->text, walk->field, at - 1, at, SPOT_STATION, 2, 1, 0};
        add_spot(walk, &(struct spot_found){walk->field, at - 1, at, SPOT_STATION,
                                            (uint16_t)name_strength(walk->rules, &form), 0});
    }
    start_behind(walk, at);
    return 1;
}

/* "1号线", "六号线": the last character is 线, before it 号 and a number. */
static int take_line(struct walk *walk)
{
    const uint16_t *code = walk->text->characters->code;
    uint32_t end = token_at(walk, walk->at)->end;
    if (end < 3 || code[end - 2] != hao || !is_numeral(code[end - 3]))
        return 0;
    uint32_t begin = end - 3;
    while (begin > 0 && is_numeral(code[begin - 1]))
        begin--;
    uint32_t first = walk->at;
    while (token_at(walk, first)->begin > begin)
        first--;
    struct name_form form = {walk->text, walk->field, first, walk->at, SPOT_STATION, 2, 1, 0};
    add_spot(walk, &(struct spot_found){walk->field, first, walk->at, SPOT_STATION,
                                        (uint16_t)name_strength(walk->rules, &form), 0});
    start_behind(walk, walk->at);
    return 1;
}

/* Is a masked name before the level word: the A3 of "A3区"? */
static int is_masked(const struct walk *walk, uint32_t token)
{
    return token_at(walk, token)->kind == SEG_LATIN && length_of(walk, token, token) <= most_masked;
}

/* The token where the division begins that stands right before `start` (朝阳区, or the A3 of "A3区"); else `start`. */
static uint32_t with_division(const struct walk *walk, uint32_t start)
{
    if (start > 0 && walk->division == start - 1)
        return start - 1;
    return start >= 2 && walk->anchor == start && is_masked(walk, start - 2) ? start - 2 : start;
}

/* Every district has its 实验小学, 人民医院 and 第一中学: such a name is one only with its division. */
static int is_one_of_many(const struct walk *walk, uint32_t start, uint32_t kind)
{
    const uint16_t *code = walk->text->characters->code;
    if (kind != SPOT_SCHOOL && kind != SPOT_HOSPITAL && kind != SPOT_PARK && kind != SPOT_PUBLIC)
        return 0;
    for (uint32_t i = start; i < walk->at; i++)
        if (is_telling(walk->rules, walk->text, i) && code[token_at(walk, i)->begin] != ordinal)
            return 0;
    return 1;
}

/* Nothing stands before the suffix but a division: its short name belongs to the name (望京花园), the whole of it where
 * the suffix says which of its kind is meant (A6区二中). */
static uint32_t division_before(const struct walk *walk, uint32_t start)
{
    uint32_t at = walk->at;
    int is_telling_suffix = is_numeral(first_character(walk, at));
    if (at == 0 || start != at)
        return start;
    if (walk->division == at - 1 && !is_level_character(last_character(walk, at - 1)))
        return at - 1;
    return is_telling_suffix ? with_division(walk, start) : start;
}

/* Where the name that ends here begins. Verbs belong to names of companies, sites and markets (建设 开发 装饰), and to
 * any name that follows a division at once (涉外经济学院). */
static uint32_t start_of_name(const struct walk *walk, uint32_t kind)
{
    int is_wide = kind == SPOT_COMPANY || kind == SPOT_SITE || kind == SPOT_MARKET;
    int is_anchored = walk->anchor == walk->hard_start && kind != SPOT_BUILDING;
    return trim_start(walk, is_wide || is_anchored ? walk->hard_start : walk->soft_start, walk->at, is_wide);
}

/* A suffix or a long noun that ends in one. */
static void take_name(struct walk *walk, uint32_t value)
{
    uint32_t kind = value >> 8;
    int is_long = !(trait_of(walk->rules, token_at(walk, walk->at)) & TRAIT_SUFFIX);
    uint32_t start = start_of_name(walk, kind);
    struct name_form form = {.text = walk->text,
                             .field = walk->field,
                             .last = walk->at,
                             .kind = kind,
                             .suffix = value & 0xff,
                             .is_anchored = start == walk->anchor,
                             .has_verb = start < walk->soft_start};
    if (start == walk->at && !is_long)
        start = division_before(walk, start);
    else if (form.is_anchored && is_one_of_many(walk, start, kind))
        start = with_division(walk, start);
    form.first = start;
    if (start < walk->at || is_long) {
        uint32_t strength = name_strength(walk->rules, &form);
        if (strength >= PLACE_LEAST_STRENGTH)
            add_spot(walk, &(struct spot_found){walk->field, start, walk->at, (uint16_t)kind, (uint16_t)strength,
                                                start == walk->hard_start ? walk->skip : 0});
    }
    if (kind == SPOT_ROAD || kind == SPOT_VILLAGE)
        anchor_behind(walk, walk->at);
}

/* Behind a level word a name may stand without a suffix: "A6区时代年华精装修". It ends at the first word of a problem.
 */
static void take_bare_name(struct walk *walk, uint32_t end)
{
    uint32_t first = walk->anchor;
    uint32_t last = first;
    struct place_findings *out = walk->out;
    walk->anchor = UINT32_MAX;
    if (first >= end || walk->field == PLACE_IN_TEXT)
        return;
    int telling = 0;
    while (last < end && !(trait_of(walk->rules, token_at(walk, last)) & (TRAIT_TOPIC | TRAIT_SOFT | TRAIT_SUFFIX)) &&
           length_of(walk, first, last) <= most_bare_characters)
        telling += is_telling(walk->rules, walk->text, last++);
    if (last == first || !telling || length_of(walk, first, last - 1) < 2)
        return;
    struct name_form form = {walk->text, walk->field, first, last - 1, SPOT_ESTATE, 0, 0, 0};
    uint32_t strength = name_strength(walk->rules, &form);
    for (uint32_t i = walk->found_from; i < out->spot_count; i++)
        if (out->spot[i].first < last && out->spot[i].last >= first)
            return;
    if (strength >= PLACE_LEAST_STRENGTH)
        add_spot(walk, &(struct spot_found){walk->field, first, last - 1, SPOT_ESTATE, (uint16_t)strength, 0});
}

static void take_division(struct walk *walk)
{
    struct place_findings *out = walk->out;
    if (out->hit_count < DIVISION_MAX_HITS)
        out->hit[out->hit_count++] = (struct division_hit){walk->field, walk->at};
    walk->division = walk->at;
    anchor_behind(walk, walk->at);
}

/* "A3区", "雷锋镇", "岳麓区": a level word alone (also 县市), or a name that ends in one and is no word of another
 * kind. */
static int is_level_word(const struct walk *walk, unsigned trait)
{
    const struct seg_token *token = token_at(walk, walk->at);
    if (!is_level_character(last_character(walk, walk->at)) || trait & (TRAIT_SUFFIX | TRAIT_STOP))
        return 0;
    return token->end - token->begin == 1 || trait & TRAIT_LONG || is_level_character(first_character(walk, walk->at));
}

/* 里 after 小区: the spot ended before it. */
static int is_side_of_spot(const struct walk *walk)
{
    const struct place_findings *out = walk->out;
    const struct seg_token *token = token_at(walk, walk->at);
    return token->end - token->begin == 1 && is_side(first_character(walk, walk->at)) &&
           out->spot_count > walk->found_from && out->spot[out->spot_count - 1].last + 1 == walk->at;
}

/* 魅力/之/城: the particle stands inside a name when a suffix follows. */
static int is_inside_name(const struct walk *walk)
{
    uint32_t next = walk->at + 1;
    return first_character(walk, walk->at) == zhi && next < walk->text->tokens->count &&
           trait_of(walk->rules, token_at(walk, next)) & TRAIT_SUFFIX;
}

/* "A1" before 区星/沙/大道 or 区法院: the level word is the first character of a longer token. */
static int is_level_inside(const struct walk *walk)
{
    return walk->at > 0 && is_masked(walk, walk->at - 1) && length_of(walk, walk->at, walk->at) > 1 &&
           is_level_character(first_character(walk, walk->at));
}

static void take_token(struct walk *walk)
{
    const struct seg_token *token = token_at(walk, walk->at);
    unsigned trait = trait_of(walk->rules, token);
    if (token->kind == SEG_SPACE || token->kind == SEG_PUNCTUATION || (trait & TRAIT_HARD && !is_inside_name(walk)) ||
        is_side_of_spot(walk) || is_counted(walk)) {
        take_bare_name(walk, walk->at);
        start_behind(walk, walk->at);
        return;
    }
    if (trait & TRAIT_DIVISION) {
        take_bare_name(walk, walk->at);
        take_division(walk);
        return;
    }
    if (is_level_word(walk, trait)) {
        anchor_behind(walk, walk->at);
        return;
    }
    if (is_level_inside(walk)) {
        anchor_behind(walk, walk->at - 1);
        walk->skip = 1;
    }
    if (last_character(walk, walk->at) == xian && take_line(walk))
        return;
    uint32_t value = trait & (TRAIT_SUFFIX | TRAIT_LONG) ? suffix_of(walk->rules, walk->text, walk->at) : 0;
    if (value >> 8 == SPOT_ROAD && token->end - token->begin == 1 && take_bus(walk))
        return;
    if (value)
        take_name(walk, value);
    else if (trait & TRAIT_SOFT)
        walk->soft_start = walk->at + 1;
}

void find_spots(const struct place_rules *rules, const struct place_text *text, uint32_t field,
                struct place_findings *findings)
{
    struct walk walk = {.rules = rules,
                        .text = text,
                        .out = findings,
                        .field = field,
                        .anchor = UINT32_MAX,
                        .division = UINT32_MAX,
                        .found_from = findings->spot_count};
    for (walk.at = 0; walk.at < text->tokens->count; walk.at++)
        take_token(&walk);
    if (text->tokens->count)
        take_bare_name(&walk, (uint32_t)text->tokens->count);
}
