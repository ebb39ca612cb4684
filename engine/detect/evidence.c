#include "detect/evidence.h"

#include "base/fixed_log.h"

enum {
    BIT = FIXED_ONE_Q16,
    RISK_PRIOR_CASES = 256, /* one in 32 of grade 1, one in 12 of grade 1 or 2, until counts say better */
    RISK_PRIOR_GRAVEST = 8,
    RISK_PRIOR_GRAVE = 21,
    RETURN_PRIOR_REPORTERS = 64, /* one reporter in eight complains again about the same */
    RETURN_PRIOR = 8,
    FURTHER_BITS_Q16 = 221000, /* 3.4: a founding complaint in ten finds another reporter (growth_prior.c) */
    HASTE_WEIGHT_Q8 = 32,      /* an eighth for each bit of haste: see further_bits_q16 */
    RETURN_WEIGHT_Q8 = 64,     /* a quarter: who comes back is unhelped, but no further person */
    MOST_BITS = 4096,
    CHAIN = 64 /* further reporters that a forecast looks at */
};

#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

/* Tails of both sums under the prior of growth_prior.c, by simulation of 200,000 clusters, rounded. */
static const struct calibration_point growth_tail[] = {
    {0, 31 * BIT / 10},         {1 * BIT, 32 * BIT / 10},  {3 * BIT, 37 * BIT / 10},  {4 * BIT, 47 * BIT / 10},
    {6 * BIT, 53 * BIT / 10},   {10 * BIT, 66 * BIT / 10}, {16 * BIT, 79 * BIT / 10}, {25 * BIT, 93 * BIT / 10},
    {40 * BIT, 110 * BIT / 10}, {60 * BIT, 123 * BIT / 10}};
static const struct calibration_prior growth_tail_prior = {growth_tail, sizeof growth_tail / sizeof *growth_tail, 512};
static const struct calibration_point risk_tail[] = {{0, 35 * BIT / 10},   {35 * BIT / 10, 35 * BIT / 10},
                                                     {5 * BIT, 5 * BIT},   {10 * BIT, 8 * BIT},
                                                     {20 * BIT, 11 * BIT}, {40 * BIT, 15 * BIT}};
static const struct calibration_prior risk_tail_prior = {risk_tail, sizeof risk_tail / sizeof *risk_tail, 256};

int evidence_init(struct evidence *evidence, const weisu_allocator *allocator)
{
    memset(evidence, 0, sizeof *evidence);
    cluster_growths_init(&evidence->clusters, allocator);
    calibration_init(&evidence->calibration[EVIDENCE_GROWTH], &growth_tail_prior);
    calibration_init(&evidence->calibration[EVIDENCE_RISK], &risk_tail_prior);
    return growth_table_init(&evidence->table, allocator);
}

void evidence_dispose(struct evidence *evidence)
{
    growth_table_dispose(&evidence->table);
    cluster_growths_dispose(&evidence->clusters);
}

int evidence_reserve(struct evidence *evidence)
{
    return cluster_growths_reserve(&evidence->clusters);
}

/* ---- bits ---- */

static int32_t log_ratio_q16(uint64_t a, uint64_t b)
{
    return fixed_log2_q16(a) - fixed_log2_q16(b);
}

static int32_t risk_rarity_q16(const struct evidence *evidence, uint32_t grade)
{
    uint64_t prior = grade == 1 ? RISK_PRIOR_GRAVEST : RISK_PRIOR_GRAVE;
    return log_ratio_q16(evidence->cases + RISK_PRIOR_CASES, evidence->risky[grade - 1] + prior);
}

static int32_t return_rarity_q16(const struct evidence *evidence)
{
    return log_ratio_q16(evidence->reporters + RETURN_PRIOR_REPORTERS, evidence->returned + RETURN_PRIOR);
}

/* Were nothing going on, each further reporter would be a coincidence by himself: that a founding complaint of this
 * class ever finds one is what any of them counts, as far as he is surely one. From the second on one who comes sooner
 * than the next ones usually do counts up to a third more, one who comes late a tenth less: who complains first after
 * whom says nothing, but what grows faster and faster grows on. */
static int32_t further_bits_q16(const struct evidence *evidence, const struct cluster_growth *growth,
                                const struct evidence_case *added, int64_t age_ms)
{
    int64_t bits = FURTHER_BITS_Q16;
    if (growth->reporters > 1) {
        uint32_t step = growth_step(growth->reporters);
        int64_t haste = growth_bits_q16(&evidence->table, added->class, step, age_ms) -
                        growth_bits_q16(&evidence->table, added->class, step, INT64_MAX);
        bits = bits * (BIT + haste * HASTE_WEIGHT_Q8 / 256) / BIT;
    }
    return (int32_t)(bits * added->trust_q16 / BIT);
}

