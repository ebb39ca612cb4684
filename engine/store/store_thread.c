#include "store/store_thread.h"

#include "base/failure.h"
#include "store/outcome_queue.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { GROUP_BATCHES = 64 };

struct store_thread {
    struct store_thread_setup setup;
    struct intake_batch *batches[GROUP_BATCHES]; /* the group */
    size_t batch_count;
    size_t lines;
    size_t bytes;
    struct outcome_queue outcomes;
    uint64_t forgotten;             /* entries before this one are as short as retention makes them */
    uint64_t retained_ns;           /* when that was looked at last; 0 never */
    int is_untidy;                  /* the checkpoint may be compacted further */
    struct admission_counts counts; /* over the life of the folder */
    struct store_report report;
    int told_engine;
    int gave_up;
    int stop_tries;
    weisu_err error;
    atomic_int stop;     /* set by the loop (release) after its last push; read here (acquire) before the last look */
    atomic_int finished; /* set here (release) after the last push; read by the loop (acquire) before its last look */
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

weisu_code store_thread_new(struct store_thread **out, const struct store_thread_setup *setup, weisu_err *err)
{
    *out = memory_new_zeroed(setup->allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the store's thread");
    struct store_thread *t = *out;
    t->setup = *setup;
    atomic_init(&t->stop, 0);
    atomic_init(&t->finished, 0);
    weisu_code code = store_counts(setup->store, &t->counts, err);
    if (!code)
        code = store_forgotten(setup->store, &t->forgotten, err);
    if (code) {
        store_thread_free(t);
        *out = NULL;
        return code;
    }
    t->report.counts = t->counts;
    t->report.counts.bytes = admission_counts(setup->admission).bytes;
    t->report.sequence = admission_sequence(setup->admission);
    store_board_write(setup->board, &t->report);
    return WEISU_OK;
}

void store_thread_free(struct store_thread *t)
{
    if (t)
        memory_free(t->setup.allocator, t, 1, sizeof *t);
}

/* ---- deciding ---- */

static int reject(struct store_thread *t, struct intake_batch *batch, uint32_t at, const char *text)
{
    struct intake_line *line = &batch->lines[at];
    if (text) {
        line->message = arena_copy(&batch->arena, (weisu_str){text, strlen(text)});
        if (!line->message.data)
            return -1;
    }
    batch->rejected[batch->rejected_count++] = at;
    t->counts.rejected++;
    t->counts.conflicts += line->code == WEISU_ECONFLICT;
    return 0;
}

/* 0; -1 when memory is out: the line is decided with the next try. */
static int decide_line(struct store_thread *t, struct intake_batch *batch, uint32_t at)
{
    struct intake_line *line = &batch->lines[at];
    weisu_receipt receipt;
    weisu_err err;
    if (line->code)
        return reject(t, batch, at, NULL);
    if (line->is_action || line->is_words) {
        struct log_entry *entry = &batch->entries[batch->entry_count];
        if (line->is_action ? admission_act(t->setup.admission, &line->record, entry, &err)
                            : admission_words(t->setup.admission, line->record.text, line->record.channel, entry, &err))
            return -1;
        batch->entry_count++;
        return 0;
    }
    admission_decide(t->setup.admission, &line->record, &batch->entries[batch->entry_count], &receipt, &err);
    switch (receipt.verdict) {
    case WEISU_ACCEPTED:
        t->counts.records++;
        batch->entry_count++;
        return 0;
    case WEISU_UPDATE:
        t->counts.updates++;
        batch->entry_count++;
        return 0;
    case WEISU_DUPLICATE:
        t->counts.duplicates++;
        return 0;
    case WEISU_REJECTED:
        break;
    }
    if (receipt.code == WEISU_ENOMEM)
        return -1;
    line->code = receipt.code;
    return reject(t, batch, at, err.text);
}

static weisu_code decide_batch(struct store_thread *t, struct intake_batch *batch, weisu_err *err)
{
    if (batch->wall_ms != WEISU_NO_TIME)
        admission_set_wall(t->setup.admission, batch->wall_ms);
    for (; batch->decided < batch->line_count; batch->decided++)
        if (decide_line(t, batch, (uint32_t)batch->decided))
            return failure(err, WEISU_ENOMEM, "no memory for the registry of cases");
    if (batch->tick_ms != WEISU_NO_TIME &&
        admission_tick(t->setup.admission, batch->tick_ms, &batch->entries[batch->entry_count]))
        batch->entry_count++;
    batch->tick_ms = WEISU_NO_TIME;
    return WEISU_OK;
}

/* Decisions are settled before the commit: a failed transaction is tried again, never taken back. */
static weisu_code decide_group(struct store_thread *t, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < t->batch_count && !code; i++)
        code = decide_batch(t, t->batches[i], err);
    admission_settle(t->setup.admission, admission_sequence(t->setup.admission));
    return code;
}

/* ---- writing ---- */

static weisu_code put_group(struct store_thread *t, weisu_err *err)
{
    struct store *store = t->setup.store;
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < t->batch_count; i++) {
        const struct intake_batch *batch = t->batches[i];
        for (size_t j = 0; j < batch->entry_count && !code; j++)
            code = store_append(store, &batch->entries[j], err);
    }
    if (!code)
        code = outcome_queue_put(&t->outcomes, store, t->setup.admission, err);
    return code ? code : store_put_counts(store, &t->counts, err);
}

