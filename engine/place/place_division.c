#include "place/place_division.h"

#include "place/place_form.h"

#include <string.h>

enum {
    most_nodes = 96, /* different nodes that a record's names support */
    full_name = 2,   /* a name with its level word counts twice */
    jie = 0x8857,    /* 街道, 地区: the last characters of a full name beside the level words */
    dao = 0x9053
};

/* Support of one node, its own and from below. */
struct support {
    uint32_t node;
    uint32_t parent;
    int32_t weight;
    int32_t sole; /* what of it came from names that no other division bears */
};

struct ballot {
    const struct lexicon *lexicon;
    uint32_t count;
    struct support support[most_nodes];
};

int division_is_below(const struct lexicon *lexicon, uint32_t node, uint32_t above)
{
    while (node != UINT32_MAX && node != above)
        node = gazetteer_node(lexicon, node).parent;
    return node != UINT32_MAX;
}

/* UINT32_MAX holds everything. */
static int is_within(const struct lexicon *lexicon, uint32_t node, uint32_t above)
{
    return above == UINT32_MAX || division_is_below(lexicon, node, above);
}

static struct support *support_of(struct ballot *ballot, uint32_t node)
{
    for (uint32_t i = 0; i < ballot->count; i++)
        if (ballot->support[i].node == node)
            return &ballot->support[i];
    if (ballot->count == most_nodes)
        return NULL;
    struct support *made = &ballot->support[ballot->count++];
    *made = (struct support){node, gazetteer_node(ballot->lexicon, node).parent, 0, 0};
    return made;
}

/* One name votes once for a node, however many of its bearers lie below it. */
static void vote(struct ballot *ballot, uint32_t node, const struct support *given, uint32_t *voted,
                 uint32_t *voted_count)
{
    while (node != UINT32_MAX) {
        for (uint32_t i = 0; i < *voted_count; i++)
            if (voted[i] == node)
                return;
        struct support *support = support_of(ballot, node);
        if (!support || *voted_count == most_nodes)
            return;
        support->weight += given->weight;
        support->sole += given->sole;
        voted[(*voted_count)++] = node;
        node = support->parent;
    }
}

/* Does another bearer of the word lie above the node? 东高村 is a town and a village of it: the town is what is sure.
 */
static int is_below_bearer(const struct lexicon *lexicon, const struct lexicon_word *word, uint32_t node)
{
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    uint32_t parent = gazetteer_node(lexicon, node).parent;
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == LEXICON_TAG_PLACE && parent != UINT32_MAX &&
            division_is_below(lexicon, parent, tag[i].value))
            return 1;
    return 0;
}

/* Does a bearer of the word lie in the city? */
static int is_of_home(const struct place_rules *rules, const struct lexicon_word *word)
{
    const struct lexicon_tag *tag = lexicon_tags(rules->lexicon, word);
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == LEXICON_TAG_PLACE && division_is_below(rules->lexicon, tag[i].value, rules->home))
            return 1;
    return 0;
}

/* A gazetteer of many cities: a name that one of ours bears means ours, unless the record names what only another city
 * has (长春市朝阳区). UINT32_MAX where nothing is to be preferred. */
static uint32_t preferred_city(const struct place_rules *rules, const struct place_text text[PLACE_FIELDS],
                               const struct place_findings *findings)
{
    for (uint32_t i = 0; rules->home != UINT32_MAX && i < findings->hit_count; i++) {
        const struct division_hit *hit = &findings->hit[i];
        uint32_t word = text[hit->field].tokens->token[hit->token].word;
        if (!is_of_home(rules, lexicon_word(rules->lexicon, word)))
            return UINT32_MAX;
    }
    return rules->home;
}

static void vote_for_hit(struct ballot *ballot, const struct place_rules *rules,
                         const struct place_text text[PLACE_FIELDS], const struct division_hit *hit, uint32_t home)
{
    static const int32_t weights[PLACE_FIELDS] = {[PLACE_IN_ADDRESS] = 16, [PLACE_IN_TITLE] = 8, [PLACE_IN_TEXT] = 3};
    const struct place_text *field = &text[hit->field];
    const struct seg_token *token = &field->tokens->token[hit->token];
    const struct lexicon_word *word = lexicon_word(rules->lexicon, token->word);
    const struct lexicon_tag *tag = lexicon_tags(rules->lexicon, word);
    int32_t weight = weights[hit->field] * (is_full_name(field, hit->token) ? full_name : 1);
    uint32_t bearers = 0;
    for (uint16_t i = 0; i < word->tag_count; i++)
        bearers += tag[i].kind == LEXICON_TAG_PLACE && is_within(rules->lexicon, tag[i].value, home);
    struct support given = {.weight = weight, .sole = bearers == 1 ? weight : 0};
    uint32_t voted[most_nodes];
    uint32_t voted_count = 0;
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == LEXICON_TAG_PLACE && is_within(rules->lexicon, tag[i].value, home) &&
            (bearers == 1 || !is_below_bearer(rules->lexicon, word, tag[i].value)))
            vote(ballot, tag[i].value, &given, voted, &voted_count);
}

