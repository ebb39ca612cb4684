#include "place/place_rules.h"

#include "base/failure.h"

enum {
    common_from = 200, /* occurrences in the word list; names of estates and villages lie far below */
    long_name = 3,     /* characters */
    one_character_verb = 1
};

/* Characters of the list of stop words that stand in many names: 上下中里内外前后左右 一二三四五六七八九十百千万
 * 天望太同光正真常名. */
static const uint16_t in_names[] = {0x4e0a, 0x4e0b, 0x4e2d, 0x91cc, 0x5185, 0x5916, 0x524d, 0x540e,
                                    0x5de6, 0x53f3, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d,
                                    0x4e03, 0x516b, 0x4e5d, 0x5341, 0x767e, 0x5343, 0x4e07, 0x5929,
                                    0x671b, 0x592a, 0x540c, 0x5149, 0x6b63, 0x771f, 0x5e38, 0x540d};

/* Parts of speech (jieba's, first letter) that never stand inside a name: prepositions, conjunctions, pronouns,
 * particles, adverbs, interjections, modal particles, measure words, times. */
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

static uint8_t trait_of_word(const struct lexicon *lexicon, const struct lexicon_word *word)
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
    return (uint8_t)trait;
}

static void soften(struct place_rules *rules, const uint16_t *code, size_t count)
{
    uint32_t word = lexicon_find(rules->lexicon, code, count);
    if (word != LEXICON_NO_WORD)
        rules->trait[word] &= (uint8_t)~TRAIT_HARD;
}

/* Characters that stand in names, and 第一 to 第十 (第三人民医院). */
static void soften_parts(struct place_rules *rules)
{
    for (size_t i = 0; i < sizeof in_names / sizeof *in_names; i++) {
        const uint16_t ordinal[] = {0x7b2c, in_names[i]};
        soften(rules, &in_names[i], 1);
        soften(rules, ordinal, 2);
    }
    static const uint16_t people[] = {0x4eba, 0x6c11}; /* 人民医院 */
    soften(rules, people, 2);
}

weisu_code place_rules_new(struct place_rules **out, const struct lexicon *lexicon, uint64_t city_code,
                           const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct place_rules *rules = memory_new_zeroed(allocator, 1, sizeof *rules);
    if (!rules)
        return failure(err, WEISU_ENOMEM, "no memory for the rules of places");
    *rules = (struct place_rules){lexicon, allocator, city_code, NULL, lexicon_word_count(lexicon)};
    rules->trait = memory_new(allocator, rules->word_count + 1, sizeof *rules->trait);
    if (!rules->trait) {
        place_rules_free(rules);
        return failure(err, WEISU_ENOMEM, "no memory for the rules of places");
    }
    for (size_t i = 0; i < rules->word_count; i++)
        rules->trait[i] = trait_of_word(lexicon, lexicon_word(lexicon, (uint32_t)i));
    soften_parts(rules);
    *out = rules;
    return WEISU_OK;
}

void place_rules_free(struct place_rules *rules)
{
    if (!rules)
        return;
    memory_free(rules->allocator, rules->trait, rules->word_count + 1, sizeof *rules->trait);
    memory_free(rules->allocator, rules, 1, sizeof *rules);
}

uint32_t place_tag(const struct place_rules *rules, uint32_t word, uint32_t kind)
{
    const struct lexicon_word *entry = lexicon_word(rules->lexicon, word);
    const struct lexicon_tag *tag = lexicon_tags(rules->lexicon, entry);
    for (uint16_t i = 0; i < entry->tag_count; i++)
        if (tag[i].kind == kind)
            return tag[i].value;
    return UINT32_MAX;
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
