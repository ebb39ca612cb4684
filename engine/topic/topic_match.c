#include "topic/topic_match.h"

#include <string.h>

enum {
    position_limit = 1 << 30, /* where positions are started over */
    epoch_limit = 1 << 28,
    seen_bits = 3,
    mark_distance = 3, /* a comma parts more than a word does */
    most_times = 4,    /* the fifth time a row adds nothing */
    batch = 32,        /* tokens found before they are matched: their rules are fetched meanwhile */
    ahead = 6          /* how many tokens before its turn a token's nodes are fetched */
};

/* A token that takes part in wordings. */
struct found_token {
    uint32_t at;
    uint32_t position;
    const struct rule_slot *slot;
};

/* One field while it is walked. */
struct walk {
    struct topic_scratch *scratch;
    const struct topic_text *text;
    uint32_t field;
    int has_title; /* of the record */
    int32_t worth;
    uint32_t at;        /* token */
    uint32_t asked_at;  /* token whose denial was looked for last; UINT32_MAX */
    enum denial asked;  /* what was found */
    enum denial denied; /* of the last denied wording of the field, by its tokens */
    uint32_t denied_begin;
    uint32_t denied_end;
};

/* What is said of a wording that begins at the token: a denial before it, or one that goes on. Remembers where the
 * denied wording ends. */
static enum denial denial_of(struct walk *walk, uint32_t begin)
{
    const struct denial_words *words = &walk->scratch->rules->denials;
    uint32_t by;
    if (walk->asked_at != begin) {
        walk->asked_at = begin;
        walk->asked = denial_before(words, walk->text->tokens, begin, &by);
    }
    enum denial denial = walk->asked;
    if (!denial && walk->denied &&
        (begin == walk->denied_begin ||
         denial_goes_on(words, walk->text->tokens, walk->text->characters->code, walk->denied_end, begin)))
        denial = walk->denied;
    return denial;
}

/* The wording from `begin` to the token at hand was denied so. */
static void note_denial(struct walk *walk, enum denial denial, uint32_t begin)
{
    walk->denied = denial;
    walk->denied_begin = begin;
    walk->denied_end = walk->at + 1;
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

/* The topic's tally of this record. */
static struct topic_tally *touch_topic(struct topic_scratch *scratch, uint32_t topic)
{
    struct topic_tally *tally = &scratch->tally[topic];
    for (uint32_t at = topic; at != UINT32_MAX && scratch->tally[at].epoch != scratch->epoch;
         at = scratch->rules->parent[at]) {
        scratch->tally[at] = (struct topic_tally){.epoch = scratch->epoch};
        scratch->touched[scratch->touched_count++] = at;
    }
    return tally;
}

static void take_row(struct walk *walk, uint32_t row, uint32_t begin)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct seg_token *tokens = walk->text->tokens->token;
    const struct rule_row *rule = &scratch->rules->row[row];
    struct topic_match match = {
        .row = row, .field = walk->field, .begin = tokens[begin].begin, .end = tokens[walk->at].end};
    enum denial denial = denial_of(walk, begin);
    if (denial == DENIED_ALL || (denial == DENIED_HARM && rule->is_harm)) {
        note_denial(walk, denial, begin);
    } else {
        uint32_t times = count_row(scratch, row);
        if (times >= most_times)
            return;
        match.points = rule->weight * walk->worth / (1 << times);
        struct topic_tally *tally = touch_topic(scratch, rule->topic);
        *(rule->is_detail ? &tally->detail : &tally->sum) += match.points;
    }
    keep_match(scratch, &match);
}

static void take_risk(struct walk *walk, uint32_t grade)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct seg_token *token = &walk->text->tokens->token[walk->at];
    struct topic_match match = {.row = UINT32_MAX, .field = walk->field, .begin = token->begin, .end = token->end};
    enum denial denial = denial_of(walk, walk->at);
    if (denial == DENIED_ALL || (denial == DENIED_HARM && denial_is_harm(&scratch->rules->denials, token->word))) {
        note_denial(walk, denial, walk->at);
    } else {
        match.risk = grade;
        if (scratch->risk == 0 || grade < scratch->risk)
            scratch->risk = grade;
    }
    keep_match(scratch, &match);
}

/* 路灯没有坏: is the harm at hand, which goes on over a gap, denied behind the token before the gap? */
static int is_denied_since(const struct walk *walk, uint32_t before)
{
    const struct denial_words *words = &walk->scratch->rules->denials;
    const struct seg_tokens *tokens = walk->text->tokens;
    uint32_t by;
    return denial_is_harm(words, tokens->token[walk->at].word) && denial_before(words, tokens, walk->at, &by) &&
           by > before;
}

static void take_node(struct walk *walk, uint32_t at)
{
    struct topic_scratch *scratch = walk->scratch;
    const struct topic_rules *rules = scratch->rules;
    const struct rule_node *node = &rules->node[at];
    uint32_t begin = walk->at;
    if (node->parent) {
        const struct open_node *parent = &scratch->open[node->parent];
        if (scratch->position - parent->position > node->most_step)
            return;
        begin = parent->begun;
        if (node->most_step > 1 && is_denied_since(walk, parent->at))
            return;
    }
    if (node->open) {
        scratch->open[node->open] = (struct open_node){scratch->position, begin, walk->at};
        scratch->young_gates |= UINT64_C(1) << gate_of(node->open);
        scratch->gates |= scratch->young_gates;
    }
    for (uint32_t row = 0; row < node->row_count; row++)
        take_row(walk, rules->end_row[node->first_row + row], begin);
}