/* The child of `parent` with most support; ties go to the smaller node. *rival: the most that a sibling has to set
 * against it. Where the best has a name of its own, siblings that live on shared names only are no rivals. */
static const struct support *best_child(const struct ballot *ballot, uint32_t parent, int32_t *rival)
{
    const struct support *best = NULL;
    for (uint32_t i = 0; i < ballot->count; i++) {
        const struct support *child = &ballot->support[i];
        if (child->parent == parent &&
            (!best || child->weight > best->weight || (child->weight == best->weight && child->node < best->node)))
            best = child;
    }
    *rival = 0;
    for (uint32_t i = 0; best && i < ballot->count; i++) {
        const struct support *child = &ballot->support[i];
        if (child->parent == parent && child != best && (child->sole || !best->sole) && child->weight > *rival)
            *rival = child->weight;
    }
    return best;
}

/* Certain: at least half as much again as any rival. */
static int is_certain(const struct support *best, int32_t rival)
{
    return best->weight * 2 >= rival * 3 && best->weight > rival;
}

static void list_candidates(const struct ballot *ballot, uint32_t parent, int32_t least, struct division_answer *out)
{
    uint32_t last = 0;
    for (;;) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < ballot->count; i++) {
            const struct support *child = &ballot->support[i];
            if (child->parent == parent && child->weight * 3 > least * 2 && child->node < next && child->node >= last)
                next = child->node;
        }
        if (next == UINT32_MAX || out->candidate_count == PLACE_MAX_CANDIDATES)
            return;
        out->candidate[out->candidate_count++] = next;
        last = next + 1;
    }
}

/* Candidates are named as tightly as they are known: below a district that is open, the subdistrict that it owes. */
static void tighten(const struct ballot *ballot, uint32_t *node)
{
    int32_t rival;
    const struct support *child = best_child(ballot, *node, &rival);
    while (child && is_certain(child, rival)) {
        *node = child->node;
        child = best_child(ballot, *node, &rival);
    }
}

static void descend(const struct ballot *ballot, uint32_t from, struct division_answer *out)
{
    uint32_t at = from;
    for (;;) {
        int32_t rival;
        const struct support *best = best_child(ballot, at, &rival);
        if (!best)
            break;
        if (!is_certain(best, rival)) {
            list_candidates(ballot, at, best->weight, out);
            for (uint32_t i = 0; i < out->candidate_count; i++)
                tighten(ballot, &out->candidate[i]);
            break;
        }
        at = best->node;
    }
    out->node = at;
}

/* Node of the record's `area`, or of the wider division that its code begins with. */
static uint32_t node_of_area(const struct lexicon *lexicon, uint64_t area)
{
    static const uint64_t steps[] = {1, 1000, 1000000, 100000000, 10000000000};
    for (size_t i = 0; area && i < sizeof steps / sizeof *steps; i++) {
        uint32_t node = gazetteer_find(lexicon, area / steps[i] * steps[i]);
        if (node != UINT32_MAX)
            return node;
    }
    return UINT32_MAX;
}

/* What the record's fields say: its `area`, else the known place nearest to its position. */
static uint32_t node_of_fields(const struct place_rules *rules, const weisu_record *record)
{
    uint32_t node = node_of_area(rules->lexicon, record->area);
    if (node == UINT32_MAX && record->has & WEISU_HAS_POSITION)
        node = position_nearest(&rules->positions, rules->lexicon, record->lat_e7, record->lon_e7);
    return node;
}

void find_division(const struct place_rules *rules, const weisu_record *record,
                   const struct place_text text[PLACE_FIELDS], const struct place_findings *findings,
                   struct division_answer *out)
{
    struct ballot ballot;
    uint32_t home = preferred_city(rules, text, findings);
    ballot.lexicon = rules->lexicon;
    ballot.count = 0;
    *out = (struct division_answer){.node = UINT32_MAX, .said_node = UINT32_MAX};
    for (uint32_t i = 0; i < findings->hit_count; i++)
        vote_for_hit(&ballot, rules, text, &findings->hit[i], home);
    uint32_t area = node_of_fields(rules, record);
    if (area == UINT32_MAX) {
        descend(&ballot, UINT32_MAX, out);
        return;
    }
    struct division_answer said = {.node = UINT32_MAX};
    descend(&ballot, UINT32_MAX, &said);
    out->contradiction = said.node != UINT32_MAX && !division_is_below(rules->lexicon, said.node, area) &&
                         !division_is_below(rules->lexicon, area, said.node);
    if (out->contradiction)
        out->said_node = said.node;
    descend(&ballot, area, out);
}
