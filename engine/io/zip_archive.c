#include "io/zip_archive.h"

#include "base/failure.h"
#include "io/expansion_limit.h"

#include <minizip/unzip.h>

enum { exact_case = 1, is_encrypted = 1, largest_read = 1 << 20 };

struct zip_archive {
    const weisu_allocator *allocator;
    struct byte_source source;
    uint64_t position; /* of the stream that minizip sees */
    int failed;        /* a read of the source failed */
    unzFile zip;
    int is_part_open;
    uint64_t packed; /* bytes of the open part, as far as they can be there */
    uint64_t unpacked;
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

static int close_part(struct zip_archive *archive)
{
    int result = archive->is_part_open ? unzCloseCurrentFile(archive->zip) : UNZ_OK;
    archive->is_part_open = 0;
    return result;
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
    unz_file_info64 info;
    close_part(archive);
    if (unzLocateFile(archive->zip, name, exact_case) != UNZ_OK)
        return failure(
            err, WEISU_EIO,
            "不是 .xlsx 工作簿（缺少 %.60s）；请用表格软件另存为 .xlsx。not a workbook: it has no part %.60s", name,
            name);
    if (unzGetCurrentFileInfo64(archive->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return fail_damaged(err);
    if (info.flag & is_encrypted)
        return failure(err, WEISU_EIO, "压缩包有密码，请先去掉密码。protected by a password: remove it first");
    if (unzOpenCurrentFile(archive->zip) != UNZ_OK)
        return fail_damaged(err);
    archive->is_part_open = 1;
    archive->packed = info.compressed_size < archive->source.size ? info.compressed_size : archive->source.size;
    archive->unpacked = 0;
    return WEISU_OK;
}

weisu_code zip_part_read(struct zip_archive *archive, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    unsigned room = capacity < largest_read ? (unsigned)capacity : largest_read;
    int count = archive->is_part_open ? unzReadCurrentFile(archive->zip, bytes, room) : 0;
    *got = count > 0 ? (size_t)count : 0;
    if (count < 0 || (!count && close_part(archive) != UNZ_OK))
        return fail_damaged(err);
    archive->unpacked += *got;
    if (expansion_is_too_large(archive->packed, archive->unpacked))
        return failure(
            err, WEISU_ELIMIT,
            "压缩炸弹：解压后超过原文件的 %d 倍，已停止；请确认来源。a part unpacks to more than %d times its "
            "size: not read",
            EXPANSION_RATIO, EXPANSION_RATIO);
    return WEISU_OK;
}
