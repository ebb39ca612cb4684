/* weisu export: a service's state as the files of batch. The service may be running. */
#include "base/failure.h"
#include "cli/commands.h"
#include "cli/engine_setup.h"
#include "cli/progress.h"
#include "cli/result_files.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

struct export
{
    const struct engine_setup *setup;
    struct store *store;
    struct store_position position;
    struct core *core;
    struct result_files *results;
};

/* ---- the engine as of the checkpoint ---- */

static weisu_code load_row(void *context, const struct state_row *row, weisu_err *err)
{
    struct export *export = context;
    return core_load(export->core, row, err);
}

static weisu_code load_checkpoint(struct export *export, weisu_err *err)
{
    const struct state_sink sink = {.context = export, .put = load_row};
    weisu_code code = export->position.applied ? store_state(export->store, &sink, err) : WEISU_OK;
    return !code && export->position.applied ? core_loaded(export->core, err) : code;
}

/* A checkpoint that cannot be read is not needed: the log has everything. */
static weisu_code restore_core(struct export *export, weisu_err *err)
{
    const struct engine_setup *setup = export->setup;
    weisu_code code = core_new(&export->core, &setup->options, setup->lexicon, err);
    if (code || !load_checkpoint(export, err))
        return code;
    if (err->code != WEISU_ESTATE)
        return err->code;
    core_free(export->core);
    export->core = NULL;
    return core_new(&export->core, &setup->options, setup->lexicon, err);
}

/* ---- rows that the service wrote, then the rest of the log ---- */

static weisu_code take_assignment(void *context, const struct store_assignment *row, weisu_err *err)
{
    (void)err;
    result_files_assignment(context, row->id, row->cluster, row->slot);
    return WEISU_OK;
}

static weisu_code take_link(void *context, const struct store_link *row, weisu_err *err)
{
    (void)err;
    result_files_link(context, row->id, row->earlier_id, row->score_milli);
    return WEISU_OK;
}

static weisu_code take_change(void *context, const struct store_change *row, weisu_err *err)
{
    (void)err;
    result_files_change_json(context, row->json);
    return WEISU_OK;
}

static weisu_code copy_rows(struct export *export, weisu_err *err)
{
    const struct store_range entries = {1, core_sequence(export->core)};
    const struct store_range changes = {1, export->position.changes};
    if (!entries.last)
        return WEISU_OK;
    weisu_code code = store_assignments(export->store, entries, take_assignment, export->results, err);
    if (!code)
        code = store_links(export->store, entries, take_link, export->results, err);
    return code ? code : store_changes(export->store, changes, take_change, export->results, err);
}

static weisu_code apply_entries(void *context, const struct log_entry *entries, size_t count, weisu_err *err)
{
    struct export *export = context;
    return core_apply(export->core, entries, count, err);
}

static weisu_code apply_rest(struct export *export, weisu_err *err)
{
    const struct core_listener listener = result_files_listener(export->results);
    core_listen(export->core, &listener);
    if (core_sequence(export->core) >= export->position.last)
        return WEISU_OK;
    return store_replay(export->store, core_sequence(export->core) + 1, apply_entries, export, err);
}

/* ---- the whole ---- */

static weisu_code fill_results(struct export *export, struct admission_counts *counts, weisu_err *err)
{
    weisu_code code = store_begin(export->store, err);
    if (!code)
        code = store_position(export->store, &export->position, err);
    if (!code)
        code = store_counts(export->store, counts, err);
    if (!code)
        code = restore_core(export, err);
    if (!code)
        code = copy_rows(export, err);
    return code ? code : apply_rest(export, err);
}

static weisu_code run(struct export *export, const char *data, const char *out, weisu_err *err)
{
    char configuration[128];
    struct progress progress;
    struct result_summary summary = {.configuration = configuration,
                                     .threads = export->setup->options.executor.workers};
    snprintf(configuration, sizeof configuration, "export city=%llu zone=%s",
             (unsigned long long)export->setup->options.city, zone_name(export->setup->zone));
    progress_begin(&progress, "export", "导出");
    weisu_code code = store_open(&export->store, data, STORE_READ, NULL, err);
    if (!code)
        code = result_files_open(&export->results, out, export->setup->zone, err);
    if (!code)
        code = fill_results(export, &summary.admission, err);
    if (code)
        return code;
    struct result_files *results = export->results;
    export->results = NULL;
    summary.seconds = progress_seconds(&progress);
    return result_files_commit(results, export->core, &export->setup->options, &summary, err);
}

int cmd_export(int argc, char **argv)
{
    const char *data = NULL;
    const char *out = NULL;
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "data folder of the service (required)", "服务的数据目录（必填）", 0, 0},
        {"out", OPTION_TEXT, &out, "DIR", "folder of the results (required)", "结果目录（必填）", 0, 0},
        ENGINE_SETTINGS_OPTIONS(settings),
    };
    const struct command_usage usage = {
        "export",
        "",
        "Writes the state of a service, which may be running, as the files that batch writes.",
        "把服务（可在运行中）的状态写成批处理的结果文件。",
        options,
        sizeof options / sizeof options[0]};
    struct operands files;
    struct engine_setup setup;
    weisu_err err = {.code = WEISU_OK};
    int status;
    if (options_parse(&usage, argc, argv, &files, &status))
        return status;
    if (!data || !out || files.count)
        return usage_error(&usage, "--data and --out are required, and there are no operands",
                           "需要 --data 和 --out，且不带其他参数");
    if ((status = engine_setup_open(&setup, &usage, &settings)))
        return status;
    struct export export = {.setup = &setup};
    if (run(&export, data, out, &err))
        status = report_failure("export", &err);
    result_files_discard(export.results);
    core_free(export.core);
    store_close(export.store);
    engine_setup_close(&setup);
    return status;
}
