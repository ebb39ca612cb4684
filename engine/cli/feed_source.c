#include "cli/feed_source.h"

#include "base/failure.h"
#include "io/record_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
    FILE *file; /* the one that is read, or NULL */
    size_t at;  /* index of it, or of the next one */
    uint64_t line;
    char *text; /* getline's */
    size_t room;
    weisu_str waiting; /* a line that was read and is not due; .data NULL: none */
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
    if (files->file && files->file != stdin)
        fclose(files->file);
    files->file = NULL;
}

void feed_files_close(struct feed_files *files)
{
    if (!files)
        return;
    close_file(files);
    free(files->text);
    arena_dispose(&files->arena);
    zone_close(files->zone);
    memory_free(NULL, files, 1, sizeof *files);
}

/* ---- reading ---- */

static enum feed_supply file_failure(const struct feed_files *files, int error)
{
    fprintf(stderr, "weisu %s: %s: %s\n", files->command, files->operands.at[files->at], strerror(error));
    return FEED_FAILED;
}

static int open_next(struct feed_files *files)
{
    const char *path = files->operands.at[files->at];
    files->line = 0;
    files->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    return files->file ? 0 : -1;
}

static enum feed_supply read_line(struct feed_files *files, weisu_str *line)
{
    for (;;) {
        if (!files->file && files->at == files->operands.count)
            return FEED_END;
        if (!files->file && open_next(files))
            return file_failure(files, errno);
        errno = 0;
        ssize_t size = getline(&files->text, &files->room, files->file);
        if (size >= 0) {
            files->line++;
            *line = (weisu_str){files->text, (size_t)size - (size > 0 && files->text[size - 1] == '\n')};
            return FEED_LINE;
        }
        if (ferror(files->file) || errno == ENOMEM)
            return file_failure(files, errno);
        close_file(files);
        files->at++;
    }
}

/* ---- when ---- */

/* The record's own time, or WEISU_NO_TIME for a line that the service will reject or an update without one. */
static int64_t time_of(struct feed_files *files, weisu_str line)
{
    weisu_record record;
    arena_reset(&files->arena);
    char *copy = arena_take(&files->arena, line.size); /* decoding masks in place */
    if (!copy)
        return WEISU_NO_TIME;
    memcpy(copy, line.data, line.size);
    struct record_line in = {copy, line.size, files->line};
    return record_json_decode(&files->decoder, in, &record, NULL) ? WEISU_NO_TIME : record.time_ms;
}

/* Milliseconds from the start at which the line is due. */
static int64_t due_ms(struct feed_files *files, weisu_str line)
{
    if (files->pace.rate)
        return (int64_t)(files->taken * 1000 / files->pace.rate);
    if (!files->pace.speedup)
        return 0;
    int64_t time = time_of(files, line);
    if (time == WEISU_NO_TIME)
        return 0;
    if (files->first_time_ms == WEISU_NO_TIME)
        files->first_time_ms = time;
    return (time - files->first_time_ms) / (int64_t)files->pace.speedup;
}

static enum feed_supply next_line(void *context, weisu_str *line, struct feed_position *position, uint64_t *wait_ms)
{
    struct feed_files *files = context;
    if (!files->waiting.data) {
        enum feed_supply supply = read_line(files, &files->waiting);
        if (supply != FEED_LINE)
            return supply;
    }
    int64_t left = due_ms(files, files->waiting) - (now_ms() - files->start_ms);
    if (left > 0) {
        *wait_ms = (uint64_t)left;
        return FEED_LATER;
    }
    *line = files->waiting;
    *position = (struct feed_position){(uint32_t)files->at, files->line};
    files->waiting.data = NULL;
    files->taken++;
    return FEED_LINE;
}

/* ---- telling ---- */

static void tell_rejected(void *context, struct feed_position position, const char *code, const char *message)
{
    const struct feed_files *files = context;
    fprintf(stderr, "%s:%llu: %s: %s\n", files->operands.at[position.file], (unsigned long long)position.line, code,
            message);
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
