#include "cli/batch_run.h"

#include "base/failure.h"
#include "base/hash.h"
#include "cli/batch_reader.h"
#include "cli/batch_replay.h"
#include "cli/interrupt.h"
#include "cli/mapping_report.h"
#include "cli/message_lines.h"
#include "cli/progress.h"
#include "cli/result_files.h"
#include "cli/service_absorb.h"
#include "cli/time_scan.h"
#include "io/quarantine.h"
#include "io/record_sorter.h"
#include "segment/user_words.h"
#include "store/data_folder.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct batch {
    const struct engine_setup *setup;
    const struct batch_settings *settings;
    char *const *files;
    struct reporter_key key;
    struct record_options options;
    struct batch_reader *reader;
    struct time_scan scan;
    struct record_sorter *sorter;
    struct arena taken_strings; /* of the sorted records that wait */
    int sorted;                 /* records come from the sorter */
    struct admission *admission;
    struct core *core;
    struct result_files *results;    /* NULL with --data */
    struct service_absorb *absorb;   /* --data: admission and core are its own */
    struct service_settings service; /* --data */
    uint64_t fingerprint;            /* of the input, for --resume */
    uint64_t skipped;                /* records that an earlier process decided */
    uint64_t decided;                /* records so far, those among them */
    struct quarantine *quarantine;
    struct log_entry *entries; /* [settings->batch] */
    size_t waiting;            /* entries not applied yet */
    uint64_t undecoded;
    uint64_t taken; /* rows seen in the pass that counts */
    struct progress progress;
};

enum { SORTED_STRING_BYTES = 32 << 20 };

/* ---- entries into the core ---- */

/* What is said of rejected rows is on disk before their records are passed over for good. */
static weisu_code absorb_waiting(struct batch *batch, weisu_err *err)
{
    const struct absorb_step step = {batch->entries, batch->waiting, batch->fingerprint, batch->decided,
                                     batch->undecoded};
    if (batch->decided <= batch->skipped)
        return WEISU_OK;
    weisu_code code = quarantine_flush(batch->quarantine, err);
    if (!code)
        code = service_absorb_entries(batch->absorb, &step, err);
    batch->waiting = 0;
    return code;
}

static weisu_code apply_waiting(struct batch *batch, weisu_err *err)
{
    if (batch->absorb)
        return absorb_waiting(batch, err);
    weisu_code code = core_apply(batch->core, batch->entries, batch->waiting, err);
    batch->waiting = 0;
    admission_settle(batch->admission, admission_sequence(batch->admission));
    return code;
}

static weisu_code reject(struct batch *batch, const struct quarantine_row *row, weisu_err *err)
{
    return quarantine_add(batch->quarantine, row, err);
}

/* A record that was decoded: to admission, and on to the core with its batch. */
static weisu_code take_record(struct batch *batch, const struct batch_row *row, weisu_err *err)
{
    weisu_receipt receipt;
    weisu_err why = {.code = WEISU_OK};
    if (batch->decided++ < batch->skipped)
        return WEISU_OK;
    if (admission_decide(batch->admission, &row->record, &batch->entries[batch->waiting], &receipt, &why)) {
        struct quarantine_row rejected = {batch->files[row->file],      row->line, why.code,
                                          {why.text, strlen(why.text)}, row->raw,  &row->record};
        return reject(batch, &rejected, err);
    }
    batch->waiting += receipt.sequence != 0;
    return batch->waiting == (size_t)batch->settings->batch ? apply_waiting(batch, err) : WEISU_OK;
}

static weisu_code take_row(struct batch *batch, const struct batch_row *row, weisu_err *err)
{
    if (row->code == WEISU_OK)
        return take_record(batch, row, err);
    int was_told = batch->skipped && (batch->sorted || batch->decided < batch->skipped);
    if (was_told)
        return WEISU_OK;
    batch->undecoded++;
    struct quarantine_row rejected = {batch->files[row->file], row->line, row->code, row->message, row->raw, NULL};
    return reject(batch, &rejected, err);
}

/* ---- passes over the input ---- */

typedef weisu_code (*row_taker)(struct batch *batch, const struct batch_row *row, weisu_err *err);

/* Every row of the input to `take`. `settle` is called before the rows of a chunk go. */
static weisu_code for_each_row(struct batch *batch, row_taker take, weisu_code (*settle)(struct batch *, weisu_err *),
                               weisu_err *err)
{
    const struct batch_row *rows;
    size_t count;
    weisu_code code = batch_reader_rewind(batch->reader, err);
    batch->taken = 0;
    while (!code && !interrupt_seen() && !(code = batch_reader_next(batch->reader, &rows, &count, err)) && count) {
        for (size_t i = 0; i < count && !code; i++)
            code = take(batch, &rows[i], err);
        if (!code && settle)
            code = settle(batch, err);
        batch->taken += count;
        progress_show(&batch->progress, batch_reader_read_bytes(batch->reader), batch_reader_all_bytes(batch->reader),
                      batch->taken, batch->undecoded + admission_counts(batch->admission).rejected);
    }
    return code;
}

