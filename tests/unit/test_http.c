/* The HTTP side: queries, the API's answers, the event stream, and the server over a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/api_query.h"
#include "http/event_stream.h"
#include "http/http_server.h"

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* ---- a service to ask ---- */

struct service {
    struct snapshot_slot slot;
    struct service_figures figures;
    struct http_figures own;
    struct api api;
    struct byte_buffer body;
    uv_loop_t loop;
    struct http_server *server;
    struct zone *zone;
    uint64_t act_key;
    int refuses_acts;
};

static void give_figures(void *context, struct service_figures *out)
{
    const struct service *service = context;
    *out = service->figures;
}

static struct snapshot_item *alert_item(uint64_t number, uint32_t alert, uint32_t state)
{
    char id[16];
    char json[80];
    snprintf(id, sizeof id, "a%u", alert);
    snprintf(json, sizeof json, "{\"alert\":\"a%u\",\"n\":%llu}", alert, (unsigned long long)number);
    struct snapshot_item *item = snapshot_item_new(NULL, id, str(json));
    item->number = number;
    item->state = state;
    item->time_ms = (int64_t)number * 1000;
    return item;
}

/* Changes first..last; change n is of alert n / 2: an even number raises it, the odd one after it clears it. The last
 * alert is still raised when `last` is even. Two clusters. */
static struct snapshot *snapshot_of(uint64_t first, uint64_t last)
{
    int is_live = last % 2 == 0 && last >= first;
    size_t count = last >= first ? (size_t)(last - first + 1) : 0;
    struct snapshot *snapshot = snapshot_new(NULL, count, (size_t)is_live, 2);
    for (uint64_t n = first; n <= last; n++)
        snapshot->changes[n - first] = alert_item(n, (uint32_t)(n / 2), n % 2 ? WEISU_CLEARED : WEISU_RAISED);
    if (is_live)
        snapshot->live[0] = snapshot_item_ref(snapshot->changes[count - 1]);
    snapshot->clusters[0] = snapshot_item_new(NULL, "cnew", str("{\"cluster\":\"cnew\"}"));
    snapshot->clusters[0]->time_ms = 2000;
    snapshot->clusters[1] = snapshot_item_new(NULL, "cold", str("{\"cluster\":\"cold\"}"));
    snapshot->clusters[1]->time_ms = 1000;
    snapshot->last_change = last;
    snapshot->sequence = 77;
    snapshot->clock_ms = 1561943103000;
    return snapshot;
}

static int set_up(void **state)
{
    struct service *service = calloc(1, sizeof *service);
    if (!service)
        return -1;
    snapshot_slot_init(&service->slot, NULL);
    byte_buffer_init(&service->body, NULL);
    service->figures.version = "0.1.0";
    service->figures.store.counts.records = 12;
    if (zone_open(&service->zone, "UTC", NULL, NULL))
        return -1;
    service->figures.zone = service->zone;
    service->api = (struct api){&service->slot, give_figures, service, &service->own};
    uv_loop_init(&service->loop);
    *state = service;
    return 0;
}

static int tear_down(void **state)
{
    struct service *service = *state;
    http_server_close(service->server);
    while (uv_run(&service->loop, UV_RUN_DEFAULT))
        ;
    http_server_free(service->server);
    int left_open = uv_loop_close(&service->loop);
    snapshot_slot_dispose(&service->slot);
    zone_close(service->zone);
    byte_buffer_dispose(&service->body);
    free(service);
    return left_open;
}

/* The body of the answer to GET `path`?`query`, 0-terminated. */
static const char *ask(struct service *service, const char *path, const char *query, unsigned status)
{
    struct api_request request = {.is_get = 1, .path = str(path), .query = str(query)};
    struct api_reply reply = {.body = &service->body};
    byte_buffer_reset(&service->body);
    api_answer(&service->api, &request, &reply);
    byte_buffer_append_char(&service->body, 0);
    assert_int_equal(reply.status, status);
    return service->body.data;
}

