#include "http/event_stream.h"

#include <inttypes.h>
#include <stdio.h>

static void put_notice(struct byte_buffer *out, const char *event, const char *key, uint64_t value, uint64_t last)
{
    char text[160];
    snprintf(text, sizeof text, "event: %s\ndata: {\"%s\":%" PRIu64 ",\"last\":%" PRIu64 "}\n\n", event, key, value,
             last);
    byte_buffer_append_text(out, text);
}

static void put_event(struct byte_buffer *out, const struct snapshot_item *item)
{
    char head[64];
    snprintf(head, sizeof head, "id: %" PRIu64 "\nevent: alert\ndata: ", item->number);
    byte_buffer_append_text(out, head);
    byte_buffer_append(out, item->json, item->size);
    byte_buffer_append_text(out, "\n\n");
}

/* Number before the oldest change that the snapshot has. */
static uint64_t before_oldest(const struct snapshot *snapshot)
{
    return snapshot->last_change - snapshot->change_count;
}

/* What the reader missed, or that it is ahead of us (its events came from another store). Returns 0 when it is let go.
 */
static int say_where_it_stands(struct byte_buffer *out, const struct snapshot *snapshot, struct event_reader *reader)
{
    uint64_t oldest = before_oldest(snapshot);
    if (reader->sent > snapshot->last_change) {
        put_notice(out, "reset", "had", reader->sent, snapshot->last_change);
        reader->sent = snapshot->last_change;
    }
    if (reader->sent >= oldest)
        return 1;
    if (!reader->is_beginning) {
        put_notice(out, "dropped", "sent", reader->sent, snapshot->last_change);
        return 0;
    }
    put_notice(out, "gap", "missed", oldest - reader->sent, snapshot->last_change);
    reader->sent = oldest;
    return 1;
}

enum event_outcome event_stream_write(struct byte_buffer *out, const struct snapshot *snapshot,
                                      struct event_reader *reader)
{
    size_t before = out->size;
    if (!say_where_it_stands(out, snapshot, reader))
        return EVENTS_DROPPED;
    reader->is_beginning = 0;
    while (reader->sent < snapshot->last_change && out->size - before < EVENT_WRITE_BYTES) {
        put_event(out, snapshot->changes[reader->sent - before_oldest(snapshot)]);
        reader->sent++;
    }
    return out->size > before ? EVENTS_WRITTEN : EVENTS_NONE;
}
