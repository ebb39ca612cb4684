#include "io/feed_link.h"

#include <cjson/cJSON.h>
#include <string.h>

enum { REPLY_BYTES = 64 << 10, WRITE_BYTES = 256 << 10, FIRST_RETRY_MS = 50, LAST_RETRY_MS = 2000 };

/* ---- attempts ---- */

static void on_closed(uv_handle_t *handle)
{
    struct feed_link *link = handle->data;
    struct feed_client *client = link->client;
    link->state = client->is_stopping ? LINK_DONE : LINK_IDLE;
    feed_client_advance(client);
}

void feed_link_close(struct feed_link *link)
{
    if (link->state != LINK_CONNECTING && link->state != LINK_UP)
        return;
    link->state = LINK_CLOSING;
    uv_close((uv_handle_t *)&link->tcp, on_closed);
}

/* Everything not acknowledged is to be sent again, to a service that counts its lines from 1. */
static void rewind_link(struct feed_link *link)
{
    struct feed_client *client = link->client;
    size_t at = link->dropped;
    for (size_t i = 0; i < link->count && at < link->handed; i++, client->totals.resent++)
        at += link->lines[(link->first + i) % FEED_WINDOW_LINES].size;
    link->handed = link->dropped;
    link->acknowledged = 0;
    byte_buffer_reset(&link->reply);
}

static void lose_link(struct feed_link *link, int status)
{
    struct feed_client *client = link->client;
    uint64_t now = uv_now(client->setup.loop);
    if (link->state != LINK_CONNECTING && link->state != LINK_UP)
        return;
    if (!link->down_since_ms) {
        link->down_since_ms = now ? now : 1;
        link->retry_ms = FIRST_RETRY_MS;
        feed_client_tell(client, "connection lost, trying again", status);
    } else if (link->retry_ms < LAST_RETRY_MS) {
        link->retry_ms *= 2;
    }
    link->retry_at_ms = now + link->retry_ms;
    if (now - link->down_since_ms >= client->setup.patience_ms) {
        feed_client_tell(client, "the service cannot be reached", status);
        client->totals.failed = 1;
        feed_client_stop(client);
    }
    feed_link_close(link);
    rewind_link(link);
}

/* ---- replies ---- */

static void drop_acknowledged(struct feed_link *link, uint64_t up_to)
{
    uint64_t now = uv_hrtime();
    while (link->acknowledged < up_to && link->count) {
        const struct kept_line *line = &link->lines[link->first];
        link->dropped += line->size;
        link->first = (link->first + 1) % FEED_WINDOW_LINES;
        link->count--;
        link->acknowledged++;
        link->client->totals.acknowledged++;
        latency_add(&link->client->totals.latency, now - line->taken_ns);
    }
    /* Moving what is left only when it is the smaller part makes the cost of moving constant a byte. */
    if (link->dropped > link->bytes.size / 2) {
        memmove(link->bytes.data, link->bytes.data + link->dropped, link->bytes.size - link->dropped);
        link->bytes.size -= link->dropped;
        link->handed -= link->dropped;
        link->dropped = 0;
    }
}

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

static void take_error(struct feed_link *link, const cJSON *error)
{
    struct feed_client *client = link->client;
    double line = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(error, "line"));
    if (!(line >= 1)) {
        feed_client_tell(client, text_of(error, "message"), 0);
        return;
    }
    uint64_t at = (uint64_t)line - link->acknowledged - 1;
    if (line <= (double)link->acknowledged || at >= link->count)
        return;
    struct kept_line *kept = &link->lines[(link->first + at) % FEED_WINDOW_LINES];
    if (kept->is_rejected)
        return;
    kept->is_rejected = 1;
    client->totals.rejected++;
    client->setup.source.rejected(client->setup.source.context, kept->position, text_of(error, "code"),
                                  text_of(error, "message"));
}

/* 0; -1 when the line is not one of the protocol. */
static int take_reply(struct feed_link *link, const char *line, size_t size)
{
    cJSON *reply = cJSON_ParseWithLength(line, size);
    const cJSON *ack = cJSON_GetObjectItemCaseSensitive(reply, "ack");
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(reply, "error");
    int is_known = cJSON_IsNumber(ack) || cJSON_IsObject(error);
    if (cJSON_IsObject(error))
        take_error(link, error);
    if (cJSON_IsNumber(ack) && ack->valuedouble >= 0)
        drop_acknowledged(link, (uint64_t)ack->valuedouble);
    cJSON_Delete(reply);
    return is_known ? 0 : -1;
}

