/* taxonomy/: topics, their terms, risk words. */
#include "lexicon/image_sources.h"

#include <stdlib.h>
#include <string.h>

enum { topic_levels = 3, max_weight = 9, max_grade = 4 };

static int compare_text(weisu_str a, weisu_str b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static int compare_topic(const void *a, const void *b)
{
    const struct topic_row *x = a;
    const struct topic_row *y = b;
    int order = compare_text(x->code, y->code);
    return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static const struct topic_row *find_topic(const struct image_sources *sources, weisu_str code)
{
    const struct topic_row key = {.code = code};
    size_t low = 0;
    size_t high = sources->topic_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_text(sources->topic[middle].code, key.code);
        if (order == 0)
            return &sources->topic[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int parse_topic(struct image_sources *sources, const struct table *table, const struct table_row *row,
                       struct topic_row *out)
{
    *out = (struct topic_row){
        .line = row->line,
        .parent = UINT32_MAX,
        .code = row->field[0],
        .parent_code = row->field[1],
        .name = row->field[2],
        .lead = row->field[3],
        .joins = row->field[4],
        .tags = row->field[5],
    };
    uint64_t digits;
    const char *wrong = NULL;
    if (out->code.size % 2 || table_number(out->code, 0, 999999, &digits))
        wrong = "code has not two digits for each of one to three levels";
    else if (out->name.size == 0)
        wrong = "name is empty";
    else if (out->parent_code.size + 2 != out->code.size ||
             memcmp(out->parent_code.data, out->code.data, out->parent_code.size) != 0)
        wrong = "the parent's code is not the code without its last two digits";
    if (wrong)
        table_mistake(&sources->report, table->path, row->line, "%s", wrong);
    else
        out->level = (uint32_t)(out->code.size / 2 - 1);
    return !wrong;
}

static weisu_code read_topic_rows(struct image_sources *sources, struct table *table)
{
    struct table_row row;
    while (table_next(table, 3, 6, &row)) {
        struct topic_row topic;
        if (!parse_topic(sources, table, &row, &topic))
            continue;
        int once = sources_once(sources, table, &row, hash_bytes(topic.code.data, topic.code.size), "the code");
        if (once < 0 || memory_reserve(sources->allocator, (void **)&sources->topic, &sources->topic_capacity,
                                       sources->topic_count + 1, sizeof topic))
            return WEISU_ENOMEM;
        if (once)
            sources->topic[sources->topic_count++] = topic;
    }
    return WEISU_OK;
}

/* Parents stand before their children in the order of codes, so what they inherited is filled already. */
static void link_topics(struct image_sources *sources, const struct table *table)
{
    for (size_t i = 0; i < sources->topic_count; i++) {
        struct topic_row *topic = &sources->topic[i];
        const struct topic_row *parent = topic->level ? find_topic(sources, topic->parent_code) : NULL;
        if (topic->level && !parent)
            table_mistake(&sources->report, table->path, topic->line, "unknown parent topic");
        if (parent) {
            topic->parent = (uint32_t)(parent - sources->topic);
            topic->lead = topic->lead.size ? topic->lead : parent->lead;
            topic->joins = topic->joins.size ? topic->joins : parent->joins;
            topic->tags = topic->tags.size ? topic->tags : parent->tags;
        }
        if (topic->lead.size == 0)
            table_mistake(&sources->report, table->path, topic->line,
                          "neither the topic nor its parents have a lead unit");
    }
}

static weisu_code read_topics(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    weisu_code code = sources_open(sources, "taxonomy/topics.tsv", &table, err);
    if (!code)
        code = read_topic_rows(sources, table);
    if (code)
        return code;
    if (sources->topic_count)
        qsort(sources->topic, sources->topic_count, sizeof *sources->topic, compare_topic);
    link_topics(sources, table);
    return WEISU_OK;
}

static uint64_t term_key(const struct term_row *term)
{
    return hash_pair((uint64_t)term->topic << 16 | term->kind, hash_bytes(term->text.data, term->text.size));
}

/* 0 and a mistake reported, or 1. */
static int parse_term(struct image_sources *sources, const struct table *table, const struct table_row *row,
                      struct term_row *out)
{
    static const char *const kinds[] = {"term", "phrase", "exclude", "detail"};
    const struct topic_row *topic = find_topic(sources, row->field[0]);
    size_t kind = 0;
    size_t kind_count = sizeof kinds / sizeof *kinds;
    uint64_t weight = 0;
    const char *wrong = NULL;
    while (kind < kind_count && compare_text((weisu_str){kinds[kind], strlen(kinds[kind])}, row->field[1]) != 0)
        kind++;
    if (!topic)
        wrong = "unknown topic";
    else if (kind == kind_count)
        wrong = "kind is none of term, phrase, exclude, detail";
    else if (kind == TOPIC_DETAIL && topic->level != topic_levels - 1)
        wrong = "a detail belongs to a third-level topic";
    else if (table_number(row->field[2], 1, max_weight, &weight))
        wrong = "weight is not 1 to 9";
    else if (row->field[3].size == 0)
        wrong = "the wording is empty";
    else if (kind == TOPIC_TERM && memchr(row->field[3].data, ' ', row->field[3].size))
        wrong = "a term is one word: a wording with a space is a phrase";
    if (wrong) {
        table_mistake(&sources->report, table->path, row->line, "%s", wrong);
        return 0;
    }
    *out = (struct term_row){(uint32_t)(topic - sources->topic), (uint16_t)weight, (uint16_t)kind, row->field[3]};
    return 1;
}

static weisu_code add_term(struct image_sources *sources, const struct table *table, const struct table_row *row,
                           const struct term_row *term)
{
    uint32_t index = (uint32_t)sources->term_count;
    if (memory_reserve(sources->allocator, (void **)&sources->term, &sources->term_capacity, sources->term_count + 1,
                       sizeof *term))
        return WEISU_ENOMEM;
    sources->term[sources->term_count++] = *term;
    if (term->kind != TOPIC_TERM)
        return WEISU_OK;
    uint32_t entry;
    weisu_code code = sources_word(sources, table, row, term->text, &entry);
    if (code || entry == WORD_TABLE_NONE)
        return code;
    sources->words.entry[entry].marks |= WORD_WHOLE;
    return word_table_tag(&sources->words, entry, LEXICON_TAG_TOPIC, index) ? WEISU_ENOMEM : WEISU_OK;
}

static weisu_code read_terms(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "taxonomy/terms.tsv", &table, err);
    while (!code && table_next(table, 4, 4, &row)) {
        struct term_row term;
        if (!parse_term(sources, table, &row, &term))
            continue;
        int once = sources_once(sources, table, &row, term_key(&term), "the term of this topic");
        if (once < 0)
            return WEISU_ENOMEM;
        if (once)
            code = add_term(sources, table, &row, &term);
    }
    return code;
}

static weisu_code read_risks(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "taxonomy/risk.tsv", &table, err);
    while (!code && table_next(table, 2, 3, &row)) {
        uint64_t grade;
        uint32_t entry;
        if (table_number(row.field[1], 1, max_grade, &grade)) {
            table_mistake(&sources->report, table->path, row.line, "grade is not 1 to %d", max_grade);
            continue;
        }
        code = sources_word_once(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        sources->words.entry[entry].marks |= WORD_WHOLE;
        if (word_table_tag(&sources->words, entry, LEXICON_TAG_RISK, (uint32_t)grade))
            return WEISU_ENOMEM;
    }
    return code;
}

weisu_code read_taxonomy(struct image_sources *sources, weisu_err *err)
{
    weisu_code code = read_topics(sources, err);
    if (!code)
        code = read_terms(sources, err);
    return code ? code : read_risks(sources, err);
}
