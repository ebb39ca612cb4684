/* One connection of the HTTP server; for http_server.c. */
#ifndef HTTP_HTTP_CONNECTION_H
#define HTTP_HTTP_CONNECTION_H

#include "http/event_stream.h"
#include "http/http_server.h"

#include <http_parser.h>

enum { HTTP_FIELD_BYTES = 24, HTTP_FIELD_VALUE_BYTES = 288, HTTP_READ_BYTES = 16 << 10 };

enum http_phase {
    HTTP_READING,   /* a request, or waiting for one */
    HTTP_WAITING,   /* for an action to be durable; reading has stopped */
    HTTP_ANSWERING, /* writing an answer; reading has stopped */
    HTTP_STREAMING, /* a reader of the event stream */
    HTTP_LINGERING, /* said all; waiting for the other side to close, dropping what it sends */
    HTTP_CLOSING
};

struct http_server {
    struct http_setup setup;
    uv_tcp_t listener;
    uv_timer_t timer; /* every second: deadlines and heartbeats */
    struct http_connection *first;
    struct api api;
    struct http_figures figures;
    uint16_t port;
    uint64_t acts;                     /* handed on */
    struct byte_buffer words;          /* of the request that is being answered */
    int owes_accept;                   /* there was no memory for a connection: again with the next tick */
    char read_buffer[HTTP_READ_BYTES]; /* of the read that is under way: libuv reads one connection at a time */
};

/* What is known of the request that is being read. */
struct http_request {
    char url[HTTP_URL_BYTES];
    size_t url_size;
    size_t header_bytes;
    size_t body_bytes;
    char body[HTTP_POST_BYTES]; /* of a POST that is no longer */
    int is_json;
    char field[HTTP_FIELD_BYTES]; /* small letters; one that does not fit is not one of ours */
    size_t field_size;
    char value[HTTP_FIELD_VALUE_BYTES];
    size_t value_size;
    int in_value;
    int has_host;
    int host_is_ours;
    int has_event_id;
    uint64_t event_id;
    int is_complete;
    int keep_alive;
    unsigned problem; /* status of the error that ends the connection, 0: none */
};

struct http_connection {
    struct http_server *server;
    struct http_connection *next;
    struct http_connection *previous;
    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    http_parser parser;
    enum http_phase phase;
    int is_writing;
    int ends_after_write;
    int64_t deadline_ms; /* of the loop's clock; INT64_MAX: none */
    int64_t written_ms;  /* when the last write to a reader was done */
    struct http_request request;
    struct byte_buffer input; /* received but not parsed: requests that came before the last was answered */
    struct byte_buffer head;
    struct byte_buffer body;
    uint64_t act_key;       /* while it waits; else 0 */
    struct api_reply reply; /* what it is answered then */
    struct event_reader reader;
};

/* Accepts a connection of the listener. */
void http_connection_open(struct http_server *server);
void http_connection_close(struct http_connection *connection);
/* Writes what the reader has not had, when it is not still taking the last write. */
void http_connection_pump(struct http_connection *connection, const struct snapshot *snapshot);
/* What it waits for is durable. */
void http_connection_acted(struct http_connection *connection);
/* Closes it when its deadline has passed; sends a heartbeat when one is due. */
void http_connection_tick(struct http_connection *connection);

/* ---- http_request.c ---- */

/* Callbacks of the parser; parser->data is the http_request. */
extern const http_parser_settings http_request_settings;
void http_request_reset(struct http_request *request);
/* The request as the API takes it; strings point into `request`. 0, or the status of what is wrong with it. */
unsigned http_request_read(const struct http_request *request, const http_parser *parser, struct api_request *out);

#endif
