#include "base/out_file.h"

#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { flush_bytes = 256 * 1024, path_bytes = 4096 };

struct out_file {
    const weisu_allocator *allocator;
    struct byte_buffer buffer;
    uint64_t written;
    int fd;
    int error;         /* errno of the first failure; ENOMEM when the buffer could not grow */
    int has_temporary; /* to be removed if it is not renamed */
    enum out_file_mode mode;
    char path[path_bytes];
    char temporary[path_bytes]; /* what is being written; `path` itself in OUT_FILE_APPEND */
};

static weisu_code report_error(const struct out_file *file, weisu_err *err)
{
    if (!file->error)
        return WEISU_OK;
    weisu_code code = file->error == ENOMEM ? WEISU_ENOMEM : WEISU_EIO;
    failure(err, code, "cannot write %.150s: %s", file->path, strerror(file->error));
    failure_at(err, file->path, 0);
    return code;
}

static int open_flags(enum out_file_mode mode)
{
    return O_WRONLY | O_CREAT | O_CLOEXEC | (mode == OUT_FILE_APPEND ? O_APPEND : O_TRUNC);
}

weisu_code out_file_open(struct out_file **out, const char *path, enum out_file_mode mode,
                         const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct out_file *file = memory_new_zeroed(allocator, 1, sizeof *file);
    if (!file)
        return failure(err, WEISU_ENOMEM, "no memory to write a file");
    file->allocator = allocator;
    file->mode = mode;
    byte_buffer_init(&file->buffer, allocator);
    snprintf(file->path, sizeof file->path, "%s", path);
    int size = snprintf(file->temporary, sizeof file->temporary, "%s%s", path, mode == OUT_FILE_REPLACE ? ".part" : "");
    errno = ENAMETOOLONG;
    file->fd = size < path_bytes ? open(file->temporary, open_flags(mode), 0666) : -1;
    if (file->fd < 0) {
        file->error = errno;
        weisu_code code = report_error(file, err);
        out_file_discard(file);
        return code;
    }
    file->has_temporary = mode == OUT_FILE_REPLACE;
    *out = file;
    return WEISU_OK;
}

struct byte_buffer *out_file_buffer(struct out_file *file)
{
    return &file->buffer;
}

/* A half record at the end of a file that grows would spoil the next one: cuts it off again. Pipes cannot be cut. */
static void take_back(struct out_file *file, uint64_t count)
{
    off_t end = lseek(file->fd, 0, SEEK_END);
    if (count && end >= (off_t)count && ftruncate(file->fd, end - (off_t)count) == 0)
        file->written -= count;
}

static void write_out(struct out_file *file)
{
    size_t at = 0;
    if (file->buffer.failed && !file->error)
        file->error = ENOMEM;
    while (at < file->buffer.size && !file->error) {
        ssize_t done = write(file->fd, file->buffer.data + at, file->buffer.size - at);
        if (done > 0) {
            at += (size_t)done;
            file->written += (uint64_t)done;
        } else if (done == 0 || errno != EINTR) {
            file->error = done ? errno : ENOSPC;
            take_back(file, at);
        }
    }
    byte_buffer_reset(&file->buffer);
}

weisu_code out_file_end_record(struct out_file *file)
{
    if (file->buffer.size >= flush_bytes || file->buffer.failed)
        write_out(file);
    return report_error(file, NULL);
}

weisu_code out_file_flush(struct out_file *file, weisu_err *err)
{
    write_out(file);
    weisu_code code = report_error(file, err);
    if (file->mode == OUT_FILE_APPEND)
        file->error = 0;
    return code;
}

uint64_t out_file_size(const struct out_file *file)
{
    return file->written + file->buffer.size;
}

/* Makes a rename durable. Some file systems know no fsync of folders: that is no reason to fail. */
static void sync_folder(const char *path)
{
    char folder[path_bytes];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static void close_file(struct out_file *file)
{
    int fd = file->fd;
    file->fd = -1;
    if (fd >= 0 && close(fd) && !file->error)
        file->error = errno;
}

/* A pipe or a device (/dev/stdout) cannot be synced, and needs not be. */
static void sync_file(struct out_file *file)
{
    if (!file->error && fsync(file->fd) && errno != EINVAL && errno != EROFS)
        file->error = errno;
}

weisu_code out_file_commit(struct out_file *file, weisu_err *err)
{
    write_out(file);
    sync_file(file);
    close_file(file);
    if (!file->error && file->mode == OUT_FILE_REPLACE && rename(file->temporary, file->path))
        file->error = errno;
    if (!file->error)
        sync_folder(file->path);
    weisu_code code = report_error(file, err);
    file->has_temporary &= code != WEISU_OK;
    out_file_discard(file);
    return code;
}

void out_file_discard(struct out_file *file)
{
    if (!file)
        return;
    close_file(file);
    if (file->has_temporary)
        unlink(file->temporary);
    byte_buffer_dispose(&file->buffer);
    memory_free(file->allocator, file, 1, sizeof *file);
}
