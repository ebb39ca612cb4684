/* Actions: POST /api/v1/alerts/{id}/{accept|done|dismiss|undo}, POST /api/v1/clusters/{id}/{accept|undo}. */
#include "http/api.h"

#include "base/json_writer.h"

#include <cjson/cJSON.h>
#include <string.h>

/* "a2f…/dismiss" → both parts; -1 when the path is no action's. */
static int split_path(weisu_str rest, weisu_str *id, weisu_action *action)
{
    const char *slash = rest.size ? memchr(rest.data, '/', rest.size) : NULL;
    if (!slash)
        return -1;
    *id = (weisu_str){rest.data, (size_t)(slash - rest.data)};
    return log_action_find((weisu_str){slash + 1, rest.size - id->size - 1}, action);
}

/* {"by": "…"}: who acts. Copied into `out`; size 0 when it is not there or too long. */
static weisu_str read_by(weisu_str body, char out[API_BY_BYTES])
{
    cJSON *object = cJSON_ParseWithLength(body.data, body.size);
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(object, "by");
    size_t size = cJSON_IsString(by) ? strlen(by->valuestring) : 0;
    if (size >= API_BY_BYTES)
        size = 0;
    if (size)
        memcpy(out, by->valuestring, size);
    cJSON_Delete(object);
    return (weisu_str){out, size};
}

static void say_done(const struct log_action *action, struct api_reply *reply)
{
    struct json_writer w;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, action->subject.data[0] == 'c' ? "cluster" : "alert");
    json_string(&w, action->subject);
    json_key(&w, "action");
    json_text(&w, log_action_name(action->action));
    json_key(&w, "by");
    json_string(&w, action->by);
    json_end_object(&w);
    json_end_line(&w);
}

/* What every action asks of a request. */
static void check_action(const struct api_request *request, struct api_reply *reply)
{
    struct log_action *action = &reply->action;
    weisu_err err;
    action->by = read_by(request->body, reply->by);
    if (!request->is_json)
        api_error(reply, 415, "the body must be JSON: Content-Type: application/json");
    else if (!action->by.size)
        api_error(reply, 400, "the body must be a JSON object with \"by\": who acts, 1 to 64 bytes");
    else if (log_action_check(action, &err))
        api_error(reply, 400, err.text);
    else
        reply->is_action = 1;
    if (reply->is_action)
        say_done(action, reply);
}

static void act_on_alert(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply)
{
    const struct log_action *action = &reply->action;
    const struct snapshot_item *alert = api_find_alert(snapshot, action->subject);
    int is_of_over = action->action == WEISU_ACTION_DISMISS || action->action == WEISU_ACTION_UNDO;
    if (!alert)
        api_error(reply, 404, "no alert of this id is raised now or was cleared lately");
    else if (alert->state == WEISU_CLEARED && !is_of_over)
        api_error(reply, 409, "the alert is cleared: it can only be dismissed, and that taken back");
    else
        check_action(request, reply);
}

static void act_on_cluster(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply)
{
    size_t at = 0;
    while (at < snapshot->cluster_count && !api_is_id(snapshot->clusters[at], reply->action.subject))
        at++;
    if (at == snapshot->cluster_count)
        api_error(reply, 404, "no cluster of this id grew lately");
    else
        check_action(request, reply);
}

static void refuse_get(struct api_reply *reply)
{
    api_error(reply, 405, "an action is a POST");
    reply->allow = "POST";
}

int api_act(const struct snapshot *snapshot, weisu_str rest, const struct api_request *request, struct api_reply *reply)
{
    if (split_path(rest, &reply->action.subject, &reply->action.action))
        return 0;
    if (request->is_post)
        act_on_alert(snapshot, request, reply);
    else
        refuse_get(reply);
    return 1;
}

int api_act_on_cluster(const struct snapshot *snapshot, weisu_str rest, const struct api_request *request,
                       struct api_reply *reply)
{
    if (split_path(rest, &reply->action.subject, &reply->action.action) ||
        (reply->action.action != WEISU_ACTION_ACCEPT && reply->action.action != WEISU_ACTION_UNDO))
        return 0;
    if (request->is_post)
        act_on_cluster(snapshot, request, reply);
    else
        refuse_get(reply);
    return 1;
}
