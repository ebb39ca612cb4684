/* The HTTP server: API, metrics and event stream on the loop thread (HTTP/1.1, libuv, http_parser).
 *
 * Bounds: HTTP_CONNECTIONS open, each with one request at a time and a deadline for each of its steps; beyond a bound
 * the answer is an error and the connection ends. It answers only requests whose Host names this machine itself, so
 * that a web page cannot reach it through a name of its own (DNS rebinding). */
#ifndef HTTP_HTTP_SERVER_H
#define HTTP_HTTP_SERVER_H

#include "base/message_log.h"
#include "http/api.h"

#include <sys/socket.h>
#include <uv.h>

struct http_server;

/* Keys of actions have this bit, so that they are none of the feed's connections. */
#define HTTP_ACT_KEY (UINT64_C(1) << 63)

enum {
    HTTP_CONNECTIONS = 512,
    HTTP_READERS = 128, /* of them, of the event stream */
    HTTP_URL_BYTES = 2048,
    HTTP_HEADER_BYTES = 16 << 10, /* of all header fields of a request, URL included */
    HTTP_BODY_BYTES = 64 << 10,   /* of a GET: read and dropped */
    HTTP_POST_BYTES = 1 << 10,    /* of a POST */
    HTTP_REQUEST_MS = 10000,      /* from the first byte of a request to its last */
    HTTP_IDLE_MS = 60000,         /* between two requests */
    HTTP_WRITE_MS = 30000,        /* to take an answer or some events */
    HTTP_ACT_MS = 10000,          /* to make an action durable */
    HTTP_LINGER_MS = 1000,        /* between our last byte and the close */
    HTTP_HEARTBEAT_MS = 15000     /* a comment to readers that get no events */
};

struct http_setup {
    uv_loop_t *loop;
    const struct sockaddr *address; /* read by http_server_new only */
    struct snapshot_slot *snapshots;
    void (*figures)(void *context, struct service_figures *out); /* on the loop thread */
    /* Hands an action on, to be made durable; strings are valid during the call. 0: http_server_acted follows for
     * `key`; -1: not now. On the loop thread. NULL: there are no actions. */
    int (*act)(void *context, const struct log_action *action, uint64_t key);
    /* The same for changes of words, and who said them. */
    int (*say)(void *context, weisu_str words, weisu_str by, uint64_t key);
    void *context;
    const struct message_log *log; /* may be NULL */
    const weisu_allocator *allocator;
};

/* Listens. WEISU_EIO: the address cannot be had; WEISU_ENOMEM. After an error the loop must still run once, so that
 * what was begun is closed. */
weisu_code http_server_new(struct http_server **out, const struct http_setup *setup, weisu_err *err);
/* The port that it listens on. */
uint16_t http_server_port(const struct http_server *server);
/* A snapshot was published: readers of the event stream get what is new. */
void http_server_news(struct http_server *server);
/* What was handed on under that key is durable: it is answered. */
void http_server_acted(struct http_server *server, uint64_t key);
/* Stops listening and closes all connections; the loop must run until they are closed. NULL is allowed. */
void http_server_close(struct http_server *server);
/* After the loop has ended. */
void http_server_free(struct http_server *server);

#endif
