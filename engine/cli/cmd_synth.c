/* weisu synth: a city's complaint stream with known events, for samples, tests and benchmarks. */
#include "base/civil_time.h"
#include "base/json_writer.h"
#include "base/memory.h"
#include "base/out_file.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/share_dir.h"
#include "synth/synth.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum synth_file { STREAM_FILE, GOLD_FILE, EVENTS_FILE, SYNTH_FILES };

static const char *const file_names[SYNTH_FILES] = {"stream.jsonl", "gold.tsv", "events.jsonl"};

static int report(const weisu_err *err)
{
    fprintf(stderr, "weisu synth: %s: %s", weisu_code_text(err->code, speak_chinese()), err->text);
    if (err->file[0])
        fprintf(stderr, " (%s:%llu)", err->file, (unsigned long long)err->line);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

/* ---- the three files ---- */

static void append_event_name(struct byte_buffer *out, uint64_t number)
{
    char name[32];
    snprintf(name, sizeof name, "E%07llu", (unsigned long long)number);
    byte_buffer_append_text(out, name);
}

static void write_stream_row(struct byte_buffer *out, const struct synth_record *record)
{
    struct json_writer w;
    char number[32];
    json_writer_init(&w, out);
    json_begin_object(&w);
    json_key(&w, "id");
    snprintf(number, sizeof number, "%llu", (unsigned long long)record->id);
    json_text(&w, number);
    json_key(&w, "time");
    json_time(&w, record->time_ms, record->offset_s);
    json_key(&w, "title");
    json_string(&w, record->title);
    json_key(&w, "text");
    json_string(&w, record->text);
    json_key(&w, "reporter");
    snprintf(number, sizeof number, "R%013llx", (unsigned long long)(record->reporter >> 12));
    json_text(&w, number);
    json_end_object(&w);
    json_end_line(&w);
}

static void write_gold_row(struct byte_buffer *out, const struct synth_record *record)
{
    byte_buffer_append_int(out, (long long)record->id);
    byte_buffer_append_char(out, '\t');
    if (record->event) {
        append_event_name(out, record->event);
    } else {
        byte_buffer_append_char(out, 's');
        byte_buffer_append_int(out, (long long)record->id);
    }
    byte_buffer_append_char(out, '\n');
}

static void write_ids(struct json_writer *w, const struct synth_event *event)
{
    char number[32];
    json_key(w, "ids");
    json_begin_array(w);
    for (size_t i = 0; i < event->count; i++) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)event->id(event, i));
        json_text(w, number);
    }
    json_end_array(w);
}

static void write_event_row(struct byte_buffer *out, const struct synth_event *event)
{
    struct json_writer w;
    char name[32];
    json_writer_init(&w, out);
    json_begin_object(&w);
    json_key(&w, "event");
    snprintf(name, sizeof name, "E%07llu", (unsigned long long)event->number);
    json_text(&w, name);
    json_key(&w, "title");
    json_string(&w, event->title);
    json_key(&w, "place");
    json_string(&w, event->place);
    json_key(&w, "issue");
    json_string(&w, event->issue);
    json_key(&w, "district");
    json_string(&w, event->district);
    json_key(&w, "subdistrict");
    json_string(&w, event->subdistrict);
    json_key(&w, "problem");
    json_string(&w, event->problem);
    json_key(&w, "shape");
    json_text(&w, event->shape);
    json_key(&w, "risk");
    json_bool(&w, event->is_risk);
    if (event->series) {
        json_key(&w, "series");
        snprintf(name, sizeof name, "Y%06llu", (unsigned long long)event->series);
        json_text(&w, name);
    }
    write_ids(&w, event);
    json_end_object(&w);
    json_end_line(&w);
}

static weisu_code write_record(struct out_file *files[SYNTH_FILES], const struct synth_record *record)
{
    weisu_code code = WEISU_OK;
    write_stream_row(out_file_buffer(files[STREAM_FILE]), record);
    write_gold_row(out_file_buffer(files[GOLD_FILE]), record);
    if (record->has_finished)
        write_event_row(out_file_buffer(files[EVENTS_FILE]), &record->finished);
    for (int i = 0; i < SYNTH_FILES; i++) {
        weisu_code one = i == EVENTS_FILE && !record->has_finished ? WEISU_OK : out_file_end_record(files[i]);
        code = code ? code : one;
    }
    return code;
}

static weisu_code write_stream(struct synth *synth, struct out_file *files[SYNTH_FILES], uint64_t *count,
                               weisu_err *err)
{
    struct synth_record record;
    for (*count = 0;; ++*count) {
        weisu_code code = synth_next(synth, &record, err);
        if (code || record.id == 0)
            return code;
        if (write_record(files, &record))
            return WEISU_OK; /* the file remembers its error and states it on commit */
    }
}

static weisu_code open_files(struct out_file *files[SYNTH_FILES], const char *folder, weisu_err *err)
{
    char path[PATH_MAX];
    weisu_code code = WEISU_OK;
    for (int i = 0; i < SYNTH_FILES && !code; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, file_names[i]);
        code = out_file_open(&files[i], path, OUT_FILE_REPLACE, memory_default(), err);
    }
    return code;
}

