/* Merges, separations and proposals as JSON. */
#include "base/json_writer.h"
#include "pipeline/render.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
    [CLUSTER_DEED_MERGED] = "merged", [CLUSTER_DEED_SEPARATED] = "separated", [CLUSTER_DEED_PROPOSED] = "proposed"};
static const char *const topic_names[] = {
    [LIKE_UNKNOWN_TOPIC] = "unknown", [LIKE_ONE_TOPIC] = "same", [LIKE_OTHER_TOPIC] = "other"};

static void put_text(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_text(w, text);
}

/* 0 to 1, three digits. */
static void put_share(struct json_writer *w, const char *key, uint64_t value, unsigned bits)
{
    json_key(w, key);
    json_fixed(w, (int64_t)((value * 1000 + (UINT64_C(1) << bits) / 2) >> bits), 3);
}

static void put_cluster(struct json_writer *w, const char *key, const struct cluster_index *index, uint32_t slot)
{
    struct cluster_view view;
    cluster_look(index, slot, &view);
    json_key(w, key);
    json_begin_object(w);
    put_text(w, "cluster", view.id);
    json_key(w, "title");
    json_string(w, view.title);
    json_key(w, "complaints");
    json_uint(w, view.members - view.withdrawn);
    json_end_object(w);
}

static void put_reason(struct json_writer *w, const struct cluster_deed *deed)
{
    static const char *const places[] = {"点位相近", "点位相同"};
    static const char *const topics[] = {
        [LIKE_UNKNOWN_TOPIC] = "问题分类不明", [LIKE_ONE_TOPIC] = "问题分类相同", [LIKE_OTHER_TOPIC] = "问题分类不同"};
    static const char *const ends[] = {[CLUSTER_DEED_MERGED] = "合并",
                                       [CLUSTER_DEED_SEPARATED] = "用词已不再相近，拆分",
                                       [CLUSTER_DEED_PROPOSED] = "是否合并请人工确认"};
    char text[160];
    if (deed->by_hand) {
        put_text(w, "reason", deed->kind == CLUSTER_DEED_MERGED ? "人工合并" : "人工撤销合并");
        return;
    }
    unsigned cosine = (unsigned)(((uint64_t)deed->why.cosine_q16 * 100) >> 16);
    snprintf(text, sizeof text, "%s，%s，用词相似度 0.%02u：%s", places[deed->why.agreement_q8 >= 256],
             topics[deed->why.topic], cosine < 99 ? cosine : 99, ends[deed->kind]);
    put_text(w, "reason", text);
}

void render_deed(struct byte_buffer *out, const struct cluster_index *index, const struct cluster_deed *deed,
                 const struct zone *zone)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_text(&w, "action", kind_names[deed->kind]);
    json_key(&w, "time");
    json_time(&w, deed->time_ms, zone_offset_s(zone, deed->time_ms));
    json_key(&w, "by_hand");
    json_bool(&w, deed->by_hand);
    put_cluster(&w, "older", index, deed->older);
    put_cluster(&w, "younger", index, deed->younger);
    if (!deed->by_hand) {
        json_key(&w, "evidence");
        json_begin_object(&w);
        put_share(&w, "likeness", (uint64_t)deed->why.score_q16, 16);
        put_share(&w, "words", deed->why.cosine_q16, 16);
        put_share(&w, "place", deed->why.agreement_q8, 8);
        put_text(&w, "topic", topic_names[deed->why.topic]);
        json_end_object(&w);
    }
    put_reason(&w, deed);
    json_end_object(&w);
}
