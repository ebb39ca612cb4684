#include "pipeline/engine_thread.h"

#include "base/failure.h"
#include "pipeline/render.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { GATHER_ROOM = ENGINE_GATHER + INTAKE_BATCH_LINES + 1, GATHER_BATCHES = 64 };

struct engine_thread {
    struct engine_thread_setup setup;
    struct snapshot_builder *builder;
    struct byte_buffer text;
    struct outcome_batch outcomes[ENGINE_OUTCOMES];
    struct outcome_batch *free[ENGINE_OUTCOMES];
    size_t free_count;
    struct outcome_batch *filling; /* what the listener writes to, during an apply */
    struct log_entry *gathered;    /* [GATHER_ROOM] */
    struct intake_batch *taken[GATHER_BATCHES];
    size_t taken_count;
    uint64_t last_change;
    uint64_t last_assigned;       /* sequence number of the record that the listener heard of last */
    uint64_t saved;               /* sequence number of the last checkpoint */
    int64_t published_ms;         /* a snapshot */
    int64_t rendered_ms;          /* one with clusters rendered anew */
    int64_t applied_ms;           /* when entries were applied last */
    struct outcome_batch *saving; /* the rows so far of a checkpoint that is under way, or NULL */
    size_t save_rows;             /* rows and bytes at which this step of it ends */
    size_t save_bytes;
    uint64_t checkpoints;
    uint64_t longest_checkpoint_ns; /* the longest step */
    weisu_err error;
    atomic_int stop;     /* set by the store's thread (release) after its last push; read here (acquire) before the last
                            look into the ring */
    atomic_int finished; /* set here (release) after the last push; read by store and loop (acquire) before their last
                            look into the rings */
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t now_ms(void)
{
    return now_ns() / 1000000;
}

/* ---- what the core tells ---- */

static void hear_assignment(void *context, uint64_t sequence, weisu_str id, const char *cluster_id, uint32_t slot)
{
    struct engine_thread *engine = context;
    engine->last_assigned = sequence;
    outcome_add_assignment(engine->filling, sequence, id, cluster_id, slot);
    snapshot_builder_touch(engine->builder, slot);
    uint32_t whole = cluster_whole(core_clusters(engine->setup.core), slot);
    if (whole != slot)
        snapshot_builder_touch(engine->builder, whole);
}

static void hear_merge(void *context, uint32_t part, uint32_t whole)
{
    struct engine_thread *engine = context;
    snapshot_builder_touch(engine->builder, part);
    snapshot_builder_touch(engine->builder, whole);
}

/* The core tells a record's link right after its assignment. */
static void hear_link(void *context, weisu_str id, weisu_str earlier_id, uint32_t score_milli)
{
    struct engine_thread *engine = context;
    outcome_add_link(engine->filling, engine->last_assigned, id, earlier_id, score_milli);
}

static void hear_change(void *context, const weisu_alert *alert)
{
    struct engine_thread *engine = context;
    struct outcome_change change = {.number = engine->last_change + 1,
                                    .sequence = alert->sequence,
                                    .time_ms = alert->time_ms,
                                    .change = alert->change,
                                    .state = (uint32_t)alert->state};
    snprintf(change.alert, sizeof change.alert, "%.*s", (int)alert->alert.size, alert->alert.data);
    byte_buffer_reset(&engine->text);
    render_alert(&engine->text, alert, engine->setup.zone);
    change.json = (weisu_str){engine->text.data, engine->text.size};
    if (engine->text.failed || snapshot_builder_change(engine->builder, &change, NULL)) {
        engine->filling->failed = 1;
        return;
    }
    engine->last_change++;
    outcome_add_change(engine->filling, &change);
}

/* ---- life ---- */

weisu_code engine_thread_new(struct engine_thread **out, const struct engine_thread_setup *setup, weisu_err *err)
{
    const weisu_allocator *a = setup->allocator;
    *out = memory_new_zeroed(a, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the engine's thread");
    struct engine_thread *engine = *out;
    engine->setup = *setup;
    engine->last_change = setup->last_change;
    engine->saved = core_sequence(setup->core);
    atomic_init(&engine->stop, 0);
    atomic_init(&engine->finished, 0);
    byte_buffer_init(&engine->text, a);
    for (size_t i = 0; i < ENGINE_OUTCOMES; i++) {
        outcome_batch_init(&engine->outcomes[i], a);
        engine->free[engine->free_count++] = &engine->outcomes[i];
    }
    engine->gathered = memory_new(a, GATHER_ROOM, sizeof *engine->gathered);
    weisu_code code = engine->gathered ? WEISU_OK : failure(err, WEISU_ENOMEM, "no memory for the engine's thread");
    if (!code) {
        struct snapshot_source source = {setup->core, setup->city, setup->zone, a};
        code = snapshot_builder_new(&engine->builder, &source, err);
    }
    if (code) {
        engine_thread_free(engine);
        *out = NULL;
        return code;
    }
    struct core_listener listener = {engine, hear_assignment, hear_link, hear_change, hear_merge};
    core_listen(setup->core, &listener);
    return WEISU_OK;
}

void engine_thread_free(struct engine_thread *engine)
{
    if (!engine)
        return;
    const weisu_allocator *a = engine->setup.allocator;
    snapshot_builder_free(engine->builder);
    byte_buffer_dispose(&engine->text);
    for (size_t i = 0; i < ENGINE_OUTCOMES; i++)
        outcome_batch_dispose(&engine->outcomes[i]);
    memory_free(a, engine->gathered, GATHER_ROOM, sizeof *engine->gathered);
    memory_free(a, engine, 1, sizeof *engine);
}

weisu_code engine_thread_recall(struct engine_thread *engine, const struct outcome_change *change, int is_live,
                                weisu_err *err)
{
    return is_live ? snapshot_builder_recall(engine->builder, change, err)
                   : snapshot_builder_change(engine->builder, change, err);
}

weisu_code engine_thread_apply(struct engine_thread *engine, const struct log_entry *entries, size_t count,
                               struct outcome_batch *out, weisu_err *err)
{
    engine->filling = out;
    weisu_code code = core_apply(engine->setup.core, entries, count, err);
    engine->filling = NULL;
    out->applied = core_sequence(engine->setup.core);
    if (!code && out->failed)
        code = failure(err, WEISU_ENOMEM, "no memory for what the engine found");
    return code;
}

weisu_code engine_thread_publish(struct engine_thread *engine, weisu_err *err)
{
    struct snapshot *snapshot;
    int64_t now = now_ms();
    int with_clusters = now - engine->rendered_ms >= ENGINE_PUBLISH_MS;
    weisu_code code = snapshot_builder_make(engine->builder, with_clusters, &snapshot, err);
    if (code)
        return code;
    snapshot->checkpoints = engine->checkpoints;
    snapshot->longest_checkpoint_ns = engine->longest_checkpoint_ns;
    snapshot_publish(engine->setup.published, snapshot);
    engine->published_ms = now;
    if (with_clusters)
        engine->rendered_ms = now;
    engine->setup.wake_loop(engine->setup.loop);
    return WEISU_OK;
}

/* ---- outcomes ---- */

/* Waits for the store where all are on their way: it always returns them, since it never waits for the engine. */
static struct outcome_batch *free_outcome(struct engine_thread *engine)
{
    while (engine->free_count == 0) {
        uint64_t seen = ring_bell_rings(engine->setup.bell);
        struct outcome_batch *batch = batch_ring_pop(engine->setup.back);
        if (batch)
            engine->free[engine->free_count++] = batch;
        else
            ring_bell_wait(engine->setup.bell, seen, -1);
    }
    return engine->free[--engine->free_count];
}

static void hand_out(struct engine_thread *engine, struct outcome_batch *batch)
{
    if (outcome_batch_is_empty(batch)) {
        engine->free[engine->free_count++] = batch;
        return;
    }
    int full = batch_ring_push(engine->setup.to_store, batch);
    assert(!full); /* the ring is as large as the pool */
    (void)full;
    ring_bell_ring(engine->setup.store_bell);
}

/* ---- checkpoints ---- */

static void note_hold(struct engine_thread *engine, int64_t start)
{
    uint64_t spent = (uint64_t)(now_ns() - start);
    if (spent > engine->longest_checkpoint_ns)
        engine->longest_checkpoint_ns = spent;
}

weisu_code engine_thread_save(struct engine_thread *engine, int all, const struct state_sink *sink, weisu_err *err)
{
    weisu_code code = core_save(engine->setup.core, all, sink, err);
    if (code)
        return code;
    engine->saved = core_sequence(engine->setup.core);
    engine->checkpoints++;
    return WEISU_OK;
}

uint64_t engine_thread_unsaved(const struct engine_thread *engine)
{
    return core_sequence(engine->setup.core) - engine->saved;
}

static weisu_code put_saved_row(void *context, const struct state_row *row, weisu_err *err)
{
    const struct engine_thread *engine = context;
    return outcome_put_row(engine->saving, row, err);
}

static int is_step_over(void *context)
{
    const struct engine_thread *engine = context;
    return engine->saving->row_count >= engine->save_rows || engine->saving->row_bytes >= engine->save_bytes;
}

/* One step of the checkpoint; the last one hands it to the store. */
static weisu_code save_some(struct engine_thread *engine, weisu_err *err)
{
    const struct state_sink sink = {engine, put_saved_row, is_step_over};
    int64_t start = now_ns();
    int left;
    engine->save_rows = engine->saving->row_count + ENGINE_SAVE_ROWS;
    engine->save_bytes = engine->saving->row_bytes + ENGINE_SAVE_BYTES;
    weisu_code code = core_drain(engine->setup.core, &sink, &left, err);
    int is_last = !code && !left;
    if (is_last)
        code = engine_thread_save(engine, 0, &sink, err);
    note_hold(engine, start);
    if (code) /* rows that were put count as saved: a part of a checkpoint is lost, so the engine must start again */
        return code;
    if (is_last) {
        engine->saving->is_checkpoint = 1;
        engine->saving->applied = engine->saved;
        hand_out(engine, engine->saving);
        engine->saving = NULL;
    }
    return WEISU_OK;
}

static weisu_code begin_save(struct engine_thread *engine, weisu_err *err)
{
    engine->saving = free_outcome(engine);
    return save_some(engine, err);
}

/* A checkpoint of everything that was applied, at once: nobody waits any more. */
static weisu_code save_at_end(struct engine_thread *engine, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (!code && (engine->saving || engine_thread_unsaved(engine)))
        code = engine->saving ? save_some(engine, err) : begin_save(engine, err);
    return code;
}

/* ---- running ---- */

/* Batches that wait, up to ENGINE_GATHER entries together. More entries at once keep more cores busy, and an engine
 * that is behind finds more waiting. */
static size_t take_waiting(struct engine_thread *engine)
{
    size_t count = 0;
    engine->taken_count = 0;
    while (count < ENGINE_GATHER && engine->taken_count < GATHER_BATCHES) {
        struct intake_batch *batch = batch_ring_pop(engine->setup.from_store);
        if (!batch)
            break;
        engine->taken[engine->taken_count++] = batch;
        count += batch->entry_count;
    }
    return count;
}

static const struct log_entry *join_entries(struct engine_thread *engine)
{
    if (engine->taken_count == 1)
        return engine->taken[0]->entries;
    size_t count = 0;
    for (size_t i = 0; i < engine->taken_count; i++) {
        const struct intake_batch *batch = engine->taken[i];
        memcpy(engine->gathered + count, batch->entries, batch->entry_count * sizeof *batch->entries);
        count += batch->entry_count;
    }
    return engine->gathered;
}

static void give_batches_back(struct engine_thread *engine)
{
    for (size_t i = 0; i < engine->taken_count; i++) {
        int full = batch_ring_push(engine->setup.to_loop, engine->taken[i]);
        assert(!full);
        (void)full;
    }
    engine->taken_count = 0;
    engine->setup.wake_loop(engine->setup.loop);
}

/* Milliseconds until a snapshot should be published; 0 or less: now; INT64_MAX: there is nothing new. */
static int64_t publication_due(const struct engine_thread *engine, int64_t now)
{
    switch (snapshot_builder_news(engine->builder)) {
    case SNAPSHOT_ALERT_NEWS:
        return engine->published_ms + ENGINE_ALERT_MS - now;
    case SNAPSHOT_NEWS:
        return engine->rendered_ms + ENGINE_PUBLISH_MS - now;
    case SNAPSHOT_NO_NEWS:
        break;
    }
    return INT64_MAX;
}

static weisu_code save_where_due(struct engine_thread *engine, weisu_err *err)
{
    if (engine->saving)
        return save_some(engine, err);
    return engine_thread_unsaved(engine) >= engine->setup.checkpoint_entries ? begin_save(engine, err) : WEISU_OK;
}

/* All at once, or with steps of a checkpoint in between. */
static weisu_code apply_in_steps(struct engine_thread *engine, size_t count, struct outcome_batch *out, weisu_err *err)
{
    const struct log_entry *entries = join_entries(engine);
    weisu_code code = WEISU_OK;
    for (size_t at = 0, step; at < count && !code; at += step) {
        step = engine->saving && count - at > ENGINE_SAVE_ENTRIES ? ENGINE_SAVE_ENTRIES : count - at;
        code = engine_thread_apply(engine, entries + at, step, out, err);
        if (!code && engine->saving)
            code = save_some(engine, err);
    }
    return code;
}

static weisu_code apply_waiting(struct engine_thread *engine, size_t count, weisu_err *err)
{
    struct outcome_batch *out = free_outcome(engine);
    weisu_code code = apply_in_steps(engine, count, out, err);
    if (code)
        return code;
    hand_out(engine, out);
    give_batches_back(engine);
    engine->applied_ms = now_ms();
    if (publication_due(engine, engine->applied_ms) <= 0)
        code = engine_thread_publish(engine, err);
    return code ? code : save_where_due(engine, err);
}

/* What is due while nothing waits; *next_ms says when something will be (-1: nothing). */
static weisu_code do_idle_work(struct engine_thread *engine, int64_t *next_ms, weisu_err *err)
{
    int64_t now = now_ms();
    weisu_code code = WEISU_OK;
    if (publication_due(engine, now) <= 0)
        code = engine_thread_publish(engine, err);
    int64_t next = publication_due(engine, now);
    if (!code && engine->saving) {
        code = save_some(engine, err);
    } else if (!code && engine_thread_unsaved(engine)) {
        int64_t due = engine->applied_ms + engine->setup.checkpoint_ms - now;
        if (due <= 0)
            code = begin_save(engine, err);
        else if (due < next)
            next = due;
    }
    *next_ms = engine->saving ? 0 : next == INT64_MAX ? -1 : next < 1 ? 1 : next;
    return code;
}

static weisu_code run_until_stopped(struct engine_thread *engine, weisu_err *err)
{
    for (;;) {
        uint64_t seen = ring_bell_rings(engine->setup.bell);
        int stop = atomic_load_explicit(&engine->stop, memory_order_acquire); /* partner: engine_thread_stop */
        size_t count = take_waiting(engine);
        int64_t next_ms = -1;
        weisu_code code = count ? apply_waiting(engine, count, err) : WEISU_OK;
        if (!count && stop)
            break;
        if (!count && !code)
            code = do_idle_work(engine, &next_ms, err);
        if (code)
            return code;
        if (!count)
            ring_bell_wait(engine->setup.bell, seen, next_ms);
    }
    weisu_code code = engine_thread_publish(engine, err);
    return code ? code : save_at_end(engine, err);
}

void engine_thread_run(struct engine_thread *engine)
{
    engine->applied_ms = now_ms();
    weisu_code code = run_until_stopped(engine, &engine->error);
    engine->error.code = code;
    if (code)
        message_log_error(engine->setup.log, MESSAGE_ERROR, "engine", &engine->error);
    atomic_store_explicit(&engine->finished, 1, memory_order_release); /* partner: engine_thread_is_finished */
    ring_bell_ring(engine->setup.store_bell);
    engine->setup.wake_loop(engine->setup.loop);
}

void engine_thread_stop(struct engine_thread *engine)
{
    atomic_store_explicit(&engine->stop, 1, memory_order_release); /* partner: run_until_stopped */
    ring_bell_ring(engine->setup.bell);
}

int engine_thread_is_finished(struct engine_thread *engine)
{
    return atomic_load_explicit(&engine->finished, memory_order_acquire); /* partner: engine_thread_run */
}

weisu_code engine_thread_error(const struct engine_thread *engine, weisu_err *err)
{
    if (err && engine->error.code)
        *err = engine->error;
    return engine->error.code;
}