/* Deeper nodes come first, so a word that stands twice in a wording cannot follow itself. Where nothing near may go on,
 * only wordings that begin here are left. */
static void take_nodes(struct walk *walk, const struct rule_slot *slot)
{
    struct topic_scratch *scratch = walk->scratch;
    const uint8_t *gate = scratch->rules->gate;
    if (!(scratch->gates & slot->gates)) {
        if (slot->root != RULE_NO_NODE)
            take_node(walk, slot->root);
        return;
    }
    uint32_t end = slot->first_node + slot->node_count;
    for (uint32_t at = slot->first_node; at < end; at++)
        if (scratch->gates >> gate[at] & 1)
            take_node(walk, at);
}

/* Positions go by in stretches that no gap of a wording outlasts: what was reached two stretches ago is too far away.
 */
static void move_gates(struct topic_scratch *scratch, uint32_t position)
{
    enum { stretch = RULE_MAX_GAP + 2 };
    scratch->position = position;
    if (scratch->position < scratch->stretch_end)
        return;
    scratch->gates = scratch->position < scratch->stretch_end + stretch ? scratch->young_gates | 1 : 1;
    scratch->young_gates = 0;
    scratch->stretch_end = scratch->position + stretch;
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

static void fetch_nodes(const struct topic_rules *rules, const struct rule_slot *slot)
{
    __builtin_prefetch(&rules->gate[slot->first_node]);
    __builtin_prefetch(&rules->node[slot->root != RULE_NO_NODE ? slot->root : slot->first_node]);
}

/* The slot of a token, and whether it has one: 0 or 1, because no branch foresees which words matter. */
static uint32_t slot_of(const struct topic_rules *rules, const struct seg_token *token, const uint16_t *code,
                        uint32_t *has)
{
    if (token->word < rules->interesting_words)
        return rule_of_word(rules, token->word, has);
    *has = 0;
    return token->word == LEXICON_NO_WORD && token->kind < SEG_PUNCTUATION ? rule_of_other(rules, token, code, has) : 0;
}

static int32_t worth_at(const struct walk *walk, uint32_t tokens_before)
{
    if (walk->field == TOPIC_IN_TITLE)
        return WORTH_TITLE;
    if (!walk->has_title && tokens_before < FIRST_TOKENS)
        return WORTH_FIRST;
    return tokens_before < BEGINNING_TOKENS ? WORTH_BEGINNING : WORTH_REST;
}

static void match_tokens(struct walk *walk, const struct found_token *found, uint32_t count)
{
    struct topic_scratch *scratch = walk->scratch;
    for (uint32_t i = 0; i < count; i++) {
        if (i + ahead < count)
            fetch_nodes(scratch->rules, found[i + ahead].slot);
        walk->at = found[i].at;
        walk->worth = worth_at(walk, found[i].at);
        move_gates(scratch, found[i].position);
        take_nodes(walk, found[i].slot);
        if (found[i].slot->risk)
            take_risk(walk, found[i].slot->risk);
    }
}

static void match_field(struct topic_scratch *scratch, const struct topic_text *text, uint32_t field, int has_title)
{
    const struct seg_tokens *tokens = text->tokens;
    const uint16_t *code = text->characters->code;
    struct walk walk = {
        .scratch = scratch, .text = text, .field = field, .has_title = has_title, .asked_at = UINT32_MAX};
    struct found_token found[batch];
    uint32_t count = 0;
    uint32_t position = scratch->position + RULE_MAX_GAP + 2;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct seg_token *token = &tokens->token[i];
        if (token->kind >= SEG_PUNCTUATION)
            position += token->kind == SEG_PUNCTUATION ? distance_of(code[token->begin]) : 0;
        else
            position++;
        uint32_t has;
        const struct rule_slot *slot = &scratch->rules->slot[slot_of(scratch->rules, token, code, &has)];
        __builtin_prefetch(slot);
        found[count] = (struct found_token){(uint32_t)i, position, slot};
        count += has;
        if (count < batch)
            continue;
        match_tokens(&walk, found, count);
        count = 0;
    }
    match_tokens(&walk, found, count);
    scratch->position = position;
}

static void start_record(struct topic_scratch *scratch)
{
    const struct topic_rules *rules = scratch->rules;
    scratch->match_count = 0;
    scratch->risk = 0;
    scratch->touched_count = 0;
    if (++scratch->epoch >= epoch_limit) {
        scratch->epoch = 1;
        memset(scratch->seen, 0, rules->row_count * sizeof *scratch->seen);
        memset(scratch->tally, 0, rules->topic_count * sizeof *scratch->tally);
    }
    if (scratch->position >= position_limit) {
        scratch->position = scratch->stretch_end = 0;
        scratch->gates = scratch->young_gates = 0;
        memset(scratch->open, 0, (rules->open_count + 1) * sizeof *scratch->open);
    }
}

void match_record(struct topic_scratch *scratch, const struct topic_text text[TOPIC_FIELDS])
{
    int has_title = text[TOPIC_IN_TITLE].tokens->count > 0;
    start_record(scratch);
    for (uint32_t field = 0; field < TOPIC_FIELDS; field++)
        match_field(scratch, &text[field], field, has_title);
}
