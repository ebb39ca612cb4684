#include "cli/record_spool.h"

#include "base/failure.h"
#include "pipeline/record_codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct spool_row {
    uint64_t line;
    uint32_t file;
    uint32_t body_size;
    uint32_t id_size;
    uint32_t reporter_size;
};

weisu_code record_spool_open(struct record_spool *spool, weisu_err *err)
{
    memset(spool, 0, sizeof *spool);
    byte_buffer_init(&spool->body, NULL);
    spool->file = tmpfile();
    return spool->file ? WEISU_OK : failure(err, WEISU_EIO, "cannot create a temporary file: %s", strerror(errno));
}

void record_spool_close(struct record_spool *spool)
{
    if (spool->map)
        munmap((void *)(uintptr_t)spool->map, spool->size);
    if (spool->file)
        fclose(spool->file);
    free(spool->offsets);
    byte_buffer_dispose(&spool->body);
}

static int write_all(struct record_spool *spool, const void *bytes, size_t size)
{
    spool->size += size;
    return fwrite(bytes, 1, size, spool->file) == size ? 0 : -1;
}

weisu_code record_spool_add(struct record_spool *spool, const struct spooled_record *record, weisu_err *err)
{
    void *offsets = spool->offsets;
    int failed = memory_reserve(NULL, &offsets, &spool->capacity, spool->count + 1, sizeof *spool->offsets);
    spool->offsets = offsets;
    byte_buffer_reset(&spool->body);
    record_encode(&spool->body, &record->record);
    if (failed || spool->body.failed)
        return failure(err, WEISU_ENOMEM, "no memory for ordering the input");
    const weisu_record *r = &record->record;
    struct spool_row row = {record->line, record->file, (uint32_t)spool->body.size, (uint32_t)r->id.size,
                            (uint32_t)r->reporter.size};
    spool->offsets[spool->count] = spool->size;
    if (write_all(spool, &row, sizeof row) || write_all(spool, r->id.data, r->id.size) ||
        write_all(spool, r->reporter.data, r->reporter.size) || write_all(spool, spool->body.data, spool->body.size))
        return failure(err, WEISU_EIO, "cannot write the temporary file for ordering: %s", strerror(errno));
    spool->count++;
    return WEISU_OK;
}

weisu_code record_spool_map(struct record_spool *spool, weisu_err *err)
{
    if (fflush(spool->file))
        return failure(err, WEISU_EIO, "cannot write the temporary file for ordering: %s", strerror(errno));
    if (!spool->size)
        return WEISU_OK;
    void *map = mmap(NULL, spool->size, PROT_READ, MAP_SHARED, fileno(spool->file), 0);
    if (map == MAP_FAILED)
        return failure(err, WEISU_EIO, "cannot map the temporary file for ordering: %s", strerror(errno));
    spool->map = map;
    return WEISU_OK;
}

weisu_code record_spool_get(const struct record_spool *spool, size_t at, struct spooled_record *out, weisu_err *err)
{
    struct spool_row row;
    const char *bytes = spool->map + spool->offsets[at];
    memcpy(&row, bytes, sizeof row);
    bytes += sizeof row;
    weisu_str body = {bytes + row.id_size + row.reporter_size, row.body_size};
    weisu_code code = record_decode(&out->record, body, err);
    if (code)
        return code;
    out->record.id = (weisu_str){bytes, row.id_size};
    out->record.reporter = (weisu_str){bytes + row.id_size, row.reporter_size};
    out->file = row.file;
    out->line = row.line;
    return WEISU_OK;
}
