#include "cli/batch_run.h"

#include "base/failure.h"
#include "cli/batch_fields.h"
#include "cli/batch_reader.h"
#include "cli/batch_replay.h"
#include "cli/interrupt.h"
#include "cli/message_lines.h"
#include "segment/user_words.h"
#include "store/data_folder.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static weisu_code open_quarantine(struct batch *batch, const char *folder, enum out_file_mode mode, weisu_err *err)
{
    const struct quarantine_setup setup = {mode, batch->settings->keep_raw, &batch->options, NULL};
    char path[DATA_FOLDER_PATH_BYTES];
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_REJECTED, err);
    return code ? code : quarantine_open(&batch->quarantine, path, &setup, err);
}

/* The first entries: in force from the first record on. */
static weisu_code say_words(struct batch *batch, weisu_err *err)
{
    weisu_str text = {batch->setup->words.data, batch->setup->words.size};
    weisu_code code = WEISU_OK;
    while (text.size && !code) {
        struct log_entry entry;
        code = admission_words(batch->admission, words_text_part(&text, LOG_WORDS_BYTES), (weisu_str){NULL, 0}, &entry,
                               err);
        if (!code)
            code = core_apply(batch->core, &entry, 1, err);
    }
    admission_settle(batch->admission, admission_sequence(batch->admission));
    return code;
}

static weisu_code open_results(struct batch *batch, weisu_err *err)
{
    const struct admission_config admission = {.latest_ms = INT64_MAX};
    /* Only equality of reporters matters here and no hash is written, so any key will do. */
    randombytes_buf(batch->key.secret, sizeof batch->key.secret);
    batch->options.reporter_key = &batch->key;
    weisu_code code = result_files_open(&batch->results, batch->settings->out, batch->setup->zone, err);
    if (!code)
        code = open_quarantine(batch, batch->settings->out, OUT_FILE_REPLACE, err);
    if (!code)
        code = admission_new(&batch->admission, &admission, NULL, err);
    if (!code)
        code = core_new(&batch->core, &batch->setup->options, batch->setup->lexicon, err);
    if (code)
        return code;
    const struct core_listener listener = result_files_listener(batch->results);
    core_listen(batch->core, &listener);
    return say_words(batch, err);
}

/* The folder's own admission, core and key, as the service would use them. */
static weisu_code open_service(struct batch *batch, weisu_err *err)
{
    static const struct message_log log = {NULL, MESSAGE_WARNING, message_line_write};
    batch->service = (struct service_settings){.command = "batch",
                                               .data = batch->settings->data,
                                               .wall_clock = 1, /* which nobody sets: times are not held against it */
                                               .checkpoint_entries = 200000,
                                               .engine = batch->setup,
                                               .log = &log};
    weisu_code code = service_absorb_open(&batch->absorb, &batch->service, err);
    if (code)
        return code;
    interrupt_watch(); /* anew: the service watched for them */
    batch->options.reporter_key = service_absorb_key(batch->absorb);
    batch->admission = service_absorb_admission(batch->absorb);
    return open_quarantine(batch, batch->settings->data, OUT_FILE_APPEND, err);
}

static weisu_code open_parts(struct batch *batch, weisu_err *err)
{
    const struct batch_settings *settings = batch->settings;
    record_options_init(&batch->options, batch->setup->zone);
    batch->options.no_time = settings->no_time;
    weisu_code code = settings->map ? record_options_map(&batch->options, settings->map, err) : WEISU_OK;
    if (!code && settings->constant)
        code = record_options_constant(&batch->options, settings->constant, err);
    if (!code)
        code = settings->data ? open_service(batch, err) : open_results(batch, err);
    batch->entries = calloc((size_t)settings->batch, sizeof *batch->entries);
    if (!code && !batch->entries)
        code = failure(err, WEISU_ENOMEM, "no memory for a batch");
    return code;
}

static weisu_code finish(struct batch *batch, struct result_summary *summary, weisu_err *err)
{
    struct result_files *results = batch->results;
    struct quarantine *quarantine = batch->quarantine;
    batch->quarantine = NULL;
    weisu_code code = quarantine_commit(quarantine, err);
    if (code || batch->absorb)
        return code ? code : service_absorb_finish(batch->absorb, err);
    summary->seconds = progress_seconds(&batch->progress);
    summary->threads = batch->setup->options.executor.workers;
    batch->results = NULL;
    return result_files_commit(results, batch->core, &batch->setup->options, summary, err);
}

