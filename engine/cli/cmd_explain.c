/* weisu explain: why the engine sees a record as it does. */
#include "base/failure.h"
#include "cli/commands.h"
#include "cli/engine_setup.h"
#include "cli/explain_record.h"
#include "cli/record_files.h"
#include "cli/words_file.h"

#include <stdio.h>
#include <string.h>

struct explainer {
    struct engine_setup setup;
    struct segmenter *segmenter;
    struct word_overlay *overlay;
    struct analysis_model model;
    struct analyst analyst;
    struct record_options options;
    struct arena bytes;
    struct byte_buffer out;
};

static weisu_code open_explainer(struct explainer *e, weisu_err *err)
{
    arena_init(&e->bytes, NULL, 0);
    byte_buffer_init(&e->out, NULL);
    record_options_init(&e->options, e->setup.zone);
    /* One record is looked at for itself: neither id nor time matters to what is explained. */
    e->options.no_time = 1;
    weisu_code code = segmenter_new(&e->segmenter, e->setup.lexicon, NULL, err);
    if (!code)
        code = words_file_overlay(&e->overlay, e->setup.lexicon, (weisu_str){e->setup.words.data, e->setup.words.size},
                                  err);
    if (!code)
        segmenter_set_overlay(e->segmenter, e->overlay);
    if (!code)
        code = analysis_model_init(&e->model, e->setup.lexicon, e->segmenter, e->setup.options.city, NULL, err);
    e->model.teller = e->setup.classifier;
    return code ? code : analyst_init(&e->analyst, &e->model, NULL, err);
}

static void close_explainer(struct explainer *e)
{
    if (e->analyst.topic)
        analyst_dispose(&e->analyst);
    if (e->model.lexicon)
        analysis_model_dispose(&e->model);
    segmenter_free(e->segmenter);
    word_overlay_free(e->overlay);
    byte_buffer_dispose(&e->out);
    arena_dispose(&e->bytes);
    engine_setup_close(&e->setup);
}

static weisu_code explain_line(struct explainer *e, struct file_line *line, weisu_err *err)
{
    weisu_record record;
    struct analysis analysis;
    struct record_decoder decoder = {&e->options, &e->bytes, 0, 0};
    arena_reset(&e->bytes);
    arena_reset(&e->analyst.arena);
    byte_buffer_reset(&e->out);
    weisu_code code = file_line_decode(line, &decoder, &record, err);
    if (code)
        return code;
    if (analyse_record(&e->model, &e->analyst, &record, &analysis))
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    explain_record(&e->out, e->setup.lexicon, &record, &analysis);
    byte_buffer_append_char(&e->out, '\n');
    if (e->out.failed || fwrite(e->out.data, 1, e->out.size, stdout) != e->out.size)
        return failure(err, WEISU_EIO, "cannot write the explanation");
    return WEISU_OK;
}

/* A line that cannot be read is told and passed over; anything else ends the work. */
static int explain_lines(struct explainer *e, struct record_files *lines, char *const *files)
{
    weisu_err err;
    struct file_line line;
    int status = EXIT_DONE;
    weisu_code code;
    while (!(code = record_files_next(lines, &line, &err)) && line.line.data) {
        code = line.code ? line.code : explain_line(e, &line, &err);
        if (!code)
            continue;
        failure_at(&err, files[line.file], line.line.number);
        status = report_failure("explain", &err);
        if (code == WEISU_ENOMEM || code == WEISU_EIO)
            return status;
    }
    return code ? report_failure("explain", &err) : status;
}

static int explain_files(struct explainer *e, char *const *files, size_t count)
{
    weisu_err err;
    struct record_files *lines;
    const struct row_reader_setup setup = {.options = &e->options};
    if (open_explainer(e, &err) || record_files_open(&lines, files, count, &setup, &err))
        return report_failure("explain", &err);
    int status = explain_lines(e, lines, files);
    record_files_close(lines);
    return status;
}

int cmd_explain(int argc, char **argv)
{
    static char stdin_name[] = "-";
    static char *const stdin_only[] = {stdin_name};
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    const struct option options[] = {ENGINE_WORDS_OPTION(settings.words), ENGINE_SETTINGS_OPTIONS(settings)};
    const struct command_usage usage = {
        "explain",
        "[FILE...]",
        "Reads records (JSON Lines; standard input without a file) and writes one JSON object each: tokens, place "
        "path, "
        "topic, units, risk words, and why.",
        "读取记录（JSON Lines；不给文件则读标准输入），每条输出一个 JSON 对象：分词、点位、分类、单位、风险词及理由。",
        options,
        sizeof options / sizeof options[0]};
    struct operands files;
    struct explainer explainer;
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    memset(&explainer, 0, sizeof explainer);
    if ((status = engine_setup_open(&explainer.setup, &usage, &settings)))
        return status;
    status = files.count ? explain_files(&explainer, files.at, files.count) : explain_files(&explainer, stdin_only, 1);
    close_explainer(&explainer);
    return status;
}
