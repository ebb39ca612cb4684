#include "io/record_sorter.h"

#include "base/byte_buffer.h"
#include "base/failure.h"
#include "io/temp_file.h"
#include "pipeline/record_codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_BUFFER = 64 << 10, MOST_BUFFER = 4 << 20, BLOCK_BYTES = 1 << 20 };

/* Before the strings of a record: id, reporter, body (record_codec.h). */
struct row_head {
    int64_t key;
    uint64_t line;
    uint32_t file;
    uint32_t id_size;
    uint32_t reporter_size;
    uint32_t body_size;
};

/* A record of the run in memory. */
struct gathered {
    int64_t key;
    uint64_t number; /* of its addition */
    const char *row; /* head and strings, in the arena */
};

/* A run on disk that is being read. */
struct run {
    uint64_t at; /* next byte that is not in the buffer */
    uint64_t end;
    char *buffer;
    size_t capacity;
    size_t used; /* bytes of the buffer that are taken */
    size_t held;
    struct row_head head; /* of the row that starts at `used` */
};

struct record_sorter {
    size_t run_bytes;
    struct byte_buffer body;
    struct arena rows;
    size_t row_bytes;
    struct gathered *gathered;
    size_t gathered_count;
    size_t gathered_capacity;
    size_t taken; /* of gathered, once finished without runs */
    int64_t last_key;
    uint64_t count;
    int fd; /* -1: nothing was written */
    uint64_t written;
    struct run *runs;
    size_t run_count;
    size_t run_capacity;
    size_t *heap; /* [heap_count] numbers of runs by (key, number): the least first */
    size_t heap_count;
};

weisu_code record_sorter_open(struct record_sorter **out, size_t run_bytes, weisu_err *err)
{
    struct record_sorter *sorter = memory_new_zeroed(NULL, 1, sizeof *sorter);
    *out = sorter;
    if (!sorter)
        return failure(err, WEISU_ENOMEM, "no memory for ordering the input");
    sorter->run_bytes = run_bytes;
    sorter->last_key = INT64_MIN;
    sorter->fd = -1;
    byte_buffer_init(&sorter->body, NULL);
    arena_init(&sorter->rows, NULL, BLOCK_BYTES);
    return WEISU_OK;
}

void record_sorter_close(struct record_sorter *sorter)
{
    if (!sorter)
        return;
    for (size_t i = 0; i < sorter->run_count; i++)
        memory_free(NULL, sorter->runs[i].buffer, sorter->runs[i].capacity, 1);
    memory_free(NULL, sorter->runs, sorter->run_capacity, sizeof *sorter->runs);
    memory_free(NULL, sorter->heap, sorter->run_count, sizeof *sorter->heap);
    memory_free(NULL, sorter->gathered, sorter->gathered_capacity, sizeof *sorter->gathered);
    arena_dispose(&sorter->rows);
    byte_buffer_dispose(&sorter->body);
    if (sorter->fd >= 0)
        close(sorter->fd);
    memory_free(NULL, sorter, 1, sizeof *sorter);
}

static weisu_code no_memory(weisu_err *err)
{
    return failure(err, WEISU_ENOMEM, "no memory for ordering the input");
}

static size_t size_of_row(const struct row_head *head)
{
    return sizeof *head + head->id_size + head->reporter_size + head->body_size;
}

/* ---- runs on their way to disk ---- */

