#include "pipeline/core.h"

#include "alert/alert_book.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"
#include "detect/detector.h"
#include "pipeline/analyse.h"

#include <string.h>
#include <time.h>

enum {
    VERSION_STEP = 4096, /* learnt state is published at sequence numbers divisible by this; no slice crosses one */
    SLICE = 512,         /* entries whose proposals see one state */
    CHUNK = 16,          /* records a task takes at once: small enough to balance, large enough to hide the hand-out */
    LANES = 2            /* slices in work at once: one is committed while the next is analysed */
};

/* What the commit step needs of an analysis; the rest of it stays in the worker's arena and is not looked at again. */
struct prepared {
    struct cluster_vector vector;
    struct cluster_proposal proposal;
    uint32_t topic;
    uint32_t risk;
    uint32_t division; /* gazetteer index */
    uint64_t spot;
};

struct worker {
    struct analyst analyst[LANES];
    struct cluster_scratch *cluster;
    struct analysis analysis;
    struct core_stage_times times;
    int failed;
};

/* Entries of one version that go through the stages together. */
struct slice {
    const struct log_entry *entries;
    size_t count;
    uint32_t lane;
    struct prepared prepared[SLICE];
};

struct core {
    const weisu_allocator *allocator;
    weisu_options options;
    const struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct analysis_model model;
    struct worker *workers;
    struct slice *slices; /* [LANES] */
    struct cluster_index *clusters;
    struct detector *detector;
    struct alert_book *alerts;
    struct case_book *cases;
    struct core_listener listener;
    uint64_t sequence;
    int64_t clock_ms;
    struct core_counts counts;
    int saves_all; /* the next save is one of all rows: what was loaded is of another image, so keys may have moved */
    weisu_code broken; /* set when a commit failed half-way: the state can no longer be trusted */
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- life ---- */

static weisu_code make_parts(struct core *core, weisu_err *err)
{
    const weisu_allocator *a = core->allocator;
    const weisu_options *o = &core->options;
    struct cluster_config clusters;
    cluster_config_init(&clusters);
    clusters.city = o->city;
    clusters.candidate_days = o->candidate_days;
    clusters.cluster_cap = o->cluster_cap;
    struct detect_config detection = {o->zone_offset_s, o->budget_milli_per_week, o->lateness_ms};
    struct alert_config alerts = {o->city, o->budget_milli_per_week};
    weisu_code code;
    if ((code = segmenter_new(&core->segmenter, core->lexicon, a, err)) ||
        (code = cluster_index_new(&core->clusters, &clusters, core->lexicon, a, err)) ||
        (code = detector_new(&core->detector, &detection, core->lexicon, a, err)))
        return code;
    struct alert_sources sources = {core->lexicon, core->clusters, core->detector};
    if ((code = alert_book_new(&core->alerts, &alerts, &sources, a, err)))
        return code;
    return case_book_new(&core->cases, a, err);
}

static weisu_code make_workers(struct core *core, weisu_err *err)
{
    uint32_t count = core->options.executor.workers;
    weisu_code code =
        analysis_model_init(&core->model, core->lexicon, core->segmenter, core->options.city, core->allocator, err);
    if (code)
        return code;
    core->workers = memory_new_zeroed(core->allocator, count, sizeof *core->workers);
    core->slices = memory_new_zeroed(core->allocator, LANES, sizeof *core->slices);
    if (!core->workers || !core->slices)
        return failure(err, WEISU_ENOMEM, "no memory for the batch");
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t lane = 0; lane < LANES && !code; lane++)
            code = analyst_init(&core->workers[i].analyst[lane], &core->model, core->allocator, err);
        if (code)
            return code;
        if (cluster_scratch_new(&core->workers[i].cluster, core->allocator))
            return failure(err, WEISU_ENOMEM, "no memory for clustering");
    }
    return WEISU_OK;
}

weisu_code core_new(struct core **out, const weisu_options *options, const struct lexicon *lexicon, weisu_err *err)
{
    *out = NULL;
    struct core *core = memory_new_zeroed(options->allocator, 1, sizeof *core);
    if (!core)
        return failure(err, WEISU_ENOMEM, "no memory for the engine");
    core->allocator = options->allocator;
    core->options = *options;
    core->lexicon = lexicon;
    core->clock_ms = WEISU_NO_TIME;
    if (!core->options.executor.run)
        core->options.executor = weisu_executor_serial();
    weisu_code code = make_parts(core, err);
    if (!code)
        code = make_workers(core, err);
    if (code)
        core_free(core);
    else
        *out = core;
    return code;
}

