#include "io/input_file.h"

#include "base/failure.h"
#include "io/foreign_format.h"
#include "io/input_name.h"
#include "io/peek_stream.h"
#include "io/temp_file.h"
#include "io/text_decoder.h"
#include "io/unpack_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ole_directory_bytes = 4096, copy_bytes = 64 * 1024 };

/* Bytes go from the descriptor through `raw`, `unpack` (where packed), `plain` and `text` (where text). */
struct input_file {
    const weisu_allocator *allocator;
    int fd;
    int source_fd; /* of the bytes by position; `fd`, or a temporary file */
    uint64_t source_size;
    enum input_format format;
    uint64_t size;
    uint64_t position;
    struct peek_stream raw;
    struct unpack_stream *unpack; /* NULL: not packed */
    struct peek_stream plain;
    struct text_decoder *text; /* NULL: a workbook */
    size_t path_size;          /* with its 0 */
    char path[];
};

static weisu_code fail(const struct input_file *file, const char *what, const char *doing, weisu_err *err)
{
    weisu_code code = failure(err, WEISU_EIO, "%s。cannot %s %.150s: %s", what, doing, file->path, strerror(errno));
    failure_at(err, file->path, 0);
    return code;
}

/* ---- the layers ---- */

static weisu_code read_descriptor(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct input_file *file = context;
    ssize_t count;
    do
        count = read(file->fd, bytes, capacity);
    while (count < 0 && errno == EINTR);
    *got = count > 0 ? (size_t)count : 0;
    file->position += *got;
    return count < 0 ? fail(file, "无法读取文件", "read", err) : WEISU_OK;
}

static struct byte_pull bottom(struct input_file *file)
{
    return (struct byte_pull){file, read_descriptor};
}

static struct byte_pull unpacked(struct input_file *file)
{
    return file->unpack ? unpack_stream_pull(file->unpack) : peek_stream_pull(&file->raw);
}

/* ---- opening ---- */

static weisu_code copy_to_temp(struct byte_pull from, int *fd, uint64_t *size, weisu_err *err)
{
    char bytes[copy_bytes];
    size_t got = 1;
    *size = 0;
    weisu_code code = temp_file_open(fd, err);
    while (!code && got) {
        code = from.read(from.context, bytes, sizeof bytes, &got, err);
        if (!code)
            code = temp_file_write(*fd, bytes, got, err);
        *size += code ? 0 : got;
    }
    if (code && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return code;
}

/* What can be read only once goes into a temporary file. */
static weisu_code settle(struct input_file *file, weisu_err *err)
{
    int fd;
    uint64_t size;
    if (lseek(file->fd, 0, SEEK_CUR) >= 0)
        return WEISU_OK;
    weisu_code code = copy_to_temp(bottom(file), &fd, &size, err);
    if (code) {
        failure_at(err, file->path, 0);
        return code;
    }
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    file->fd = fd;
    file->size = size;
    file->position = 0;
    return lseek(fd, 0, SEEK_SET) < 0 ? fail(file, "无法从头再读", "rewind", err) : WEISU_OK;
}

static weisu_code open_descriptor(struct input_file *file, weisu_err *err)
{
    struct stat about;
    file->fd = strcmp(file->path, "-") == 0 ? STDIN_FILENO : open(file->path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &about))
        return fail(file, "无法打开文件", "open", err);
    file->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return WEISU_OK;
}

/* An OLE container tells what it is in its directory, where the file can be read by position. */
static weisu_code refuse_ole(struct input_file *file, uint64_t directory, weisu_err *err)
{
    char bytes[ole_directory_bytes];
    ssize_t got = pread(file->fd, bytes, sizeof bytes, (off_t)directory);
    return foreign_ole_refuse((weisu_str){bytes, got > 0 ? (size_t)got : 0}, err);
}

static weisu_code choose_format(struct input_file *file, weisu_str first, weisu_err *err)
{
    uint64_t directory = foreign_ole_directory(first);
    if (directory)
        return refuse_ole(file, directory, err);
    weisu_code code = foreign_format_refuse(first, err);
    if (code)
        return code;
    enum input_format by_text;
    int is_named = input_format_by_name(file->path, &file->format);
    int has_form = input_format_by_text(first, &by_text);
    if (foreign_is_zip(first)) {
        file->format = INPUT_XLSX;
        return WEISU_OK;
    }
    if (is_named && file->format == INPUT_XLSX)
        return failure(
            err, WEISU_ECONFIG,
            "不是 .xlsx 工作簿（内容不是 ZIP），文件可能已损坏；请重新导出。not a workbook, whatever its name: "
            "export it again");
    if (has_form && (!is_named || by_text == INPUT_JSON_LINES))
        file->format = by_text;
    else if (!is_named && strcmp(file->path, "-") == 0)
        file->format = INPUT_JSON_LINES;
    else if (!is_named)
        return failure(
            err, WEISU_ECONFIG,
            "无法判断格式：可读 .xlsx、.csv、.tsv、.jsonl，以及它们的 .gz、.zst。cannot tell the format: read "
            "are .xlsx, .csv, .tsv, .jsonl, each also .gz or .zst, and - (standard input)");
    return WEISU_OK;
}