/* ---- queries ---- */

static void parameters_are_decoded_one_by_one(void **state)
{
    (void)state;
    struct api_parameter parameter;
    weisu_str rest = str("a=1&&b=%41+%e6%9d%b1&empty=&flag");
    static const char *const truth[][2] = {{"a", "1"}, {"b", "A 東"}, {"empty", ""}, {"flag", ""}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(api_next_parameter(&rest, &parameter), 1);
        assert_int_equal(parameter.name.size, strlen(truth[i][0]));
        assert_memory_equal(parameter.name.data, truth[i][0], parameter.name.size);
        assert_string_equal(parameter.value, truth[i][1]);
    }
    assert_int_equal(api_next_parameter(&rest, &parameter), 0);
}

static void wrong_escapes_and_long_values_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"a=%4", "a=%", "a=%zz", "a=%00", "a=x%"};
    struct api_parameter parameter;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        weisu_str rest = str(wrong[i]);
        assert_int_equal(api_next_parameter(&rest, &parameter), -1);
    }
    char text[API_VALUE_BYTES + 8];
    memset(text, 'x', sizeof text);
    text[1] = '=';
    weisu_str rest = {text, API_VALUE_BYTES + 1};
    assert_int_equal(api_next_parameter(&rest, &parameter), 1);
    rest = (weisu_str){text, API_VALUE_BYTES + 2};
    assert_int_equal(api_next_parameter(&rest, &parameter), -1);
    uint64_t number;
    assert_int_equal(api_parse_number("1000", 1000, &number), 0);
    assert_int_equal(number, 1000);
    assert_int_equal(api_parse_number("1001", 1000, &number), -1);
    assert_int_equal(api_parse_number("18446744073709551616", UINT64_MAX, &number), -1);
    assert_int_equal(api_parse_number("", 1000, &number), -1);
    assert_int_equal(api_parse_number("-1", 1000, &number), -1);
}

/* ---- answers ---- */

static void health_follows_the_store(void **state)
{
    struct service *service = *state;
    assert_string_equal(ask(service, "/healthz", "", 200), "{\"status\":\"ok\"}\n");
    service->figures.store.is_failing = 1;
    snprintf(service->figures.store.error.text, sizeof service->figures.store.error.text, "disk is full");
    assert_non_null(strstr(ask(service, "/healthz", "", 503), "disk is full"));
}

static void before_the_first_snapshot_nothing_is_known(void **state)
{
    struct service *service = *state;
    assert_non_null(strstr(ask(service, "/api/v1/alerts", "", 503), "\"not_ready\""));
    assert_non_null(strstr(ask(service, "/metrics", "", 200), "weisu_complaints_total 12\n"));
}

static void alerts_are_listed_newest_first(void **state)
{
    struct service *service = *state;
    snapshot_publish(&service->slot, snapshot_of(2, 8));
    assert_string_equal(ask(service, "/api/v1/alerts", "", 200),
                        "{\"alerts\":[{\"alert\":\"a4\",\"n\":8}],\"next\":null}\n");
    assert_string_equal(ask(service, "/api/v1/alerts", "state=all&limit=2", 200),
                        "{\"alerts\":[{\"alert\":\"a4\",\"n\":8},{\"alert\":\"a3\",\"n\":7}],\"next\":\"7\"}\n");
    assert_string_equal(ask(service, "/api/v1/alerts", "state=all&limit=2&cursor=7", 200),
                        "{\"alerts\":[{\"alert\":\"a2\",\"n\":5},{\"alert\":\"a1\",\"n\":3}],\"next\":null}\n");
    assert_string_equal(ask(service, "/api/v1/alerts", "state=cleared&since=1970-01-01T00:00:05Z", 200),
                        "{\"alerts\":[{\"alert\":\"a3\",\"n\":7},{\"alert\":\"a2\",\"n\":5}],\"next\":null}\n");
}

