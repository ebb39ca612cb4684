#include "pipeline/outcome_batch.h"

#include "base/failure.h"

#include <stdio.h>

enum { KEPT_BYTES = 8 << 20 };

void outcome_batch_init(struct outcome_batch *batch, const weisu_allocator *allocator)
{
    *batch = (struct outcome_batch){.allocator = allocator};
    arena_init(&batch->arena, allocator, 1 << 18);
}

void outcome_batch_dispose(struct outcome_batch *batch)
{
    const weisu_allocator *a = batch->allocator;
    arena_dispose(&batch->arena);
    memory_free(a, batch->assignments, batch->assignment_capacity, sizeof *batch->assignments);
    memory_free(a, batch->links, batch->link_capacity, sizeof *batch->links);
    memory_free(a, batch->changes, batch->change_capacity, sizeof *batch->changes);
    memory_free(a, batch->row_blocks, batch->row_block_capacity, sizeof(struct state_row *));
    *batch = (struct outcome_batch){.allocator = a};
}

void outcome_batch_reset(struct outcome_batch *batch)
{
    batch->assignment_count = batch->link_count = batch->change_count = batch->row_count = 0;
    batch->row_bytes = batch->row_block_count = 0;
    batch->is_checkpoint = batch->has_admission = batch->failed = 0;
    batch->applied = 0;
    if (batch->arena.held_bytes > KEPT_BYTES) {
        arena_dispose(&batch->arena);
        arena_init(&batch->arena, batch->allocator, 1 << 18);
    }
    arena_reset(&batch->arena);
}

int outcome_batch_is_empty(const struct outcome_batch *batch)
{
    return batch->assignment_count + batch->link_count + batch->change_count + batch->row_count == 0 &&
           !batch->is_checkpoint;
}

static weisu_str keep(struct outcome_batch *batch, weisu_str string)
{
    weisu_str copy = arena_copy(&batch->arena, string);
    batch->failed |= !copy.data;
    return copy;
}

void outcome_add_assignment(struct outcome_batch *batch, uint64_t sequence, weisu_str id, const char *cluster,
                            uint32_t slot)
{
    void *items = batch->assignments;
    if (memory_reserve(batch->allocator, &items, &batch->assignment_capacity, batch->assignment_count + 1,
                       sizeof *batch->assignments)) {
        batch->failed = 1;
        return;
    }
    batch->assignments = items;
    struct outcome_assignment *at = &batch->assignments[batch->assignment_count++];
    *at = (struct outcome_assignment){.sequence = sequence, .id = keep(batch, id), .slot = slot};
    snprintf(at->cluster, sizeof at->cluster, "%s", cluster);
}

void outcome_add_link(struct outcome_batch *batch, uint64_t sequence, weisu_str id, weisu_str earlier_id,
                      uint32_t score_milli)
{
    void *items = batch->links;
    if (memory_reserve(batch->allocator, &items, &batch->link_capacity, batch->link_count + 1, sizeof *batch->links)) {
        batch->failed = 1;
        return;
    }
    batch->links = items;
    batch->links[batch->link_count++] =
        (struct outcome_link){sequence, keep(batch, id), keep(batch, earlier_id), score_milli};
}

void outcome_add_change(struct outcome_batch *batch, const struct outcome_change *change)
{
    void *items = batch->changes;
    if (memory_reserve(batch->allocator, &items, &batch->change_capacity, batch->change_count + 1,
                       sizeof *batch->changes)) {
        batch->failed = 1;
        return;
    }
    batch->changes = items;
    struct outcome_change *at = &batch->changes[batch->change_count++];
    *at = *change;
    at->json = keep(batch, change->json);
}

/* Blocks do not move: growing costs the same for the millionth row as for the first. */
static int add_row_block(struct outcome_batch *batch)
{
    void *blocks = batch->row_blocks;
    if (memory_reserve(batch->allocator, &blocks, &batch->row_block_capacity, batch->row_block_count + 1,
                       sizeof(struct state_row *)))
        return -1;
    batch->row_blocks = blocks;
    struct state_row *block = arena_take_array(&batch->arena, OUTCOME_BLOCK_ROWS, sizeof *block);
    if (!block)
        return -1;
    batch->row_blocks[batch->row_block_count++] = block;
    return 0;
}

weisu_code outcome_put_row(void *context, const struct state_row *row, weisu_err *err)
{
    struct outcome_batch *batch = context;
    weisu_str data = keep(batch, (weisu_str){row->data, row->size});
    size_t at = batch->row_count;
    if (!data.data || (at == batch->row_block_count * OUTCOME_BLOCK_ROWS && add_row_block(batch))) {
        batch->failed = 1;
        return failure(err, WEISU_ENOMEM, "no memory for a checkpoint");
    }
    batch->row_blocks[at / OUTCOME_BLOCK_ROWS][at % OUTCOME_BLOCK_ROWS] =
        (struct state_row){row->table, row->key, data.data, row->size};
    batch->row_count++;
    batch->row_bytes += row->size;
    return WEISU_OK;
}
