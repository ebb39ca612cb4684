#include "place/place_rules.h"

#include "base/failure.h"

enum {
    common_from = 200, /* occurrences in the word list; names of estates and villages lie far below */
    long_name = 3,     /* characters */
    one_character_verb = 1
};

/* Characters that are function words elsewhere and stand in many names. */
static const uint16_t in_names[] = {0x671b /* 望 */, 0x5929 /* 天 */, 0x592a /* 太 */, 0x540c /* 同 */,
                                    0x4e2d /* 中 */};

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
 * stop words end a name, and of them not the numbers, sides and adjectives. */
static int is_hard(const struct lexicon_word *word, unsigned trait)
{
    if (trait & (TRAIT_DIVISION | TRAIT_SUFFIX))
        return 0;
    if (trait & TRAIT_STOP)
        return 1;
    if (word->length > 1)
        return trait & TRAIT_HARD || is_function(word->part_of_speech);
    return trait & TRAIT_HARD && (is_function(word->part_of_speech) || word->part_of_speech == 'v');
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
    if (word->part_of_speech == 'n' && word->length >= long_name && !(trait & (TRAIT_SUFFIX | TRAIT_STOP)))
        trait |= TRAIT_LONG;
    return (uint8_t)trait;
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
    for (size_t i = 0; i < sizeof in_names / sizeof *in_names; i++) {
        uint32_t word = lexicon_find(lexicon, &in_names[i], 1);
        if (word != LEXICON_NO_WORD)
            rules->trait[word] &= (uint8_t)~TRAIT_HARD;
    }
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
