/* One connection of the sender, over all its attempts; for feed_client.c. */
#ifndef IO_FEED_LINK_H
#define IO_FEED_LINK_H

#include "base/byte_buffer.h"
#include "io/feed_client.h"

enum { FEED_LINK_READ_BYTES = 64 << 10 };

/* A line that is not acknowledged. */
struct kept_line {
    struct feed_position position;
    size_t size; /* with its line feed */
    uint64_t taken_ns;
    int is_rejected; /* told to the source already: a line that is sent again is rejected again */
};

enum link_state { LINK_IDLE, LINK_CONNECTING, LINK_UP, LINK_CLOSING, LINK_DONE };

/* One connection, over all its attempts. The lines in `bytes` are those of `lines`, in order. */
struct feed_link {
    struct feed_client *client;
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    enum link_state state;
    struct byte_buffer bytes;  /* not acknowledged; its begin may be acknowledged already (`dropped`) */
    struct byte_buffer flight; /* a copy of what is being written: `bytes` may move meanwhile */
    size_t dropped;            /* bytes at the begin that are acknowledged */
    size_t handed;             /* bytes from the begin of `bytes` that were handed to the socket */
    struct kept_line *lines;   /* a ring of FEED_WINDOW_LINES */
    size_t first;
    size_t count;
    uint64_t acknowledged; /* on this attempt */
    int is_writing;
    struct byte_buffer reply; /* the begin of a reply line */
    uint64_t retry_ms;
    uint64_t down_since_ms; /* loop time; 0: it is up, or was never tried */
    uint64_t retry_at_ms;
};

struct feed_client {
    struct feed_client_setup setup;
    struct sockaddr_storage address;
    struct feed_link *links; /* [setup.connections] */
    uv_timer_t timer;        /* retries, and lines that are not due yet */
    uint32_t turn;           /* the link that gets the next line */
    int has_ended;           /* the source */
    int is_stopping;
    struct feed_totals totals;
    char read_buffer[FEED_LINK_READ_BYTES];
};

/* Begins an attempt. */
void feed_link_connect(struct feed_link *link);
void feed_link_close(struct feed_link *link);
/* Whether one more line may be kept. */
int feed_link_has_room(const struct feed_link *link);
/* Keeps a line until it is acknowledged. Out of memory is remembered in `bytes`. */
void feed_link_keep(struct feed_link *link, weisu_str line, struct feed_position position);
/* Hands what is kept to the socket, as far as it takes it now. */
void feed_link_write(struct feed_link *link);

/* ---- feed_client.c ---- */

/* Does everything that can be done now: called after each event of a link. */
void feed_client_advance(struct feed_client *client);
void feed_client_tell(const struct feed_client *client, const char *what, int uv_status);

#endif
