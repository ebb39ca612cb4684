#include "detect/season_plan.h"

#include "base/civil_time.h"
#include "base/fixed_log.h"

enum {
    ONE = FIXED_ONE_Q16,
    NEAR_DAYS = 2 * SEASON_NEAR_DAYS + 1,
    YEAR_DAYS = 365,
    LEAST_HITS = 2,
    CHANCE_MOST_Q16 = ONE / 32,
    HISTORY_DAYS = 42,  /* before bouts can be seen */
    TOLD_DAYS = 60,     /* what was told for a day that near is the same season */
    LOG2_E_Q16 = 94548, /* log2 e */
    FOUR_YEARS_DAYS = 1461,
    LOOK_TIMES = 64,
    DUE_MOST = 1024,  /* of one day */
    LONGEST_DAYS = 60 /* of what is expected: after that it is told anew by its updates */
};

void season_plans_init(struct season_plans *plans, const struct path_model *model)
{
    memset(plans, 0, sizeof *plans);
    plans->model = model;
    plans->day = INT32_MIN;
}

/* ---- anniversaries ---- */

/* The same day of the calendar `years` later; 28 February for a 29th that is not there. */
static int32_t years_later(int32_t day, int32_t years)
{
    struct civil_time date = civil_from_ms(day * CIVIL_MS_PER_DAY);
    int32_t last = civil_days_in_month(date.year + years, date.month);
    return (int32_t)civil_days(date.year + years, date.month, date.day < last ? date.day : last);
}

static int32_t year_of(int32_t day)
{
    return civil_from_ms(day * CIVIL_MS_PER_DAY).year;
}

/* `day` of some year, moved to the year in which it comes nearest to `near`. */
static int32_t moved_near(int32_t day, int32_t near)
{
    int32_t years = year_of(near) - year_of(day);
    int32_t best = years_later(day, years);
    for (int32_t step = -1; step <= 1; step += 2) {
        int32_t other = years_later(day, years + step);
        int32_t distance = other > near ? other - near : near - other;
        if (distance < (best > near ? best - near : near - best))
            best = other;
    }
    return best;
}

/* ---- one cell ---- */

struct look {
    int32_t reference; /* the day in question */
    uint32_t years;    /* earlier ones that the history holds */
    uint32_t bouts;    /* times at which there was one, in all */
    int32_t first_day[LOOK_TIMES];
    const struct bout *hit[SEASON_YEARS]; /* by years ago − 1; NULL: did not come */
    int32_t shift[SEASON_YEARS];          /* its first day, moved */
};

static uint32_t years_of_history(int32_t reference, int32_t history_day)
{
    uint32_t years = 0;
    while (years < SEASON_YEARS &&
           years_later(reference, -(int32_t)years - 1) - SEASON_NEAR_DAYS >= history_day + HISTORY_DAYS)
        years++;
    return years;
}

static int is_spot(uint32_t slot)
{
    return slot / PATH_TOPICS == PLACE_SPOT;
}

/* At a spot one thing is told in many words, which are not always taken for the same topic. */
static int is_same_subject(const struct bout *a, const struct bout *b)
{
    if (is_spot(a->slot) && is_spot(b->slot))
        return a->path.spot == b->path.spot;
    return a->key == b->key;
}

/* Bouts of several topics at one time are one. */
static void count_time(struct look *look, int32_t first_day)
{
    for (uint32_t i = 0; i < look->bouts; i++)
        if (look->first_day[i] - first_day < SEASON_NEAR_DAYS && first_day - look->first_day[i] < SEASON_NEAR_DAYS)
            return;
    if (look->bouts < LOOK_TIMES)
        look->first_day[look->bouts++] = first_day;
}

static void look_at(const struct bout_table *bouts, const struct bout *cause, struct look *look)
{
    for (size_t i = 0; i < bouts->count; i++) {
        const struct bout *bout = &bouts->bout[i];
        if (!is_same_subject(bout, cause))
            continue;
        count_time(look, bout->first_day);
        int32_t moved = moved_near(bout->first_day, look->reference);
        int32_t distance = moved > look->reference ? moved - look->reference : look->reference - moved;
        int32_t ago = (look->reference + (moved - look->reference) - bout->first_day + YEAR_DAYS / 2) / YEAR_DAYS;
        if (distance > SEASON_NEAR_DAYS || ago < 1 || ago > (int32_t)look->years)
            continue;
        const struct bout *held = look->hit[ago - 1];
        if (held && held->reporters >= bout->reporters)
            continue;
        look->hit[ago - 1] = bout;
        look->shift[ago - 1] = moved;
    }
}

/* Chance that so many of the years at least have a bout near a day, in q16; 1 or more. Products of q16 numbers of at
 * most eight factors: off by less than 2^-12. */
static uint32_t chance_q16(uint32_t hits, uint32_t years, uint64_t p_q16)
{
    uint64_t tail = 0;
    for (uint32_t h = hits; h <= years; h++) {
        uint64_t term = ONE;
        for (uint32_t i = 0; i < h; i++)
            term = term * p_q16 * (years - i) / (i + 1) >> 16;
        for (uint32_t i = h; i < years; i++)
            term = term * (ONE - p_q16) >> 16;
        tail += term;
    }
    return (uint32_t)(tail < 1 ? 1 : tail < ONE ? tail : ONE);
}

