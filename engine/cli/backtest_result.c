#include "cli/backtest_result.h"

#include "base/civil_time.h"
#include "base/failure.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct known_cluster {
    char id[BACKTEST_ID_BYTES];
    char merged_into[BACKTEST_ID_BYTES];
    uint64_t complaints;
    uint64_t reporters;
    uint64_t first_alert; /* complaints known then; UINT64_MAX: never alerted */
};

/* An array that grows; elements are moved then. */
struct growing {
    void *items;
    size_t count;
    size_t room;
    size_t size; /* of an element */
};

struct archive {
    struct growing clusters; /* of struct known_cluster */
    struct growing alerts;   /* of struct backtest_alert */
    struct growing weeks;    /* of int64_t: in which clusters began or ended, as they come */
    struct backtest_result *result;
};

/* ---- JSON Lines ---- */

static void copy_text(const cJSON *object, const char *key, char *out, size_t size)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    snprintf(out, size, "%s", cJSON_IsString(value) ? value->valuestring : "");
}

static uint64_t number_of(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(value) && value->valuedouble > 0 ? (uint64_t)value->valuedouble : 0;
}

typedef weisu_code (*line_taker)(struct archive *archive, const cJSON *line, weisu_err *err);

static weisu_code take_line(struct archive *archive, const char *text, line_taker take, weisu_err *err)
{
    cJSON *line = cJSON_Parse(text);
    weisu_code code =
        cJSON_IsObject(line) ? take(archive, line, err) : failure(err, WEISU_ESYNTAX, "a line is not a JSON object");
    cJSON_Delete(line);
    return code;
}

static weisu_code for_each_line(struct archive *archive, const char *folder, const char *name, line_taker take,
                                weisu_err *err)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t room = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return failure(err, WEISU_EIO, "%s: %s", path, strerror(errno));
    weisu_code code = WEISU_OK;
    while (!code && getline(&text, &room, file) > 0)
        code = take_line(archive, text, take, err);
    if (!code && ferror(file))
        code = failure(err, WEISU_EIO, "%s: %s", path, strerror(errno));
    free(text);
    fclose(file);
    return code;
}

/* One element more, zeroed; NULL when memory is out. */
static void *add_item(struct growing *array, weisu_err *err)
{
    if (array->count == array->room || !array->items) {
        size_t room = array->room ? array->room * 2 : 256;
        void *moved = realloc(array->items, room * array->size);
        if (!moved) {
            (void)failure(err, WEISU_ENOMEM, "no memory for the results");
            return NULL;
        }
        array->items = moved;
        array->room = room;
    }
    return memset((char *)array->items + array->size * array->count++, 0, array->size);
}

/* ---- clusters ---- */

/* A stray date years before the rest makes one week more, not years. */
static weisu_code see_week(struct archive *archive, const cJSON *line, const char *key, weisu_err *err)
{
    char text[BACKTEST_TIME_BYTES];
    struct civil_text time;
    copy_text(line, key, text, sizeof text);
    if (civil_parse((weisu_str){text, strlen(text)}, &time))
        return WEISU_OK;
    int64_t *week = add_item(&archive->weeks, err);
    if (!week)
        return WEISU_ENOMEM;
    *week = civil_to_ms(&time.time) / (7 * CIVIL_MS_PER_DAY);
    return WEISU_OK;
}

static int by_week(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t count_weeks(struct archive *archive)
{
    int64_t *week = archive->weeks.items;
    size_t count = week != NULL;
    if (week)
        qsort(week, archive->weeks.count, sizeof *week, by_week);
    for (size_t i = 1; week && i < archive->weeks.count; i++)
        count += week[i] != week[i - 1];
    return count;
}

static weisu_code take_cluster(struct archive *archive, const cJSON *line, weisu_err *err)
{
    struct known_cluster *to = add_item(&archive->clusters, err);
    if (!to)
        return WEISU_ENOMEM;
    copy_text(line, "cluster", to->id, sizeof to->id);
    copy_text(line, "merged_into", to->merged_into, sizeof to->merged_into);
    to->complaints = number_of(line, "complaints");
    to->reporters = number_of(line, "reporters");
    to->first_alert = UINT64_MAX;
    weisu_code code = see_week(archive, line, "first", err);
    return code ? code : see_week(archive, line, "last", err);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct known_cluster *)a)->id, ((const struct known_cluster *)b)->id);
}

