#include "http/api.h"

#include "base/json_writer.h"
#include "http/api_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char json_type[] = "application/json; charset=utf-8";

/* ---- errors ---- */

static const char *status_code(unsigned status)
{
    switch (status) {
    case 400:
        return "bad_request";
    case 404:
        return "not_found";
    case 405:
        return "method_not_allowed";
    case 408:
        return "timeout";
    case 409:
        return "conflict";
    case 413:
        return "too_large";
    case 415:
        return "unsupported_media_type";
    case 414:
        return "url_too_long";
    case 421:
        return "wrong_host";
    case 431:
        return "headers_too_large";
    case 503:
        return "not_ready";
    }
    return "internal";
}

void api_error(struct api_reply *reply, unsigned status, const char *message)
{
    struct json_writer w;
    byte_buffer_reset(reply->body);
    reply->status = status;
    reply->type = json_type;
    reply->is_stream = reply->is_action = reply->is_words = 0;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "error");
    json_begin_object(&w);
    json_key(&w, "code");
    json_text(&w, status_code(status));
    json_key(&w, "message");
    json_text(&w, message);
    json_end_object(&w);
    json_end_object(&w);
    json_end_line(&w);
}

/* ---- health and summary ---- */

static void show_health(const struct service_figures *figures, struct api_reply *reply)
{
    struct json_writer w;
    const struct store_report *store = &figures->store;
    reply->status = store->is_failing ? 503 : 200;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "status");
    json_text(&w, store->is_failing ? "store_failing" : "ok");
    if (store->is_failing) {
        json_key(&w, "message");
        json_text(&w, store->error.text);
    }
    json_end_object(&w);
    json_end_line(&w);
}

static void put_uint(struct json_writer *w, const char *key, uint64_t value)
{
    json_key(w, key);
    json_uint(w, value);
}

static void put_hash(struct json_writer *w, const char *key, uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    json_key(w, key);
    json_text(w, text);
}

static void put_memory(struct json_writer *w, const struct service_figures *figures, const struct core_counts *core)
{
    json_key(w, "memory");
    json_begin_object(w);
    put_uint(w, "resident", figures->resident_bytes);
    put_uint(w, "analyse", core->analyse_bytes);
    put_uint(w, "cluster", core->cluster_bytes);
    put_uint(w, "detect", core->detect_bytes);
    put_uint(w, "cases", figures->store.counts.bytes);
    put_uint(w, "intake", figures->intake_bytes);
    put_uint(w, "feed", figures->feed.buffer_bytes);
    json_end_object(w);
}

static void put_versions(struct json_writer *w, const struct service_figures *figures)
{
    json_key(w, "versions");
    json_begin_object(w);
    json_key(w, "weisu");
    json_text(w, figures->version);
    put_hash(w, "dictionary", figures->dictionary);
    put_hash(w, "gazetteer", figures->gazetteer);
    put_hash(w, "taxonomy", figures->taxonomy);
    put_hash(w, "image", figures->image);
    json_end_object(w);
}

static void show_summary(const struct service_figures *figures, const struct snapshot *snapshot,
                         struct api_reply *reply)
{
    struct json_writer w;
    const struct admission_counts *in = &figures->store.counts;
    const struct core_counts *core = &snapshot->counts;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    put_uint(&w, "complaints", in->records);
    put_uint(&w, "rejected", in->rejected);
    put_uint(&w, "duplicates", in->duplicates);
    put_uint(&w, "updates", in->updates);
    put_uint(&w, "conflicts", in->conflicts);
    put_uint(&w, "clusters", core->cluster.clusters);
    put_uint(&w, "alerts", core->alerts_raised);
    put_uint(&w, "alert_changes", core->alert_changes);
    put_uint(&w, "live_alerts", snapshot->live_count);
    put_uint(&w, "sequence", figures->store.sequence);
    put_uint(&w, "applied", snapshot->sequence);
    json_key(&w, "clock");
    if (snapshot->clock_ms == WEISU_NO_TIME)
        json_null(&w);
    else
        json_time(&w, snapshot->clock_ms, zone_offset_s(figures->zone, snapshot->clock_ms));
    put_uint(&w, "uptime_seconds", (uint64_t)(figures->uptime_ms / 1000));
    put_memory(&w, figures, core);
    put_versions(&w, figures);
    json_end_object(&w);
    json_end_line(&w);
}

