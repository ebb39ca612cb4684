#include "detect/bout_table.h"

#include "base/failure.h"

void bout_table_init(struct bout_table *table, const weisu_allocator *allocator)
{
    *table = (struct bout_table){.allocator = allocator, .least = BOUT_LEAST, .history_day = INT32_MAX};
    id_map_init(&table->last, allocator);
}

void bout_table_dispose(struct bout_table *table)
{
    memory_free(table->allocator, table->bout, table->capacity, sizeof *table->bout);
    id_map_dispose(&table->last);
    bout_table_init(table, table->allocator);
}

int bout_table_reserve(struct bout_table *table, size_t more)
{
    if (table->count + more > BOUTS_MAX)
        more = 1; /* a full table makes room by itself */
    void *bouts = table->bout;
    int failed = memory_reserve(table->allocator, &bouts, &table->capacity, table->count + more, sizeof *table->bout);
    table->bout = bouts;
    return failed || id_map_reserve(&table->last, table->last.count + more) ? -1 : 0;
}

/* ---- seeing ---- */

/* The cell's bout that is going on, or NULL. */
static struct bout *open_bout(const struct bout_table *table, uint64_t key, int32_t day)
{
    uint32_t at = id_map_get(&table->last, key);
    if (at == ID_MAP_NONE || table->bout[at].last_day + BOUT_PAUSE_DAYS < day)
        return NULL;
    return &table->bout[at];
}

static void index_again(struct bout_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        table->bout[i].changed = 1;                            /* its number is another one */
        (void)id_map_put(&table->last, table->bout[i].key, i); /* replaces, or the key was there before */
    }
}

/* Keeps what took more than `least` reporters; where that is everything, the older half goes. */
static void make_room(struct bout_table *table)
{
    size_t kept = 0;
    table->least++;
    for (size_t i = 0; i < table->count; i++)
        id_map_remove(&table->last, table->bout[i].key);
    for (size_t i = 0; i < table->count; i++)
        if (table->bout[i].reporters >= table->least)
            table->bout[kept++] = table->bout[i];
    if (kept == BOUTS_MAX) {
        kept /= 2;
        memmove(table->bout, table->bout + kept, (BOUTS_MAX - kept) * sizeof *table->bout);
    }
    table->count = kept;
    index_again(table);
}

static void keep_id(struct bout *bout, weisu_str id)
{
    if (bout->id_count == BOUT_IDS || id.size == 0 || id.size > BOUT_ID_BYTES)
        return;
    memcpy(bout->id[bout->id_count], id.data, id.size);
    bout->id_size[bout->id_count++] = (uint8_t)id.size;
}

void bout_table_see(struct bout_table *table, const struct bout *seen, weisu_str id)
{
    struct bout *bout = open_bout(table, seen->key, seen->last_day);
    if (!bout && seen->reporters < table->least)
        return;
    if (!bout) {
        if (table->count >= BOUTS_MAX)
            make_room(table);
        bout = &table->bout[table->count];
        *bout = *seen;
        bout->id_count = 0;
        (void)id_map_put(&table->last, seen->key, (uint32_t)table->count++); /* reserved */
    } else {
        bout->reporters++;
        bout->last_day = seen->last_day > bout->last_day ? seen->last_day : bout->last_day;
        bout->cluster = seen->cluster;
    }
    bout->changed = 1;
    keep_id(bout, id);
}

size_t bout_table_bytes(const struct bout_table *table)
{
    return table->capacity * sizeof *table->bout + id_map_bytes(&table->last);
}

/* ---- state ---- */

static void write_bout(const struct bout *bout, const struct path_model *model, struct byte_buffer *out)
{
    row_put(out, bout->key, 8);
    row_put(out, path_model_place_key(model, &bout->path), 8);
    row_put(out, bout->path.spot, 8);
    row_put(out, path_model_topic_key(model, &bout->path), 8);
    row_put(out, (uint32_t)bout->first_day, 4);
    row_put(out, (uint32_t)bout->last_day, 4);
    row_put(out, bout->reporters, 4);
    row_put(out, bout->cluster, 4);
    row_put(out, bout->slot, 1);
    row_put(out, bout->id_count, 1);
    for (size_t i = 0; i < bout->id_count; i++)
        row_put_str(out, (weisu_str){bout->id[i], bout->id_size[i]});
}

weisu_code bout_table_save(struct bout_table *table, int all, const struct path_model *model,
                           const struct state_sink *sink, uint64_t first_key, weisu_err *err)
{
    struct byte_buffer row;
    weisu_code code = WEISU_OK;
    byte_buffer_init(&row, table->allocator);
    for (size_t i = 0; i < table->count && !code; i++) {
        if (!table->bout[i].changed && !all)
            continue;
        byte_buffer_reset(&row);
        write_bout(&table->bout[i], model, &row);
        code = row_send(sink, STATE_GROWTH, first_key + i, &row, err);
        table->bout[i].changed = code != WEISU_OK;
    }
    for (size_t i = table->count; i < table->saved && !code; i++)
        code = row_send_gone(sink, STATE_GROWTH, first_key + i, err);
    if (!code)
        table->saved = table->count;
    byte_buffer_dispose(&row);
    return code;
}

int bout_table_load(struct bout_table *table, const struct path_model *model, uint64_t number, struct row_reader *in)
{
    void *bouts = table->bout;
    if (number >= BOUTS_MAX ||
        memory_reserve(table->allocator, &bouts, &table->capacity, number + 1, sizeof *table->bout))
        return -1;
    table->bout = bouts;
    for (; table->count <= number; table->count++)
        memset(&table->bout[table->count], 0, sizeof *table->bout);
    struct bout *bout = &table->bout[number];
    bout->key = row_get(in, 8);
    uint64_t place = row_get(in, 8);
    uint64_t spot = row_get(in, 8);
    uint64_t topic = row_get(in, 8);
    bout->first_day = (int32_t)row_get(in, 4);
    bout->last_day = (int32_t)row_get(in, 4);
    bout->reporters = (uint32_t)row_get(in, 4);
    bout->cluster = (uint32_t)row_get(in, 4);
    bout->slot = (uint8_t)row_get(in, 1);
    uint64_t ids = row_get(in, 1);
    if (in->failed || bout->slot >= PATH_SLOTS || ids > BOUT_IDS)
        return -1;
    for (uint64_t i = 0; i < ids; i++) {
        weisu_str id = row_get_str(in);
        if (id.size > BOUT_ID_BYTES)
            return -1;
        keep_id(bout, id);
    }
    subject_path_fill(model, path_model_find_place(model, place), spot, path_model_find_topic(model, topic),
                      &bout->path);
    return in->failed ? -1 : 0;
}

int bout_table_loaded(struct bout_table *table)
{
    if (id_map_reserve(&table->last, table->count))
        return -1;
    for (uint32_t i = 0; i < table->count; i++) {
        if (!table->bout[i].last_day)
            return -1;                                         /* a row is missing */
        (void)id_map_put(&table->last, table->bout[i].key, i); /* reserved */
    }
    table->saved = table->count;
    return 0;
}
