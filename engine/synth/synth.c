#include "synth/synth.h"

#include "base/civil_time.h"
#include "base/failure.h"
#include "synth/founding.h"

enum { STREAM_PURPOSE = 0x57e4, SAMPLE_PURPOSE };

enum { OFFSET_S = 8 * 3600, ID_DIGITS = 10000000, PLACES_PER_FOUNDING = 1700 /* thousandths */ };

/* ---- beginning ---- */

/* Complaints within the stream that a founding brings in the mean, over stream and warm-up, in millionths. What the
 * lone ones bring is known; what larger events bring is sampled. */
static weisu_code measure_mean_size(struct synth *synth, uint64_t *out, weisu_err *err)
{
    enum { SAMPLES = 60000 };
    struct draw draw = draw_from(synth->options.seed, SAMPLE_PURPOSE);
    const struct plan_frame *frame = &synth->frame;
    uint64_t members = 0;
    for (int i = 0; i < SAMPLES; i++) {
        struct event event = {.facts = 0};
        struct plan_wish wish = {.size = plan_larger_size(&draw)};
        wish.problem = &synth->tables.problems[draw_below(&draw, synth->tables.problem_count)];
        wish.founded_ms = draw_between(&draw, frame->from_ms - WARM_UP_DAYS * CIVIL_MS_PER_DAY, frame->until_ms - 1);
        weisu_code code = plan_members(&event, frame, &wish, &draw, err);
        if (code)
            return code;
        members += event.count;
        plan_free_members(&event, synth->allocator);
    }
    uint64_t lone = (1000 - EVENTS_OF_TWO) * UINT64_C(1000) * synth->options.days;
    *out = lone / (synth->options.days + WARM_UP_DAYS) + members * EVENTS_OF_TWO * 1000 / SAMPLES;
    return WEISU_OK;
}

static weisu_code set_rate(struct synth *synth, weisu_err *err)
{
    uint64_t mean_size;
    uint64_t load = 0;
    uint64_t days = synth->options.days;
    weisu_code code = measure_mean_size(synth, &mean_size, err);
    if (code)
        return code;
    for (uint32_t i = 0; i < synth->options.days; i++) {
        day_mix_turn(&synth->mix, synth->options.first_day + i);
        load += synth->mix.load;
    }
    synth->mean_load = load / days;
    uint64_t wanted = (uint64_t)synth->options.per_day * days * (1000 - IN_SERIES); /* in thousandths */
    synth->foundings_per_mille_days = wanted * 1000 / (days + WARM_UP_DAYS) * 1000 / (mean_size ? mean_size : 1);
    synth->next_day = synth->options.first_day - WARM_UP_DAYS;
    return WEISU_OK;
}

static void set_frame(struct synth *synth)
{
    const struct synth_options *options = &synth->options;
    uint64_t records = (uint64_t)options->per_day * options->days;
    synth->frame = (struct plan_frame){
        .allocator = synth->allocator,
        .from_ms = options->first_day * CIVIL_MS_PER_DAY,
        .until_ms = (options->first_day + options->days) * CIVIL_MS_PER_DAY,
        .seed = options->seed,
        .frequent_reporters = (uint32_t)(records / 12 + 20 < UINT32_MAX ? records / 12 + 20 : UINT32_MAX),
    };
}

static weisu_code prepare(struct synth *synth, const char *folder, const char *city, weisu_err *err)
{
    enum { MOST_PLACES = 300000 };
    uint64_t foundings = (uint64_t)synth->options.per_day * (synth->options.days + WARM_UP_DAYS / 6);
    uint64_t places = foundings * PLACES_PER_FOUNDING / 1000;
    weisu_code code = wording_tables_load(&synth->tables, folder, city, synth->allocator, err);
    if (code)
        return code;
    synth->loaded = 1;
    code = place_map_init(&synth->map, &synth->tables, synth->options.seed,
                          (uint32_t)(places < MOST_PLACES ? places : MOST_PLACES), err);
    if (code)
        return code;
    synth->mapped = 1;
    code = day_mix_init(&synth->mix, &synth->tables, synth->options.seed, err);
    if (code)
        return code;
    synth->mixed = 1;
    composer_init(&synth->composer, &synth->map, synth->options.short_text);
    synth->taken_words = (size_t)(((uint64_t)place_map_count(&synth->map) * synth->tables.problem_count + 63) / 64);
    synth->taken = memory_new_zeroed(synth->allocator, synth->taken_words, sizeof *synth->taken);
    if (!synth->taken)
        return failure(err, WEISU_ENOMEM, "no memory for the places of synth");
    code = set_rate(synth, err);
    return code ? code : found_series(synth, err);
}

static weisu_code check_options(const struct synth_options *options, weisu_err *err)
{
    if (options->days < 1 || options->days > SYNTH_MAX_DAYS)
        return failure(err, WEISU_EINVAL, "days must be 1 to %d", SYNTH_MAX_DAYS);
    if (options->per_day < 1 || options->per_day > SYNTH_MAX_PER_DAY)
        return failure(err, WEISU_EINVAL, "complaints a day must be 1 to %d", SYNTH_MAX_PER_DAY);
    if (options->first_day < civil_days(1971, 1, 1) || options->first_day > civil_days(2170, 1, 1))
        return failure(err, WEISU_EINVAL, "the first day must lie between 1971 and 2170");
    if (!options->tables_dir)
        return failure(err, WEISU_EINVAL, "no folder of tables");
    return WEISU_OK;
}

