/* weisu bench: what this machine does, stage by stage and as a whole. */
#include "cli/bench_batch.h"
#include "cli/bench_stages.h"
#include "cli/commands.h"
#include "cli/share_dir.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { batch_options = 16 };

struct bench_words {
    struct engine_settings engine;
    struct bench_settings bench;
    const char *map;
    const char *constant;
    int64_t records;
    int csv;
};

struct bench_files {
    char *const *at;
    size_t count;
    char sample[PATH_MAX];
    char *sample_at[1];
};

/* ---- the table ---- */

static void print_head(const struct bench_words *words)
{
    if (words->csv)
        return;
    /* A Chinese character takes two columns. */
    if (speak_chinese())
        puts("阶段       线程       条数      条/秒   MB/秒   微秒/条  峰值MB");
    else
        puts("stage      threads    records  records/s    MB/s  us/record  peak MB");
}

static void print_row(void *context, const struct bench_result *r)
{
    const struct bench_words *words = context;
    double seconds = r->seconds > 0 ? r->seconds : 1e-9;
    double records = (double)r->records;
    printf(words->csv ? "%s,%u,%llu,%.0f,%.1f,%.3f,%.1f\n" : "%-10s %7u %10llu %10.0f %7.1f %10.3f %8.1f\n", r->stage,
           r->threads, (unsigned long long)r->records, records / seconds, (double)r->bytes / seconds / 1e6,
           records > 0 ? seconds / records * 1e6 : 0, (double)r->peak_bytes / 1e6);
    fflush(stdout);
}

/* ---- the command as a whole ---- */

static uint64_t bytes_of(const struct bench_files *files)
{
    uint64_t bytes = 0;
    struct stat about;
    for (size_t i = 0; i < files->count; i++)
        bytes += stat(files->at[i], &about) ? 0 : (uint64_t)about.st_size;
    return bytes;
}

static size_t list_options(const struct bench_words *words, const char *threads, const char *out[batch_options])
{
    const char *const pairs[][2] = {
        {"--threads", threads},
        {"--tz", words->engine.tz},
        {"--city", words->engine.city},
        {"--image", words->engine.image},
        {"--model", words->engine.model},
        {"--categories", words->engine.categories},
        {"--map", words->map},
        {"--const", words->constant},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!pairs[i][1])
            continue;
        out[count++] = pairs[i][0];
        out[count++] = pairs[i][1];
    }
    return count;
}

static weisu_code time_batch(const struct bench_words *words, const struct bench_files *files, uint32_t threads,
                             weisu_err *err)
{
    const char *options[batch_options];
    char number[16];
    struct bench_result result = {.stage = "batch", .threads = threads, .bytes = bytes_of(files)};
    double all_s = 0;
    snprintf(number, sizeof number, "%u", threads);
    size_t count = list_options(words, number, options);
    for (int64_t round = 0; round < words->bench.rounds && all_s < 5; round++) {
        struct bench_batch batch;
        weisu_code code = bench_batch_run(&batch, options, count, files->at, files->count, err);
        if (code)
            return code;
        all_s += batch.seconds;
        result.seconds = round && result.seconds < batch.seconds ? result.seconds : batch.seconds;
        result.peak_bytes = batch.peak_bytes > result.peak_bytes ? batch.peak_bytes : result.peak_bytes;
        result.records = batch.records;
    }
    print_row(words->bench.context, &result);
    return WEISU_OK;
}

static weisu_code time_batches(const struct bench_words *words, const struct bench_files *files, uint32_t workers,
                               weisu_err *err)
{
    if (!bench_is_chosen(&words->bench, "batch"))
        return WEISU_OK;
    weisu_code code = time_batch(words, files, 1, err);
    return code || workers == 1 ? code : time_batch(words, files, workers, err);
}

/* ---- the command ---- */