void core_free(struct core *core)
{
    if (!core)
        return;
    for (uint32_t i = 0; core->workers && i < core->options.executor.workers; i++) {
        for (uint32_t lane = 0; lane < LANES; lane++)
            analyst_dispose(&core->workers[i].analyst[lane]);
        cluster_scratch_free(core->workers[i].cluster);
    }
    memory_free(core->allocator, core->workers, core->options.executor.workers, sizeof *core->workers);
    memory_free(core->allocator, core->slices, LANES, sizeof *core->slices);
    case_book_free(core->cases);
    alert_book_free(core->alerts);
    detector_free(core->detector);
    cluster_index_free(core->clusters);
    analysis_model_dispose(&core->model);
    segmenter_free(core->segmenter);
    memory_free(core->allocator, core, 1, sizeof *core);
}

void core_listen(struct core *core, const struct core_listener *listener)
{
    core->listener = *listener;
}

/* ---- analysis and proposals: any worker ---- */

static size_t chunks_of(const struct slice *slice)
{
    return (slice->count + CHUNK - 1) / CHUNK;
}

static size_t chunk_end(const struct slice *slice, size_t chunk)
{
    return (chunk + 1) * CHUNK < slice->count ? (chunk + 1) * CHUNK : slice->count;
}

static int prepare(struct core *core, struct worker *worker, uint32_t lane, const weisu_record *record,
                   struct prepared *out)
{
    struct analysis *analysis = &worker->analysis;
    if (analyse_record(&core->model, &worker->analyst[lane], record, analysis))
        return -1;
    out->vector = analysis->vector;
    out->topic = analysis->topic.topic;
    out->risk = analysis->topic.risk;
    out->division = analysis->place.node;
    out->spot = analysis->place.spot_key;
    return 0;
}

static void analyse_chunk(struct core *core, struct slice *slice, size_t chunk, struct worker *worker)
{
    uint64_t start = now_ns();
    for (size_t i = chunk * CHUNK; i < chunk_end(slice, chunk); i++)
        if (slice->entries[i].kind == LOG_RECORD &&
            prepare(core, worker, slice->lane, &slice->entries[i].record, &slice->prepared[i]))
            worker->failed = 1;
    worker->times.analyse_ns += now_ns() - start;
}

static void propose_chunk(struct core *core, struct slice *slice, size_t chunk, struct worker *worker)
{
    uint64_t start = now_ns();
    for (size_t i = chunk * CHUNK; i < chunk_end(slice, chunk); i++)
        if (slice->entries[i].kind == LOG_RECORD &&
            cluster_propose(core->clusters, &slice->prepared[i].vector, slice->entries[i].time_ms, worker->cluster,
                            &slice->prepared[i].proposal))
            worker->failed = 1;
    worker->times.propose_ns += now_ns() - start;
}

/* ---- commit, in sequence order ---- */

static void tell_link(struct core *core, const struct log_entry *entry, const struct cluster_outcome *outcome)
{
    if (!core->listener.on_link || !outcome->link_sequence)
        return;
    if (!case_book_is_open(core->cases, outcome->link_sequence))
        return;
    struct cluster_view view;
    cluster_look(core->clusters, outcome->cluster, &view);
    for (uint32_t i = 0; i < view.kept; i++) {
        struct cluster_member member = cluster_member_at(core->clusters, outcome->cluster, i);
        if (member.sequence == outcome->link_sequence) {
            core->listener.on_link(core->listener.context, entry->record.id, member.id,
                                   (uint32_t)(((int64_t)outcome->link_score * 1000) >> 16));
            return;
        }
    }
}

static void tell_assignment(struct core *core, const struct log_entry *entry, uint32_t slot)
{
    if (!core->listener.on_assignment)
        return;
    struct cluster_view view;
    cluster_look(core->clusters, slot, &view);
    core->listener.on_assignment(core->listener.context, entry->sequence, entry->record.id, view.id, slot);
}

static uint64_t reporter_of(const weisu_record *record)
{
    if (!record->reporter.size)
        return 0;
    uint64_t hash = hash_bytes(record->reporter.data, record->reporter.size);
    return hash ? hash : 1;
}

