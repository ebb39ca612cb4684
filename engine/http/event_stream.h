/* The event stream: changes of alerts as server-sent events (WHATWG HTML, section 9.2), from a snapshot.
 *
 * A reader is a number: the last change that it was sent. What it gets next is read from the newest snapshot when its
 * last write is done, so a slow reader costs one write and no queue. One that falls behind what a snapshot keeps is
 * told so (event "dropped") and let go; one that comes back with an older Last-Event-ID is told what it missed (event
 * "gap") and goes on. Delivery is at least once, keyed by (alert, change). Pure; one thread. */
#ifndef HTTP_EVENT_STREAM_H
#define HTTP_EVENT_STREAM_H

#include "base/byte_buffer.h"
#include "pipeline/snapshot.h"

enum { EVENT_WRITE_BYTES = 256 << 10 }; /* of one write; one event of any size fits */

struct event_reader {
    uint64_t sent;    /* number of the last change written, or what the reader said it has */
    int is_beginning; /* nothing was written yet */
};

enum event_outcome { EVENTS_NONE, EVENTS_WRITTEN, EVENTS_DROPPED };

/* Appends what the reader has not had, up to EVENT_WRITE_BYTES, and moves it on. EVENTS_DROPPED: the last event was
 * written, close after it. */
enum event_outcome event_stream_write(struct byte_buffer *out, const struct snapshot *snapshot,
                                      struct event_reader *reader);

#endif
