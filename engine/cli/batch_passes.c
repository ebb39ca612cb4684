/* The input of `weisu batch`, pass by pass. */
#include "base/failure.h"
#include "base/hash.h"
#include "cli/batch_fields.h"
#include "cli/batch_reader.h"
#include "cli/interrupt.h"
#include "cli/mapping_report.h"

#include <stdio.h>
#include <string.h>

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

weisu_code batch_take_files(struct batch *batch, size_t count, weisu_err *err)
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
