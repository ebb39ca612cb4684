/* A city's complaint stream with known events, in order of time.
 *
 * Foundings come day by day with the season, the weekday and the holidays; most are lone complaints, some are events of
 * two and more, planned when they are founded (event_plan.h). Beside them: hotspots that come back every year, weeks in
 * which a problem is everywhere, templates that are sent from several places with only the name changed, different
 * complaints about one place. Before the first day events are planned for WARM_UP_DAYS, so that the stream begins in
 * the middle of life.
 *
 * Deterministic: equal options and tables give equal records. Memory is bounded by the events that still have a
 * complaint to come and one bit for each pair of place and problem; it does not grow with the number of records written
 * beyond that. About 8 µs a record on one core. One thread a stream; no clock, no output, files only in synth_new. */
#ifndef SYNTH_SYNTH_H
#define SYNTH_SYNTH_H

#include <stdint.h>
#include <weisu/allocator.h>
#include <weisu/error.h>
#include <weisu/str.h>

enum { SYNTH_MAX_DAYS = 7320, SYNTH_MAX_PER_DAY = 400000, WARM_UP_DAYS = 300 };

struct synth_options {
    uint64_t seed;
    uint32_t days;          /* 1 to SYNTH_MAX_DAYS */
    uint32_t per_day;       /* complaints on a mean day: 1 to SYNTH_MAX_PER_DAY */
    int64_t first_day;      /* days since 1970-01-01 */
    int short_text;         /* 1: texts of 150 to 200 characters */
    const char *city;       /* division code; NULL: "11" */
    const char *tables_dir; /* datasets/synth */
};

/* An event whose last complaint has been written. Strings live until the next call. */
struct synth_event {
    uint64_t number; /* 1, 2, … by founding */
    uint64_t series; /* not 0: this event comes back in other years under the same series */
    weisu_str title; /* place and issue */
    weisu_str place;
    weisu_str issue;
    weisu_str district;
    weisu_str subdistrict;
    weisu_str problem; /* id in the tables: "heat_cold" */
    const char *shape; /* "steady", "surge", "season" */
    int is_risk;
    size_t count;
    uint64_t (*id)(const struct synth_event *event, size_t at); /* of member 0 to count - 1, by time */
    const void *members;
};

struct synth_record {
    uint64_t id; /* day as yyyymmdd, then seven digits; 0: the stream has ended */
    int64_t time_ms;
    int32_t offset_s; /* of the local clock, east of UTC */
    weisu_str title;
    weisu_str text;
    uint64_t reporter; /* opaque */
    uint64_t event;    /* number of its event, or 0 where nobody else complains about it */
    int has_finished;  /* `finished` is set: this was the event's last complaint */
    struct synth_event finished;
};

struct synth;

/* WEISU_EINVAL (an option out of range), WEISU_EIO, WEISU_ESYNTAX or WEISU_ECONFIG (tables), WEISU_ENOMEM; *out is NULL
 * then. The strings of `options` are needed during the call only; the allocator outlives the stream. */
weisu_code synth_new(struct synth **out, const struct synth_options *options, const weisu_allocator *allocator,
                     weisu_err *err);
/* NULL is allowed. */
void synth_free(struct synth *synth);

/* The next record; its strings live until the next call. At the end out->id is 0, and stays so. WEISU_ENOMEM: the
 * stream is to be given up. */
weisu_code synth_next(struct synth *synth, struct synth_record *out, weisu_err *err);

#endif
