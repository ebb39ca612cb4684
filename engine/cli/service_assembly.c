/* Putting a service together and taking it apart. */
#include "base/failure.h"
#include "base/out_file.h"
#include "cli/service_parts.h"
#include "store/data_folder.h"

#include <stdio.h>

/* ---- start ---- */

static weisu_code make_channels(struct service *s, weisu_err *err)
{
    const weisu_allocator *a = s->allocator;
    weisu_code code;
    if ((code = batch_ring_init(&s->loop_to_store, SERVICE_BATCHES, a, err)) ||
        (code = batch_ring_init(&s->store_to_loop, SERVICE_BATCHES, a, err)) ||
        (code = batch_ring_init(&s->store_to_engine, SERVICE_BATCHES, a, err)) ||
        (code = batch_ring_init(&s->engine_to_loop, SERVICE_BATCHES, a, err)) ||
        (code = batch_ring_init(&s->engine_to_store, ENGINE_OUTCOMES, a, err)) ||
        (code = batch_ring_init(&s->outcomes_back, ENGINE_OUTCOMES, a, err)) ||
        (code = ring_bell_init(&s->store_bell, err)) || (code = ring_bell_init(&s->engine_bell, err)) ||
        (code = store_board_init(&s->board, err)))
        return code;
    code = snapshot_slot_init(&s->snapshots, err);
    s->has_channels = !code;
    return code;
}

static void dispose_channels(struct service *s)
{
    struct batch_ring *rings[] = {&s->loop_to_store,  &s->store_to_loop,   &s->store_to_engine,
                                  &s->engine_to_loop, &s->engine_to_store, &s->outcomes_back};
    for (size_t i = 0; i < sizeof rings / sizeof rings[0]; i++)
        batch_ring_dispose(rings[i]);
    if (!s->has_channels)
        return;
    ring_bell_dispose(&s->store_bell);
    ring_bell_dispose(&s->engine_bell);
    store_board_dispose(&s->board);
    snapshot_slot_dispose(&s->snapshots);
}

static weisu_code make_intake(struct service *s, weisu_err *err)
{
    struct intake_setup setup = {.batches = SERVICE_BATCHES,
                                 .to_store = &s->loop_to_store,
                                 .store_bell = &s->store_bell,
                                 .from_store = &s->store_to_loop,
                                 .from_engine = &s->engine_to_loop,
                                 .allocator = s->allocator};
    return intake_init(&s->intake, &setup, err);
}

static weisu_code open_quarantine(struct service *s, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    struct quarantine_setup setup = {OUT_FILE_APPEND, 0, &s->records, s->allocator};
    weisu_code code = data_folder_path(path, s->settings->data, DATA_FOLDER_REJECTED, err);
    return code ? code : quarantine_open(&s->quarantine, path, &setup, err);
}

/* On the store's thread. A quarantine that failed (the disk is full) is opened anew with the next batch. */
static size_t quarantine_batch(void *context, const struct intake_batch *batch)
{
    struct service *s = context;
    weisu_err err;
    weisu_code code = s->quarantine ? WEISU_OK : open_quarantine(s, &err);
    for (size_t i = 0; i < batch->rejected_count && !code; i++) {
        const struct intake_line *line = &batch->lines[batch->rejected[i]];
        struct quarantine_row row = {.file = "feed",
                                     .line = line->number,
                                     .code = line->code,
                                     .message = line->message,
                                     .raw = line->raw,
                                     .record = line->raw.size ? NULL : &line->record};
        code = quarantine_add(s->quarantine, &row, &err);
    }
    if (!code)
        code = quarantine_flush(s->quarantine, &err);
    if (!code)
        return 0;
    message_log_error(s->settings->log, MESSAGE_ERROR, "quarantine", &err);
    quarantine_discard(s->quarantine);
    s->quarantine = NULL;
    return batch->rejected_count;
}

static weisu_code make_store_thread(struct service *s, weisu_err *err)
{
    record_options_init(&s->records, s->settings->engine->zone);
    s->records.reporter_key = store_reporter_key(s->store);
    weisu_code code = open_quarantine(s, err);
    if (code)
        return code;
    struct store_thread_setup setup = {.store = s->store,
                                       .admission = s->admission,
                                       .from_loop = &s->loop_to_store,
                                       .to_loop = &s->store_to_loop,
                                       .to_engine = &s->store_to_engine,
                                       .from_engine = &s->engine_to_store,
                                       .back = &s->outcomes_back,
                                       .bell = &s->store_bell,
                                       .engine_bell = &s->engine_bell,
                                       .engine = s->engine,
                                       .board = &s->board,
                                       .wake_loop = service_wake,
                                       .loop = s,
                                       .quarantine = quarantine_batch,
                                       .quarantine_context = s,
                                       .retention_ms = s->settings->retention_days * INT64_C(86400000),
                                       .log = s->settings->log,
                                       .allocator = s->allocator};
    return store_thread_new(&s->store_thread, &setup, err);
}

