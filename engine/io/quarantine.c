#include "io/quarantine.h"

#include "base/arena.h"
#include "base/failure.h"
#include "base/json_writer.h"
#include "io/record_raw.h"
#include "io/record_render.h"

#include <string.h>

/* Masked before the cut, and some way beyond it, so that a value across the cut is seen whole. */
enum { masked_bytes = RECORD_RAW_BYTES + 1024 };

struct quarantine {
    struct quarantine_setup setup;
    struct out_file *file;
    struct arena arena;
    struct byte_buffer rendered; /* a record that stands for its line */
};

weisu_code quarantine_open(struct quarantine **out, const char *path, const struct quarantine_setup *setup,
                           weisu_err *err)
{
    *out = NULL;
    struct quarantine *q = memory_new_zeroed(setup->allocator, 1, sizeof *q);
    if (!q)
        return failure(err, WEISU_ENOMEM, "no memory for the quarantine");
    q->setup = *setup;
    arena_init(&q->arena, setup->allocator, 2 * masked_bytes);
    byte_buffer_init(&q->rendered, setup->allocator);
    weisu_code code = out_file_open(&q->file, path, setup->mode, setup->allocator, err);
    if (code)
        quarantine_discard(q);
    else
        *out = q;
    return code;
}

/* ---- rows ---- */

/* .data NULL when memory is out. */
static weisu_str shown_raw(struct quarantine *q, const struct quarantine_row *row)
{
    weisu_str raw = row->raw;
    if (!raw.size && row->record) {
        byte_buffer_reset(&q->rendered);
        record_render(&q->rendered, row->record, q->setup.options ? q->setup.options->zone : NULL);
        raw = (weisu_str){q->rendered.data, q->rendered.size};
        if (q->rendered.failed)
            return (weisu_str){NULL, 0};
    }
    if (q->setup.keep_raw || !raw.size)
        return raw.data ? raw : (weisu_str){"", 0};
    size_t size = raw.size < masked_bytes ? raw.size : masked_bytes;
    char *copy = arena_take(&q->arena, size);
    if (!copy)
        return (weisu_str){NULL, 0};
    memcpy(copy, raw.data, size);
    record_raw_hide(q->setup.options, copy, size);
    return record_raw_cut((weisu_str){copy, size});
}

weisu_code quarantine_add(struct quarantine *q, const struct quarantine_row *row, weisu_err *err)
{
    arena_reset(&q->arena);
    weisu_str raw = shown_raw(q, row);
    if (!raw.data)
        return failure(err, WEISU_ENOMEM, "no memory for a row of the quarantine");
    struct json_writer w;
    json_writer_init(&w, out_file_buffer(q->file));
    json_begin_object(&w);
    json_key(&w, "file");
    json_text(&w, row->file);
    json_key(&w, "line");
    json_uint(&w, row->line);
    json_key(&w, "code");
    json_text(&w, weisu_code_name(row->code));
    json_key(&w, "message");
    json_string(&w, row->message);
    json_key(&w, "raw");
    json_string(&w, raw);
    json_end_object(&w);
    json_end_line(&w);
    return out_file_end_record(q->file) ? out_file_flush(q->file, err) : WEISU_OK;
}

weisu_code quarantine_flush(struct quarantine *q, weisu_err *err)
{
    return out_file_flush(q->file, err);
}

weisu_code quarantine_commit(struct quarantine *q, weisu_err *err)
{
    struct out_file *file = q->file;
    q->file = NULL;
    quarantine_discard(q);
    return out_file_commit(file, err);
}

void quarantine_discard(struct quarantine *q)
{
    if (!q)
        return;
    out_file_discard(q->file);
    byte_buffer_dispose(&q->rendered);
    arena_dispose(&q->arena);
    memory_free(q->setup.allocator, q, 1, sizeof *q);
}