static void wrong_parameters_are_named(void **state)
{
    struct service *service = *state;
    snapshot_publish(&service->slot, snapshot_of(2, 8));
    static const char *const wrong[][2] = {
        {"limit=0", "limit"},   {"limit=1001", "limit"},   {"state=gone", "state"},   {"since=yesterday", "since"},
        {"cursor=x", "cursor"}, {"colour=red", "unknown"}, {"limit=%", "well-formed"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_non_null(strstr(ask(service, "/api/v1/alerts", wrong[i][0], 400), wrong[i][1]));
    assert_non_null(strstr(ask(service, "/api/v1/clusters", "state=all", 400), "unknown"));
    assert_non_null(strstr(ask(service, "/api/v1/stream", "after=-1", 400), "after"));
    assert_non_null(strstr(ask(service, "/api/v1/stream", "before=1", 400), "unknown"));
}

static void one_alert_shows_its_changes(void **state)
{
    struct service *service = *state;
    snapshot_publish(&service->slot, snapshot_of(2, 8));
    assert_string_equal(ask(service, "/api/v1/alerts/a3", "", 200),
                        "{\"alert\":{\"alert\":\"a3\",\"n\":7},\"changes\":[{\"alert\":\"a3\",\"n\":6},"
                        "{\"alert\":\"a3\",\"n\":7}]}\n");
    assert_non_null(strstr(ask(service, "/api/v1/alerts/a33", "", 404), "not_found"));
    assert_non_null(strstr(ask(service, "/api/v1/alerts/", "", 404), "not_found"));
    assert_string_equal(ask(service, "/api/v1/clusters/cold", "", 200), "{\"cluster\":\"cold\"}\n");
    ask(service, "/api/v1/clusters/c", "", 404);
    ask(service, "/api/v2/clusters", "", 404);
    assert_string_equal(ask(service, "/api/v1/clusters", "since=1970-01-01T00:00:02Z", 200),
                        "{\"clusters\":[{\"cluster\":\"cnew\"}]}\n");
}

static void summary_and_metrics_agree(void **state)
{
    struct service *service = *state;
    service->figures.store.commits[0] = 3;
    service->figures.store.commits[STORE_COMMIT_BUCKETS - 1] = 2;
    service->figures.store.groups = 5;
    service->figures.store.commit_ns = 1500000000;
    snapshot_publish(&service->slot, snapshot_of(2, 8));
    const char *summary = ask(service, "/api/v1/summary", "", 200);
    assert_non_null(strstr(summary, "\"complaints\":12,"));
    assert_non_null(strstr(summary, "\"applied\":77,"));
    assert_non_null(strstr(summary, "\"clock\":\"2019-07-01T01:05:03Z\","));
    assert_non_null(strstr(summary, "\"live_alerts\":1,"));
    const char *metrics = ask(service, "/metrics", "", 200);
    assert_non_null(strstr(metrics, "\nweisu_applied_sequence 77\n"));
    assert_non_null(strstr(metrics, "\nweisu_commit_seconds_bucket{le=\"0.000250\"} 3\n"));
    assert_non_null(strstr(metrics, "\nweisu_commit_seconds_bucket{le=\"+Inf\"} 5\n"));
    assert_non_null(strstr(metrics, "\nweisu_commit_seconds_sum 1.500000000\n"));
    assert_non_null(strstr(metrics, "\nweisu_alerts_live 1\n"));
}

/* ---- events ---- */

static const char *events(struct service *service, const struct snapshot *snapshot, struct event_reader *reader,
                          enum event_outcome expected)
{
    byte_buffer_reset(&service->body);
    assert_int_equal(event_stream_write(&service->body, snapshot, reader), expected);
    byte_buffer_append_char(&service->body, 0);
    return service->body.data;
}

static void a_reader_gets_each_change_once(void **state)
{
    struct service *service = *state;
    struct snapshot *snapshot = snapshot_of(2, 4);
    struct event_reader reader = {.sent = 3, .is_beginning = 1};
    assert_string_equal(events(service, snapshot, &reader, EVENTS_WRITTEN),
                        "id: 4\nevent: alert\ndata: {\"alert\":\"a2\",\"n\":4}\n\n");
    events(service, snapshot, &reader, EVENTS_NONE);
    snapshot_unref(snapshot);
    snapshot = snapshot_of(3, 6);
    const char *more = events(service, snapshot, &reader, EVENTS_WRITTEN);
    assert_non_null(strstr(more, "id: 5\n"));
    assert_non_null(strstr(more, "id: 6\n"));
    assert_null(strstr(more, "id: 4\n"));
    snapshot_unref(snapshot);
}

static void what_is_not_kept_any_more_is_told(void **state)
{
    struct service *service = *state;
    struct snapshot *snapshot = snapshot_of(10, 12);
    struct event_reader reader = {.sent = 4, .is_beginning = 1};
    const char *text = events(service, snapshot, &reader, EVENTS_WRITTEN);
    assert_non_null(strstr(text, "event: gap\ndata: {\"missed\":5,\"last\":12}\n\nid: 10\n"));
    reader = (struct event_reader){.sent = 4};
    text = events(service, snapshot, &reader, EVENTS_DROPPED);
    assert_string_equal(text, "event: dropped\ndata: {\"sent\":4,\"last\":12}\n\n");
    reader = (struct event_reader){.sent = 99, .is_beginning = 1};
    text = events(service, snapshot, &reader, EVENTS_WRITTEN);
    assert_string_equal(text, "event: reset\ndata: {\"had\":99,\"last\":12}\n\n");
    assert_int_equal(reader.sent, 12);
    snapshot_unref(snapshot);
}

static void one_write_is_bounded(void **state)
{
    struct service *service = *state;
    struct snapshot *snapshot = snapshot_of(1, 20000);
    struct event_reader reader = {.is_beginning = 1};
    events(service, snapshot, &reader, EVENTS_WRITTEN);
    assert_true(service->body.size < EVENT_WRITE_BYTES + 200);
    assert_true(reader.sent > 1000 && reader.sent < 20000);
    snapshot_unref(snapshot);
}

/* ---- actions ---- */

static const char *post(struct service *service, const char *path, const char *body, unsigned status)
{
    struct api_request request = {.is_post = 1, .is_json = 1, .path = str(path), .body = str(body)};
    struct api_reply reply = {.body = &service->body};
    byte_buffer_reset(&service->body);
    api_answer(&service->api, &request, &reply);
    byte_buffer_append_char(&service->body, 0);
    assert_int_equal(reply.status, status);
    assert_int_equal(reply.is_action, status == 200);
    return service->body.data;
}

static void actions_are_read_and_checked(void **state)
{
    struct service *service = *state;
    static const char by[] = "{\"by\":\"王五\",\"more\":[1]}";
    snapshot_publish(&service->slot, snapshot_of(2, 8)); /* a4 is raised, a3 is cleared */
    assert_string_equal(post(service, "/api/v1/alerts/a4/done", by, 200),
                        "{\"alert\":\"a4\",\"action\":\"done\",\"by\":\"王五\"}\n");
    post(service, "/api/v1/alerts/a3/dismiss", by, 200);
    post(service, "/api/v1/alerts/a3/undo", by, 200);
    post(service, "/api/v1/alerts/a3/done", by, 409);
    post(service, "/api/v1/alerts/a9/done", by, 404);
    post(service, "/api/v1/alerts/a4/shout", by, 405);
    post(service, "/api/v1/alerts/a4", by, 405);
    post(service, "/metrics", by, 405);
    assert_string_equal(post(service, "/api/v1/clusters/cold/undo", by, 200),
                        "{\"cluster\":\"cold\",\"action\":\"undo\",\"by\":\"王五\"}\n");
    post(service, "/api/v1/clusters/cold/accept", by, 200);
    post(service, "/api/v1/clusters/cnone/undo", by, 404);
    post(service, "/api/v1/clusters/cold/done", by, 405);
    post(service, "/api/v1/clusters/cold/undo", "{}", 400);
    static const char *const wrong[] = {"", "{", "{}", "7", "{\"by\":null}", "{\"by\":\"\"}", "{\"by\":\"a\\tb\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        post(service, "/api/v1/alerts/a4/done", wrong[i], 400);
}

/* ---- over a socket ---- */

static int take_act(void *context, const struct log_action *action, uint64_t key)
{
    struct service *service = context;
    assert_int_equal(action->action, WEISU_ACTION_ACCEPT);
    service->act_key = key;
    return service->refuses_acts ? -1 : 0;
}

static void start_server(struct service *service)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct http_setup setup = {.loop = &service->loop,
                               .address = (const struct sockaddr *)&address,
                               .snapshots = &service->slot,
                               .figures = give_figures,
                               .act = take_act,
                               .context = service};
    weisu_err err;
    snapshot_publish(&service->slot, snapshot_of(2, 8));
    assert_int_equal(http_server_new(&service->server, &setup, &err), WEISU_OK);
    assert_true(http_server_port(service->server) != 0);
}

static int dial(struct service *service)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(service->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void say(struct service *service, int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    uv_run(&service->loop, UV_RUN_NOWAIT);
}

/* What comes until `until` is in it, or until the server closes (`until` NULL). 0-terminated, in the service's body. */
static const char *hear(struct service *service, int fd, const char *until)
{
    byte_buffer_reset(&service->body);
    byte_buffer_append_char(&service->body, 0);
    for (int turns = 0; turns < 20000; turns++) {
        char part[4096];
        uv_run(&service->loop, UV_RUN_NOWAIT);
        ssize_t size = recv(fd, part, sizeof part, 0);
        if (size == 0 && !until)
            return service->body.data;
        if (size <= 0) {
            assert_true(size < 0 && errno == EAGAIN);
            usleep(100);
            continue;
        }
        service->body.size--;
        byte_buffer_append(&service->body, part, (size_t)size);
        byte_buffer_append_char(&service->body, 0);
        if (until && strstr(service->body.data, until))
            return service->body.data;
    }
    fail_msg("nothing came: %s", service->body.data);
    return NULL;
}

static void requests_share_a_connection(void **state)
{
    struct service *service = *state;
    start_server(service);
    int fd = dial(service);
    say(service, fd, "GET /healthz HTTP/1.1\r\nHo");
    say(service, fd,
        "st: localhost:7410\r\n\r\nHEAD /api/v1/summary HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        "GET /nothing HTTP/1.1\r\nHost: [::1]\r\n\r\n");
    const char *text = hear(service, fd, "\"not_found\"");
    assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(text, "\r\n\r\n{\"status\":\"ok\"}\nHTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(text, "\r\n\r\nHTTP/1.1 404 Not Found\r\n"));
    say(service, fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    text = hear(service, fd, NULL);
    assert_non_null(strstr(text, "Connection: close\r\n"));
    close(fd);
}

static void an_action_waits_until_it_is_durable(void **state)
{
    struct service *service = *state;
    static const char request[] = "POST /api/v1/alerts/a4/accept HTTP/1.1\r\nHost: localhost\r\n"
                                  "Content-Type: application/json; charset=utf-8\r\nContent-Length: 10\r\n\r\n"
                                  "{\"by\":\"x\"}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char none[16];
    start_server(service);
    int fd = dial(service);
    say(service, fd, request);
    for (int turns = 0; turns < 50 || !service->act_key; turns++) {
        uv_run(&service->loop, UV_RUN_NOWAIT);
        usleep(100);
    }
    assert_true(recv(fd, none, sizeof none, 0) < 0 && errno == EAGAIN);
    http_server_acted(service->server, service->act_key + 1); /* another one's */
    http_server_acted(service->server, service->act_key);
    const char *text = hear(service, fd, "{\"status\":\"ok\"}");
    assert_non_null(strstr(text, "\"action\":\"accept\",\"by\":\"x\"}\nHTTP/1.1 200 OK"));
    service->refuses_acts = 1;
    say(service, fd, request);
    assert_non_null(strstr(hear(service, fd, "{\"status\":\"ok\"}"), "HTTP/1.1 503 "));
    service->refuses_acts = 0;
    say(service, fd, request);
    close(fd); /* gone while it waits: nobody is answered, nothing breaks */
    uv_run(&service->loop, UV_RUN_NOWAIT);
    http_server_acted(service->server, service->act_key);
    uv_run(&service->loop, UV_RUN_NOWAIT);
}

static void assert_refused(struct service *service, const char *request, const char *status)
{
    int fd = dial(service);
    say(service, fd, request);
    const char *text = hear(service, fd, NULL);
    if (!strstr(text, status))
        fail_msg("%s is not in: %s", status, text);
    assert_non_null(strstr(text, "{\"error\":{\"code\":\""));
    close(fd);
}

static const char *padded(struct byte_buffer *out, const char *before, size_t count, const char *after)
{
    byte_buffer_reset(out);
    byte_buffer_append_text(out, before);
    for (size_t i = 0; i < count; i++)
        byte_buffer_append_char(out, 'x');
    byte_buffer_append_text(out, after);
    byte_buffer_append_char(out, 0);
    return out->data;
}

static void bad_requests_end_the_connection(void **state)
{
    struct service *service = *state;
    start_server(service);
    assert_refused(service, "what is this\r\n\r\n", "HTTP/1.1 400 ");
    assert_refused(service, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ");
    assert_refused(service, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400 ");
    assert_refused(service, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 421 ");
    assert_refused(service, "GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", "HTTP/1.1 421 ");
    assert_refused(service, "DELETE /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                   "HTTP/1.1 405 ");
    assert_refused(service, "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                   "HTTP/1.1 400 ");
    assert_refused(service, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                   "HTTP/1.1 400 ");
    struct byte_buffer large;
    byte_buffer_init(&large, NULL);
    assert_refused(service, padded(&large, "GET /", 3000, " HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 414 ");
    assert_refused(service, padded(&large, "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ", 17000, "\r\n\r\n"),
                   "HTTP/1.1 431 ");
    assert_refused(service,
                   padded(&large, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n", 70000, ""),
                   "HTTP/1.1 413 ");
    byte_buffer_dispose(&large);
}

static void events_come_as_they_are_published(void **state)
{
    struct service *service = *state;
    start_server(service);
    int fd = dial(service);
    say(service, fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 6\r\n\r\n");
    const char *text = hear(service, fd, "id: 8\n");
    assert_non_null(strstr(text, "Content-Type: text/event-stream"));
    assert_non_null(strstr(text, "id: 7\n"));
    assert_null(strstr(text, "id: 6\n"));
    snapshot_publish(&service->slot, snapshot_of(2, 9));
    http_server_news(service->server);
    text = hear(service, fd, "id: 9\n");
    assert_null(strstr(text, "id: 8\n"));
    close(fd);
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_decoded_one_by_one),
        cmocka_unit_test(wrong_escapes_and_long_values_are_refused),
        HTTP_TEST(health_follows_the_store),
        HTTP_TEST(before_the_first_snapshot_nothing_is_known),
        HTTP_TEST(alerts_are_listed_newest_first),
        HTTP_TEST(wrong_parameters_are_named),
        HTTP_TEST(one_alert_shows_its_changes),
        HTTP_TEST(summary_and_metrics_agree),
        HTTP_TEST(a_reader_gets_each_change_once),
        HTTP_TEST(what_is_not_kept_any_more_is_told),
        HTTP_TEST(one_write_is_bounded),
        HTTP_TEST(actions_are_read_and_checked),
        HTTP_TEST(an_action_waits_until_it_is_durable),
        HTTP_TEST(requests_share_a_connection),
        HTTP_TEST(bad_requests_end_the_connection),
        HTTP_TEST(events_come_as_they_are_published),
    };
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
