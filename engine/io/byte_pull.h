/* How one layer of an input asks the layer below for bytes: a file, what unpacks it, what turns it into UTF-8. */
#ifndef IO_BYTE_PULL_H
#define IO_BYTE_PULL_H

#include <stddef.h>
#include <weisu/error.h>

enum { BYTE_PULL_LEAST = 4 }; /* room for one character */

struct byte_pull {
    void *context;
    /* The next bytes: *got of them, 1 to `capacity` (which is at least BYTE_PULL_LEAST), 0 at the end. An error is for
     * good. */
    weisu_code (*read)(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err);
};

#endif