static weisu_code scan_row(struct batch *batch, const struct batch_row *row, weisu_err *err)
{
    if (row->code == WEISU_OK && time_scan_add(&batch->scan, row->record.time_ms))
        return failure(err, WEISU_ENOMEM, "no memory for the times of the input");
    return WEISU_OK;
}

static weisu_code sort_row(struct batch *batch, const struct batch_row *row, weisu_err *err)
{
    if (row->code != WEISU_OK)
        return take_row(batch, row, err);
    const struct sorted_record record = {row->record, row->file, row->line};
    return record_sorter_add(batch->sorter, &record, err);
}

/* The next record of the sorter. Its strings live until the records that wait are applied. */
static weisu_code take_next(struct batch *batch, int *more, weisu_err *err)
{
    struct sorted_record record;
    weisu_code code = WEISU_OK;
    int is_large = batch->taken_strings.held_bytes > SORTED_STRING_BYTES;
    if (is_large)
        code = apply_waiting(batch, err);
    if (is_large)
        arena_dispose(&batch->taken_strings);
    else if (!batch->waiting)
        arena_reset(&batch->taken_strings);
    if (!code)
        code = record_sorter_next(batch->sorter, &batch->taken_strings, &record, more, err);
    if (code || !*more)
        return code;
    struct batch_row row = {.file = record.file, .line = record.line, .record = record.record};
    return take_record(batch, &row, err);
}

static weisu_code take_sorted(struct batch *batch, weisu_err *err)
{
    uint64_t all = record_sorter_count(batch->sorter);
    uint64_t taken = 0;
    int more = 1;
    weisu_code code = record_sorter_finish(batch->sorter, err);
    progress_pass(&batch->progress, "batch", "处理");
    while (!code && more && !interrupt_seen()) {
        code = take_next(batch, &more, err);
        progress_show(&batch->progress, taken, all, taken, admission_counts(batch->admission).rejected);
        taken++;
    }
    return code ? code : apply_waiting(batch, err);
}

static weisu_code sort_files(struct batch *batch, weisu_err *err)
{
    fputs(speak_chinese() ? "输入未按时间排列，先行排序\n" : "the input is not in order of time: sorting it first\n",
          stderr);
    weisu_code code = record_sorter_open(&batch->sorter, RECORD_SORTER_RUN_BYTES, err);
    arena_init(&batch->taken_strings, NULL, 1 << 20);
    if (!code)
        code = for_each_row(batch, sort_row, NULL, err);
    if (!code)
        code = take_sorted(batch, err);
    record_sorter_close(batch->sorter);
    arena_dispose(&batch->taken_strings);
    return code;
}

/* What the times say: the bound of plausible ones, and whether the input must be sorted. */
static weisu_code scan_times(struct batch *batch, weisu_err *err)
{
    progress_pass(&batch->progress, "reading times", "读取时间");
    weisu_code code = for_each_row(batch, scan_row, NULL, err);
    if (code)
        return code;
    admission_set_latest(batch->admission, time_scan_bound(&batch->scan));
    batch->sorted = batch->settings->order_by_time && batch->scan.disorder_ms > batch->setup->options.lateness_ms;
    return WEISU_OK;
}

static uint64_t hash_words(uint64_t hash, const char *words)
{
    return words ? hash_bytes_seeded(words, strlen(words), hash) : hash_mix(hash);
}

/* Where an earlier process stopped with the same files and options. */
static weisu_code find_position(struct batch *batch, size_t count, weisu_err *err)
{
    uint64_t hash = hash_pair(batch_reader_all_bytes(batch->reader), batch->scan.count);
    for (size_t i = 0; i < count; i++)
        hash = hash_words(hash, batch->files[i]);
    hash = hash_words(hash_words(hash, batch->settings->map), batch->settings->constant);
    batch->fingerprint = hash_pair(hash, (uint64_t)batch->sorted);
    if (!batch->settings->resume)
        return WEISU_OK;
    weisu_code code = service_absorb_position(batch->absorb, batch->fingerprint, &batch->skipped, err);
    if (!code)
        fprintf(stderr, speak_chinese() ? "续传：前 %llu 条已在数据目录中\n" : "resuming behind record %llu\n",
                (unsigned long long)batch->skipped);
    return code;
}

static weisu_code take_files(struct batch *batch, size_t count, weisu_err *err)
{
    const struct row_reader_setup setup = {.options = &batch->options, .met = mapping_report};
    weisu_code code =
        batch_reader_open(&batch->reader, batch->files, count, &setup, &batch->setup->options.executor, err);
    if (!code && batch->settings->keep_raw)
        batch_reader_keep_raw(batch->reader);
    if (!code && !batch->settings->no_time)
        code = scan_times(batch, err);
    if (!code && batch->absorb)
        code = find_position(batch, count, err);
    if (code)
        return code;
    progress_pass(&batch->progress, batch->sorted ? "sorting" : "batch", batch->sorted ? "排序" : "处理");
    return batch->sorted ? sort_files(batch, err) : for_each_row(batch, take_row, apply_waiting, err);
}

/* ---- the whole ---- */

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
                  : take_files(batch, count, err);
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
