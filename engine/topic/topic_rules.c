#include "topic/topic_rules.h"

#include "base/failure.h"

#include <stdlib.h>
#include <string.h>

enum { key_unknown = 1u << 30, key_letters = 1u << 31, key_hash_mask = (1u << 30) - 1 };

static const char *const negations[] = {"没有", "没",   "未",   "不",   "无",   "不是", "并非",   "未曾",
                                        "从未", "从不", "并未", "不再", "不会", "不曾", "并没有", "没有再"};
static const char *const light_verbs[] = {"发生", "出现", "存在", "再", "再次", "任何", "过", "有"};

/* One link before it is sorted by key. */
struct keyed_link {
    uint32_t key;
    uint32_t link;
};

/* What only the building needs. */
struct rule_builder {
    struct topic_rules *rules;
    const struct segmenter *segmenter;
    struct arena arena;
    struct keyed_link *link;
    size_t link_count;
    size_t link_capacity;
    struct rule_risk {
        uint32_t key;
        uint32_t grade;
    } * risk;
    size_t risk_count;
    size_t risk_capacity;
};

uint32_t rule_key(const struct seg_token *token, const uint16_t *code)
{
    if (token->word != LEXICON_NO_WORD)
        return token->word;
    if (token->end - token->begin == 1)
        return key_unknown | code[token->begin];
    return key_letters | (uint32_t)(lexicon_term(code + token->begin, token->end - token->begin) & key_hash_mask);
}

static int add_link(struct rule_builder *builder, uint32_t key, uint32_t info)
{
    struct topic_rules *rules = builder->rules;
    if (memory_reserve(rules->allocator, (void **)&builder->link, &builder->link_capacity, builder->link_count + 1,
                       sizeof *builder->link))
        return -1;
    builder->link[builder->link_count++] = (struct keyed_link){key, info};
    return 0;
}

/* A negation takes the meaning of an event ("没有停水"), not of a thing whose lack is complained of ("没有路灯"). */
static uint16_t is_negatable(const struct topic_rules *rules, uint32_t word)
{
    return word != LEXICON_NO_WORD && lexicon_word(rules->lexicon, word)->part_of_speech == 'v';
}

/* Links of one wording; *after_gap tells whether the first of its tokens hangs on the link before by a gap. */
static int add_part(struct rule_builder *builder, weisu_str part, uint32_t row, int *any)
{
    struct topic_rules *rules = builder->rules;
    struct characters characters;
    struct seg_tokens tokens;
    if (characters_decode(&characters, part, &builder->arena) ||
        segmenter_run(builder->segmenter, &characters, &builder->arena, &tokens))
        return -1;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct seg_token *token = &tokens.token[i];
        uint32_t how = !*any ? LINK_FIRST : i == 0 ? LINK_GAP : 0;
        if (token->kind == SEG_SPACE)
            continue;
        if (!*any)
            rules->row[row].negatable = is_negatable(rules, token->word);
        if (add_link(builder, rule_key(token, characters.code), row << LINK_ROW_SHIFT | how))
            return -1;
        *any = 1;
    }
    return 0;
}

static int add_row(struct rule_builder *builder, uint32_t row)
{
    struct topic_rules *rules = builder->rules;
    struct taxonomy_term term = taxonomy_term(rules->lexicon, row);
    int16_t weight = (int16_t)term.weight;
    rules->row[row] =
        (struct rule_row){.topic = term.topic, .weight = (int16_t)(term.kind == TOPIC_EXCLUDE ? -weight : weight)};
    arena_reset(&builder->arena);
    int any = 0;
    weisu_str rest = term.text;
    while (rest.size) {
        const char *end = memchr(rest.data, ' ', rest.size);
        size_t size = end ? (size_t)(end - rest.data) : rest.size;
        if (size && add_part(builder, (weisu_str){rest.data, size}, row, &any))
            return -1;
        rest.data += end ? size + 1 : size;
        rest.size -= end ? size + 1 : size;
    }
    if (any)
        builder->link[builder->link_count - 1].link |= LINK_LAST;
    return 0;
}

static int add_rows(struct rule_builder *builder)
{
    struct topic_rules *rules = builder->rules;
    rules->row_count = taxonomy_term_count(rules->lexicon);
    rules->row = memory_new_zeroed(rules->allocator, rules->row_count + 1, sizeof *rules->row);
    if (!rules->row)
        return -1;
    for (uint32_t row = 0; row < rules->row_count; row++)
        if (add_row(builder, row))
            return -1;
    return 0;
}

/* The one walk over all words: those that carry a grade of risk. */
static int add_risks(struct rule_builder *builder)
{
    const struct lexicon *lexicon = builder->rules->lexicon;
    uint32_t count = lexicon_word_count(lexicon);
    for (uint32_t word = 0; word < count; word++) {
        const struct lexicon_word *entry = lexicon_word(lexicon, word);
        const struct lexicon_tag *tag = lexicon_tags(lexicon, entry);
        for (uint16_t i = 0; i < entry->tag_count; i++) {
            if (tag[i].kind != LEXICON_TAG_RISK)
                continue;
            if (memory_reserve(builder->rules->allocator, (void **)&builder->risk, &builder->risk_capacity,
                               builder->risk_count + 1, sizeof *builder->risk))
                return -1;
            builder->risk[builder->risk_count++] = (struct rule_risk){word, tag[i].value};
        }
    }
    return 0;
}

static int compare_links(const void *a, const void *b)
{
    const struct keyed_link *x = a;
    const struct keyed_link *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->link > y->link ? -1 : x->link < y->link; /* `link` holds the position by now: later links first */
}

