/* Forgetting persons in a data folder that no service uses. The log, the engine's state and what alerts said change in
 * one transaction; then the database is written anew, so that its file holds nothing of what was deleted. */
#include "cli/service_forget.h"

#include "base/failure.h"
#include "base/id_map.h"
#include "cli/service_parts.h"

#include <string.h>

struct forgetting {
    struct service *service;
    struct id_map clusters; /* key of each cluster that may have lost its title */
    struct arena arena;     /* of one change */
    uint64_t records;
};

/* ---- the log and the engine ---- */

static weisu_code forget_record(void *context, uint64_t sequence, uint32_t slot, weisu_err *err)
{
    struct forgetting *forgetting = context;
    struct core *core = forgetting->service->core;
    if (slot >= cluster_count(core_clusters(core)))
        return WEISU_OK;
    struct cluster_view view;
    cluster_look(core_clusters(core), slot, &view);
    if (view.founder == sequence) {
        if (id_map_reserve(&forgetting->clusters, forgetting->clusters.count + 1))
            return failure(err, WEISU_ENOMEM, "no memory to forget");
        id_map_put(&forgetting->clusters, hash_bytes(view.id, strlen(view.id)), slot);
    }
    return core_forget(core, sequence, slot, err);
}

static weisu_code forget_log(struct forgetting *forgetting, const struct service_forgetting *whom, weisu_err *err)
{
    unsigned char hash[16];
    struct store *store = forgetting->service->store;
    struct store_forgetting what = {.before_ms = whom->before_ms, .last = UINT64_MAX};
    if (whom->reporter) {
        reporter_hash(store_reporter_key(store), (weisu_str){whom->reporter, strlen(whom->reporter)}, hash);
        what.reporter = hash;
    }
    weisu_code code = WEISU_OK;
    for (int more = 1; more && !code;)
        code = store_forget(store, &what, forget_record, forgetting, &more, err);
    forgetting->records = what.records;
    return code;
}

/* ---- what alerts said ---- */

/* The string behind a key of a change's line, without its quotes; escapes stay. */
static weisu_str json_text_of(weisu_str json, const char *key)
{
    const char *end = json.data + json.size;
    const char *at = memmem(json.data, json.size, key, strlen(key));
    if (!at)
        return (weisu_str){NULL, 0};
    at += strlen(key);
    const char *last = at;
    while (last < end && *last != '"')
        last += *last == '\\' && last + 1 < end ? 2 : 1;
    return (weisu_str){at, (size_t)(last - at)};
}

static weisu_code forget_change(void *context, const struct store_change *change, weisu_err *err)
{
    struct forgetting *forgetting = context;
    weisu_str json = change->json;
    weisu_str cluster = json_text_of(json, "\"cluster\":\"");
    weisu_str title = json_text_of(json, "\"title\":\"");
    if (!cluster.size || !title.size ||
        id_map_get(&forgetting->clusters, hash_bytes(cluster.data, cluster.size)) == ID_MAP_NONE)
        return WEISU_OK;
    arena_reset(&forgetting->arena);
    char *out = arena_take(&forgetting->arena, json.size);
    if (!out)
        return failure(err, WEISU_ENOMEM, "no memory to forget");
    size_t before = (size_t)(title.data - json.data);
    size_t after = json.size - before - title.size;
    memcpy(out, json.data, before);
    memcpy(out + before, title.data + title.size, after);
    return store_replace_change(forgetting->service->store, change->number, (weisu_str){out, before + after}, err);
}

static weisu_code forget_changes(struct forgetting *forgetting, weisu_err *err)
{
    static const struct store_range all = {1, UINT64_MAX};
    if (!forgetting->clusters.count)
        return WEISU_OK;
    return store_changes(forgetting->service->store, all, forget_change, forgetting, err);
}

/* ---- together ---- */

static weisu_code forget(struct forgetting *forgetting, const struct service_forgetting *whom, weisu_err *err)
{
    struct service *s = forgetting->service;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = forget_log(forgetting, whom, err);
    if (!code && forgetting->records) {
        if (!(code = forget_changes(forgetting, err)) && !(code = store_clear_state(s->store, err)))
            code = service_put_checkpoint(s, 1, err);
    }
    if (!code)
        code = store_commit(s->store, err);
    return !code && forgetting->records ? store_compact(s->store, s->settings->data, err) : code;
}

weisu_code service_forget(const struct service_settings *settings, const struct service_forgetting *whom,
                          uint64_t *records, weisu_err *err)
{
    struct service *s = memory_new_zeroed(NULL, 1, sizeof *s);
    *records = 0;
    if (!s)
        return failure(err, WEISU_ENOMEM, "no memory for the service");
    struct forgetting forgetting = {.service = s};
    s->settings = settings;
    s->allocator = memory_default();
    id_map_init(&forgetting.clusters, s->allocator);
    arena_init(&forgetting.arena, s->allocator, 1 << 14);
    weisu_code code = service_prepare(s, err);
    if (!code)
        code = forget(&forgetting, whom, err);
    *records = forgetting.records;
    id_map_dispose(&forgetting.clusters);
    arena_dispose(&forgetting.arena);
    service_dispose(s);
    memory_free(NULL, s, 1, sizeof *s);
    return code;
}
