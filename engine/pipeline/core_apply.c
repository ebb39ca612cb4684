/* Entries through the stages, slice by slice: one is committed while the next is analysed. */
#include "base/failure.h"
#include "pipeline/core_words.h"

#include <time.h>

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
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

/* Which of the workers' arenas the slice's analysis is in. */
static uint32_t lane_of(const struct core *core, const struct slice *slice)
{
    return (uint32_t)(slice - core->slices);
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
            prepare(core, worker, lane_of(core, slice), &slice->entries[i].record, &slice->prepared[i]))
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

static weisu_code commit_slice(struct core *core, const struct slice *slice, struct worker *worker, weisu_err *err)
{
    uint64_t start = now_ns();
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < slice->count && !code; i++)
        code = core_commit(core, &slice->entries[i], &slice->prepared[i], err);
    worker->times.commit_ns += now_ns() - start;
    return code;
}

/* ---- slices through the stages ---- */

/* Entries that no slice has taken yet. */
struct entry_span {
    const struct log_entry *entries;
    size_t count;
};

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

/* The first of the entries, none of another version, become the slice. They follow entry `last`. */
static weisu_code cut_slice(struct core *core, struct slice *slice, const struct entry_span *rest, uint64_t last,
                            weisu_err *err)
{
    const struct log_entry *entries = rest->entries;
    size_t count = rest->count;
    if (count && entries->sequence != last + 1)
        return failure(err, WEISU_EINVAL, "entry %llu does not follow %llu", (unsigned long long)entries->sequence,
                       (unsigned long long)last);
    size_t room = count ? VERSION_STEP - (size_t)((entries->sequence - 1) % VERSION_STEP) : 0;
    room = room < SLICE ? room : SLICE;
    slice->entries = entries;
    slice->count = count < room ? count : room;
    for (uint32_t i = 0; i < core->options.executor.workers; i++)
        arena_reset(&core->workers[i].analyst[lane_of(core, slice)].arena);
    return WEISU_OK;
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

/* The slice that was analysed last is ready; the next one is cut from what is left. */
static weisu_code move_on(struct stage *stage, struct entry_span *rest, weisu_err *err)
{
    struct slice *analysed = stage->next;
    stage->next = stage->ready;
    stage->ready = analysed;
    rest->entries += analysed->count;
    rest->count -= analysed->count;
    return cut_slice(stage->core, stage->next, rest, analysed->entries[analysed->count - 1].sequence, err);
}

/* Entries that see the same words. */
static weisu_code apply_span(struct core *core, const struct log_entry *entries, size_t count, weisu_err *err)
{
    struct stage stage = {.core = core, .ready = &core->slices[0], .next = &core->slices[1]};
    struct entry_span rest = {entries, count};
    weisu_code code = cut_slice(core, stage.next, &rest, core->sequence, err);
    if (!code)
        code = run_stage(&stage, chunks_of(stage.next), analyse_task, err);
    while (!code && stage.next->count) {
        code = move_on(&stage, &rest, err);
        if (!code)
            code = finish_ready(&stage, err);
    }
    return code;
}

weisu_code core_apply(struct core *core, const struct log_entry *entries, size_t count, weisu_err *err)
{
    if (core->broken)
        return failure(err, core->broken, "the engine stopped after an earlier error");
    weisu_code code = WEISU_OK;
    while (count && !code) {
        size_t span = core_words_span(core, entries, count);
        code = core_words_settle(core, err);
        if (!code)
            code = apply_span(core, entries, span, err);
        entries += span;
        count -= span;
    }
    return code;
}
