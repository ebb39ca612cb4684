#include "place/place_rules.h"

#include "base/failure.h"
#include "base/utf8.h"

#include <string.h>

enum {
    common_from = 200, /* occurrences in the word list; names of estates and villages lie far below */
    long_name = 3,     /* characters */
    one_character_verb = 1,
    most_listed = 8 /* characters of a listed word */
};

/* Words that the tables do not set apart, separated by spaces. */
static const struct listing {
    const char *words;
    uint16_t traits;
} listings[] = {
    {"出 挖 跑", TRAIT_HARD},
    {"街道 街道办 街道办事处", TRAIT_LEVEL},
    {"路上 路边 路旁 路面 街上 街边 桥下 桥上 村里 村民 村内 小区业主 小区居民 小区物业 小区里 小区内 小区门口",
     TRAIT_BESIDE},
    {"省 市 县 区 镇 乡 县市 市区 区县 市县 城区", TRAIT_LEVEL},
    {"号 排 层 室 座 楼 号院 年 月 日", TRAIT_UNIT},
    {"栋 幢 期 单元 号楼 号栋", TRAIT_UNIT | TRAIT_PHASE},
    {"一期 二期 三期 四期 五期 六期 七期 八期 九期 第一期 第二期 第三期 第四期 第五期", TRAIT_PHASE},
    {"东门 南门 西门 北门 东区 南区 西区 北区 正门 侧门 后门", TRAIT_PHASE},
    {"和 之 其 自 在 点 地 才", TRAIT_PARTICLE},
    {"所 家 个 座 处 间 片 户 级 名 条 栋 排 趟 台 位 十多家 十几家 几十家 多家 多个 多所 几家 几个", TRAIT_COUNTER},
    {"公交 公交车 线 号线 一号线 二号线 三号线 四号线 五号线 六号线 七号线 八号线 九号线 十号线", TRAIT_LINE},
    {"二环 三环 四环 五环 六环 二环路 三环路 四环路 五环路 六环路 东二环 西二环 南二环 北二环 东三环 西三环 南三环 "
     "北三环 东四环 西四环 南四环 北四环 东五环 西五环 南五环 北五环",
     TRAIT_LINE},
};

/* Words of the list of stop words that stand in many names. */
static const char in_names[] =
    "上 下 中 里 内 外 前 后 左 右 一 二 三 四 五 六 七 八 九 十 百 千 万 天 望 太 同 光 正 真 "
    "常 名 都 家 大 达 原 建 图 附 月 日 年 如 可 先 现代 五一 八一 七一 未来 当代 有限责任 工人 青年 人民 第一 第二 "
    "第三 "
    "第四 "
    "第五 "
    "第六 第七 第八 第九 第十";
static const char numbers[] = "一 二 三 四 五 六 七 八 九 十 两 几 多 每 各 这 那";
static const char counters[] = "所 家 个 座 处 间 片 户 级 名 条 栋 排 趟 台 位 次 项";

/* Parts of speech (jieba's, first letter) that never stand inside a name: prepositions, conjunctions, pronouns,
 * particles, adverbs, interjections, modal particles, measure words, times, idioms. */
static int is_function(uint8_t part_of_speech)
{
    switch (part_of_speech) {
    case 'p':
    case 'c':
    case 'r':
    case 'u':
    case 'd':
    case 'e':
    case 'y':
    case 'q':
    case 't':
    case 'i':
    case 'l':
        return 1;
    default:
        return 0;
    }
}

/* A character alone is a part of a name that was cut more often than the word it could be, so only those of the list of
 * stop words end a name (in_names not). */
static int is_hard(const struct lexicon_word *word, unsigned trait)
{
    if (trait & (TRAIT_DIVISION | TRAIT_SUFFIX))
        return 0;
    return trait & (TRAIT_STOP | TRAIT_HARD) || (word->length > 1 && is_function(word->part_of_speech));
}

