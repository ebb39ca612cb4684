/* Decoded records on disk, to be read again in another order: how an archive that is out of order is sorted in bounded
 * memory (8 bytes a record beside the scan of its times). The file has no name and goes with the process. One thread
 * writes; after record_spool_map any thread reads. */
#ifndef CLI_RECORD_SPOOL_H
#define CLI_RECORD_SPOOL_H

#include "base/byte_buffer.h"

#include <weisu/error.h>
#include <weisu/record.h>

#include <stdint.h>
#include <stdio.h>

struct spooled_record {
    weisu_record record; /* strings in the map */
    uint32_t file;       /* the caller's number of the input file */
    uint64_t line;
};

struct record_spool {
    FILE *file;
    uint64_t *offsets; /* [count] */
    size_t count;
    size_t capacity;
    uint64_t size;
    struct byte_buffer body;
    const char *map;
};

/* WEISU_EIO. */
weisu_code record_spool_open(struct record_spool *spool, weisu_err *err);
void record_spool_close(struct record_spool *spool);
/* WEISU_EIO, WEISU_ENOMEM. */
weisu_code record_spool_add(struct record_spool *spool, const struct spooled_record *record, weisu_err *err);
/* After the last addition. */
weisu_code record_spool_map(struct record_spool *spool, weisu_err *err);
/* `at` < count. WEISU_ESTORE when the file was damaged meanwhile. */
weisu_code record_spool_get(const struct record_spool *spool, size_t at, struct spooled_record *out, weisu_err *err);

#endif