static int64_t return_bits_q16(const struct evidence *evidence, uint32_t returned)
{
    return (int64_t)returned * return_rarity_q16(evidence) * RETURN_WEIGHT_Q8 / 256;
}

int32_t evidence_related_q16(const struct evidence *evidence, const struct cluster_growth *larger,
                             const struct cluster_growth *smaller, int32_t trust_q16)
{
    int64_t other = FURTHER_BITS_Q16;
    if (smaller)
        other += evidence_bits_q16(evidence, smaller, EVIDENCE_GROWTH);
    int64_t bits = evidence_bits_q16(evidence, larger, EVIDENCE_GROWTH) + other * trust_q16 / BIT;
    return (int32_t)(bits < MOST_BITS * BIT ? bits : MOST_BITS * BIT);
}

static int is_grave(uint32_t grade)
{
    return grade == 1 || grade == 2;
}

int32_t evidence_bits_q16(const struct evidence *evidence, const struct cluster_growth *growth, uint32_t family)
{
    int64_t bits = 0;
    if (cluster_growth_standing(growth) > 1)
        bits = growth->bits_q16 + return_bits_q16(evidence, growth->returned_count);
    if (family == EVIDENCE_RISK)
        bits = growth->risk_reporters * 2 < growth->reporters || !growth->risk_reporters ? 0 : bits + growth->risk_q16;
    return (int32_t)(bits < MOST_BITS * BIT ? bits : MOST_BITS * BIT);
}

/* ---- a record ---- */

static struct cluster_growth *begin_run(struct evidence *evidence, const struct evidence_case *added, int64_t first_ms)
{
    struct cluster_growth *growth = cluster_growths_add(&evidence->clusters, added->slot);
    growth->first_ms = growth->last_ms = growth->entered_ms = first_ms;
    growth->entered_day = local_day(added->zone, first_ms);
    growth->class = added->class;
    growth->reporters = growth->members = 1;
    return growth;
}

static void add_risk(const struct evidence *evidence, struct cluster_growth *growth, uint32_t grade)
{
    if (!is_grave(grade))
        return;
    growth->risk_q16 += risk_rarity_q16(evidence, grade);
    growth->risk_reporters++;
}

static void add_reporter(struct evidence *evidence, struct cluster_growth *growth, const struct evidence_case *added)
{
    int64_t age_ms = added->since_reporter_ms > 0 ? added->since_reporter_ms : 0;
    if (added->date_only && age_ms < DAY_MS)
        age_ms = DAY_MS;
    uint32_t step = growth_step(growth->reporters);
    int teaches = !growth->alerted && !growth->rerun;
    if (teaches) {
        struct growth_leave leave = {growth->class, step, growth->entered_day, age_ms, 1};
        growth_leave(&evidence->table, &leave);
    }
    int64_t bits = growth->bits_q16 + (int64_t)further_bits_q16(evidence, growth, added, age_ms);
    growth->bits_q16 = (int32_t)(bits < MOST_BITS * BIT ? bits : MOST_BITS * BIT);
    growth->reporters++;
    growth->class = added->class;
    growth->entered_ms = added->time_ms;
    growth->entered_day = added->day;
    if (teaches)
        growth_enter(&evidence->table, growth->class, growth_step(growth->reporters), added->day);
    evidence->reporters++;
    add_risk(evidence, growth, added->risk);
}

/* Whoever sends the same again within half a day has pressed a button twice. */
static void add_return(struct evidence *evidence, struct cluster_growth *growth, const struct evidence_case *added)
{
    uint32_t who = (uint32_t)added->reporter;
    if (!added->reporter || added->since_reporter_ms < DAY_MS / 2)
        return;
    for (uint32_t i = 0; i < growth->returned_count; i++)
        if (growth->returned[i] == who)
            return;
    if (growth->returned_count == GROWTH_RETURNED)
        return;
    growth->returned[growth->returned_count++] = who;
    evidence->returned++;
}

static void reach(struct evidence *evidence, struct cluster_growth *growth, uint32_t family, int32_t bits_q16)
{
    if (growth->alerted || growth->rerun || bits_q16 <= growth->reached_q16[family])
        return;
    calibration_reach(&evidence->calibration[family], growth->reached_q16[family], bits_q16);
    growth->reached_q16[family] = bits_q16;
    cluster_growths_note_change(&evidence->clusters, growth);
}