static void count_commit(struct store_thread *t, uint64_t spent_ns)
{
    static const uint64_t bounds_us[] = {STORE_COMMIT_BOUNDS_US};
    _Static_assert(sizeof bounds_us / sizeof bounds_us[0] == STORE_COMMIT_BUCKETS - 1, "the last bucket has no bound");
    size_t bucket = 0;
    while (bucket < STORE_COMMIT_BUCKETS - 1 && spent_ns > bounds_us[bucket] * 1000)
        bucket++;
    t->report.commits[bucket]++;
    t->report.commit_ns += spent_ns;
    if (spent_ns > t->report.longest_commit_ns)
        t->report.longest_commit_ns = spent_ns;
    t->report.groups++;
    for (size_t i = 0; i < t->batch_count; i++)
        t->report.group_entries += t->batches[i]->entry_count;
}

static weisu_code write_group(struct store_thread *t, weisu_err *err)
{
    weisu_code code = decide_group(t, err);
    if (code)
        return code;
    uint64_t start = now_ns();
    code = store_begin(t->setup.store, err);
    if (!code)
        code = put_group(t, err);
    if (!code)
        code = store_commit(t->setup.store, err);
    if (code) {
        store_rollback(t->setup.store);
        return code;
    }
    count_commit(t, now_ns() - start);
    t->report.sequence = admission_sequence(t->setup.admission);
    return WEISU_OK;
}

/* ---- handing on ---- */

static void push(struct batch_ring *ring, void *item)
{
    int full = batch_ring_push(ring, item);
    assert(!full); /* rings are as large as the pools */
    (void)full;
}

static void hand_group_on(struct store_thread *t)
{
    for (size_t i = 0; i < t->batch_count; i++) {
        struct intake_batch *batch = t->batches[i];
        if (batch->rejected_count)
            t->report.unwritten += t->setup.quarantine(t->setup.quarantine_context, batch);
        if (batch->entry_count)
            push(t->setup.to_engine, batch);
        push(t->setup.to_loop, batch);
    }
    t->batch_count = t->lines = t->bytes = 0;
    t->is_untidy |= outcome_queue_committed(&t->outcomes, t->setup.back) != 0;
    ring_bell_ring(t->setup.engine_bell);
}

static void publish_report(struct store_thread *t)
{
    t->report.counts = t->counts;
    t->report.counts.bytes = admission_counts(t->setup.admission).bytes;
    t->report.memory_bytes = store_memory_bytes();
    store_board_write(t->setup.board, &t->report);
    t->setup.wake_loop(t->setup.loop);
}

/* ---- running ---- */

static void collect(struct store_thread *t)
{
    outcome_queue_collect(&t->outcomes, t->setup.from_engine);
    while (t->batch_count < GROUP_BATCHES && t->lines < STORE_GROUP_LINES && t->bytes < STORE_GROUP_BYTES) {
        struct intake_batch *batch = batch_ring_pop(t->setup.from_loop);
        if (!batch)
            break;
        t->batches[t->batch_count++] = batch;
        t->lines += batch->line_count;
        t->bytes += batch->bytes;
    }
}

static void note_failure(struct store_thread *t, const weisu_err *err)
{
    if (!t->report.is_failing || t->report.error.code != err->code)
        message_log_error(t->setup.log, MESSAGE_ERROR, "store", err);
    t->report.is_failing = 1;
    t->report.error = *err;
    publish_report(t);
}

/* The order to stop came and the database still says no: what is not durable is not acknowledged, and its senders keep
 * it. */
static void give_up(struct store_thread *t, const weisu_err *err)
{
    t->gave_up = 1;
    t->error = *err;
    t->batch_count = t->lines = t->bytes = 0;
    outcome_queue_drop(&t->outcomes, t->setup.back);
    ring_bell_ring(t->setup.engine_bell);
}

/* A transaction of its own: nobody's acknowledgement hangs on it. What fails is tried again after the next checkpoint.
 */
