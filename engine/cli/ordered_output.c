#include "cli/ordered_output.h"

#include "base/failure.h"

enum {
    BLOCK_RECORDS = 128,
    BLOCKS_PER_WORKER = 8 /* of a round, so that workers end about together */
};

struct round {
    struct byte_buffer *blocks; /* [block_count] */
    size_t first;               /* record */
    size_t end;
    ordered_render render;
    const void *context;
};

static void render_block(void *argument, size_t block, uint32_t worker)
{
    (void)worker;
    const struct round *round = argument;
    size_t from = round->first + block * BLOCK_RECORDS;
    size_t end = round->end - from < BLOCK_RECORDS ? round->end : from + BLOCK_RECORDS;
    for (size_t at = from; at < end; at++)
        round->render(round->context, at, &round->blocks[block]);
}

/* Ends at the first block that memory or the file did not take. */
static weisu_code move_blocks(const struct round *round, size_t count, struct out_file *file)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < count && !code; i++) {
        struct byte_buffer *block = &round->blocks[i];
        byte_buffer_append(out_file_buffer(file), block->data, block->size);
        code = block->failed ? WEISU_ENOMEM : out_file_end_record(file);
        byte_buffer_reset(block);
    }
    return code;
}

weisu_code ordered_output(struct out_file *file, const weisu_executor *executor, size_t count, ordered_render render,
                          const void *context, weisu_err *err)
{
    size_t block_count = (size_t)executor->workers * BLOCKS_PER_WORKER;
    struct round round = {.render = render, .context = context};
    round.blocks = memory_new_zeroed(NULL, block_count, sizeof *round.blocks);
    weisu_code code = round.blocks ? WEISU_OK : WEISU_ENOMEM;
    for (size_t i = 0; i < block_count && !code; i++)
        byte_buffer_init(&round.blocks[i], NULL);
    for (; round.first < count && !code; round.first = round.end) {
        size_t left = count - round.first;
        size_t most = block_count * BLOCK_RECORDS;
        round.end = round.first + (left < most ? left : most);
        size_t blocks = (round.end - round.first + BLOCK_RECORDS - 1) / BLOCK_RECORDS;
        executor->run(executor->context, blocks, render_block, &round);
        code = move_blocks(&round, blocks, file);
    }
    for (size_t i = 0; round.blocks && i < block_count; i++)
        byte_buffer_dispose(&round.blocks[i]);
    memory_free(NULL, round.blocks, block_count, sizeof *round.blocks);
    return code == WEISU_ENOMEM ? failure(err, code, "no memory for the lines of a file") : WEISU_OK;
}
