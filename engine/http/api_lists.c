#include "base/civil_time.h"
#include "base/json_writer.h"
#include "http/api.h"
#include "http/api_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LIMIT_DEFAULT = 100, LIMIT_MOST = 1000 };

/* Which states a list shows, as bits 1 << weisu_alert_state. */
enum { STATES_LIVE = 1 << WEISU_RAISED | 1 << WEISU_UPDATED, STATES_ALL = STATES_LIVE | 1 << WEISU_CLEARED };

struct filter {
    unsigned states;
    int64_t since_ms;
    uint64_t limit;
    uint64_t before; /* only numbers below this: the cursor */
};

/* ---- parameters ---- */

static int parse_state(const char *value, unsigned *states)
{
    static const struct {
        const char *name;
        unsigned states;
    } names[] = {{"live", STATES_LIVE},
                 {"raised", 1 << WEISU_RAISED},
                 {"updated", 1 << WEISU_UPDATED},
                 {"cleared", 1 << WEISU_CLEARED},
                 {"all", STATES_ALL}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, value) == 0) {
            *states = names[i].states;
            return 0;
        }
    return -1;
}

/* RFC 3339; without an offset it is UTC. */
static int parse_time(const char *value, int64_t *out)
{
    struct civil_text text;
    if (civil_parse((weisu_str){value, strlen(value)}, &text))
        return -1;
    *out = civil_to_ms(&text.time) - (int64_t)text.offset_s * 1000;
    return 0;
}

/* What is wrong with the parameter, or NULL. */
static const char *take_parameter(const struct api_parameter *parameter, int is_alerts, struct filter *filter)
{
    char name[16];
    snprintf(name, sizeof name, "%.*s", (int)parameter->name.size, parameter->name.data);
    if (strcmp(name, "limit") == 0)
        return api_parse_number(parameter->value, LIMIT_MOST, &filter->limit) || !filter->limit
                   ? "limit is a number from 1 to 1000"
                   : NULL;
    if (strcmp(name, "since") == 0)
        return parse_time(parameter->value, &filter->since_ms) ? "since is a time as in RFC 3339" : NULL;
    if (is_alerts && strcmp(name, "state") == 0)
        return parse_state(parameter->value, &filter->states) ? "state is live, raised, updated, cleared or all" : NULL;
    if (is_alerts && strcmp(name, "cursor") == 0)
        return api_parse_number(parameter->value, INT64_MAX, &filter->before) ? "cursor is the next of an earlier list"
                                                                              : NULL;
    return is_alerts ? "unknown parameter: alerts know state, since, limit and cursor"
                     : "unknown parameter: clusters know since and limit";
}

static int parse_filter(weisu_str query, int is_alerts, struct filter *filter, struct api_reply *reply)
{
    struct api_parameter parameter;
    int more;
    const char *wrong = NULL;
    *filter = (struct filter){STATES_LIVE, INT64_MIN, LIMIT_DEFAULT, UINT64_MAX};
    while (!wrong && (more = api_next_parameter(&query, &parameter)))
        wrong = more < 0 ? "the query is not well-formed" : take_parameter(&parameter, is_alerts, filter);
    if (wrong)
        api_error(reply, 400, wrong);
    return wrong ? -1 : 0;
}

/* ---- alerts ---- */

/* Walks the alerts that a snapshot knows, newest change first: those raised now, and those cleared lately. */
struct alert_walk {
    const struct snapshot *snapshot;
    size_t live;    /* left, from the end */
    size_t changes; /* likewise */
};

static const struct snapshot_item *next_alert(struct alert_walk *walk)
{
    const struct snapshot *s = walk->snapshot;
    while (walk->changes && s->changes[walk->changes - 1]->state != WEISU_CLEARED)
        walk->changes--;
    const struct snapshot_item *live = walk->live ? s->live[walk->live - 1] : NULL;
    const struct snapshot_item *cleared = walk->changes ? s->changes[walk->changes - 1] : NULL;
    if (live && (!cleared || live->number > cleared->number)) {
        walk->live--;
        return live;
    }
    walk->changes -= cleared != NULL;
    return cleared;
}

