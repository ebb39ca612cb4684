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
    bonus_alone = 60,
    bonus_head = 160,
    loss_plain = 60,
    loss_sure = 180, /* 小区 and the like stand behind any word */
    loss_public = 150,
    loss_aside = 150,
    loss_verb = 120,
    loss_short = 250,
    loss_long = 100,
    long_name = 12, /* characters */
    longest_suffix = 4,
    least_company = 2, /* words of a company's name that tell nothing each */
    jie = 0x8857,      /* 街道, 地区: the ends of full names beside the level words */
    dao = 0x9053,
    di = 0x5730,
    qu = 0x533a,
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

int is_full_name(const struct place_text *text, uint32_t token)
{
    const struct seg_token *t = &text->tokens->token[token];
    const uint16_t *end = text->characters->code + t->end;
    if (t->end - t->begin <= 2)
        return is_level_character(end[-1]);
    return is_level_character(end[-1]) || (end[-1] == dao && end[-2] == jie) || (end[-1] == qu && end[-2] == di);
}

/* Few characters pass the first test: a bit for each value of the lowest six bits that a numeral has. */
int is_numeral(uint16_t character)
{
    static const uint16_t numerals[] = {0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d,
                                        0x4e03, 0x516b, 0x4e5d, 0x5341, 0x96f6, 0x3007};
    if (character < 128)
        return character >= '0' && character <= '9';
    if (!(UINT64_C(0x004028002810128b) >> character % 64 & 1))
        return 0;
    for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++)
        if (numerals[i] == character)
            return 1;
    return 0;
}

/* 十二, 2019: nothing but numerals. */
static int is_number(const uint16_t *code, const struct seg_token *token)
{
    for (uint32_t i = token->begin; i < token->end; i++)
        if (!is_numeral(code[i]))
            return 0;
    return 1;
}

int is_feast_day(const uint16_t *code, const struct seg_token *token)
{
    const uint16_t *at = code + token->begin;
    return token->end - token->begin == 2 && at[1] == 0x4e00 &&
           (at[0] == 0x4e94 || at[0] == 0x516d || at[0] == 0x4e03 || at[0] == 0x516b);
}

int is_telling(const struct place_rules *rules, const struct place_text *text, uint32_t token)
{
    const struct seg_token *t = &text->tokens->token[token];
    const uint16_t *code = text->characters->code;
    unsigned trait = trait_of(rules, t);
    if (code[t->begin] == ordinal && t->begin + 1 < text->characters->count && is_numeral(code[t->begin + 1]))
        return 1;
    if (is_feast_day(code, t))
        return 1;
    if (t->kind == SEG_NUMBER || trait & TRAIT_COUNTER || is_number(code, t))
        return 0;
    if (t->end - t->begin == 1)
        return 1;
    return !(trait & (TRAIT_COMMON | TRAIT_SUFFIX | TRAIT_SOFT));
}

uint32_t suffix_at_end(const struct place_rules *rules, const struct place_text *text, uint32_t token, uint32_t longest)
{
    const struct seg_token *t = &text->tokens->token[token];
    uint32_t length = t->end - t->begin;
    for (uint32_t size = length - 1 < longest ? length - 1 : longest; size > 0; size--) {
        uint32_t word = lexicon_find(rules->lexicon, text->characters->code + t->end - size, size);
        if (word < rules->word_count && rules->trait[word] & TRAIT_SUFFIX)
            return suffix_value(rules, word);
    }
    return 0;
}

uint32_t suffix_of(const struct place_rules *rules, const struct place_text *text, uint32_t token)
{
    const struct seg_token *t = &text->tokens->token[token];
    unsigned trait = trait_of(rules, t);
    if (trait & TRAIT_SUFFIX)
        return suffix_value(rules, t->word);
    return trait & TRAIT_LONG ? suffix_at_end(rules, text, token, longest_suffix) : 0;
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
    if (form->first == form->last || form->is_bare)
        return token[form->last].end - token[form->first].begin;
    return token[form->last].begin + form->inside - token[form->first].begin;
}

