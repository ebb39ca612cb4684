#include "cli/service.h"

#include "base/failure.h"
#include "cli/service_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 1000, MINUTE_MS = 60000 };

/* Any thread. */
void service_wake(void *service)
{
    struct service *s = service;
    uv_async_send(&s->wake);
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- figures ---- */

/* Second number of /proc/self/statm, in pages. */
static uint64_t resident_bytes(void)
{
    char text[128] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    const char *first = fgets(text, sizeof text, file);
    fclose(file);
    const char *second = first ? strchr(first, ' ') : NULL;
    return second ? strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void service_figures(void *service, struct service_figures *out)
{
    struct service *s = service;
    struct lexicon_versions versions = lexicon_versions(s->settings->engine->lexicon);
    *out = (struct service_figures){.store = store_board_read(&s->board),
                                    .feed = feed_server_figures(s->feed),
                                    .intake_bytes = intake_bytes(&s->intake),
                                    .resident_bytes = resident_bytes(),
                                    .uptime_ms = (int64_t)((uv_hrtime() - s->start_ns) / 1000000),
                                    .version = WEISU_VERSION,
                                    .dictionary = versions.dictionary,
                                    .gazetteer = versions.gazetteer,
                                    .taxonomy = versions.taxonomy,
                                    .image = versions.image,
                                    .zone = s->settings->engine->zone};
}

/* ---- the loop ---- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void service_close_handles(struct service *s)
{
    s->is_closing = 1;
    feed_server_close(s->feed);
    http_server_close(s->http);
    if (!s->has_handles)
        return;
    close_handle((uv_handle_t *)&s->wake);
    close_handle((uv_handle_t *)&s->check);
    close_handle((uv_handle_t *)&s->timer);
    close_handle((uv_handle_t *)&s->signals[0]);
    close_handle((uv_handle_t *)&s->signals[1]);
    close_handle((uv_handle_t *)&s->signals[2]);
}

void service_join(struct service *s)
{
    if (s->threads == 1) {
        /* The engine's thread never came to be: it ends here, and the store's after it. */
        engine_thread_stop(s->engine);
        store_thread_stop(s->store_thread);
        engine_thread_run(s->engine);
    }
    if (s->threads == 2)
        pthread_join(s->engine_pthread, NULL);
    if (s->threads)
        pthread_join(s->store_pthread, NULL);
    s->threads = 0;
    if (s->has_keeper_thread) {
        wal_keeper_stop(s->keeper);
        pthread_join(s->keeper_pthread, NULL);
        s->has_keeper_thread = 0;
    }
}

static void begin_stop(struct service *s)
{
    if (s->is_stopping)
        return;
    s->is_stopping = 1;
    feed_server_stop(s->feed);
    intake_finish(&s->intake);
    store_thread_stop(s->store_thread);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct service *s = signal->data;
    message_log_write(s->settings->log, MESSAGE_INFO, "serve", "%s: finishing", strsignal(number));
    begin_stop(s);
}

static void on_hang_up(uv_signal_t *signal, int number)
{
    struct service *s = signal->data;
    (void)number;
    if (!s->is_stopping)
        service_words_reload(s);
}

static void note_failures(struct service *s)
{
    struct store_report report = store_board_read(&s->board);
    feed_server_set_trouble(s->feed, report.is_failing ? &report.error : NULL);
    if (engine_thread_is_finished(s->engine) && engine_thread_error(s->engine, NULL)) {
        s->status = EXIT_FAILED;
        begin_stop(s);
    }
}

static void answer_replies(struct service *s)
{
    struct intake_batch *batch;
    int any = 0;
    while ((batch = intake_next_reply(&s->intake))) {
        feed_server_answer(s->feed, batch);
        for (size_t i = 0; i < batch->line_count; i++)
            if (batch->lines[i].is_action || batch->lines[i].is_words)
                http_server_acted(s->http, batch->sources[batch->lines[i].source].key);
        intake_answered(&s->intake, batch);
        any = 1;
    }
    if (any)
        feed_server_flush(s->feed);
}

