#include "detect/cell_table.h"

#include "base/failure.h"
#include "base/hash.h"

enum { TAKE_AHEAD = 12 }; /* cells that are fetched before they are taken */

void cell_table_init(struct cell_table *table, const weisu_allocator *allocator)
{
    *table = (struct cell_table){.allocator = allocator, .busy_free = CELL_NONE};
}

void cell_table_dispose(struct cell_table *table)
{
    for (size_t i = 0; i < table->block_capacity; i++)
        memory_free(table->allocator, table->blocks[i], CELL_BLOCK, sizeof(struct cell));
    memory_free(table->allocator, table->blocks, table->block_capacity, sizeof(struct cell *));
    memory_free(table->allocator, table->index, table->index_size, sizeof *table->index);
    memory_free(table->allocator, table->busy, table->busy_capacity, sizeof *table->busy);
    memory_free(table->allocator, table->changed, table->changed_capacity, sizeof *table->changed);
    cell_table_init(table, table->allocator);
}

/* ---- growing ---- */

static uint32_t tag_of(uint64_t key)
{
    return (uint32_t)(hash_mix(key) >> 32);
}

static size_t home_of(const struct cell_table *table, uint64_t key)
{
    return (size_t)hash_mix(key) & (table->index_size - 1);
}

/* Place in the index of the key, or the free one where it would go. */
static size_t place_of(const struct cell_table *table, uint64_t key)
{
    size_t at = home_of(table, key);
    uint32_t tag = tag_of(key);
    for (;; at = (at + 1) & (table->index_size - 1)) {
        struct cell_place place = table->index[at];
        if (place.number == CELL_NONE || (place.tag == tag && cell_at(table, place.number)->key == key))
            return at;
    }
}

static int grow_index(struct cell_table *table, size_t cells)
{
    size_t size = table->index_size ? table->index_size : 1024;
    while (size - size / 4 < cells)
        size *= 2;
    if (size == table->index_size)
        return 0;
    struct cell_place *index = memory_new(table->allocator, size, sizeof *index);
    if (!index)
        return -1;
    memset(index, 0xff, size * sizeof *index);
    memory_free(table->allocator, table->index, table->index_size, sizeof *table->index);
    table->index = index;
    table->index_size = size;
    for (uint32_t i = 0; i < table->count; i++) {
        uint64_t key = cell_at(table, i)->key;
        table->index[place_of(table, key)] = (struct cell_place){i, tag_of(key)};
    }
    return 0;
}

static int grow_blocks(struct cell_table *table, size_t cells)
{
    size_t needed = (cells + CELL_BLOCK - 1) / CELL_BLOCK;
    size_t before = table->block_capacity;
    if (needed > before) {
        if (memory_reserve(table->allocator, (void **)&table->blocks, &table->block_capacity, needed,
                           sizeof(struct cell *)))
            return -1;
        for (size_t i = before; i < table->block_capacity; i++)
            table->blocks[i] = NULL;
    }
    for (size_t i = table->count / CELL_BLOCK; i < needed; i++)
        if (!table->blocks[i]) {
            table->blocks[i] = memory_new(table->allocator, CELL_BLOCK, sizeof(struct cell));
            if (!table->blocks[i])
                return -1;
        }
    return 0;
}

int cell_table_reserve(struct cell_table *table, uint32_t cells)
{
    size_t needed = (size_t)table->count + cells;
    if (grow_blocks(table, needed) || grow_index(table, needed) ||
        memory_reserve(table->allocator, (void **)&table->changed, &table->changed_capacity,
                       table->changed_count + cells, sizeof *table->changed))
        return -1;
    return memory_reserve(table->allocator, (void **)&table->busy, &table->busy_capacity,
                          (size_t)table->busy_count + cells, sizeof *table->busy);
}

/* ---- looking ---- */

void cell_table_prefetch(const struct cell_table *table, uint64_t key)
{
    if (table->index_size)
        __builtin_prefetch(&table->index[home_of(table, key)]);
}

