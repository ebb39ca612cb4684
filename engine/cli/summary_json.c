#include "cli/summary_json.h"

#include "base/hash.h"
#include "base/json_writer.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void put_uint(struct json_writer *w, const char *key, uint64_t value)
{
    json_key(w, key);
    json_uint(w, value);
}

static void put_hash(struct json_writer *w, const char *key, uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    json_key(w, key);
    json_text(w, text);
}

/* yes / known in thousandths, rounded half up; null while nothing is known. */
static void put_rate(struct json_writer *w, const char *key, uint64_t yes, uint64_t known)
{
    json_key(w, key);
    if (known)
        json_fixed(w, (int64_t)((yes * 1000 + known / 2) / known), 3);
    else
        json_null(w);
}

static void put_counts(struct json_writer *w, const struct core_counts *core, const struct result_summary *summary)
{
    put_uint(w, "complaints", core->records);
    put_uint(w, "rejected", summary->admission.rejected + summary->undecoded);
    put_uint(w, "duplicates", summary->admission.duplicates);
    put_uint(w, "updates", core->updates);
    put_uint(w, "conflicts", summary->admission.conflicts);
    put_uint(w, "clusters", core->cluster.clusters);
    put_uint(w, "alerts", core->alerts_raised);
    put_uint(w, "alert_changes", core->alert_changes);
    put_uint(w, "invalid_utf8", summary->invalid);
    put_uint(w, "masked", summary->masked);
    put_uint(w, "candidate_cap_hit", core->cluster.capped);
}

static void put_rates(struct json_writer *w, const struct case_counts *cases)
{
    json_key(w, "rates");
    json_begin_object(w);
    put_uint(w, "closed", cases->closed);
    put_uint(w, "withdrawn", cases->withdrawn);
    put_rate(w, "response", cases->contacted_yes, cases->contacted_known);
    put_rate(w, "resolution", cases->resolved_yes, cases->resolved_known);
    put_rate(w, "satisfaction", cases->satisfied_yes, cases->satisfied_known);
    json_end_object(w);
}

static void put_versions(struct json_writer *w, const struct core *core, const struct result_summary *summary)
{
    struct lexicon_versions versions = lexicon_versions(core_lexicon(core));
    json_key(w, "versions");
    json_begin_object(w);
    json_key(w, "weisu");
    json_text(w, WEISU_VERSION);
    put_hash(w, "lexicon", versions.dictionary);
    put_hash(w, "gazetteer", versions.gazetteer);
    put_hash(w, "taxonomy", versions.taxonomy);
    put_hash(w, "configuration", hash_bytes(summary->configuration, strlen(summary->configuration)));
    json_end_object(w);
}

static void put_memory(struct json_writer *w, const struct core_counts *core, const struct result_summary *summary)
{
    json_key(w, "memory_bytes");
    json_begin_object(w);
    put_uint(w, "analysis", core->analyse_bytes);
    put_uint(w, "clusters", core->cluster_bytes);
    put_uint(w, "detection", core->detect_bytes);
    put_uint(w, "cases", core->case_bytes);
    put_uint(w, "admission", summary->admission.bytes);
    json_end_object(w);
}

static void put_timing(struct json_writer *w, const struct core_counts *core, const struct result_summary *summary)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    int64_t millis = (int64_t)(summary->seconds * 1000);
    json_key(w, "timing");
    json_begin_object(w);
    json_key(w, "seconds");
    json_fixed(w, millis, 3);
    put_uint(w, "records_per_second", millis > 0 ? core->records * 1000 / (uint64_t)millis : 0);
    put_uint(w, "threads", summary->threads);
    put_uint(w, "peak_resident_bytes", (uint64_t)usage.ru_maxrss * 1024);
    json_key(w, "analyse_seconds");
    json_fixed(w, (int64_t)(core->times.analyse_ns / 1000000), 3);
    json_key(w, "propose_seconds");
    json_fixed(w, (int64_t)(core->times.propose_ns / 1000000), 3);
    json_key(w, "commit_seconds");
    json_fixed(w, (int64_t)(core->times.commit_ns / 1000000), 3);
    put_memory(w, core, summary);
    json_end_object(w);
}

void render_summary(struct byte_buffer *out, const struct core *core, const struct result_summary *summary)
{
    struct core_counts counts = core_counts(core);
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_counts(&w, &counts, summary);
    put_rates(&w, &counts.cases);
    put_versions(&w, core, summary);
    put_timing(&w, &counts, summary);
    json_end_object(&w);
}