/* ---- the event stream ---- */

static void open_stream(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply)
{
    struct api_parameter parameter;
    weisu_str rest = request->query;
    int more;
    reply->after = request->has_event_id ? request->event_id : snapshot->last_change;
    while ((more = api_next_parameter(&rest, &parameter)) > 0) {
        uint64_t after;
        if (parameter.name.size != 5 || memcmp(parameter.name.data, "after", 5) != 0) {
            api_error(reply, 400, "unknown parameter: the stream knows only after");
            return;
        }
        if (api_parse_number(parameter.value, INT64_MAX, &after)) {
            api_error(reply, 400, "after is not the number of an event");
            return;
        }
        if (!request->has_event_id) /* a browser that comes back sends both: the header is newer */
            reply->after = after;
    }
    if (more < 0) {
        api_error(reply, 400, "the query is not well-formed");
        return;
    }
    reply->is_stream = 1;
    reply->type = "text/event-stream; charset=utf-8";
}

/* ---- routes ---- */

/* What of a path comes after `prefix`, or size 0. */
static weisu_str after_prefix(weisu_str path, const char *prefix)
{
    size_t size = strlen(prefix);
    if (path.size <= size || memcmp(path.data, prefix, size) != 0)
        return (weisu_str){NULL, 0};
    return (weisu_str){path.data + size, path.size - size};
}

static int is_path(weisu_str path, const char *text)
{
    return path.size == strlen(text) && memcmp(path.data, text, path.size) == 0;
}

/* 1 when the path was one of those that a snapshot answers. */
static int answer_from_snapshot(const struct snapshot *snapshot, const struct service_figures *figures,
                                const struct api_request *request, struct api_reply *reply)
{
    weisu_str id = after_prefix(request->path, "/api/v1/alerts/");
    weisu_str cluster = after_prefix(request->path, "/api/v1/clusters/");
    if ((id.size && api_act(snapshot, id, request, reply)) ||
        (cluster.size && api_act_on_cluster(snapshot, cluster, request, reply)))
        return 1;
    if (is_path(request->path, "/api/v1/words"))
        api_say_words(request, reply);
    else if (!request->is_get)
        api_error(reply, 405, "here the API is read-only: GET and HEAD");
    else if (is_path(request->path, "/api/v1/summary"))
        show_summary(figures, snapshot, reply);
    else if (is_path(request->path, "/api/v1/alerts"))
        api_list_alerts(snapshot, request, reply);
    else if (is_path(request->path, "/api/v1/clusters"))
        api_list_clusters(snapshot, request, reply);
    else if (is_path(request->path, "/api/v1/stream"))
        open_stream(snapshot, request, reply);
    else if (id.size)
        api_show_alert(snapshot, id, reply);
    else if (cluster.size)
        api_show_cluster(snapshot, cluster, reply);
    else
        return 0;
    return 1;
}

void api_answer(const struct api *api, const struct api_request *request, struct api_reply *reply)
{
    struct service_figures figures;
    reply->status = 200;
    reply->type = json_type;
    reply->is_stream = reply->is_action = reply->is_words = 0;
    if (!request->is_get && !request->is_post) {
        api_error(reply, 405, "there are only GET, HEAD and POST");
        return;
    }
    struct snapshot *snapshot = snapshot_take(api->snapshots);
    api->figures(api->context, &figures);
    int is_plain = is_path(request->path, "/healthz") || is_path(request->path, "/metrics");
    if (is_plain && request->is_post) {
        api_error(reply, 405, "here the API is read-only: GET and HEAD");
    } else if (is_path(request->path, "/healthz")) {
        show_health(&figures, reply);
    } else if (is_path(request->path, "/metrics")) {
        reply->type = "text/plain; version=0.0.4; charset=utf-8";
        metrics_write(reply->body, &figures, api->own, snapshot);
    } else if (!snapshot) {
        api_error(reply, 503, "the engine has not published anything yet");
    } else if (!answer_from_snapshot(snapshot, &figures, request, reply)) {
        api_error(reply, 404, "there is nothing under this path");
    }
    snapshot_unref(snapshot);
}
