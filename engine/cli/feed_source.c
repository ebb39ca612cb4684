#include "cli/feed_source.h"

#include "base/failure.h"
#include "cli/engine_setup.h"
#include "io/line_reader.h"
#include "io/record_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct feed_files {
    const char *command;
    struct operands operands;
    struct feed_pace pace;
    struct zone *zone;
    struct record_options records;
    struct record_decoder decoder;
    struct arena arena;
    struct input_file *file; /* the one that is read, or NULL */
    struct line_reader *reader;
    size_t at;                  /* index of it, or of the next one */
    struct record_line waiting; /* a line that was read and is not due; .data NULL: none */
    uint64_t too_long;          /* lines that are not even sent */
    uint64_t taken;
    int64_t start_ms;
    int64_t first_time_ms; /* of the records; WEISU_NO_TIME before the first */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

weisu_code feed_files_open(struct feed_files **out, const char *command, const struct operands *operands,
                           const struct feed_pace *pace, const char *tz, weisu_err *err)
{
    struct feed_files *files = memory_new_zeroed(NULL, 1, sizeof *files);
    *out = files;
    if (!files)
        return failure(err, WEISU_ENOMEM, "no memory");
    files->command = command;
    files->operands = *operands;
    files->pace = *pace;
    files->start_ms = now_ms();
    files->first_time_ms = WEISU_NO_TIME;
    arena_init(&files->arena, NULL, 0);
    weisu_code code = zone_open(&files->zone, tz, NULL, err);
    if (code) {
        feed_files_close(files);
        *out = NULL;
        return code;
    }
    record_options_init(&files->records, files->zone);
    files->decoder = (struct record_decoder){.options = &files->records, .arena = &files->arena};
    return WEISU_OK;
}

static void close_file(struct feed_files *files)
{
    line_reader_free(files->reader);
    input_file_close(files->file);
    files->reader = NULL;
    files->file = NULL;
}

void feed_files_close(struct feed_files *files)
{
    if (!files)
        return;
    close_file(files);
    arena_dispose(&files->arena);
    zone_close(files->zone);
    memory_free(NULL, files, 1, sizeof *files);
}

uint64_t feed_files_too_long(const struct feed_files *files)
{
    return files->too_long;
}

/* ---- reading ---- */

static void tell_rejected(void *context, struct feed_position position, const char *code, const char *message)
{
    const struct feed_files *files = context;
    fprintf(stderr, "%s:%" PRIu64 ": %s: %s\n", files->operands.at[position.file], position.line, code, message);
}

static weisu_code open_next(struct feed_files *files, weisu_err *err)
{
    const char *path = files->operands.at[files->at];
    weisu_code code = input_file_open(&files->file, path, NULL, err);
    if (!code && input_file_format(files->file) != INPUT_JSON_LINES)
        return failure(err, WEISU_ECONFIG, "%s is a table: a feed is JSON Lines", path);
    return code ? code : line_reader_new(&files->reader, files->file, NULL, err);
}

/* The next line of any file into `waiting`; its .data is NULL at the end of all. */
static weisu_code read_line(struct feed_files *files, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    files->waiting.data = NULL;
    while (!code && !files->waiting.data && (files->file || files->at < files->operands.count)) {
        int more = 0;
        if (!files->file && (code = open_next(files, err)))
            return code;
        code = line_reader_next(files->reader, &files->waiting, &more, err);
        if (code == WEISU_ETOOLONG) {
            tell_rejected(files, (struct feed_position){(uint32_t)files->at, err->line}, weisu_code_name(code),
                          err->text);
            files->too_long++;
            files->waiting.data = NULL;
            code = WEISU_OK;
        } else if (!code && !more) {
            close_file(files);
            files->waiting.data = NULL;
            files->at++;
        }
    }
    return code;
}

/* ---- when ---- */

/* The record's own time, or WEISU_NO_TIME for a line that the service will reject or an update without one. */
static int64_t time_of(struct feed_files *files)
{
    weisu_record record;
    arena_reset(&files->arena);
    char *copy = arena_take(&files->arena, files->waiting.size); /* decoding masks in place */
    if (!copy)
        return WEISU_NO_TIME;
    memcpy(copy, files->waiting.data, files->waiting.size);
    struct record_line line = {copy, files->waiting.size, files->waiting.number};
    return record_json_decode(&files->decoder, line, &record, NULL) ? WEISU_NO_TIME : record.time_ms;
}

/* Milliseconds from the start at which the line is due. */
static int64_t due_ms(struct feed_files *files)
{
    if (files->pace.rate)
        return (int64_t)(files->taken * 1000 / files->pace.rate);
    if (!files->pace.speedup)
        return 0;
    int64_t time = time_of(files);
    if (time == WEISU_NO_TIME)
        return 0;
    if (files->first_time_ms == WEISU_NO_TIME)
        files->first_time_ms = time;
    return (time - files->first_time_ms) / (int64_t)files->pace.speedup;
}

static enum feed_supply next_line(void *context, weisu_str *line, struct feed_position *position, uint64_t *wait_ms)
{
    struct feed_files *files = context;
    weisu_err err;
    if (!files->waiting.data && read_line(files, &err)) {
        report_failure(files->command, &err);
        return FEED_FAILED;
    }
    if (!files->waiting.data)
        return FEED_END;
    int64_t left = due_ms(files) - (now_ms() - files->start_ms);
    if (left > 0) {
        *wait_ms = (uint64_t)left;
        return FEED_LATER;
    }
    *line = (weisu_str){files->waiting.data, files->waiting.size};
    *position = (struct feed_position){(uint32_t)files->at, files->waiting.number};
    files->waiting.data = NULL;
    files->taken++;
    return FEED_LINE;
}

static void tell(void *context, const char *text)
{
    const struct feed_files *files = context;
    fprintf(stderr, "weisu %s: %s\n", files->command, text);
}

struct feed_source feed_files_source(struct feed_files *files)
{
    return (struct feed_source){files, next_line, tell_rejected, tell};
}