void cell_table_prefetch_cell(const struct cell_table *table, uint64_t key)
{
    if (!table->index_size)
        return;
    size_t at = home_of(table, key);
    uint32_t tag = tag_of(key);
    while (table->index[at].number != CELL_NONE && table->index[at].tag != tag)
        at = (at + 1) & (table->index_size - 1);
    if (table->index[at].number != CELL_NONE)
        __builtin_prefetch(cell_at(table, table->index[at].number), 1);
}

void cell_table_prefetch_busy(const struct cell_table *table, const struct cell *cell)
{
    const struct busy_cell *busy = cell_busy(table, cell);
    if (!busy)
        return;
    for (size_t line = 0; line < sizeof *busy; line += 64)
        __builtin_prefetch((const char *)busy + line, 1);
}

uint32_t cell_table_find(const struct cell_table *table, uint64_t key)
{
    return table->index_size ? table->index[place_of(table, key)].number : CELL_NONE;
}

static void forget_recent(struct cell *cell)
{
    for (size_t i = 0; i < QUIET_CASES; i++)
        cell->in_month.recent[i] = INT32_MIN;
}

uint32_t cell_table_open(struct cell_table *table, uint64_t key, uint32_t slot)
{
    size_t at = place_of(table, key);
    if (table->index[at].number != CELL_NONE)
        return table->index[at].number;
    if (table->count >= CELL_MAX) {
        table->refused++;
        return CELL_NONE;
    }
    struct cell *cell = cell_at(table, table->count);
    *cell = (struct cell){.key = key, .slot = (uint8_t)slot};
    forget_recent(cell);
    table->index[at] = (struct cell_place){table->count, tag_of(key)};
    cell_table_note_change(table, table->count);
    return table->count++;
}

void cell_table_note_change(struct cell_table *table, uint32_t number)
{
    struct cell *cell = cell_at(table, number);
    if (cell->flags & CELL_CHANGED)
        return;
    cell->flags |= CELL_CHANGED;
    table->changed_lost |= memory_reserve(table->allocator, (void **)&table->changed, &table->changed_capacity,
                                          table->changed_count + 1, sizeof *table->changed) != 0;
    if (!table->changed_lost)
        table->changed[table->changed_count++] = number;
}

/* All cells with the flag into the list again. Nothing but a look at every cell finds them. */
static int find_changed(struct cell_table *table)
{
    size_t count = 0;
    for (uint32_t i = 0; i < table->count; i++)
        count += (cell_at(table, i)->flags & CELL_CHANGED) != 0;
    if (memory_reserve(table->allocator, (void **)&table->changed, &table->changed_capacity, count,
                       sizeof *table->changed))
        return -1;
    table->changed_count = 0;
    for (uint32_t i = 0; i < table->count; i++)
        if (cell_at(table, i)->flags & CELL_CHANGED)
            table->changed[table->changed_count++] = i;
    table->changed_lost = 0;
    return 0;
}

int cell_table_take_changed(struct cell_table *table, uint32_t *number)
{
    if (table->changed_lost && find_changed(table))
        return -1;
    if (!table->changed_count)
        return 0;
    *number = table->changed[--table->changed_count];
    if (table->changed_count >= TAKE_AHEAD)
        __builtin_prefetch(cell_at(table, table->changed[table->changed_count - TAKE_AHEAD]));
    cell_at(table, *number)->flags &= (uint8_t)~CELL_CHANGED;
    return 1;
}

struct busy_cell *cell_table_make_busy(struct cell_table *table, struct cell *cell, int64_t minute)
{
    uint32_t number = table->busy_free;
    if (number == CELL_NONE)
        number = table->busy_count++;
    else
        table->busy_free = table->busy[number].next_free;
    struct busy_cell *busy = &table->busy[number];
    memset(busy, 0, sizeof *busy);
    busy->hour = minute / 60 - (minute % 60 < 0);
    busy->day = minute / 1440 - (minute % 1440 < 0);
    cell->in_month.busy = number;
    cell->flags |= CELL_BUSY;
    return busy;
}

