/* State: rows out, rows in. */
#include "cluster/cluster_index.h"

#include "base/failure.h"
#include "cluster/body_rows.h"
#include "cluster/index_fields.h"
#include "cluster/union_rows.h"

#define META_KEY UINT64_MAX /* of STATE_CLUSTER: what belongs to no cluster */

/* ---- saving ---- */

static weisu_code put_row(const struct state_sink *sink, uint32_t table, uint64_t key, const struct byte_buffer *bytes,
                          weisu_err *err)
{
    if (bytes->failed)
        return failure(err, WEISU_ENOMEM, "no memory to save clusters");
    struct state_row row = {table, key, bytes->data, bytes->size};
    return sink->put(sink->context, &row, err);
}

static weisu_code save_meta(const struct cluster_index *index, const struct state_sink *sink, struct byte_buffer *bytes,
                            weisu_err *err)
{
    byte_buffer_reset(bytes);
    row_write(bytes, index->slots, 4);
    row_write(bytes, index->records, 8);
    row_write(bytes, index->capped, 8);
    row_write(bytes, (uint64_t)index->clock_ms, 8);
    row_write(bytes, index->folded_day, 4);
    row_write(bytes, index->model.documents, 8);
    row_write(bytes, index->model.published_documents, 8);
    row_write(bytes, index->published_active, 8);
    row_write(bytes, (uint64_t)index->reviewed_hour, 8);
    row_write(bytes, index->proposals, 8);
    return put_row(sink, STATE_CLUSTER, META_KEY, bytes, err);
}

static weisu_code save_body(const struct cluster_index *index, uint32_t slot, const struct state_sink *sink,
                            struct byte_buffer *bytes, weisu_err *err)
{
    byte_buffer_reset(bytes);
    body_write(bytes, &index->pool, index->body[slot], index->lexicon);
    return put_row(sink, STATE_CLUSTER, slot, bytes, err);
}

static weisu_code save_term(const struct state_sink *sink, uint64_t term, const struct model_entry *entry,
                            struct byte_buffer *bytes, weisu_err *err)
{
    byte_buffer_reset(bytes);
    if (entry) {
        row_write(bytes, model_live(entry), 4);
        row_write(bytes, entry->published, 4);
    }
    return put_row(sink, STATE_TERM, term, bytes, err);
}

static weisu_code save_all(const struct cluster_index *index, const struct state_sink *sink, struct byte_buffer *bytes,
                           weisu_err *err)
{
    const struct cluster_model *model = &index->model;
    weisu_code code = WEISU_OK;
    for (size_t slot = 0; slot < index->slots && !code; slot++)
        code = save_body(index, (uint32_t)slot, sink, bytes, err);
    for (size_t i = 0; i < model->capacity && !code; i++)
        if (model->entry[i].term)
            code = save_term(sink, model->entry[i].term, &model->entry[i], bytes, err);
    return code;
}

/* Bodies lie all over the pool: the one that is soon to be written is asked for now, its handle before it. */
static void prefetch_unsaved(const struct cluster_index *index)
{
    enum { BODY_AHEAD = 6, HANDLE_AHEAD = 12 };
    const struct slot_list *unsaved = &index->unsaved;
    if (unsaved->count >= HANDLE_AHEAD)
        __builtin_prefetch(&index->body[unsaved->slot[unsaved->count - HANDLE_AHEAD]]);
    if (unsaved->count < BODY_AHEAD)
        return;
    const char *body = pool_at(&index->pool, index->body[unsaved->slot[unsaved->count - BODY_AHEAD]]);
    for (size_t line = 0; line < 256; line += 64)
        __builtin_prefetch(body + line);
}

static weisu_code drain_bodies(struct cluster_index *index, const struct state_sink *sink, struct byte_buffer *bytes,
                               weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (index->unsaved.count && !code && !state_sink_is_full(sink)) {
        uint32_t slot = index->unsaved.slot[--index->unsaved.count];
        prefetch_unsaved(index);
        *body_flags(&index->pool, index->body[slot]) &= (uint8_t)~BODY_UNSAVED;
        code = save_body(index, slot, sink, bytes, err);
    }
    return code;
}

static weisu_code drain_terms(struct cluster_model *model, const struct state_sink *sink, struct byte_buffer *bytes,
                              weisu_err *err)
{
    weisu_code code = WEISU_OK;
    uint64_t term;
    while (!code && !state_sink_is_full(sink) && model_take_unsaved(model, &term))
        code = save_term(sink, term, model_find(model, term), bytes, err);
    return code;
}

weisu_code cluster_drain(struct cluster_index *index, const struct state_sink *sink, int *left, weisu_err *err)
{
    struct byte_buffer bytes;
    byte_buffer_init(&bytes, index->allocator);
    weisu_code code = drain_bodies(index, sink, &bytes, err);
    if (!code)
        code = drain_terms(&index->model, sink, &bytes, err);
    byte_buffer_dispose(&bytes);
    *left = index->unsaved.count + index->model.unsaved.count != 0;
    return code;
}

static void forget_unsaved(struct cluster_index *index)
{
    uint64_t term;
    for (size_t i = 0; i < index->unsaved.count; i++)
        *body_flags(&index->pool, index->body[index->unsaved.slot[i]]) &= (uint8_t)~BODY_UNSAVED;
    index->unsaved.count = 0;
    while (model_take_unsaved(&index->model, &term)) {
    }
}

