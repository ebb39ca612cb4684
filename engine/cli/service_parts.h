/* The parts of a service; for service.c, service_assembly.c and service_recovery.c. */
#ifndef CLI_SERVICE_PARTS_H
#define CLI_SERVICE_PARTS_H

#include "cli/service.h"
#include "http/http_server.h"
#include "io/feed_server.h"
#include "io/quarantine.h"
#include "store/store_thread.h"
#include "store/wal_keeper.h"

#include <uv.h>

enum {
    SERVICE_BATCHES = 8, /* intake batches: what may be between the socket and the engine */
    SERVICE_IDLE_CHECKPOINT_MS = 5000
};

struct service {
    const struct service_settings *settings;
    const weisu_allocator *allocator;

    /* what recovery brings back */
    struct store *store;
    struct admission *admission;
    struct core *core;
    uint64_t last_change; /* number of the last change of an alert that the checkpoint contains */

    /* between the threads */
    struct batch_ring loop_to_store;
    struct batch_ring store_to_loop;
    struct batch_ring store_to_engine;
    struct batch_ring engine_to_loop;
    struct batch_ring engine_to_store; /* outcomes */
    struct batch_ring outcomes_back;
    struct ring_bell store_bell;
    struct ring_bell engine_bell;
    struct store_board board;
    struct snapshot_slot snapshots;
    int has_channels;

    struct engine_thread *engine;
    struct store_thread *store_thread;
    pthread_t engine_pthread;
    pthread_t store_pthread;
    pthread_t keeper_pthread;
    struct wal_keeper *keeper;
    int has_keeper_thread;
    int threads; /* of store and engine, started */

    /* the loop thread's */
    uv_loop_t loop;
    int has_loop;
    uv_async_t wake;
    uv_check_t check;
    uv_timer_t timer;
    uv_signal_t signals[3]; /* INT, TERM; HUP where there is a file of words */
    int has_handles;
    struct intake intake;
    struct record_options records;
    struct feed_server *feed;
    struct http_server *http;
    struct quarantine *quarantine; /* used by the store's thread while that runs */
    uint64_t start_ns;
    uint64_t lines_at_minute; /* intake.lines when the last minute ended */
    int64_t minute;           /* of the time of day, since 1970 */
    int words_due;            /* the file of words is to be read again: no batch was free */
    int is_stopping;
    int is_closing;
    int status;
};

/* ---- service.c ---- */

/* Tells the loop's thread that there is something for it. Any thread. */
void service_wake(void *service);
int service_act(void *service, const struct log_action *action, uint64_t key);
void service_figures(void *service, struct service_figures *out);
/* Async, check, timer and signals. */
weisu_code service_begin_loop(struct service *service, weisu_err *err);
/* Waits for the threads that were started; they have been told to stop. */
void service_join(struct service *service);
/* Closes what the loop runs for, once. */
void service_close_handles(struct service *service);

/* ---- service_assembly.c ---- */

/* Channels, loop and what recovery brings back; no thread, nobody listens. Also after an error: service_dispose. */
weisu_code service_prepare(struct service *service, weisu_err *err);
/* Prepares, listens, starts the threads. Also after an error: service_dispose. */
weisu_code service_start(struct service *service, weisu_err *err);
/* Waits for the threads and frees everything but the service itself. */
void service_dispose(struct service *service);

/* ---- service_recovery.c ---- */

/* Opens the store, loads the checkpoint, replays the log after it, and fills in store, admission, core and engine. */
weisu_code service_recover(struct service *service, weisu_err *err);
/* A checkpoint into the open transaction, of all rows or of those that changed; while no thread runs. */
weisu_code service_put_checkpoint(struct service *service, int all, weisu_err *err);

/* ---- service_words.c ---- */

/* What the file of --words says and the engine does not know becomes entries of the log; at the end of the recovery. */
weisu_code service_words_start(struct service *service, weisu_err *err);
/* Reads the file again, on the loop's thread; a file with a mistake changes nothing. */
void service_words_reload(struct service *service);
/* Takes changes of words that were checked (the `say` of an http_setup). */
int service_say(void *service, weisu_str words, weisu_str by, uint64_t key);

#endif
