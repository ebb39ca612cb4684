#include "store/store_private.h"

#include "base/failure.h"

weisu_code state_merge_init(struct state_merge *merge, struct store *store, const struct state_run *runs, size_t count,
                            weisu_err *err)
{
    *merge = (struct state_merge){.store = store, .count = count, .room = count + 1};
    merge->inputs = memory_new_zeroed(store->allocator, count + 1, sizeof *merge->inputs);
    merge->heap = memory_new(store->allocator, count + 1, sizeof *merge->heap);
    if (!merge->inputs || !merge->heap) {
        merge->count = 0;
        state_merge_dispose(merge);
        return failure(err, WEISU_ENOMEM, "no memory for merging the checkpoint");
    }
    for (size_t i = 0; i < count; i++) {
        merge->inputs[i].run = runs[i];
        byte_buffer_init(&merge->inputs[i].bytes, store->allocator);
    }
    return WEISU_OK;
}

void state_merge_dispose(struct state_merge *merge)
{
    if (!merge->store)
        return;
    const weisu_allocator *a = merge->store->allocator;
    size_t count = merge->count;
    for (size_t i = 0; merge->inputs && i < count; i++)
        byte_buffer_dispose(&merge->inputs[i].bytes);
    memory_free(a, merge->inputs, merge->room, sizeof *merge->inputs);
    memory_free(a, merge->heap, merge->room, sizeof *merge->heap);
    *merge = (struct state_merge){0};
}

/* Into a copy: the next step of the statement takes SQLite's own away. */
static weisu_code copy_piece(struct store *store, struct state_input *input, weisu_err *err)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SQL_PIECE, err);
    if (!statement)
        return store_code(err);
    store_bind_uint(statement, 1, input->run.run << STATE_PIECES_SHIFT | input->next_piece);
    byte_buffer_reset(&input->bytes);
    int status = sqlite3_step(statement);
    weisu_code code = WEISU_OK;
    if (status == SQLITE_ROW)
        byte_buffer_append_str(&input->bytes, store_column(statement, 0));
    else if (status == SQLITE_DONE)
        code = failure(err, WEISU_ESTATE, "a piece of the checkpoint is missing");
    else
        code = store_failure(store, "cannot read the checkpoint", err);
    sqlite3_reset(statement);
    return !code && input->bytes.failed ? failure(err, WEISU_ENOMEM, "no memory for a piece of the checkpoint") : code;
}

static weisu_code load_piece(struct store *store, struct state_input *input, weisu_err *err)
{
    if (input->next_piece == input->run.pieces) {
        input->is_done = 1;
        return WEISU_OK;
    }
    weisu_code code = copy_piece(store, input, err);
    input->next_piece++;
    return code ? code : state_piece_open(&input->reader, (weisu_str){input->bytes.data, input->bytes.size}, err);
}

static weisu_code read_row(struct store *store, struct state_input *input, weisu_err *err)
{
    while (!input->is_done) {
        int more = input->reader.at ? state_piece_next(&input->reader, &input->row) : 0;
        if (more > 0)
            break;
        if (more < 0)
            return failure(err, WEISU_ESTATE, "a piece of the checkpoint is damaged");
        weisu_code code = load_piece(store, input, err);
        if (code)
            return code;
    }
    return WEISU_OK;
}

/* ---- the least of all: a heap ---- */

static int is_before(const struct state_merge *merge, size_t a, size_t b)
{
    int order = state_row_compare(&merge->inputs[a].row, &merge->inputs[b].row);
    return order ? order < 0 : a > b;
}

static void sink(struct state_merge *merge, size_t at)
{
    size_t *heap = merge->heap;
    for (size_t child = 2 * at + 1; child < merge->heap_count; at = child, child = 2 * at + 1) {
        if (child + 1 < merge->heap_count && is_before(merge, heap[child + 1], heap[child]))
            child++;
        if (!is_before(merge, heap[child], heap[at]))
            return;
        size_t swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

static weisu_code begin(struct state_merge *merge, weisu_err *err)
{
    merge->heap_count = 0;
    for (size_t i = 0; i < merge->count; i++) {
        weisu_code code = read_row(merge->store, &merge->inputs[i], err);
        if (code)
            return code;
        if (!merge->inputs[i].is_done)
            merge->heap[merge->heap_count++] = i;
    }
    for (size_t i = merge->heap_count; i-- > 0;)
        sink(merge, i);
    merge->is_begun = 1;
    return WEISU_OK;
}

/* The input whose row is the least goes on to its next one. */
static weisu_code advance(struct state_merge *merge, weisu_err *err)
{
    struct state_input *input = &merge->inputs[merge->heap[0]];
    weisu_code code = read_row(merge->store, input, err);
    if (code)
        return code;
    if (input->is_done)
        merge->heap[0] = merge->heap[--merge->heap_count];
    sink(merge, 0);
    return WEISU_OK;
}

/* The row that was given last, and those that it hides in older inputs. */
static int was_given(const struct state_merge *merge)
{
    const struct state_row *row = &merge->inputs[merge->heap[0]].row;
    return merge->has_last && row->table == merge->last_table && row->key == merge->last_key;
}

weisu_code state_merge_next(struct state_merge *merge, struct state_row *out, int *more, weisu_err *err)
{
    weisu_code code = merge->is_begun ? WEISU_OK : begin(merge, err);
    while (!code && merge->heap_count && was_given(merge))
        code = advance(merge, err);
    if (code)
        return code;
    *more = merge->heap_count != 0;
    if (*more) {
        *out = merge->inputs[merge->heap[0]].row;
        merge->last_table = out->table;
        merge->last_key = out->key;
        merge->has_last = 1;
    }
    return WEISU_OK;
}
