#include "detect/case_window.h"

#include "base/failure.h"

#include <stdlib.h>

struct window_chunk {
    struct window_case cases[WINDOW_CHUNK];
    struct byte_buffer ids;
};

struct loaded_case {
    uint64_t number;
    struct window_case kept;
    size_t id_offset;
};

#define DAY_MS INT64_C(86400000)

void case_window_init(struct case_window *window, const weisu_allocator *allocator)
{
    *window = (struct case_window){.allocator = allocator};
    for (size_t chain = 0; chain < WINDOW_CHAINS; chain++)
        id_map_init(&window->last[chain], allocator);
    byte_buffer_init(&window->loaded_ids, allocator);
}

static struct window_chunk **chunk_slot(const struct case_window *window, uint64_t number)
{
    return &window->chunks[number / WINDOW_CHUNK & (window->ring - 1)];
}

static void free_chunk(struct case_window *window, struct window_chunk **slot)
{
    if (*slot)
        byte_buffer_dispose(&(*slot)->ids);
    memory_free(window->allocator, *slot, 1, sizeof **slot);
    *slot = NULL;
}

static void forget_loaded(struct case_window *window)
{
    memory_free(window->allocator, window->loaded, window->loaded_capacity, sizeof *window->loaded);
    byte_buffer_dispose(&window->loaded_ids);
    window->loaded = NULL;
    window->loaded_count = window->loaded_capacity = 0;
}

void case_window_dispose(struct case_window *window)
{
    for (size_t i = 0; i < window->ring; i++)
        free_chunk(window, &window->chunks[i]);
    memory_free(window->allocator, window->chunks, window->ring, sizeof(struct window_chunk *));
    memory_free(window->allocator, window->changed, window->changed_capacity, sizeof *window->changed);
    window->changed = NULL;
    window->changed_count = window->changed_capacity = 0;
    for (size_t chain = 0; chain < WINDOW_CHAINS; chain++)
        id_map_dispose(&window->last[chain]);
    forget_loaded(window);
    window->chunks = NULL;
    window->ring = 0;
}

/* ---- growing ---- */

static int grow_ring(struct case_window *window)
{
    struct case_window grown = *window;
    grown.ring = window->ring ? window->ring * 2 : 16;
    grown.chunks = memory_new_zeroed(window->allocator, grown.ring, sizeof(struct window_chunk *));
    if (!grown.chunks)
        return -1;
    for (uint64_t n = window->first / WINDOW_CHUNK; window->ring && n <= window->next / WINDOW_CHUNK; n++)
        *chunk_slot(&grown, n * WINDOW_CHUNK) = *chunk_slot(window, n * WINDOW_CHUNK);
    memory_free(window->allocator, window->chunks, window->ring, sizeof(struct window_chunk *));
    window->chunks = grown.chunks;
    window->ring = grown.ring;
    return 0;
}

int case_window_reserve(struct case_window *window, size_t id_size)
{
    /* One chunk stays free between the newest and the oldest, so that a slot never has two owners. */
    if (window->next / WINDOW_CHUNK - window->first / WINDOW_CHUNK + 2 > window->ring && grow_ring(window))
        return -1;
    struct window_chunk **slot = chunk_slot(window, window->next);
    if (!*slot) {
        *slot = memory_new(window->allocator, 1, sizeof **slot);
        if (!*slot)
            return -1;
        byte_buffer_init(&(*slot)->ids, window->allocator);
    }
    if (!byte_buffer_room(&(*slot)->ids, id_size + 1)) {
        (*slot)->ids.failed = 0;
        return -1;
    }
    int failed = 0;
    for (size_t chain = 0; chain < WINDOW_CHAINS && !failed; chain++)
        failed = id_map_reserve(&window->last[chain], window->last[chain].count + 1);
    return failed;
}

/* Room was reserved. */
static void link_case(struct case_window *window, struct window_case *added, enum window_chain chain)
{
    added->back[chain] = 0;
    if (!added->key[chain])
        return;
    uint64_t last = case_window_last_of(window, chain, added->key[chain]);
    added->back[chain] = last == window->next ? 0 : (uint32_t)(window->next - last);
    (void)id_map_put(&window->last[chain], added->key[chain], (uint32_t)(window->next & (ID_MAP_NONE >> 1)));
}

void case_window_add(struct case_window *window, const struct window_case *added, weisu_str id)
{
    struct window_chunk *chunk = *chunk_slot(window, window->next);
    struct window_case *slot = &chunk->cases[window->next % WINDOW_CHUNK];
    *slot = *added;
    slot->id_offset = (uint32_t)chunk->ids.size;
    slot->id_size = (uint16_t)id.size;
    byte_buffer_append_str(&chunk->ids, id);
    link_case(window, slot, CHAIN_REPORTER);
    link_case(window, slot, CHAIN_ADDRESS);
    window->next++;
}