static weisu_code listen_on_both(struct service *s, weisu_err *err)
{
    struct feed_setup feed = {.loop = &s->loop,
                              .address = (const struct sockaddr *)&s->settings->feed,
                              .intake = &s->intake,
                              .records = &s->records,
                              .log = s->settings->log,
                              .allocator = s->allocator};
    struct http_setup http = {.loop = &s->loop,
                              .address = (const struct sockaddr *)&s->settings->http,
                              .snapshots = &s->snapshots,
                              .figures = service_figures,
                              .act = service_act,
                              .say = service_say,
                              .context = s,
                              .log = s->settings->log,
                              .allocator = s->allocator};
    weisu_code code = feed_server_new(&s->feed, &feed, err);
    return code ? code : http_server_new(&s->http, &http, err);
}

static weisu_code tell_ports(const struct service *s, weisu_err *err)
{
    unsigned feed = feed_server_port(s->feed);
    unsigned http = http_server_port(s->http);
    message_log_write(s->settings->log, MESSAGE_INFO, "serve", "feed on port %u, HTTP on port %u, data in %s", feed,
                      http, s->settings->data);
    if (!s->settings->ports_file)
        return WEISU_OK;
    char text[32];
    struct out_file *file;
    weisu_code code = out_file_open(&file, s->settings->ports_file, OUT_FILE_REPLACE, s->allocator, err);
    if (code)
        return code;
    snprintf(text, sizeof text, "%u\n%u\n", feed, http);
    byte_buffer_append_text(out_file_buffer(file), text);
    return out_file_commit(file, err);
}

static void *run_engine(void *service)
{
    struct service *s = service;
    engine_thread_run(s->engine);
    return NULL;
}

static void *run_store(void *service)
{
    struct service *s = service;
    store_thread_run(s->store_thread);
    return NULL;
}

static void *run_keeper(void *service)
{
    struct service *s = service;
    wal_keeper_run(s->keeper);
    return NULL;
}

static weisu_code start_threads(struct service *s, weisu_err *err)
{
    weisu_code code = wal_keeper_new(&s->keeper, s->settings->data, s->allocator, err);
    if (code)
        return code;
    store_keep_wal(s->store, s->keeper);
    if (pthread_create(&s->keeper_pthread, NULL, run_keeper, s))
        return failure(err, WEISU_ENOMEM, "cannot start the thread that keeps the database's log");
    s->has_keeper_thread = 1;
    if (pthread_create(&s->store_pthread, NULL, run_store, s))
        return failure(err, WEISU_ENOMEM, "cannot start the store's thread");
    s->threads = 1;
    if (pthread_create(&s->engine_pthread, NULL, run_engine, s))
        return failure(err, WEISU_ENOMEM, "cannot start the engine's thread");
    s->threads = 2;
    return WEISU_OK;
}

weisu_code service_prepare(struct service *s, weisu_err *err)
{
    weisu_code code = make_channels(s, err);
    if (code)
        return code;
    if (uv_loop_init(&s->loop))
        return failure(err, WEISU_ENOMEM, "no memory for the loop");
    s->has_loop = 1;
    s->start_ns = uv_hrtime();
    code = service_begin_loop(s, err);
    return code ? code : service_recover(s, err);
}

weisu_code service_start(struct service *s, weisu_err *err)
{
    weisu_code code;
    if ((code = service_prepare(s, err)) || (code = make_intake(s, err)) || (code = make_store_thread(s, err)) ||
        (code = listen_on_both(s, err)) || (code = tell_ports(s, err)))
        return code;
    return start_threads(s, err);
}

/* ---- end ---- */

void service_dispose(struct service *s)
{
    service_join(s);
    if (s->has_loop) {
        service_close_handles(s);
        uv_run(&s->loop, UV_RUN_DEFAULT);
        uv_loop_close(&s->loop);
    }
    feed_server_free(s->feed);
    http_server_free(s->http);
    store_thread_free(s->store_thread);
    engine_thread_free(s->engine);
    intake_dispose(&s->intake);
    quarantine_discard(s->quarantine);
    core_free(s->core);
    admission_free(s->admission);
    store_close(s->store);
    wal_keeper_free(s->keeper);
    dispose_channels(s);
}
