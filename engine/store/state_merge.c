#include "store/store_private.h"

#include "base/failure.h"

weisu_code state_merge_init(struct state_merge *merge, struct store *store, const struct state_run *runs, size_t count,
                            weisu_err *err)
{
    *merge = (struct state_merge){.store = store, .count = count};
    merge->inputs = memory_new_zeroed(store->allocator, count + 1, sizeof *merge->inputs);
    if (!merge->inputs)
        return failure(err, WEISU_ENOMEM, "no memory for merging the checkpoint");
    for (size_t i = 0; i < count; i++) {
        merge->inputs[i].run = runs[i];
        merge->inputs[i].is_taken = 1;
        byte_buffer_init(&merge->inputs[i].bytes, store->allocator);
    }
    return WEISU_OK;
}

void state_merge_dispose(struct state_merge *merge)
{
    for (size_t i = 0; merge->inputs && i < merge->count; i++)
        byte_buffer_dispose(&merge->inputs[i].bytes);
    if (merge->inputs)
        memory_free(merge->store->allocator, merge->inputs, merge->count + 1, sizeof *merge->inputs);
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
    input->is_taken = 0;
    return WEISU_OK;
}

weisu_code state_merge_next(struct state_merge *merge, struct state_row *out, int *more, weisu_err *err)
{
    struct state_input *best = NULL;
    for (size_t i = 0; i < merge->count; i++) {
        struct state_input *input = &merge->inputs[i];
        weisu_code code = input->is_taken ? read_row(merge->store, input, err) : WEISU_OK;
        if (code)
            return code;
        int order = !best || input->is_done ? -1 : state_row_compare(&input->row, &best->row);
        if (!input->is_done && order <= 0) {
            if (best && order == 0)
                best->is_taken = 1; /* hidden by the newer one */
            best = input;
        }
    }
    *more = best != NULL;
    if (best) {
        *out = best->row;
        best->is_taken = 1;
    }
    return WEISU_OK;
}