/* 安装公司, 火车站: a word of the language, not a name, where what stands before the suffix is a word too. */
static int is_plain_compound(const struct place_rules *rules, const struct name_form *form)
{
    const struct seg_token *token = &form->text->tokens->token[form->last];
    const uint16_t *code = form->text->characters->code + token->begin;
    for (uint32_t size = token->end - token->begin - 1; size > 1; size--)
        if (lexicon_find(rules->lexicon, code, size) != LEXICON_NO_WORD)
            return 1;
    return 0;
}

/* 德|雅苑, 润|华庭: one character makes a name before a suffix that is no word of its own. */
static int is_short_name(const struct place_rules *rules, const struct name_form *form)
{
    const struct seg_token *last = &form->text->tokens->token[form->last];
    return form->kind == SPOT_ESTATE && form->suffix == 3 && last->end - last->begin == 2 &&
           !(trait_of(rules, last) & TRAIT_STOP);
}

/* How many tokens before the suffix tell. A long noun that is its own name is judged by itself; one character before a
 * suffix is more often a counter or a verb (所 学校) than a name. */
static uint32_t count_telling(const struct place_rules *rules, const struct name_form *form)
{
    uint32_t count = 0;
    uint32_t end = form->suffix && !form->is_bare && form->first < form->last ? form->last : form->last + 1;
    if (characters_before_suffix(form) == 1 && form->is_anchored != ANCHORED_IN_DIVISION && !is_short_name(rules, form))
        return 0;
    if (form->first == form->last && is_generic(form->kind) && is_plain_compound(rules, form))
        return 0;
    for (uint32_t i = form->first; i < end; i++)
        count += (uint32_t)is_telling(rules, form->text, i);
    return count;
}

/* "A市|置业|有限公司": one common word is no company; "A市|市政|建设|有限公司" is one. */
static int is_plain_company(const struct name_form *form)
{
    return form->kind == SPOT_COMPANY && form->last - form->first < least_company;
}

uint32_t name_strength(const struct place_rules *rules, const struct name_form *form)
{
    static const int bases[] = {base_none, base_weak, base_usual, base_sure};
    static const int fields[PLACE_FIELDS] = {[PLACE_IN_ADDRESS] = bonus_address, [PLACE_IN_TITLE] = bonus_title};
    /* more than the road before the number has */
    static const int least_addressed[PLACE_FIELDS] = {
        [PLACE_IN_ADDRESS] = 960, [PLACE_IN_TITLE] = 950, [PLACE_IN_TEXT] = 780};
    const struct seg_token *token = form->text->tokens->token;
    int strength = bases[form->suffix] + fields[form->field];
    uint32_t telling = count_telling(rules, form);
    if (form->is_anchored)
        strength += bonus_anchor;
    if (telling)
        strength += bonus_telling;
    else if (is_generic(form->kind) && (!form->is_anchored || is_plain_company(form)))
        return 0;
    else if (!form->is_anchored)
        strength -= form->suffix == 3 && form->kind == SPOT_ESTATE ? loss_sure : loss_plain;
    if (characters_before_suffix(form) == 1 && form->is_anchored != ANCHORED_IN_DIVISION && !is_short_name(rules, form))
        strength -= loss_short;
    if (form->suffix == 1 && !form->is_anchored && form->first < form->last &&
        !is_telling(rules, form->text, form->last - 1))
        strength -= loss_plain;
    if (form->is_alone)
        strength += bonus_alone;
    if (form->is_aside)
        strength -= loss_aside;
    if (form->is_head)
        strength += bonus_head;
    if (form->is_addressed && strength >= PLACE_LEAST_STRENGTH && strength < least_addressed[form->field])
        strength = least_addressed[form->field];
    if (form->kind == SPOT_PUBLIC)
        strength -= loss_public;
    if (form->has_verb && !form->is_anchored)
        strength -= loss_verb;
    if (token[form->last].end - token[form->first].begin > long_name && form->kind != SPOT_COMPANY)
        strength -= loss_long;
    return strength < 0 ? 0 : strength > 1000 ? 1000 : (uint32_t)strength;
}
