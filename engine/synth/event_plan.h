/* One event: a concrete problem at one place, and who complains about it when. A lone complaint is an event of one.
 *
 * Everything is planned when the event is founded, so its size within the stream is known before its first record is
 * written, and a stream needs memory only for the events that are still to have a complaint. Sizes, gaps and repeats
 * follow the quantiles in event_plan.c, which were set by measuring real complaints. */
#ifndef SYNTH_EVENT_PLAN_H
#define SYNTH_EVENT_PLAN_H

#include "synth/wording_tables.h"

#include <stdint.h>
#include <weisu/error.h>

enum event_shape { SHAPE_LONE, SHAPE_STEADY, SHAPE_SURGE, SHAPE_SEASON };

struct member {
    int64_t time_ms;    /* local clock */
    int64_t told_ms;    /* when this text was first written: a copy keeps its dates */
    uint64_t text_seed; /* equal for copies */
    uint64_t edit;      /* 0: as it is; else how the copy differs */
    uint64_t reporter;
    uint32_t again; /* 1: the text is by somebody who has complained about it before */
    uint64_t id;    /* set when the record is written */
};

struct event {
    uint64_t number; /* 1, 2, … for events of two or more; 0 for a lone complaint */
    uint64_t series; /* events of equal series come back every year; 0: none */
    uint64_t facts;  /* seed of what its records have in common; equal for the copies of one template elsewhere */
    int64_t founded_ms;
    uint32_t place;
    uint32_t problem;
    enum event_shape shape;
    uint32_t planned; /* room in `members` */
    uint32_t count;
    uint32_t next;          /* members written so far */
    struct member *members; /* `count`, by time; of a lone complaint it points to `only` */
    struct member only;
};

/* What a plan needs to know of the stream. */
struct plan_frame {
    const weisu_allocator *allocator;
    int64_t from_ms, until_ms; /* local clock; members outside are left out */
    uint64_t seed;
    uint32_t frequent_reporters; /* size of the pool of people who complain often */
};

/* Of 1,000 foundings so many become events of two or more. */
enum { EVENTS_OF_TWO = 158 };
/* How many complaints an event will have in all; 1 for most. */
uint32_t plan_size(struct draw *draw);
/* The same for an event of two or more. */
uint32_t plan_larger_size(struct draw *draw);

/* Plans `size` complaints from `founded_ms` on (SHAPE_LONE for 1, else drawn by size and traits, or SHAPE_SEASON where
 * `season` is set). Fields number, series, facts, place and problem stay the caller's. event->count may come out
 * smaller than `size` (also 0) where the stream ends or begins. WEISU_ENOMEM: nothing is to free. */
struct plan_wish {
    const struct problem *problem;
    int64_t founded_ms;
    uint32_t size;
    int season;
};
weisu_code plan_members(struct event *event, const struct plan_frame *frame, const struct plan_wish *wish,
                        struct draw *draw, weisu_err *err);
void plan_free_members(struct event *event, const weisu_allocator *allocator);

/* A person: mostly somebody new, now and then one of those who complain often. */
uint64_t plan_reporter(const struct plan_frame *frame, struct draw *draw);

#endif
