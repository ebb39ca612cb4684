/* The rule at the end of a zone's file: the POSIX TZ string ("EST5EDT,M3.2.0,M11.1.0", POSIX.1-2017 section 8.3 with
 * the extensions of RFC 8536: hours of -167 to 167) for all times after the last listed change. Pure; any thread. */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdint.h>
#include <weisu/str.h>

enum zone_day_kind { ZONE_DAY_OF_MONTH, ZONE_DAY_OF_YEAR, ZONE_DAY_WITHOUT_LEAP };

/* A day of the year and the time on that day's clock when the offset changes. */
struct zone_day {
    enum zone_day_kind kind;
    int32_t month;   /* ZONE_DAY_OF_MONTH: 1 to 12 */
    int32_t week;    /* 1 to 5 (the last) */
    int32_t weekday; /* 0 Sunday to 6 */
    int32_t day;     /* ZONE_DAY_OF_YEAR: 0 to 365; ZONE_DAY_WITHOUT_LEAP: 1 to 365, 29 February never counted */
    int32_t second;
};

struct zone_rule {
    int32_t standard_s; /* offsets, seconds east of UTC */
    int32_t summer_s;
    int32_t has_summer;
    struct zone_day summer_begins; /* on the clock of standard time */
    struct zone_day summer_ends;   /* on the clock of summer time */
};

/* 0; -1 when the text is no rule. */
int zone_rule_parse(struct zone_rule *rule, weisu_str text);

/* The offset in force at a time in seconds since 1970: of UTC, or with `is_wall` on the wall clock of the zone. A wall
 * time that a change skips or repeats has the offset from before the change. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds, int is_wall);

#endif
