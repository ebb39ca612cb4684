/* weisu backtest: a user's own history, replayed: what would have been raised, when, and what was still to come. */
#include "cli/backtest_report.h"
#include "cli/batch_run.h"
#include "cli/commands.h"
#include "cli/engine_setup.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

struct backtest_words {
    struct engine_settings engine;
    struct batch_settings batch;
    const char *out;
    int64_t least;
};

/* The archive at one budget, into `folder`. Returns the exit status. */
static int run_once(struct engine_setup *setup, const struct backtest_words *words, const char *folder,
                    const struct operands *files, struct backtest_result *result)
{
    struct batch_settings batch = words->batch;
    weisu_err err;
    batch.out = folder;
    int status = batch_run(setup, &batch, files->at, files->count);
    if (status)
        return status;
    return backtest_result_read(result, folder, (uint64_t)words->least, &err) ? report_failure("backtest", &err) : 0;
}

static struct backtest_point point_of(const struct backtest_result *result, uint32_t budget_milli)
{
    double found = result->hotspots ? (double)result->found / (double)result->hotspots : 0;
    return (struct backtest_point){budget_milli / 1000., (double)result->alerts / result->weeks, found,
                                   result->to_come};
}

/* A quarter, half, once, twice and four times the budget; the user's own last, so that its result stays. */
static int run_all(struct engine_setup *setup, const struct backtest_words *words, const struct operands *files,
                   struct backtest_result *result, struct backtest_point curve[BACKTEST_BUDGETS])
{
    static const uint32_t order[BACKTEST_BUDGETS] = {0, 1, 3, 4, 2};
    const uint32_t own = setup->options.budget_milli_per_week;
    int status = 0;
    (void)mkdir(words->out, 0777); /* where it cannot be made, writing into it says so */
    for (size_t i = 0; i < BACKTEST_BUDGETS && !status; i++) {
        char folder[PATH_MAX];
        uint32_t budget = (uint32_t)(((uint64_t)own << order[i]) / 4);
        int is_own = order[i] == 2;
        setup->options.budget_milli_per_week = budget ? budget : 1;
        backtest_result_dispose(result);
        snprintf(folder, sizeof folder, is_own ? "%s" : "%s/budget-%u", words->out,
                 setup->options.budget_milli_per_week);
        status = run_once(setup, words, folder, files, result);
        curve[order[i]] = point_of(result, setup->options.budget_milli_per_week);
    }
    return status;
}

static int backtest(struct engine_setup *setup, const struct backtest_words *words, const struct operands *files)
{
    struct backtest_result result = {0};
    struct backtest_point curve[BACKTEST_BUDGETS];
    weisu_err err;
    int status = run_all(setup, words, files, &result, curve);
    if (!status) {
        backtest_report_text(stdout, &result, curve, BACKTEST_BUDGETS);
        if (backtest_report_files(words->out, &result, curve, BACKTEST_BUDGETS, &err))
            status = report_failure("backtest", &err);
    }
    backtest_result_dispose(&result);
    return status;
}

static int check_files(const struct command_usage *usage, const struct operands *files)
{
    if (!files->count)
        return usage_error(usage, "which file?", "缺少文件名");
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->at[i], "-") == 0)
            return usage_error(usage, "standard input cannot be read again for each budget: give a file",
                               "标准输入无法按多个预算重复读取，请给出文件");
    return 0;
}

int cmd_backtest(int argc, char **argv)
{
    struct backtest_words words = {.engine = ENGINE_SETTINGS_DEFAULT,
                                   .batch = {.batch = 4096, .order_by_time = 1},
                                   .out = "weisu-backtest",
                                   .least = 5};
    const struct option options[] = {
        {"out", OPTION_TEXT, &words.out, "DIR", "folder of the results (default weisu-backtest)",
         "结果目录（默认 weisu-backtest）", 0, 0},
        {"least", OPTION_NUMBER, &words.least, "N", "reporters that make a cluster a hotspot (default 5)",
         "达到多少位诉求人算热点（默认 5）", 2, 1000000},
        {"map", OPTION_TEXT, &words.batch.map, "KEY=COLUMN,...", "which column or JSON key gives which field",
         "字段取自哪一列（或 JSON 键）", 0, 0},
        {"const", OPTION_TEXT, &words.batch.constant, "KEY=VALUE,...", "a field that is the same in every record",
         "每条记录都相同的字段", 0, 0},
        ENGINE_BUDGET_OPTION(words.engine),
        ENGINE_SETTINGS_OPTIONS(words.engine),
    };
    const struct command_usage usage = {
        "backtest",
        "FILE...",
        "Replays archives and says for each alert when it would have been raised, how many complaints were known and "
        "how "
        "many were still to come, and how that changes with the budget of false alerts.",
        "用历史档案回测：每个预警会在何时发出、当时已知多少件、之后还有多少件，以及这些如何随误报预算变化。",
        options,
        sizeof options / sizeof options[0]};
    struct operands files;
    struct engine_setup setup;
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    if ((status = check_files(&usage, &files)) || (status = engine_setup_open(&setup, &usage, &words.engine)))
        return status;
    status = backtest(&setup, &words, &files);
    engine_setup_close(&setup);
    return status;
}
