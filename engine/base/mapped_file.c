#include "base/mapped_file.h"

#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static weisu_code map(struct mapped_file *out, int file, const char *path, const struct mapped_file_kind *kind,
                      weisu_err *err)
{
    struct stat status;
    if (fstat(file, &status))
        return failure(err, WEISU_EIO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return failure(err, WEISU_EIO, "%s: not a regular file", path);
    uint64_t size = (uint64_t)status.st_size;
    if (size < kind->least || size > kind->most)
        return failure(err, kind->wrong_size, "%s: %llu bytes are no %s", path, (unsigned long long)size, kind->name);
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED)
        return failure(err, WEISU_EIO, "%s: cannot be mapped: %s", path, strerror(errno));
    *out = (struct mapped_file){bytes, (size_t)size};
    return WEISU_OK;
}

weisu_code mapped_file_open(struct mapped_file *out, const char *path, const struct mapped_file_kind *kind,
                            weisu_err *err)
{
    *out = (struct mapped_file){NULL, 0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return failure(err, WEISU_EIO, "%s: %s", path, strerror(errno));
    weisu_code code = map(out, file, path, kind, err);
    close(file);
    return code;
}

void mapped_file_close(struct mapped_file *file)
{
    if (file->bytes)
        munmap((void *)(uintptr_t)file->bytes, file->size);
    *file = (struct mapped_file){NULL, 0};
}
