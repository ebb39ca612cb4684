/* Growth: of all clusters with k distinct reporters, how many got another one within the time it took this one?
 *
 * A piecewise exponential life table (occurrence / exposure; Friedman 1982, "Piecewise exponential models for survival
 * data with covariates"): for each class of clusters (level-1 topic × how precise the place is), each step (k
 * reporters) and each age bin the number that grew and the hours that clusters spent there. Clusters that are still
 * waiting have given their hours and nothing else, so censoring is handled; a cluster leaves the table when it is
 * alerted, so that hotspots do not teach what is normal. Rates are shrunk: class → place → all → the prior that is
 * shipped. A founding complaint is only the entry into step 1: it is never evidence. One thread. What `growth_bits_q16`
 * reads changes only in `growth_publish`. Integers; deterministic. Memory: 0.5 MB. */
#ifndef DETECT_GROWTH_TABLE_H
#define DETECT_GROWTH_TABLE_H

#include "detect/row_codec.h"

#include <stdint.h>

enum {
    GROWTH_BINS = 12,
    GROWTH_STEPS = 8, /* 1, 2, 3, 4, 5 to 6, 7 to 9, 10 to 15, 16 and more reporters */
    GROWTH_TOPICS = 32,
    GROWTH_PLACES = 3,
    GROWTH_CLASSES = GROWTH_TOPICS * GROWTH_PLACES,
    GROWTH_ROWS = GROWTH_CLASSES * GROWTH_STEPS,
    GROWTH_AGE_DAYS = 96 /* entries older than this give no more hours */
};

#define GROWTH_NO_DAY (INT64_MIN / 4)

/* Ends of the age bins, in hours: 1 h to 90 d. */
extern const uint16_t growth_bin_hours[GROWTH_BINS];
/* Of 1,000 clusters at a step, how many have grown by the end of the bin: the prior. */
extern const uint16_t growth_prior[GROWTH_STEPS][GROWTH_BINS];

struct growth_row {
    uint32_t grown[GROWTH_BINS];
    uint64_t hours[GROWTH_BINS];
    uint32_t waiting[GROWTH_AGE_DAYS]; /* entered that local day (mod 96) and still there */
    uint32_t changed;                  /* since it was written */
};

/* Published: -log2 of the share that has not grown by the end of each bin, ascending. */
struct growth_curve {
    uint32_t closing_q20[GROWTH_BINS];
};

struct growth_table {
    struct growth_row *row;     /* [GROWTH_ROWS] */
    struct growth_curve *curve; /* [GROWTH_ROWS] */
    int64_t day;                /* local day up to which hours are counted; GROWTH_NO_DAY before the first */
    const weisu_allocator *allocator;
};

/* 0; -1 when memory is out. */
int growth_table_init(struct growth_table *table, const weisu_allocator *allocator);
void growth_table_dispose(struct growth_table *table);

/* `topic`: number of the level-1 topic, anything above the last counts as the last; `place`: 0 spot, 1 subdistrict or
 * community, 2 less or nothing. */
uint32_t growth_class(uint32_t topic, uint32_t place);
/* `reporters` >= 1. */
uint32_t growth_step(uint32_t reporters);

/* A cluster reached `step` on local day `day`. */
void growth_enter(struct growth_table *table, uint32_t class, uint32_t step, int64_t day);
/* It left the step after `age_ms`, having entered on `entry_day`: by growing, or without (`grew` 0: it was alerted). */
struct growth_leave {
    uint32_t class;
    uint32_t step;
    int64_t entry_day;
    int64_t age_ms;
    int grew;
};
void growth_leave(struct growth_table *table, const struct growth_leave *leave);
/* The clock reached that local day: hours of the clusters that wait. */
void growth_advance(struct growth_table *table, int64_t day);
void growth_publish(struct growth_table *table);

/* -log2 of the probability that a cluster of the class grows from `step` within `age_ms`, in q16. Ages below an hour
 * count as an hour, above 90 days as 90 days. Above 0. */
int32_t growth_bits_q16(const struct growth_table *table, uint32_t class, uint32_t step, int64_t age_ms);
/* -log2 of the probability that it has not grown by `age_ms`, in q16. */
int32_t growth_waiting_bits_q16(const struct growth_table *table, uint32_t class, uint32_t step, int64_t age_ms);

void growth_row_write(const struct growth_row *row, struct byte_buffer *out);
/* 0; -1 when damaged. */
int growth_row_read(struct growth_row *row, struct row_reader *in);
/* All curves and the day. */
void growth_curves_write(const struct growth_table *table, struct byte_buffer *out);
int growth_curves_read(struct growth_table *table, struct row_reader *in);

#endif
