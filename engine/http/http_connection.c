#include "http/http_connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t loop_ms(const struct http_connection *c)
{
    return (int64_t)uv_now(c->server->setup.loop);
}

static void set_deadline(struct http_connection *c, int64_t after_ms)
{
    c->deadline_ms = loop_ms(c) + after_ms;
}

/* ---- end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct http_connection *c = handle->data;
    struct http_server *server = c->server;
    if (c->previous)
        c->previous->next = c->next;
    else
        server->first = c->next;
    if (c->next)
        c->next->previous = c->previous;
    server->figures.connections--;
    byte_buffer_dispose(&c->input);
    byte_buffer_dispose(&c->head);
    byte_buffer_dispose(&c->body);
    memory_free(server->setup.allocator, c, 1, sizeof *c);
}

void http_connection_close(struct http_connection *c)
{
    if (c->phase == HTTP_CLOSING)
        return;
    c->server->figures.readers -= c->phase == HTTP_STREAMING;
    c->phase = HTTP_CLOSING;
    uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    struct http_connection *c = shutdown->data;
    if (status)
        http_connection_close(c);
}

static void begin_reading(struct http_connection *c);

/* A close right after the last write could reset the connection before the other side has read it, when there is input
 * that we never read: so we say that we are done, and wait a moment. */
static void linger(struct http_connection *c)
{
    c->server->figures.readers -= c->phase == HTTP_STREAMING;
    c->phase = HTTP_LINGERING;
    set_deadline(c, HTTP_LINGER_MS);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown))
        http_connection_close(c);
    else
        begin_reading(c);
}

/* ---- writing ---- */

static void serve_input(struct http_connection *c);

static void on_written(uv_write_t *write, int status)
{
    struct http_connection *c = write->data;
    c->is_writing = 0;
    if (c->phase == HTTP_CLOSING)
        return;
    if (status) {
        http_connection_close(c);
    } else if (c->ends_after_write) {
        linger(c);
    } else if (c->phase == HTTP_STREAMING) {
        c->written_ms = loop_ms(c);
        c->deadline_ms = INT64_MAX;
        struct snapshot *snapshot = snapshot_take(c->server->setup.snapshots);
        http_connection_pump(c, snapshot);
        snapshot_unref(snapshot);
    } else {
        c->phase = HTTP_READING;
        set_deadline(c, HTTP_IDLE_MS);
        serve_input(c);
    }
}

/* Head and body; both stay as they are until they are written. */
static void write_out(struct http_connection *c, int with_body)
{
    uv_buf_t parts[2] = {uv_buf_init(c->head.data, (unsigned)c->head.size),
                         uv_buf_init(c->body.data, (unsigned)c->body.size)};
    if (c->head.failed || c->body.failed) {
        http_connection_close(c);
        return;
    }
    c->is_writing = 1;
    c->write.data = c;
    set_deadline(c, HTTP_WRITE_MS);
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, parts, with_body ? 2 : 1, on_written)) {
        c->is_writing = 0;
        http_connection_close(c);
    }
}

/* ---- answers ---- */

static const char *reason_phrase(unsigned status)
{
    switch (status) {
#define XX(number, name, text)                                                                                         \
    case number:                                                                                                       \
        return #text;
        HTTP_STATUS_MAP(XX)
#undef XX
    }
    return "Unknown";
}

static void put_head(struct http_connection *c, const struct api_reply *reply)
{
    char text[512];
    char date[40];
    struct tm utc;
    char allow[32] = "";
    time_t now = time(NULL);
    if (reply->status == 405)
        snprintf(allow, sizeof allow, "Allow: %s\r\n", reply->allow ? reply->allow : "GET, HEAD");
    gmtime_r(&now, &utc);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    snprintf(text, sizeof text,
             "HTTP/1.1 %u %s\r\nDate: %s\r\nServer: weisu\r\nContent-Type: %s\r\nCache-Control: no-store\r\n"
             "X-Content-Type-Options: nosniff\r\n%sConnection: %s\r\n",
             reply->status, reason_phrase(reply->status), date, reply->type, allow,
             c->ends_after_write ? "close" : "keep-alive");
    byte_buffer_append_text(&c->head, text);
    if (!reply->is_stream) {
        snprintf(text, sizeof text, "Content-Length: %zu\r\n", c->body.size);
        byte_buffer_append_text(&c->head, text);
    }
    byte_buffer_append_text(&c->head, "\r\n");
}