static weisu_code open_layers(struct input_file *file, weisu_err *err)
{
    weisu_str first;
    weisu_code code = peek_stream_look(&file->raw, &first, err);
    if (code)
        return code;
    enum packing packing = packing_of(first);
    if (packing != PACKING_NONE)
        code = unpack_stream_new(&file->unpack, packing, peek_stream_pull(&file->raw), file->allocator, err);
    if (code)
        return code;
    peek_stream_init(&file->plain, unpacked(file));
    if ((code = peek_stream_look(&file->plain, &first, err)) || (code = choose_format(file, first, err)))
        return code;
    if (file->format == INPUT_XLSX)
        return WEISU_OK;
    return text_decoder_new(&file->text, peek_stream_pull(&file->plain), file->allocator, err);
}

static weisu_code open_file(struct input_file **out, const char *path, int is_settled, const weisu_allocator *allocator,
                            weisu_err *err)
{
    *out = NULL;
    size_t path_size = strlen(path) + 1;
    struct input_file *file = memory_new_zeroed(allocator, 1, sizeof *file + path_size);
    if (!file)
        return failure(err, WEISU_ENOMEM, "no memory to read a file");
    file->allocator = allocator;
    file->path_size = path_size;
    file->fd = file->source_fd = -1;
    memcpy(file->path, path, path_size);
    weisu_code code = open_descriptor(file, err);
    if (!code && is_settled)
        code = settle(file, err);
    peek_stream_init(&file->raw, bottom(file));
    if (!code && (code = open_layers(file, err)))
        failure_at(err, path, 0);
    if (code)
        input_file_close(file);
    else
        *out = file;
    return code;
}

weisu_code input_file_open(struct input_file **out, const char *path, const weisu_allocator *allocator, weisu_err *err)
{
    return open_file(out, path, 0, allocator, err);
}

weisu_code input_file_open_settled(struct input_file **out, const char *path, const weisu_allocator *allocator,
                                   weisu_err *err)
{
    return open_file(out, path, 1, allocator, err);
}

void input_file_close(struct input_file *file)
{
    if (!file)
        return;
    text_decoder_free(file->text);
    unpack_stream_free(file->unpack);
    if (file->source_fd >= 0 && file->source_fd != file->fd)
        close(file->source_fd);
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    memory_free(file->allocator, file, 1, sizeof *file + file->path_size);
}

/* ---- reading ---- */

weisu_code input_file_read(struct input_file *file, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct byte_pull text = text_decoder_pull(file->text);
    weisu_code code = text.read(text.context, bytes, capacity, got, err);
    if (code)
        failure_at(err, file->path, 0);
    return code;
}

weisu_code input_file_rewind(struct input_file *file, weisu_err *err)
{
    if (lseek(file->fd, 0, SEEK_SET) < 0)
        return fail(file, "无法从头再读", "rewind", err);
    file->position = 0;
    peek_stream_init(&file->raw, bottom(file));
    if (file->unpack)
        unpack_stream_reset(file->unpack);
    peek_stream_init(&file->plain, unpacked(file));
    if (file->text)
        text_decoder_reset(file->text);
    return WEISU_OK;
}

/* ---- by position ---- */

static weisu_code read_position(void *context, uint64_t at, void *bytes, size_t size, size_t *got)
{
    struct input_file *file = context;
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(file->source_fd, (char *)bytes + *got, size - *got, (off_t)(at + *got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return WEISU_EIO;
        if (!count)
            break;
        *got += (size_t)count;
    }
    if (file->source_fd == file->fd && at + *got > file->position)
        file->position = at + *got;
    return WEISU_OK;
}

weisu_code input_file_source(struct input_file *file, struct byte_source *out, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    if (file->source_fd < 0 && !file->unpack && lseek(file->fd, 0, SEEK_CUR) >= 0) {
        file->source_fd = file->fd;
        file->source_size = file->size;
    } else if (file->source_fd < 0) {
        code = copy_to_temp(peek_stream_pull(&file->plain), &file->source_fd, &file->source_size, err);
    }
    *out = (struct byte_source){file, file->source_size, read_position};
    if (code)
        failure_at(err, file->path, 0);
    return code;
}

/* ---- about it ---- */

enum input_format input_file_format(const struct input_file *file)
{
    return file->format;
}

enum text_encoding input_file_encoding(const struct input_file *file)
{
    return file->text ? text_decoder_encoding(file->text) : ENCODING_UTF8;
}

const char *input_file_name(const struct input_file *file)
{
    return file->path;
}

uint64_t input_file_size(const struct input_file *file)
{
    return file->size;
}

uint64_t input_file_position(const struct input_file *file)
{
    return file->position;
}
