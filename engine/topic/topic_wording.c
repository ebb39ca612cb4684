/* From the taxonomy's wordings to the trie of tokens. */
#include "base/id_map.h"
#include "topic/topic_rules.h"

#include <stdlib.h>
#include <string.h>

enum { key_unknown = 1u << 30, key_letters = 1u << 31, key_hash_mask = (1u << 30) - 1, node_limit = 1 << 30 };

/* A node, a row that ends or a risk word, with what they are sorted by. */
struct keyed {
    uint32_t key;
    uint32_t value;
};

struct keyed_list {
    struct keyed *item;
    size_t count;
    size_t capacity;
};

/* What only the building needs. */
struct builder {
    struct topic_rules *rules;
    const struct segmenter *segmenter;
    struct arena arena;
    struct id_map child; /* parent + 1, step, key → node */
    size_t node_capacity;
    struct keyed_list nodes; /* by token */
    struct keyed_list ends;  /* rows by node */
    struct keyed_list risks; /* grades by word */
};

uint32_t rule_key(const struct seg_token *token, const uint16_t *code)
{
    if (token->word != LEXICON_NO_WORD)
        return token->word;
    if (token->end - token->begin == 1)
        return key_unknown | code[token->begin];
    return key_letters | (uint32_t)(lexicon_term(code + token->begin, token->end - token->begin) & key_hash_mask);
}

uint32_t rule_of_other(const struct topic_rules *rules, const struct seg_token *token, const uint16_t *code,
                       uint32_t *has)
{
    uint32_t key = rule_key(token, code);
    uint32_t low = rules->word_slots;
    uint32_t high = rules->slot_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rules->key[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    *has = low < rules->slot_count && rules->key[low] == key;
    return low;
}

static int add_keyed(struct builder *builder, struct keyed_list *list, uint32_t key, uint32_t value)
{
    if (memory_reserve(builder->rules->allocator, (void **)&list->item, &list->capacity, list->count + 1,
                       sizeof *list->item))
        return -1;
    list->item[list->count++] = (struct keyed){key, value};
    return 0;
}

/* The node behind `parent` for that token; RULE_NO_NODE when memory is out. */
static uint32_t child_of(struct builder *builder, uint32_t parent, int over_gap, uint32_t key)
{
    struct topic_rules *rules = builder->rules;
    uint64_t edge = (uint64_t)(parent + 1) << 33 | (uint64_t)(over_gap != 0) << 32 | key;
    uint32_t node = id_map_get(&builder->child, edge);
    if (node != ID_MAP_NONE)
        return node;
    node = (uint32_t)rules->node_count;
    if (node >= node_limit ||
        memory_reserve(rules->allocator, (void **)&rules->node, &builder->node_capacity, rules->node_count + 1,
                       sizeof *rules->node) ||
        id_map_put(&builder->child, edge, node) || add_keyed(builder, &builder->nodes, key, node))
        return RULE_NO_NODE;
    rules->node[rules->node_count++] =
        (struct rule_node){.parent = parent, .most_step = over_gap ? RULE_MAX_GAP + 1 : 1};
    if (parent != RULE_NO_NODE && !rules->node[parent].open)
        rules->node[parent].open = ++rules->open_count;
    return node;
}

/* Reads one part of a wording on from *node. */
static int add_part(struct builder *builder, weisu_str part, uint32_t row, uint32_t *node)
{
    struct characters characters;
    struct seg_tokens tokens;
    if (characters_decode(&characters, part, &builder->arena) ||
        segmenter_run(builder->segmenter, &characters, &builder->arena, &tokens))
        return -1;
    int over_gap = *node != RULE_NO_NODE;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct seg_token *token = &tokens.token[i];
        if (token->kind == SEG_SPACE)
            continue;
        if (*node == RULE_NO_NODE)
            builder->rules->row[row].is_harm = (uint8_t)denial_is_harm(&builder->rules->denials, token->word);
        *node = child_of(builder, *node, over_gap, rule_key(token, characters.code));
        if (*node == RULE_NO_NODE)
            return -1;
        over_gap = 0;
    }
    return 0;
}

