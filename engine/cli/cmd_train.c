/* weisu train: learn `category` from a labelled archive. */
#include "base/out_file.h"
#include "cli/commands.h"
#include "cli/label_records.h"
#include "learn/learn_model.h"

#include <stdio.h>

static weisu_code take_record(void *context, const weisu_record *record, weisu_err *err)
{
    return learn_corpus_add(context, record, err);
}

static weisu_code write_model(const char *path, const void *bytes, size_t size, weisu_err *err)
{
    struct out_file *file;
    weisu_code code = out_file_open(&file, path, OUT_FILE_REPLACE, NULL, err);
    if (code)
        return code;
    byte_buffer_append(out_file_buffer(file), bytes, size);
    return out_file_commit(file, err);
}

static void print_report(const struct learn_corpus *corpus, const struct learn_report *report, const char *path)
{
    printf(speak_chinese()
               ? "%s：学习 %zu 条记录、%u 个类别、%u 个特征\n三折检验（相近文本不分开）：准确率 %.4f，宏平均 F1 %.4f\n"
               : "%s: learnt from %zu records, %u categories, %u features\nthree folds, near-copies "
                 "together: accuracy %.4f, macro-averaged F1 %.4f\n",
           path, corpus->document_count, corpus->label_count, report->features, report->held_accuracy / 10000.0,
           report->held_macro_f1 / 10000.0);
}

static int make_model(struct learn_corpus *corpus, const char *path)
{
    struct learn_report report;
    void *bytes = NULL;
    size_t size = 0;
    weisu_err err;
    learn_corpus_sort_labels(corpus);
    weisu_code code = learn_model_make(corpus, &bytes, &size, &report, &err);
    if (!code)
        code = write_model(path, bytes, size, &err);
    memory_free(corpus->allocator, bytes, size, 1);
    if (code)
        return report_failure("train", &err);
    print_report(corpus, &report, path);
    return EXIT_DONE;
}

static int train_files(struct label_records *records, const struct operands *files, const char *path)
{
    static struct learn_corpus corpus;
    learn_corpus_init(&corpus, records->setup.lexicon, records->segmenter, memory_default());
    int status = label_records_each(records, files->at, files->count, take_record, &corpus);
    if (!status)
        status = make_model(&corpus, path);
    learn_corpus_dispose(&corpus);
    return status;
}

int cmd_train(int argc, char **argv)
{
    struct label_settings settings = {NULL, NULL, 0};
    const char *out = NULL;
    const struct option options[] = {
        {"out", OPTION_TEXT, &out, "MODEL", "file of the model (required)", "模型文件（必填）", 0, 0},
        LABEL_SETTINGS_OPTIONS(settings),
    };
    const struct command_usage usage = {
        "train",
        "FILE...",
        "Learns the category of records from an archive that has it (.jsonl, .csv, .tsv, ...; - is standard input) and "
        "writes a model for classify, batch and serve.",
        "从带类别的档案（.jsonl、.csv、.tsv 等；- 表示标准输入）学习类别，写出供 classify、batch、serve 使用的模型。",
        options,
        sizeof options / sizeof options[0]};
    struct operands files;
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    if (!out)
        return usage_error(&usage, "needs --out MODEL", "缺少 --out 模型文件");
    if (!files.count)
        return usage_error(&usage, "which file? (- is standard input)", "缺少文件名（- 表示标准输入）");
    struct label_records records;
    status = label_records_open(&records, &usage, &settings);
    if (!status)
        status = train_files(&records, &files, out);
    if (!status)
        status = label_records_status(&records, &settings);
    label_records_close(&records);
    return status;
}
