#include "detect/told_cells.h"

#define DAY_MS INT64_C(86400000)

static uint32_t place_of(const struct told_cells *told, uint64_t key)
{
    uint32_t i = 0;
    while (i < told->count && told->cell[i].key != key)
        i++;
    return i;
}

void told_cells_begin(struct told_cells *told, const struct told_cell *cell)
{
    uint32_t at = place_of(told, cell->key);
    if (at == TOLD_MAX)
        for (uint32_t i = at = 0; i < told->count; i++)
            at = told->cell[i].until_ms < told->cell[at].until_ms ? i : at;
    told->cell[at] = *cell;
    told->cell[at].until_ms = INT64_MAX;
    told->count += at == told->count;
}

void told_cells_end(struct told_cells *told, uint64_t key, int64_t clock_ms)
{
    uint32_t at = place_of(told, key);
    if (at < told->count)
        told->cell[at].until_ms = clock_ms;
}

void told_cells_sweep(struct told_cells *told, int64_t clock_ms)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < told->count; i++)
        if (told->cell[i].until_ms >= clock_ms - TOLD_DAYS * DAY_MS)
            told->cell[kept++] = told->cell[i];
    told->count = kept;
}

int told_cells_hold(const struct told_cells *told, const struct subject_path *path, int64_t time_ms)
{
    for (uint32_t i = 0; i < told->count; i++)
        if (time_ms <= told->cell[i].until_ms && subject_path_meet(&told->cell[i].path, path, told->cell[i].slot))
            return 1;
    return 0;
}

void told_cells_write(const struct told_cells *told, const struct path_model *model, struct byte_buffer *out)
{
    row_put(out, told->count, 4);
    for (uint32_t i = 0; i < told->count; i++) {
        const struct told_cell *cell = &told->cell[i];
        row_put(out, cell->key, 8);
        row_put(out, (uint64_t)cell->until_ms, 8);
        row_put(out, cell->slot, 1);
        row_put(out, path_model_place_key(model, &cell->path), 8);
        row_put(out, cell->path.spot, 8);
        row_put(out, path_model_topic_key(model, &cell->path), 8);
    }
}

int told_cells_read(struct told_cells *told, const struct path_model *model, struct row_reader *in)
{
    uint64_t count = row_get(in, 4);
    if (count > TOLD_MAX)
        return -1;
    for (told->count = 0; told->count < count; told->count++) {
        struct told_cell *cell = &told->cell[told->count];
        cell->key = row_get(in, 8);
        cell->until_ms = (int64_t)row_get(in, 8);
        cell->slot = (uint32_t)row_get(in, 1);
        uint64_t place = row_get(in, 8);
        uint64_t spot = row_get(in, 8);
        uint64_t topic = row_get(in, 8);
        if (cell->slot >= PATH_SLOTS)
            return -1;
        subject_path_fill(model, path_model_find_place(model, place), spot, path_model_find_topic(model, topic),
                          &cell->path);
    }
    return in->failed ? -1 : 0;
}