static weisu_code run(struct bench_words *words, const struct bench_files *files, const struct engine_setup *setup,
                      weisu_err *err)
{
    const struct bench_input_setup about = {files->at,  files->count,    setup->zone,
                                            words->map, words->constant, (uint64_t)words->records};
    struct bench_input input;
    weisu_code code = bench_input_open(&input, &about, err);
    if (!code) {
        print_head(words);
        code = time_batches(words, files, setup->options.executor.workers, err);
    }
    if (!code)
        code = bench_input_load(&input, err);
    if (!code)
        code = bench_input_admit(&input, err);
    if (!code)
        code = bench_stages_run(&input, setup, &words->bench, err);
    bench_input_close(&input);
    return code;
}

static int choose_files(const struct command_usage *usage, const struct operands *operands, struct bench_files *files)
{
    for (size_t i = 0; i < operands->count; i++)
        if (strcmp(operands->at[i], "-") == 0)
            return usage_error(usage, "a file is read several times: standard input cannot be",
                               "文件要反复读取，不能用标准输入");
    files->at = operands->at;
    files->count = operands->count;
    if (operands->count)
        return 0;
    if (share_path(files->sample, sizeof files->sample, "samples/stream.jsonl"))
        return usage_error(usage, "the sample is not installed: name a FILE", "未安装样例，请给出文件");
    files->sample_at[0] = files->sample;
    files->at = files->sample_at;
    files->count = 1;
    return 0;
}

static int measure(const struct command_usage *usage, struct bench_words *words, const struct operands *operands)
{
    struct bench_files files = {0};
    struct engine_setup setup;
    weisu_err err;
    int status = choose_files(usage, operands, &files);
    if (status || (status = engine_setup_open(&setup, usage, &words->engine)))
        return status;
    words->bench.tell = print_row;
    words->bench.context = words;
    if (run(words, &files, &setup, &err))
        status = report_failure("bench", &err);
    engine_setup_close(&setup);
    return status;
}

int cmd_bench(int argc, char **argv)
{
    struct bench_words words = {.engine = ENGINE_SETTINGS_DEFAULT, .bench = {.rounds = 5}, .records = 200000};
    const struct option options[] = {
        {"filter", OPTION_TEXT, &words.bench.filter, "PART", "only stages whose name holds PART",
         "只测名称含 PART 的阶段", 0, 0},
        {"records", OPTION_NUMBER, &words.records, "N",
         "lines that the stages hold in memory, from the first (default 200000); batch reads all",
         "各阶段在内存中使用的前 N 行（默认 200000）；batch 读取全部", 1, 100000000},
        {"rounds", OPTION_NUMBER, &words.bench.rounds, "N",
         "the best of at most N rounds counts; none begins after 5 seconds (default 5)",
         "最多 N 轮取最快，满 5 秒不再开始新一轮（默认 5）", 1, 1000},
        {"csv", OPTION_FLAG, &words.csv, NULL,
         "rows of stage,threads,records,records/s,MB/s,us/record,peak MB instead of a table",
         "输出 CSV：阶段,线程,条数,条/秒,MB/秒,微秒/条,峰值MB", 0, 0},
        {"map", OPTION_TEXT, &words.map, "KEY=COLUMN,...", "which column or JSON key gives which field",
         "字段取自哪一列（或 JSON 键）", 0, 0},
        {"const", OPTION_TEXT, &words.constant, "KEY=VALUE,...", "a field that is the same in every record",
         "每条记录都相同的字段", 0, 0},
        ENGINE_SETTINGS_OPTIONS(words.engine),
    };
    const struct command_usage usage = {
        "bench",
        "[FILE...]",
        "Measures what this machine does: `weisu batch` as a whole, on one thread and on all, and each stage of the "
        "engine, on the bundled sample or on files of your own in any format that batch reads.",
        "测量本机的处理能力：weisu batch 全流程（单线程与全部线程）以及引擎各阶段；使用自带样例，或自己的文件（batch 能"
        "读的任何格式）。",
        options,
        sizeof options / sizeof options[0]};
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    return measure(&usage, &words, &operands);
}
