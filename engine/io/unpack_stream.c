#include "io/unpack_stream.h"

#include "base/failure.h"
#include "io/expansion_limit.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { packed_bytes = 128 * 1024, gzip_window = 15 + 16 };

struct unpack_stream {
    const weisu_allocator *allocator;
    enum packing packing;
    struct byte_pull source;
    z_stream gzip;
    ZSTD_DStream *zstd;
    uint64_t packed; /* bytes taken from the source */
    uint64_t unpacked;
    size_t at; /* bytes[at, size) is read and not unpacked */
    size_t size;
    int is_between; /* members or frames: the source may end here */
    int is_padded;  /* behind the last member only zeros are left to read */
    unsigned char bytes[packed_bytes];
};

enum packing packing_of(weisu_str first)
{
    if (first.size >= 3 && memcmp(first.data, "\x1f\x8b\x08", 3) == 0)
        return PACKING_GZIP;
    if (first.size >= 4 && memcmp(first.data, "\x28\xb5\x2f\xfd", 4) == 0)
        return PACKING_ZSTD;
    /* A skippable frame in front, as parallel packers write it. */
    if (first.size >= 4 && ((unsigned char)first.data[0] & 0xf0) == 0x50 &&
        memcmp(first.data + 1, "\x2a\x4d\x18", 3) == 0)
        return PACKING_ZSTD;
    return PACKING_NONE;
}

weisu_code unpack_stream_new(struct unpack_stream **out, enum packing packing, struct byte_pull source,
                             const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct unpack_stream *stream = memory_new_zeroed(allocator, 1, sizeof *stream);
    if (!stream)
        return failure(err, WEISU_ENOMEM, "no memory to unpack");
    stream->allocator = allocator;
    stream->packing = packing;
    stream->source = source;
    int failed = 0;
    if (packing == PACKING_GZIP)
        failed = inflateInit2(&stream->gzip, gzip_window) != Z_OK;
    else
        failed = !(stream->zstd = ZSTD_createDStream());
    if (failed) {
        memory_free(allocator, stream, 1, sizeof *stream);
        return failure(err, WEISU_ENOMEM, "no memory to unpack");
    }
    unpack_stream_reset(stream);
    *out = stream;
    return WEISU_OK;
}

void unpack_stream_free(struct unpack_stream *stream)
{
    if (!stream)
        return;
    if (stream->packing == PACKING_GZIP)
        inflateEnd(&stream->gzip);
    ZSTD_freeDStream(stream->zstd);
    memory_free(stream->allocator, stream, 1, sizeof *stream);
}

void unpack_stream_reset(struct unpack_stream *stream)
{
    stream->packed = stream->unpacked = 0;
    stream->at = stream->size = 0;
    stream->is_between = stream->is_padded = 0;
    if (stream->packing == PACKING_GZIP)
        inflateReset(&stream->gzip);
    else
        ZSTD_DCtx_reset(stream->zstd, ZSTD_reset_session_only);
}

/* ---- reading ---- */

static weisu_code fail_damaged(weisu_err *err)
{
    return failure(err, WEISU_EIO,
                   "压缩数据已损坏，请重新下载或重新导出。the compressed data are damaged: download or export the file "
                   "again");
}

static weisu_code fail_truncated(weisu_err *err)
{
    return failure(err, WEISU_EIO,
                   "压缩文件不完整（被截断），请重新下载或重新导出。the compressed file ends too early: download or "
                   "export it again");
}

/* Takes what it can of the packed bytes; the rest of `capacity` may stay unused. */
static weisu_code step_gzip(struct unpack_stream *stream, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    z_stream *z = &stream->gzip;
    z->next_in = stream->bytes + stream->at;
    z->avail_in = (uInt)(stream->size - stream->at);
    z->next_out = bytes;
    z->avail_out = capacity > UINT32_MAX ? UINT32_MAX : (uInt)capacity;
    uInt room = z->avail_out;
    int result = inflate(z, Z_NO_FLUSH);
    stream->at = stream->size - z->avail_in;
    *got = room - z->avail_out;
    stream->is_between = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR)
        return failure(err, WEISU_ENOMEM, "no memory to unpack");
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return fail_damaged(err);
    if (stream->is_between)
        inflateReset(z);
    return WEISU_OK;
}

static weisu_code step_zstd(struct unpack_stream *stream, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    ZSTD_inBuffer in = {stream->bytes, stream->size, stream->at};
    ZSTD_outBuffer out = {bytes, capacity, 0};
    size_t result = ZSTD_decompressStream(stream->zstd, &out, &in);
    stream->at = in.pos;
    *got = out.pos;
    stream->is_between = result == 0;
    if (!ZSTD_isError(result))
        return WEISU_OK;
    if (strstr(ZSTD_getErrorName(result), "memory"))
        return failure(err, WEISU_ELIMIT,
                       "zst 的窗口过大，请先用 zstd -d --long=31 解压。the window of this .zst is too large: unpack it "
                       "first with zstd -d --long=31");
    return fail_damaged(err);
}

/* Tapes and some servers pad a gzip file with zeros. */
static void drop_padding(struct unpack_stream *stream)
{
    if (stream->packing != PACKING_GZIP || !stream->is_between)
        return;
    stream->is_padded |= stream->at < stream->size && stream->bytes[stream->at] == 0;
    while (stream->is_padded && stream->at < stream->size && stream->bytes[stream->at] == 0)
        stream->at++;
}

/* 1 in *ended when the source has no more; else bytes[at, size) holds something. */
static weisu_code refill(struct unpack_stream *stream, int *ended, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    *ended = 0;
    drop_padding(stream);
    while (!code && !*ended && stream->at == stream->size) {
        size_t got = 0;
        code = stream->source.read(stream->source.context, stream->bytes, packed_bytes, &got, err);
        stream->at = 0;
        stream->size = code ? 0 : got;
        stream->packed += stream->size;
        *ended = !got;
        drop_padding(stream);
    }
    return code;
}

static weisu_code read_unpacked(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct unpack_stream *stream = context;
    weisu_code code = WEISU_OK;
    *got = 0;
    while (!code && !*got) {
        int ended;
        /* What the unpacker holds back comes out with no more input, so the end is asked for last. */
        int was_between = stream->is_between;
        code = refill(stream, &ended, err);
        if (code || (ended && was_between))
            return code;
        code = stream->packing == PACKING_GZIP ? step_gzip(stream, bytes, capacity, got, err)
                                               : step_zstd(stream, bytes, capacity, got, err);
        if (!code && ended && !*got)
            return stream->is_between ? WEISU_OK : fail_truncated(err);
    }
    stream->unpacked += *got;
    if (!code && expansion_is_too_large(stream->packed, stream->unpacked))
        code = failure(err, WEISU_ELIMIT,
                       "压缩炸弹：解压后超过原文件的 %d 倍，已停止；请确认来源，或解压后再读。unpacks to more than %d "
                       "times its size; unpack it yourself if you trust it",
                       EXPANSION_RATIO, EXPANSION_RATIO);
    return code;
}

struct byte_pull unpack_stream_pull(struct unpack_stream *stream)
{
    return (struct byte_pull){stream, read_unpacked};
}
