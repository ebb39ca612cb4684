#include "cli/input_lines.h"

#include "base/failure.h"
#include "io/record_fields.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK_BYTES = 4 << 20 };

struct input_lines {
    char *const *names;
    FILE **files;
    size_t count;
    size_t current;
    uint64_t number; /* lines of the current file so far */
    char *block;
    size_t begin; /* unread part of the block */
    size_t end;
    int at_end; /* of the current file */
    uint64_t read_bytes;
    uint64_t all_bytes;
};

static weisu_code copy_stdin(FILE **out, weisu_err *err)
{
    static const size_t step = 1 << 16;
    char *bytes = malloc(step);
    *out = tmpfile();
    size_t size = 1;
    while (bytes && *out && (size = fread(bytes, 1, step, stdin)) > 0)
        if (fwrite(bytes, 1, size, *out) != size)
            break;
    free(bytes);
    if (!*out || size > 0 || ferror(stdin))
        return failure(err, WEISU_EIO, "cannot copy standard input to a temporary file: %s", strerror(errno));
    return WEISU_OK;
}

static weisu_code open_one(struct input_lines *lines, size_t at, weisu_err *err)
{
    struct stat about;
    const char *name = lines->names[at];
    if (strcmp(name, "-") == 0) {
        weisu_code code = copy_stdin(&lines->files[at], err);
        if (code)
            return code;
    } else if (!(lines->files[at] = fopen(name, "rb"))) {
        failure(err, WEISU_EIO, "%s", strerror(errno));
        return failure_at(err, name, 0);
    }
    if (fflush(lines->files[at]) || fstat(fileno(lines->files[at]), &about) || S_ISDIR(about.st_mode)) {
        failure(err, WEISU_EIO, "this is no file");
        return failure_at(err, name, 0);
    }
    lines->all_bytes += (uint64_t)about.st_size;
    return WEISU_OK;
}

weisu_code input_lines_open(struct input_lines **out, char *const *files, size_t count, weisu_err *err)
{
    *out = NULL;
    struct input_lines *lines = calloc(1, sizeof *lines);
    weisu_code code = WEISU_OK;
    if (lines) {
        lines->names = files;
        lines->count = count;
        lines->files = calloc(count, sizeof *lines->files);
        lines->block = malloc(BLOCK_BYTES);
    }
    if (!lines || !lines->files || !lines->block)
        code = failure(err, WEISU_ENOMEM, "no memory for reading");
    for (size_t i = 0; i < count && !code; i++)
        code = open_one(lines, i, err);
    if (code)
        input_lines_close(lines);
    else
        *out = lines;
    return code ? code : input_lines_rewind(lines, err);
}

void input_lines_close(struct input_lines *lines)
{
    if (!lines)
        return;
    for (size_t i = 0; lines->files && i < lines->count; i++)
        if (lines->files[i])
            fclose(lines->files[i]);
    free(lines->files);
    free(lines->block);
    free(lines);
}

weisu_code input_lines_rewind(struct input_lines *lines, weisu_err *err)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (fseek(lines->files[i], 0, SEEK_SET)) {
            failure(err, WEISU_EIO, "cannot be read twice; give it as standard input (-)");
            return failure_at(err, lines->names[i], 0);
        }
    }
    lines->current = lines->begin = lines->end = 0;
    lines->number = lines->read_bytes = 0;
    lines->at_end = 0;
    return WEISU_OK;
}

/* Moves the unread part to the front and reads behind it. */
static weisu_code fill(struct input_lines *lines, weisu_err *err)
{
    FILE *file = lines->files[lines->current];
    memmove(lines->block, lines->block + lines->begin, lines->end - lines->begin);
    lines->end -= lines->begin;
    lines->begin = 0;
    size_t size = fread(lines->block + lines->end, 1, BLOCK_BYTES - lines->end, file);
    lines->end += size;
    lines->read_bytes += size;
    lines->at_end = size == 0;
    if (!size && ferror(file)) {
        failure(err, WEISU_EIO, "%s", strerror(errno));
        return failure_at(err, lines->names[lines->current], lines->number);
    }
    return WEISU_OK;
}

/* A line break in the unread part, reading on as needed; NULL when the file ends first, or the line is over the limit
 * and fills the block. */
static weisu_code find_break(struct input_lines *lines, char **found, weisu_err *err)
{
    size_t seen = 0;
    *found = NULL;
    while (!*found) {
        size_t unread = lines->end - lines->begin;
        *found = memchr(lines->block + lines->begin + seen, '\n', unread - seen);
        seen = unread;
        if (*found || lines->at_end || unread == BLOCK_BYTES)
            return WEISU_OK;
        weisu_code code = fill(lines, err);
        if (code)
            return code;
    }
    return WEISU_OK;
}

/* Passes over the rest of a line that fills the block. */
static weisu_code skip_rest(struct input_lines *lines, weisu_err *err)
{
    char *found = NULL;
    while (!found) {
        lines->begin = lines->end;
        weisu_code code = fill(lines, err);
        if (code)
            return code;
        if (lines->at_end)
            return WEISU_OK;
        found = memchr(lines->block, '\n', lines->end);
    }
    lines->begin = (size_t)(found + 1 - lines->block);
    return WEISU_OK;
}

/* The next line of the current file, blank or not; .bytes.data NULL at its end. */
static weisu_code next_raw(struct input_lines *lines, struct input_line *out, weisu_err *err)
{
    char *found;
    *out = (struct input_line){.file = (uint32_t)lines->current};
    weisu_code code = find_break(lines, &found, err);
    size_t unread = lines->end - lines->begin;
    if (code || (!found && !unread))
        return code;
    out->bytes.data = lines->block + lines->begin;
    out->bytes.size = found ? (size_t)(found - out->bytes.data) : unread;
    out->number = ++lines->number;
    lines->begin += out->bytes.size + (found != NULL);
    if (out->bytes.size && out->bytes.data[out->bytes.size - 1] == '\r')
        out->bytes.size--;
    out->too_long = out->bytes.size > RECORD_LINE_BYTES;
    if (out->too_long)
        out->bytes.size = RECORD_LINE_BYTES;
    return WEISU_OK;
}

static int is_blank(weisu_str bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] != ' ' && bytes.data[i] != '\t')
            return 0;
    return 1;
}

weisu_code input_lines_next(struct input_lines *lines, struct input_line *out, weisu_err *err)
{
    while (lines->current < lines->count) {
        /* What fills the block was handed out cut; its rest must go before the next line. */
        if (lines->begin == lines->end && lines->end == BLOCK_BYTES && lines->block[lines->end - 1] != '\n') {
            weisu_code code = skip_rest(lines, err);
            if (code)
                return code;
        }
        weisu_code code = next_raw(lines, out, err);
        if (code)
            return code;
        if (out->bytes.data && is_blank(out->bytes))
            continue;
        if (out->bytes.data)
            return WEISU_OK;
        lines->current++;
        lines->number = 0;
        lines->begin = lines->end = 0;
        lines->at_end = 0;
    }
    *out = (struct input_line){.file = (uint32_t)lines->count};
    return WEISU_OK;
}

uint64_t input_lines_read_bytes(const struct input_lines *lines)
{
    return lines->read_bytes;
}

uint64_t input_lines_all_bytes(const struct input_lines *lines)
{
    return lines->all_bytes;
}
