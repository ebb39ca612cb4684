/* The TCP feed: newline-delimited JSON records in, acknowledgements and errors out (libuv, loop thread).
 *
 * Lines go to the intake in the order of each connection; connections mix in the order in which they are read. After a
 * commit a connection gets {"ack":N}: its first N lines are safe on disk or rejected for good; what was rejected is
 * answered with {"error":{"line":…,"code":"…","message":"…"}} before. Line 0 in an error is about the service: the
 * database is failing, nothing is lost, acknowledgements come later.
 * Nothing is dropped silently: when no batch is free, or a peer does not take its answers, the server stops reading.
 * A line over FEED_LINE_BYTES is rejected and what follows it survives; an unterminated last line of a closed
 * connection is dropped; blank lines count as lines and are acknowledged. */
#ifndef IO_FEED_SERVER_H
#define IO_FEED_SERVER_H

#include "base/message_log.h"
#include "io/record_json.h"
#include "pipeline/intake.h"
#include "pipeline/service_figures.h"

#include <sys/socket.h>
#include <uv.h>

struct feed_server;

enum {
    FEED_CONNECTIONS = 256, /* open at once; a further one is closed */
    FEED_LINE_BYTES = RECORD_LINE_BYTES,
    FEED_RAW_BYTES = 8 << 10,    /* kept of a line that is too long, for the quarantine */
    FEED_READ_BYTES = 256 << 10, /* read at once */
    FEED_REPLY_BYTES = 1 << 20,  /* a peer that has so much to read is not read from */
    FEED_LINGER_MS = 2000        /* for peers to take their last answers when the server closes */
};

struct feed_setup {
    uv_loop_t *loop;
    const struct sockaddr *address; /* read by feed_server_new only */
    struct intake *intake;
    const struct record_options *records; /* how lines become records; outlives the server */
    const struct message_log *log;        /* may be NULL */
    const weisu_allocator *allocator;
};

/* Listens. WEISU_EIO: the address cannot be had; WEISU_ENOMEM. Also after an error *out is to be closed and freed. */
weisu_code feed_server_new(struct feed_server **out, const struct feed_setup *setup, weisu_err *err);
/* The port that it listens on. */
uint16_t feed_server_port(const struct feed_server *server);

/* Answers what is the feed's in a batch that came back from the store; written by the next feed_server_flush. */
void feed_server_answer(struct feed_server *server, const struct intake_batch *batch);
void feed_server_flush(struct feed_server *server);
/* A batch is free again: goes on with connections that waited for one. */
void feed_server_resume(struct feed_server *server);
/* The database is failing: every connection is told, reading stops. Until `err` is NULL: reading goes on. */
void feed_server_set_trouble(struct feed_server *server, const weisu_err *err);

/* No more connections and no more reading; what was received whole is still answered. */
void feed_server_stop(struct feed_server *server);
/* Closes everything after the answers were written; the loop must run until then, FEED_LINGER_MS at most. NULL is
 * allowed. */
void feed_server_close(struct feed_server *server);
/* After the loop has ended. */
void feed_server_free(struct feed_server *server);

struct feed_figures feed_server_figures(const struct feed_server *server);

#endif