static void begin_stream(struct http_connection *c, const struct api_reply *reply)
{
    c->phase = HTTP_STREAMING;
    c->server->figures.readers++;
    c->reader = (struct event_reader){.sent = reply->after, .is_beginning = 1};
    c->written_ms = loop_ms(c);
    byte_buffer_append_text(&c->body, "retry: 2000\n\n");
    begin_reading(c); /* to see that the reader has gone */
}

static const char *problem_text(unsigned status)
{
    switch (status) {
    case 408:
        return "the request did not come in time";
    case 413:
        return "nothing here takes a body of this size";
    case 414:
        return "the URL is too long";
    case 421:
        return "this service answers only for localhost";
    case 431:
        return "the header fields are too large";
    }
    return "the request is not well-formed";
}

/* 1: the answer waits until the action is durable. 0: it cannot be handed on, and that is the answer. */
static int hand_on(struct http_connection *c, struct api_reply *reply)
{
    struct http_server *server = c->server;
    uint64_t key = HTTP_ACT_KEY | ++server->acts;
    weisu_str text = {server->words.data, server->words.size};
    const struct http_setup *setup = &server->setup;
    int refused = reply->is_words ? !setup->say || setup->say(setup->context, text, reply->said_by, key)
                                  : !setup->act || setup->act(setup->context, &reply->action, key);
    if (refused) {
        api_error(reply, 503, "the service takes no action now: try again");
        return 0;
    }
    c->act_key = key;
    c->reply = *reply;
    c->phase = HTTP_WAITING;
    set_deadline(c, HTTP_ACT_MS);
    return 1;
}

static void finish_act(struct http_connection *c)
{
    c->act_key = 0;
    c->phase = HTTP_ANSWERING;
    put_head(c, &c->reply);
    c->server->figures.requests[c->reply.status / 100 % 6]++;
    write_out(c, 1);
}

void http_connection_acted(struct http_connection *c)
{
    if (c->phase == HTTP_WAITING)
        finish_act(c);
}

/* `problem`: 0, or the status of an error that ends the connection. */
static void answer(struct http_connection *c, unsigned problem)
{
    struct http_server *server = c->server;
    struct api_request request = {0};
    struct api_reply reply = {.body = &c->body, .words = &server->words};
    byte_buffer_reset(&server->words);
    byte_buffer_reset(&c->head);
    byte_buffer_reset(&c->body);
    uv_read_stop((uv_stream_t *)&c->tcp);
    c->phase = HTTP_ANSWERING;
    if (!problem)
        problem = http_request_read(&c->request, &c->parser, &request);
    c->ends_after_write = problem || !c->request.keep_alive;
    if (problem)
        api_error(&reply, problem, problem_text(problem));
    else
        api_answer(&server->api, &request, &reply);
    if (reply.is_stream && server->figures.readers >= HTTP_READERS)
        api_error(&reply, 503, "too many readers of the event stream");
    if ((reply.is_action || reply.is_words) && hand_on(c, &reply))
        return;
    int is_head = c->parser.method == HTTP_HEAD && !problem;
    if (reply.is_stream && !is_head)
        c->ends_after_write = 0;
    put_head(c, &reply);
    if (reply.is_stream && is_head)
        c->ends_after_write = 1;
    else if (reply.is_stream)
        begin_stream(c, &reply);
    server->figures.requests[reply.status / 100 % 6]++;
    write_out(c, !is_head);
}

void http_connection_pump(struct http_connection *c, const struct snapshot *snapshot)
{
    if (c->phase != HTTP_STREAMING || c->is_writing || !snapshot)
        return;
    byte_buffer_reset(&c->head);
    enum event_outcome outcome = event_stream_write(&c->head, snapshot, &c->reader);
    if (outcome == EVENTS_NONE)
        return;
    if (outcome == EVENTS_DROPPED) {
        c->ends_after_write = 1;
        c->server->figures.readers_dropped++;
    }
    write_out(c, 0);
}