weisu_code synth_new(struct synth **out, const struct synth_options *options, const weisu_allocator *allocator,
                     weisu_err *err)
{
    *out = NULL;
    weisu_code code = check_options(options, err);
    if (code)
        return code;
    struct synth *synth = memory_new_zeroed(allocator, 1, sizeof *synth);
    if (!synth)
        return failure(err, WEISU_ENOMEM, "no memory for a stream");
    synth->allocator = allocator;
    synth->options = *options;
    synth->draw = draw_from(options->seed, STREAM_PURPOSE);
    event_queue_init(&synth->queue, allocator);
    byte_buffer_init(&synth->row, allocator);
    set_frame(synth);
    code = prepare(synth, options->tables_dir, options->city ? options->city : "11", err);
    synth->options.tables_dir = NULL;
    synth->options.city = NULL;
    if (code) {
        synth_free(synth);
        return code;
    }
    *out = synth;
    return WEISU_OK;
}

static void free_written(struct synth *synth)
{
    if (!synth->written)
        return;
    plan_free_members(synth->written, synth->allocator);
    memory_free(synth->allocator, synth->written, 1, sizeof *synth->written);
    synth->written = NULL;
}

void synth_free(struct synth *synth)
{
    if (!synth)
        return;
    free_written(synth);
    event_queue_dispose(&synth->queue);
    byte_buffer_dispose(&synth->row);
    if (synth->taken)
        memory_free(synth->allocator, synth->taken, synth->taken_words, sizeof *synth->taken);
    if (synth->mixed) {
        composer_dispose(&synth->composer);
        day_mix_dispose(&synth->mix);
    }
    if (synth->mapped)
        place_map_dispose(&synth->map);
    if (synth->loaded)
        wording_tables_free(&synth->tables);
    memory_free(synth->allocator, synth, 1, sizeof *synth);
}

/* ---- records ---- */

static uint64_t next_id(struct synth *synth, int64_t time_ms)
{
    struct civil_time date = civil_from_ms(time_ms);
    uint64_t number = (uint64_t)date.year * 10000 + (uint64_t)date.month * 100 + (uint64_t)date.day;
    if (number != synth->day_number) {
        synth->day_number = number;
        synth->day_serial = 0;
    }
    return number * ID_DIGITS + ++synth->day_serial;
}

static uint64_t member_id(const struct synth_event *event, size_t at)
{
    return ((const struct member *)event->members)[at].id;
}

/* The event as its row in events.jsonl. */
static weisu_code describe(struct synth *synth, const struct event *event, struct synth_event *out, weisu_err *err)
{
    static const char *const shapes[] = {"lone", "steady", "surge", "season"};
    const struct problem *problem = &synth->tables.problems[event->problem];
    struct member any = {.text_seed = event->facts, .told_ms = event->founded_ms};
    struct byte_buffer *row = &synth->row;
    byte_buffer_reset(row);
    scene_start(&synth->composer.scene, &synth->map, event, &any);
    place_write(&synth->composer.scene.place, &synth->tables, MENTION_FULL, 0, row);
    size_t place_size = row->size;
    scene_write(&synth->composer.scene, synth->tables.common.wordings[PART_ISSUE][0], row);
    if (row->failed)
        return failure(err, WEISU_ENOMEM, "no memory for an event's title");
    *out = (struct synth_event){
        .number = event->number,
        .series = event->series,
        .title = {row->data, row->size},
        .place = {row->data, place_size},
        .issue = {row->data + place_size, row->size - place_size},
        .district = synth->composer.scene.place.district->name,
        .subdistrict = synth->composer.scene.place.subdistrict,
        .problem = problem->id,
        .shape = shapes[event->shape],
        .is_risk = (problem->traits & TRAIT_RISK) != 0,
        .count = event->count,
        .id = member_id,
        .members = event->members,
    };
    return WEISU_OK;
}

static weisu_code write_record(struct synth *synth, struct event *event, struct synth_record *out, weisu_err *err)
{
    struct member *member = &event->members[event->next];
    compose(&synth->composer, event, member);
    if (synth->composer.title.failed || synth->composer.text.failed)
        return failure(err, WEISU_ENOMEM, "no memory for a complaint");
    member->id = next_id(synth, member->time_ms);
    *out = (struct synth_record){
        .id = member->id,
        .time_ms = member->time_ms - (int64_t)OFFSET_S * 1000,
        .offset_s = OFFSET_S,
        .title = {synth->composer.title.data, synth->composer.title.size},
        .text = {synth->composer.text.data, synth->composer.text.size},
        .reporter = hash_pair(member->reporter, synth->options.seed),
        .event = event->number,
    };
    return WEISU_OK;
}

weisu_code synth_next(struct synth *synth, struct synth_record *out, weisu_err *err)
{
    int64_t end = synth->options.first_day + synth->options.days;
    weisu_code code = WEISU_OK;
    *out = (struct synth_record){.id = 0};
    free_written(synth);
    while (!code && synth->next_day < end && event_queue_time(&synth->queue) >= synth->next_day * CIVIL_MS_PER_DAY)
        code = found_day(synth, err);
    if (code)
        return code;
    struct event *event = event_queue_pop(&synth->queue);
    if (!event)
        return WEISU_OK;
    code = write_record(synth, event, out, err);
    if (!code && ++event->next < event->count) {
        code = event_queue_push(&synth->queue, event, err);
        if (!code)
            return WEISU_OK;
    }
    synth->written = event;
    if (!code && event->number) {
        out->has_finished = 1;
        code = describe(synth, event, &out->finished, err);
    }
    return code;
}
