#include "pipeline/intake.h"

#include "base/failure.h"

#include <assert.h>

/* ---- batches ---- */

static int batch_init(struct intake_batch *batch, const weisu_allocator *allocator)
{
    *batch = (struct intake_batch){.wall_ms = WEISU_NO_TIME, .tick_ms = WEISU_NO_TIME};
    arena_init(&batch->arena, allocator, 1 << 20);
    batch->lines = memory_new(allocator, INTAKE_BATCH_LINES, sizeof *batch->lines);
    batch->sources = memory_new(allocator, INTAKE_BATCH_LINES, sizeof *batch->sources);
    batch->entries = memory_new(allocator, INTAKE_BATCH_LINES + 1, sizeof *batch->entries);
    batch->rejected = memory_new(allocator, INTAKE_BATCH_LINES, sizeof *batch->rejected);
    return batch->lines && batch->sources && batch->entries && batch->rejected ? 0 : -1;
}

static void batch_dispose(struct intake_batch *batch, const weisu_allocator *allocator)
{
    arena_dispose(&batch->arena);
    memory_free(allocator, batch->lines, INTAKE_BATCH_LINES, sizeof *batch->lines);
    memory_free(allocator, batch->sources, INTAKE_BATCH_LINES, sizeof *batch->sources);
    memory_free(allocator, batch->entries, INTAKE_BATCH_LINES + 1, sizeof *batch->entries);
    memory_free(allocator, batch->rejected, INTAKE_BATCH_LINES, sizeof *batch->rejected);
}

static void batch_reset(struct intake_batch *batch)
{
    arena_reset(&batch->arena);
    batch->line_count = batch->source_count = batch->bytes = 0;
    batch->entry_count = batch->rejected_count = batch->decided = 0;
    batch->wall_ms = batch->tick_ms = WEISU_NO_TIME;
}

static int batch_is_full(const struct intake_batch *batch)
{
    return batch->line_count == INTAKE_BATCH_LINES || batch->source_count == INTAKE_BATCH_LINES ||
           batch->bytes >= INTAKE_BATCH_BYTES;
}

static int batch_is_empty(const struct intake_batch *batch)
{
    return batch->source_count == 0 && batch->tick_ms == WEISU_NO_TIME;
}

/* ---- life ---- */

weisu_code intake_init(struct intake *intake, const struct intake_setup *setup, weisu_err *err)
{
    *intake = (struct intake){.setup = *setup, .wall_ms = WEISU_NO_TIME};
    intake->pool = memory_new_zeroed(setup->allocator, setup->batches, sizeof *intake->pool);
    intake->free = memory_new_zeroed(setup->allocator, setup->batches, sizeof(struct intake_batch *));
    int failed = !intake->pool || !intake->free;
    for (size_t i = 0; i < setup->batches && !failed; i++) {
        failed = batch_init(&intake->pool[i], setup->allocator);
        intake->free[intake->free_count++] = &intake->pool[i];
    }
    if (!failed)
        return WEISU_OK;
    intake_dispose(intake);
    return failure(err, WEISU_ENOMEM, "no memory for the intake");
}

void intake_dispose(struct intake *intake)
{
    const weisu_allocator *allocator = intake->setup.allocator;
    for (size_t i = 0; intake->pool && i < intake->setup.batches; i++)
        batch_dispose(&intake->pool[i], allocator);
    memory_free(allocator, intake->pool, intake->setup.batches, sizeof *intake->pool);
    memory_free(allocator, intake->free, intake->setup.batches, sizeof(struct intake_batch *));
    *intake = (struct intake){.setup = intake->setup};
}

/* ---- filling ---- */

static void send_open(struct intake *intake)
{
    struct intake_batch *batch = intake->open;
    batch->waits_for = 2; /* the store's reply and the engine */
    batch->wall_ms = intake->wall_ms;
    intake->open = NULL;
    intake->with_store++;
    intake->lines += batch->line_count;
    int full = batch_ring_push(intake->setup.to_store, batch);
    assert(!full); /* the ring is as large as the pool */
    (void)full;
    ring_bell_ring(intake->setup.store_bell);
}