static struct rule_slot *claim_slot(struct topic_rules *rules, uint32_t key)
{
    uint32_t at = (uint32_t)hash_mix(key) & rules->slot_mask;
    while (rules->slot[at].key != 0 && rules->slot[at].key != key + 1)
        at = (at + 1) & rules->slot_mask;
    rules->slot[at].key = key + 1;
    if (key < rules->interesting_words)
        rules->interesting[key / 64] |= UINT64_C(1) << key % 64;
    return &rules->slot[at];
}

static int take_index(struct rule_builder *builder)
{
    struct topic_rules *rules = builder->rules;
    size_t keys = builder->link_count + builder->risk_count;
    size_t slots = 64;
    while (slots < 2 * keys)
        slots *= 2;
    rules->slot_mask = (uint32_t)(slots - 1);
    rules->link_count = builder->link_count;
    rules->interesting_words = lexicon_word_count(rules->lexicon);
    rules->slot = memory_new_zeroed(rules->allocator, slots, sizeof *rules->slot);
    rules->link = memory_new_zeroed(rules->allocator, rules->link_count + 1, sizeof *rules->link);
    rules->order = memory_new_zeroed(rules->allocator, rules->link_count + 1, sizeof *rules->order);
    rules->interesting = memory_new_zeroed(rules->allocator, rules->interesting_words / 64 + 1, sizeof(uint64_t));
    return rules->slot && rules->link && rules->order && rules->interesting ? 0 : -1;
}

static int make_index(struct rule_builder *builder)
{
    struct topic_rules *rules = builder->rules;
    if (take_index(builder))
        return -1;
    for (size_t i = 0; i < builder->link_count; i++) {
        rules->link[i] = builder->link[i].link;
        builder->link[i].link = (uint32_t)i;
    }
    if (builder->link_count)
        qsort(builder->link, builder->link_count, sizeof *builder->link, compare_links);
    for (size_t i = 0; i < builder->link_count; i++) {
        struct rule_slot *slot = claim_slot(rules, builder->link[i].key);
        if (slot->link_count == 0)
            slot->first_link = (uint32_t)i;
        if (slot->link_count < UINT16_MAX)
            slot->link_count++;
        rules->order[i] = builder->link[i].link;
    }
    for (size_t i = 0; i < builder->risk_count; i++) {
        struct rule_slot *slot = claim_slot(rules, builder->risk[i].key);
        uint16_t grade = (uint16_t)builder->risk[i].grade;
        if (slot->risk == 0 || grade < slot->risk)
            slot->risk = grade;
    }
    return 0;
}

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
    rules->name_count = 2 * count;
    for (uint32_t i = 0; i < count; i++) {
        struct taxonomy_topic topic = taxonomy_topic(rules->lexicon, i);
        rules->parent[i] = topic.parent;
        rules->level[i] = topic.level;
        rules->name[2 * i] = (struct rule_name){hash_bytes(topic.code.data, topic.code.size), i, 0};
        rules->name[2 * i + 1] = (struct rule_name){hash_bytes(topic.name.data, topic.name.size), i, 0};
    }
    if (count)
        qsort(rules->name, rules->name_count, sizeof *rules->name, compare_names);
    return 0;
}

uint32_t rule_category(const struct topic_rules *rules, weisu_str category)
{
    while (category.size && category.data[category.size - 1] == ' ')
        category.size--;
    while (category.size && category.data[0] == ' ') {
        category.data++;
        category.size--;
    }
    if (category.size == 0)
        return UINT32_MAX;
    uint64_t hash = hash_bytes(category.data, category.size);
    size_t low = 0;
    size_t high = rules->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->name[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rules->name_count && rules->name[low].hash == hash ? rules->name[low].topic : UINT32_MAX;
}

static int find_words(struct rule_builder *builder, const char *const *spelling, size_t count, uint32_t *out)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct characters characters;
        if (characters_decode(&characters, (weisu_str){spelling[i], strlen(spelling[i])}, &builder->arena))
            return -1;
        uint32_t word = lexicon_find(builder->rules->lexicon, characters.code, characters.count);
        if (word != LEXICON_NO_WORD)
            out[found++] = word;
    }
    while (found < RULE_MAX_NEGATIONS)
        out[found++] = LEXICON_NO_WORD;
    return 0;
}

static int build(struct rule_builder *builder)
{
    struct topic_rules *rules = builder->rules;
    arena_reset(&builder->arena);
    if (find_words(builder, negations, sizeof negations / sizeof *negations, rules->negation) ||
        find_words(builder, light_verbs, sizeof light_verbs / sizeof *light_verbs, rules->light_verb))
        return -1;
    if (take_topics(rules) || add_rows(builder) || add_risks(builder))
        return -1;
    return make_index(builder);
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
    struct rule_builder builder = {.rules = rules, .segmenter = segmenter};
    arena_init(&builder.arena, allocator, 0);
    int failed = build(&builder);
    arena_dispose(&builder.arena);
    memory_free(allocator, builder.link, builder.link_capacity, sizeof *builder.link);
    memory_free(allocator, builder.risk, builder.risk_capacity, sizeof *builder.risk);
    if (failed) {
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
    memory_free(a, rules->slot, rules->slot ? (size_t)rules->slot_mask + 1 : 0, sizeof *rules->slot);
    memory_free(a, rules->link, rules->link_count + 1, sizeof *rules->link);
    memory_free(a, rules->order, rules->link_count + 1, sizeof *rules->order);
    memory_free(a, rules->row, rules->row_count + 1, sizeof *rules->row);
    memory_free(a, rules->parent, rules->topic_count + 1, sizeof *rules->parent);
    memory_free(a, rules->level, rules->topic_count + 1, sizeof *rules->level);
    memory_free(a, rules->name, 2 * rules->topic_count + 1, sizeof *rules->name);
    memory_free(a, rules, 1, sizeof *rules);
}
