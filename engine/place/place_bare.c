#include "place/place_bare.h"

#include "place/place_form.h"
#include "place/place_walk.h"

#include <string.h>

enum {
    most_characters = 10,
    least_characters = 2,
    least_alone = 3, /* characters that the text does not repeat */
    most_masked = 3,
    strength_repeated = 720,
    ordinal = 0x7b2c /* 第 */
};

struct head {
    uint32_t first; /* tokens */
    uint32_t end;
    uint32_t is_anchored;    /* a division stands before it */
    uint32_t is_repeated;    /* the text says it again */
    uint32_t ends_in_suffix; /* a weak one, which alone would not do */
};

static int is_masked_division(const struct place_text *title, uint32_t at)
{
    const struct seg_token *token = title->tokens->token;
    return token[at].kind == SEG_LATIN && token[at].end - token[at].begin <= most_masked;
}

/* What may stand before the name: verbs, function words, punctuation, divisions, also masked ones. */
static int is_lead(const struct place_rules *rules, const struct place_text *title, uint32_t at)
{
    const struct seg_token *token = &title->tokens->token[at];
    unsigned trait = trait_of(rules, token);
    return token->kind >= SEG_PUNCTUATION || trait & (TRAIT_HARD | TRAIT_SOFT | TRAIT_DIVISION | TRAIT_LEVEL) ||
           is_masked_division(title, at);
}

static int ends_name(const struct place_rules *rules, const struct place_text *title, uint32_t at)
{
    const struct seg_token *token = &title->tokens->token[at];
    unsigned trait = trait_of(rules, token);
    return title->characters->code[token->begin] == ordinal || token->kind > SEG_UNKNOWN ||
           trait & (TRAIT_HARD | TRAIT_SOFT | TRAIT_TOPIC | TRAIT_PHASE | TRAIT_COUNTER | TRAIT_LEVEL);
}

uint32_t title_head(const struct place_rules *rules, const struct place_text *title)
{
    uint32_t at = 0;
    while (at < title->tokens->count && is_lead(rules, title, at))
        at++;
    return at;
}

/* The words from `at` on that may be a name. */
static void read_head(const struct place_rules *rules, const struct place_text *title, uint32_t at, struct head *out)
{
    const struct seg_token *token = title->tokens->token;
    uint32_t count = (uint32_t)title->tokens->count;
    out->first = at;
    out->is_repeated = 0;
    out->ends_in_suffix = 0;
    out->is_anchored = at > 0 && trait_of(rules, &token[at - 1]) & (TRAIT_DIVISION | TRAIT_LEVEL);
    while (at < count && !ends_name(rules, title, at) && token[at].end - token[out->first].begin <= most_characters)
        at++;
    out->end = at;
}

/* The spot that stands in the head; NULL. */
static struct spot_found *spot_in_head(struct place_findings *findings, const struct head *head)
{
    for (uint32_t i = 0; i < findings->spot_count; i++) {
        struct spot_found *spot = &findings->spot[i];
        if (spot->field == PLACE_IN_TITLE && spot->first < head->end && spot->last >= head->first)
            return spot;
    }
    return NULL;
}

/* Does a level word follow: a subdistrict that the gazetteer does not know? */
static int is_division_name(const struct place_rules *rules, const struct place_text *title, uint32_t end)
{
    return end < title->tokens->count && trait_of(rules, &title->tokens->token[end]) & (TRAIT_LEVEL);
}

/* The most characters of [begin, end) of the title that the text repeats from its first on. */
static uint32_t repeated(const struct place_text *title, uint32_t begin, uint32_t end, const struct place_text *text)
{
    const uint16_t *name = title->characters->code + begin;
    const uint16_t *code = text->characters->code;
    uint32_t size = end - begin;
    uint32_t count = (uint32_t)text->characters->count;
    uint32_t best = 0;
    for (uint32_t i = 0; i + least_characters <= count && best < size; i++) {
        if (code[i] != name[0] || code[i + 1] != name[1])
            continue;
        uint32_t same = least_characters;
        while (same < size && i + same < count && code[i + same] == name[same])
            same++;
        best = same > best ? same : best;
    }
    return best;
}

/* Cuts the head to whole tokens of at most that many characters. */
static void cut_head(const struct place_text *title, struct head *head, uint32_t characters)
{
    const struct seg_token *token = title->tokens->token;
    while (head->end > head->first && token[head->end - 1].end - token[head->first].begin > characters)
        head->end--;
}

