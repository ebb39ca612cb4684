#include "cli/bench_input.h"

#include "base/failure.h"
#include "base/memory.h"
#include "pipeline/admission.h"

#include <stdlib.h>
#include <string.h>

weisu_code bench_input_open(struct bench_input *input, const struct bench_input_setup *setup, weisu_err *err)
{
    memset(input, 0, sizeof *input);
    byte_buffer_init(&input->bytes, NULL);
    arena_init(&input->strings, NULL, 1u << 20);
    record_options_init(&input->options, setup->zone);
    input->options.reporter_key = &input->key;
    input->most = setup->most;
    weisu_code code = setup->map ? record_options_map(&input->options, setup->map, err) : WEISU_OK;
    if (!code && setup->constant)
        code = record_options_constant(&input->options, setup->constant, err);
    const struct row_reader_setup rows = {.options = &input->options};
    return code ? code : record_files_open(&input->files, setup->files, setup->file_count, &rows, err);
}

void bench_input_close(struct bench_input *input)
{
    record_files_close(input->files);
    byte_buffer_dispose(&input->bytes);
    arena_dispose(&input->strings);
    free(input->work);
    memory_free(NULL, input->lines, input->line_capacity, sizeof *input->lines);
    free(input->entries);
}

/* ---- lines ---- */

static weisu_code next_line(struct bench_input *input, struct file_line *line, weisu_err *err)
{
    weisu_code code;
    do
        code = record_files_next(input->files, line, err);
    while (!code && line->code);
    return code;
}

weisu_code bench_input_read(struct bench_input *input, weisu_err *err)
{
    struct file_line line;
    weisu_code code = record_files_rewind(input->files, err);
    for (uint64_t i = 0; !code && i < input->most && !(code = next_line(input, &line, err)) && line.line.data;)
        i++;
    return code;
}

static weisu_code keep_line(struct bench_input *input, const struct file_line *line, weisu_err *err)
{
    void *lines = input->lines;
    int failed = memory_reserve(NULL, &lines, &input->line_capacity, input->line_count + 1, sizeof *input->lines);
    input->lines = lines;
    if (!failed) {
        input->lines[input->line_count++] =
            (struct bench_line){input->bytes.size, line->line.size, line->line.number, line->table};
        byte_buffer_append(&input->bytes, line->line.data, line->line.size);
    }
    return failed || input->bytes.failed ? failure(err, WEISU_ENOMEM, "no memory for the lines of the file") : WEISU_OK;
}

weisu_code bench_input_load(struct bench_input *input, weisu_err *err)
{
    struct file_line line;
    weisu_code code = record_files_rewind(input->files, err);
    while (!code && input->line_count < input->most && !(code = next_line(input, &line, err)) && line.line.data)
        code = keep_line(input, &line, err);
    if (code)
        return code;
    input->work = malloc(input->bytes.size + 1);
    input->entries = calloc(input->line_count + 1, sizeof *input->entries);
    return input->work && input->entries ? WEISU_OK : failure(err, WEISU_ENOMEM, "no memory for the lines of the file");
}

void bench_input_restore(struct bench_input *input)
{
    if (input->bytes.size)
        memcpy(input->work, input->bytes.data, input->bytes.size);
}

/* ---- records ---- */

int bench_input_decode(struct bench_input *input, size_t index, struct record_decoder *decoder, weisu_record *out)
{
    const struct bench_line *line = &input->lines[index];
    const struct file_line row = {.line = {input->work + line->at, line->size, line->number}, .table = line->table};
    return file_line_decode(&row, decoder, out, NULL) ? -1 : 0;
}

static void admit(struct bench_input *input, struct admission *admission)
{
    struct record_decoder decoder = {&input->options, &input->strings, 0, 0};
    for (size_t i = 0; i < input->line_count; i++) {
        weisu_record record;
        weisu_receipt receipt;
        if (bench_input_decode(input, i, &decoder, &record) ||
            admission_decide(admission, &record, &input->entries[input->count], &receipt, NULL) ||
            receipt.verdict != WEISU_ACCEPTED)
            continue;
        input->count++;
        input->text_bytes += record.title.size + record.text.size;
    }
}

weisu_code bench_input_admit(struct bench_input *input, weisu_err *err)
{
    const struct admission_config config = {.latest_ms = INT64_MAX};
    struct admission *admission;
    weisu_code code = admission_new(&admission, &config, NULL, err);
    if (code)
        return code;
    bench_input_restore(input);
    admit(input, admission);
    admission_free(admission);
    return input->count
               ? WEISU_OK
               : failure(err, WEISU_ECONFIG,
                         "没有一条可受理的记录；请先用 weisu batch --dry-run 查看原因。no line is a record: weisu "
                         "batch --dry-run says why");
}
