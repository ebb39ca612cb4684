/* weisu batch: reprocess archives, or the log of a service. */
#include "cli/batch_preview.h"
#include "cli/commands.h"
#include "cli/engine_setup.h"

#include <string.h>
#include <sys/stat.h>

struct batch_words {
    struct engine_settings engine;
    struct batch_settings batch;
    const char *out;
    const char *map;
    const char *constant;
    const char *order;
    const char *replay;
    int strict;
    int no_time;
    int keep_raw;
    int dry_run;
    const char *data;
    int resume;
};

static int choose_order(const struct command_usage *usage, const char *order, struct batch_settings *batch)
{
    batch->order_by_time = strcmp(order, "time") == 0;
    if (!batch->order_by_time && strcmp(order, "input") != 0)
        return usage_error(usage, "--order is time or input", "--order 只能是 time 或 input");
    return 0;
}

static int check_words(const struct command_usage *usage, struct batch_words *words, size_t files)
{
    if (words->replay && files)
        return usage_error(usage, "--replay takes no files", "--replay 不能同时给出文件");
    if (words->replay && words->engine.words)
        return usage_error(usage, "--replay takes the words of the log", "--replay 使用日志中的自定义词");
    if (words->replay && words->dry_run)
        return usage_error(usage, "--dry-run reads files, not a log", "--dry-run 只用于文件");
    if (words->data && (words->replay || words->out))
        return usage_error(usage, "--data goes with files only; weisu export writes the results of a data folder",
                           "--data 只与文件同用；数据目录的结果用 weisu export 导出");
    if (words->resume && !words->data)
        return usage_error(usage, "--resume needs --data", "--resume 需要 --data");
    if (!words->replay && !files)
        return usage_error(usage, "which file? (- is standard input)", "缺少文件名（- 表示标准输入）");
    if (words->no_time)
        words->batch.no_time = 1;
    words->batch.strict = words->strict;
    words->batch.keep_raw = words->keep_raw;
    words->batch.data = words->data;
    words->batch.resume = words->resume;
    words->batch.out = words->out ? words->out : "weisu-out";
    words->batch.map = words->map;
    words->batch.constant = words->constant;
    words->batch.replay = words->replay;
    return choose_order(usage, words->order, &words->batch);
}

int cmd_batch(int argc, char **argv)
{
    struct batch_words words = {.engine = ENGINE_SETTINGS_DEFAULT, .batch = {.batch = 4096}, .order = "time"};
    const struct option options[] = {
        {"out", OPTION_TEXT, &words.out, "DIR", "folder of the results (default weisu-out)",
         "结果目录（默认 weisu-out）", 0, 0},
        {"data", OPTION_TEXT, &words.data, "DIR",
         "add the records to the data folder of a service, which must not be running, instead of writing results",
         "把记录加入服务的数据目录（服务须已停止），不写结果文件", 0, 0},
        {"resume", OPTION_FLAG, &words.resume, NULL,
         "with --data: go on where an earlier run of the same files stopped",
         "与 --data 同用：从上次同一批文件中断处继续", 0, 0},
        {"map", OPTION_TEXT, &words.map, "KEY=COLUMN,...", "which column or JSON key gives which field",
         "字段取自哪一列（或 JSON 键）", 0, 0},
        {"const", OPTION_TEXT, &words.constant, "KEY=VALUE,...", "a field that is the same in every record",
         "每条记录都相同的字段", 0, 0},
        {"order", OPTION_TEXT, &words.order, "time|input",
         "time: an archive that is out of order by more than a day is sorted (default); input: as it stands",
         "time：乱序超过一天的档案先按时间排序（默认）；input：保持原序", 0, 0},
        {"no-time", OPTION_FLAG, &words.no_time, NULL, "the line number, as seconds since 1970, is the time",
         "以行号作为 1970 年以来的秒数", 0, 0},
        {"strict", OPTION_FLAG, &words.strict, NULL, "exit with status 1 when a record was rejected",
         "有记录被拒收时以状态 1 退出", 0, 0},
        {"keep-raw", OPTION_FLAG, &words.keep_raw, NULL, "rejected.jsonl keeps personal data unmasked (dangerous)",
         "rejected.jsonl 保留未脱敏的原文（有风险）", 0, 0},
        {"dry-run", OPTION_FLAG, &words.dry_run, NULL,
         "read only: print the mapping, the first ten records and the reasons of rejection",
         "只试读：显示列的对应、前十条记录和拒收原因，不写任何文件", 0, 0},
        {"replay", OPTION_TEXT, &words.replay, "DIR", "run the log of the service with that data folder again",
         "重放该数据目录中服务的日志", 0, 0},
        {"batch", OPTION_NUMBER, &words.batch.batch, "N",
         "records taken at once, never visible in a result (default 4096)", "每批记录数，不影响结果（默认 4096）", 1,
         4096},
        ENGINE_WORDS_OPTION(words.engine.words),
        ENGINE_BUDGET_OPTION(words.engine),
        ENGINE_SETTINGS_OPTIONS(words.engine),
    };
    const struct command_usage usage = {"batch",
                                        "FILE...",
                                        "Reads archives (.xlsx, .csv, .tsv, .jsonl, each also .gz or .zst; - is "
                                        "standard input) and writes clusters, alerts, links, rejected records "
                                        "and "
                                        "a summary into a folder.",
                                        "读取档案（.xlsx、.csv、.tsv、.jsonl，以及它们的 .gz、.zst；- "
                                        "表示标准输入），把同类诉求、预警、重复件、拒收记录和汇总写入结果目录。",
                                        options,
                                        sizeof options / sizeof options[0]};
    struct operands files;
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    if ((status = check_words(&usage, &words, files.count)))
        return status;
    if (words.data)
        umask(077); /* what the service's folder holds is for its owner */
    struct engine_setup setup;
    if ((status = engine_setup_open(&setup, &usage, &words.engine)))
        return status;
    status = words.dry_run ? batch_preview(&setup, &words.batch, files.at, files.count)
                           : batch_run(&setup, &words.batch, files.at, files.count);
    engine_setup_close(&setup);
    return status;
}
