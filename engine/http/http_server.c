#include "http/http_server.h"

#include "base/failure.h"
#include "http/http_connection.h"

#include <arpa/inet.h>

enum { BACKLOG = 128, TICK_MS = 1000 };

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_server *server = listener->data;
    if (status)
        message_log_write(server->setup.log, MESSAGE_WARNING, "http", "cannot accept: %s", uv_strerror(status));
    else
        http_connection_open(server);
}

static void on_tick(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    if (server->owes_accept)
        http_connection_open(server);
    for (struct http_connection *c = server->first; c; c = c->next)
        http_connection_tick(c);
}

static weisu_code listen_on(struct http_server *server, weisu_err *err)
{
    struct sockaddr_storage bound;
    int size = sizeof bound;
    int status = uv_tcp_bind(&server->listener, server->setup.address, 0);
    if (!status)
        status = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
    if (!status)
        status = uv_tcp_getsockname(&server->listener, (struct sockaddr *)&bound, &size);
    if (status)
        return failure(err, WEISU_EIO, "cannot listen for HTTP: %s", uv_strerror(status));
    server->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                     : ((struct sockaddr_in *)&bound)->sin_port);
    return WEISU_OK;
}

weisu_code http_server_new(struct http_server **out, const struct http_setup *setup, weisu_err *err)
{
    struct http_server *server = memory_new_zeroed(setup->allocator, 1, sizeof *server);
    *out = server;
    if (!server)
        return failure(err, WEISU_ENOMEM, "no memory for the HTTP server");
    server->setup = *setup;
    byte_buffer_init(&server->words, setup->allocator);
    server->api = (struct api){setup->snapshots, setup->figures, setup->context, &server->figures};
    uv_tcp_init(setup->loop, &server->listener); /* neither can fail: they open nothing */
    uv_timer_init(setup->loop, &server->timer);
    server->listener.data = server;
    server->timer.data = server;
    uv_timer_start(&server->timer, on_tick, TICK_MS, TICK_MS);
    return listen_on(server, err);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

void http_server_news(struct http_server *server)
{
    if (!server->figures.readers)
        return;
    struct snapshot *snapshot = snapshot_take(server->setup.snapshots);
    for (struct http_connection *c = server->first; c; c = c->next)
        http_connection_pump(c, snapshot);
    snapshot_unref(snapshot);
}

void http_server_acted(struct http_server *server, uint64_t key)
{
    for (struct http_connection *c = server->first; c; c = c->next)
        if (c->act_key == key)
            http_connection_acted(c);
}

void http_server_close(struct http_server *server)
{
    if (!server || uv_is_closing((uv_handle_t *)&server->timer))
        return;
    uv_close((uv_handle_t *)&server->listener, NULL);
    uv_close((uv_handle_t *)&server->timer, NULL);
    for (struct http_connection *c = server->first; c; c = c->next)
        http_connection_close(c);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    byte_buffer_dispose(&server->words);
    memory_free(server->setup.allocator, server, 1, sizeof *server);
}
