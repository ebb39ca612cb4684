#include "topic/topic_match.h"

#include <string.h>

enum {
    position_limit = 1 << 30, /* where positions are started over */
    epoch_limit = 1 << 28,
    seen_bits = 3,
    mark_distance = 3, /* a comma parts more than a word does */
    most_times = 4     /* the fifth time a row adds nothing */
};

/* One field while it is walked. */
struct walk {
    struct topic_scratch *scratch;
    const struct topic_text *text;
    uint32_t field;
    int32_t worth;
    uint32_t at; /* token */
};

static int is_among(const uint32_t *words, uint32_t word)
{
    for (size_t i = 0; i < RULE_MAX_NEGATIONS && words[i] != LEXICON_NO_WORD; i++)
        if (words[i] == word)
            return 1;
    return 0;
}

/* Does "没有" or "没有发生" stand before the token? */
static int is_negated(const struct walk *walk, uint32_t token)
{
    const struct topic_rules *rules = walk->scratch->rules;
    const struct seg_token *tokens = walk->text->tokens->token;
    uint32_t left = 2;
    while (token-- > 0 && left-- > 0) {
        if (tokens[token].word == LEXICON_NO_WORD)
            return 0;
        if (is_among(rules->negation, tokens[token].word))
            return 1;
        if (!is_among(rules->light_verb, tokens[token].word))
            return 0;
    }
    return 0;
}

static void keep_match(struct topic_scratch *scratch, const struct topic_match *match)
{
    if (scratch->match_count < MATCH_MAX_KEPT)
        scratch->match[scratch->match_count++] = *match;
}

/* How often the row was found in this record before. */
static uint32_t count_row(struct topic_scratch *scratch, uint32_t row)
{
    uint32_t seen = scratch->seen[row];
    uint32_t times = seen >> seen_bits == scratch->epoch ? seen & ((1 << seen_bits) - 1) : 0;
    if (times < most_times)
        scratch->seen[row] = scratch->epoch << seen_bits | (times + 1);
    return times;
}

static void take_row(struct walk *walk, uint32_t row, uint32_t begin)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct seg_token *tokens = walk->text->tokens->token;
    const struct rule_row *rule = &scratch->rules->row[row];
    struct topic_match match = {
        .row = row, .field = walk->field, .begin = tokens[begin].begin, .end = tokens[walk->at].end};
    if (!rule->negatable || !is_negated(walk, begin)) {
        uint32_t times = count_row(scratch, row);
        if (times >= most_times)
            return;
        match.points = rule->weight * walk->worth / (1 << times);
        *(rule->is_detail ? &scratch->detail[rule->topic] : &scratch->sum[rule->topic]) += match.points;
    }
    keep_match(scratch, &match);
}

static void take_risk(struct walk *walk, uint32_t grade)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct seg_token *token = &walk->text->tokens->token[walk->at];
    struct topic_match match = {.row = UINT32_MAX, .field = walk->field, .begin = token->begin, .end = token->end};
    if (!is_negated(walk, walk->at)) {
        match.risk = grade;
        if (scratch->risk == 0 || grade < scratch->risk)
            scratch->risk = grade;
    }
    keep_match(scratch, &match);
}

/* Deeper nodes come first, so a word that stands twice in a wording cannot follow itself. */
static void take_nodes(struct walk *walk, const struct rule_slot *slot)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct topic_rules *rules = scratch->rules;
    for (uint32_t i = 0; i < slot->node_count; i++) {
        uint32_t at = slot->first_node + i;
        const struct rule_node *node = &rules->node[at];
        uint32_t begin = walk->at;
        if (node->parent != RULE_NO_NODE) {
            if (scratch->position - scratch->reached[node->parent] > node->most_step)
                continue;
            begin = scratch->begun[node->parent];
        }
        if (node->has_more) {
            scratch->reached[at] = scratch->position;
            scratch->begun[at] = begin;
        }
        for (uint32_t row = 0; row < node->row_count; row++)
            take_row(walk, rules->end_row[node->first_row + row], begin);
    }
}

/* How many tokens a mark is worth to a gap: no wording goes over the end of a sentence. */
static uint32_t distance_of(uint16_t mark)
{
    switch (mark) {
    case 0x3002: /* 。 */
    case '!':
    case '?':
    case ';':
        return RULE_MAX_GAP + 2;
    case ',':
        return mark_distance;
    default:
        return 1;
    }
}

static int is_interesting(const struct topic_rules *rules, const struct seg_token *token)
{
    if (token->word == LEXICON_NO_WORD)
        return token->kind == SEG_UNKNOWN || token->kind == SEG_LATIN || token->kind == SEG_NUMBER;
    return token->word < rules->interesting_words && rules->interesting[token->word / 64] >> token->word % 64 & 1;
}

static int32_t worth_at(uint32_t field, int has_title, size_t tokens_before)
{
    if (field == TOPIC_IN_TITLE)
        return WORTH_TITLE;
    if (!has_title && tokens_before < FIRST_TOKENS)
        return WORTH_FIRST;
    return tokens_before < BEGINNING_TOKENS ? WORTH_BEGINNING : WORTH_REST;
}

static void match_field(struct topic_scratch *scratch, const struct topic_text *text, uint32_t field, int has_title)
{
    const struct seg_tokens *tokens = text->tokens;
    const uint16_t *code = text->characters->code;
    struct walk walk = {.scratch = scratch, .text = text, .field = field};
    scratch->position += RULE_MAX_GAP + 2;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct seg_token *token = &tokens->token[i];
        if (token->kind == SEG_SPACE)
            continue;
        scratch->position += token->kind == SEG_PUNCTUATION ? distance_of(code[token->begin]) : 1;
        if (!is_interesting(scratch->rules, token))
            continue;
        const struct rule_slot *slot = rule_find(scratch->rules, rule_key(token, code));
        if (!slot)
            continue;
        walk.at = (uint32_t)i;
        walk.worth = worth_at(field, has_title, i);
        take_nodes(&walk, slot);
        if (slot->risk)
            take_risk(&walk, slot->risk);
    }
}

static void start_record(struct topic_scratch *scratch)
{
    const struct topic_rules *rules = scratch->rules;
    scratch->match_count = 0;
    scratch->risk = 0;
    memset(scratch->sum, 0, rules->topic_count * sizeof *scratch->sum);
    memset(scratch->detail, 0, rules->topic_count * sizeof *scratch->detail);
    if (++scratch->epoch >= epoch_limit) {
        scratch->epoch = 1;
        memset(scratch->seen, 0, rules->row_count * sizeof *scratch->seen);
    }
    if (scratch->position >= position_limit) {
        scratch->position = 0;
        memset(scratch->reached, 0, rules->node_count * sizeof *scratch->reached);
    }
}

void match_record(struct topic_scratch *scratch, const struct topic_text text[TOPIC_FIELDS])
{
    int has_title = text[TOPIC_IN_TITLE].tokens->count > 0;
    start_record(scratch);
    for (uint32_t field = 0; field < TOPIC_FIELDS; field++)
        match_field(scratch, &text[field], field, has_title);
}
