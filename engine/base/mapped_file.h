/* A whole file, mapped read-only and shared between processes. Any thread; the bytes live until mapped_file_close. */
#ifndef BASE_MAPPED_FILE_H
#define BASE_MAPPED_FILE_H

#include <stddef.h>
#include <weisu/error.h>

struct mapped_file {
    const void *bytes; /* page-aligned; NULL: none */
    size_t size;
};

/* What a file of this kind must be like. */
struct mapped_file_kind {
    size_t least; /* bytes */
    size_t most;
    weisu_code wrong_size;
    const char *name; /* "image": for the error */
};

/* WEISU_EIO (cannot be opened or mapped, no regular file), the kind's `wrong_size`. *out is empty after an error. The
 * pages are read at once. */
weisu_code mapped_file_open(struct mapped_file *out, const char *path, const struct mapped_file_kind *kind,
                            weisu_err *err);
/* Empties it; an empty one is allowed. */
void mapped_file_close(struct mapped_file *file);

#endif
