#include "synth/event_plan.h"

#include "base/failure.h"
#include "synth/day_mix.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
#define DAY ((int64_t)24 * HOUR)

/* Of 1,000. */
enum {
    BREAKS_OUT = 500,   /* larger events of a problem that may break out, as a surge */
    SAME_PERSON = 400,  /* a further complaint comes from somebody who complained before */
    COPIES_OWN = 560,   /* … who sends the old text again */
    COPIES_OTHER = 180, /* a new person sends a text that goes round */
    EXACT_COPY = 170,   /* of the copies */
    COMPLAINS_OFTEN = 60
};

enum { LARGER = 6, SURGE_LENGTH = 24 };

static const struct quantile sizes[] = {{0, 2},    {600, 2},  {601, 3},  {815, 3},   {816, 4}, {898, 4},
                                        {899, 5},  {940, 5},  {941, 6},  {957, 6},   {958, 7}, {980, 10},
                                        {992, 16}, {997, 32}, {999, 56}, {1000, 120}};
static const struct quantile steady_gaps[] = {{0, 5 * MINUTE},  {100, 7 * HOUR}, {250, 70 * (int64_t)HOUR},
                                              {500, 18 * DAY},  {750, 82 * DAY}, {900, 220 * DAY},
                                              {1000, 340 * DAY}};
static const struct quantile surge_gaps[] = {{0, MINUTE},      {100, 15 * MINUTE}, {250, 2 * HOUR}, {500, 11 * HOUR},
                                             {750, 40 * HOUR}, {900, 4 * DAY},     {1000, 12 * DAY}};
static const struct quantile same_hand_gaps[] = {{0, MINUTE},     {120, 6 * MINUTE}, {250, 3 * HOUR},  {500, 5 * DAY},
                                                 {750, 40 * DAY}, {900, 120 * DAY},  {1000, 200 * DAY}};

uint32_t plan_size(struct draw *draw)
{
    return draw_chance(draw, EVENTS_OF_TWO) ? plan_larger_size(draw) : 1;
}

uint32_t plan_larger_size(struct draw *draw)
{
    return (uint32_t)draw_quantile(draw, sizes);
}

uint64_t plan_reporter(const struct plan_frame *frame, struct draw *draw)
{
    if (!draw_chance(draw, COMPLAINS_OFTEN))
        return draw_word(draw);
    uint32_t one = draw_below(draw, frame->frequent_reporters);
    return hash_pair(frame->seed, UINT64_C(0xf4e9) << 32 | draw_below(draw, draw_below(draw, one + 1) + 1));
}

/* Larger events last about as long as small ones, so their complaints stand closer together. */
static int64_t gap_before(const struct event *event, uint32_t member, int same_hand, struct draw *draw)
{
    if (event->shape == SHAPE_SEASON || (event->shape == SHAPE_SURGE && member < SURGE_LENGTH))
        return draw_quantile(draw, surge_gaps);
    int64_t gap = draw_quantile(draw, same_hand ? same_hand_gaps : steady_gaps);
    return event->count > LARGER ? gap * 10 / (4 + event->count) : gap;
}

/* Person and text of member `at`; 1 when the person has complained before. */
static int choose_voice(struct event *event, uint32_t at, const struct plan_frame *frame, struct draw *draw)
{
    struct member *member = &event->members[at];
    *member = (struct member){.text_seed = draw_word(draw)};
    if (at == 0) {
        member->reporter = plan_reporter(frame, draw);
        return 0;
    }
    const struct member *earlier = &event->members[draw_below(draw, at)];
    int same_person = draw_chance(draw, SAME_PERSON);
    member->reporter = same_person ? earlier->reporter : plan_reporter(frame, draw);
    member->again = (uint32_t)same_person;
    if (draw_chance(draw, same_person ? COPIES_OWN : COPIES_OTHER)) {
        member->text_seed = earlier->text_seed;
        member->told_ms = earlier->told_ms;
        member->again = earlier->again;
        member->edit = draw_chance(draw, EXACT_COPY) ? 0 : draw_word(draw);
    }
    return same_person;
}

static void keep_inside(struct event *event, const struct plan_frame *frame)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < event->count; i++)
        if (event->members[i].time_ms >= frame->from_ms && event->members[i].time_ms < frame->until_ms)
            event->members[kept++] = event->members[i];
    event->count = kept;
}

static enum event_shape choose_shape(const struct plan_wish *wish, struct draw *draw)
{
    if (wish->season)
        return SHAPE_SEASON;
    if (wish->size == 1)
        return SHAPE_LONE;
    int may = (wish->problem->traits & TRAIT_SURGE) && wish->size >= LARGER;
    return may && draw_chance(draw, BREAKS_OUT) ? SHAPE_SURGE : SHAPE_STEADY;
}

static void fill_members(struct event *event, const struct plan_frame *frame, const struct plan_wish *wish,
                         struct draw *draw)
{
    int64_t time_ms = wish->founded_ms;
    for (uint32_t i = 0; i < event->count; i++) {
        int same_hand = choose_voice(event, i, frame, draw);
        if (i) {
            int64_t gap = gap_before(event, i, same_hand, draw);
            time_ms = moment_not_before(wish->problem->hours, draw, time_ms + gap) / SECOND * SECOND;
        }
        event->members[i].time_ms = time_ms;
        if (!event->members[i].told_ms)
            event->members[i].told_ms = time_ms;
    }
}

weisu_code plan_members(struct event *event, const struct plan_frame *frame, const struct plan_wish *wish,
                        struct draw *draw, weisu_err *err)
{
    event->founded_ms = wish->founded_ms;
    event->shape = choose_shape(wish, draw);
    event->next = 0;
    event->members = &event->only;
    if (wish->size > 1)
        event->members = memory_new(frame->allocator, wish->size, sizeof *event->members);
    if (!event->members)
        return failure(err, WEISU_ENOMEM, "no memory for an event of %u complaints", wish->size);
    event->planned = event->count = wish->size;
    fill_members(event, frame, wish, draw);
    keep_inside(event, frame);
    if (wish->size == 1 || event->count > 1)
        return WEISU_OK;
    if (event->count)
        event->only = event->members[0];
    memory_free(frame->allocator, event->members, wish->size, sizeof *event->members);
    event->members = &event->only;
    return WEISU_OK;
}

void plan_free_members(struct event *event, const weisu_allocator *allocator)
{
    if (event->members != &event->only)
        memory_free(allocator, event->members, event->planned, sizeof *event->members);
    event->members = &event->only;
}
