#include "topic/topic_classes.h"
#include "topic/topic_match.h"

#include <stdlib.h>
#include <string.h>

enum {
    least_score = 12, /* below it nothing was found: one hint of weight 3 outside the title */
    lead_part = 8,    /* a topic must be ahead of its best sibling by an eighth of what it has */
    detail_part = 2,  /* a third-level topic needs half of what the second-level one has */
    decided = 1000,   /* what a category that names a topic adds to its score */
    no_interest = -1, /* a detail of a topic that was not looked into */
    interest_of_family = 200,
    interest_of_grade = 60
};

int topic_scratch_new(struct topic_scratch **out, const struct topic_rules *rules, const weisu_allocator *allocator)
{
    struct topic_scratch *made = memory_new_zeroed(allocator, 1, sizeof *made);
    *out = NULL;
    if (!made)
        return -1;
    made->rules = rules;
    made->allocator = allocator;
    made->open = memory_new_zeroed(allocator, (size_t)rules->open_count + 1, sizeof *made->open);
    made->seen = memory_new_zeroed(allocator, rules->row_count + 1, sizeof *made->seen);
    made->tally = memory_new_zeroed(allocator, rules->topic_count + 1, sizeof *made->tally);
    made->touched = memory_new_zeroed(allocator, rules->topic_count + 1, sizeof *made->touched);
    if (!made->open || !made->seen || !made->tally || !made->touched) {
        topic_scratch_free(made);
        return -1;
    }
    *out = made;
    return 0;
}

void topic_scratch_free(struct topic_scratch *scratch)
{
    if (!scratch)
        return;
    const struct topic_rules *rules = scratch->rules;
    memory_free(scratch->allocator, scratch->open, (size_t)rules->open_count + 1, sizeof *scratch->open);
    memory_free(scratch->allocator, scratch->seen, rules->row_count + 1, sizeof *scratch->seen);
    memory_free(scratch->allocator, scratch->tally, rules->topic_count + 1, sizeof *scratch->tally);
    memory_free(scratch->allocator, scratch->touched, rules->topic_count + 1, sizeof *scratch->touched);
    memory_free(scratch->allocator, scratch, 1, sizeof *scratch);
}

/* Each topic's points with those below it. */
static void add_up(struct topic_scratch *scratch)
{
    for (uint32_t i = 0; i < scratch->touched_count; i++)
        for (uint32_t at = scratch->touched[i]; at != UINT32_MAX; at = scratch->rules->parent[at])
            scratch->tally[at].whole += scratch->tally[scratch->touched[i]].sum;
}

/* Of a touched topic. A second-level one: its own, its first level's hints, half of its siblings'. A first-level one:
 * its hints. */
static int32_t score_of(const struct topic_scratch *scratch, uint32_t topic)
{
    uint32_t parent = scratch->rules->parent[topic];
    if (parent == UINT32_MAX)
        return scratch->tally[topic].sum;
    int32_t own = scratch->tally[topic].whole;
    int32_t hints = scratch->tally[parent].sum;
    return own + hints + (scratch->tally[parent].whole - hints - own) / 2;
}

static int is_allowed(const struct topic_scratch *scratch, uint32_t topic)
{
    return !scratch->told || topic_set_has(scratch->told, topic);
}

/* The best of the first two levels but `except`; ties go to the smaller code. A second-level topic with nothing of its
 * own is no candidate. */
static uint32_t best_topic(const struct topic_scratch *scratch, uint32_t except, int32_t *score)
{
    const struct topic_rules *rules = scratch->rules;
    uint32_t best = UINT32_MAX;
    *score = least_score - 1;
    for (uint32_t at = 0; at < scratch->touched_count; at++) {
        uint32_t i = scratch->touched[at];
        if (rules->level[i] >= 2 || i == except || scratch->tally[i].whole <= 0 || !is_allowed(scratch, i))
            continue;
        int32_t found = score_of(scratch, i);
        if (found > *score || (found == *score && i < best && best != UINT32_MAX)) {
            *score = found;
            best = i;
        }
    }
    return best;
}

/* Is the topic, which has points, ahead of every sibling by what certainty asks? */
static int leads(const struct topic_scratch *scratch, uint32_t topic)
{
    const struct topic_rules *rules = scratch->rules;
    int32_t own = scratch->tally[topic].whole;
    for (uint32_t at = 0; at < scratch->touched_count; at++) {
        uint32_t i = scratch->touched[at];
        if (i != topic && rules->parent[i] == rules->parent[topic] && scratch->tally[i].whole > own - own / lead_part)
            return 0;
    }
    return 1;
}

/* The third-level topic that is ahead of its siblings and has a fair part of what the second-level one has, with what
 * its details add; or the topic itself. */