static int take_replies(struct feed_link *link, const char *bytes, size_t size)
{
    byte_buffer_append(&link->reply, bytes, size);
    size_t used = 0;
    while (!link->reply.failed) {
        const char *from = link->reply.data + used;
        const char *feed = memchr(from, '\n', link->reply.size - used);
        if (!feed)
            break;
        if (take_reply(link, from, (size_t)(feed - from)))
            return -1;
        used += (size_t)(feed - from) + 1;
    }
    if (link->reply.failed || link->reply.size - used > REPLY_BYTES)
        return -1;
    memmove(link->reply.data, link->reply.data + used, link->reply.size - used);
    link->reply.size -= used;
    return 0;
}

/* ---- the socket ---- */

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    struct feed_link *link = handle->data;
    (void)wanted;
    *out = uv_buf_init(link->client->read_buffer, FEED_LINK_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct feed_link *link = stream->data;
    if (size < 0)
        lose_link(link, (int)size);
    else if (size > 0 && take_replies(link, buffer->base, (size_t)size))
        lose_link(link, UV_EPROTO);
    else if (size > 0)
        feed_client_advance(link->client);
}

static void on_written(uv_write_t *write, int status)
{
    struct feed_link *link = write->data;
    link->is_writing = 0;
    if (link->state != LINK_UP)
        return;
    if (status)
        lose_link(link, status);
    else
        feed_client_advance(link->client);
}

void feed_link_write(struct feed_link *link)
{
    size_t size = link->bytes.size - link->handed;
    if (link->state != LINK_UP || link->is_writing || size == 0)
        return;
    byte_buffer_reset(&link->flight);
    byte_buffer_append(&link->flight, link->bytes.data + link->handed, size < WRITE_BYTES ? size : WRITE_BYTES);
    uv_buf_t part = uv_buf_init(link->flight.data, (unsigned)link->flight.size);
    link->write.data = link;
    int status =
        link->flight.failed ? UV_ENOMEM : uv_write(&link->write, (uv_stream_t *)&link->tcp, &part, 1, on_written);
    if (status) {
        lose_link(link, status);
        return;
    }
    link->handed += link->flight.size;
    link->is_writing = 1;
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct feed_link *link = connect->data;
    if (link->state != LINK_CONNECTING)
        return;
    if (!status)
        status = uv_read_start((uv_stream_t *)&link->tcp, give_buffer, on_read);
    if (status) {
        lose_link(link, status);
        return;
    }
    if (link->down_since_ms)
        feed_client_tell(link->client, "connected", 0);
    link->state = LINK_UP;
    link->down_since_ms = 0;
    uv_tcp_nodelay(&link->tcp, 1);
    feed_client_advance(link->client);
}

void feed_link_connect(struct feed_link *link)
{
    struct feed_client *client = link->client;
    uv_tcp_init(client->setup.loop, &link->tcp); /* cannot fail: it opens no socket yet */
    link->tcp.data = link;
    link->connect.data = link;
    link->state = LINK_CONNECTING;
    int status = uv_tcp_connect(&link->connect, &link->tcp, (const struct sockaddr *)&client->address, on_connected);
    if (status)
        lose_link(link, status);
}

/* ---- lines ---- */

int feed_link_has_room(const struct feed_link *link)
{
    return link->count < FEED_WINDOW_LINES && link->bytes.size - link->dropped < FEED_WINDOW_BYTES;
}

void feed_link_keep(struct feed_link *link, weisu_str line, struct feed_position position)
{
    byte_buffer_append_str(&link->bytes, line);
    byte_buffer_append_char(&link->bytes, '\n');
    link->lines[(link->first + link->count) % FEED_WINDOW_LINES] =
        (struct kept_line){.position = position, .size = line.size + 1, .taken_ns = uv_hrtime()};
    link->count++;
    link->client->totals.sent++;
}
