#include "store/data_folder.h"

#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

weisu_code data_folder_path(char out[DATA_FOLDER_PATH_BYTES], const char *folder, const char *name, weisu_err *err)
{
    int size = snprintf(out, DATA_FOLDER_PATH_BYTES, "%s/%s", folder, name);
    if (size < 0 || size >= DATA_FOLDER_PATH_BYTES)
        return failure(err, WEISU_EINVAL, "the path of the data folder is too long");
    return WEISU_OK;
}

static weisu_code system_failure(weisu_err *err, const char *what, const char *name)
{
    return failure(err, WEISU_EIO, "%s %s: %s", what, name, strerror(errno));
}

weisu_code data_folder_lock(int *fd, const char *folder, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    *fd = -1;
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_LOCK, err);
    if (code)
        return code;
    if (mkdir(folder, 0700) && errno != EEXIST)
        return system_failure(err, "cannot create the data folder", folder);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return system_failure(err, "cannot open", path);
    if (flock(lock, LOCK_EX | LOCK_NB)) {
        code = errno == EWOULDBLOCK ? failure(err, WEISU_EIO, "the data folder %s is in use by another process", folder)
                                    : system_failure(err, "cannot lock", path);
        close(lock);
        return code;
    }
    *fd = lock;
    return WEISU_OK;
}

/* ---- the key ---- */

static weisu_code read_key(struct reporter_key *out, const char *path, weisu_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return system_failure(err, "cannot open", path);
    struct stat info;
    unsigned char bytes[sizeof out->secret + 1];
    weisu_code code = WEISU_OK;
    ssize_t size = read(fd, bytes, sizeof bytes);
    if (size < 0 || fstat(fd, &info))
        code = system_failure(err, "cannot read", path);
    else if (info.st_mode & 077)
        code = failure(err, WEISU_EIO, "%s may be read by others: chmod 600 it", path);
    else if ((size_t)size != sizeof out->secret)
        code = failure(err, WEISU_EIO, "%s does not have the %zu bytes of a key", path, sizeof out->secret);
    else
        memcpy(out->secret, bytes, sizeof out->secret);
    sodium_memzero(bytes, sizeof bytes);
    close(fd);
    return code;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = fsync(fd);
    close(fd);
    return failed;
}

/* Under a name of its own first, so that a crash leaves either no key or a whole one. */
static weisu_code create_key(const char *folder, const char *path, weisu_err *err)
{
    char fresh[DATA_FOLDER_PATH_BYTES];
    weisu_code code = data_folder_path(fresh, folder, DATA_FOLDER_KEY ".new", err);
    if (code)
        return code;
    if (sodium_init() < 0)
        return failure(err, WEISU_EIO, "no source of random bytes");
    struct reporter_key key;
    randombytes_buf(key.secret, sizeof key.secret);
    unlink(fresh);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return system_failure(err, "cannot create", fresh);
    int failed = write(fd, key.secret, sizeof key.secret) != (ssize_t)sizeof key.secret || fsync(fd);
    failed |= close(fd);
    sodium_memzero(&key, sizeof key);
    if (failed || rename(fresh, path) || sync_folder(folder))
        return system_failure(err, "cannot write", path);
    return WEISU_OK;
}

weisu_code data_folder_sync(const char *folder, weisu_err *err)
{
    return sync_folder(folder) ? system_failure(err, "cannot settle the folder", folder) : WEISU_OK;
}

weisu_code data_folder_key(struct reporter_key *out, const char *folder, int create, weisu_err *err)
{
    char path[DATA_FOLDER_PATH_BYTES];
    char database[DATA_FOLDER_PATH_BYTES];
    weisu_code code = data_folder_path(path, folder, DATA_FOLDER_KEY, err);
    if (!code)
        code = data_folder_path(database, folder, DATA_FOLDER_DATABASE, err);
    if (!code && create && access(path, F_OK)) {
        if (access(database, F_OK) == 0)
            return failure(err, WEISU_EIO, "%s is missing beside its database: bring it back from where it was kept",
                           path);
        code = create_key(folder, path, err);
    }
    return code ? code : read_key(out, path, err);
}
