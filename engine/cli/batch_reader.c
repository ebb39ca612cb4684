#include "cli/batch_reader.h"

#include "base/failure.h"
#include "cli/input_lines.h"
#include "io/record_json.h"

#include <stdlib.h>
#include <string.h>

enum { TASK_ROWS = 32, MESSAGE_BYTES = 256 };

struct decoding_worker {
    struct arena arena;
    struct record_decoder decoder;
};

struct batch_reader {
    struct input_lines *lines;
    const struct record_options *options;
    weisu_executor executor;
    struct decoding_worker *workers;
    struct arena bytes; /* the chunk's lines, twice: as they were, and for decoding to change */
    struct batch_row *rows;
    struct record_line *work;
    size_t count;
};

static weisu_code make(struct batch_reader *reader, weisu_err *err)
{
    uint32_t workers = reader->executor.workers;
    arena_init(&reader->bytes, NULL, 4u << 20);
    reader->workers = calloc(workers, sizeof *reader->workers);
    reader->rows = calloc(BATCH_CHUNK_ROWS, sizeof *reader->rows);
    reader->work = calloc(BATCH_CHUNK_ROWS, sizeof *reader->work);
    if (!reader->workers || !reader->rows || !reader->work)
        return failure(err, WEISU_ENOMEM, "no memory for reading");
    for (uint32_t i = 0; i < workers; i++) {
        arena_init(&reader->workers[i].arena, NULL, 1u << 20);
        reader->workers[i].decoder = (struct record_decoder){reader->options, &reader->workers[i].arena, 0, 0};
    }
    return WEISU_OK;
}

weisu_code batch_reader_open(struct batch_reader **out, char *const *files, size_t count,
                             const struct record_options *options, const weisu_executor *executor, weisu_err *err)
{
    *out = NULL;
    struct batch_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return failure(err, WEISU_ENOMEM, "no memory for reading");
    reader->options = options;
    reader->executor = *executor;
    weisu_code code = make(reader, err);
    if (!code)
        code = input_lines_open(&reader->lines, files, count, err);
    if (code)
        batch_reader_close(reader);
    else
        *out = reader;
    return code;
}

void batch_reader_close(struct batch_reader *reader)
{
    if (!reader)
        return;
    for (uint32_t i = 0; reader->workers && i < reader->executor.workers; i++)
        arena_dispose(&reader->workers[i].arena);
    arena_dispose(&reader->bytes);
    input_lines_close(reader->lines);
    free(reader->workers);
    free(reader->rows);
    free(reader->work);
    free(reader);
}

weisu_code batch_reader_rewind(struct batch_reader *reader, weisu_err *err)
{
    for (uint32_t i = 0; i < reader->executor.workers; i++)
        reader->workers[i].decoder.invalid = reader->workers[i].decoder.masked = 0;
    return input_lines_rewind(reader->lines, err);
}

/* Lines of the next chunk; each is kept as it was for the quarantine, and copied for decoding, which masks in place. */
static weisu_code read_lines(struct batch_reader *reader, weisu_err *err)
{
    size_t bytes = 0;
    reader->count = 0;
    arena_reset(&reader->bytes);
    while (reader->count < BATCH_CHUNK_ROWS && bytes < BATCH_CHUNK_BYTES) {
        struct input_line line;
        weisu_code code = input_lines_next(reader->lines, &line, err);
        if (code)
            return code;
        if (!line.bytes.data)
            return WEISU_OK;
        weisu_str raw = arena_copy(&reader->bytes, line.bytes);
        weisu_str work = arena_copy(&reader->bytes, line.bytes);
        if (!raw.data || !work.data)
            return failure(err, WEISU_ENOMEM, "no memory for a chunk of lines");
        reader->rows[reader->count] = (struct batch_row){
            .file = line.file, .line = line.number, .code = line.too_long ? WEISU_ETOOLONG : WEISU_OK, .raw = raw};
        reader->work[reader->count++] = (struct record_line){(char *)(uintptr_t)work.data, work.size, line.number};
        bytes += raw.size;
    }
    return WEISU_OK;
}

static void decode_row(struct batch_reader *reader, struct decoding_worker *worker, size_t at)
{
    struct batch_row *row = &reader->rows[at];
    weisu_err err = {.code = WEISU_OK};
    if (row->code == WEISU_OK)
        row->code = record_json_decode(&worker->decoder, reader->work[at], &row->record, &err);
    else
        failure(&err, row->code, "line is longer than %d bytes", RECORD_LINE_BYTES);
    if (row->code)
        row->message = arena_copy(&worker->arena, (weisu_str){err.text, strlen(err.text)});
}

static void decode_task(void *argument, size_t task, uint32_t worker)
{
    struct batch_reader *reader = argument;
    size_t end = (task + 1) * TASK_ROWS < reader->count ? (task + 1) * TASK_ROWS : reader->count;
    for (size_t i = task * TASK_ROWS; i < end; i++)
        decode_row(reader, &reader->workers[worker], i);
}

weisu_code batch_reader_next(struct batch_reader *reader, const struct batch_row **rows, size_t *count, weisu_err *err)
{
    for (uint32_t i = 0; i < reader->executor.workers; i++)
        arena_reset(&reader->workers[i].arena);
    weisu_code code = read_lines(reader, err);
    if (code)
        return code;
    reader->executor.run(reader->executor.context, (reader->count + TASK_ROWS - 1) / TASK_ROWS, decode_task, reader);
    *rows = reader->rows;
    *count = reader->count;
    return WEISU_OK;
}

uint64_t batch_reader_read_bytes(const struct batch_reader *reader)
{
    return input_lines_read_bytes(reader->lines);
}

uint64_t batch_reader_all_bytes(const struct batch_reader *reader)
{
    return input_lines_all_bytes(reader->lines);
}

uint64_t batch_reader_invalid(const struct batch_reader *reader)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < reader->executor.workers; i++)
        sum += reader->workers[i].decoder.invalid;
    return sum;
}

uint64_t batch_reader_masked(const struct batch_reader *reader)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < reader->executor.workers; i++)
        sum += reader->workers[i].decoder.masked;
    return sum;
}
