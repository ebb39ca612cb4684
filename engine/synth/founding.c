#include "synth/founding.h"

#include "base/civil_time.h"
#include "base/failure.h"

/* Of 1,000. */
enum {
    AT_A_RECENT_PLACE = 8,  /* foundings at a place that something else was just said about */
    STARTS_A_TEMPLATE = 10, /* lone complaints whose text others will send about other places */
    USES_A_TEMPLATE = 22
};

enum { TEMPLATE_DAYS = 20, PLACE_TRIES = 24, SERIES_LEAST = 4, SERIES_MOST = 14 };

static uint64_t isqrt(uint64_t x)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= x)
            root += bit;
    return root;
}

/* About Poisson for a mean given in thousandths: the mean with its scatter, by the sum of twelve even draws. */
static uint32_t draw_count(struct draw *draw, uint64_t mean_thousandths)
{
    int64_t scatter = -6000;
    for (int i = 0; i < 12; i++)
        scatter += draw_below(draw, 1001);
    int64_t root = (int64_t)isqrt(mean_thousandths * 1000);
    int64_t value = (int64_t)mean_thousandths + root * scatter / 1000;
    value = value < 0 ? 0 : value;
    return (uint32_t)(value / 1000 + draw_chance(draw, (uint32_t)(value % 1000)));
}

static int take(struct synth *synth, uint32_t place, uint32_t problem)
{
    uint64_t bit = (uint64_t)place * synth->tables.problem_count + problem;
    uint64_t mask = UINT64_C(1) << (bit & 63);
    int was_free = !(synth->taken[bit >> 6] & mask);
    synth->taken[bit >> 6] |= mask;
    return was_free;
}

static int problem_fits(const struct synth *synth, const struct problem *problem, uint32_t place)
{
    for (uint32_t i = 0; i < problem->type_count; i++)
        if (place >= synth->map.first[problem->types[i]] && place < synth->map.first[problem->types[i] + 1])
            return 1;
    return 0;
}

/* A place where nobody has had this problem yet; after PLACE_TRIES whichever comes. */
static uint32_t choose_place(struct synth *synth, uint32_t problem)
{
    const struct problem *what = &synth->tables.problems[problem];
    uint32_t place = 0;
    for (int tries = 0; tries < PLACE_TRIES; tries++) {
        uint32_t known = synth->recent_count < RECENT_PLACES ? synth->recent_count : RECENT_PLACES;
        place = known && draw_chance(&synth->draw, AT_A_RECENT_PLACE) ? synth->recent[draw_below(&synth->draw, known)]
                                                                      : NO_PLACE;
        if (place == NO_PLACE || !problem_fits(synth, what, place))
            place = place_map_draw(&synth->map, what, &synth->draw);
        if (take(synth, place, problem))
            break;
    }
    synth->recent[synth->recent_count++ % RECENT_PLACES] = place;
    return place;
}

/* Lone complaints start circular texts, or take one that started in the last weeks. */
static void circulate(struct synth *synth, struct event *event)
{
    struct draw *draw = &synth->draw;
    if (draw_chance(draw, STARTS_A_TEMPLATE)) {
        synth->circulars[synth->circular_count++ % TEMPLATES] = (struct circular){
            event->founded_ms, event->only.text_seed, event->facts, event->only.reporter, event->problem};
        return;
    }
    uint32_t known = synth->circular_count < TEMPLATES ? synth->circular_count : TEMPLATES;
    if (!known || !draw_chance(draw, USES_A_TEMPLATE))
        return;
    const struct circular *circular = &synth->circulars[draw_below(draw, known)];
    if (event->founded_ms - circular->founded_ms > TEMPLATE_DAYS * CIVIL_MS_PER_DAY)
        return;
    event->problem = circular->problem;
    event->place = choose_place(synth, event->problem);
    event->facts = circular->facts;
    event->only.text_seed = circular->text_seed;
    if (draw_chance(draw, 500))
        event->only.reporter = circular->reporter;
}

static weisu_code enqueue(struct synth *synth, struct event *event, weisu_err *err)
{
    if (event->count > 1)
        event->number = ++synth->event_count;
    weisu_code code = event->count ? event_queue_push(&synth->queue, event, err) : WEISU_OK;
    if (code || !event->count) {
        plan_free_members(event, synth->allocator);
        memory_free(synth->allocator, event, 1, sizeof *event);
    }
    return code;
}

