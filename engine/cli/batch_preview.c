#include "cli/batch_preview.h"

#include "base/failure.h"
#include "cli/batch_reader.h"
#include "cli/mapping_report.h"
#include "io/record_render.h"

#include <stdio.h>
#include <string.h>

enum { shown_records = 10, reason_bytes = 256, last_code = WEISU_ECOLUMNS };

/* Rejections of one code: how many, and the first of them. */
struct rejection {
    uint64_t count;
    const char *file;
    const char *sheet;
    uint64_t line;
    char message[reason_bytes];
};

struct preview {
    const struct engine_setup *setup;
    char *const *files;
    struct record_options options;
    struct batch_reader *reader;
    struct byte_buffer out;
    uint64_t good;
    uint64_t bad;
    struct rejection rejection[last_code + 1];
};

static weisu_code show_record(struct preview *p, const weisu_record *record, weisu_err *err)
{
    byte_buffer_reset(&p->out);
    record_render(&p->out, record, p->setup->zone);
    byte_buffer_append_char(&p->out, '\n');
    if (p->out.failed)
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    if (fwrite(p->out.data, 1, p->out.size, stdout) != p->out.size)
        return failure(err, WEISU_EIO, "cannot write to standard output");
    return WEISU_OK;
}

static void count_rejection(struct preview *p, const struct batch_row *row)
{
    struct rejection *r = &p->rejection[row->code];
    p->bad++;
    if (r->count++)
        return;
    r->file = p->files[row->file];
    r->sheet = row->sheet;
    r->line = row->line;
    snprintf(r->message, sizeof r->message, "%.*s", (int)row->message.size, row->message.data);
}

static weisu_code take_row(struct preview *p, const struct batch_row *row, weisu_err *err)
{
    if (row->code) {
        count_rejection(p, row);
        return WEISU_OK;
    }
    return p->good++ < shown_records ? show_record(p, &row->record, err) : WEISU_OK;
}

static weisu_code read_all(struct preview *p, weisu_err *err)
{
    const struct batch_row *rows;
    size_t count;
    weisu_code code;
    while (!(code = batch_reader_next(p->reader, &rows, &count, err)) && count)
        for (size_t i = 0; i < count && !code; i++)
            code = take_row(p, &rows[i], err);
    return code;
}

static void print_summary(const struct preview *p)
{
    int zh = speak_chinese();
    fprintf(stderr, zh ? "试读：%llu 条可受理，%llu 条会被拒收\n" : "dry run: %llu records, %llu rejected\n",
            (unsigned long long)p->good, (unsigned long long)p->bad);
    for (int code = 0; code <= last_code; code++) {
        const struct rejection *r = &p->rejection[code];
        if (!r->count)
            continue;
        fprintf(stderr, zh ? "  %llu 条 %s：首见 %s" : "  %llu × %s: first %s", (unsigned long long)r->count,
                zh ? weisu_code_text((weisu_code)code, 1) : weisu_code_name((weisu_code)code), r->file);
        fprintf(stderr, r->sheet ? " [%s]" : "%s", r->sheet ? r->sheet : "");
        fprintf(stderr, ":%llu: %s\n", (unsigned long long)r->line, r->message);
    }
}

static weisu_code run(struct preview *p, const struct batch_settings *settings, size_t count, weisu_err *err)
{
    const struct row_reader_setup setup = {.options = &p->options, .met = mapping_report};
    record_options_init(&p->options, p->setup->zone);
    p->options.no_time = settings->no_time;
    weisu_code code = settings->map ? record_options_map(&p->options, settings->map, err) : WEISU_OK;
    if (!code && settings->constant)
        code = record_options_constant(&p->options, settings->constant, err);
    if (!code)
        code = batch_reader_open(&p->reader, p->files, count, &setup, &p->setup->options.executor, err);
    return code ? code : read_all(p, err);
}

int batch_preview(struct engine_setup *setup, const struct batch_settings *settings, char *const *files, size_t count)
{
    struct preview preview = {.setup = setup, .files = files};
    weisu_err err;
    byte_buffer_init(&preview.out, NULL);
    weisu_code code = run(&preview, settings, count, &err);
    if (!code)
        print_summary(&preview);
    batch_reader_close(preview.reader);
    byte_buffer_dispose(&preview.out);
    if (code)
        return report_failure("batch", &err);
    return preview.bad && settings->strict ? EXIT_REJECTED : EXIT_DONE;
}