void evidence_reach(struct evidence *evidence, struct cluster_growth *growth, int32_t bits_q16)
{
    reach(evidence, growth, EVIDENCE_GROWTH, bits_q16);
}

static void calibrate(struct evidence *evidence, struct cluster_growth *growth)
{
    for (uint32_t family = 0; family < GROWTH_FAMILIES; family++)
        reach(evidence, growth, family, evidence_bits_q16(evidence, growth, family));
}

static struct cluster_growth *found(struct evidence *evidence, const struct evidence_case *added)
{
    calibration_try(&evidence->calibration[EVIDENCE_GROWTH]);
    calibration_try(&evidence->calibration[EVIDENCE_RISK]);
    evidence->reporters++;
    growth_enter(&evidence->table, added->class, 0, added->day);
    if (!is_grave(added->risk))
        return NULL;
    struct cluster_growth *growth = begin_run(evidence, added, added->time_ms);
    add_risk(evidence, growth, added->risk);
    return growth;
}

struct cluster_growth *evidence_add(struct evidence *evidence, const struct evidence_case *added)
{
    evidence->cases++;
    evidence->risky[0] += added->risk == 1;
    evidence->risky[1] += is_grave(added->risk);
    struct cluster_growth *growth = cluster_growths_find(&evidence->clusters, added->slot);
    if (!growth && added->opened) {
        growth = found(evidence, added);
    } else {
        int64_t since = added->since_reporter_ms > 0 ? added->since_reporter_ms : 0;
        if (!growth)
            growth = begin_run(evidence, added, added->time_ms - since);
        growth->members++;
        if (added->new_reporter)
            add_reporter(evidence, growth, added);
        else
            add_return(evidence, growth, added);
        growth->last_ms = added->time_ms > growth->last_ms ? added->time_ms : growth->last_ms;
    }
    if (growth) {
        cluster_growths_note_change(&evidence->clusters, growth);
        calibrate(evidence, growth);
    }
    return growth;
}

void evidence_mark(struct evidence *evidence, uint32_t slot, int alerted)
{
    struct cluster_growth *growth = cluster_growths_find(&evidence->clusters, slot);
    if (!growth || growth->alerted == alerted)
        return;
    cluster_growths_note_change(&evidence->clusters, growth);
    growth->alerted = (uint8_t)alerted;
    if (alerted && !growth->rerun) {
        struct growth_leave leave = {growth->class, growth_step(growth->reporters), growth->entered_day, 0, 0};
        growth_leave(&evidence->table, &leave);
    }
    if (!alerted) {
        *growth = (struct cluster_growth){.first_ms = growth->last_ms,
                                          .last_ms = growth->last_ms,
                                          .entered_ms = growth->last_ms,
                                          .entered_day = growth->entered_day,
                                          .slot = growth->slot,
                                          .class = growth->class,
                                          .reporters = 1,
                                          .members = 0,
                                          .rerun = 1,
                                          .changed = 1};
    }
}

/* ---- two as one ---- */

static int64_t earlier_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void add_growth(struct cluster_growth *to, const struct cluster_growth *from)
{
    to->first_ms = earlier_of(to->first_ms, from->first_ms);
    to->last_ms = later_of(to->last_ms, from->last_ms);
    to->entered_ms = later_of(to->entered_ms, from->entered_ms);
    to->entered_day = later_of(to->entered_day, from->entered_day);
    to->reporters += from->reporters;
    to->withdrawn += from->withdrawn;
    to->members += from->members;
    to->risk_q16 += from->risk_q16;
    to->risk_reporters += from->risk_reporters;
    for (uint32_t i = 0; i < from->returned_count && to->returned_count < GROWTH_RETURNED; i++)
        to->returned[to->returned_count++] = from->returned[i];
    for (size_t i = 0; i < GROWTH_FAMILIES; i++)
        to->reached_q16[i] = to->reached_q16[i] > from->reached_q16[i] ? to->reached_q16[i] : from->reached_q16[i];
    to->alerted |= from->alerted;
    to->rerun |= from->rerun;
}

static void stop_watching(struct evidence *evidence, const struct cluster_growth *growth)
{
    if (growth->alerted || growth->rerun)
        return;
    struct growth_leave leave = {growth->class, growth_step(growth->reporters), growth->entered_day, 0, 0};
    growth_leave(&evidence->table, &leave);
}

