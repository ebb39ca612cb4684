#include "store/outcome_queue.h"

#include <assert.h>
#include <string.h>

static weisu_code put_facts(struct store *store, const struct outcome_batch *outcome, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < outcome->assignment_count && !code; i++) {
        const struct outcome_assignment *a = &outcome->assignments[i];
        struct store_assignment row = {a->sequence, a->id, {a->cluster, strlen(a->cluster)}, a->slot};
        code = store_put_assignment(store, &row, err);
    }
    for (size_t i = 0; i < outcome->link_count && !code; i++) {
        const struct outcome_link *l = &outcome->links[i];
        struct store_link row = {l->sequence, l->id, l->earlier_id, l->score_milli};
        code = store_put_link(store, &row, err);
    }
    for (size_t i = 0; i < outcome->change_count && !code; i++) {
        const struct outcome_change *c = &outcome->changes[i];
        struct store_change row = {.number = c->number,
                                   .sequence = c->sequence,
                                   .alert = {c->alert, strlen(c->alert)},
                                   .change = c->change,
                                   .state = c->state,
                                   .time_ms = c->time_ms,
                                   .json = c->json};
        code = store_put_change(store, &row, err);
    }
    return code;
}

/* Rows from `first` on, up to about a slice; *count says how many. The last slice makes the checkpoint whole. */
static weisu_code put_slice(struct store *store, const struct outcome_batch *outcome, size_t first, size_t *count,
                            weisu_err *err)
{
    weisu_code code = WEISU_OK;
    size_t bytes = 0;
    size_t at = first;
    for (; at < outcome->row_count && bytes < OUTCOME_SLICE_BYTES && !code; at++) {
        const struct state_row *row = outcome_row(outcome, at);
        bytes += row->size + sizeof *row;
        code = store_put_state(store, row, err);
    }
    *count = at - first;
    if (!code && at == outcome->row_count)
        code = store_put_applied(store, outcome->applied, err);
    return code;
}

weisu_code store_put_outcome(struct store *store, const struct outcome_batch *outcome, weisu_err *err)
{
    weisu_code code = put_facts(store, outcome, err);
    size_t count = 0;
    for (size_t at = 0; !code && outcome->is_checkpoint && at < outcome->row_count; at += count)
        code = put_slice(store, outcome, at, &count, err);
    return code;
}

/* The registry of cases joins the checkpoint, as of the last decision: that entry is committed with its first slice or
 * before it. */
static weisu_code add_admission(struct outcome_batch *outcome, struct admission *admission, weisu_err *err)
{
    struct state_sink sink = {.context = outcome, .put = outcome_put_row};
    weisu_code code = outcome->has_admission ? WEISU_OK : admission_save(admission, 0, &sink, err);
    outcome->has_admission = !code;
    return code;
}

void outcome_queue_collect(struct outcome_queue *queue, struct batch_ring *from_engine)
{
    struct outcome_batch *outcome;
    while (queue->count < ENGINE_OUTCOMES && (outcome = batch_ring_pop(from_engine)))
        queue->waiting[queue->count++] = (struct outcome_waiting){.outcome = outcome};
}

weisu_code outcome_queue_put(struct outcome_queue *queue, struct store *store, struct admission *admission,
                             weisu_err *err)
{
    weisu_code code = WEISU_OK;
    int has_slice = 0;
    for (size_t i = 0; i < queue->count && !code; i++) {
        struct outcome_waiting *waiting = &queue->waiting[i];
        waiting->rows_now = 0;
        if (!waiting->is_put)
            code = put_facts(store, waiting->outcome, err);
        if (code || !waiting->outcome->is_checkpoint || has_slice)
            continue;
        has_slice = 1; /* one checkpoint after another: none may be seen half */
        code = add_admission(waiting->outcome, admission, err);
        if (!code)
            code = put_slice(store, waiting->outcome, waiting->rows_put, &waiting->rows_now, err);
    }
    return code;
}

static void give_back(struct outcome_batch *outcome, struct batch_ring *back)
{
    outcome_batch_reset(outcome);
    int full = batch_ring_push(back, outcome);
    assert(!full); /* the ring is as large as the pool */
    (void)full;
}

size_t outcome_queue_committed(struct outcome_queue *queue, struct batch_ring *back)
{
    size_t kept = 0;
    size_t checkpoints = 0;
    for (size_t i = 0; i < queue->count; i++) {
        struct outcome_waiting waiting = queue->waiting[i];
        waiting.is_put = 1;
        waiting.rows_put += waiting.rows_now;
        waiting.rows_now = 0;
        if (waiting.outcome->is_checkpoint && waiting.rows_put < waiting.outcome->row_count) {
            queue->waiting[kept++] = waiting;
            continue;
        }
        checkpoints += waiting.outcome->is_checkpoint != 0;
        give_back(waiting.outcome, back);
    }
    queue->count = kept;
    return checkpoints;
}

void outcome_queue_drop(struct outcome_queue *queue, struct batch_ring *back)
{
    for (size_t i = 0; i < queue->count; i++)
        give_back(queue->waiting[i].outcome, back);
    queue->count = 0;
}
