#include "topic/topic_rules.h"

#include "base/failure.h"

#include <stdlib.h>

static int compare_names(const void *a, const void *b)
{
    const struct rule_name *x = a;
    const struct rule_name *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->topic < y->topic ? -1 : x->topic > y->topic;
}

static int take_topics(struct topic_rules *rules)
{
    size_t count = taxonomy_topic_count(rules->lexicon);
    rules->topic_count = count;
    rules->parent = memory_new(rules->allocator, count + 1, sizeof *rules->parent);
    rules->level = memory_new(rules->allocator, count + 1, sizeof *rules->level);
    rules->name = memory_new_zeroed(rules->allocator, 2 * count + 1, sizeof *rules->name);
    if (!rules->parent || !rules->level || !rules->name)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        struct taxonomy_topic topic = taxonomy_topic(rules->lexicon, i);
        rules->parent[i] = topic.parent;
        rules->level[i] = topic.level;
        rules->name[2 * i] = (struct rule_name){hash_bytes(topic.code.data, topic.code.size), i, 0};
        rules->name[2 * i + 1] = (struct rule_name){hash_bytes(topic.name.data, topic.name.size), i, 0};
    }
    if (count)
        qsort(rules->name, 2 * count, sizeof *rules->name, compare_names);
    return 0;
}

static weisu_str trim_spaces(weisu_str text)
{
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    while (text.size && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    return text;
}

uint32_t rule_category(const struct topic_rules *rules, weisu_str category)
{
    category = trim_spaces(category);
    if (category.size == 0)
        return UINT32_MAX;
    uint64_t hash = hash_bytes(category.data, category.size);
    size_t count = 2 * rules->topic_count;
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->name[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && rules->name[low].hash == hash ? rules->name[low].topic : UINT32_MAX;
}

weisu_code topic_rules_new(struct topic_rules **out, const struct lexicon *lexicon, const struct segmenter *segmenter,
                           const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct topic_rules *rules = memory_new_zeroed(allocator, 1, sizeof *rules);
    if (!rules)
        return failure(err, WEISU_ENOMEM, "no memory for the rules of topics");
    rules->lexicon = lexicon;
    rules->allocator = allocator;
    if (take_topics(rules) || rule_wordings_build(rules, segmenter)) {
        topic_rules_free(rules);
        return failure(err, WEISU_ENOMEM, "no memory for the rules of topics");
    }
    *out = rules;
    return WEISU_OK;
}

void topic_rules_free(struct topic_rules *rules)
{
    if (!rules)
        return;
    const weisu_allocator *a = rules->allocator;
    memory_free(a, rules->interesting, rules->interesting_words / 64 + 1, sizeof(uint64_t));
    memory_free(a, rules->slots_before, rules->interesting_words / 64 + 1, sizeof *rules->slots_before);
    memory_free(a, rules->slot, (size_t)rules->slot_count + 1, sizeof *rules->slot);
    memory_free(a, rules->key, (size_t)rules->slot_count + 1, sizeof *rules->key);
    memory_free(a, rules->node, rules->node_count, sizeof *rules->node);
    memory_free(a, rules->gate, rules->node_count + 1, sizeof *rules->gate);
    memory_free(a, rules->end_row, rules->row_count + 1, sizeof *rules->end_row);
    memory_free(a, rules->row, rules->row_count + 1, sizeof *rules->row);
    memory_free(a, rules->parent, rules->topic_count + 1, sizeof *rules->parent);
    memory_free(a, rules->level, rules->topic_count + 1, sizeof *rules->level);
    memory_free(a, rules->name, 2 * rules->topic_count + 1, sizeof *rules->name);
    memory_free(a, rules, 1, sizeof *rules);
}