int evidence_merge(struct evidence *evidence, const struct evidence_merge *merge)
{
    struct cluster_growths *clusters = &evidence->clusters;
    if (cluster_growths_reserve(clusters))
        return -1;
    const struct cluster_growth *part = cluster_growths_find(clusters, merge->part);
    struct cluster_growth *whole = cluster_growths_find(clusters, merge->whole);
    struct cluster_growth both = whole ? *whole : part ? *part : (struct cluster_growth){0};
    if (!whole && !part)
        return 0;
    int64_t bits = (int64_t)(whole ? whole->bits_q16 : 0) + (part ? part->bits_q16 : 0);
    if (whole && part)
        add_growth(&both, part);
    else
        both.members += whole ? merge->part_members : merge->whole_members;
    if (!whole || !part)
        both.reporters++;
    if (merge->reporters >= both.reporters)
        bits += FURTHER_BITS_Q16;
    both.reporters = both.reporters < merge->reporters ? both.reporters : merge->reporters;
    both.bits_q16 = (int32_t)(bits < MOST_BITS * BIT ? bits : MOST_BITS * BIT);
    both.slot = merge->whole;
    if (part) {
        struct cluster_growth left = *part;
        if (cluster_growths_drop(clusters, merge->part))
            return -1;
        if (whole)
            stop_watching(evidence, &left);
        whole = cluster_growths_find(clusters, merge->whole);
    }
    if (!whole)
        whole = cluster_growths_add(clusters, merge->whole);
    both.changed = whole->changed;
    *whole = both;
    cluster_growths_note_change(clusters, whole);
    return 0;
}

/* ---- forecast ---- */

/* -log2 of the chance that the next reporter comes within 90 days of the last, none having come for `age_ms`. */
static int32_t next_bits_q16(const struct evidence *evidence, uint32_t class, uint32_t reporters, int64_t age_ms)
{
    int64_t end_ms = growth_bin_hours[GROWTH_BINS - 1] * HOUR_MS;
    uint32_t step = growth_step(reporters);
    int32_t so_far = age_ms <= HOUR_MS ? 0 : growth_waiting_bits_q16(&evidence->table, class, step, age_ms);
    int32_t left = growth_waiting_bits_q16(&evidence->table, class, step, end_ms) - so_far;
    uint64_t one = UINT64_C(1) << 40;
    uint64_t still = fixed_exp2_q16(40 * BIT - (left > 0 ? left : 0));
    return still < one ? 40 * BIT - fixed_log2_q16(one - still) : 40 * BIT;
}

void evidence_foresee(const struct evidence *evidence, const struct cluster_growth *growth, int64_t clock_ms,
                      struct forecast_span *out)
{
    const int32_t tenth_q16 = 217706;    /* -log2 of .1 */
    const int32_t nine_tenth_q16 = 9962; /* of .9 */
    int64_t chance_bits = 0;
    uint64_t more_q16 = 0;
    uint32_t low = 0;
    uint32_t high = 0;
    for (uint32_t i = 0; i < CHAIN; i++) {
        int64_t age_ms = i ? 0 : clock_ms - growth->entered_ms;
        chance_bits += next_bits_q16(evidence, growth->class, growth->reporters + i, age_ms);
        if (chance_bits > 20 * BIT)
            break;
        more_q16 += fixed_exp2_q16((int32_t)(16 * BIT - chance_bits));
        low += chance_bits <= nine_tenth_q16;
        high += chance_bits > tenth_q16 ? 0 : 1;
    }
    /* Complaints: reporters times what each of them sends. */
    uint64_t members = growth->members > growth->reporters ? growth->members : growth->reporters;
    out->more_milli = (int64_t)fixed_mul_div(more_q16 * 1000, members, (uint64_t)growth->reporters << 16);
    out->low_milli = (int64_t)fixed_mul_div(low * UINT64_C(1000), members, growth->reporters);
    out->high_milli = (int64_t)fixed_mul_div(high * UINT64_C(1000), members, growth->reporters);
}

int64_t evidence_expected_milli(const struct evidence *evidence, const struct cluster_growth *growth, int64_t span_ms)
{
    uint64_t sum_q16 = BIT;
    int64_t chance_bits = 0;
    for (uint32_t reporters = 1; reporters < CHAIN; reporters++) {
        chance_bits += growth_bits_q16(&evidence->table, growth->class, growth_step(reporters), span_ms);
        if (chance_bits > 16 * BIT)
            break;
        sum_q16 += fixed_exp2_q16((int32_t)(16 * BIT - chance_bits));
    }
    return (int64_t)(sum_q16 * 1000 >> 16);
}
