/* Bouts: when a cell was busy beyond its own rate, over the years. What the season plan is made from (season_plan.h).
 *
 * A bout begins when 14 days hold BOUT_LEAST distinct reporters (of a spot two, of a wider place three) and that many
 * are rarer than one in 256 for the cell (surprise.h); it goes on while that is so again within 21 days. Kept are its
 * days, how many reporters, where and what, and the ids of a few complaints. Bounded by BOUTS_MAX: when the table is
 * full, what took the fewest reporters goes, and from then on a bout has to have one reporter more. One thread. Days
 * are local. Memory: about 260 bytes a bout. */
#ifndef DETECT_BOUT_TABLE_H
#define DETECT_BOUT_TABLE_H

#include "base/id_map.h"
#include "detect/row_codec.h"
#include "detect/subject_path.h"

enum { BOUTS_MAX = 1 << 15, BOUT_LEAST = 2, BOUT_DAYS = 14, BOUT_PAUSE_DAYS = 21, BOUT_IDS = 4, BOUT_ID_BYTES = 40 };

struct bout {
    uint64_t key; /* of the cell */
    struct subject_path path;
    int32_t first_day; /* of the first case of its first 14 days */
    int32_t last_day;
    uint32_t reporters;
    uint32_t cluster; /* of its last case */
    uint8_t slot;
    uint8_t id_count;
    uint8_t changed; /* since the last save */
    uint8_t id_size[BOUT_IDS];
    char id[BOUT_IDS][BOUT_ID_BYTES]; /* longer ids are not kept */
};

struct bout_table {
    const weisu_allocator *allocator;
    struct bout *bout; /* [count], in the order in which they began */
    size_t count;
    size_t capacity;
    size_t saved;        /* rows that a checkpoint has: those beyond `count` have to go */
    struct id_map last;  /* cell → its last bout */
    uint32_t least;      /* reporters of a bout */
    int32_t history_day; /* first day of the history; INT32_MAX before */
};

void bout_table_init(struct bout_table *table, const weisu_allocator *allocator);
void bout_table_dispose(struct bout_table *table);
/* Room for so many more. 0; -1 when memory is out (nothing changed). */
int bout_table_reserve(struct bout_table *table, size_t more);

/* One case of a busy cell; `key`, `path`, `slot`, `cluster` of *seen, its days for a bout that begins now, and its
 * reporters likewise. Needs the reservation. */
void bout_table_see(struct bout_table *table, const struct bout *seen, weisu_str id);

size_t bout_table_bytes(const struct bout_table *table);
weisu_code bout_table_save(struct bout_table *table, int all, const struct path_model *model,
                           const struct state_sink *sink, uint64_t first_key, weisu_err *err);
/* 0; -1 when damaged. `number` is that of the row; rows come in any order. */
int bout_table_load(struct bout_table *table, const struct path_model *model, uint64_t number, struct row_reader *in);
/* After the last row. 0; -1 when one is missing or memory is out. */
int bout_table_loaded(struct bout_table *table);

#endif