static weisu_code commit_record(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                                weisu_err *err)
{
    const weisu_record *record = &entry->record;
    struct cluster_case new_case = {entry->sequence, record->time_ms, entry->time_ms, reporter_of(record), record->id};
    struct cluster_outcome outcome;
    weisu_code code = cluster_commit(core->clusters, &new_case, &prepared->proposal, &outcome, err);
    if (code)
        return code;
    struct detect_case observed = {.sequence = entry->sequence,
                                   .time_ms = record->time_ms,
                                   .clock_ms = entry->time_ms,
                                   .reporter = new_case.reporter,
                                   .date_only = (record->has & WEISU_HAS_DATE_ONLY) != 0,
                                   .risk = prepared->risk,
                                   .topic = prepared->topic,
                                   .division = prepared->division,
                                   .spot = prepared->spot,
                                   .id = record->id,
                                   .outcome = &outcome};
    struct detect_signal signals[DETECT_MAX_SIGNALS];
    int count = detector_observe(core->detector, &observed, signals);
    if (count < 0)
        return failure(err, WEISU_ENOMEM, "no memory for detection");
    if ((code = alert_book_observe(core->alerts, &observed, signals, (size_t)count, err)) ||
        (code = case_book_add(core->cases, entry, err)))
        return code;
    core->counts.records++;
    tell_assignment(core, entry, outcome.cluster);
    tell_link(core, entry, &outcome);
    return WEISU_OK;
}

static weisu_code advance_clock(struct core *core, const struct log_entry *entry, weisu_err *err)
{
    if (entry->time_ms == core->clock_ms)
        return WEISU_OK;
    core->clock_ms = entry->time_ms;
    case_book_advance(core->cases, entry->time_ms);
    weisu_code code = detector_advance(core->detector, entry->time_ms, err);
    return code ? code : alert_book_advance(core->alerts, entry->sequence, entry->time_ms, err);
}

static void tell_changes(struct core *core)
{
    weisu_alert change;
    while (alert_book_take(core->alerts, &change)) {
        core->counts.alert_changes++;
        core->counts.alerts_raised += change.state == WEISU_RAISED;
        if (core->listener.on_change)
            core->listener.on_change(core->listener.context, &change);
    }
}

static weisu_code commit_entry(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                               weisu_err *err)
{
    weisu_code code = advance_clock(core, entry, err);
    if (!code && entry->kind == LOG_RECORD)
        code = commit_record(core, entry, prepared, err);
    if (!code && entry->kind == LOG_UPDATE) {
        core->counts.updates++;
        code = case_book_update(core->cases, entry, err);
    }
    if (code)
        return code;
    core->counts.ticks += entry->kind == LOG_TICK;
    core->counts.records += entry->kind == LOG_FORGOTTEN;
    core->sequence = entry->sequence;
    tell_changes(core);
    return WEISU_OK;
}

static weisu_code publish(struct core *core, weisu_err *err)
{
    detector_publish(core->detector);
    case_book_evict(core->cases, core->clock_ms);
    return cluster_publish(core->clusters, err);
}

/* In sequence order. An entry that fails leaves the core broken. */
static weisu_code commit_slice(struct core *core, const struct slice *slice, struct worker *worker, weisu_err *err)
{
    uint64_t start = now_ns();
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < slice->count && !code; i++)
        code = commit_entry(core, &slice->entries[i], &slice->prepared[i], err);
    if (!code && core->sequence % VERSION_STEP == 0)
        code = publish(core, err);
    core->broken = code;
    worker->times.commit_ns += now_ns() - start;
    return code;
}

/* ---- slices through the stages ---- */

/* What is done at once: `ready` is committed, or proposed for, while `next` is analysed. */
struct stage {
    struct core *core;
    struct slice *ready;
    struct slice *next;
    weisu_code code;
    weisu_err err;
};

static void propose_task(void *argument, size_t task, uint32_t worker)
{
    struct stage *stage = argument;
    propose_chunk(stage->core, stage->ready, task, &stage->core->workers[worker]);
}

static void commit_or_analyse_task(void *argument, size_t task, uint32_t worker)
{
    struct stage *stage = argument;
    if (task > 0)
        analyse_chunk(stage->core, stage->next, task - 1, &stage->core->workers[worker]);
    else
        stage->code = commit_slice(stage->core, stage->ready, &stage->core->workers[worker], &stage->err);
}