static uint32_t narrow(const struct topic_scratch *scratch, uint32_t topic)
{
    const struct topic_rules *rules = scratch->rules;
    uint32_t best = topic;
    int32_t most = whole_of(scratch, topic) / detail_part;
    int32_t second = 0;
    for (uint32_t i = topic + 1; i < rules->topic_count && rules->level[i] == 2; i++) {
        const struct topic_tally *tally = &scratch->tally[i];
        if (tally->epoch != scratch->epoch || !is_allowed(scratch, i))
            continue;
        int32_t found = tally->whole + tally->detail;
        if (rules->parent[i] == topic && found > most) {
            second = best == topic ? 0 : most;
            best = i;
            most = found;
        } else if (rules->parent[i] == topic && found > second) {
            second = found;
        }
    }
    return second > most - most / lead_part ? topic : best;
}

static void decide(const struct topic_scratch *scratch, uint32_t category, struct topic_result *out)
{
    const struct topic_rules *rules = scratch->rules;
    uint32_t best = best_topic(scratch, UINT32_MAX, &out->score);
    if (category != UINT32_MAX) {
        best = category;
        int32_t found = whole_of(scratch, category);
        out->score = decided + (found > 0 ? found : 0);
    }
    out->topic = best;
    out->runner_up = best_topic(scratch, best, &out->runner_up_score);
    if (best == UINT32_MAX)
        out->score = 0;
    if (out->runner_up == UINT32_MAX)
        out->runner_up_score = 0;
    if (best == UINT32_MAX || category != UINT32_MAX || rules->level[best] == 0)
        return;
    uint32_t parent = rules->parent[best];
    out->topic = leads(scratch, best) || !is_allowed(scratch, parent) ? narrow(scratch, best) : parent;
}

/* The topic of a set whose others are all below it, or UINT32_MAX. */
static uint32_t single_topic(const struct topic_rules *rules, const uint64_t *set)
{
    uint32_t single = UINT32_MAX;
    for (uint32_t i = 0; i < rules->topic_count; i++) {
        uint32_t parent = rules->parent[i];
        if (!topic_set_has(set, i) || (parent != UINT32_MAX && topic_set_has(set, parent)))
            continue;
        if (single != UINT32_MAX)
            return UINT32_MAX;
        single = i;
    }
    return single;
}

/* Among what was told; where the text speaks for none of it, the one topic that was told, or what the rules say. */
static void decide_told(struct topic_scratch *scratch, uint32_t category, const uint64_t *told,
                        struct topic_result *out)
{
    scratch->told = category == UINT32_MAX ? told : NULL;
    decide(scratch, category, out);
    if (!scratch->told || out->topic != UINT32_MAX)
        return;
    scratch->told = NULL;
    uint32_t single = single_topic(scratch->rules, told);
    decide(scratch, UINT32_MAX, out);
    if (single != UINT32_MAX)
        out->topic = single;
}

/* First-level topic above `topic`. */
static uint32_t root_of(const struct topic_rules *rules, uint32_t topic)
{
    while (rules->parent[topic] != UINT32_MAX)
        topic = rules->parent[topic];
    return topic;
}

/* How much a reader needs to see the match: what decided before what did not, grave risk words in between. */
static int32_t interest_of(const struct topic_rules *rules, const struct topic_match *match, uint32_t root)
{
    if (match->row == UINT32_MAX)
        return match->risk ? (5 - (int32_t)match->risk) * interest_of_grade : 0;
    int is_family = root != UINT32_MAX && root_of(rules, rules->row[match->row].topic) == root;
    if (rules->row[match->row].is_detail && !is_family)
        return no_interest;
    return abs(match->points) + (is_family && match->points ? interest_of_family : 0);
}

/* Keeps the TOPIC_MAX_EVIDENCE most interesting matches; matches come by field and position, so ties stay so. */
static void show_evidence(const struct topic_scratch *scratch, struct topic_result *out)
{
    const struct topic_rules *rules = scratch->rules;
    uint32_t root = out->topic == UINT32_MAX ? UINT32_MAX : root_of(rules, out->topic);
    int32_t interest[TOPIC_MAX_EVIDENCE];
    uint32_t count = 0;
    for (size_t i = 0; i < scratch->match_count; i++) {
        const struct topic_match *match = &scratch->match[i];
        int32_t found = interest_of(rules, match, root);
        if (found == no_interest || (count == TOPIC_MAX_EVIDENCE && found <= interest[count - 1]))
            continue;
        uint32_t at = count < TOPIC_MAX_EVIDENCE ? count++ : count - 1;
        for (; at > 0 && interest[at - 1] < found; at--) {
            interest[at] = interest[at - 1];
            out->evidence[at] = out->evidence[at - 1];
        }
        interest[at] = found;
        uint32_t topic = match->row == UINT32_MAX ? UINT32_MAX : rules->row[match->row].topic;
        out->evidence[at] =
            (struct topic_evidence){match->field, match->begin, match->end, topic, match->points, match->risk};
    }
    out->evidence_count = count;
}

void topic_analyse(const struct topic_rules *rules, const weisu_record *record,
                   const struct topic_text text[TOPIC_FIELDS], const uint64_t *told, struct topic_scratch *scratch,
                   struct topic_result *out)
{
    match_record(scratch, text);
    add_up(scratch);
    *out = (struct topic_result){0}; /* also what nothing fills: results are compared as bytes */
    out->risk = scratch->risk;
    decide_told(scratch, rule_category(rules, record->category), told, out);
    show_evidence(scratch, out);
}
