#include "io/feed_connection.h"

#include "base/failure.h"
#include "base/json_writer.h"

#include <string.h>

/* ---- end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct feed_connection *c = handle->data;
    struct feed_server *server = c->server;
    if (c->key)
        server->slots[c->key % FEED_CONNECTIONS] = NULL;
    server->figures.connections--;
    byte_buffer_dispose(&c->input);
    byte_buffer_dispose(&c->replies);
    byte_buffer_dispose(&c->written);
    memory_free(server->setup.allocator, c, 1, sizeof *c);
    feed_server_note_close(server);
}

void feed_connection_close(struct feed_connection *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    struct feed_connection *c = shutdown->data;
    (void)status;
    feed_connection_close(c);
}

void feed_connection_finish(struct feed_connection *c)
{
    if (c->is_shutting_down || uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    c->is_shutting_down = 1;
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown))
        feed_connection_close(c);
}

/* ---- answers ---- */

void feed_connection_put_error(struct feed_connection *c, uint64_t number, weisu_code code, weisu_str message)
{
    struct json_writer w;
    json_writer_init(&w, &c->replies);
    json_begin_object(&w);
    json_key(&w, "error");
    json_begin_object(&w);
    json_key(&w, "line");
    json_uint(&w, number);
    json_key(&w, "code");
    json_text(&w, weisu_code_name(code));
    json_key(&w, "message");
    json_string(&w, message);
    json_end_object(&w);
    json_end_object(&w);
    json_end_line(&w);
}

static void put_ack(struct feed_connection *c)
{
    if (c->acknowledged == c->answered)
        return;
    byte_buffer_append_text(&c->replies, "{\"ack\":");
    byte_buffer_append_int(&c->replies, (long long)c->answered);
    byte_buffer_append_text(&c->replies, "}\n");
    c->acknowledged = c->answered;
}

static void end_when_answered(struct feed_connection *c)
{
    if (c->has_ended && !c->is_writing && !c->is_waiting && c->replies.size == 0 && c->acknowledged == c->lines)
        feed_connection_finish(c);
}

static void read_on(struct feed_connection *c);

static void on_written(uv_write_t *write, int status)
{
    struct feed_connection *c = write->data;
    c->is_writing = 0;
    byte_buffer_reset(&c->written);
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    if (status) {
        feed_connection_close(c);
        return;
    }
    feed_connection_flush(c);
}

void feed_connection_flush(struct feed_connection *c)
{
    put_ack(c);
    if (c->replies.failed) {
        feed_connection_close(c); /* an answer is missing: the peer sends again what was not acknowledged */
        return;
    }
    if (c->is_writing || c->is_shutting_down || uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    if (c->replies.size) {
        struct byte_buffer empty = c->written;
        c->written = c->replies;
        c->replies = empty;
        uv_buf_t bytes = uv_buf_init(c->written.data, (unsigned)c->written.size);
        c->is_writing = 1;
        c->write.data = c;
        if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &bytes, 1, on_written)) {
            c->is_writing = 0;
            feed_connection_close(c);
        }
    }
    end_when_answered(c);
    read_on(c);
}

/* ---- lines ---- */

static int is_blank(weisu_str line)
{
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            return 0;
    return 1;
}

/* 0 when memory is out: nothing was added. */
static int add_line(struct feed_connection *c, struct intake_batch *batch, weisu_str bytes)
{
    struct record_decoder *decoder = &c->server->decoder;
    weisu_record record;
    weisu_err err;
    size_t kept = bytes.size > FEED_LINE_BYTES ? FEED_RAW_BYTES : bytes.size;
    char *copy = arena_take(&batch->arena, kept);
    if (!copy)
        return 0;
    memcpy(copy, bytes.data, kept);
    weisu_code code = WEISU_ETOOLONG;
    decoder->arena = &batch->arena;
    if (bytes.size <= FEED_LINE_BYTES)
        code = record_json_decode(decoder, (struct record_line){copy, kept, c->lines + 1}, &record, &err);
    else
        failure(&err, code, "the line is longer than %d bytes", FEED_LINE_BYTES);
    if (code == WEISU_ENOMEM)
        return 0;
    struct intake_line *line = intake_add_line(batch, c->key, c->lines + 1);
    line->code = code;
    if (code) {
        line->message = arena_copy(&batch->arena, (weisu_str){err.text, strlen(err.text)});
        line->raw = (weisu_str){copy, kept};
    } else {
        line->record = record;
    }
    return 1;
}

/* 0 when there is no room: the line stays where it is. */
static int take_line(struct feed_connection *c, weisu_str bytes)
{
    struct intake_batch *batch = intake_open(c->server->setup.intake);
    if (!batch)
        return 0;
    if (is_blank(bytes))
        intake_skip_line(batch, c->key, c->lines + 1);
    else if (!add_line(c, batch, bytes))
        return 0;
    batch->bytes += bytes.size + 1;
    c->lines++;
    c->server->figures.lines++;
    return 1;
}

/* Takes whole lines; returns how many bytes were used. What is left is the begin of a line, or what there is no room
 * for (is_waiting). */
