#include "lexicon/image_build.h"
#include "lexicon/image_format.h"

#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t image_checksum(const void *bytes, size_t size)
{
    struct image_header header;
    memcpy(&header, bytes, sizeof header);
    header.checksum = 0;
    uint64_t seed = hash_bytes(&header, sizeof header);
    return hash_bytes_seeded((const char *)bytes + sizeof header, size - sizeof header, seed);
}

static int write_all(int file, const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return fsync(file);
}

weisu_code image_write(const char *path, const void *bytes, size_t size, weisu_err *err)
{
    char beside[PATH_MAX];
    int length = snprintf(beside, sizeof beside, "%s.%ld.part", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof beside)
        return failure(err, WEISU_EIO, "%.100s…: the path is too long", path);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return failure(err, WEISU_EIO, "%s: %s", beside, strerror(errno));
    int failed = write_all(file, bytes, size);
    int reason = errno;
    if (close(file) && !failed) {
        failed = -1;
        reason = errno;
    }
    if (!failed && rename(beside, path)) {
        failed = -1;
        reason = errno;
    }
    if (!failed)
        return WEISU_OK;
    unlink(beside);
    return failure(err, WEISU_EIO, "%s: %s", path, strerror(reason));
}
