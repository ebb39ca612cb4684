/* GET /metrics. Source of the format: Prometheus, "Exposition formats", text format 0.0.4. */
#include "http/api.h"

#include <inttypes.h>
#include <stdio.h>

static void put_header(struct byte_buffer *out, const char *name, const char *type, const char *help)
{
    byte_buffer_append_text(out, "# HELP weisu_");
    byte_buffer_append_text(out, name);
    byte_buffer_append_char(out, ' ');
    byte_buffer_append_text(out, help);
    byte_buffer_append_text(out, "\n# TYPE weisu_");
    byte_buffer_append_text(out, name);
    byte_buffer_append_char(out, ' ');
    byte_buffer_append_text(out, type);
    byte_buffer_append_char(out, '\n');
}

/* `labels` with their braces, or "". */
static void put_value(struct byte_buffer *out, const char *name, const char *labels, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, " %" PRIu64 "\n", value);
    byte_buffer_append_text(out, "weisu_");
    byte_buffer_append_text(out, name);
    byte_buffer_append_text(out, labels);
    byte_buffer_append_text(out, text);
}

/* Seconds with nine decimals, from nanoseconds. */
static void put_seconds(struct byte_buffer *out, const char *name, const char *labels, uint64_t ns)
{
    char text[48];
    snprintf(text, sizeof text, " %" PRIu64 ".%09" PRIu64 "\n", ns / 1000000000, ns % 1000000000);
    byte_buffer_append_text(out, "weisu_");
    byte_buffer_append_text(out, name);
    byte_buffer_append_text(out, labels);
    byte_buffer_append_text(out, text);
}

static void put_counter(struct byte_buffer *out, const char *name, const char *help, uint64_t value)
{
    put_header(out, name, "counter", help);
    put_value(out, name, "", value);
}

static void put_gauge(struct byte_buffer *out, const char *name, const char *help, uint64_t value)
{
    put_header(out, name, "gauge", help);
    put_value(out, name, "", value);
}

static void put_store(struct byte_buffer *out, const struct store_report *store)
{
    put_counter(out, "complaints_total", "Records accepted, over the life of the data folder", store->counts.records);
    put_counter(out, "updates_total", "Updates of known cases", store->counts.updates);
    put_counter(out, "duplicates_total", "Records that were known already", store->counts.duplicates);
    put_counter(out, "conflicts_total", "Known ids with a different text or time", store->counts.conflicts);
    put_counter(out, "rejected_total", "Lines rejected, conflicts included", store->counts.rejected);
    put_counter(out, "quarantine_failures_total", "Rejected lines that the quarantine could not take",
                store->unwritten);
    put_gauge(out, "log_sequence", "Sequence number of the last durable entry", store->sequence);
    put_gauge(out, "store_failing", "1 while the database refuses transactions", store->is_failing != 0);
    put_counter(out, "group_entries_total", "Entries committed by this process", store->group_entries);
}

static void put_commits(struct byte_buffer *out, const struct store_report *store)
{
    static const uint64_t bounds_us[] = {STORE_COMMIT_BOUNDS_US};
    uint64_t below = 0;
    put_header(out, "commit_seconds", "histogram", "Time from the begin of a group's transaction to its durability");
    for (size_t i = 0; i < STORE_COMMIT_BUCKETS; i++) {
        char label[40] = "{le=\"+Inf\"}";
        below += store->commits[i];
        if (i < STORE_COMMIT_BUCKETS - 1)
            snprintf(label, sizeof label, "{le=\"%" PRIu64 ".%06" PRIu64 "\"}", bounds_us[i] / 1000000,
                     bounds_us[i] % 1000000);
        put_value(out, "commit_seconds_bucket", label, below);
    }
    put_seconds(out, "commit_seconds_sum", "", store->commit_ns);
    put_value(out, "commit_seconds_count", "", store->groups);
    put_header(out, "commit_longest_seconds", "gauge", "The longest of them");
    put_seconds(out, "commit_longest_seconds", "", store->longest_commit_ns);
}

static void put_feed(struct byte_buffer *out, const struct feed_figures *feed)
{
    put_gauge(out, "feed_connections", "Open connections of the TCP feed", feed->connections);
    put_counter(out, "feed_accepted_total", "Connections of the TCP feed", feed->accepted);
    put_counter(out, "feed_refused_total", "Connections beyond the limit", feed->refused);
    put_counter(out, "feed_lines_total", "Lines received", feed->lines);
    put_counter(out, "feed_bytes_total", "Bytes received", feed->bytes);
    put_counter(out, "feed_stops_total", "Times that reading stopped because store or engine was behind", feed->stops);
}

