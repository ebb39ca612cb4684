/* The season plan: what comes back at the same time of the year, told before it comes.
 *
 * When the anniversary of a bout (bout_table.h) is the lead time away, its cell's history is looked at: in how many of
 * the earlier years was there a bout that began within three weeks of that day (of a spot: whatever its topic was)?
 * Were bouts of the cell anywhere in the year, each year would have one there by chance with p = 1 − exp(−bouts a year
 * · 43 / 365), and so many years at least with the tail of a binomial. Planned is what has come back in two years at
 * least, in more years than not ((h + ½) / (Y + 1) of .55), and by chance less often than one in 32. The day is the
 * mean of the earlier ones. One thread; integers; deterministic; a scan of the bouts a local day. */
#ifndef DETECT_SEASON_PLAN_H
#define DETECT_SEASON_PLAN_H

#include "detect/bout_table.h"

enum { SEASON_YEARS = 8, SEASON_LEAD_DAYS = 14, SEASON_NEAR_DAYS = 21, SEASON_TOLD_MAX = 1024, SEASON_DUE_MAX = 64 };

struct season_year {
    int32_t first_day;
    int32_t last_day;
    uint32_t reporters;
};

/* One thing that is to come. */
struct season_plan {
    struct bout bout;  /* the newest of the earlier ones */
    int32_t first_day; /* expected */
    int32_t last_day;
    uint32_t years;                        /* that were looked at */
    uint32_t hits;                         /* of them, those in which it came */
    struct season_year year[SEASON_YEARS]; /* [hits], newest first */
    int32_t rarity_q16;                    /* −log2 of the chance of so many hits */
    uint32_t ids;
    uint8_t id_size[SEASON_YEARS];
    char id[SEASON_YEARS][BOUT_ID_BYTES]; /* of complaints of those years */
};

/* What was told this year, so that no cell around it or in it is told again. */
struct season_told {
    struct subject_path path;
    int32_t first_day;
    uint32_t slot;
    uint32_t reporters; /* of the newest earlier year */
};

struct season_plans {
    const struct path_model *model;
    struct season_told told[SEASON_TOLD_MAX];
    uint32_t told_count;
    int32_t day;                            /* looked at last; INT32_MIN before */
    struct season_plan due[SEASON_DUE_MAX]; /* not taken yet */
    uint32_t due_count;
    uint32_t due_taken;
};

void season_plans_init(struct season_plans *plans, const struct path_model *model);
/* A new local day: what becomes due by it is put into `due`. Plans that were not taken are dropped. */
void season_plans_advance(struct season_plans *plans, const struct bout_table *bouts, int32_t day);

void season_plans_write(const struct season_plans *plans, const struct path_model *model, struct byte_buffer *out);
/* 0; -1 when damaged. */
int season_plans_read(struct season_plans *plans, const struct path_model *model, struct row_reader *in);

#endif
