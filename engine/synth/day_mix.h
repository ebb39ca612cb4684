/* When people complain, and about what: problems by season, weekday and holiday, moments by hour of day.
 *
 * A problem's share of a day is its weight × month (linear between the middles of the months) × weekday, ×
 * HOLIDAY_BOOST on holidays for what belongs to them, × SHOCK_BOOST in a shock: a week in which a problem that may
 * break out is everywhere (cold snap, storm, a report in the news). All integers. One thread a mix. */
#ifndef SYNTH_DAY_MIX_H
#define SYNTH_DAY_MIX_H

#include "synth/wording_tables.h"

enum {
    HOLIDAY_BOOST = 6,
    SHOCK_BOOST = 4,
    SHOCK_PERMILLE = 14 /* of the weeks of a problem */
};

struct day_mix {
    const struct wording_tables *tables;
    uint64_t seed;
    int64_t day;          /* since 1970-01-01 */
    uint64_t load;        /* complaints of this day beside other days; no unit */
    uint64_t *cumulative; /* problem_count; the last is the sum */
};

/* WEISU_ENOMEM. `tables` is kept. */
weisu_code day_mix_init(struct day_mix *mix, const struct wording_tables *tables, uint64_t seed, weisu_err *err);
void day_mix_dispose(struct day_mix *mix);
/* Sets mix->day, load and cumulative. About 5 µs. */
void day_mix_turn(struct day_mix *mix, int64_t day);
/* A problem of the day. */
uint32_t day_mix_problem(const struct day_mix *mix, struct draw *draw);

/* Milliseconds into the day. */
int64_t moment_of_day(const struct rhythm *hours, struct draw *draw);
/* The first moment from `local_ms` on at which somebody who has this problem sits down to complain: moments in hours
 * in which few complain are passed over in proportion, up to some hours. */
int64_t moment_not_before(const struct rhythm *hours, struct draw *draw, int64_t local_ms);
/* A day of the year (0 to 364) by the problem's months. */
int64_t moment_of_year(const struct rhythm *months, struct draw *draw);

#endif
