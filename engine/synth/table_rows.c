#include "synth/table_rows.h"

#include "base/failure.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static weisu_code read_whole(struct byte_buffer *out, FILE *file, const char *path, weisu_err *err)
{
    size_t got;
    do {
        char *room = byte_buffer_room(out, 65536);
        if (!room)
            return failure(err, WEISU_ENOMEM, "no memory for %s", path);
        got = fread(room, 1, 65536, file);
        out->size += got;
        if (out->size > ROW_MAX_FILE_BYTES)
            return failure(err, WEISU_EIO, "%s is larger than %d bytes", path, ROW_MAX_FILE_BYTES);
    } while (got > 0);
    if (ferror(file))
        return failure(err, WEISU_EIO, "cannot read %s: %s", path, strerror(errno));
    return WEISU_OK;
}

weisu_code rows_open(struct table_rows *rows, const char *folder, const char *name, const weisu_allocator *allocator,
                     weisu_err *err)
{
    char path[PATH_MAX];
    *rows = (struct table_rows){.at = 0};
    snprintf(rows->name, sizeof rows->name, "%s", name);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return failure(err, WEISU_EIO, "the name of the folder is too long");
    FILE *file = fopen(path, "rb");
    if (!file)
        return failure(err, WEISU_EIO, "cannot open %s: %s", path, strerror(errno));
    byte_buffer_init(&rows->bytes, allocator);
    weisu_code code = read_whole(&rows->bytes, file, path, err);
    fclose(file);
    if (code)
        byte_buffer_dispose(&rows->bytes);
    return code;
}

void rows_close(struct table_rows *rows)
{
    byte_buffer_dispose(&rows->bytes);
}

static void cut_columns(struct table_rows *rows, const char *at, const char *end)
{
    rows->column_count = 0;
    while (rows->column_count < ROW_MAX_COLUMNS) {
        const char *tab = rows->column_count + 1 < ROW_MAX_COLUMNS ? memchr(at, '\t', (size_t)(end - at)) : NULL;
        rows->column[rows->column_count++] = (weisu_str){at, (size_t)((tab ? tab : end) - at)};
        if (!tab)
            break;
        at = tab + 1;
    }
}

int rows_next(struct table_rows *rows)
{
    while (rows->at < rows->bytes.size) {
        const char *start = rows->bytes.data + rows->at;
        size_t left = rows->bytes.size - rows->at;
        const char *feed = memchr(start, '\n', left);
        size_t size = feed ? (size_t)(feed - start) : left;
        rows->at += size + (feed != NULL);
        rows->line++;
        if (size && start[size - 1] == '\r')
            size--;
        if (size == 0 || start[0] == '#')
            continue;
        cut_columns(rows, start, start + size);
        return 1;
    }
    return 0;
}

weisu_code rows_fault(const struct table_rows *rows, weisu_err *err, const char *what)
{
    failure(err, WEISU_ESYNTAX, "%s", what);
    failure_at(err, rows->name, rows->line);
    return WEISU_ESYNTAX;
}

int rows_number(weisu_str text, uint32_t *out)
{
    uint32_t number = 0;
    if (text.size == 0 || text.size > 9)
        return -1;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    }
    *out = number;
    return 0;
}

int rows_split(weisu_str *rest, char separator, weisu_str *part)
{
    if (rest->size == 0)
        return 0;
    const char *found = memchr(rest->data, separator, rest->size);
    size_t size = found ? (size_t)(found - rest->data) : rest->size;
    *part = (weisu_str){rest->data, size};
    rest->data += size + (found != NULL);
    rest->size -= size + (found != NULL);
    return 1;
}

int rows_equal(weisu_str text, const char *literal)
{
    return strlen(literal) == text.size && memcmp(text.data, literal, text.size) == 0;
}