static int add_row(struct builder *builder, uint32_t row)
{
    struct topic_rules *rules = builder->rules;
    struct taxonomy_term term = taxonomy_term(rules->lexicon, row);
    int weight = term.kind == TOPIC_EXCLUDE ? -(int)term.weight : (int)term.weight;
    rules->row[row] =
        (struct rule_row){.topic = term.topic, .weight = (int16_t)weight, .is_detail = term.kind == TOPIC_DETAIL};
    arena_reset(&builder->arena);
    uint32_t node = RULE_NO_NODE;
    weisu_str rest = term.text;
    while (rest.size) {
        const char *end = memchr(rest.data, ' ', rest.size);
        size_t size = end ? (size_t)(end - rest.data) : rest.size;
        if (size && add_part(builder, (weisu_str){rest.data, size}, row, &node))
            return -1;
        rest.data += end ? size + 1 : size;
        rest.size -= end ? size + 1 : size;
    }
    return node == RULE_NO_NODE ? 0 : add_keyed(builder, &builder->ends, node, row);
}

static int add_rows(struct builder *builder)
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
static int add_risks(struct builder *builder)
{
    const struct lexicon *lexicon = builder->rules->lexicon;
    uint32_t count = lexicon_word_count(lexicon);
    for (uint32_t word = 0; word < count; word++) {
        const struct lexicon_word *entry = lexicon_word(lexicon, word);
        const struct lexicon_tag *tag = lexicon_tags(lexicon, entry);
        for (uint16_t i = 0; i < entry->tag_count; i++)
            if (tag[i].kind == LEXICON_TAG_RISK && add_keyed(builder, &builder->risks, word, tag[i].value))
                return -1;
    }
    return 0;
}

/* By key, then by value from above: of one token the deeper nodes come first. */
static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->value > y->value ? -1 : x->value < y->value;
}

static void sort_keyed(struct keyed_list *list)
{
    if (list->count)
        qsort(list->item, list->count, sizeof *list->item, compare_keyed);
}

/* How many keys the two sorted lists hold together. */
static uint32_t count_keys(const struct keyed_list *nodes, const struct keyed_list *risks)
{
    uint32_t count = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < nodes->count || j < risks->count) {
        int takes_node = j == risks->count || (i < nodes->count && nodes->item[i].key <= risks->item[j].key);
        uint32_t key = takes_node ? nodes->item[i].key : risks->item[j].key;
        while (i < nodes->count && nodes->item[i].key == key)
            i++;
        while (j < risks->count && risks->item[j].key == key)
            j++;
        count++;
    }
    return count;
}

static int take_index(struct topic_rules *rules, uint32_t keys)
{
    size_t blocks = (rules->interesting_words = lexicon_word_count(rules->lexicon)) / 64 + 1;
    rules->slot_count = keys;
    rules->slot = memory_new_zeroed(rules->allocator, (size_t)keys + 1, sizeof *rules->slot);
    rules->key = memory_new_zeroed(rules->allocator, (size_t)keys + 1, sizeof *rules->key);
    rules->gate = memory_new_zeroed(rules->allocator, rules->node_count + 1, sizeof *rules->gate);
    rules->end_row = memory_new_zeroed(rules->allocator, rules->row_count + 1, sizeof *rules->end_row);
    rules->interesting = memory_new_zeroed(rules->allocator, blocks, sizeof *rules->interesting);
    rules->slots_before = memory_new_zeroed(rules->allocator, blocks, sizeof *rules->slots_before);
    return rules->slot && rules->key && rules->gate && rules->end_row && rules->interesting && rules->slots_before ? 0
                                                                                                                   : -1;
}

/* Brings the nodes into the order of their keys, with open numbers for parents; 0 or -1. `ends` are told the new
 * numbers. */
static int sort_nodes(struct builder *builder)
{
    struct topic_rules *rules = builder->rules;
    size_t count = builder->nodes.count;
    if (count == 0)
        return 0;
    struct rule_node *sorted = memory_new(rules->allocator, builder->node_capacity, sizeof *sorted);
    uint32_t *after = memory_new(rules->allocator, count + 1, sizeof *after);
    int failed = !sorted || !after;
    sort_keyed(&builder->nodes);
    for (size_t i = 0; i < count && !failed; i++)
        after[builder->nodes.item[i].value] = (uint32_t)i;
    for (size_t i = 0; i < count && !failed; i++) {
        sorted[i] = rules->node[builder->nodes.item[i].value];
        sorted[i].parent = sorted[i].parent == RULE_NO_NODE ? 0 : rules->node[sorted[i].parent].open;
    }
    for (size_t i = 0; i < builder->ends.count && !failed; i++)
        builder->ends.item[i].key = after[builder->ends.item[i].key];
    memory_free(rules->allocator, after, count + 1, sizeof *after);
    memory_free(rules->allocator, failed ? sorted : rules->node, builder->node_capacity, sizeof *sorted);
    rules->node = failed ? rules->node : sorted;
    return failed ? -1 : 0;
}

