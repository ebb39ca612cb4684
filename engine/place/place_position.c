#include "place/place_position.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    cell_e7 = 500000, /* edge of an index cell in degrees × 10^7: more than any reach */
    grid_e7 = 50000,  /* edge of a grid cell */
    cm_a_degree = 11132000
};

struct position_entry {
    int32_t row;
    int32_t column;
    int32_t lat_e7;
    int32_t lon_e7;
    uint32_t node;
};

/* Metres within which a node of that level stands for a position. */
static int64_t reach_of(uint32_t level)
{
    static const uint16_t reach[PLACE_LEVELS] = {
        [PLACE_SUBDISTRICT] = 2000, [PLACE_COMMUNITY] = 800, [PLACE_SPOT] = 300};
    return reach[level];
}

static int32_t floor_divide(int32_t value, int32_t by)
{
    int32_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

static int compare_entries(const void *a, const void *b)
{
    const struct position_entry *x = a;
    const struct position_entry *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node;
}

int position_index_init(struct position_index *index, const struct lexicon *lexicon, const weisu_allocator *allocator)
{
    size_t count = 0;
    *index = (struct position_index){NULL, 0};
    for (uint32_t i = 0; i < gazetteer_count(lexicon); i++)
        count += gazetteer_node(lexicon, i).lat_e7 != PLACE_NO_POSITION;
    if (!count)
        return 0;
    index->entry = memory_new(allocator, count, sizeof *index->entry);
    if (!index->entry)
        return -1;
    for (uint32_t i = 0; i < gazetteer_count(lexicon); i++) {
        struct gazetteer_node node = gazetteer_node(lexicon, i);
        if (node.lat_e7 == PLACE_NO_POSITION)
            continue;
        index->entry[index->count++] = (struct position_entry){
            floor_divide(node.lat_e7, cell_e7), floor_divide(node.lon_e7, cell_e7), node.lat_e7, node.lon_e7, i};
    }
    qsort(index->entry, index->count, sizeof *index->entry, compare_entries);
    return 0;
}

void position_index_dispose(struct position_index *index, const weisu_allocator *allocator)
{
    memory_free(allocator, index->entry, index->count, sizeof *index->entry);
    *index = (struct position_index){NULL, 0};
}

/* cos of a latitude, × 65,536, after Bhaskara: (32,400 − 4x²) / (32,400 + x²), x in degrees; off by .2 % at most. */
static int64_t cosine_q16(int32_t lat_e7)
{
    int64_t thousandths = lat_e7 / 10000;
    int64_t square = thousandths * thousandths;
    int64_t whole = INT64_C(32400000000);
    int64_t found = (whole - 4 * square) * 65536 / (whole + square);
    return found > 0 ? found : 0;
}

/* Square of the distance in metres; within a few kilometres the earth is flat. */
static int64_t distance_squared(const struct position_entry *entry, int32_t lat_e7, int32_t lon_e7)
{
    int64_t north = ((int64_t)entry->lat_e7 - lat_e7) * cm_a_degree / 1000000000;
    int64_t east = ((int64_t)entry->lon_e7 - lon_e7) * cm_a_degree / 1000000000 * cosine_q16(lat_e7) / 65536;
    return north * north + east * east;
}

static size_t first_of(const struct position_index *index, int32_t row, int32_t column)
{
    const struct position_entry wanted = {.row = row, .column = column};
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_entries(&index->entry[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct nearest {
    uint32_t node;
    uint32_t level;
    int64_t distance;
};

/* Looks through three neighbouring cells of a row. */
static void search_row(const struct position_index *index, const struct lexicon *lexicon,
                       const struct position_entry *from, struct nearest *best)
{
    size_t at = first_of(index, from->row, from->column - 1);
    for (; at < index->count; at++) {
        const struct position_entry *entry = &index->entry[at];
        if (entry->row != from->row || entry->column > from->column + 1)
            return;
        uint32_t level = gazetteer_node(lexicon, entry->node).level;
        int64_t reach = reach_of(level);
        int64_t distance = distance_squared(entry, from->lat_e7, from->lon_e7);
        if (distance > reach * reach || level < best->level || (level == best->level && distance >= best->distance))
            continue;
        *best = (struct nearest){entry->node, level, distance};
    }
}

uint32_t position_nearest(const struct position_index *index, const struct lexicon *lexicon, int32_t lat_e7,
                          int32_t lon_e7)
{
    struct nearest best = {UINT32_MAX, 0, INT64_MAX};
    int32_t row = floor_divide(lat_e7, cell_e7);
    for (int32_t i = row - 1; index->count && i <= row + 1; i++) {
        const struct position_entry from = {i, floor_divide(lon_e7, cell_e7), lat_e7, lon_e7, 0};
        search_row(index, lexicon, &from, &best);
    }
    return best.node;
}

size_t position_cell(uint64_t city_code, int32_t lat_e7, int32_t lon_e7, uint64_t *key, char name[POSITION_NAME_BYTES])
{
    int64_t cell[2] = {floor_divide(lat_e7, grid_e7), floor_divide(lon_e7, grid_e7)};
    int size = 0;
    for (int i = 0; i < 2; i++) {
        unsigned thousandths = (unsigned)(cell[i] < 0 ? -cell[i] : cell[i]) * (grid_e7 / 10000);
        size += snprintf(name + size, POSITION_NAME_BYTES - (size_t)size, "%s%s%u.%03u", i ? "," : "",
                         cell[i] < 0 ? "-" : "", thousandths / 1000, thousandths % 1000);
    }
    *key = hash_pair(city_code, hash_bytes(cell, sizeof cell));
    return (size_t)size;
}
