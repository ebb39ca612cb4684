#include "io/temp_file.h"

#include "base/failure.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *temp_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

static weisu_code fail(const char *what, weisu_err *err)
{
    return failure(
        err, WEISU_EIO,
        "无法%s临时文件（%.60s）：可用 TMPDIR 换一个目录。temporary file in %.60s: %s; TMPDIR chooses another "
        "folder",
        what, temp_folder(), temp_folder(), strerror(errno));
}

weisu_code temp_file_open(int *fd, weisu_err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/weisu-XXXXXX", temp_folder());
    *fd = mkstemp(path);
    if (*fd < 0)
        return fail("创建", err);
    unlink(path);
    return WEISU_OK;
}

weisu_code temp_file_write(int fd, const void *bytes, size_t size, weisu_err *err)
{
    const char *at = bytes;
    while (size) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail("写入", err);
        at += written;
        size -= (size_t)written;
    }
    return WEISU_OK;
}