/* The cluster that lives on under that id; NULL for none. */
static struct known_cluster *find_cluster(const struct archive *archive, const char *id)
{
    const struct growing *clusters = &archive->clusters;
    struct known_cluster key;
    struct known_cluster *at = NULL;
    snprintf(key.id, sizeof key.id, "%s", id);
    for (int hops = 0; key.id[0] && hops < 64; hops++) {
        at = clusters->items ? bsearch(&key, clusters->items, clusters->count, sizeof key, by_id) : NULL;
        if (!at || !at->merged_into[0])
            break;
        memcpy(key.id, at->merged_into, sizeof key.id);
    }
    return at;
}

/* ---- alerts ---- */

static void join_cluster(struct archive *archive, struct backtest_alert *alert)
{
    struct known_cluster *cluster = find_cluster(archive, alert->cluster);
    alert->all = alert->known;
    if (!cluster)
        return;
    if (cluster->complaints > alert->known)
        alert->all = cluster->complaints;
    if (cluster->first_alert == UINT64_MAX)
        cluster->first_alert = alert->known;
    archive->result->quiet += alert->all == alert->known;
}

static weisu_code take_alert(struct archive *archive, const cJSON *line, weisu_err *err)
{
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(line, "state");
    const cJSON *recurrence = cJSON_GetObjectItemCaseSensitive(line, "recurrence_days");
    if (!cJSON_IsString(state) || strcmp(state->valuestring, "raised") != 0)
        return WEISU_OK;
    struct backtest_alert *to = add_item(&archive->alerts, err);
    if (!to)
        return WEISU_ENOMEM;
    copy_text(line, "alert", to->id, sizeof to->id);
    copy_text(line, "cluster", to->cluster, sizeof to->cluster);
    copy_text(line, "kind", to->kind, sizeof to->kind);
    copy_text(line, "time", to->time, sizeof to->time);
    copy_text(line, "title", to->title, sizeof to->title);
    to->is_recurrence = cJSON_IsString(cJSON_GetObjectItemCaseSensitive(line, "recurrence_of"));
    to->known = number_of(line, "complaint_count");
    to->recurrence_days = cJSON_IsNumber(recurrence) ? recurrence->valuedouble : -1;
    join_cluster(archive, to);
    return WEISU_OK;
}

/* ---- the whole ---- */

static void judge_hotspots(struct archive *archive, uint64_t least)
{
    struct backtest_result *result = archive->result;
    const struct known_cluster *cluster = archive->clusters.items;
    double shares = 0;
    for (size_t i = 0; cluster && i < archive->clusters.count; i++) {
        const struct known_cluster *at = &cluster[i];
        if (at->reporters < least || at->merged_into[0])
            continue;
        result->hotspots++;
        if (at->first_alert == UINT64_MAX)
            continue;
        result->found++;
        if (at->complaints > at->first_alert)
            shares += (double)(at->complaints - at->first_alert) / (double)at->complaints;
    }
    result->to_come = result->hotspots ? shares / (double)result->hotspots : 0;
    size_t weeks = count_weeks(archive);
    result->weeks = weeks ? (double)weeks : 1;
}

weisu_code backtest_result_read(struct backtest_result *out, const char *folder, uint64_t least, weisu_err *err)
{
    struct archive archive = {.clusters.size = sizeof(struct known_cluster),
                              .alerts.size = sizeof(struct backtest_alert),
                              .weeks.size = sizeof(int64_t),
                              .result = out};
    memset(out, 0, sizeof *out);
    weisu_code code = for_each_line(&archive, folder, "clusters.jsonl", take_cluster, err);
    if (!code && archive.clusters.items)
        qsort(archive.clusters.items, archive.clusters.count, archive.clusters.size, by_id);
    if (!code)
        code = for_each_line(&archive, folder, "alerts.jsonl", take_alert, err);
    out->alert = archive.alerts.items;
    out->alerts = archive.alerts.count;
    if (!code)
        judge_hotspots(&archive, least);
    else
        backtest_result_dispose(out);
    free(archive.clusters.items);
    free(archive.weeks.items);
    return code;
}

void backtest_result_dispose(struct backtest_result *result)
{
    free(result->alert);
    memset(result, 0, sizeof *result);
}
