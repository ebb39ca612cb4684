#include "cli/record_files.h"

#include "base/failure.h"
#include "io/record_json.h"

#include <stdlib.h>

struct one_file {
    struct input_file *input;
    struct row_reader *rows;
};

struct record_files {
    struct one_file *files;
    size_t count;
    size_t current;
    uint64_t read_before; /* bytes of the files before the current one */
    uint64_t all_bytes;
};

/* ---- opening ---- */

static weisu_code open_one(struct record_files *files, size_t at, const char *name,
                           const struct row_reader_setup *setup, weisu_err *err)
{
    struct one_file *one = &files->files[at];
    weisu_code code = input_file_open_settled(&one->input, name, NULL, err);
    if (!code)
        code = row_reader_new(&one->rows, one->input, setup, err);
    if (code)
        return code;
    files->all_bytes += input_file_size(one->input);
    return WEISU_OK;
}

weisu_code record_files_open(struct record_files **out, char *const *names, size_t count,
                             const struct row_reader_setup *setup, weisu_err *err)
{
    *out = NULL;
    struct record_files *files = calloc(1, sizeof *files);
    if (files)
        files->files = calloc(count, sizeof *files->files);
    if (!files || !files->files) {
        free(files);
        return failure(err, WEISU_ENOMEM, "no memory for reading");
    }
    files->count = count;
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < count && !code; i++)
        code = open_one(files, i, names[i], setup, err);
    if (code)
        record_files_close(files);
    else
        *out = files;
    return code;
}

void record_files_close(struct record_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++) {
        row_reader_free(files->files[i].rows);
        input_file_close(files->files[i].input);
    }
    free(files->files);
    free(files);
}

weisu_code record_files_rewind(struct record_files *files, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < files->count && !code; i++)
        code = row_reader_rewind(files->files[i].rows, err);
    files->current = 0;
    files->read_before = 0;
    return code;
}

/* ---- reading ---- */

weisu_code record_files_next(struct record_files *files, struct file_line *out, weisu_err *err)
{
    for (; files->current < files->count; files->current++) {
        struct one_file *one = &files->files[files->current];
        struct input_row row;
        int more;
        weisu_code code = row_reader_next(one->rows, &row, &more, err);
        int is_bad_line = more && (code == WEISU_ETOOLONG || code == WEISU_ESYNTAX);
        *out = (struct file_line){row.line, (uint32_t)files->current, row.sheet, row.table, code};
        if (is_bad_line)
            return WEISU_OK;
        if (code || more)
            return code;
        files->read_before += input_file_position(one->input);
    }
    *out = (struct file_line){.file = (uint32_t)files->count};
    return WEISU_OK;
}

weisu_code file_line_decode(const struct file_line *line, struct record_decoder *decoder, weisu_record *out,
                            weisu_err *err)
{
    return line->table ? record_csv_decode(line->table, decoder, line->line, out, err)
                       : record_json_decode(decoder, line->line, out, err);
}

uint64_t record_files_read_bytes(const struct record_files *files)
{
    uint64_t now = files->current < files->count ? input_file_position(files->files[files->current].input) : 0;
    return files->read_before + now;
}

uint64_t record_files_all_bytes(const struct record_files *files)
{
    return files->all_bytes;
}