static weisu_code run_stage(struct stage *stage, size_t tasks, void (*task)(void *, size_t, uint32_t), weisu_err *err)
{
    struct core *core = stage->core;
    const weisu_executor *executor = &core->options.executor;
    int failed = 0;
    stage->code = WEISU_OK;
    /* A team that wakes for one task costs more than the task. */
    if (tasks == 1)
        task(stage, 0, 0);
    else
        executor->run(executor->context, tasks, task, stage);
    for (uint32_t i = 0; i < executor->workers; i++) {
        failed |= core->workers[i].failed;
        core->workers[i].failed = 0;
    }
    if (stage->code && err)
        *err = stage->err;
    if (stage->code)
        return stage->code;
    return failed ? failure(err, WEISU_ENOMEM, "no memory for the batch") : WEISU_OK;
}

/* The first of the entries, none of another version, become the slice. */
static void cut_slice(struct core *core, struct slice *slice, const struct log_entry *entries, size_t count)
{
    size_t room = count ? VERSION_STEP - (size_t)((entries->sequence - 1) % VERSION_STEP) : 0;
    room = room < SLICE ? room : SLICE;
    slice->entries = entries;
    slice->count = count < room ? count : room;
    for (uint32_t i = 0; i < core->options.executor.workers; i++)
        arena_reset(&core->workers[i].analyst[slice->lane].arena);
}

/* `stage->ready` is analysed; proposals read the state before its first entry. */
static weisu_code finish_ready(struct stage *stage, weisu_err *err)
{
    cluster_batch_begin(stage->core->clusters);
    weisu_code code = run_stage(stage, chunks_of(stage->ready), propose_task, err);
    return code ? code : run_stage(stage, 1 + chunks_of(stage->next), commit_or_analyse_task, err);
}

static void analyse_task(void *argument, size_t task, uint32_t worker)
{
    commit_or_analyse_task(argument, task + 1, worker);
}

weisu_code core_apply(struct core *core, const struct log_entry *entries, size_t count, weisu_err *err)
{
    struct stage stage = {.core = core, .ready = &core->slices[0], .next = &core->slices[1]};
    if (core->broken)
        return failure(err, core->broken, "the engine stopped after an earlier error");
    if (count && entries->sequence != core->sequence + 1)
        return failure(err, WEISU_EINVAL, "entry %llu does not follow %llu", (unsigned long long)entries->sequence,
                       (unsigned long long)core->sequence);
    stage.next->lane = 1;
    cut_slice(core, stage.next, entries, count);
    weisu_code code = run_stage(&stage, chunks_of(stage.next), analyse_task, err);
    while (!code && stage.next->count) {
        struct slice *analysed = stage.next;
        entries += analysed->count;
        count -= analysed->count;
        stage.next = stage.ready;
        stage.ready = analysed;
        stage.next->lane = 1 - analysed->lane;
        cut_slice(core, stage.next, entries, count);
        code = finish_ready(&stage, err);
    }
    return code;
}

weisu_code core_forget(struct core *core, uint64_t sequence, uint32_t cluster, weisu_err *err)
{
    weisu_code code = cluster_forget(core->clusters, cluster, sequence, err);
    return code || cluster >= cluster_count(core->clusters) ? code : alert_book_forget(core->alerts, cluster, err);
}

/* ---- looking ---- */

uint64_t core_sequence(const struct core *core)
{
    return core->sequence;
}

int64_t core_clock(const struct core *core)
{
    return core->clock_ms;
}

const struct cluster_index *core_clusters(const struct core *core)
{
    return core->clusters;
}

const struct lexicon *core_lexicon(const struct core *core)
{
    return core->lexicon;
}

uint32_t core_live_alerts(const struct core *core)
{
    return alert_book_live(core->alerts);
}

void core_alert(const struct core *core, uint32_t at, weisu_alert *out)
{
    alert_book_look(core->alerts, at, out);
}