static void put_item(struct json_writer *w, const struct snapshot_item *item)
{
    json_raw(w, (weisu_str){item->json, item->size});
}

void api_list_alerts(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply)
{
    struct filter filter;
    struct json_writer w;
    if (parse_filter(request->query, 1, &filter, reply))
        return;
    struct alert_walk walk = {snapshot, snapshot->live_count, snapshot->change_count};
    const struct snapshot_item *item;
    const struct snapshot_item *last = NULL;
    uint64_t shown = 0;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "alerts");
    json_begin_array(&w);
    while ((item = next_alert(&walk))) {
        if (!(filter.states >> item->state & 1) || item->time_ms < filter.since_ms || item->number >= filter.before)
            continue;
        if (shown == filter.limit)
            break;
        put_item(&w, item);
        last = item;
        shown++;
    }
    json_end_array(&w);
    json_key(&w, "next");
    if (item && last) {
        char cursor[24];
        snprintf(cursor, sizeof cursor, "%" PRIu64, last->number);
        json_text(&w, cursor);
    } else {
        json_null(&w);
    }
    json_end_object(&w);
    json_end_line(&w);
}

int api_is_id(const struct snapshot_item *item, weisu_str id)
{
    return strlen(item->id) == id.size && memcmp(item->id, id.data, id.size) == 0;
}

const struct snapshot_item *api_find_alert(const struct snapshot *snapshot, weisu_str id)
{
    const struct snapshot_item *newest = NULL;
    for (size_t i = 0; i < snapshot->live_count; i++)
        if (api_is_id(snapshot->live[i], id))
            newest = snapshot->live[i];
    for (size_t i = 0; i < snapshot->change_count; i++)
        if (api_is_id(snapshot->changes[i], id))
            newest = snapshot->changes[i];
    return newest;
}

void api_show_alert(const struct snapshot *snapshot, weisu_str id, struct api_reply *reply)
{
    const struct snapshot_item *newest = api_find_alert(snapshot, id);
    if (!newest) {
        api_error(reply, 404, "no alert of this id is raised now or was cleared lately");
        return;
    }
    struct json_writer w;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "alert");
    put_item(&w, newest);
    json_key(&w, "changes"); /* those still kept, oldest first */
    json_begin_array(&w);
    for (size_t i = 0; i < snapshot->change_count; i++)
        if (api_is_id(snapshot->changes[i], id))
            put_item(&w, snapshot->changes[i]);
    json_end_array(&w);
    json_end_object(&w);
    json_end_line(&w);
}

/* ---- clusters ---- */

void api_list_clusters(const struct snapshot *snapshot, const struct api_request *request, struct api_reply *reply)
{
    struct filter filter;
    struct json_writer w;
    if (parse_filter(request->query, 0, &filter, reply))
        return;
    uint64_t shown = 0;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "clusters");
    json_begin_array(&w);
    for (size_t i = 0; i < snapshot->cluster_count && shown < filter.limit; i++) {
        if (snapshot->clusters[i]->time_ms < filter.since_ms)
            continue;
        put_item(&w, snapshot->clusters[i]);
        shown++;
    }
    json_end_array(&w);
    json_end_object(&w);
    json_end_line(&w);
}

void api_show_cluster(const struct snapshot *snapshot, weisu_str id, struct api_reply *reply)
{
    for (size_t i = 0; i < snapshot->cluster_count; i++) {
        const struct snapshot_item *item = snapshot->clusters[i];
        if (!api_is_id(item, id))
            continue;
        byte_buffer_append(reply->body, item->json, item->size);
        byte_buffer_append_char(reply->body, '\n');
        return;
    }
    api_error(reply, 404, "no cluster of this id grew lately");
}