static uint64_t near_by_chance_q16(uint32_t bouts, uint32_t years)
{
    int64_t expected_q16 = (int64_t)bouts * NEAR_DAYS * ONE / ((int64_t)(years ? years : 1) * YEAR_DAYS);
    int64_t exponent = -(expected_q16 * LOG2_E_Q16 >> 16);
    if (exponent < -16 * ONE)
        return ONE;
    return (uint64_t)ONE - fixed_exp2_q16((int32_t)exponent + 16 * ONE);
}

static void fill_plan(const struct look *look, struct season_plan *plan)
{
    int64_t first = 0;
    int64_t length = 0;
    for (uint32_t i = 0; i < look->years; i++) {
        const struct bout *bout = look->hit[i];
        if (!bout)
            continue;
        if (!plan->hits)
            plan->bout = *bout;
        plan->year[plan->hits++] = (struct season_year){bout->first_day, bout->last_day, bout->reporters};
        first += look->shift[i];
        length += bout->last_day - bout->first_day;
        for (uint32_t id = 0; id < bout->id_count && plan->ids < SEASON_YEARS && id < 2; id++) {
            memcpy(plan->id[plan->ids], bout->id[id], bout->id_size[id]);
            plan->id_size[plan->ids++] = bout->id_size[id];
        }
    }
    int64_t hits = plan->hits ? plan->hits : 1;
    length /= hits;
    plan->first_day = (int32_t)(first / hits);
    plan->last_day = plan->first_day + (int32_t)(length < LONGEST_DAYS ? length : LONGEST_DAYS);
}

/* 1 and *plan when it is to be told. */
static int is_yearly(const struct bout_table *bouts, const struct bout *cause, int32_t reference,
                     struct season_plan *plan)
{
    struct look look = {.reference = reference, .years = years_of_history(reference, bouts->history_day)};
    memset(plan, 0, sizeof *plan);
    if (look.years < LEAST_HITS)
        return 0;
    look_at(bouts, cause, &look);
    uint32_t hits = 0;
    for (uint32_t i = 0; i < look.years; i++)
        hits += look.hit[i] != NULL;
    if (hits < LEAST_HITS || 10 * (2 * hits + 1) < 11 * (look.years + 1))
        return 0;
    uint32_t chance = chance_q16(hits, look.years, near_by_chance_q16(look.bouts, look.years));
    if (chance > CHANCE_MOST_Q16)
        return 0;
    plan->years = look.years;
    fill_plan(&look, plan);
    plan->rarity_q16 = 16 * ONE - fixed_log2_q16(chance);
    return plan->ids >= 2; /* evidence that can be looked up */
}

/* ---- one day ---- */

/* One cell in the other, or the same. A spot of its own is worth a word beside the tide that it stands in. */
static int are_nested(const struct season_told *a, const struct bout *b)
{
    if (is_spot(a->slot) != is_spot(b->slot) && 2 * a->reporters < b->reporters)
        return 0;
    if (!is_spot(a->slot) && is_spot(b->slot))
        return 0;
    if (is_spot(a->slot) && is_spot(b->slot)) /* whatever each complaint was taken for */
        return a->path.spot == b->path.spot;
    uint32_t place = a->slot / PATH_TOPICS < b->slot / PATH_TOPICS ? a->slot / PATH_TOPICS : b->slot / PATH_TOPICS;
    uint32_t topic = a->slot % PATH_TOPICS < b->slot % PATH_TOPICS ? a->slot % PATH_TOPICS : b->slot % PATH_TOPICS;
    return subject_path_meet(&a->path, &b->path, path_slot(place, topic));
}

static int was_told(const struct season_plans *plans, const struct season_plan *plan)
{
    for (uint32_t i = 0; i < plans->told_count; i++) {
        int32_t apart = plans->told[i].first_day - plan->first_day;
        if (apart < TOLD_DAYS && apart > -TOLD_DAYS && are_nested(&plans->told[i], &plan->bout))
            return 1;
    }
    return 0;
}

static void note_told(struct season_plans *plans, const struct season_plan *plan)
{
    if (plans->told_count == SEASON_TOLD_MAX) {
        plans->told_count--;
        memmove(&plans->told[0], &plans->told[1], plans->told_count * sizeof plans->told[0]);
    }
    plans->told[plans->told_count++] = (struct season_told){.path = plan->bout.path,
                                                            .first_day = plan->first_day,
                                                            .slot = plan->bout.slot,
                                                            .reporters = plan->bout.reporters};
}

static void forget_told(struct season_plans *plans, int32_t day)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plans->told_count; i++)
        if (plans->told[i].first_day + TOLD_DAYS >= day)
            plans->told[kept++] = plans->told[i];
    plans->told_count = kept;
}

