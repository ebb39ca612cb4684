#include "cli/share_dir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* Folder of the running program, without a slash at its end; empty when it cannot be told. */
static void program_folder(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    out[length > 0 ? length : 0] = 0;
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = 0;
}

int share_path(char *out, size_t size, const char *name)
{
    const char *given = getenv("WEISU_SHARE");
    if (given && *given) {
        snprintf(out, size, "%s/%s", given, name);
        return exists(out) ? 0 : -1;
    }
    static const char *const beside[] = {"../share/weisu", "share/weisu", "../../share/weisu", "../../../share/weisu"};
    char folder[PATH_MAX];
    program_folder(folder, sizeof folder);
    for (size_t i = 0; folder[0] && i < sizeof beside / sizeof beside[0]; i++) {
        snprintf(out, size, "%s/%s/%s", folder, beside[i], name);
        if (exists(out))
            return 0;
    }
    snprintf(out, size, "%s/%s", WEISU_INSTALLED_SHARE, name);
    return exists(out) ? 0 : -1;
}
