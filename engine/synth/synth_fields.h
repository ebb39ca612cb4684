/* The state of a stream that is made; shared by synth.c, which begins it and writes its records, and founding.c, which
 * founds its events. */
#ifndef SYNTH_SYNTH_FIELDS_H
#define SYNTH_SYNTH_FIELDS_H

#include "synth/compose.h"
#include "synth/day_mix.h"
#include "synth/event_queue.h"
#include "synth/synth.h"

enum { NO_PLACE = UINT32_MAX };

/* Of 1,000 records: those of hotspots that come back every year. */
enum { IN_SERIES = 22 };

enum { RECENT_PLACES = 256, TEMPLATES = 32 };

/* A text that goes round. */
struct circular {
    int64_t founded_ms;
    uint64_t text_seed;
    uint64_t facts;
    uint64_t reporter;
    uint32_t problem;
};

struct synth {
    const weisu_allocator *allocator;
    struct synth_options options;
    struct wording_tables tables;
    struct place_map map;
    struct day_mix mix;
    struct composer composer;
    struct byte_buffer row; /* title, place, issue of the finished event */
    struct plan_frame frame;
    struct event_queue queue;
    struct draw draw;
    uint64_t *taken; /* a bit for each (place, problem) that has an event */
    size_t taken_words;
    uint32_t recent[RECENT_PLACES];
    uint32_t recent_count; /* ever */
    struct circular circulars[TEMPLATES];
    uint32_t circular_count; /* ever */
    int64_t next_day;        /* to be founded */
    uint64_t mean_load;
    uint64_t foundings_per_mille_days; /* on a day of mean load, in thousandths */
    uint64_t event_count;
    uint64_t day_number; /* yyyymmdd of the last record */
    uint64_t day_serial;
    struct event *written; /* its strings are in use until the next call */
    int loaded, mapped, mixed;
};

#endif
