/* Cells: (place node, topic node) pairs that have seen something, found by key.
 *
 * A quiet cell is 40 bytes and 11 to 21 bytes of index; one with more than QUIET_CASES cases in 30 days gets counters
 * of its own. Cases of one reporter within 30 days count once: the caller sees to it. Times are local minutes (see
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

enum cell_flag { CELL_ALERTED = 1, CELL_CHANGED = 2, CELL_BUSY = 4 };

struct cell {
    uint64_t key;
    union {
        int32_t recent[QUIET_CASES]; /* quiet: minutes of its cases in 30 days, latest first; INT32_MIN none */
        uint32_t busy;               /* with CELL_BUSY: number of its counters */
    } in_month;
    uint32_t old_q8;    /* cases that left the 30 days: the baseline */
    uint16_t since_day; /* active day from which the baseline counts */
    uint16_t peak_day;  /* active day on which `peak` was reached */
    uint8_t peak;       /* quarter bits already given to the calibration, saturated */
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

/* Where a cell is: most that is not it is told by 32 bits of its hash, without a look at the cell. */
struct cell_place {
    uint32_t number; /* CELL_NONE: free */
    uint32_t tag;
};

struct cell_table {
    const weisu_allocator *allocator;
    struct cell **blocks;
    size_t block_capacity;
    uint32_t count;
    struct cell_place *index; /* [index_size], a power of two */
    size_t index_size;
    struct busy_cell *busy;
    size_t busy_capacity;
    uint32_t busy_count;
    uint32_t busy_free; /* head of the list of unused ones, CELL_NONE */
    uint32_t *changed;  /* numbers of cells with CELL_CHANGED, unless `changed_lost` */
    size_t changed_count;
    size_t changed_capacity;
    int changed_lost; /* there was no memory to note one: only the flags tell */
    uint64_t refused;
};

void cell_table_init(struct cell_table *table, const weisu_allocator *allocator);
void cell_table_dispose(struct cell_table *table);
/* Room for `cells` more cells and as many more busy ones. 0; -1 when memory is out (nothing changed). */
int cell_table_reserve(struct cell_table *table, uint32_t cells);

/* Asks for the cache lines of a look-up; some 100 ns later for those of the cell; and then of its counters. */
void cell_table_prefetch(const struct cell_table *table, uint64_t key);
void cell_table_prefetch_cell(const struct cell_table *table, uint64_t key);
void cell_table_prefetch_busy(const struct cell_table *table, const struct cell *cell);
/* Number of the cell, CELL_NONE where there is none. */
uint32_t cell_table_find(const struct cell_table *table, uint64_t key);
/* The same, opened where it is new (needs the reservation); CELL_NONE beyond CELL_MAX. */
uint32_t cell_table_open(struct cell_table *table, uint64_t key, uint32_t slot);
static inline struct cell *cell_at(const struct cell_table *table, uint32_t number)
{
    return &table->blocks[number / CELL_BLOCK][number % CELL_BLOCK];
}
/* Its counters; NULL of a quiet cell. */
static inline struct busy_cell *cell_busy(const struct cell_table *table, const struct cell *cell)
{
    return cell->flags & CELL_BUSY ? &table->busy[cell->in_month.busy] : NULL;
}
/* The cell is another one than at the last save. */
void cell_table_note_change(struct cell_table *table, uint32_t number);
/* 1 and the number of a cell that changed since it was last taken, which counts as saved from here on; 0 when there is
 * none; -1 when memory is out. */
int cell_table_take_changed(struct cell_table *table, uint32_t *number);
/* Gives a quiet cell counters, empty and standing at the minute, instead of its recent cases; needs the reservation. */
struct busy_cell *cell_table_make_busy(struct cell_table *table, struct cell *cell, int64_t minute);
/* The other way: no recent cases. */
void cell_table_make_quiet(struct cell_table *table, struct cell *cell);
size_t cell_table_bytes(const struct cell_table *table);

/* One row of STATE_CELL. */
void cell_write(const struct cell_table *table, const struct cell *cell, struct byte_buffer *out);
/* WEISU_ESTATE, WEISU_ENOMEM. */
weisu_code cell_table_load(struct cell_table *table, const struct state_row *row, weisu_err *err);

#endif