/* How many tokens tell; behind a division common words may stand among them, elsewhere 0 then. */
static int count_telling(const struct place_rules *rules, const struct place_text *title, const struct head *head)
{
    int telling = 0;
    int common = 0;
    for (uint32_t i = head->first; i < head->end; i++) {
        if (is_telling(rules, title, i))
            telling++;
        else
            common++;
    }
    return common && !(head->is_anchored && head->is_repeated) ? 0 : telling;
}

/* Reads the head of the title and cuts it to what the text repeats. 0 when it is no name. */
static int is_name(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS], struct head *head)
{
    const struct place_text *title = &text[PLACE_IN_TITLE];
    const struct seg_token *token = title->tokens->token;
    if ((suffix_of(rules, title, head->first) & 0xff) > 1)
        return 0;
    if (!head->is_anchored && head->end == head->first + 1 && (head->first || token[0].kind == SEG_WORD))
        return 0;
    uint32_t begin = token[head->first].begin;
    uint32_t end = token[head->end - 1].end;
    uint32_t again = repeated(title, begin, end, &text[PLACE_IN_TEXT]);
    if (again < least_characters)
        return head->is_anchored && end - begin >= least_alone && count_telling(rules, title, head) > 0;
    head->is_repeated = 1;
    cut_head(title, head, again);
    if (head->first == head->end || token[head->end - 1].end - begin < least_characters)
        return 0;
    head->ends_in_suffix = head->end > head->first + 1 && suffix_of(rules, title, head->end - 1);
    return head->ends_in_suffix || count_telling(rules, title, head) > 0;
}

/* A weak suffix at the head of the title is as good as a usual one when the text repeats the whole name. */
static void strengthen(struct spot_found *spot, const struct place_text text[PLACE_FIELDS])
{
    const struct place_text *title = &text[PLACE_IN_TITLE];
    uint32_t begin = title->tokens->token[spot->first].begin + spot->skip;
    uint32_t end = title->tokens->token[spot->last].end - spot->beside;
    if (spot->strength < strength_repeated && end - begin >= least_alone &&
        repeated(title, begin, end, &text[PLACE_IN_TEXT]) == end - begin)
        spot->strength = strength_repeated;
}

static void add_head(const struct place_rules *rules, const struct place_text *title, const struct head *head,
                     int is_addressed, struct place_findings *findings)
{
    struct name_form form = {.text = title,
                             .field = PLACE_IN_TITLE,
                             .first = head->first,
                             .last = head->end - 1,
                             .kind = SPOT_ESTATE,
                             .suffix = head->is_repeated + head->ends_in_suffix,
                             .is_bare = !head->ends_in_suffix,
                             .is_head = !is_addressed,
                             .is_addressed = (uint32_t)is_addressed,
                             .is_alone = head->is_repeated,
                             .is_anchored = head->is_anchored ? ANCHORED_IN_DIVISION : ANCHORED_NOT};
    uint32_t strength = name_strength(rules, &form);
    if (strength >= PLACE_LEAST_STRENGTH && is_addressed)
        walk_yield_road(findings, PLACE_IN_TITLE, head->first);
    if (strength >= PLACE_LEAST_STRENGTH)
        findings->spot[findings->spot_count++] =
            (struct spot_found){.field = PLACE_IN_TITLE,
                                .first = head->first,
                                .last = head->end - 1,
                                .kind = SPOT_ESTATE,
                                .strength = (uint16_t)strength,
                                .clean = head->is_anchored ? CLEAN_IN_DIVISION : CLEAN_ALONE};
}

static void try_head(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS], uint32_t at,
                     struct place_findings *findings)
{
    const struct place_text *title = &text[PLACE_IN_TITLE];
    struct head head;
    read_head(rules, title, at, &head);
    int is_addressed = at == findings->title_address;
    head.is_anchored |= (uint32_t)is_addressed;
    if (head.first == head.end)
        return;
    struct spot_found *spot = spot_in_head(findings, &head);
    if (spot && spot->first == head.first)
        strengthen(spot, text);
    if (!spot && !is_division_name(rules, title, head.end) && is_name(rules, text, &head))
        add_head(rules, title, &head, is_addressed, findings);
}

void find_bare_name(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS],
                    struct place_findings *findings)
{
    const struct place_text *title = &text[PLACE_IN_TITLE];
    if (!title->tokens->count || findings->spot_count >= SPOT_MAX_FOUND - 1)
        return;
    try_head(rules, text, title_head(rules, title), findings);
    if (findings->title_address < title->tokens->count)
        try_head(rules, text, findings->title_address, findings);
}