static int compare_gathered(const void *left, const void *right)
{
    const struct gathered *a = left;
    const struct gathered *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static void sort_gathered(struct record_sorter *sorter)
{
    if (sorter->gathered_count)
        qsort(sorter->gathered, sorter->gathered_count, sizeof *sorter->gathered, compare_gathered);
}

static weisu_code flush(struct record_sorter *sorter, weisu_err *err)
{
    weisu_code code = temp_file_write(sorter->fd, sorter->body.data, sorter->body.size, err);
    sorter->written += sorter->body.size;
    byte_buffer_reset(&sorter->body);
    return code;
}

static weisu_code write_rows(struct record_sorter *sorter, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    byte_buffer_reset(&sorter->body);
    for (size_t i = 0; i < sorter->gathered_count && !code; i++) {
        struct row_head head;
        memcpy(&head, sorter->gathered[i].row, sizeof head);
        byte_buffer_append(&sorter->body, sorter->gathered[i].row, size_of_row(&head));
        if (sorter->body.failed)
            return no_memory(err);
        if (sorter->body.size >= BLOCK_BYTES)
            code = flush(sorter, err);
    }
    return code || !sorter->body.size ? code : flush(sorter, err);
}

static weisu_code write_run(struct record_sorter *sorter, weisu_err *err)
{
    if (sorter->fd < 0 && temp_file_open(&sorter->fd, err))
        return err ? err->code : WEISU_EIO;
    void *runs = sorter->runs;
    if (memory_reserve(NULL, &runs, &sorter->run_capacity, sorter->run_count + 1, sizeof *sorter->runs))
        return no_memory(err);
    sorter->runs = runs;
    struct run *run = &sorter->runs[sorter->run_count];
    *run = (struct run){.at = sorter->written};
    sort_gathered(sorter);
    weisu_code code = write_rows(sorter, err);
    if (code)
        return code;
    run->end = sorter->written;
    sorter->run_count++;
    sorter->gathered_count = sorter->row_bytes = 0;
    arena_reset(&sorter->rows);
    return WEISU_OK;
}

/* ---- adding ---- */

static weisu_code gather(struct record_sorter *sorter, const struct row_head *head, const weisu_record *record,
                         weisu_err *err)
{
    void *gathered = sorter->gathered;
    char *row = arena_take(&sorter->rows, size_of_row(head));
    if (!row || memory_reserve(NULL, &gathered, &sorter->gathered_capacity, sorter->gathered_count + 1,
                               sizeof *sorter->gathered))
        return no_memory(err);
    sorter->gathered = gathered;
    sorter->gathered[sorter->gathered_count++] = (struct gathered){head->key, sorter->count++, row};
    memcpy(row, head, sizeof *head);
    row += sizeof *head;
    if (head->id_size)
        memcpy(row, record->id.data, head->id_size);
    if (head->reporter_size)
        memcpy(row + head->id_size, record->reporter.data, head->reporter_size);
    memcpy(row + head->id_size + head->reporter_size, sorter->body.data, head->body_size);
    sorter->row_bytes += size_of_row(head) + sizeof *sorter->gathered;
    return WEISU_OK;
}

weisu_code record_sorter_add(struct record_sorter *sorter, const struct sorted_record *record, weisu_err *err)
{
    const weisu_record *r = &record->record;
    if (sorter->row_bytes >= sorter->run_bytes) {
        weisu_code code = write_run(sorter, err);
        if (code)
            return code;
    }
    if (r->time_ms != WEISU_NO_TIME)
        sorter->last_key = r->time_ms;
    byte_buffer_reset(&sorter->body);
    record_encode(&sorter->body, r);
    if (sorter->body.failed)
        return no_memory(err);
    struct row_head head = {.key = sorter->last_key,
                            .line = record->line,
                            .file = record->file,
                            .id_size = (uint32_t)r->id.size,
                            .reporter_size = (uint32_t)r->reporter.size,
                            .body_size = (uint32_t)sorter->body.size};
    return gather(sorter, &head, r, err);
}

/* ---- merging ---- */

/* At least `size` bytes from `used` on are in the buffer, which grows for a row that is longer than it. */
static weisu_code fill(struct record_sorter *sorter, struct run *run, size_t size, weisu_err *err)
{
    if (run->held - run->used >= size)
        return WEISU_OK;
    memmove(run->buffer, run->buffer + run->used, run->held - run->used);
    run->held -= run->used;
    run->used = 0;
    void *buffer = run->buffer;
    if (memory_reserve(NULL, &buffer, &run->capacity, size, 1))
        return no_memory(err);
    run->buffer = buffer;
    while (run->held < size) {
        uint64_t left = run->end - run->at;
        size_t room = run->capacity - run->held;
        ssize_t got = pread(sorter->fd, run->buffer + run->held, left < room ? (size_t)left : room, (off_t)run->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failure(err, WEISU_EIO, "cannot read the temporary file for ordering: %s", strerror(errno));
        if (got == 0)
            return failure(err, WEISU_ESTORE, "the temporary file for ordering is damaged");
        run->held += (size_t)got;
        run->at += (uint64_t)got;
    }
    return WEISU_OK;
}

static weisu_code read_head(struct record_sorter *sorter, struct run *run, weisu_err *err)
{
    weisu_code code = fill(sorter, run, sizeof run->head, err);
    if (!code)
        memcpy(&run->head, run->buffer + run->used, sizeof run->head);
    return code;
}

/* Of two runs with one key the earlier comes first: its records were added first. */
static int is_before(const struct record_sorter *sorter, size_t a, size_t b)
{
    int64_t x = sorter->runs[a].head.key;
    int64_t y = sorter->runs[b].head.key;
    return x != y ? x < y : a < b;
}

static void sink(struct record_sorter *sorter, size_t at)
{
    size_t *heap = sorter->heap;
    for (size_t child = 2 * at + 1; child < sorter->heap_count; at = child, child = 2 * at + 1) {
        if (child + 1 < sorter->heap_count && is_before(sorter, heap[child + 1], heap[child]))
            child++;
        if (!is_before(sorter, heap[child], heap[at]))
            return;
        size_t swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

static weisu_code open_run(struct record_sorter *sorter, size_t number, size_t buffer_bytes, weisu_err *err)
{
    struct run *run = &sorter->runs[number];
    run->buffer = memory_new(NULL, buffer_bytes, 1);
    if (!run->buffer)
        return no_memory(err);
    run->capacity = buffer_bytes;
    sorter->heap[sorter->heap_count++] = number;
    return read_head(sorter, run, err);
}

static size_t buffer_size(const struct record_sorter *sorter)
{
    size_t share = sorter->run_bytes / sorter->run_count;
    return share < LEAST_BUFFER ? LEAST_BUFFER : share > MOST_BUFFER ? MOST_BUFFER : share;
}

weisu_code record_sorter_finish(struct record_sorter *sorter, weisu_err *err)
{
    if (!sorter->run_count) {
        sort_gathered(sorter);
        return WEISU_OK;
    }
    weisu_code code = sorter->gathered_count ? write_run(sorter, err) : WEISU_OK;
    arena_dispose(&sorter->rows);
    sorter->heap = memory_new(NULL, sorter->run_count, sizeof *sorter->heap);
    if (!code && !sorter->heap)
        code = no_memory(err);
    for (size_t i = 0; i < sorter->run_count && !code; i++)
        code = open_run(sorter, i, buffer_size(sorter), err);
    for (size_t i = sorter->heap_count; i-- > 0;)
        sink(sorter, i);
    return code;
}

/* ---- taking ---- */

static weisu_code decode(const char *row, struct arena *arena, struct sorted_record *out, weisu_err *err)
{
    struct row_head head;
    memcpy(&head, row, sizeof head);
    weisu_str bytes = arena_copy(arena, (weisu_str){row + sizeof head, size_of_row(&head) - sizeof head});
    if (!bytes.data)
        return no_memory(err);
    size_t before = (size_t)head.id_size + head.reporter_size;
    weisu_code code = record_decode(&out->record, (weisu_str){bytes.data + before, head.body_size}, err);
    out->record.id = (weisu_str){bytes.data, head.id_size};
    out->record.reporter = (weisu_str){bytes.data + head.id_size, head.reporter_size};
    out->file = head.file;
    out->line = head.line;
    return code;
}

static weisu_code take_from_disk(struct record_sorter *sorter, struct arena *arena, struct sorted_record *out,
                                 int *more, weisu_err *err)
{
    *more = sorter->heap_count > 0;
    if (!*more)
        return WEISU_OK;
    struct run *run = &sorter->runs[sorter->heap[0]];
    size_t size = size_of_row(&run->head);
    weisu_code code = fill(sorter, run, size, err);
    if (!code)
        code = decode(run->buffer + run->used, arena, out, err);
    if (code)
        return code;
    run->used += size;
    if (run->used == run->held && run->at == run->end)
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    else
        code = read_head(sorter, run, err);
    sink(sorter, 0);
    return code;
}

weisu_code record_sorter_next(struct record_sorter *sorter, struct arena *arena, struct sorted_record *out, int *more,
                              weisu_err *err)
{
    if (sorter->run_count)
        return take_from_disk(sorter, arena, out, more, err);
    *more = sorter->taken < sorter->gathered_count;
    return *more ? decode(sorter->gathered[sorter->taken++].row, arena, out, err) : WEISU_OK;
}

uint64_t record_sorter_count(const struct record_sorter *sorter)
{
    return sorter->count;
}

size_t record_sorter_runs(const struct record_sorter *sorter)
{
    return sorter->run_count;
}
