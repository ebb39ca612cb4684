#include "http/api_query.h"
#include "http/http_connection.h"

#include <string.h>
#include <strings.h>

void http_request_reset(struct http_request *request)
{
    request->url_size = request->header_bytes = request->body_bytes = 0;
    request->field_size = request->value_size = 0;
    request->in_value = request->has_host = request->host_is_ours = request->has_event_id = 0;
    request->event_id = 0;
    request->is_json = 0;
    request->is_complete = request->keep_alive = 0;
    request->problem = 0;
}

/* ---- header fields ---- */

/* "localhost", "127.0.0.1", "[::1]", with any port. */
static int names_this_machine(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        if (strncasecmp(host, names[i], size) == 0 && (host[size] == 0 || host[size] == ':'))
            return 1;
    }
    return 0;
}

/* With any parameters. */
static int is_json_type(const char *type)
{
    static const char json[] = "application/json";
    size_t size = sizeof json - 1;
    return strncasecmp(type, json, size) == 0 && (type[size] == 0 || type[size] == ';' || type[size] == ' ');
}

static void take_field(struct http_request *request)
{
    if (request->field_size >= HTTP_FIELD_BYTES || request->value_size >= HTTP_FIELD_VALUE_BYTES)
        return; /* longer than any that is read here */
    request->field[request->field_size] = 0;
    request->value[request->value_size] = 0;
    if (strcmp(request->field, "host") == 0) {
        if (request->has_host)
            request->problem = 400;
        request->has_host = 1;
        request->host_is_ours = names_this_machine(request->value);
    } else if (strcmp(request->field, "content-type") == 0) {
        request->is_json = is_json_type(request->value);
    } else if (strcmp(request->field, "last-event-id") == 0) {
        request->has_event_id = api_parse_number(request->value, INT64_MAX, &request->event_id) == 0;
    }
}

static int count_header(struct http_request *request, size_t size)
{
    request->header_bytes += size;
    if (request->header_bytes > HTTP_HEADER_BYTES)
        request->problem = 431;
    return request->problem != 0;
}

static int on_url(http_parser *parser, const char *at, size_t size)
{
    struct http_request *request = parser->data;
    if (size > sizeof request->url - request->url_size) {
        request->problem = 414;
        return 1;
    }
    memcpy(request->url + request->url_size, at, size);
    request->url_size += size;
    return count_header(request, size);
}

static int on_field(http_parser *parser, const char *at, size_t size)
{
    struct http_request *request = parser->data;
    if (request->in_value) {
        take_field(request);
        request->in_value = 0;
        request->field_size = request->value_size = 0;
    }
    for (size_t i = 0; i < size; i++, request->field_size++)
        if (request->field_size < HTTP_FIELD_BYTES)
            request->field[request->field_size] = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] + 32 : at[i]);
    return count_header(request, size);
}

static int on_value(http_parser *parser, const char *at, size_t size)
{
    struct http_request *request = parser->data;
    request->in_value = 1;
    for (size_t i = 0; i < size; i++, request->value_size++)
        if (request->value_size < HTTP_FIELD_VALUE_BYTES)
            request->value[request->value_size] = at[i];
    return count_header(request, size);
}

static int on_headers(http_parser *parser)
{
    struct http_request *request = parser->data;
    if (request->in_value)
        take_field(request);
    return request->problem != 0;
}

static int on_body(http_parser *parser, const char *at, size_t size)
{
    struct http_request *request = parser->data;
    if (size <= sizeof request->body && request->body_bytes <= sizeof request->body - size)
        memcpy(request->body + request->body_bytes, at, size);
    request->body_bytes += size;
    if (request->body_bytes > HTTP_BODY_BYTES)
        request->problem = 413;
    return request->problem != 0;
}

static int on_complete(http_parser *parser)
{
    struct http_request *request = parser->data;
    request->is_complete = 1;
    request->keep_alive = http_should_keep_alive(parser);
    http_parser_pause(parser, 1); /* the next request waits until this one is answered */
    return 0;
}

const http_parser_settings http_request_settings = {.on_url = on_url,
                                                    .on_header_field = on_field,
                                                    .on_header_value = on_value,
                                                    .on_headers_complete = on_headers,
                                                    .on_body = on_body,
                                                    .on_message_complete = on_complete};

/* ---- the whole ---- */

static weisu_str url_part(const struct http_request *request, const struct http_parser_url *url,
                          enum http_parser_url_fields part)
{
    if (!(url->field_set >> part & 1))
        return (weisu_str){request->url, 0};
    return (weisu_str){request->url + url->field_data[part].off, url->field_data[part].len};
}

unsigned http_request_read(const struct http_request *request, const http_parser *parser, struct api_request *out)
{
    struct http_parser_url url;
    if (request->problem)
        return request->problem;
    http_parser_url_init(&url);
    if (parser->upgrade || http_parser_parse_url(request->url, request->url_size, 0, &url))
        return 400;
    if (!request->has_host && (parser->http_major > 1 || parser->http_minor >= 1))
        return 400;
    if (request->has_host && !request->host_is_ours)
        return 421;
    int is_post = parser->method == HTTP_POST;
    if (is_post && request->body_bytes > sizeof request->body)
        return 413;
    *out = (struct api_request){.is_post = is_post,
                                .is_json = request->is_json,
                                .body = {request->body, is_post ? request->body_bytes : 0},
                                .is_get = parser->method == HTTP_GET || parser->method == HTTP_HEAD,
                                .path = url_part(request, &url, UF_PATH),
                                .query = url_part(request, &url, UF_QUERY),
                                .has_event_id = request->has_event_id,
                                .event_id = request->event_id};
    return 0;
}