static unsigned tagged(const struct lexicon *lexicon, const struct lexicon_word *word)
{
    static const uint8_t traits[] = {
        [LEXICON_TAG_PLACE] = TRAIT_DIVISION, [LEXICON_TAG_TOPIC] = TRAIT_TOPIC,    [LEXICON_TAG_RISK] = TRAIT_TOPIC,
        [LEXICON_TAG_SUFFIX] = TRAIT_SUFFIX,  [LEXICON_TAG_SPOT_STOP] = TRAIT_STOP, [LEXICON_TAG_STOP] = TRAIT_HARD};
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    unsigned trait = 0;
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind < sizeof traits)
            trait |= traits[tag[i].kind];
    return trait;
}

/* The value of the word's first tag of that kind, or UINT32_MAX. */
static uint32_t tag_value(const struct lexicon *lexicon, const struct lexicon_word *word, uint32_t kind)
{
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == kind)
            return tag[i].value;
    return UINT32_MAX;
}

static uint16_t trait_of_word(const struct lexicon *lexicon, const struct lexicon_word *word)
{
    unsigned trait = word->tag_count ? tagged(lexicon, word) : 0;
    if (is_hard(word, trait))
        trait |= TRAIT_HARD;
    else
        trait &= ~(unsigned)TRAIT_HARD;
    if ((word->part_of_speech == 'v' || word->part_of_speech == 'a') && word->length > one_character_verb &&
        !(trait & (TRAIT_DIVISION | TRAIT_SUFFIX)))
        trait |= TRAIT_SOFT;
    if (word->frequency >= common_from)
        trait |= TRAIT_COMMON;
    if (word->part_of_speech == 'n' && word->length >= long_name &&
        !(trait & (TRAIT_SUFFIX | TRAIT_STOP | TRAIT_TOPIC)))
        trait |= TRAIT_LONG;
    return (uint16_t)trait;
}

/* Folded characters of the next word of a list; 0 at its end. */
static size_t next_word(const char **list, uint16_t code[most_listed])
{
    size_t count = 0;
    while (**list == ' ')
        (*list)++;
    while (**list && **list != ' ' && count < most_listed) {
        uint32_t character;
        *list += utf8_read((const unsigned char *)*list, strlen(*list), &character);
        code[count++] = (uint16_t)character;
    }
    return count;
}

static void mark(struct place_rules *rules, const uint16_t *code, size_t count, unsigned add, unsigned remove)
{
    uint32_t word = lexicon_find(rules->lexicon, code, count);
    if (word != LEXICON_NO_WORD)
        rules->trait[word] = (uint16_t)((rules->trait[word] & ~remove) | add);
}

static void mark_list(struct place_rules *rules, const char *words, unsigned add, unsigned remove)
{
    uint16_t code[most_listed];
    for (size_t count = next_word(&words, code); count; count = next_word(&words, code))
        mark(rules, code, count, add, remove);
}

/* 一所 两家 每户: the number and what it counts in one word. */
static void mark_counted(struct place_rules *rules)
{
    uint16_t code[1 + most_listed];
    const char *number = numbers;
    while (next_word(&number, code)) {
        const char *counter = counters;
        while (next_word(&counter, code + 1))
            mark(rules, code, 2, TRAIT_COUNTER, 0);
    }
}

static void mark_last_characters(struct place_rules *rules)
{
    for (uint32_t code = 0x3400; code < 0xa000; code++) {
        const uint16_t character = (uint16_t)code;
        uint32_t word = lexicon_find(rules->lexicon, &character, 1);
        if (word != LEXICON_NO_WORD && rules->trait[word] & TRAIT_SUFFIX)
            rules->last[character >> 3] |= (uint8_t)(1 << (character & 7));
    }
}

static void mark_listed(struct place_rules *rules)
{
    mark_list(rules, in_names, 0, TRAIT_HARD);
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
        mark_list(rules, listings[i].words, listings[i].traits, 0);
    mark_counted(rules);
    mark_last_characters(rules);
}