/* The nodes and risk words of each key. */
static void index_keys(struct builder *builder)
{
    struct topic_rules *rules = builder->rules;
    const struct keyed_list *nodes = &builder->nodes;
    const struct keyed_list *risks = &builder->risks;
    size_t i = 0;
    size_t j = 0;
    for (uint32_t at = 0; at < rules->slot_count; at++) {
        int takes_node = j == risks->count || (i < nodes->count && nodes->item[i].key <= risks->item[j].key);
        struct rule_slot *slot = &rules->slot[at];
        uint32_t key = takes_node ? nodes->item[i].key : risks->item[j].key;
        rules->key[at] = key;
        *slot = (struct rule_slot){.first_node = (uint32_t)i, .root = RULE_NO_NODE};
        for (; i < nodes->count && nodes->item[i].key == key; i++) {
            rules->gate[i] = gate_of(rules->node[i].parent);
            if (rules->node[i].parent)
                slot->gates |= UINT64_C(1) << rules->gate[i];
            else
                slot->root = (uint32_t)i;
            slot->node_count += slot->node_count < UINT16_MAX;
        }
        for (; j < risks->count && risks->item[j].key == key; j++)
            if (slot->risk == 0 || risks->item[j].value < slot->risk)
                slot->risk = (uint16_t)risks->item[j].value;
        if (key >= rules->interesting_words)
            continue;
        rules->word_slots = at + 1;
        rules->interesting[key / 64] |= UINT64_C(1) << key % 64;
    }
    uint32_t before = 0;
    for (size_t block = 0; block <= rules->interesting_words / 64; block++) {
        rules->slots_before[block] = before;
        before += count_bits(rules->interesting[block]);
    }
}

static void index_ends(struct builder *builder)
{
    struct topic_rules *rules = builder->rules;
    sort_keyed(&builder->ends);
    for (size_t i = 0; i < builder->ends.count; i++) {
        struct rule_node *node = &rules->node[builder->ends.item[i].key];
        if (node->row_count++ == 0)
            node->first_row = (uint32_t)i;
        rules->end_row[i] = builder->ends.item[i].value;
    }
}

static int build(struct builder *builder)
{
    struct topic_rules *rules = builder->rules;
    denial_words_init(&rules->denials, rules->lexicon);
    if (add_rows(builder) || add_risks(builder) || sort_nodes(builder))
        return -1;
    sort_keyed(&builder->risks);
    if (take_index(rules, count_keys(&builder->nodes, &builder->risks)))
        return -1;
    index_keys(builder);
    index_ends(builder);
    return 0;
}

static void free_list(const weisu_allocator *allocator, struct keyed_list *list)
{
    memory_free(allocator, list->item, list->capacity, sizeof *list->item);
}

int rule_wordings_build(struct topic_rules *rules, const struct segmenter *segmenter)
{
    struct builder builder = {.rules = rules, .segmenter = segmenter};
    arena_init(&builder.arena, rules->allocator, 0);
    id_map_init(&builder.child, rules->allocator);
    int failed = build(&builder);
    /* The nodes grew by doubling; what frees them knows only their count. */
    if (!failed && rules->node_count) {
        struct rule_node *exact =
            memory_resize(rules->allocator, rules->node, builder.node_capacity, rules->node_count, sizeof *exact);
        failed = !exact;
        rules->node = exact ? exact : rules->node;
    }
    if (failed) {
        memory_free(rules->allocator, rules->node, builder.node_capacity, sizeof *rules->node);
        rules->node = NULL;
    }
    id_map_dispose(&builder.child);
    arena_dispose(&builder.arena);
    free_list(rules->allocator, &builder.nodes);
    free_list(rules->allocator, &builder.ends);
    free_list(rules->allocator, &builder.risks);
    return failed ? -1 : 0;
}
