#include "pipeline/render.h"

#include "base/json_writer.h"
#include "lexicon/node_path.h"

#include <string.h>

static const char *const state_names[] = {
    [WEISU_RAISED] = "raised", [WEISU_UPDATED] = "updated", [WEISU_CLEARED] = "cleared"};
static const char *const kind_names[] = {[WEISU_REPEAT] = "repeat",
                                         [WEISU_SURGE] = "surge",
                                         [WEISU_COMMON] = "common",
                                         [WEISU_SEASONAL] = "seasonal",
                                         [WEISU_RISK] = "risk"};

static const char *const handling_names[] = {
    [WEISU_HANDLING_ACCEPTED] = "accepted", [WEISU_HANDLING_DONE] = "done", [WEISU_HANDLING_DISMISSED] = "dismissed"};

static void put_string(struct json_writer *w, const char *key, weisu_str value)
{
    json_key(w, key);
    json_string(w, value);
}

static void put_string_or_null(struct json_writer *w, const char *key, weisu_str value)
{
    json_key(w, key);
    if (value.size)
        json_string(w, value);
    else
        json_null(w);
}

static void put_uint(struct json_writer *w, const char *key, uint64_t value)
{
    json_key(w, key);
    json_uint(w, value);
}

static void put_time(struct json_writer *w, int64_t utc_ms, const struct zone *zone)
{
    json_time(w, utc_ms, zone_offset_s(zone, utc_ms));
}

static void put_strings(struct json_writer *w, const char *key, const weisu_str *values, size_t count)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, values[i]);
    json_end_array(w);
}

static void put_path(struct json_writer *w, const char *key, const weisu_step *steps, size_t count)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w);
        put_string(w, "code", steps[i].code);
        put_string(w, "name", steps[i].name);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_forecast(struct json_writer *w, const weisu_alert *a)
{
    json_key(w, "forecast");
    if (a->forecast_milli < 0) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, "complaints");
    json_fixed(w, a->forecast_milli, 3);
    json_key(w, "low");
    json_fixed(w, a->forecast_low_milli, 3);
    json_key(w, "high");
    json_fixed(w, a->forecast_high_milli, 3);
    json_end_object(w);
}

static void put_evidence(struct json_writer *w, const weisu_alert *a)
{
    put_strings(w, "complaints", a->complaints, a->complaints_count);
    put_uint(w, "complaint_count", a->complaint_count);
    put_strings(w, "added", a->added, a->added_count);
    put_uint(w, "reporters", a->reporters);
    json_key(w, "reporters_known");
    json_bool(w, a->reporters_known);
    json_key(w, "expected");
    json_fixed(w, a->expected_milli, 3);
    json_key(w, "window_hours");
    json_int(w, a->window_hours);
    json_key(w, "recurrence_days");
    if (a->recurrence_days_milli < 0)
        json_null(w);
    else
        json_fixed(w, a->recurrence_days_milli, 3);
    put_forecast(w, a);
}

static void put_handling(struct json_writer *w, const weisu_alert *a, const struct zone *zone)
{
    json_key(w, "handling");
    if (a->handling == WEISU_HANDLING_NONE) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, "state");
    json_text(w, handling_names[a->handling]);
    put_string(w, "by", a->handled_by);
    json_key(w, "time");
    put_time(w, a->handled_ms, zone);
    json_end_object(w);
}

void render_alert(struct byte_buffer *out, const weisu_alert *a, const struct zone *zone)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_string(&w, "alert", a->alert);
    put_uint(&w, "change", a->change);
    json_key(&w, "state");
    json_text(&w, state_names[a->state]);
    json_key(&w, "kind");
    json_text(&w, kind_names[a->kind]);
    json_key(&w, "time");
    put_time(&w, a->time_ms, zone);
    put_uint(&w, "level", a->level);
    put_string_or_null(&w, "cluster", a->cluster);
    put_path(&w, "place", a->place, a->place_count);
    put_path(&w, "topic", a->topic, a->topic_count);
    put_string(&w, "title", a->title);
    put_strings(&w, "keywords", a->keywords, a->keyword_count);
    put_evidence(&w, a);
    put_string_or_null(&w, "unit", a->unit);
    put_strings(&w, "units", a->units, a->unit_count);
    put_strings(&w, "tags", a->tags, a->tag_count);
    put_string_or_null(&w, "recurrence_of", a->recurrence_of);
    put_handling(&w, a, zone);
    put_strings(&w, "reasons", a->reasons, a->reason_count);
    json_end_object(&w);
}

/* ---- clusters ---- */

enum { MAX_KEYWORDS = 8 };

static weisu_str text_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

void render_cluster(struct byte_buffer *out, const struct cluster_index *index, const struct lexicon *lexicon,
                    uint64_t city, uint32_t slot, const struct zone *zone)
{
    struct cluster_view view;
    struct node_path place;
    struct node_path topic;
    weisu_str keywords[MAX_KEYWORDS];
    cluster_look(index, slot, &view);
    node_path_place(&place, lexicon, gazetteer_find(lexicon, view.division ? view.division : city), view.spot,
                    view.spot_name);
    node_path_topic(&topic, lexicon, view.topic);
    size_t keyword_count = cluster_keywords(index, slot, keywords, MAX_KEYWORDS);
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_string(&w, "cluster", text_of(view.id));
    put_string(&w, "title", view.title);
    put_path(&w, "place", place.step, place.count);
    put_path(&w, "topic", topic.step, topic.count);
    put_strings(&w, "keywords", keywords, keyword_count);
    put_uint(&w, "complaints", view.members - view.withdrawn);
    put_uint(&w, "reporters", view.reporters);
    json_key(&w, "first");
    put_time(&w, view.first_ms, zone);
    json_key(&w, "last");
    put_time(&w, view.last_ms, zone);
    struct cluster_view whole = {.id = ""};
    if (view.merged_into != CLUSTER_NONE)
        cluster_look(index, view.merged_into, &whole);
    put_string_or_null(&w, "merged_into", text_of(whole.id));
    json_end_object(&w);
}
