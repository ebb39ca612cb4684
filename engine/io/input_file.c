#include "io/input_file.h"

#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct input_file {
    const weisu_allocator *allocator;
    int fd;
    enum input_format format;
    uint64_t size;
    uint64_t position;
    size_t path_size; /* with its 0 */
    char path[];
};

static weisu_code fail(const char *path, const char *what, weisu_err *err)
{
    weisu_code code = failure(err, WEISU_EIO, "cannot %s %.150s: %s", what, path, strerror(errno));
    failure_at(err, path, 0);
    return code;
}

/* 0 when the ending is none of ours. */
static int find_format(const char *path, enum input_format *format)
{
    static const struct {
        const char *ending;
        enum input_format format;
    } rows[] = {{".jsonl", INPUT_JSON_LINES},
                {".ndjson", INPUT_JSON_LINES},
                {".json", INPUT_JSON_LINES},
                {".csv", INPUT_CSV},
                {".tsv", INPUT_TSV}};
    *format = INPUT_JSON_LINES;
    if (strcmp(path, "-") == 0)
        return 1;
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t ending = strlen(rows[i].ending);
        *format = rows[i].format;
        if (size > ending && strcasecmp(path + size - ending, rows[i].ending) == 0)
            return 1;
    }
    return 0;
}

weisu_code input_file_open(struct input_file **out, const char *path, const weisu_allocator *allocator, weisu_err *err)
{
    enum input_format format;
    *out = NULL;
    if (!find_format(path, &format)) {
        failure(err, WEISU_ECONFIG,
                "cannot tell the format of %.100s: read are .jsonl (.ndjson, .json), .csv, .tsv and - (standard input)",
                path);
        failure_at(err, path, 0);
        return WEISU_ECONFIG;
    }
    size_t path_size = strlen(path) + 1;
    struct input_file *file = memory_new(allocator, 1, sizeof *file + path_size);
    if (!file)
        return failure(err, WEISU_ENOMEM, "no memory to read a file");
    *file = (struct input_file){.allocator = allocator, .format = format, .path_size = path_size};
    memcpy(file->path, path, path_size);
    file->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file->fd < 0 || fstat(file->fd, &about)) {
        weisu_code code = fail(path, "open", err);
        input_file_close(file);
        return code;
    }
    file->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    *out = file;
    return WEISU_OK;
}

void input_file_close(struct input_file *file)
{
    if (!file)
        return;
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    memory_free(file->allocator, file, 1, sizeof *file + file->path_size);
}

weisu_code input_file_read(struct input_file *file, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    ssize_t count;
    do
        count = read(file->fd, bytes, capacity);
    while (count < 0 && errno == EINTR);
    *got = count > 0 ? (size_t)count : 0;
    file->position += *got;
    return count < 0 ? fail(file->path, "read", err) : WEISU_OK;
}

weisu_code input_file_rewind(struct input_file *file, weisu_err *err)
{
    if (lseek(file->fd, 0, SEEK_SET) < 0)
        return fail(file->path, "rewind", err);
    file->position = 0;
    return WEISU_OK;
}

enum input_format input_file_format(const struct input_file *file)
{
    return file->format;
}

const char *input_file_name(const struct input_file *file)
{
    return file->path;
}

uint64_t input_file_size(const struct input_file *file)
{
    return file->size;
}

uint64_t input_file_position(const struct input_file *file)
{
    return file->position;
}