struct intake_batch *intake_open(struct intake *intake)
{
    if (intake->open && batch_is_full(intake->open))
        send_open(intake);
    if (!intake->open && intake->free_count == 0)
        intake->full_stops++;
    else if (!intake->open)
        intake->open = intake->free[--intake->free_count];
    return intake->open;
}

static uint32_t source_of(struct intake_batch *batch, uint64_t key)
{
    /* Lines come in runs of one connection, and few connections share a batch: the last ones first. */
    for (size_t i = batch->source_count; i-- > 0;)
        if (batch->sources[i].key == key)
            return (uint32_t)i;
    batch->sources[batch->source_count] = (struct intake_source){.key = key};
    return (uint32_t)batch->source_count++;
}

struct intake_line *intake_add_line(struct intake_batch *batch, uint64_t key, uint64_t number)
{
    uint32_t source = source_of(batch, key);
    batch->sources[source].last_line = number;
    struct intake_line *line = &batch->lines[batch->line_count++];
    *line = (struct intake_line){.source = source, .number = number};
    return line;
}

void intake_skip_line(struct intake_batch *batch, uint64_t key, uint64_t number)
{
    batch->sources[source_of(batch, key)].last_line = number;
}

void intake_set_wall(struct intake *intake, int64_t wall_ms)
{
    intake->wall_ms = wall_ms;
}

void intake_hand_over(struct intake *intake)
{
    struct intake_batch *batch = intake->open;
    if (!batch || batch_is_empty(batch))
        return;
    int is_wanted = intake->with_store == 0 || (intake->with_store == 1 && batch->line_count >= INTAKE_EAGER_LINES) ||
                    batch_is_full(batch);
    if (is_wanted)
        send_open(intake);
}

void intake_finish(struct intake *intake)
{
    if (intake->open && !batch_is_empty(intake->open))
        send_open(intake);
}

void intake_tick(struct intake *intake, int64_t time_ms)
{
    struct intake_batch *batch = intake_open(intake);
    if (batch)
        batch->tick_ms = time_ms;
}

/* ---- coming back ---- */

static void give_back(struct intake *intake, struct intake_batch *batch)
{
    assert(batch->waits_for > 0);
    if (--batch->waits_for)
        return;
    batch_reset(batch);
    intake->free[intake->free_count++] = batch;
}

struct intake_batch *intake_next_reply(struct intake *intake)
{
    struct intake_batch *batch = batch_ring_pop(intake->setup.from_store);
    intake->with_store -= batch != NULL;
    return batch;
}

void intake_answered(struct intake *intake, struct intake_batch *batch)
{
    if (batch->entry_count == 0)
        batch->waits_for--; /* the engine never gets it */
    give_back(intake, batch);
}

size_t intake_collect(struct intake *intake)
{
    struct intake_batch *batch;
    while ((batch = batch_ring_pop(intake->setup.from_engine)))
        give_back(intake, batch);
    return intake->free_count;
}

int intake_is_idle(const struct intake *intake)
{
    return intake->with_store == 0 && (!intake->open || batch_is_empty(intake->open));
}

size_t intake_bytes(const struct intake *intake)
{
    size_t row =
        sizeof(struct intake_line) + sizeof(struct intake_source) + sizeof(struct log_entry) + sizeof(uint32_t);
    size_t bytes = intake->setup.batches * INTAKE_BATCH_LINES * row;
    for (size_t i = 0; i < intake->setup.batches; i++) {
        /* A batch that is with another thread may be growing its arena: its size is not ours to read. */
        if (intake->pool[i].waits_for == 0)
            bytes += intake->pool[i].arena.held_bytes;
    }
    return bytes;
}
