#include "cli/explain_record.h"

#include "base/json_writer.h"
#include "lexicon/node_path.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 1024 };

static const char *const token_kinds[] = {
    [SEG_WORD] = "word",   [SEG_USER] = "user",     [SEG_UNKNOWN] = "unknown",
    [SEG_LATIN] = "latin", [SEG_NUMBER] = "number", [SEG_PUNCTUATION] = "punctuation",
    [SEG_SPACE] = "space"};

static const enum analysis_field place_to_field[PLACE_FIELDS] = {
    [PLACE_IN_ADDRESS] = FIELD_ADDRESS, [PLACE_IN_TITLE] = FIELD_TITLE, [PLACE_IN_TEXT] = FIELD_TEXT};
static const enum analysis_field topic_to_field[TOPIC_FIELDS] = {
    [TOPIC_IN_TITLE] = FIELD_TITLE, [TOPIC_IN_TEXT] = FIELD_TEXT};
static const char *const field_names[ANALYSIS_FIELDS] = {
    [FIELD_TITLE] = "title", [FIELD_TEXT] = "text", [FIELD_ADDRESS] = "address"};
static const char *const field_titles[ANALYSIS_FIELDS] = {
    [FIELD_TITLE] = "标题", [FIELD_TEXT] = "正文", [FIELD_ADDRESS] = "地址"};

static weisu_str words_between(const struct characters *c, uint32_t begin, uint32_t end)
{
    return (weisu_str){c->bytes.data + c->offset[begin], c->offset[end] - c->offset[begin]};
}

static void put_string(struct json_writer *w, const char *key, weisu_str value)
{
    json_key(w, key);
    json_string(w, value);
}

static void put_path(struct json_writer *w, const char *key, const struct node_path *path)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < path->count; i++) {
        json_begin_object(w);
        put_string(w, "code", path->step[i].code);
        put_string(w, "name", path->step[i].name);
        json_end_object(w);
    }
    json_end_array(w);
}

/* A list that the tables keep with ';' between its items. */
static void put_list(struct json_writer *w, const char *key, weisu_str list)
{
    json_key(w, key);
    json_begin_array(w);
    while (list.size) {
        const char *end = memchr(list.data, ';', list.size);
        size_t size = end ? (size_t)(end - list.data) : list.size;
        if (size)
            json_string(w, (weisu_str){list.data, size});
        size_t step = end ? size + 1 : size;
        list.data += step;
        list.size -= step;
    }
    json_end_array(w);
}

static void put_tokens(struct json_writer *w, const struct analysis *a)
{
    json_key(w, "tokens");
    json_begin_object(w);
    for (size_t field = 0; field < ANALYSIS_FIELDS; field++) {
        if (!a->characters[field].count)
            continue;
        json_key(w, field_names[field]);
        json_begin_array(w);
        for (size_t i = 0; i < a->tokens[field].count; i++) {
            const struct seg_token *token = &a->tokens[field].token[i];
            if (token->kind == SEG_SPACE)
                continue;
            json_begin_array(w);
            json_string(w, words_between(&a->characters[field], token->begin, token->end));
            json_text(w, token_kinds[token->kind]);
            json_end_array(w);
        }
        json_end_array(w);
    }
    json_end_object(w);
}

