#include "io/feed_server.h"

#include "base/failure.h"
#include "io/feed_connection.h"

#include <arpa/inet.h>
#include <string.h>

enum { BACKLOG = 128, RETRY_ACCEPT_MS = 1000 };

static void on_connection(uv_stream_t *listener, int status)
{
    struct feed_server *server = listener->data;
    if (status)
        message_log_write(server->setup.log, MESSAGE_WARNING, "feed", "cannot accept: %s", uv_strerror(status));
    else
        feed_connection_open(server);
}

static weisu_code listen_on(struct feed_server *server, weisu_err *err)
{
    struct sockaddr_storage bound;
    int size = sizeof bound;
    int status = uv_tcp_bind(&server->listener, server->setup.address, 0);
    if (!status)
        status = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
    if (!status)
        status = uv_tcp_getsockname(&server->listener, (struct sockaddr *)&bound, &size);
    if (status)
        return failure(err, WEISU_EIO, "cannot listen for the feed: %s", uv_strerror(status));
    server->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                     : ((struct sockaddr_in *)&bound)->sin_port);
    return WEISU_OK;
}

weisu_code feed_server_new(struct feed_server **out, const struct feed_setup *setup, weisu_err *err)
{
    struct feed_server *server = memory_new_zeroed(setup->allocator, 1, sizeof *server);
    *out = server;
    if (!server)
        return failure(err, WEISU_ENOMEM, "no memory for the feed");
    server->setup = *setup;
    server->decoder.options = setup->records;
    uv_tcp_init(setup->loop, &server->listener); /* neither can fail: they open nothing */
    uv_timer_init(setup->loop, &server->linger);
    server->listener.data = server;
    server->linger.data = server;
    server->read_buffer = memory_new(setup->allocator, FEED_READ_BYTES, 1);
    if (!server->read_buffer)
        return failure(err, WEISU_ENOMEM, "no memory for the feed");
    return listen_on(server, err);
}

uint16_t feed_server_port(const struct feed_server *server)
{
    return server->port;
}

/* ---- answers ---- */

static struct feed_connection *find_connection(const struct feed_server *server, uint64_t key)
{
    struct feed_connection *c = server->slots[key % FEED_CONNECTIONS];
    return c && c->key == key ? c : NULL; /* gone: its lines are safe, and nobody waits for the answer */
}

void feed_server_answer(struct feed_server *server, const struct intake_batch *batch)
{
    for (size_t i = 0; i < batch->rejected_count; i++) {
        const struct intake_line *line = &batch->lines[batch->rejected[i]];
        struct feed_connection *c = find_connection(server, batch->sources[line->source].key);
        if (c)
            feed_connection_put_error(c, line->number, line->code, line->message);
    }
    for (size_t i = 0; i < batch->source_count; i++) {
        struct feed_connection *c = find_connection(server, batch->sources[i].key);
        if (c)
            c->answered = batch->sources[i].last_line;
    }
}

/* Each open connection in turn, beginning with another one each time. */
static void each_connection(struct feed_server *server, void (*visit)(struct feed_connection *))
{
    for (size_t i = 0; i < FEED_CONNECTIONS; i++) {
        struct feed_connection *c = server->slots[(server->first_turn + i) % FEED_CONNECTIONS];
        if (c)
            visit(c);
    }
    server->first_turn++;
}

static void flush_answered(struct feed_connection *c)
{
    if (c->answered != c->acknowledged)
        feed_connection_flush(c);
}

void feed_server_flush(struct feed_server *server)
{
    each_connection(server, flush_answered);
}

void feed_server_resume(struct feed_server *server)
{
    each_connection(server, feed_connection_resume);
    if (server->owes_accept)
        feed_connection_open(server);
}

static void tell_trouble(struct feed_connection *c)
{
    const weisu_err *trouble = &c->server->trouble;
    feed_connection_put_error(c, 0, trouble->code, (weisu_str){trouble->text, strlen(trouble->text)});
    feed_connection_flush(c);
    feed_connection_resume(c);
}

void feed_server_set_trouble(struct feed_server *server, const weisu_err *err)
{
    int was_troubled = server->is_troubled;
    server->is_troubled = err != NULL;
    if (err)
        server->trouble = *err;
    if (err && !was_troubled)
        each_connection(server, tell_trouble);
    if (!err && was_troubled)
        feed_server_resume(server);
}

/* ---- end ---- */

void feed_server_stop(struct feed_server *server)
{
    if (server->is_stopped)
        return;
    server->is_stopped = 1;
    uv_close((uv_handle_t *)&server->listener, NULL);
    each_connection(server, feed_connection_resume);
}

static void on_linger(uv_timer_t *timer)
{
    each_connection(timer->data, feed_connection_close);
}

void feed_server_note_close(struct feed_server *server)
{
    if (server->is_closing && server->figures.connections == 0)
        uv_close((uv_handle_t *)&server->linger, NULL);
}

void feed_server_close(struct feed_server *server)
{
    if (!server || server->is_closing)
        return;
    feed_server_stop(server);
    server->is_closing = 1;
    uv_timer_start(&server->linger, on_linger, FEED_LINGER_MS, 0);
    each_connection(server, feed_connection_finish);
    feed_server_note_close(server);
}

void feed_server_free(struct feed_server *server)
{
    if (!server)
        return;
    memory_free(server->setup.allocator, server->read_buffer, FEED_READ_BYTES, 1);
    memory_free(server->setup.allocator, server, 1, sizeof *server);
}

struct feed_figures feed_server_figures(const struct feed_server *server)
{
    struct feed_figures figures = server->figures;
    for (size_t i = 0; i < FEED_CONNECTIONS; i++) {
        const struct feed_connection *c = server->slots[i];
        figures.buffer_bytes += c ? c->input.capacity + c->replies.capacity + c->written.capacity : 0;
    }
    return figures;
}