struct core_counts core_counts(const struct core *core)
{
    struct core_counts counts = core->counts;
    struct detect_counts detection = detector_counts(core->detector);
    counts.cluster = cluster_counts(core->clusters);
    counts.cluster_bytes = counts.cluster.bytes;
    counts.cases = case_book_counts(core->cases);
    counts.case_bytes = case_book_bytes(core->cases);
    counts.cells = detection.cells;
    counts.homeless = counts.cluster.homeless + detection.homeless;
    counts.detect_bytes = detection.bytes;
    counts.analyse_bytes = LANES * sizeof *core->slices;
    for (uint32_t i = 0; i < core->options.executor.workers; i++) {
        const struct worker *worker = &core->workers[i];
        for (uint32_t lane = 0; lane < LANES; lane++)
            counts.analyse_bytes += worker->analyst[lane].arena.held_bytes;
        counts.times.analyse_ns += worker->times.analyse_ns;
        counts.times.propose_ns += worker->times.propose_ns;
        counts.times.commit_ns += worker->times.commit_ns;
    }
    return counts;
}

/* ---- state ---- */

/* The one row of STATE_META. All fields are little endian on every platform that weisu supports. */
struct meta_row {
    uint32_t version;
    uint32_t reserved;
    uint64_t image; /* what rows say in terms of the image was meant with this one */
    uint64_t sequence;
    int64_t clock_ms;
    uint64_t records;
    uint64_t updates;
    uint64_t ticks;
    uint64_t alerts_raised;
    uint64_t alert_changes;
};

weisu_code core_save(struct core *core, int all, const struct state_sink *sink, weisu_err *err)
{
    struct meta_row meta = {.version = STATE_VERSION,
                            .image = lexicon_versions(core->lexicon).image,
                            .sequence = core->sequence,
                            .clock_ms = core->clock_ms,
                            .records = core->counts.records,
                            .updates = core->counts.updates,
                            .ticks = core->counts.ticks,
                            .alerts_raised = core->counts.alerts_raised,
                            .alert_changes = core->counts.alert_changes};
    struct state_row row = {STATE_META, 0, &meta, sizeof meta};
    weisu_code code = core->broken ? failure(err, core->broken, "the engine stopped after an earlier error")
                                   : sink->put(sink->context, &row, err);
    all |= core->saves_all;
    if (!code)
        code = cluster_save(core->clusters, all, sink, err);
    if (!code)
        code = detector_save(core->detector, all, sink, err);
    if (!code)
        code = alert_book_save(core->alerts, all, sink, err);
    if (!code)
        code = case_book_save(core->cases, all, sink, err);
    core->saves_all &= code != WEISU_OK;
    return code;
}

static weisu_code load_meta(struct core *core, const struct state_row *row, weisu_err *err)
{
    struct meta_row meta;
    if (row->size != sizeof meta)
        return failure(err, WEISU_ESTATE, "the checkpoint's first row has %zu bytes", row->size);
    memcpy(&meta, row->data, sizeof meta);
    if (meta.version != STATE_VERSION)
        return failure(err, WEISU_ESTATE, "the checkpoint has version %u, not %u", meta.version,
                       (unsigned)STATE_VERSION);
    core->saves_all = meta.image != lexicon_versions(core->lexicon).image;
    core->sequence = meta.sequence;
    core->clock_ms = meta.clock_ms;
    core->counts.records = meta.records;
    core->counts.updates = meta.updates;
    core->counts.ticks = meta.ticks;
    core->counts.alerts_raised = meta.alerts_raised;
    core->counts.alert_changes = meta.alert_changes;
    return WEISU_OK;
}

weisu_code core_load(struct core *core, const struct state_row *row, weisu_err *err)
{
    switch ((enum state_table)row->table) {
    case STATE_META:
        return load_meta(core, row, err);
    case STATE_ADMISSION:
        return WEISU_OK; /* admission stands in front of the core and takes its own rows */
    case STATE_CASE:
        return case_book_load(core->cases, row, err);
    case STATE_CLUSTER:
    case STATE_TERM:
        return cluster_load(core->clusters, row, err);
    case STATE_CELL:
    case STATE_GROWTH:
    case STATE_WINDOW_CASE:
        return detector_load(core->detector, row, err);
    case STATE_ALERT:
        return alert_book_load(core->alerts, row, err);
    }
    return failure(err, WEISU_ESTATE, "the checkpoint has rows of an unknown table %u", row->table);
}

weisu_code core_loaded(struct core *core, weisu_err *err)
{
    weisu_code code = cluster_loaded(core->clusters, err);
    if (!code)
        code = detector_loaded(core->detector, err);
    return code ? code : alert_book_loaded(core->alerts, err);
}