/* ---- reading ---- */

/* Returns how many bytes were used; the rest waits for the end of the answer. */
static size_t parse(struct http_connection *c, const char *bytes, size_t size)
{
    if (c->phase != HTTP_READING)
        return 0;
    if (size && !c->parser.nread && !c->request.header_bytes)
        set_deadline(c, HTTP_REQUEST_MS);
    size_t used = http_parser_execute(&c->parser, &http_request_settings, bytes, size);
    enum http_errno error = HTTP_PARSER_ERRNO(&c->parser);
    if (c->request.problem) {
        answer(c, c->request.problem);
        return size;
    }
    if (c->request.is_complete) {
        http_parser_pause(&c->parser, 0);
        answer(c, 0);
        return used;
    }
    if (error != HPE_OK || c->parser.upgrade) {
        answer(c, error == HPE_HEADER_OVERFLOW ? 431 : 400);
        return size;
    }
    return used;
}

/* Goes on with what came while the last request was answered, then with what comes. */
static void serve_input(struct http_connection *c)
{
    http_request_reset(&c->request);
    http_parser_init(&c->parser, HTTP_REQUEST);
    c->parser.data = &c->request;
    if (c->input.size) {
        size_t used = parse(c, c->input.data, c->input.size);
        memmove(c->input.data, c->input.data + used, c->input.size - used);
        c->input.size -= used;
    }
    if (c->phase == HTTP_READING)
        begin_reading(c);
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    struct http_connection *c = handle->data;
    (void)wanted;
    *out = uv_buf_init(c->server->read_buffer, sizeof c->server->read_buffer);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct http_connection *c = stream->data;
    if (size < 0) {
        http_connection_close(c);
        return;
    }
    if (c->phase != HTTP_READING || size == 0)
        return; /* a reader of the event stream has nothing to say */
    size_t used = parse(c, buffer->base, (size_t)size);
    byte_buffer_append(&c->input, buffer->base + used, (size_t)size - used);
    if (c->input.failed)
        http_connection_close(c);
}

static void begin_reading(struct http_connection *c)
{
    int status = uv_read_start((uv_stream_t *)&c->tcp, give_buffer, on_read);
    if (status && status != UV_EALREADY)
        http_connection_close(c);
}

/* ---- begin ---- */

void http_connection_open(struct http_server *server)
{
    struct http_connection *c = memory_new_zeroed(server->setup.allocator, 1, sizeof *c);
    server->owes_accept = !c; /* libuv watches the listener again only when the connection was accepted */
    if (!c)
        return;
    c->server = server;
    byte_buffer_init(&c->input, server->setup.allocator);
    byte_buffer_init(&c->head, server->setup.allocator);
    byte_buffer_init(&c->body, server->setup.allocator);
    uv_tcp_init(server->setup.loop, &c->tcp); /* cannot fail: it opens no socket yet */
    c->tcp.data = c;
    c->next = server->first;
    if (c->next)
        c->next->previous = c;
    server->first = c;
    server->figures.connections++;
    int failed = uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&c->tcp);
    if (!failed && server->figures.connections > HTTP_CONNECTIONS) {
        server->figures.refused++;
        failed = 1;
    }
    if (failed) {
        http_connection_close(c);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    set_deadline(c, HTTP_REQUEST_MS);
    serve_input(c);
}

void http_connection_tick(struct http_connection *c)
{
    int64_t now = loop_ms(c);
    if (c->phase == HTTP_CLOSING)
        return;
    if (now >= c->deadline_ms) {
        if (c->phase == HTTP_STREAMING)
            c->server->figures.readers_dropped++;
        if (c->phase == HTTP_WAITING) {
            api_error(&c->reply, 503, "not durable in time; it may still be: asking again does no harm");
            finish_act(c);
        } else if (c->phase == HTTP_READING && c->request.header_bytes)
            answer(c, 408);
        else
            http_connection_close(c);
        return;
    }
    if (c->phase == HTTP_STREAMING && !c->is_writing && now - c->written_ms >= HTTP_HEARTBEAT_MS) {
        byte_buffer_reset(&c->head);
        byte_buffer_append_text(&c->head, ": still here\n\n");
        write_out(c, 0);
    }
}