weisu_code cluster_save(struct cluster_index *index, int all, const struct state_sink *sink, weisu_err *err)
{
    struct byte_buffer bytes;
    byte_buffer_init(&bytes, index->allocator);
    weisu_code code = save_meta(index, sink, &bytes, err);
    if (!code && all)
        code = save_all(index, sink, &bytes, err);
    if (!code && all)
        forget_unsaved(index);
    if (!code)
        code = drain_bodies(index, sink, &bytes, err);
    if (!code)
        code = drain_terms(&index->model, sink, &bytes, err);
    /* Merges are few: they stand in the last part, whole or not. */
    if (!code)
        code = union_rows_save(index, all, sink, &bytes, err);
    if (!code)
        union_rows_saved(index);
    byte_buffer_dispose(&bytes);
    return code;
}

/* ---- loading ---- */

static weisu_code damaged(weisu_err *err)
{
    return failure(err, WEISU_ESTATE, "a row of the clusters is damaged");
}

static weisu_code load_meta(struct cluster_index *index, struct row_source *in, weisu_err *err)
{
    uint32_t slots = (uint32_t)row_read(in, 4);
    index->records = row_read(in, 8);
    index->capped = row_read(in, 8);
    index->clock_ms = (int64_t)row_read(in, 8);
    index->folded_day = (uint32_t)row_read(in, 4);
    uint64_t live = row_read(in, 8);
    uint64_t published = row_read(in, 8);
    model_restore_documents(&index->model, live, published);
    index->published_active = row_read(in, 8);
    index->reviewed_hour = (int64_t)row_read(in, 8);
    index->proposals = index->saved_proposals = row_read(in, 8);
    model_set_density(&index->model, index->published_active);
    index->loaded_slots = slots;
    return in->failed || in->left ? damaged(err) : WEISU_OK;
}

static weisu_code load_body(struct cluster_index *index, uint64_t slot, struct row_source *in, weisu_err *err)
{
    size_t known = index->slot_capacity;
    if (slot >= CLUSTER_NONE)
        return damaged(err);
    if (memory_reserve(index->allocator, (void **)&index->body, &index->slot_capacity, (size_t)slot + 1,
                       sizeof *index->body) ||
        pool_reserve(&index->pool, BODY_RESERVE))
        return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    for (size_t i = known; i < index->slot_capacity; i++)
        index->body[i] = 0;
    index->body[slot] = body_read(in, &index->pool, index->lexicon);
    if (!index->body[slot])
        return damaged(err);
    index->slots = index->slots > slot ? index->slots : (size_t)slot + 1;
    return WEISU_OK;
}

static weisu_code load_term(struct cluster_index *index, uint64_t term, struct row_source *in, weisu_err *err)
{
    uint32_t live = (uint32_t)row_read(in, 4);
    uint32_t published = (uint32_t)row_read(in, 4);
    if (in->failed || in->left)
        return damaged(err);
    if (model_reserve(&index->model, 1))
        return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    model_restore(&index->model, term, live, published);
    return WEISU_OK;
}

weisu_code cluster_load(struct cluster_index *index, const struct state_row *row, weisu_err *err)
{
    struct row_source in = {.at = row->data, .left = row->size};
    if (row->size == 0)
        return WEISU_OK;
    if (row->table == STATE_TERM)
        return load_term(index, row->key, &in, err);
    weisu_code code = row->key == META_KEY          ? load_meta(index, &in, err)
                      : row->key >= UNION_ROWS_FROM ? union_rows_load(index, row->key, &in, err)
                                                    : load_body(index, row->key, &in, err);
    index->homeless += in.homeless;
    return code;
}

static int rebuild_slot(struct cluster_index *index, uint32_t slot)
{
    uint32_t tags[GROUP_POSTED_MAX];
    uint32_t block = index->body[slot];
    if (*body_flags(&index->pool, block) & BODY_FOLDED)
        return 0;
    uint32_t day = index_last_day(index, slot);
    if (slot_list_reserve(index->allocator, index_day(index, day), 1) ||
        slot_list_reserve(index->allocator, &index->crowded, GROUP_POSTED_MAX))
        return -1;
    slot_list_push(index_day(index, day), slot);
    uint32_t count = body_posted(&index->pool, block, tags);
    for (uint32_t i = 0; i < count; i++) {
        if (posting_reserve(&index->postings, tags[i], 1))
            return -1;
        if (posting_add(&index->postings, tags[i], slot, UINT32_MAX) > LIST_TRIMMED)
            slot_list_push(&index->crowded, tags[i]);
    }
    if (*body_flags(&index->pool, block) & BODY_PLACED) {
        uint32_t tag = body_place_tag(&index->pool, block);
        if (posting_reserve(&index->places, tag, 1))
            return -1;
        posting_add(&index->places, tag, slot, UINT32_MAX);
    }
    index->active++;
    return 0;
}

weisu_code cluster_loaded(struct cluster_index *index, weisu_err *err)
{
    if (index->slots != index->loaded_slots)
        return damaged(err);
    for (size_t i = 0; i < index->slots; i++) {
        if (!index->body[i])
            return damaged(err);
        if (rebuild_slot(index, (uint32_t)i))
            return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    }
    return union_rows_loaded(index) ? damaged(err) : WEISU_OK;
}
