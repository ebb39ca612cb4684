#include "cli/label_records.h"

#include "base/failure.h"

#include <stdio.h>
#include <string.h>

enum { most_told = 5 };

int label_records_open(struct label_records *records, const struct command_usage *usage,
                       const struct label_settings *settings)
{
    struct engine_settings engine = ENGINE_SETTINGS_DEFAULT;
    weisu_err err;
    engine.image = settings->image;
    *records = (struct label_records){.command = usage->name};
    int status = engine_setup_open(&records->setup, usage, &engine);
    if (status)
        return status;
    record_options_init(&records->options, records->setup.zone);
    records->options.needs_text_only = 1;
    if ((settings->map && record_options_map(&records->options, settings->map, &err)) ||
        segmenter_new(&records->segmenter, records->setup.lexicon, NULL, &err))
        return report_failure(usage->name, &err);
    return 0;
}

void label_records_close(struct label_records *records)
{
    segmenter_free(records->segmenter);
    engine_setup_close(&records->setup);
}

static int is_bad_record(weisu_code code)
{
    switch (code) {
    case WEISU_EINVAL:
    case WEISU_ENOMEM:
    case WEISU_EIO:
    case WEISU_ELIMIT:
        return 0;
    default:
        return code != WEISU_OK;
    }
}

static void tell_rejected(struct label_records *records, weisu_err *err, const char *file, uint64_t line)
{
    if (records->rejected++ >= most_told)
        return;
    failure_at(err, file, line);
    report_failure(records->command, err);
}

static weisu_code take_line(struct label_records *records, struct file_line *line, struct arena *bytes, label_take take,
                            void *context, weisu_err *err)
{
    weisu_record record;
    struct record_decoder decoder = {&records->options, bytes, 0, 0};
    if (line->code)
        return line->code;
    arena_reset(bytes);
    weisu_code code = file_line_decode(line, &decoder, &record, err);
    return code ? code : take(context, &record, err);
}

static int take_lines(struct label_records *records, struct record_files *lines, char *const *files, label_take take,
                      void *context)
{
    struct file_line line;
    struct arena bytes;
    weisu_err err;
    weisu_code code;
    arena_init(&bytes, NULL, 256u << 10);
    while (!(code = record_files_next(lines, &line, &err)) && line.line.data) {
        code = take_line(records, &line, &bytes, take, context, &err);
        if (code && !is_bad_record(code))
            break;
        if (code)
            tell_rejected(records, &err, files[line.file], line.line.number);
    }
    arena_dispose(&bytes);
    return code ? report_failure(records->command, &err) : 0;
}

int label_records_each(struct label_records *records, char *const *files, size_t count, label_take take, void *context)
{
    const struct row_reader_setup setup = {.options = &records->options};
    weisu_err err;
    struct record_files *lines;
    if (record_files_open(&lines, files, count, &setup, &err))
        return report_failure(records->command, &err);
    int status = take_lines(records, lines, files, take, context);
    record_files_close(lines);
    return status;
}

int label_records_status(const struct label_records *records, const struct label_settings *settings)
{
    if (records->rejected)
        fprintf(stderr, speak_chinese() ? "拒收 %llu 条记录\n" : "%llu records rejected\n",
                (unsigned long long)records->rejected);
    return records->rejected && settings->strict ? EXIT_REJECTED : EXIT_DONE;
}
