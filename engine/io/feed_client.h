/* The sender of a feed: lines over one or several connections, each kept until it is acknowledged.
 *
 * Lines are dealt to the connections in turn, so each connection keeps their order. A connection that breaks is made
 * again, and what was not acknowledged on it is sent again: ids make that harmless. Everything runs on the caller's
 * loop and thread. Memory: FEED_WINDOW_BYTES a connection. */
#ifndef IO_FEED_CLIENT_H
#define IO_FEED_CLIENT_H

#include "base/memory.h"
#include "io/latency_histogram.h"

#include <weisu/error.h>
#include <weisu/str.h>

#include <sys/socket.h>
#include <uv.h>

struct feed_client;

enum {
    FEED_WINDOW_BYTES = 4 << 20, /* not acknowledged on one connection; one line more may come on top */
    FEED_WINDOW_LINES = 32768,
    FEED_CLIENT_CONNECTIONS = 64
};

/* Where a line comes from, for messages. */
struct feed_position {
    uint32_t file;
    uint64_t line; /* 1-based */
};

enum feed_supply {
    FEED_LINE,  /* *line is the next one, without its line feed, valid until the next call */
    FEED_LATER, /* nothing is due: ask again after *wait_ms */
    FEED_END,
    FEED_FAILED /* the supply has said why; the client ends when everything before is acknowledged */
};

struct feed_source {
    void *context;
    enum feed_supply (*next)(void *context, weisu_str *line, struct feed_position *position, uint64_t *wait_ms);
    /* A line was rejected for good. `code` is the wire name; strings are valid during the call. */
    void (*rejected)(void *context, struct feed_position position, const char *code, const char *message);
    /* Something to tell a person: a connection was lost, the service is in trouble. */
    void (*told)(void *context, const char *text);
};

struct feed_client_setup {
    uv_loop_t *loop;
    const struct sockaddr *address; /* copied */
    uint32_t connections;           /* 1 to FEED_CLIENT_CONNECTIONS */
    uint64_t patience_ms;           /* how long a connection may not come about before the client gives up */
    struct feed_source source;
    const weisu_allocator *allocator;
};

struct feed_totals {
    uint64_t sent; /* lines taken from the source */
    uint64_t acknowledged;
    uint64_t rejected; /* of them */
    uint64_t resent;
    struct latency_histogram latency; /* from the source to the acknowledgement */
    int failed;                       /* the source failed, or the service could not be reached */
};

/* WEISU_ENOMEM; *out is NULL then. Connects when the loop runs. */
weisu_code feed_client_new(struct feed_client **out, const struct feed_client_setup *setup, weisu_err *err);
/* Gives up what is not acknowledged (a signal): closes, and the loop ends. */
void feed_client_stop(struct feed_client *client);
struct feed_totals feed_client_totals(const struct feed_client *client);
/* After the loop has ended: it ends by itself when everything is acknowledged, or on failure. */
void feed_client_free(struct feed_client *client);

#endif
