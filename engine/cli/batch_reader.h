/* The records of an archive, chunk by chunk: read by one thread, decoded by all workers of an executor.
 *
 * Files come in the order of the command line; "-" is standard input, which is copied to a temporary file first because
 * an archive is read twice (its times, then its records). A chunk's rows stand in order of input and live until the
 * next chunk is read. */
#ifndef CLI_BATCH_READER_H
#define CLI_BATCH_READER_H

#include "base/arena.h"
#include "io/row_reader.h"

#include <weisu/engine.h>

enum { BATCH_CHUNK_ROWS = 4096, BATCH_CHUNK_BYTES = 8 << 20 };

struct batch_row {
    uint32_t file;     /* index of the operand */
    const char *sheet; /* of a workbook, else NULL; valid as long as the reader */
    uint64_t line;
    weisu_code code; /* WEISU_OK, or why there is no record */
    weisu_record record;
    weisu_str message; /* of an error */
    weisu_str raw;     /* for the quarantine; empty where the record stands for its line */
};

struct batch_reader;

/* `files` (count of them) are paths that outlive the reader; `setup->options` too. WEISU_ECONFIG (a format that is not
 * read), WEISU_EIO, WEISU_ENOMEM. */
weisu_code batch_reader_open(struct batch_reader **out, char *const *files, size_t count,
                             const struct row_reader_setup *setup, const weisu_executor *executor, weisu_err *err);
/* --keep-raw: every row keeps its line as it was, reporters included. */
void batch_reader_keep_raw(struct batch_reader *reader);
void batch_reader_close(struct batch_reader *reader);
/* From the first record again. */
weisu_code batch_reader_rewind(struct batch_reader *reader, weisu_err *err);

/* The next rows: *count of them, 0 at the end. WEISU_EIO (a file cannot be read), WEISU_ECOLUMNS (a table without the
 * columns that a record needs), WEISU_ENOMEM; the file is named in `err`. */
weisu_code batch_reader_next(struct batch_reader *reader, const struct batch_row **rows, size_t *count, weisu_err *err);

/* Bytes read since the last rewind, and of all files together, for the progress. */
uint64_t batch_reader_read_bytes(const struct batch_reader *reader);
uint64_t batch_reader_all_bytes(const struct batch_reader *reader);
/* Counted by the decoders since the last rewind. */
uint64_t batch_reader_invalid(const struct batch_reader *reader);
uint64_t batch_reader_masked(const struct batch_reader *reader);

#endif
