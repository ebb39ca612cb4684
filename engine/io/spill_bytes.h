/* A long run of bytes that is written once and then read by position: in memory up to a budget, beyond it in a
 * temporary file (temp_file.h). One thread. Reading costs a copy, beyond the budget a system call for each 64 KiB that
 * are read in order, or for each read out of order. */
#ifndef IO_SPILL_BYTES_H
#define IO_SPILL_BYTES_H

#include "base/memory.h"

#include <stdint.h>
#include <weisu/error.h>

struct spill_bytes {
    const weisu_allocator *allocator;
    size_t budget;   /* bytes [0, budget) are in memory */
    char *memory;    /* [capacity] */
    size_t capacity; /* <= budget */
    uint64_t size;
    int fd;       /* -1: nothing spilt */
    char *window; /* what is not written yet, then what was read last: bytes [window_at, window_at + window_size) */
    uint64_t window_at;
    size_t window_size;
};

/* Allocates nothing. */
void spill_bytes_init(struct spill_bytes *spill, size_t budget, const weisu_allocator *allocator);
void spill_bytes_dispose(struct spill_bytes *spill);
/* WEISU_ENOMEM, WEISU_EIO; the run is of no use then. */
weisu_code spill_bytes_append(struct spill_bytes *spill, const void *bytes, size_t size, weisu_err *err);
/* After the last append, before the first read. WEISU_EIO. */
weisu_code spill_bytes_finish(struct spill_bytes *spill, weisu_err *err);
/* `at` + `size` within the run. WEISU_EIO. */
weisu_code spill_bytes_read(struct spill_bytes *spill, uint64_t at, void *bytes, size_t size, weisu_err *err);

#endif