struct founding {
    int64_t moment_ms;
    uint32_t problem;
    uint32_t size;
    uint32_t place;  /* NO_PLACE: to be chosen */
    uint64_t series; /* not 0: a hotspot of the year */
};

static weisu_code found(struct synth *synth, const struct founding *founding, weisu_err *err)
{
    struct event *event = memory_new_zeroed(synth->allocator, 1, sizeof *event);
    if (!event)
        return failure(err, WEISU_ENOMEM, "no memory for an event of synth");
    event->facts = draw_word(&synth->draw);
    event->problem = founding->problem;
    event->place = founding->place;
    event->series = founding->series;
    struct plan_wish wish = {&synth->tables.problems[founding->problem], founding->moment_ms, founding->size,
                             founding->series != 0};
    weisu_code code = plan_members(event, &synth->frame, &wish, &synth->draw, err);
    if (code) {
        memory_free(synth->allocator, event, 1, sizeof *event);
        return code;
    }
    if (event->count && event->place == NO_PLACE)
        event->place = choose_place(synth, event->problem);
    if (event->shape == SHAPE_LONE && event->count)
        circulate(synth, event);
    return enqueue(synth, event, err);
}

weisu_code found_day(struct synth *synth, weisu_err *err)
{
    int64_t day = synth->next_day++;
    weisu_code code = WEISU_OK;
    day_mix_turn(&synth->mix, day);
    uint32_t count =
        draw_count(&synth->draw, synth->foundings_per_mille_days * synth->mix.load / (synth->mean_load + 1));
    for (uint32_t i = 0; i < count && !code; i++) {
        struct founding founding = {.size = plan_size(&synth->draw)};
        if (founding.size == 1 && day < synth->options.first_day)
            continue;
        founding.problem = day_mix_problem(&synth->mix, &synth->draw);
        founding.place = NO_PLACE;
        founding.moment_ms =
            day * CIVIL_MS_PER_DAY + moment_of_day(synth->tables.problems[founding.problem].hours, &synth->draw);
        code = found(synth, &founding, err);
    }
    return code;
}

/* ---- hotspots of the year ---- */

static int has_season(const struct problem *problem)
{
    for (size_t i = 1; i < MONTHS; i++)
        if (problem->months->share[i] != problem->months->share[0])
            return 1;
    return 0;
}

/* Day 0 is 1 January of the year. */
static weisu_code found_series_year(struct synth *synth, const struct founding *series, int64_t day_of_year, int year,
                                    weisu_err *err)
{
    struct founding founding = *series;
    int64_t day = civil_days(year, 1, 1) + day_of_year + draw_between(&synth->draw, -6, 6);
    founding.size = (uint32_t)draw_between(&synth->draw, SERIES_LEAST, SERIES_MOST);
    founding.moment_ms =
        day * CIVIL_MS_PER_DAY + moment_of_day(synth->tables.problems[founding.problem].hours, &synth->draw);
    return found(synth, &founding, err);
}

weisu_code found_series(struct synth *synth, weisu_err *err)
{
    uint64_t a_year = (uint64_t)synth->options.per_day * 365;
    uint64_t count = a_year * IN_SERIES / 1000 / ((SERIES_LEAST + SERIES_MOST) / 2);
    int first_year = civil_from_ms(synth->frame.from_ms).year;
    int last_year = civil_from_ms(synth->frame.until_ms - 1).year;
    weisu_code code = WEISU_OK;
    for (uint64_t i = 1; i <= count && !code; i++) {
        struct founding founding = {.series = i};
        do
            founding.problem = draw_below(&synth->draw, synth->tables.problem_count);
        while (!has_season(&synth->tables.problems[founding.problem]));
        founding.place = choose_place(synth, founding.problem);
        int64_t day = moment_of_year(synth->tables.problems[founding.problem].months, &synth->draw);
        for (int year = first_year; year <= last_year && !code; year++)
            code = found_series_year(synth, &founding, day, year, err);
    }
    return code;
}
