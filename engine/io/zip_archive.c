#include "io/zip_archive.h"

#include "base/failure.h"
#include "io/expansion_limit.h"
#include "io/zip_entry.h"

#include <minizip/unzip.h>
#include <zlib.h>

enum { exact_case = 1, is_encrypted = 1, is_stored = 0, is_deflated = 8, packed_bytes = 64 * 1024 };

struct zip_archive {
    const weisu_allocator *allocator;
    struct byte_source source;
    uint64_t position; /* of the stream that minizip sees */
    int failed;        /* a read of the source failed */
    unzFile zip;
    int is_part_open;
    int is_part_ended; /* of the open part all bytes were unpacked */
    struct zip_entry part;
    uint64_t taken;    /* of its packed bytes */
    uint64_t unpacked; /* so far */
    uLong crc;         /* of those */
    z_stream inflate;  /* of a deflated part */
    unsigned char bytes[packed_bytes];
};

/* ---- the stream that minizip sees ---- */

static voidpf ZCALLBACK open_stream(voidpf opaque, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return opaque;
}

static uLong ZCALLBACK read_stream(voidpf opaque, voidpf stream, void *bytes, uLong size)
{
    struct zip_archive *archive = opaque;
    size_t got = 0;
    (void)stream;
    if (archive->position >= archive->source.size)
        return 0;
    uint64_t left = archive->source.size - archive->position;
    if (size > left)
        size = (uLong)left;
    archive->failed |= archive->source.read_at(archive->source.context, archive->position, bytes, size, &got) != 0;
    archive->position += got;
    return got;
}

static ZPOS64_T ZCALLBACK tell_stream(voidpf opaque, voidpf stream)
{
    const struct zip_archive *archive = opaque;
    (void)stream;
    return archive->position;
}

static long ZCALLBACK seek_stream(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    struct zip_archive *archive = opaque;
    (void)stream;
    uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                    : origin == ZLIB_FILEFUNC_SEEK_CUR ? archive->position
                                                       : archive->source.size;
    /* minizip computes offsets from numbers of the file: one that lies nowhere in it is an error, not a position. */
    if (offset > archive->source.size || base + offset > archive->source.size)
        return -1;
    archive->position = base + offset;
    return 0;
}

static int ZCALLBACK close_stream(voidpf opaque, voidpf stream)
{
    (void)opaque;
    (void)stream;
    return 0;
}

static int ZCALLBACK test_stream(voidpf opaque, voidpf stream)
{
    const struct zip_archive *archive = opaque;
    (void)stream;
    return archive->failed;
}

/* ---- the archive ---- */

weisu_code zip_archive_open(struct zip_archive **out, struct byte_source source, const weisu_allocator *allocator,
                            weisu_err *err)
{
    *out = NULL;
    struct zip_archive *archive = memory_new_zeroed(allocator, 1, sizeof *archive);
    if (!archive)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    archive->allocator = allocator;
    archive->source = source;
    zlib_filefunc64_def functions = {.zopen64_file = open_stream,
                                     .zread_file = read_stream,
                                     .ztell64_file = tell_stream,
                                     .zseek64_file = seek_stream,
                                     .zclose_file = close_stream,
                                     .zerror_file = test_stream,
                                     .opaque = archive};
    archive->zip = unzOpen2_64("", &functions);
    if (!archive->zip) {
        zip_archive_close(archive);
        return failure(err, WEISU_EIO,
                       "工作簿不完整（被截断）或已损坏，请重新下载或重新导出。the workbook is truncated or damaged: "
                       "download or export it again");
    }
    *out = archive;
    return WEISU_OK;
}

static void close_part(struct zip_archive *archive)
{
    if (archive->is_part_open && archive->part.method == is_deflated)
        inflateEnd(&archive->inflate);
    archive->is_part_open = 0;
}

void zip_archive_close(struct zip_archive *archive)
{
    if (!archive)
        return;
    close_part(archive);
    if (archive->zip)
        unzClose(archive->zip);
    memory_free(archive->allocator, archive, 1, sizeof *archive);
}

int zip_archive_has(struct zip_archive *archive, const char *name)
{
    return unzLocateFile(archive->zip, name, exact_case) == UNZ_OK;
}

const weisu_allocator *zip_archive_allocator(const struct zip_archive *archive)
{
    return archive->allocator;
}