/* An action waits in the batch of the lines that came with it. */
int service_act(void *service, const struct log_action *action, uint64_t key)
{
    struct service *s = service;
    struct intake_batch *batch = s->is_stopping ? NULL : intake_open(&s->intake);
    if (!batch)
        return -1;
    const struct log_action kept = {arena_copy(&batch->arena, action->subject), action->action,
                                    arena_copy(&batch->arena, action->by)};
    if (!kept.subject.data || !kept.by.data)
        return -1;
    struct intake_line *line = intake_add_line(batch, key, 1);
    line->is_action = 1;
    line->record = log_action_record(&kept);
    return 0;
}

static void on_wake(uv_async_t *wake)
{
    struct service *s = wake->data;
    int is_finished = store_thread_is_finished(s->store_thread); /* before the last look at what it pushed */
    answer_replies(s);
    if (intake_collect(&s->intake))
        feed_server_resume(s->feed);
    http_server_news(s->http);
    note_failures(s);
    if (is_finished && !s->is_closing) {
        service_join(s); /* they may still be about to wake us: not over a closed handle */
        service_close_handles(s);
    }
}

/* At the end of each turn: what the turn received goes to the store together. */
static void on_check(uv_check_t *check)
{
    struct service *s = check->data;
    if (s->settings->wall_clock)
        intake_set_wall(&s->intake, wall_ms());
    intake_hand_over(&s->intake);
}

/* A minute that ended without records moves the clock. */
static void on_timer(uv_timer_t *timer)
{
    struct service *s = timer->data;
    feed_server_resume(s->feed); /* those that waited for memory rather than for a batch */
    if (s->words_due && !s->is_stopping)
        service_words_reload(s);
    int64_t minute = wall_ms() / MINUTE_MS;
    if (!s->settings->wall_clock || s->is_stopping || minute <= s->minute)
        return;
    s->minute = minute;
    if (s->intake.lines == s->lines_at_minute)
        intake_tick(&s->intake, minute * MINUTE_MS);
    s->lines_at_minute = s->intake.lines;
}

weisu_code service_begin_loop(struct service *s, weisu_err *err)
{
    int failed = uv_async_init(&s->loop, &s->wake, on_wake);
    if (failed)
        return failure(err, WEISU_EIO, "cannot make the loop: %s", uv_strerror(failed));
    uv_check_init(&s->loop, &s->check);
    uv_timer_init(&s->loop, &s->timer);
    uv_signal_init(&s->loop, &s->signals[0]);
    uv_signal_init(&s->loop, &s->signals[1]);
    uv_signal_init(&s->loop, &s->signals[2]);
    s->has_handles = 1;
    s->wake.data = s->check.data = s->timer.data = s->signals[0].data = s->signals[1].data = s->signals[2].data = s;
    uv_check_start(&s->check, on_check);
    uv_timer_start(&s->timer, on_timer, TICK_MS, TICK_MS);
    s->minute = wall_ms() / MINUTE_MS;
    failed = uv_signal_start(&s->signals[0], on_signal, SIGINT) || uv_signal_start(&s->signals[1], on_signal, SIGTERM);
    if (!failed && s->settings->engine->words_path)
        failed = uv_signal_start(&s->signals[2], on_hang_up, SIGHUP);
    return failed ? failure(err, WEISU_EIO, "cannot watch for signals") : WEISU_OK;
}

/* ---- the whole ---- */

int service_run(const struct service_settings *settings)
{
    weisu_err err;
    struct service *s = memory_new_zeroed(NULL, 1, sizeof *s);
    if (!s) {
        failure(&err, WEISU_ENOMEM, "no memory for the service");
        return report_failure(settings->command, &err);
    }
    s->settings = settings;
    s->allocator = memory_default();
    if (service_start(s, &err)) {
        s->status = report_failure(settings->command, &err);
    } else {
        uv_run(&s->loop, UV_RUN_DEFAULT);
        if (store_thread_error(s->store_thread, &err) || engine_thread_error(s->engine, &err))
            s->status = report_failure(settings->command, &err);
        else
            message_log_write(settings->log, MESSAGE_INFO, "serve", "done");
    }
    int status = s->status;
    service_dispose(s);
    memory_free(NULL, s, 1, sizeof *s);
    return status;
}