/* Commits the files, or discards all after the first error. */
static weisu_code close_files(struct out_file *files[SYNTH_FILES], weisu_code code, weisu_err *err)
{
    for (int i = 0; i < SYNTH_FILES; i++) {
        if (code || !files[i])
            out_file_discard(files[i]);
        else
            code = out_file_commit(files[i], err);
    }
    return code;
}

static int run(struct synth_options *options, const char *folder)
{
    struct out_file *files[SYNTH_FILES] = {NULL};
    struct synth *synth = NULL;
    uint64_t count = 0;
    weisu_err err;
    weisu_code code = synth_new(&synth, options, memory_default(), &err);
    if (!code)
        code = open_files(files, folder, &err);
    if (!code)
        code = write_stream(synth, files, &count, &err);
    code = close_files(files, code, &err);
    synth_free(synth);
    if (code)
        return report(&err);
    fprintf(stderr, speak_chinese() ? "%s: %llu 条投诉\n" : "%s: %llu complaints\n", folder, (unsigned long long)count);
    return EXIT_DONE;
}

/* ---- options ---- */

struct synth_arguments {
    int64_t seed, days, per_day;
    const char *start, *city, *tables, *out;
    int short_text;
};

enum { SYNTH_OPTIONS = 8 };

static void describe_options(struct option options[SYNTH_OPTIONS], struct synth_arguments *a)
{
    const struct option table[SYNTH_OPTIONS] = {
        {"seed", OPTION_NUMBER, &a->seed, "S", "equal seeds give equal streams (default 1)",
         "种子，相同则结果相同（默认 1）", 0, INT64_MAX},
        {"days", OPTION_NUMBER, &a->days, "D", "length of the stream in days (default 365)", "天数（默认 365）", 1,
         SYNTH_MAX_DAYS},
        {"per-day", OPTION_NUMBER, &a->per_day, "N", "complaints on a mean day (default 100)",
         "平均每天投诉条数（默认 100）", 1, SYNTH_MAX_PER_DAY},
        {"start", OPTION_TEXT, &a->start, "DATE", "first day (default 2024-01-01)", "起始日期（默认 2024-01-01）", 0,
         0},
        {"city", OPTION_TEXT, &a->city, "CODE", "division code of the city (default 11)", "城市区划代码（默认 11）", 0,
         0},
        {"short", OPTION_FLAG, &a->short_text, NULL, "texts of 150 to 200 characters", "正文 150 至 200 字", 0, 0},
        {"tables", OPTION_TEXT, &a->tables, "DIR", "folder of the tables (default: as installed)",
         "表格目录（默认为安装位置）", 0, 0},
        {"out", OPTION_TEXT, &a->out, "DIR", "folder for stream.jsonl, gold.tsv, events.jsonl; required",
         "输出目录，写 stream.jsonl、gold.tsv、events.jsonl；必填", 0, 0},
    };
    memcpy(options, table, sizeof table);
}

static int read_start(const char *text, int64_t *day)
{
    struct civil_text date;
    if (civil_parse((weisu_str){text, strlen(text)}, &date) || !date.is_date_only || date.time.year < 1971 ||
        date.time.year > 2169)
        return -1;
    *day = civil_days(date.time.year, date.time.month, date.time.day);
    return 0;
}

int cmd_synth(int argc, char **argv)
{
    struct synth_arguments a = {.seed = 1, .days = 365, .per_day = 100, .start = "2024-01-01", .city = "11"};
    struct option options[SYNTH_OPTIONS];
    describe_options(options, &a);
    const struct command_usage usage = {
        .name = "synth",
        .operands = "",
        .english =
            "Makes a city's complaint stream with known events: stream.jsonl (in order of time), gold.tsv (record "
            "and event) and events.jsonl. Equal options give equal bytes.",
        .chinese =
            "生成一座城市的投诉流及其已知事件：stream.jsonl（按时间排列）、gold.tsv（投诉与事件）、events.jsonl。"
            "选项相同则逐字节相同。",
        .options = options,
        .option_count = SYNTH_OPTIONS,
    };
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (operands.count)
        return usage_error(&usage, "takes no operands", "不带文件参数");
    if (!a.out)
        return usage_error(&usage, "--out DIR is required", "缺少 --out DIR");
    struct synth_options synth = {.seed = (uint64_t)a.seed,
                                  .days = (uint32_t)a.days,
                                  .per_day = (uint32_t)a.per_day,
                                  .short_text = a.short_text,
                                  .city = a.city,
                                  .tables_dir = a.tables};
    char tables[PATH_MAX];
    if (read_start(a.start, &synth.first_day))
        return usage_error(&usage, "--start must be a date like 2024-01-01, 1971 to 2169",
                           "--start 应为 2024-01-01 这样的日期，1971 至 2169 年");
    if (!a.tables) {
        share_path(tables, sizeof tables, "synth");
        synth.tables_dir = tables;
    }
    if (mkdir(a.out, 0777) && errno != EEXIST) {
        fprintf(stderr, "weisu synth: %s: %s\n", a.out, strerror(errno));
        return EXIT_FAILED;
    }
    return run(&synth, a.out);
}