static void put_mentions(struct json_writer *w, const struct analysis *a)
{
    json_key(w, "mentions");
    json_begin_array(w);
    for (uint32_t i = 0; i < a->place.mention_count; i++) {
        const struct place_mention *m = &a->place.mention[i];
        enum analysis_field field = place_to_field[m->field];
        json_begin_object(w);
        put_string(w, "name", m->name);
        put_string(w, "read", words_between(&a->characters[field], m->begin, m->end));
        json_key(w, "field");
        json_text(w, field_names[field]);
        json_key(w, "begin");
        json_uint(w, a->characters[field].offset[m->begin]);
        json_key(w, "end");
        json_uint(w, a->characters[field].offset[m->end]);
        json_key(w, "strength");
        json_fixed(w, m->strength, 3);
        json_key(w, "kind");
        json_text(w, m->node == UINT32_MAX ? "spot" : "division");
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_place(struct json_writer *w, const struct lexicon *lexicon, const struct analysis *a)
{
    struct node_path path;
    node_path_place(&path, lexicon, a->place.node, a->place.spot_key, a->place.spot_name);
    json_key(w, "place");
    json_begin_object(w);
    put_path(w, "path", &path);
    put_mentions(w, a);
    json_key(w, "candidates");
    json_begin_array(w);
    for (uint32_t i = 0; i < a->place.candidate_count; i++) {
        json_begin_object(w);
        node_path_place(&path, lexicon, a->place.candidate[i], 0, (weisu_str){NULL, 0});
        put_path(w, "path", &path);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "contradiction");
    json_bool(w, a->place.contradiction != 0);
    json_end_object(w);
}

static void put_topic(struct json_writer *w, const struct lexicon *lexicon, const struct topic_result *t)
{
    struct node_path path;
    node_path_topic(&path, lexicon, t->topic);
    json_key(w, "topic");
    json_begin_object(w);
    put_path(w, "path", &path);
    json_key(w, "score");
    json_int(w, t->score);
    node_path_topic(&path, lexicon, t->runner_up);
    put_path(w, "runner_up", &path);
    json_key(w, "runner_up_score");
    json_int(w, t->runner_up_score);
    json_end_object(w);
}

static void put_units(struct json_writer *w, const struct lexicon *lexicon, uint32_t topic)
{
    struct taxonomy_topic node = {0};
    if (topic != UINT32_MAX)
        node = taxonomy_topic(lexicon, topic);
    json_key(w, "unit");
    if (node.lead.size)
        json_string(w, node.lead);
    else
        json_null(w);
    put_list(w, "joins", node.joins);
    put_list(w, "tags", node.tags);
}

static void put_risk(struct json_writer *w, const struct analysis *a)
{
    json_key(w, "risk");
    json_begin_object(w);
    json_key(w, "grade");
    json_uint(w, a->topic.risk);
    json_key(w, "words");
    json_begin_array(w);
    for (uint32_t i = 0; i < a->topic.evidence_count; i++) {
        const struct topic_evidence *e = &a->topic.evidence[i];
        if (e->risk)
            json_string(w, words_between(&a->characters[topic_to_field[e->field]], e->begin, e->end));
    }
    json_end_array(w);
    json_end_object(w);
}

/* ---- why, in sentences ---- */

static void say(struct json_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct json_writer *w, const char *format, ...)
{
    char sentence[SENTENCE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    json_text(w, sentence);
}

/* Printf's "%.*s" of a string; a sentence is cut, never overrun. */
#define WORDS(s) (int)((s).size < 200 ? (s).size : 200), (s).data ? (s).data : ""

static void say_mention(struct json_writer *w, const struct analysis *a, const struct place_mention *m)
{
    enum analysis_field field = place_to_field[m->field];
    weisu_str read = words_between(&a->characters[field], m->begin, m->end);
    if (m->begin == m->end)
        say(w, "由字段、坐标或更细的地名得知位于“%.*s”。", WORDS(m->name));
    else
        say(w, "%s中的“%.*s”读作%s“%.*s”，把握 %u‰。", field_titles[field], WORDS(read),
            m->node == UINT32_MAX ? "点位" : "行政区划", WORDS(m->name), (unsigned)m->strength);
}

static void say_contradiction(struct json_writer *w, const struct lexicon *lexicon, const struct place_result *p)
{
    struct gazetteer_node field = {0};
    struct gazetteer_node said = {0};
    if (p->node != UINT32_MAX)
        field = gazetteer_node(lexicon, p->node);
    if (p->said_node != UINT32_MAX)
        said = gazetteer_node(lexicon, p->said_node);
    say(w, "字段指“%.*s”，文字说“%.*s”，两者不一致，以字段为准。", WORDS(field.name), WORDS(said.name));
}

static void say_place(struct json_writer *w, const struct lexicon *lexicon, const struct analysis *a)
{
    const struct place_result *p = &a->place;
    for (uint32_t i = 0; i < p->mention_count && i < 3; i++)
        say_mention(w, a, &p->mention[i]);
    if (!p->mention_count)
        say(w, "没有读到地名。");
    for (uint32_t i = 0; i < p->candidate_count; i++) {
        struct gazetteer_node node = gazetteer_node(lexicon, p->candidate[i]);
        struct gazetteer_node parent = {0};
        if (node.parent != UINT32_MAX)
            parent = gazetteer_node(lexicon, node.parent);
        say(w, "地名有歧义，可能是%.*s%.*s，未作猜测。", WORDS(parent.name), WORDS(node.name));
    }
    if (p->contradiction)
        say_contradiction(w, lexicon, p);
}

static void say_topic(struct json_writer *w, const struct lexicon *lexicon, const weisu_record *record,
                      const struct analysis *a)
{
    const struct topic_result *t = &a->topic;
    if (t->topic == UINT32_MAX) {
        say(w, "没有词语足以判定问题分类。");
    } else {
        struct taxonomy_topic topic = taxonomy_topic(lexicon, t->topic);
        if (record->category.size && !t->evidence_count)
            say(w, "记录自带分类“%.*s”，判为“%.*s”。", WORDS(record->category), WORDS(topic.name));
        else
            say(w, "判为“%.*s”，得分 %d，次选得分 %d。", WORDS(topic.name), t->score, t->runner_up_score);
    }
    for (uint32_t i = 0; i < t->evidence_count; i++) {
        const struct topic_evidence *e = &t->evidence[i];
        enum analysis_field field = topic_to_field[e->field];
        weisu_str read = words_between(&a->characters[field], e->begin, e->end);
        if (e->risk)
            say(w, "%s中的“%.*s”是 %u 级风险词。", field_titles[field], WORDS(read), e->risk);
        else if (e->weight == 0)
            say(w, "%s中的“%.*s”被否定或排除，不计分。", field_titles[field], WORDS(read));
        else if (e->topic != UINT32_MAX) {
            struct taxonomy_topic topic = taxonomy_topic(lexicon, e->topic);
            say(w, "%s中的“%.*s”为“%.*s”加 %d 分。", field_titles[field], WORDS(read), WORDS(topic.name), e->weight);
        }
    }
}

void explain_record(struct byte_buffer *out, const struct lexicon *lexicon, const weisu_record *record,
                    const struct analysis *analysis)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_string(&w, "id", record->id);
    put_tokens(&w, analysis);
    put_place(&w, lexicon, analysis);
    put_topic(&w, lexicon, &analysis->topic);
    put_units(&w, lexicon, analysis->topic.topic);
    put_risk(&w, analysis);
    json_key(&w, "why");
    json_begin_array(&w);
    say_place(&w, lexicon, analysis);
    say_topic(&w, lexicon, record, analysis);
    json_end_array(&w);
    json_end_object(&w);
}
