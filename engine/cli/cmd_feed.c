#include "cli/commands.h"
#include "cli/engine_setup.h"
#include "cli/feed_source.h"
#include "cli/listen_address.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct feed_settings {
    const char *to;
    int64_t rate;
    int64_t speedup;
    int64_t connections;
    int64_t patience_s;
    const char *tz;
    int strict;
};

struct feeding {
    struct feed_client *client;
    uv_signal_t signals[2];
    int is_interrupted;
};

static void on_signal(uv_signal_t *signal, int number)
{
    struct feeding *feeding = signal->data;
    (void)number;
    feeding->is_interrupted = 1;
    feed_client_stop(feeding->client);
}

/* The handlers alone do not keep the loop running. */
static void watch_signals(uv_loop_t *loop, struct feeding *feeding)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(loop, &feeding->signals[i]);
        feeding->signals[i].data = feeding;
        uv_signal_start(&feeding->signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&feeding->signals[i]);
    }
}

static void print_summary(const struct feed_totals *totals, double seconds)
{
    double rate = seconds > 0 ? (double)totals->acknowledged / seconds : 0;
    fprintf(stderr,
            speak_chinese() ? "已发送 %llu，已确认 %llu，被拒绝 %llu，重发 %llu，用时 %.2f 秒，每秒 %.0f 条；"
                              "确认延迟 %.1f 毫秒（99%%：%.1f）\n"
                            : "sent %llu, acknowledged %llu, rejected %llu, sent again %llu, %.2f s, %.0f records/s; "
                              "to the ack %.1f ms (99 %%: %.1f)\n",
            (unsigned long long)totals->sent, (unsigned long long)totals->acknowledged,
            (unsigned long long)totals->rejected, (unsigned long long)totals->resent, seconds, rate,
            (double)latency_at(&totals->latency, 500) / 1e6, (double)latency_at(&totals->latency, 990) / 1e6);
}

static int exit_status(const struct feed_settings *settings, const struct feed_totals *totals, int is_interrupted)
{
    if (totals->failed || (is_interrupted && totals->acknowledged < totals->sent))
        return EXIT_FAILED;
    return settings->strict && totals->rejected ? EXIT_REJECTED : EXIT_DONE;
}

static int send_all(const struct command_usage *usage, const struct feed_settings *settings,
                    const struct sockaddr *address, struct feed_files *files)
{
    uv_loop_t loop;
    weisu_err err;
    struct feeding feeding = {0};
    if (uv_loop_init(&loop)) {
        fprintf(stderr, "weisu %s: out of memory\n", usage->name);
        return EXIT_FAILED;
    }
    struct feed_client_setup setup = {.loop = &loop,
                                      .address = address,
                                      .connections = (uint32_t)settings->connections,
                                      .patience_ms = (uint64_t)settings->patience_s * 1000,
                                      .source = feed_files_source(files)};
    int status = EXIT_FAILED;
    uint64_t start = uv_hrtime();
    if (feed_client_new(&feeding.client, &setup, &err)) {
        report_failure(usage->name, &err);
    } else {
        watch_signals(&loop, &feeding);
        uv_run(&loop, UV_RUN_DEFAULT);
        struct feed_totals totals = feed_client_totals(feeding.client);
        totals.rejected += feed_files_too_long(files);
        print_summary(&totals, (double)(uv_hrtime() - start) / 1e9);
        status = exit_status(settings, &totals, feeding.is_interrupted);
        uv_close((uv_handle_t *)&feeding.signals[0], NULL);
        uv_close((uv_handle_t *)&feeding.signals[1], NULL);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    feed_client_free(feeding.client);
    return status;
}

static int run_feed(const struct command_usage *usage, const struct feed_settings *settings,
                    const struct operands *operands)
{
    struct sockaddr_storage address;
    weisu_err err;
    if (!settings->to)
        return usage_error(usage, "--to HOST:PORT is required", "必须给出 --to 主机:端口");
    if (listen_address_parse(settings->to, &address) == LISTEN_MALFORMED)
        return usage_error(usage, "--to is HOST:PORT with an address in numbers, for example 127.0.0.1:7411",
                           "--to 形如 主机:端口，主机用数字地址，例如 127.0.0.1:7411");
    if (settings->rate && settings->speedup)
        return usage_error(usage, "--rate and --speedup exclude each other", "--rate 与 --speedup 不能同时使用");
    if (operands->count == 0)
        return usage_error(usage, "no file was given; - is standard input", "没有给出文件；- 表示标准输入");
    struct feed_pace pace = {(uint64_t)settings->rate, (uint64_t)settings->speedup};
    struct feed_files *files;
    signal(SIGPIPE, SIG_IGN); /* a service that has gone is an error of its connection */
    if (feed_files_open(&files, usage->name, operands, &pace, settings->tz, &err))
        return report_failure(usage->name, &err);
    int status = send_all(usage, settings, (const struct sockaddr *)&address, files);
    feed_files_close(files);
    return status;
}

int cmd_feed(int argc, char **argv)
{
    struct feed_settings settings = {.connections = 1, .patience_s = 30, .tz = "Asia/Shanghai"};
    const struct option options[] = {
        {"to", OPTION_TEXT, &settings.to, "HOST:PORT", "the service's feed (required)", "服务的接入地址（必填）", 0, 0},
        {"rate", OPTION_NUMBER, &settings.rate, "N", "records a second at most (default: as fast as they are taken)",
         "每秒最多发送的记录数（默认不限）", 1, 100000000},
        {"speedup", OPTION_NUMBER, &settings.speedup, "X",
         "follow the records' own times, X times as fast as they passed", "按记录自身的时间间隔发送，加速 X 倍", 1,
         1000000000},
        {"connections", OPTION_NUMBER, &settings.connections, "C",
         "connections, to which the records are dealt in turn (default 1)", "连接数，记录轮流分配（默认 1）", 1,
         FEED_CLIENT_CONNECTIONS},
        {"patience", OPTION_NUMBER, &settings.patience_s, "S",
         "seconds to try to connect before giving up (default 30)", "连接不上时重试的秒数（默认 30）", 0, 86400},
        {"tz", OPTION_TEXT, &settings.tz, "ZONE", "zone of times without an offset, for --speedup",
         "没有时区的时间所用的时区，用于 --speedup", 0, 0},
        {"strict", OPTION_FLAG, &settings.strict, NULL, "exit status 1 when records were rejected",
         "有记录被拒绝时退出码为 1", 0, 0}};
    const struct command_usage usage = {
        "feed",
        "FILE…",
        "Sends JSON Lines to a service as a live feed and waits until every record is acknowledged. A connection that\n"
        "breaks is made again, and what was not acknowledged is sent again. Rejected records go to standard error.",
        "把 JSON Lines 文件作为实时数据发送给服务，直到每条记录都被确认。\n"
        "连接中断后自动重连，并重发未确认的记录。被拒绝的记录显示在标准错误。",
        options,
        sizeof options / sizeof options[0]};
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    return run_feed(&usage, &settings, &operands);
}