/* Bouts whose anniversary is the lead time away. */
struct due_list {
    uint32_t bout[DUE_MOST];
    int32_t reference[DUE_MOST];
    uint32_t count;
};

/* Whole years, give or take the leap day that the calendar decides about: tells most without asking it. */
static int is_about_years(int32_t days, int32_t slack)
{
    int32_t over = 4 * days % FOUR_YEARS_DAYS;
    return days > YEAR_DAYS / 2 && (over <= 4 * (slack + 1) || over >= FOUR_YEARS_DAYS - 4);
}

static void list_due(const struct bout_table *bouts, int32_t after, int32_t until, struct due_list *due)
{
    due->count = 0;
    for (uint32_t i = 0; i < bouts->count && due->count < DUE_MOST; i++) {
        int32_t first_day = bouts->bout[i].first_day;
        if (!is_about_years(until + SEASON_LEAD_DAYS - first_day, until - after))
            continue;
        int32_t reference = moved_near(first_day, until + SEASON_LEAD_DAYS);
        if (reference <= after + SEASON_LEAD_DAYS || reference > until + SEASON_LEAD_DAYS)
            continue;
        due->reference[due->count] = reference;
        due->bout[due->count++] = i;
    }
}

static uint32_t mean_reporters(const struct season_plan *plan)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < plan->hits; i++)
        sum += plan->year[i].reporters;
    return (uint32_t)(sum / (plan->hits ? plan->hits : 1));
}

/* The same comes back in a wider place, and less than half of it is here: it is told of that one. */
static int is_part_of_wider(const struct season_plans *plans, const struct bout_table *bouts,
                            const struct season_plan *plan, int32_t reference)
{
    uint32_t slot = plan->bout.slot;
    if (is_spot(slot))
        return 0;
    while (slot >= PATH_TOPICS) {
        struct season_plan wider;
        struct bout cause = {.key = subject_path_cell(plans->model, &plan->bout.path, slot - PATH_TOPICS)};
        slot -= PATH_TOPICS;
        if (cause.key && is_yearly(bouts, &cause, reference, &wider) &&
            mean_reporters(&wider) > 2 * mean_reporters(plan))
            return 1;
    }
    return 0;
}

static void plan_slot(struct season_plans *plans, const struct bout_table *bouts, const struct due_list *due,
                      uint32_t slot)
{
    struct season_plan plan;
    for (uint32_t i = 0; i < due->count && plans->due_count < SEASON_DUE_MAX; i++) {
        const struct bout *bout = &bouts->bout[due->bout[i]];
        if (bout->slot != slot || !is_yearly(bouts, bout, due->reference[i], &plan) || was_told(plans, &plan) ||
            is_part_of_wider(plans, bouts, &plan, due->reference[i]))
            continue;
        note_told(plans, &plan);
        plans->due[plans->due_count++] = plan;
    }
}

void season_plans_advance(struct season_plans *plans, const struct bout_table *bouts, int32_t day)
{
    int32_t after =
        plans->day == INT32_MIN || plans->day < day - SEASON_LEAD_DAYS ? day - SEASON_LEAD_DAYS : plans->day;
    plans->due_count = plans->due_taken = 0;
    plans->day = day;
    forget_told(plans, day);
    struct due_list due;
    list_due(bouts, after, day, &due);
    for (uint32_t slot = PATH_SLOTS; slot-- > 0;) /* the tightest first */
        plan_slot(plans, bouts, &due, slot);
}

/* ---- state ---- */

void season_plans_write(const struct season_plans *plans, const struct path_model *model, struct byte_buffer *out)
{
    row_put(out, (uint32_t)plans->day, 4);
    row_put(out, plans->told_count, 4);
    for (uint32_t i = 0; i < plans->told_count; i++) {
        const struct season_told *told = &plans->told[i];
        row_put(out, (uint32_t)told->first_day, 4);
        row_put(out, told->slot, 1);
        row_put(out, told->reporters, 4);
        row_put(out, path_model_place_key(model, &told->path), 8);
        row_put(out, told->path.spot, 8);
        row_put(out, path_model_topic_key(model, &told->path), 8);
    }
}

int season_plans_read(struct season_plans *plans, const struct path_model *model, struct row_reader *in)
{
    plans->day = (int32_t)row_get(in, 4);
    uint64_t count = row_get(in, 4);
    if (count > SEASON_TOLD_MAX)
        return -1;
    for (plans->told_count = 0; plans->told_count < count; plans->told_count++) {
        struct season_told *told = &plans->told[plans->told_count];
        told->first_day = (int32_t)row_get(in, 4);
        told->slot = (uint32_t)row_get(in, 1);
        told->reporters = (uint32_t)row_get(in, 4);
        uint64_t place = row_get(in, 8);
        uint64_t spot = row_get(in, 8);
        uint64_t topic = row_get(in, 8);
        if (told->slot >= PATH_SLOTS)
            return -1;
        subject_path_fill(model, path_model_find_place(model, place), spot, path_model_find_topic(model, topic),
                          &told->path);
    }
    return in->failed ? -1 : 0;
}