static void put_http(struct byte_buffer *out, const struct http_figures *own)
{
    put_gauge(out, "http_connections", "Open connections of the HTTP server", own->connections);
    put_counter(out, "http_refused_total", "Connections beyond the limit", own->refused);
    put_header(out, "http_requests_total", "counter", "Requests answered");
    for (size_t i = 1; i < sizeof own->requests / sizeof own->requests[0]; i++) {
        char label[24];
        snprintf(label, sizeof label, "{status=\"%zuxx\"}", i);
        put_value(out, "http_requests_total", label, own->requests[i]);
    }
    put_gauge(out, "stream_readers", "Readers of the event stream", own->readers);
    put_counter(out, "stream_dropped_total", "Readers of the event stream that did not keep up", own->readers_dropped);
}

static void put_engine(struct byte_buffer *out, const struct snapshot *snapshot)
{
    const struct core_counts *core = &snapshot->counts;
    put_gauge(out, "applied_sequence", "Sequence number of the last entry that is shown", snapshot->sequence);
    if (snapshot->clock_ms > 0) {
        put_header(out, "clock_seconds", "gauge", "The clock: the largest time accepted so far");
        put_seconds(out, "clock_seconds", "", (uint64_t)snapshot->clock_ms * 1000000);
    }
    put_gauge(out, "clusters", "Clusters known", core->cluster.clusters);
    put_gauge(out, "clusters_active", "Clusters that may still grow", core->cluster.active);
    put_counter(out, "candidate_caps_total", "Records whose candidates hit the cap", core->cluster.capped);
    put_gauge(out, "cells", "Cells of place and topic", core->cells);
    put_counter(out, "alerts_raised_total", "Alerts raised", core->alerts_raised);
    put_counter(out, "alert_changes_total", "Changes of alerts", core->alert_changes);
    put_gauge(out, "alerts_live", "Alerts that are raised now", snapshot->live_count);
    put_counter(out, "checkpoints_total", "Checkpoints made by this process", snapshot->checkpoints);
    put_header(out, "checkpoint_longest_seconds", "gauge", "Longest time that a checkpoint held the engine");
    put_seconds(out, "checkpoint_longest_seconds", "", snapshot->longest_checkpoint_ns);
    put_header(out, "engine_seconds_total", "counter", "Time spent in the stages of the engine");
    put_seconds(out, "engine_seconds_total", "{stage=\"analyse\"}", core->times.analyse_ns);
    put_seconds(out, "engine_seconds_total", "{stage=\"propose\"}", core->times.propose_ns);
    put_seconds(out, "engine_seconds_total", "{stage=\"commit\"}", core->times.commit_ns);
}

static void put_memory(struct byte_buffer *out, const struct service_figures *figures, const struct snapshot *snapshot)
{
    put_header(out, "memory_bytes", "gauge", "Memory by subsystem");
    put_value(out, "memory_bytes", "{part=\"resident\"}", figures->resident_bytes);
    put_value(out, "memory_bytes", "{part=\"cases\"}", figures->store.counts.bytes);
    put_value(out, "memory_bytes", "{part=\"database\"}", figures->store.memory_bytes);
    put_value(out, "memory_bytes", "{part=\"intake\"}", figures->intake_bytes);
    put_value(out, "memory_bytes", "{part=\"feed\"}", figures->feed.buffer_bytes);
    if (!snapshot)
        return;
    put_value(out, "memory_bytes", "{part=\"analyse\"}", snapshot->counts.analyse_bytes);
    put_value(out, "memory_bytes", "{part=\"cluster\"}", snapshot->counts.cluster_bytes);
    put_value(out, "memory_bytes", "{part=\"detect\"}", snapshot->counts.detect_bytes);
    put_value(out, "memory_bytes", "{part=\"case_book\"}", snapshot->counts.case_bytes);
}

void metrics_write(struct byte_buffer *out, const struct service_figures *figures, const struct http_figures *own,
                   const struct snapshot *snapshot)
{
    char label[64];
    snprintf(label, sizeof label, "{version=\"%.20s\"}", figures->version);
    put_header(out, "build_info", "gauge", "The program");
    put_value(out, "build_info", label, 1);
    put_gauge(out, "uptime_seconds", "Seconds since the start", (uint64_t)(figures->uptime_ms / 1000));
    put_store(out, &figures->store);
    put_commits(out, &figures->store);
    put_feed(out, &figures->feed);
    put_http(out, own);
    if (snapshot)
        put_engine(out, snapshot);
    put_memory(out, figures, snapshot);
}
