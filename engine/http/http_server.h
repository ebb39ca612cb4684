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

enum {
    HTTP_CONNECTIONS = 512,
    HTTP_READERS = 128, /* of them, of the event stream */
    HTTP_URL_BYTES = 2048,
    HTTP_HEADER_BYTES = 16 << 10, /* of all header fields of a request, URL included */
    HTTP_BODY_BYTES = 64 << 10,   /* read and dropped: nothing here takes a body */
    HTTP_REQUEST_MS = 10000,      /* from the first byte of a request to its last */
    HTTP_IDLE_MS = 60000,         /* between two requests */
    HTTP_WRITE_MS = 30000,        /* to take an answer or some events */
    HTTP_LINGER_MS = 1000,        /* between our last byte and the close */
    HTTP_HEARTBEAT_MS = 15000     /* a comment to readers that get no events */
};

struct http_setup {
    uv_loop_t *loop;
    const struct sockaddr *address; /* read by http_server_new only */
    struct snapshot_slot *snapshots;
    void (*figures)(void *context, struct service_figures *out); /* on the loop thread */
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
/* Stops listening and closes all connections; the loop must run until they are closed. NULL is allowed. */
void http_server_close(struct http_server *server);
/* After the loop has ended. */
void http_server_free(struct http_server *server);

#endif
