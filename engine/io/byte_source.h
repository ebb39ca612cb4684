/* Bytes by position: what an archive with a directory (ZIP) is read from. */
#ifndef IO_BYTE_SOURCE_H
#define IO_BYTE_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <weisu/error.h>

struct byte_source {
    void *context;
    uint64_t size;
    /* The `size` bytes at `at`: *got of them, fewer only at the end. WEISU_EIO. Thread rule is the context's. */
    weisu_code (*read_at)(void *context, uint64_t at, void *bytes, size_t size, size_t *got);
};

#endif