/* ---- parts ---- */

static weisu_code fail_damaged(weisu_err *err)
{
    return failure(
        err, WEISU_EIO,
        "工作簿已损坏或不完整，请用表格软件修复后另存，或重新导出。the workbook is damaged: repair and save it, "
        "or export it again");
}

weisu_code zip_part_open(struct zip_archive *archive, const char *name, weisu_err *err)
{
    close_part(archive);
    if (!zip_archive_has(archive, name))
        return failure(
            err, WEISU_EIO,
            "不是 .xlsx 工作簿（缺少 %.60s）；请用表格软件另存为 .xlsx。not a workbook: it has no part %.60s", name,
            name);
    if (zip_entry_read(&archive->part, archive->source, unzGetOffset64(archive->zip)))
        return fail_damaged(err);
    if (archive->part.flags & is_encrypted)
        return failure(err, WEISU_EIO, "压缩包有密码，请先去掉密码。protected by a password: remove it first");
    if (archive->part.method != is_stored && archive->part.method != is_deflated)
        return failure(
            err, WEISU_EIO,
            "工作簿用了不支持的压缩方法（%u）；请用表格软件打开后另存为 .xlsx。packed by method %u, which is "
            "not read: open it and save it as .xlsx",
            archive->part.method, archive->part.method);
    archive->inflate = (z_stream){0};
    if (archive->part.method == is_deflated && inflateInit2(&archive->inflate, -MAX_WBITS) != Z_OK)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    archive->taken = archive->unpacked = 0;
    archive->crc = crc32(0, NULL, 0);
    archive->is_part_open = 1;
    archive->is_part_ended = 0;
    return WEISU_OK;
}

/* The next packed bytes, `size` at most; -1 when they cannot be read. */
static int take_packed(struct zip_archive *archive, void *bytes, size_t size, size_t *got)
{
    uint64_t left = archive->part.packed - archive->taken;
    size_t wanted = size < left ? size : (size_t)left;
    *got = 0;
    if (archive->source.read_at(archive->source.context, archive->part.data_at + archive->taken, bytes, wanted, got) ||
        *got < wanted)
        return -1;
    archive->taken += wanted;
    return 0;
}

static int read_stored(struct zip_archive *archive, void *bytes, size_t capacity, size_t *got)
{
    int result = take_packed(archive, bytes, capacity, got);
    archive->is_part_ended = archive->taken == archive->part.packed;
    return result;
}

static int read_deflated(struct zip_archive *archive, void *bytes, size_t capacity, size_t *got)
{
    z_stream *z = &archive->inflate;
    uInt room = capacity < UINT32_MAX ? (uInt)capacity : UINT32_MAX;
    z->next_out = bytes;
    z->avail_out = room;
    while (z->avail_out == room && !archive->is_part_ended) {
        size_t fresh = 0;
        if (!z->avail_in && take_packed(archive, archive->bytes, packed_bytes, &fresh))
            return -1;
        if (fresh) {
            z->next_in = archive->bytes;
            z->avail_in = (uInt)fresh;
        }
        int result = inflate(z, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END)
            return -1; /* Z_BUF_ERROR: nothing is left to take, and the end did not come */
        archive->is_part_ended = result == Z_STREAM_END;
    }
    *got = room - z->avail_out;
    return 0;
}

weisu_code zip_part_read(struct zip_archive *archive, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    int failed = 0;
    *got = 0;
    if (!archive->is_part_open)
        return WEISU_OK;
    if (!archive->is_part_ended)
        failed = archive->part.method == is_stored ? read_stored(archive, bytes, capacity, got)
                                                   : read_deflated(archive, bytes, capacity, got);
    if (*got)
        archive->crc = crc32_z(archive->crc, bytes, *got);
    archive->unpacked += *got;
    if (!failed && archive->is_part_ended)
        failed = archive->unpacked != archive->part.unpacked || archive->crc != archive->part.crc;
    if (failed)
        return fail_damaged(err);
    if (expansion_is_too_large(archive->part.packed, archive->unpacked))
        return failure(
            err, WEISU_ELIMIT,
            "压缩炸弹：解压后超过原文件的 %d 倍，已停止；请确认来源。a part unpacks to more than %d times its "
            "size: not read",
            EXPANSION_RATIO, EXPANSION_RATIO);
    return WEISU_OK;
}
