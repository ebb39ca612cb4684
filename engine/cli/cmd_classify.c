/* weisu classify: the category of records, as a trained model sees it. */
#include "base/byte_buffer.h"
#include "base/failure.h"
#include "cli/commands.h"
#include "cli/label_records.h"
#include "topic/label_model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WRITE_BYTES = 64 << 10 };

struct classifier {
    const struct label_records *records;
    struct label_model *model;
    struct label_scratch *scratch;
    struct arena arena;
    struct byte_buffer out;
};

static weisu_code write_out(struct classifier *classifier, weisu_err *err)
{
    struct byte_buffer *out = &classifier->out;
    if (out->failed)
        return failure(err, WEISU_ENOMEM, "no memory for output");
    if (fwrite(out->data, 1, out->size, stdout) != out->size)
        return failure(err, WEISU_EIO, "standard output: %s", strerror(errno));
    byte_buffer_reset(out);
    return WEISU_OK;
}

/* id, label, confidence with four digits */
static void append_row(struct classifier *classifier, weisu_str id, const struct label_result *result)
{
    struct byte_buffer *out = &classifier->out;
    char confidence[16];
    snprintf(confidence, sizeof confidence, "\t%u.%04u\n", result->confidence / LABEL_CERTAIN,
             result->confidence % LABEL_CERTAIN);
    byte_buffer_append_str(out, id);
    byte_buffer_append_char(out, '\t');
    byte_buffer_append_str(out, label_model_name(classifier->model, result->label));
    byte_buffer_append_text(out, confidence);
}

static weisu_code take_record(void *context, const weisu_record *record, weisu_err *err)
{
    struct classifier *classifier = context;
    const struct label_records *records = classifier->records;
    const weisu_str fields[TOPIC_FIELDS] = {[TOPIC_IN_TITLE] = record->title, [TOPIC_IN_TEXT] = record->text};
    struct characters characters[TOPIC_FIELDS];
    struct seg_tokens tokens[TOPIC_FIELDS];
    struct topic_text text[TOPIC_FIELDS];
    struct label_occurrences found;
    struct label_result result;
    arena_reset(&classifier->arena);
    for (size_t i = 0; i < TOPIC_FIELDS; i++) {
        if (characters_decode(&characters[i], fields[i], &classifier->arena) ||
            segmenter_run(records->segmenter, &characters[i], &classifier->arena, &tokens[i]))
            return failure(err, WEISU_ENOMEM, "no memory for a record");
        text[i] = (struct topic_text){&characters[i], &tokens[i]};
    }
    if (label_features_find(records->setup.lexicon, text, &classifier->arena, &found))
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    label_decide(classifier->scratch, &found, &result);
    append_row(classifier, record->id, &result);
    return classifier->out.size < WRITE_BYTES ? WEISU_OK : write_out(classifier, err);
}

static int open_model(struct classifier *classifier, const char *path)
{
    weisu_err err;
    if (label_model_open(&classifier->model, path, NULL, &err))
        return report_failure("classify", &err);
    if (label_scratch_new(&classifier->scratch, classifier->model, NULL)) {
        failure(&err, WEISU_ENOMEM, "no memory for the model");
        return report_failure("classify", &err);
    }
    if (!label_model_fits(classifier->model, classifier->records->setup.lexicon))
        fputs(speak_chinese() ? "weisu classify: 模型是用另一部词典训练的，准确率会下降；请重新训练\n"
                              : "weisu classify: the model was trained with another dictionary and will decide worse: "
                                "train it again\n",
              stderr);
    return 0;
}

static int classify_files(struct label_records *records, const struct operands *files, const char *model)
{
    struct classifier classifier = {.records = records};
    weisu_err err;
    arena_init(&classifier.arena, NULL, 256u << 10);
    byte_buffer_init(&classifier.out, NULL);
    int status = open_model(&classifier, model);
    if (!status)
        status = label_records_each(records, files->at, files->count, take_record, &classifier);
    if (!status && (write_out(&classifier, &err) || fflush(stdout))) {
        fprintf(stderr, "weisu classify: %s\n", strerror(errno));
        status = EXIT_FAILED;
    }
    byte_buffer_dispose(&classifier.out);
    arena_dispose(&classifier.arena);
    label_scratch_free(classifier.scratch);
    label_model_close(classifier.model);
    return status;
}

int cmd_classify(int argc, char **argv)
{
    struct label_settings settings = {NULL, NULL, 0};
    const char *model = NULL;
    const struct option options[] = {
        {"model", OPTION_TEXT, &model, "MODEL", "what `weisu train` wrote (required)", "weisu train 写出的模型（必填）",
         0, 0},
        LABEL_SETTINGS_OPTIONS(settings),
    };
    const struct command_usage usage = {
        "classify",
        "FILE...",
        "Reads records (- is standard input) and writes a line each: id, tab, category, tab, calibrated probability.",
        "读取记录（- 表示标准输入），每条输出一行：编号、制表符、类别、制表符、校准后的概率。",
        options,
        sizeof options / sizeof options[0]};
    struct operands files;
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    if (!model)
        return usage_error(&usage, "needs --model MODEL", "缺少 --model 模型文件");
    if (!files.count)
        return usage_error(&usage, "which file? (- is standard input)", "缺少文件名（- 表示标准输入）");
    struct label_records records;
    status = label_records_open(&records, &usage, &settings);
    if (!status)
        status = classify_files(&records, &files, model);
    if (!status)
        status = label_records_status(&records, &settings);
    label_records_close(&records);
    return status;
}
