/* Life of a core, and what can be seen of it. */
#include "pipeline/core.h"

#include "base/failure.h"
#include "pipeline/core_words.h"

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
    struct detect_config detection = {
        {o->zone_offset_s, o->zone_offset_at, o->zone}, o->budget_milli_per_week, o->lateness_ms};
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
    core->model.teller = core->options.classifier;
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
    user_words_init(&core->words, core->allocator);
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
    core_words_dispose(core);
    segmenter_free(core->segmenter);
    memory_free(core->allocator, core, 1, sizeof *core);
}

void core_listen(struct core *core, const struct core_listener *listener)
{
    core->listener = *listener;
}

weisu_code core_forget(struct core *core, uint64_t sequence, uint32_t cluster, weisu_err *err)
{
    weisu_code code = cluster_forget(core->clusters, cluster, sequence, err);
    return code || cluster >= cluster_count(core->clusters)
               ? code
               : alert_book_forget(core->alerts, cluster_whole(core->clusters, cluster), err);
}

/* ---- looking ---- */

int core_knows_subject(const struct core *core, weisu_str id)
{
    uint32_t pair[2];
    return alert_book_knows(core->alerts, id) || cluster_find_part(core->clusters, id) != CLUSTER_NONE ||
           cluster_find_proposal(core->clusters, id, pair);
}

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