void cell_table_make_quiet(struct cell_table *table, struct cell *cell)
{
    table->busy[cell->in_month.busy].next_free = table->busy_free;
    table->busy_free = cell->in_month.busy;
    cell->flags &= (uint8_t)~CELL_BUSY;
    forget_recent(cell);
}

size_t cell_table_bytes(const struct cell_table *table)
{
    size_t blocks = (table->count + CELL_BLOCK - 1) / CELL_BLOCK;
    return blocks * CELL_BLOCK * sizeof(struct cell) + table->block_capacity * sizeof(struct cell *) +
           table->index_size * sizeof *table->index + table->busy_capacity * sizeof *table->busy +
           table->changed_capacity * sizeof *table->changed;
}

/* ---- state ---- */

void cell_write(const struct cell_table *table, const struct cell *cell, struct byte_buffer *out)
{
    row_put(out, cell->old_q8, 4);
    row_put(out, cell->since_day, 2);
    row_put(out, cell->peak_day, 2);
    row_put(out, cell->peak, 1);
    row_put(out, cell->flags & CELL_ALERTED, 1);
    row_put(out, cell->slot, 1);
    row_put(out, cell->examined, 1);
    const struct busy_cell *busy = cell_busy(table, cell);
    if (!busy) {
        for (size_t i = 0; i < QUIET_CASES; i++)
            row_put(out, (uint32_t)cell->in_month.recent[i], 4);
        return;
    }
    row_put(out, (uint64_t)busy->hour, 8);
    row_put(out, (uint64_t)busy->day, 8);
    row_put(out, busy->examined, 4);
    for (size_t i = 0; i < BUSY_HOURS; i++)
        row_put(out, busy->hours[i], 2);
    for (size_t i = 0; i < BUSY_DAYS; i++)
        row_put(out, busy->days[i], 4);
}

static void read_busy(struct busy_cell *busy, struct row_reader *in)
{
    busy->hour = (int64_t)row_get(in, 8);
    busy->day = (int64_t)row_get(in, 8);
    busy->examined = (uint32_t)row_get(in, 4);
    for (size_t i = 0; i < BUSY_HOURS; i++)
        busy->hours[i] = (uint16_t)row_get(in, 2);
    for (size_t i = 0; i < BUSY_DAYS; i++)
        busy->days[i] = (uint32_t)row_get(in, 4);
}

weisu_code cell_table_load(struct cell_table *table, const struct state_row *row, weisu_err *err)
{
    struct row_reader in = row_reader_of(row->data, row->size);
    if (cell_table_reserve(table, 1))
        return failure(err, WEISU_ENOMEM, "no memory for cells");
    uint32_t number = cell_table_open(table, row->key, 0);
    if (number == CELL_NONE)
        return WEISU_OK;
    struct cell *cell = cell_at(table, number);
    table->changed_count = 0; /* it is as it was saved */
    cell->old_q8 = (uint32_t)row_get(&in, 4);
    cell->since_day = (uint16_t)row_get(&in, 2);
    cell->peak_day = (uint16_t)row_get(&in, 2);
    cell->peak = (uint8_t)row_get(&in, 1);
    cell->flags = (uint8_t)row_get(&in, 1) & CELL_ALERTED;
    cell->slot = (uint8_t)row_get(&in, 1);
    cell->examined = (uint8_t)row_get(&in, 1);
    if (in.left == QUIET_CASES * sizeof(int32_t))
        for (size_t i = 0; i < QUIET_CASES; i++)
            cell->in_month.recent[i] = (int32_t)row_get(&in, 4);
    else
        read_busy(cell_table_make_busy(table, cell, 0), &in);
    return row_is_done(&in) ? WEISU_OK : failure(err, WEISU_ESTATE, "a cell is damaged");
}
