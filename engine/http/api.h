/* The API: from a request to a reply, without sockets. What is shown comes from the newest snapshot, so a reply costs
 * the copy of what it shows; an action is only read and checked here, the server hands it on. One thread.
 * docs/api/openapi.yaml describes it for those who call it. */
#ifndef HTTP_API_H
#define HTTP_API_H

#include "base/byte_buffer.h"
#include "pipeline/log_action.h"
#include "pipeline/service_figures.h"

/* Figures of the HTTP server itself. */
struct http_figures {
    uint64_t connections;     /* open now */
    uint64_t refused;         /* connections beyond the limit */
    uint64_t requests[6];     /* answered, by the first digit of the status */
    uint64_t readers;         /* of the event stream, now */
    uint64_t readers_dropped; /* because they did not keep up */
};

struct api {
    struct snapshot_slot *snapshots;
    /* Fills *out with the figures of now; called on this thread. */
    void (*figures)(void *context, struct service_figures *out);
    void *context;
    const struct http_figures *own;
};

struct api_request {
    int is_get; /* GET or HEAD */
    int is_post;
    int is_json;    /* Content-Type: application/json, which no form of a foreign page can send */
    weisu_str body; /* of a POST */
    weisu_str path;
    weisu_str query; /* without '?' */
    int has_event_id;
    uint64_t event_id; /* Last-Event-ID */
};

enum { API_BY_BYTES = LOG_ACTION_BY_BYTES + 1 };

struct api_reply {
    unsigned status;
    const char *type; /* Content-Type */
    struct byte_buffer *body;
    int is_stream; /* 200: the connection becomes a reader of the event stream, after `after` */
    uint64_t after;
    int is_action;            /* 200: to be said when the action is durable */
    const char *allow;        /* of a 405; NULL: GET, HEAD */
    struct log_action action; /* strings are the request's and `by` */
    char by[API_BY_BYTES];
    int is_words;              /* 200: to be said when the words are durable */
    struct byte_buffer *words; /* given, empty; gets the changes as text (segment/user_words.h) */
    weisu_str said_by;         /* `by` */
};

/* Fills *reply; reply->body is given, empty. Out of memory is remembered by the buffer. */
void api_answer(const struct api *api, const struct api_request *request, struct api_reply *reply);

/* An error as JSON: {"error":{"code":"not_found","message":"…"}}. `code` NULL: the one of the status. */
void api_error(struct api_reply *reply, unsigned status, const char *message);

/* GET /metrics: Prometheus text format 0.0.4. `snapshot` may be NULL. */
void metrics_write(struct byte_buffer *out, const struct service_figures *figures, const struct http_figures *own,
                   const struct snapshot *snapshot);

/* An action on an alert; `rest` is what follows "/api/v1/alerts/" in the path. 0 when the path is no action's. */
int api_act(const struct snapshot *snapshot, weisu_str rest, const struct api_request *request,
            struct api_reply *reply);

/* Words of users. */
void api_say_words(const struct api_request *request, struct api_reply *reply);
/* The same on a cluster: what follows "/api/v1/clusters/". Accept merges it as was proposed, undo takes its merge back;
 * where nothing was proposed or merged it has no effect. */
int api_act_on_cluster(const struct snapshot *snapshot, weisu_str rest, const struct api_request *request,
                       struct api_reply *reply);

/* ---- handlers of api_lists.c ---- */

int api_is_id(const struct snapshot_item *item, weisu_str id);
/* The newest change that a snapshot knows of the alert, or NULL. Lives as long as the snapshot. */
const struct snapshot_item *api_find_alert(const struct snapshot *snapshot, weisu_str id);

void api_list_alerts(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply);
void api_show_alert(const struct snapshot *snapshot, weisu_str id, struct api_reply *reply);
void api_list_clusters(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply);
void api_show_cluster(const struct snapshot *snapshot, weisu_str id, struct api_reply *reply);

#endif
