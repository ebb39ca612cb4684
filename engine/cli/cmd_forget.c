/* weisu forget: texts and reporters leave the data folder, counts stay. */
#include "base/civil_time.h"
#include "cli/commands.h"
#include "cli/message_lines.h"
#include "cli/service_forget.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_date(const struct command_usage *usage, const struct zone *zone, const char *text, int64_t *out)
{
    struct civil_text date;
    if (civil_parse((weisu_str){text, strlen(text)}, &date))
        return usage_error(usage, "--before is a date or a time, for example 2022-01-01",
                           "--before 是日期或时间，例如 2022-01-01");
    *out = zone_instant(zone, &date);
    return 0;
}

static int run_forget(const struct command_usage *usage, const struct engine_settings *engine, const char *data,
                      const char *before, struct service_forgetting *whom)
{
    const struct message_log log = {NULL, MESSAGE_WARNING, message_line_write};
    struct engine_setup setup;
    int status = engine_setup_open(&setup, usage, engine);
    if (status)
        return status;
    struct service_settings service = {
        .command = usage->name, .data = data, .checkpoint_entries = 20000, .engine = &setup, .log = &log};
    weisu_err err;
    uint64_t records;
    if (before)
        status = read_date(usage, setup.zone, before, &whom->before_ms);
    if (!status && service_forget(&service, whom, &records, &err))
        status = report_failure(usage->name, &err);
    else if (!status)
        fprintf(stderr, speak_chinese() ? "已删除 %llu 条记录的文本与诉求人\n" : "%llu records forgotten\n",
                (unsigned long long)records);
    engine_setup_close(&setup);
    return status;
}

int cmd_forget(int argc, char **argv)
{
    const char *data = NULL;
    const char *before = NULL;
    struct service_forgetting whom = {.before_ms = INT64_MIN};
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "data folder of the service, which must not be running (required)",
         "服务的数据目录，服务须已停止（必填）", 0, 0},
        {"reporter", OPTION_TEXT, &whom.reporter, "KEY", "the cases of this reporter, as senders name him",
         "该诉求人（发送方所用的标识）的全部记录", 0, 0},
        {"before", OPTION_TEXT, &before, "DATE", "all cases that came before this date or time",
         "此日期（时间）之前收到的全部记录", 0, 0},
        ENGINE_SETTINGS_OPTIONS(settings),
    };
    const struct command_usage usage = {
        "forget",
        "",
        "Deletes texts, titles, addresses, positions and reporters of cases from a data folder and writes its "
        "database\n"
        "anew; what was counted stays. The service must be stopped. Back-ups are yours to deal with.",
        "从数据目录中删除记录的正文、标题、地址、坐标和诉求人，并重写数据库；统计数保留。\n"
        "须先停止服务。备份需另行处理。",
        options,
        sizeof options / sizeof options[0]};
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (!data || operands.count || !before == !whom.reporter)
        return usage_error(&usage, "--data and one of --reporter and --before are required",
                           "需要 --data，以及 --reporter 与 --before 之一");
    if (access(data, F_OK))
        return usage_error(&usage, "there is no such data folder", "没有这个数据目录");
    umask(077);
    return run_forget(&usage, &settings, data, before, &whom);
}
