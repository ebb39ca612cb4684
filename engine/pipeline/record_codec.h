/* The stored form of a record: what stands in the log's `body` column.
 *
 * A version byte, then fields in ascending order of their tag: a tag byte, and a varint (LEB128; signed values zigzag)
 * or a varint length and bytes. Absent fields are left out. `id` and `reporter` are not in it: they have columns of
 * their own. The form is canonical: what decodes encodes to the same bytes. About 3 bytes more than its strings.
 * Pure; any thread; deterministic. */
#ifndef PIPELINE_RECORD_CODEC_H
#define PIPELINE_RECORD_CODEC_H

#include "base/byte_buffer.h"

#include <weisu/error.h>
#include <weisu/record.h>

enum { RECORD_CODEC_VERSION = 1 };

/* Appends the record. Out of memory is remembered by the buffer. */
void record_encode(struct byte_buffer *out, const weisu_record *record);

/* Reads exactly `bytes`. Strings of *out point into it; `id` and `reporter` are empty. WEISU_ESTORE when the bytes are
 * not what record_encode writes (damaged, or of another version); *out is undefined then. */
weisu_code record_decode(weisu_record *out, weisu_str bytes, weisu_err *err);

#endif
