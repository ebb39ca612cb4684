#include "place/place_extend.h"

#include "lexicon/lexicon.h"

enum { weak = 1, sure = 3 };

#define KIND(kind) (UINT32_C(1) << (kind))

/* For each kind the kinds whose suffix, right behind it, makes one name of both. */
static const uint32_t joined[SPOT_KINDS] = {
    [SPOT_ESTATE] = KIND(SPOT_ESTATE) | KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_VILLAGE) | KIND(SPOT_PARK),
    [SPOT_SCHOOL] = KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_ESTATE) | KIND(SPOT_COMPANY),
    [SPOT_HOSPITAL] = KIND(SPOT_HOSPITAL) | KIND(SPOT_ESTATE),
    [SPOT_ROAD] = KIND(SPOT_STATION) | KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_MARKET) |
                  KIND(SPOT_VILLAGE) | KIND(SPOT_PUBLIC),
    [SPOT_PARK] = KIND(SPOT_STATION) | KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_MARKET) | KIND(SPOT_ESTATE) |
                  KIND(SPOT_VILLAGE) | KIND(SPOT_ROAD) | KIND(SPOT_PARK) | KIND(SPOT_BUILDING),
    [SPOT_VILLAGE] = KIND(SPOT_STATION) | KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_MARKET),
    [SPOT_MARKET] = KIND(SPOT_MARKET),
    [SPOT_COMPANY] = KIND(SPOT_ESTATE) | KIND(SPOT_COMPANY) | KIND(SPOT_SCHOOL),
    [SPOT_BUILDING] = KIND(SPOT_MARKET) | KIND(SPOT_SCHOOL) | KIND(SPOT_HOSPITAL) | KIND(SPOT_BUILDING),
    [SPOT_PUBLIC] = KIND(SPOT_PUBLIC) | KIND(SPOT_ESTATE),
};

/* 国际 + 广场, 时代 + 大厦, 屯 + 渡口: a suffix that other names hold too. */
static int is_open(const struct spot_join *join)
{
    if (join->old_strength == sure || (join->old != SPOT_ESTATE && join->old != SPOT_VILLAGE))
        return 0;
    return join->new != SPOT_COMPANY && join->new != SPOT_SITE && join->new != SPOT_ROAD;
}

enum spot_prolonging spot_prolonged(const struct spot_join *join)
{
    if (join->old >= SPOT_KINDS || join->new >= SPOT_KINDS)
        return PROLONG_NOT;
    if (join->old == SPOT_PARK && join->old_strength == sure && join->new == SPOT_ESTATE)
        return PROLONG_NOT;
    if (join->is_phased && join->new != SPOT_SCHOOL && join->new != SPOT_HOSPITAL)
        return PROLONG_WITHIN;
    if (join->is_house)
        return join->new == SPOT_ESTATE ? PROLONG_SPOT : PROLONG_WITHIN;
    if (join->is_street && (join->old != SPOT_ROAD || join->old_strength == weak) && join->old != SPOT_COMPANY &&
        !join->is_estate)
        return PROLONG_SPOT;
    if (join->is_road && join->old == SPOT_ESTATE && !join->is_estate)
        return PROLONG_SPOT;
    if (is_open(join) || (joined[join->old] & KIND(join->new) && (join->new_strength > 1 || join->old == SPOT_PARK)))
        return join->is_estate && join->new == SPOT_ESTATE ? PROLONG_WITHIN : PROLONG_SPOT;
    if ((join->old == SPOT_ROAD || join->old == SPOT_VILLAGE) && join->new == SPOT_ESTATE)
        return join->new_strength == sure ? PROLONG_SPOT : PROLONG_WITHIN;
    return PROLONG_WITHIN;
}
