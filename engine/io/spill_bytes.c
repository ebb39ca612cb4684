#include "io/spill_bytes.h"

#include "base/failure.h"
#include "io/temp_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { window_bytes = 64 * 1024, first_bytes = 4096 };

void spill_bytes_init(struct spill_bytes *spill, size_t budget, const weisu_allocator *allocator)
{
    *spill = (struct spill_bytes){.allocator = allocator, .budget = budget, .fd = -1};
}

void spill_bytes_dispose(struct spill_bytes *spill)
{
    memory_free(spill->allocator, spill->memory, spill->capacity, 1);
    memory_free(spill->allocator, spill->window, spill->window ? window_bytes : 0, 1);
    if (spill->fd >= 0)
        close(spill->fd);
    spill_bytes_init(spill, spill->budget, spill->allocator);
}

/* ---- writing ---- */

static weisu_code grow(struct spill_bytes *spill, size_t needed, weisu_err *err)
{
    size_t grown = spill->capacity ? spill->capacity : first_bytes;
    while (grown < needed)
        grown *= 2;
    if (grown > spill->budget)
        grown = spill->budget;
    char *moved = memory_resize(spill->allocator, spill->memory, spill->capacity, grown, 1);
    if (!moved)
        return failure(err, WEISU_ENOMEM, "no memory for the strings of a workbook");
    spill->memory = moved;
    spill->capacity = grown;
    return WEISU_OK;
}

static weisu_code flush(struct spill_bytes *spill, weisu_err *err)
{
    weisu_code code = temp_file_write(spill->fd, spill->window, spill->window_size, err);
    spill->window_at += spill->window_size;
    spill->window_size = 0;
    return code;
}

static weisu_code begin_file(struct spill_bytes *spill, weisu_err *err)
{
    spill->window = memory_new(spill->allocator, window_bytes, 1);
    if (!spill->window)
        return failure(err, WEISU_ENOMEM, "no memory for the strings of a workbook");
    spill->window_at = spill->budget;
    return temp_file_open(&spill->fd, err);
}

static weisu_code append_to_file(struct spill_bytes *spill, const char *bytes, size_t size, weisu_err *err)
{
    weisu_code code = spill->fd < 0 ? begin_file(spill, err) : WEISU_OK;
    while (!code && size) {
        size_t room = window_bytes - spill->window_size;
        size_t step = size < room ? size : room;
        memcpy(spill->window + spill->window_size, bytes, step);
        spill->window_size += step;
        bytes += step;
        size -= step;
        if (spill->window_size == window_bytes)
            code = flush(spill, err);
    }
    return code;
}

weisu_code spill_bytes_append(struct spill_bytes *spill, const void *bytes, size_t size, weisu_err *err)
{
    size_t kept = 0;
    weisu_code code = WEISU_OK;
    if (spill->size < spill->budget) {
        size_t held = (size_t)spill->size;
        kept = size < spill->budget - held ? size : spill->budget - held;
        if (held + kept > spill->capacity && (code = grow(spill, held + kept, err)))
            return code;
        if (kept)
            memcpy(spill->memory + held, bytes, kept);
    }
    spill->size += size;
    return kept < size ? append_to_file(spill, (const char *)bytes + kept, size - kept, err) : WEISU_OK;
}

weisu_code spill_bytes_finish(struct spill_bytes *spill, weisu_err *err)
{
    return spill->fd < 0 ? WEISU_OK : flush(spill, err);
}

/* ---- reading ---- */

static weisu_code load_window(struct spill_bytes *spill, uint64_t at, weisu_err *err)
{
    ssize_t got;
    do
        got = pread(spill->fd, spill->window, window_bytes, (off_t)(at - spill->budget));
    while (got < 0 && errno == EINTR);
    spill->window_at = at;
    spill->window_size = got > 0 ? (size_t)got : 0;
    return got > 0 ? WEISU_OK : failure(err, WEISU_EIO, "无法读取临时文件。cannot read a temporary file");
}

weisu_code spill_bytes_read(struct spill_bytes *spill, uint64_t at, void *bytes, size_t size, weisu_err *err)
{
    char *to = bytes;
    weisu_code code = WEISU_OK;
    while (!code && size) {
        const char *from;
        size_t there;
        if (at < spill->budget) {
            from = spill->memory + at;
            there = spill->budget - (size_t)at;
        } else if (at >= spill->window_at && at < spill->window_at + spill->window_size) {
            from = spill->window + (at - spill->window_at);
            there = spill->window_size - (size_t)(at - spill->window_at);
        } else {
            code = load_window(spill, at, err);
            continue;
        }
        size_t step = size < there ? size : there;
        memcpy(to, from, step);
        to += step;
        at += step;
        size -= step;
    }
    return code;
}
