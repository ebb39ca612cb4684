/* Unpacks gzip (RFC 1952, several members too) and Zstandard (RFC 8878, several frames too) while reading.
 *
 * One thread. Memory: the window of the format, 32 KiB for gzip, at most 128 MiB for Zstandard (8 MiB as `zstd -19`
 * writes it), and 128 KiB. Cost: about 300 MB/s of unpacked text for gzip, 800 MB/s for Zstandard. */
#ifndef IO_UNPACK_STREAM_H
#define IO_UNPACK_STREAM_H

#include "base/memory.h"
#include "io/byte_pull.h"

#include <weisu/str.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

/* By the first bytes of a file. */
enum packing packing_of(weisu_str first);

struct unpack_stream;

/* `packing` is not PACKING_NONE; `source` gives the packed bytes. WEISU_ENOMEM; *out is NULL then. */
weisu_code unpack_stream_new(struct unpack_stream **out, enum packing packing, struct byte_pull source,
                             const weisu_allocator *allocator, weisu_err *err);
void unpack_stream_free(struct unpack_stream *stream);
/* From the first byte again, after the source went there. */
void unpack_stream_reset(struct unpack_stream *stream);

/* Reading: WEISU_EIO when the packed bytes are damaged or end too early (what was read before is right),
 * WEISU_ELIMIT when they unpack to more than expansion_limit.h allows; those of the source. The sentences are Chinese
 * first and say what to do. */
struct byte_pull unpack_stream_pull(struct unpack_stream *stream);

#endif