static void drop_first(struct case_window *window)
{
    const struct window_case *oldest = case_window_at(window, window->first);
    for (size_t chain = 0; chain < WINDOW_CHAINS; chain++)
        if (oldest->key[chain] && case_window_last_of(window, chain, oldest->key[chain]) == window->first)
            id_map_remove(&window->last[chain], oldest->key[chain]);
    window->first++;
    if (window->first % WINDOW_CHUNK == 0)
        free_chunk(window, chunk_slot(window, window->first - 1));
}

void case_window_evict(struct case_window *window, int64_t clock_ms)
{
    int64_t oldest_ms = clock_ms - WINDOW_DAYS * DAY_MS;
    while (window->first < window->next && (case_window_at(window, window->first)->time_ms < oldest_ms ||
                                            window->next - window->first > WINDOW_MAX_CASES))
        drop_first(window);
}

/* ---- withdrawing ---- */

uint64_t case_window_find(const struct case_window *window, uint64_t sequence)
{
    uint64_t low = window->first;
    uint64_t high = window->next;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (case_window_at(window, middle)->sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < window->next && case_window_at(window, low)->sequence == sequence ? low : window->next;
}

int case_window_withdraw(struct case_window *window, uint64_t number, int is_withdrawn)
{
    void *changed = window->changed;
    if (memory_reserve(window->allocator, &changed, &window->changed_capacity, window->changed_count + 1,
                       sizeof *window->changed))
        return -1;
    window->changed = changed;
    window->changed[window->changed_count++] = number;
    (*chunk_slot(window, number))->cases[number % WINDOW_CHUNK].withdrawn = is_withdrawn != 0;
    return 0;
}

/* ---- looking ---- */

const struct window_case *case_window_at(const struct case_window *window, uint64_t number)
{
    return &(*chunk_slot(window, number))->cases[number % WINDOW_CHUNK];
}

weisu_str case_window_id(const struct case_window *window, uint64_t number)
{
    const struct window_chunk *chunk = *chunk_slot(window, number);
    const struct window_case *at = &chunk->cases[number % WINDOW_CHUNK];
    return (weisu_str){chunk->ids.data + at->id_offset, at->id_size};
}

uint64_t case_window_last_of(const struct case_window *window, enum window_chain chain, uint64_t key)
{
    uint32_t low = id_map_get(&window->last[chain], key);
    if (low == ID_MAP_NONE)
        return window->next;
    /* Fewer than 2^31 cases are kept, so the low bits and the newest number give the whole one. */
    uint64_t back = (window->next - low) & (ID_MAP_NONE >> 1);
    return back == 0 || back > window->next - window->first ? window->next : window->next - back;
}

uint64_t case_window_before(const struct case_window *window, enum window_chain chain, uint64_t number)
{
    uint32_t back = case_window_at(window, number)->back[chain];
    return back == 0 || back > number - window->first ? window->next : number - back;
}

size_t case_window_bytes(const struct case_window *window)
{
    size_t chunks = window->ring ? (size_t)(window->next / WINDOW_CHUNK - window->first / WINDOW_CHUNK + 1) : 0;
    return chunks * (sizeof(struct window_chunk) + WINDOW_CHUNK * 16) + window->ring * sizeof(struct window_chunk *) +
           id_map_bytes(&window->last[CHAIN_REPORTER]) + id_map_bytes(&window->last[CHAIN_ADDRESS]);
}

/* ---- state ---- */

static void write_case(const struct case_window *window, const struct path_model *model, uint64_t number,
                       struct byte_buffer *out)
{
    const struct window_case *at = case_window_at(window, number);
    row_put(out, (uint64_t)at->time_ms, 8);
    row_put(out, at->sequence, 8);
    row_put(out, at->key[CHAIN_REPORTER], 8);
    row_put(out, at->key[CHAIN_ADDRESS], 8);
    row_put(out, path_model_place_key(model, &at->path), 8);
    row_put(out, at->path.spot, 8);
    row_put(out, path_model_topic_key(model, &at->path), 8);
    row_put(out, at->cluster, 4);
    row_put(out, at->date_only, 1);
    row_put(out, at->withdrawn, 1);
    row_put(out, at->within_day_ms, 4);
    row_put_str(out, case_window_id(window, number));
}

static weisu_code put_case(const struct case_window *window, const struct path_model *model, uint64_t number,
                           const struct state_sink *sink, struct byte_buffer *row, weisu_err *err)
{
    byte_buffer_reset(row);
    write_case(window, model, number, row);
    return row_send(sink, STATE_WINDOW_CASE, number, row, err);
}

/* What has left goes first; those that changed later are gone by then, or are written anew. */
static weisu_code drain_old(struct case_window *window, const struct path_model *model, const struct state_sink *sink,
                            struct byte_buffer *row, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (window->saved_first < window->first && !code && !state_sink_is_full(sink)) {
        if (window->saved_first < window->saved)
            code = row_send_gone(sink, STATE_WINDOW_CASE, window->saved_first, err);
        window->saved_first++;
    }
    while (window->changed_count && !code && !state_sink_is_full(sink)) {
        uint64_t n = window->changed[--window->changed_count];
        if (n >= window->first && n < window->saved)
            code = put_case(window, model, n, sink, row, err);
    }
    return code;
}

weisu_code case_window_drain(struct case_window *window, const struct path_model *model, const struct state_sink *sink,
                             weisu_err *err)
{
    struct byte_buffer row;
    byte_buffer_init(&row, window->allocator);
    weisu_code code = drain_old(window, model, sink, &row, err);
    if (window->saved < window->first && window->saved_first == window->first)
        window->saved = window->first; /* those between came and went unsaved */
    while (window->saved_first == window->first && window->saved < window->next && !code && !state_sink_is_full(sink))
        code = put_case(window, model, window->saved++, sink, &row, err);
    byte_buffer_dispose(&row);
    return code;
}

int case_window_unsaved(const struct case_window *window)
{
    return window->saved_first != window->first || window->changed_count || window->saved != window->next;
}

void case_window_note_all_changed(struct case_window *window)
{
    window->saved = window->saved < window->first ? window->saved : window->first;
    window->changed_count = 0;
}

weisu_code case_window_load(struct case_window *window, const struct path_model *model, const struct state_row *row,
                            uint64_t *homeless, weisu_err *err)
{
    if (memory_reserve(window->allocator, (void **)&window->loaded, &window->loaded_capacity, window->loaded_count + 1,
                       sizeof *window->loaded))
        return failure(err, WEISU_ENOMEM, "no memory for the cases of the window");
    struct row_reader in = row_reader_of(row->data, row->size);
    struct loaded_case *to = &window->loaded[window->loaded_count];
    memset(to, 0, sizeof *to);
    to->number = row->key;
    to->kept.time_ms = (int64_t)row_get(&in, 8);
    to->kept.sequence = row_get(&in, 8);
    to->kept.key[CHAIN_REPORTER] = row_get(&in, 8);
    to->kept.key[CHAIN_ADDRESS] = row_get(&in, 8);
    uint64_t place = row_get(&in, 8);
    uint64_t spot = row_get(&in, 8);
    uint64_t topic = row_get(&in, 8);
    uint32_t division = path_model_find_place(model, place);
    uint32_t node = path_model_find_topic(model, topic);
    *homeless += (uint64_t)(place && division == PATH_NONE) + (uint64_t)(topic && node == PATH_NONE);
    subject_path_fill(model, division, spot, node, &to->kept.path);
    to->kept.cluster = (uint32_t)row_get(&in, 4);
    to->kept.date_only = (uint8_t)row_get(&in, 1);
    to->kept.withdrawn = (uint8_t)row_get(&in, 1);
    to->kept.within_day_ms = (uint32_t)row_get(&in, 4);
    weisu_str id = row_get_str(&in);
    if (!row_is_done(&in))
        return failure(err, WEISU_ESTATE, "a case of the window is damaged");
    to->id_offset = window->loaded_ids.size;
    to->kept.id_size = (uint16_t)id.size;
    byte_buffer_append_str(&window->loaded_ids, id);
    window->loaded_count++;
    return window->loaded_ids.failed ? failure(err, WEISU_ENOMEM, "no memory for the cases of the window") : WEISU_OK;
}

static int by_number(const void *a, const void *b)
{
    const struct loaded_case *x = a;
    const struct loaded_case *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

weisu_code case_window_loaded(struct case_window *window, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    if (window->loaded_count) {
        qsort(window->loaded, window->loaded_count, sizeof *window->loaded, by_number);
        window->first = window->next = window->loaded[0].number;
    }
    for (size_t i = 0; i < window->loaded_count && !code; i++) {
        const struct loaded_case *from = &window->loaded[i];
        if (from->number != window->next)
            code = failure(err, WEISU_ESTATE, "a case of the window is missing");
        else if (case_window_reserve(window, from->kept.id_size))
            code = failure(err, WEISU_ENOMEM, "no memory for the cases of the window");
        else
            case_window_add(window, &from->kept,
                            (weisu_str){window->loaded_ids.data + from->id_offset, from->kept.id_size});
    }
    forget_loaded(window);
    window->saved = window->next;
    window->saved_first = window->first;
    return code;
}
