#include "place/place_form.h"

enum {
    base_none = 200,
    base_weak = 250,
    base_usual = 420,
    base_sure = 560,
    bonus_anchor = 160,
    bonus_telling = 140,
    bonus_title = 140,
    bonus_address = 200,
    loss_plain = 60,
    loss_sure = 180, /* 小区 and the like stand behind any word */
    loss_public = 150,
    loss_verb = 120,
    loss_short = 250,
    loss_long = 100,
    long_name = 12, /* characters */
    longest_suffix = 4,
    ordinal = 0x7b2c /* 第 */
};

int is_level_character(uint16_t character)
{
    switch (character) {
    case 0x7701: /* 省 */
    case 0x5e02: /* 市 */
    case 0x53bf: /* 县 */
    case 0x533a: /* 区 */
    case 0x9547: /* 镇 */
    case 0x4e61: /* 乡 */
        return 1;
    default:
        return 0;
    }
}

int is_numeral(uint16_t character)
{
    static const uint16_t numerals[] = {0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d,
                                        0x4e03, 0x516b, 0x4e5d, 0x5341, 0x96f6, 0x3007};
    if (character < 128)
        return character >= '0' && character <= '9';
    for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++)
        if (numerals[i] == character)
            return 1;
    return 0;
}

int is_telling(const struct place_rules *rules, const struct place_text *text, uint32_t token)
{
    const struct seg_token *t = &text->tokens->token[token];
    const uint16_t *code = text->characters->code;
    if (t->kind == SEG_NUMBER || is_numeral(code[t->begin]))
        return 0;
    if (code[t->begin] == ordinal && t->begin + 1 < text->characters->count && is_numeral(code[t->begin + 1]))
        return 1;
    if (t->end - t->begin == 1)
        return 1;
    return !(trait_of(rules, t) & (TRAIT_COMMON | TRAIT_SUFFIX | TRAIT_SOFT));
}

uint32_t suffix_of(const struct place_rules *rules, const struct place_text *text, uint32_t token)
{
    const struct seg_token *t = &text->tokens->token[token];
    unsigned trait = trait_of(rules, t);
    if (trait & TRAIT_SUFFIX)
        return place_tag(rules, t->word, LEXICON_TAG_SUFFIX);
    if (!(trait & TRAIT_LONG))
        return 0;
    uint32_t length = t->end - t->begin;
    for (uint32_t size = length - 1 < longest_suffix ? length - 1 : longest_suffix; size > 0; size--) {
        uint32_t word = lexicon_find(rules->lexicon, text->characters->code + t->end - size, size);
        if (word < rules->word_count && rules->trait[word] & TRAIT_SUFFIX)
            return place_tag(rules, word, LEXICON_TAG_SUFFIX);
    }
    return 0;
}

/* Kinds whose suffix is a plain word of the language: with common words before it (建设公司, 附近学校) it names none.
 */
static int is_generic(uint32_t kind)
{
    switch (kind) {
    case SPOT_SCHOOL:
    case SPOT_HOSPITAL:
    case SPOT_MARKET:
    case SPOT_COMPANY:
    case SPOT_SITE:
    case SPOT_PUBLIC:
    case SPOT_STATION:
    case SPOT_BUILDING:
        return 1;
    default:
        return 0;
    }
}

static uint32_t characters_before_suffix(const struct name_form *form)
{
    const struct seg_token *token = form->text->tokens->token;
    if (form->first == form->last)
        return token[form->last].end - token[form->last].begin;
    return token[form->last].begin - token[form->first].begin;
}

/* How many tokens before the suffix tell. A long noun that is its own name is judged by itself; one character before a
 * suffix is more often a counter or a verb (所 学校) than a name. */
static uint32_t count_telling(const struct place_rules *rules, const struct name_form *form)
{
    uint32_t count = 0;
    uint32_t end = form->suffix && form->first < form->last ? form->last : form->last + 1;
    if (characters_before_suffix(form) == 1)
        return 0;
    for (uint32_t i = form->first; i < end; i++)
        count += (uint32_t)is_telling(rules, form->text, i);
    return count;
}

uint32_t name_strength(const struct place_rules *rules, const struct name_form *form)
{
    static const int bases[] = {base_none, base_weak, base_usual, base_sure};
    static const int fields[PLACE_FIELDS] = {[PLACE_IN_ADDRESS] = bonus_address, [PLACE_IN_TITLE] = bonus_title};
    const struct seg_token *token = form->text->tokens->token;
    int strength = bases[form->suffix] + fields[form->field];
    uint32_t telling = count_telling(rules, form);
    if (form->is_anchored)
        strength += bonus_anchor;
    if (telling)
        strength += bonus_telling;
    else if (!form->is_anchored && is_generic(form->kind))
        return 0;
    else if (!form->is_anchored)
        strength -= form->suffix == 3 ? loss_sure : loss_plain;
    if (characters_before_suffix(form) == 1 && !form->is_anchored)
        strength -= loss_short;
    if (form->kind == SPOT_PUBLIC)
        strength -= loss_public;
    if (form->has_verb && !form->is_anchored)
        strength -= loss_verb;
    if (token[form->last].end - token[form->first].begin > long_name && form->kind != SPOT_COMPANY)
        strength -= loss_long;
    return strength < 0 ? 0 : strength > 1000 ? 1000 : (uint32_t)strength;
}