static size_t take_lines(struct feed_connection *c, const char *bytes, size_t size, size_t scanned)
{
    size_t used = 0;
    while (used < size && !c->is_waiting) {
        const char *from = bytes + (scanned > used ? scanned : used);
        const char *feed = memchr(from, '\n', (size_t)(bytes + size - from));
        size_t length = feed ? (size_t)(feed - bytes) - used : size - used;
        int is_too_long = length > FEED_LINE_BYTES;
        if (!feed && !is_too_long && !c->is_skipping)
            break;
        if (!c->is_skipping && !take_line(c, (weisu_str){bytes + used, length})) {
            c->is_waiting = 1;
            break;
        }
        /* The rest of a line that is too long is passed over as it comes. */
        c->is_skipping = !feed;
        used += length + (feed != NULL);
    }
    return used;
}

/* ---- reading ---- */

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    struct feed_connection *c = handle->data;
    (void)wanted;
    *out = uv_buf_init(c->server->read_buffer, FEED_READ_BYTES);
}

static void stop_reading(struct feed_connection *c)
{
    if (c->is_reading)
        uv_read_stop((uv_stream_t *)&c->tcp);
    c->is_reading = 0;
}

static void take_input(struct feed_connection *c)
{
    size_t used = take_lines(c, c->input.data, c->input.size, c->scanned);
    c->input.size -= used;
    if (used)
        memmove(c->input.data, c->input.data + used, c->input.size);
    c->scanned = c->is_waiting ? 0 : c->input.size;
    if (c->input.size == 0 && c->input.capacity > FEED_READ_BYTES)
        byte_buffer_dispose(&c->input); /* what one long line needed is not kept for ever */
}

/* Lines that arrive whole, as nearly all do, are decoded where they were read. */
static void take_bytes(struct feed_connection *c, const char *bytes, size_t size)
{
    size_t used = c->input.size ? 0 : take_lines(c, bytes, size, 0);
    if (used < size)
        byte_buffer_append(&c->input, bytes + used, size - used);
    if (c->input.failed)
        feed_connection_close(c); /* the peer sends again what was not acknowledged */
    else if (!c->is_waiting)
        take_input(c);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct feed_connection *c = stream->data;
    if (size > 0) {
        c->server->figures.bytes += (uint64_t)size;
        take_bytes(c, buffer->base, (size_t)size);
        if (c->is_waiting) {
            c->server->figures.stops++;
            stop_reading(c);
        }
    } else if (size == UV_EOF) {
        stop_reading(c);
        c->has_ended = 1;
        end_when_answered(c);
    } else if (size < 0) {
        feed_connection_close(c);
    }
}

static void read_on(struct feed_connection *c)
{
    const struct feed_server *server = c->server;
    int is_wanted = !c->is_waiting && !c->has_ended && !c->is_shutting_down && !server->is_stopped &&
                    !server->is_troubled && c->replies.size < FEED_REPLY_BYTES;
    if (uv_is_closing((uv_handle_t *)&c->tcp) || is_wanted == c->is_reading)
        return;
    if (!is_wanted)
        stop_reading(c);
    else if (uv_read_start((uv_stream_t *)&c->tcp, give_buffer, on_read))
        feed_connection_close(c);
    else
        c->is_reading = 1;
}

void feed_connection_resume(struct feed_connection *c)
{
    if (c->is_waiting && !c->server->is_stopped) {
        c->is_waiting = 0;
        take_input(c);
        end_when_answered(c);
    }
    read_on(c);
}

/* ---- begin ---- */

static int find_slot(const struct feed_server *server)
{
    for (int i = 0; i < FEED_CONNECTIONS; i++)
        if (!server->slots[i])
            return i;
    return -1;
}

void feed_connection_open(struct feed_server *server)
{
    struct feed_connection *c = memory_new_zeroed(server->setup.allocator, 1, sizeof *c);
    server->owes_accept = !c; /* libuv watches the listener again only when the connection was accepted */
    if (!c)
        return;
    c->server = server;
    byte_buffer_init(&c->input, server->setup.allocator);
    byte_buffer_init(&c->replies, server->setup.allocator);
    byte_buffer_init(&c->written, server->setup.allocator);
    uv_tcp_init(server->setup.loop, &c->tcp); /* cannot fail: it opens no socket yet */
    c->tcp.data = c;
    server->figures.connections++;
    server->figures.accepted++;
    int slot = find_slot(server);
    int failed = uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&c->tcp);
    if (failed || slot < 0 || server->is_stopped) {
        server->figures.refused += !failed;
        feed_connection_close(c);
        return;
    }
    c->key = ++server->serial * FEED_CONNECTIONS + (uint64_t)slot;
    server->slots[slot] = c;
    uv_tcp_nodelay(&c->tcp, 1);
    uv_tcp_keepalive(&c->tcp, 1, 60);
    if (server->is_troubled)
        feed_connection_put_error(c, 0, server->trouble.code,
                                  (weisu_str){server->trouble.text, strlen(server->trouble.text)});
    feed_connection_flush(c);
}
