/* One connection of the TCP feed; for feed_server.c. */
#ifndef IO_FEED_CONNECTION_H
#define IO_FEED_CONNECTION_H

#include "base/byte_buffer.h"
#include "io/feed_server.h"

struct feed_server {
    struct feed_setup setup;
    struct record_decoder decoder;
    uv_tcp_t listener;
    uv_timer_t linger;
    struct feed_connection *slots[FEED_CONNECTIONS];
    uint64_t serial;   /* connections so far: with the slot it makes a key that is never used again */
    size_t first_turn; /* slot that is resumed first next time, so that none starves */
    int is_stopped;
    int is_closing;
    int is_troubled;
    int owes_accept; /* there was no memory for a connection */
    weisu_err trouble;
    struct feed_figures figures;
    uint16_t port;
    char *read_buffer; /* [FEED_READ_BYTES] of the read that is under way */
};

struct feed_connection {
    struct feed_server *server;
    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    uint64_t key;             /* serial × FEED_CONNECTIONS + slot */
    struct byte_buffer input; /* received and not taken: the begin of a line, or all while there is no room for lines */
    size_t scanned;           /* so many bytes of it hold no line feed */
    int is_skipping;          /* inside a line that was too long */
    int is_waiting;           /* for a free batch, with lines in `input` */
    int has_ended;            /* the peer sends no more */
    int is_reading;
    int is_writing;
    int is_shutting_down;
    uint64_t lines;             /* received */
    uint64_t answered;          /* lines up to this one are acknowledged, or will be with the next flush */
    uint64_t acknowledged;      /* as written */
    struct byte_buffer replies; /* to be written */
    struct byte_buffer written; /* being written */
};

/* ---- feed_server.c ---- */

/* A connection was closed and freed. */
void feed_server_note_close(struct feed_server *server);

/* ---- feed_connection.c ---- */

/* Accepts a connection of the listener. */
void feed_connection_open(struct feed_server *server);
void feed_connection_close(struct feed_connection *c);
/* Says that nothing follows, and closes when the answers are written. */
void feed_connection_finish(struct feed_connection *c);
/* Takes waiting lines and reads on, as far as there is room. */
void feed_connection_resume(struct feed_connection *c);
/* An error about line `number`, to be written with the next flush. */
void feed_connection_put_error(struct feed_connection *c, uint64_t number, weisu_code code, weisu_str message);
/* Writes answers, with an acknowledgement where there is something new to acknowledge. */
void feed_connection_flush(struct feed_connection *c);

#endif
