/* Cells: (place node, topic node) pairs that have seen something, found by key.
 *
 * A quiet cell is 48 bytes and 5 to 11 bytes of index; one with more than QUIET_CASES cases in 30 days gets counters of
 * its own. Cases of one reporter within 30 days count once: the caller sees to it. Times are local minutes (see
 * season.h). Cells live in blocks and never move while others are added; handing out references as numbers.
 * One thread. A look-up costs two cache misses; prefetch hides them. */
#ifndef DETECT_CELL_TABLE_H
#define DETECT_CELL_TABLE_H

#include "detect/row_codec.h"

#include <stdint.h>

enum {
    QUIET_CASES = 5,
    BUSY_HOURS = 32, /* buckets; a power of two above 24 */
    BUSY_DAYS = 32,  /* likewise above 30 */
    CELL_BLOCK = 4096,
    CELL_MAX = 1 << 23, /* cells held; later ones are not opened and counted in `refused` */
    CELL_NONE = UINT32_MAX
};

enum cell_flag { CELL_ALERTED = 1, CELL_CHANGED = 2 };

struct cell {
    uint64_t key;
    int32_t recent[QUIET_CASES]; /* of a quiet cell: minutes of its cases in 30 days, latest first; INT32_MIN none */
    uint32_t old_q8;             /* cases that left the 30 days: the baseline */
    uint32_t busy;               /* index of its counters, CELL_NONE while quiet */
    uint16_t since_day;          /* active day from which the baseline counts */
    uint16_t peak_day;           /* active day on which `peak` was reached */
    uint8_t peak;                /* quarter bits already given to the calibration, saturated */
    uint8_t flags;
    uint8_t slot;
    uint8_t examined; /* cases when somebody last looked at who they are (see cell_test.h) */
};

struct busy_cell {
    int64_t hour; /* newest bucket: hours since 1970 on the local clock face */
    int64_t day;
    uint32_t examined;
    uint32_t next_free;
    uint16_t hours[BUSY_HOURS];
    uint32_t days[BUSY_DAYS];
};

struct cell_table {
    const weisu_allocator *allocator;
    struct cell **blocks;
    size_t block_capacity;
    uint32_t count;
    uint32_t *index; /* [index_size] cell number or CELL_NONE */
    size_t index_size;
    struct busy_cell *busy;
    size_t busy_capacity;
    uint32_t busy_count;
    uint32_t busy_free; /* head of the list of unused ones, CELL_NONE */
    uint64_t refused;
};

void cell_table_init(struct cell_table *table, const weisu_allocator *allocator);
void cell_table_dispose(struct cell_table *table);
/* Room for `cells` more cells and as many more busy ones. 0; -1 when memory is out (nothing changed). */
int cell_table_reserve(struct cell_table *table, uint32_t cells);

void cell_table_prefetch(const struct cell_table *table, uint64_t key);
/* Number of the cell, CELL_NONE where there is none. */
uint32_t cell_table_find(const struct cell_table *table, uint64_t key);
/* The same, opened where it is new (needs the reservation); CELL_NONE beyond CELL_MAX. */
uint32_t cell_table_open(struct cell_table *table, uint64_t key, uint32_t slot);
static inline struct cell *cell_at(const struct cell_table *table, uint32_t number)
{
    return &table->blocks[number / CELL_BLOCK][number % CELL_BLOCK];
}
/* Gives a quiet cell counters, empty and standing at the minute; needs the reservation. */
struct busy_cell *cell_table_make_busy(struct cell_table *table, struct cell *cell, int64_t minute);
size_t cell_table_bytes(const struct cell_table *table);

/* One row of STATE_CELL. */
void cell_write(const struct cell_table *table, const struct cell *cell, struct byte_buffer *out);
/* WEISU_ESTATE, WEISU_ENOMEM. */
weisu_code cell_table_load(struct cell_table *table, const struct state_row *row, weisu_err *err);

#endif