/* 0; -1 when memory is out. */
static int take_suffixes(struct place_rules *rules)
{
    uint32_t count = 0;
    uint32_t slots = 64;
    for (size_t i = 0; i < rules->word_count; i++)
        count += (rules->trait[i] & TRAIT_SUFFIX) != 0;
    while (slots < 2 * count)
        slots *= 2;
    rules->suffix_mask = slots - 1;
    rules->suffix = memory_new(rules->allocator, slots, sizeof *rules->suffix);
    if (!rules->suffix)
        return -1;
    memset(rules->suffix, 0xff, slots * sizeof *rules->suffix);
    for (uint32_t word = 0; word < rules->word_count; word++) {
        if (!(rules->trait[word] & TRAIT_SUFFIX))
            continue;
        uint32_t at = (uint32_t)hash_mix(word) & rules->suffix_mask;
        while (rules->suffix[at].word != LEXICON_NO_WORD)
            at = (at + 1) & rules->suffix_mask;
        rules->suffix[at] = (struct suffix_slot){
            word, tag_value(rules->lexicon, lexicon_word(rules->lexicon, word), LEXICON_TAG_SUFFIX)};
    }
    return 0;
}

/* The node of the city, where another one could be meant. */
static uint32_t home_of(const struct lexicon *lexicon, uint64_t city_code)
{
    uint32_t home = gazetteer_find(lexicon, city_code);
    for (uint32_t i = 0; home != UINT32_MAX && i < gazetteer_count(lexicon); i++)
        if (gazetteer_node(lexicon, i).parent == UINT32_MAX && i != home)
            return home;
    return UINT32_MAX;
}

weisu_code place_rules_new(struct place_rules **out, const struct lexicon *lexicon, uint64_t city_code,
                           const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct place_rules *rules = memory_new_zeroed(allocator, 1, sizeof *rules);
    if (!rules)
        return failure(err, WEISU_ENOMEM, "no memory for the rules of places");
    rules->lexicon = lexicon;
    rules->allocator = allocator;
    rules->city_code = city_code;
    rules->home = home_of(lexicon, city_code);
    rules->word_count = lexicon_word_count(lexicon);
    rules->trait = memory_new(allocator, rules->word_count + 1, sizeof *rules->trait);
    if (!rules->trait) {
        place_rules_free(rules);
        return failure(err, WEISU_ENOMEM, "no memory for the rules of places");
    }
    for (size_t i = 0; i < rules->word_count; i++)
        rules->trait[i] = trait_of_word(lexicon, lexicon_word(lexicon, (uint32_t)i));
    rules->trait[rules->word_count] = 0;
    mark_listed(rules);
    if (take_suffixes(rules) || position_index_init(&rules->positions, lexicon, allocator)) {
        place_rules_free(rules);
        return failure(err, WEISU_ENOMEM, "no memory for the rules of places");
    }
    *out = rules;
    return WEISU_OK;
}

void place_rules_free(struct place_rules *rules)
{
    if (!rules)
        return;
    position_index_dispose(&rules->positions, rules->allocator);
    memory_free(rules->allocator, rules->suffix, (size_t)rules->suffix_mask + 1, sizeof *rules->suffix);
    memory_free(rules->allocator, rules->trait, rules->word_count + 1, sizeof *rules->trait);
    memory_free(rules->allocator, rules, 1, sizeof *rules);
}

uint32_t place_first_node(const struct place_rules *rules, uint32_t word)
{
    return tag_value(rules->lexicon, lexicon_word(rules->lexicon, word), LEXICON_TAG_PLACE);
}

int place_has_node(const struct place_rules *rules, uint32_t word, uint32_t node)
{
    const struct lexicon_word *entry = lexicon_word(rules->lexicon, word);
    const struct lexicon_tag *tag = lexicon_tags(rules->lexicon, entry);
    for (uint16_t i = 0; i < entry->tag_count; i++)
        if (tag[i].kind == LEXICON_TAG_PLACE && tag[i].value == node)
            return 1;
    return 0;
}
