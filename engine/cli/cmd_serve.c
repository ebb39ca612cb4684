#include "cli/commands.h"
#include "cli/engine_setup.h"
#include "cli/listen_address.h"
#include "cli/message_lines.h"
#include "cli/options.h"
#include "cli/service.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct serve_settings {
    struct engine_settings engine;
    const char *listen;
    const char *http;
    const char *data;
    const char *clock;
    const char *ports_file;
    int64_t checkpoint_records;
    int64_t retention_days;
};

static int wrong_address(const struct command_usage *usage, enum listen_verdict verdict)
{
    if (verdict == LISTEN_NOT_LOOPBACK)
        return usage_error(usage,
                           "only addresses of this machine (127.0.0.1, [::1]) are served: there are no access tokens "
                           "yet, so nobody else could be told apart",
                           "只能监听本机地址（127.0.0.1、[::1]）：访问令牌尚未实现，无法区分其他来访者");
    return usage_error(usage, "an address is HOST:PORT, for example 127.0.0.1:7411",
                       "地址形如 主机:端口，例如 127.0.0.1:7411");
}

static int run_service(const struct command_usage *usage, const struct serve_settings *settings)
{
    const struct message_log log = {NULL, MESSAGE_INFO, message_line_write};
    struct engine_setup engine;
    struct service_settings service = {.command = usage->name,
                                       .data = settings->data,
                                       .wall_clock = strcmp(settings->clock, "wall") == 0,
                                       .ports_file = settings->ports_file,
                                       .checkpoint_entries = (uint64_t)settings->checkpoint_records,
                                       .retention_days = settings->retention_days,
                                       .engine = &engine,
                                       .log = &log};
    if (!service.wall_clock && strcmp(settings->clock, "event") != 0)
        return usage_error(usage, "--clock is wall or event", "--clock 只能是 wall 或 event");
    enum listen_verdict verdict = listen_address_parse(settings->listen, &service.feed);
    if (!verdict)
        verdict = listen_address_parse(settings->http, &service.http);
    if (verdict)
        return wrong_address(usage, verdict);
    int status = engine_setup_open(&engine, usage, &settings->engine);
    if (status)
        return status;
    umask(077);               /* complaints are nobody else's to read */
    signal(SIGPIPE, SIG_IGN); /* a peer that has gone is an error of its connection */
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of the write, as a full disk is */
    status = service_run(&service);
    engine_setup_close(&engine);
    return status;
}

int cmd_serve(int argc, char **argv)
{
    struct serve_settings settings = {.engine = ENGINE_SETTINGS_DEFAULT,
                                      .listen = "127.0.0.1:7411",
                                      .http = "127.0.0.1:7410",
                                      .data = "weisu-data",
                                      .clock = "wall",
                                      .checkpoint_records = 20000,
                                      .retention_days = 1096};
    const struct option options[] = {
        {"listen", OPTION_TEXT, &settings.listen, "HOST:PORT", "where records come in (default 127.0.0.1:7411)",
         "接入投诉的地址（默认 127.0.0.1:7411）", 0, 0},
        {"http", OPTION_TEXT, &settings.http, "HOST:PORT", "where the API answers (default 127.0.0.1:7410)",
         "接口的地址（默认 127.0.0.1:7410）", 0, 0},
        {"data", OPTION_TEXT, &settings.data, "DIR", "data folder, created where it is missing (default weisu-data)",
         "数据目录，不存在则创建（默认 weisu-data）", 0, 0},
        {"clock", OPTION_TEXT, &settings.clock, "wall|event",
         "wall: minutes without records pass too, times over 24 h ahead are rejected; event: an archive fed as if live",
         "wall：没有投诉时时钟照走，拒绝超前 24 小时的时间；event：把档案当作实时数据", 0, 0},
        {"ports-file", OPTION_TEXT, &settings.ports_file, "FILE",
         "write the two ports there, feed first, once both listen (useful with port 0)",
         "监听成功后把两个端口写入此文件，先接入后接口（用于端口 0）", 0, 0},
        {"checkpoint-records", OPTION_NUMBER, &settings.checkpoint_records, "N",
         "records between checkpoints: more to replay after a crash, less to write (default 20000)",
         "检查点之间的记录数：越大写入越少，崩溃后重放越多（默认 20000）", 1, 1000000000},
        {"retention-days", OPTION_NUMBER, &settings.retention_days, "N",
         "delete texts and reporters of what is older, by the clock; 0 for never (default 1096: three years)",
         "删除早于此天数（按时钟）的正文与诉求人，0 为不删除（默认 1096 天，即三年）", 0, 36500},
        ENGINE_WORDS_OPTION(settings.engine.words),
        ENGINE_BUDGET_OPTION(settings.engine),
        ENGINE_SETTINGS_OPTIONS(settings.engine)};
    const struct command_usage usage = {
        "serve",
        "",
        "Takes complaints over TCP (JSON Lines), keeps them in the data folder, finds clusters and raises alerts, and\n"
        "answers the API. SIGINT or SIGTERM ends it after everything received is safe. Messages go to standard error.",
        "通过 TCP 接入投诉（JSON Lines），保存到数据目录，聚类并预警，提供接口。\n"
        "收到 SIGINT 或 SIGTERM 后，保存完已收到的数据再退出。运行信息写到标准错误。",
        options,
        sizeof options / sizeof options[0]};
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (operands.count)
        return usage_error(&usage, "serve takes no files", "serve 不接受文件参数");
    return run_service(&usage, &settings);
}