static void tidy(struct store_thread *t)
{
    weisu_err err;
    int more = 0;
    weisu_code code = store_begin(t->setup.store, &err);
    if (!code)
        code = store_tidy(t->setup.store, STORE_TIDY_BYTES, &more, &err);
    if (!code)
        code = store_commit(t->setup.store, &err);
    if (code) {
        store_rollback(t->setup.store);
        message_log_error(t->setup.log, MESSAGE_WARNING, "store", &err);
    }
    t->is_untidy = !code && more;
}

/* ---- retention ---- */

/* The next entries that are too old, in the open transaction. Only such as the checkpoint contains: what the engine
 * would read again after a crash stays as it was. */
static weisu_code forget_some(struct store_thread *t, int *more, weisu_err *err)
{
    struct store *store = t->setup.store;
    struct store_position position;
    weisu_code code = store_position(store, &position, err);
    struct store_forgetting what = {.before_ms = admission_clock(t->setup.admission) - t->setup.retention_ms,
                                    .last = position.applied,
                                    .next = t->forgotten};
    if (!code)
        code = store_forget(store, &what, NULL, NULL, more, err);
    if (!code && what.next != t->forgotten)
        code = store_put_forgotten(store, what.next, err);
    if (!code)
        code = store_commit(store, err);
    if (!code)
        t->forgotten = what.next;
    return code;
}

/* Like tidy: what fails is tried again an hour later. 1 when there is more to be done. */
static int retain(struct store_thread *t)
{
    weisu_err err;
    int more = 0;
    if (!t->setup.retention_ms || admission_clock(t->setup.admission) == WEISU_NO_TIME)
        return 0;
    weisu_code code = store_begin(t->setup.store, &err);
    if (!code)
        code = forget_some(t, &more, &err);
    if (code) {
        store_rollback(t->setup.store);
        message_log_error(t->setup.log, MESSAGE_WARNING, "retention", &err);
    }
    return !code && more;
}

static void look_at_age(struct store_thread *t)
{
    if (t->retained_ns && now_ns() - t->retained_ns < STORE_RETENTION_MS * UINT64_C(1000000))
        return;
    if (!retain(t))
        t->retained_ns = now_ns();
}

static void work(struct store_thread *t, int stop)
{
    weisu_err err = {.code = WEISU_OK};
    if (t->gave_up) {
        give_up(t, &t->error);
        return;
    }
    if (write_group(t, &err)) {
        note_failure(t, &err);
        t->stop_tries += stop;
        if (t->stop_tries >= STORE_STOP_TRIES)
            give_up(t, &err);
        else
            nanosleep(&(struct timespec){0, STORE_RETRY_MS * 1000000L}, NULL);
        return;
    }
    if (t->report.is_failing)
        message_log_write(t->setup.log, MESSAGE_INFO, "store", "the database takes entries again");
    t->report.is_failing = 0;
    hand_group_on(t);
    publish_report(t);
}

/* 1 when the engine has ended too and nothing of it is left to be written. */
static int finish_engine(struct store_thread *t)
{
    if (!t->told_engine) {
        engine_thread_stop(t->setup.engine);
        t->told_engine = 1;
    }
    if (!engine_thread_is_finished(t->setup.engine))
        return 0;
    collect(t);
    return t->outcomes.count == 0;
}

void store_thread_run(struct store_thread *t)
{
    for (;;) {
        uint64_t seen = ring_bell_rings(t->setup.bell);
        int stop = atomic_load_explicit(&t->stop, memory_order_acquire); /* partner: store_thread_stop */
        collect(t);
        int has_work = t->batch_count + t->outcomes.count != 0;
        if (has_work)
            work(t, stop);
        if (!stop && !t->gave_up)
            look_at_age(t);
        if (t->is_untidy && !stop && !t->gave_up)
            tidy(t);
        else if (has_work)
            continue;
        else if (stop && finish_engine(t))
            break;
        else if (t->outcomes.count == 0) /* finish_engine may have found the last ones */
            ring_bell_wait(t->setup.bell, seen, t->setup.retention_ms ? STORE_RETENTION_MS : -1);
    }
    atomic_store_explicit(&t->finished, 1, memory_order_release); /* partner: store_thread_is_finished */
    t->setup.wake_loop(t->setup.loop);
}

void store_thread_stop(struct store_thread *t)
{
    atomic_store_explicit(&t->stop, 1, memory_order_release); /* partner: store_thread_run */
    ring_bell_ring(t->setup.bell);
}

int store_thread_is_finished(struct store_thread *t)
{
    return atomic_load_explicit(&t->finished, memory_order_acquire); /* partner: store_thread_run */
}

weisu_code store_thread_error(const struct store_thread *t, weisu_err *err)
{
    if (err && t->gave_up)
        *err = t->error;
    return t->gave_up ? t->error.code : WEISU_OK;
}
