#include "cli/batch_reader.h"

#include "base/failure.h"
#include "cli/record_files.h"

#include <stdlib.h>
#include <string.h>

enum { TASK_ROWS = 32 };

struct decoding_worker {
    struct arena arena;
    struct record_decoder decoder;
};

struct batch_reader {
    struct record_files *files;
    const struct record_options *options;
    weisu_executor executor;
    struct decoding_worker *workers;
    struct arena bytes; /* the chunk's lines, twice: as they were, and for decoding to change */
    struct batch_row *rows;
    struct file_line *work;
    size_t count;
    int keep_raw;
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
                             const struct row_reader_setup *setup, const weisu_executor *executor, weisu_err *err)
{
    *out = NULL;
    struct batch_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return failure(err, WEISU_ENOMEM, "no memory for reading");
    reader->options = setup->options;
    reader->executor = *executor;
    weisu_code code = make(reader, err);
    if (!code)
        code = record_files_open(&reader->files, files, count, setup, err);
    if (code)
        batch_reader_close(reader);
    else
        *out = reader;
    return code;
}

void batch_reader_keep_raw(struct batch_reader *reader)
{
    reader->keep_raw = 1;
}

void batch_reader_close(struct batch_reader *reader)
{
    if (!reader)
        return;
    for (uint32_t i = 0; reader->workers && i < reader->executor.workers; i++)
        arena_dispose(&reader->workers[i].arena);
    arena_dispose(&reader->bytes);
    record_files_close(reader->files);
    free(reader->workers);
    free(reader->rows);
    free(reader->work);
    free(reader);
}

weisu_code batch_reader_rewind(struct batch_reader *reader, weisu_err *err)
{
    for (uint32_t i = 0; i < reader->executor.workers; i++)
        reader->workers[i].decoder.invalid = reader->workers[i].decoder.masked = 0;
    return record_files_rewind(reader->files, err);
}

/* Keeps a line for the quarantine as it was, and a copy for decoding, which masks in place. */
static weisu_code keep_line(struct batch_reader *reader, const struct file_line *line, const weisu_err *why,
                            weisu_err *err)
{
    weisu_str bytes = {line->line.data, line->line.size};
    weisu_str raw = arena_copy(&reader->bytes, bytes);
    weisu_str work = arena_copy(&reader->bytes, bytes);
    weisu_str message = {NULL, 0};
    if (line->code)
        message = arena_copy(&reader->bytes, (weisu_str){why->text, strlen(why->text)});
    if (!raw.data || !work.data || (line->code && !message.data))
        return failure(err, WEISU_ENOMEM, "no memory for a chunk of lines");
    reader->rows[reader->count] = (struct batch_row){.file = line->file,
                                                     .sheet = line->sheet,
                                                     .line = line->line.number,
                                                     .code = line->code,
                                                     .message = message,
                                                     .raw = raw};
    reader->work[reader->count] = *line;
    reader->work[reader->count++].line.data = (char *)(uintptr_t)work.data;
    return WEISU_OK;
}

static weisu_code read_lines(struct batch_reader *reader, weisu_err *err)
{
    size_t bytes = 0;
    reader->count = 0;
    arena_reset(&reader->bytes);
    while (reader->count < BATCH_CHUNK_ROWS && bytes < BATCH_CHUNK_BYTES) {
        struct file_line line;
        weisu_err why = {.code = WEISU_OK};
        weisu_code code = record_files_next(reader->files, &line, &why);
        if (code && err)
            *err = why;
        if (code || !line.line.data)
            return code;
        if ((code = keep_line(reader, &line, &why, err)))
            return code;
        bytes += line.line.size;
    }
    return WEISU_OK;
}

static void decode_row(struct batch_reader *reader, struct decoding_worker *worker, size_t at)
{
    struct batch_row *row = &reader->rows[at];
    const struct record_csv *table = reader->work[at].table;
    weisu_err err = {.code = WEISU_OK};
    if (!row->code) {
        row->code = file_line_decode(&reader->work[at], &worker->decoder, &row->record, &err);
        if (row->code)
            row->message = arena_copy(&worker->arena, (weisu_str){err.text, strlen(err.text)});
    }
    if (reader->keep_raw)
        return;
    /* What was decoded stands for its line without the reporter; of a row that was not, the reporter's cell is hidden.
     */
    if (!row->code)
        row->raw = (weisu_str){NULL, 0};
    else if (table)
        record_csv_hide(table, (struct record_line){(char *)(uintptr_t)row->raw.data, row->raw.size, row->line});
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
    return record_files_read_bytes(reader->files);
}

uint64_t batch_reader_all_bytes(const struct batch_reader *reader)
{
    return record_files_all_bytes(reader->files);
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
