/* The budget of false alerts a week: shared by the families of alerts, and what is left of it.
 *
 * A surprise is raised when it is expected less often than the family's share allows (calibration.h). Calibration is
 * never quite right, so what was really raised is counted too: each week brings its share, each alert takes its price,
 * and what is owed, up to twelve weeks' worth, raises the threshold up to 64 times (an integral control). What is
 * saved, up to half a year's worth, pays for a season of many alerts and never lowers it: a budget is not there to be
 * used up. True hotspots are charged as well, since nobody knows them; they lie far beyond. One thread; integers;
 * deterministic. */
#ifndef DETECT_ALARM_BUDGET_H
#define DETECT_ALARM_BUDGET_H

#include "detect/row_codec.h"

#include <stdint.h>

enum alarm_family { ALARM_GROWTH, ALARM_RISK, ALARM_CELLS, ALARM_FAMILIES };

struct alarm_budget {
    uint32_t milli_per_week;             /* false alerts a week × 1000, all families */
    int32_t balance_q16[ALARM_FAMILIES]; /* weeks of the family's share that are left; below 0: owed */
};

void alarm_budget_init(struct alarm_budget *budget, uint32_t milli_per_week);
/* So many days went by; a gap counts as a week at most. */
void alarm_budget_earn(struct alarm_budget *budget, int64_t days);
void alarm_budget_spend(struct alarm_budget *budget, enum alarm_family family);
/* What is raised must be expected at most once in so many days × 1000. */
uint64_t alarm_budget_least_milli(const struct alarm_budget *budget, enum alarm_family family);

void alarm_budget_write(const struct alarm_budget *budget, struct byte_buffer *out);
/* 0; -1 when damaged. */
int alarm_budget_read(struct alarm_budget *budget, struct row_reader *in);

#endif
