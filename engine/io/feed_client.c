#include "io/feed_client.h"

#include "base/failure.h"
#include "io/feed_link.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void feed_client_tell(const struct feed_client *client, const char *what, int status)
{
    char text[160];
    snprintf(text, sizeof text, "%s%s%s", what, status ? ": " : "", status ? uv_strerror(status) : "");
    client->setup.source.told(client->setup.source.context, text);
}

/* Deals lines to the links in turn, as far as they are due and there is room. Returns after how many milliseconds to
 * come again; 0: when something happens. */
static uint64_t deal_lines(struct feed_client *client)
{
    const struct feed_source *source = &client->setup.source;
    while (!client->has_ended && !client->is_stopping && feed_link_has_room(&client->links[client->turn])) {
        struct feed_link *link = &client->links[client->turn];
        weisu_str line;
        struct feed_position position;
        uint64_t wait_ms = 1;
        switch (source->next(source->context, &line, &position, &wait_ms)) {
        case FEED_LINE:
            feed_link_keep(link, line, position);
            client->turn = (client->turn + 1) % client->setup.connections;
            break;
        case FEED_LATER:
            return wait_ms ? wait_ms : 1;
        case FEED_FAILED:
            client->totals.failed = 1;
            client->has_ended = 1;
            break;
        case FEED_END:
            client->has_ended = 1;
            break;
        }
        if (link->bytes.failed) {
            feed_client_tell(client, "out of memory", 0);
            client->totals.failed = 1;
            feed_client_stop(client);
        }
    }
    return 0;
}

/* 1 when nothing is left to be sent or acknowledged. */
static int is_done(const struct feed_client *client)
{
    size_t kept = 0;
    for (uint32_t i = 0; i < client->setup.connections; i++)
        kept += client->links[i].count;
    return client->has_ended && kept == 0;
}

static void on_timer(uv_timer_t *timer)
{
    feed_client_advance(timer->data);
}

static void set_timer(struct feed_client *client, uint64_t after_ms)
{
    uv_timer_stop(&client->timer);
    if (after_ms)
        uv_timer_start(&client->timer, on_timer, after_ms, 0);
}

/* Does everything that can be done now. */
void feed_client_advance(struct feed_client *client)
{
    uint64_t next_ms = deal_lines(client);
    if (is_done(client))
        feed_client_stop(client);
    if (client->is_stopping)
        return;
    uint64_t now = uv_now(client->setup.loop);
    for (uint32_t i = 0; i < client->setup.connections && !client->is_stopping; i++) {
        struct feed_link *link = &client->links[i];
        uint64_t left = link->retry_at_ms > now ? link->retry_at_ms - now : 0;
        if (link->state == LINK_IDLE && !left)
            feed_link_connect(link);
        else if (link->state == LINK_IDLE && (!next_ms || left < next_ms))
            next_ms = left;
        feed_link_write(link);
    }
    if (!client->is_stopping)
        set_timer(client, next_ms);
}

/* ---- life ---- */

weisu_code feed_client_new(struct feed_client **out, const struct feed_client_setup *setup, weisu_err *err)
{
    const weisu_allocator *a = setup->allocator;
    struct feed_client *client = memory_new_zeroed(a, 1, sizeof *client);
    struct feed_link *links = memory_new_zeroed(a, setup->connections, sizeof *links);
    *out = client;
    int failed = !client || !links;
    for (uint32_t i = 0; i < setup->connections && !failed; i++) {
        links[i].client = client;
        byte_buffer_init(&links[i].bytes, a);
        byte_buffer_init(&links[i].flight, a);
        byte_buffer_init(&links[i].reply, a);
        links[i].lines = memory_new(a, FEED_WINDOW_LINES, sizeof *links[i].lines);
        failed |= !links[i].lines;
    }
    if (client) {
        client->setup = *setup;
        client->links = links;
    }
    if (failed) {
        feed_client_free(client);
        *out = NULL;
        return failure(err, WEISU_ENOMEM, "no memory for the connections");
    }
    size_t size = setup->address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    memcpy(&client->address, setup->address, size);
    uv_timer_init(setup->loop, &client->timer);
    client->timer.data = client;
    set_timer(client, 1);
    return WEISU_OK;
}

void feed_client_stop(struct feed_client *client)
{
    if (client->is_stopping)
        return;
    client->is_stopping = 1;
    uv_close((uv_handle_t *)&client->timer, NULL);
    for (uint32_t i = 0; i < client->setup.connections; i++)
        feed_link_close(&client->links[i]);
}

struct feed_totals feed_client_totals(const struct feed_client *client)
{
    return client->totals;
}

void feed_client_free(struct feed_client *client)
{
    if (!client)
        return;
    const weisu_allocator *a = client->setup.allocator;
    for (uint32_t i = 0; client->links && i < client->setup.connections; i++) {
        byte_buffer_dispose(&client->links[i].bytes);
        byte_buffer_dispose(&client->links[i].flight);
        byte_buffer_dispose(&client->links[i].reply);
        memory_free(a, client->links[i].lines, FEED_WINDOW_LINES, sizeof(struct kept_line));
    }
    memory_free(a, client->links, client->setup.connections, sizeof *client->links);
    memory_free(a, client, 1, sizeof *client);
}