static void close_parts(struct batch *batch)
{
    batch_reader_close(batch->reader);
    time_scan_dispose(&batch->scan);
    quarantine_discard(batch->quarantine);
    result_files_discard(batch->results);
    if (!batch->absorb) {
        core_free(batch->core);
        admission_free(batch->admission);
    }
    service_absorb_close(batch->absorb);
    free(batch->entries);
}

static void print_outcome(const struct batch *batch, const struct admission_counts *admission)
{
    const struct core *core = batch->absorb ? service_absorb_core(batch->absorb) : batch->core;
    struct core_counts counts = core_counts(core);
    uint64_t rejected = admission->rejected + batch->undecoded;
    fprintf(stderr,
            speak_chinese()
                ? "受理 %llu 条，拒收 %llu 条，重复 %llu 条，同类诉求 %llu 组，预警 %llu 个；用时 %.1f 秒，结果在 %s\n"
                : "%llu records, %llu rejected, %llu duplicates, %llu clusters, %llu alerts; %.1f s; results in %s\n",
            (unsigned long long)counts.records, (unsigned long long)rejected, (unsigned long long)admission->duplicates,
            (unsigned long long)counts.cluster.clusters, (unsigned long long)counts.alerts_raised,
            progress_seconds(&batch->progress), batch->absorb ? batch->settings->data : batch->settings->out);
}

/* An interrupt before the first record leaves what an earlier run wrote. */
static int is_in_vain(const struct batch *batch)
{
    if (!interrupt_seen() || batch->settings->replay || batch->decided > batch->skipped)
        return 0;
    fputs(speak_chinese() ? "已中断：没有写任何结果\n" : "interrupted: nothing was written\n", stderr);
    return 1;
}

static void tell_interrupt(void)
{
    if (interrupt_seen())
        fputs(speak_chinese() ? "已中断：结果只含中断前的记录\n"
                              : "interrupted: the results hold the records up to then\n",
              stderr);
}

static weisu_code run(struct batch *batch, size_t count, int *rejected, weisu_err *err)
{
    char configuration[256];
    struct result_summary summary = {.configuration = configuration};
    engine_setup_describe(batch->setup, configuration, sizeof configuration);
    weisu_code code = open_parts(batch, err);
    if (code)
        return code;
    const char *replay = batch->settings->replay;
    code = replay ? batch_replay(batch->core, replay, (size_t)batch->settings->batch, &summary.admission, err)
                  : batch_take_files(batch, count, err);
    progress_end(&batch->progress);
    if (code || is_in_vain(batch))
        return code;
    if (!replay)
        summary.admission = admission_counts(batch->admission);
    summary.undecoded = batch->undecoded;
    if (batch->reader) {
        summary.invalid = batch_reader_invalid(batch->reader);
        summary.masked = batch_reader_masked(batch->reader);
    }
    *rejected = summary.admission.rejected + summary.undecoded > 0;
    if ((code = finish(batch, &summary, err)))
        return code;
    print_outcome(batch, &summary.admission);
    tell_interrupt();
    return WEISU_OK;
}

int batch_run(struct engine_setup *setup, const struct batch_settings *settings, char *const *files, size_t count)
{
    struct batch batch = {.setup = setup, .settings = settings, .files = files};
    weisu_err err = {.code = WEISU_OK};
    int rejected = 0;
    if (settings->keep_raw)
        fputs(speak_chinese() ? "警告：rejected.jsonl 将含未脱敏的个人信息\n"
                              : "warning: rejected.jsonl will hold personal data that is not masked\n",
              stderr);
    interrupt_watch();
    time_scan_init(&batch.scan);
    progress_begin(&batch.progress, "batch", "处理");
    weisu_code code = run(&batch, count, &rejected, &err);
    close_parts(&batch);
    if (code)
        return report_failure("batch", &err);
    interrupt_end();
    return rejected && settings->strict ? EXIT_REJECTED : EXIT_DONE;
}
