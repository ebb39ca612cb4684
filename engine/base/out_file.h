/* An output file that is whole or is not there: buffered writing under a temporary name, then rename.
 *
 * OUT_FILE_REPLACE writes to "path.part" beside the target and puts it there, durably, on commit; until then whatever
 * stood at `path` stays. The first error (disk full, quota, a folder that went away) is remembered; later writes do
 * nothing, so a writer looks once, at a record boundary.
 * OUT_FILE_APPEND adds to the file (for a quarantine that grows) and needs no commit: what was flushed is there. An
 * error loses what was appended since the last flush, whole records only, and is forgotten once a flush has reported
 * it: a service goes on when the disk has room again. One thread. Cost: a copy into 256 KiB. */
#ifndef BASE_OUT_FILE_H
#define BASE_OUT_FILE_H

#include "base/byte_buffer.h"

#include <weisu/error.h>

#include <stdint.h>

enum out_file_mode { OUT_FILE_REPLACE, OUT_FILE_APPEND };

struct out_file;

/* WEISU_EIO with the name and the reason, WEISU_ENOMEM; *out is NULL then. The path is copied. */
weisu_code out_file_open(struct out_file **out, const char *path, enum out_file_mode mode,
                         const weisu_allocator *allocator, weisu_err *err);

/* Where to append to (a json_writer goes on it). Call out_file_end_record after each record. */
struct byte_buffer *out_file_buffer(struct out_file *file);
/* A record is whole: writes the buffer out when it is large. Returns the remembered error's code. */
weisu_code out_file_end_record(struct out_file *file);
/* Writes out everything that was appended. The remembered error is returned with its sentence in `err`. */
weisu_code out_file_flush(struct out_file *file, weisu_err *err);
/* Bytes written or waiting in the buffer. */
uint64_t out_file_size(const struct out_file *file);

/* Flushes, makes the bytes and (OUT_FILE_REPLACE) the new name durable, and frees the file in any case. On an error the
 * temporary file is removed and the target is as it was. */
weisu_code out_file_commit(struct out_file *file, weisu_err *err);
/* Gives up what was written (OUT_FILE_APPEND: what was not flushed) and frees the file. NULL is allowed. */
void out_file_discard(struct out_file *file);

#endif
