#include "alert/alert_blob.h"

#include "detect/row_codec.h"

enum { MAX_STEPS = 16, MAX_STRINGS = 256 };

static void put_strings(struct byte_buffer *out, const weisu_str *strings, size_t count)
{
    row_put(out, count, 2);
    for (size_t i = 0; i < count; i++)
        row_put_str(out, strings[i]);
}

static void put_steps(struct byte_buffer *out, const weisu_step *steps, size_t count)
{
    row_put(out, count, 2);
    for (size_t i = 0; i < count; i++) {
        row_put_str(out, steps[i].code);
        row_put_str(out, steps[i].name);
    }
}

void alert_blob_write(struct byte_buffer *out, const weisu_alert *a)
{
    row_put(out, a->change, 4);
    row_put(out, (uint64_t)a->state, 1);
    row_put(out, (uint64_t)a->kind, 1);
    row_put(out, a->level, 1);
    row_put(out, (uint64_t)(a->reporters_known != 0), 1);
    row_put(out, (uint64_t)a->time_ms, 8);
    row_put(out, a->sequence, 8);
    row_put(out, a->complaint_count, 8);
    row_put(out, a->reporters, 8);
    row_put(out, (uint64_t)a->expected_milli, 8);
    row_put(out, (uint64_t)a->window_hours, 8);
    row_put(out, (uint64_t)a->recurrence_days_milli, 8);
    row_put(out, (uint64_t)a->forecast_milli, 8);
    row_put(out, (uint64_t)a->forecast_low_milli, 8);
    row_put(out, (uint64_t)a->forecast_high_milli, 8);
    row_put_str(out, a->alert);
    row_put_str(out, a->cluster);
    row_put_str(out, a->title);
    row_put_str(out, a->unit);
    row_put_str(out, a->recurrence_of);
    row_put(out, (uint64_t)a->handling, 1);
    row_put_str(out, a->handled_by);
    row_put(out, (uint64_t)a->handled_ms, 8);
    put_steps(out, a->place, a->place_count);
    put_steps(out, a->topic, a->topic_count);
    put_strings(out, a->keywords, a->keyword_count);
    put_strings(out, a->complaints, a->complaints_count);
    put_strings(out, a->added, a->added_count);
    put_strings(out, a->units, a->unit_count);
    put_strings(out, a->tags, a->tag_count);
    put_strings(out, a->reasons, a->reason_count);
}

struct blob_reader {
    struct row_reader in;
    struct arena *arena;
    int out_of_memory;
};

static size_t get_count(struct blob_reader *r, size_t most)
{
    size_t count = (size_t)row_get(&r->in, 2);
    if (count > most)
        r->in.failed = 1;
    return r->in.failed ? 0 : count;
}

static const weisu_str *get_strings(struct blob_reader *r, size_t *count)
{
    *count = get_count(r, MAX_STRINGS);
    weisu_str *strings = arena_take_array(r->arena, *count, sizeof *strings);
    if (!strings) {
        r->out_of_memory = 1;
        *count = 0;
    }
    for (size_t i = 0; i < *count; i++)
        strings[i] = row_get_str(&r->in);
    return strings;
}

static const weisu_step *get_steps(struct blob_reader *r, size_t *count)
{
    *count = get_count(r, MAX_STEPS);
    weisu_step *steps = arena_take_array(r->arena, *count, sizeof *steps);
    if (!steps) {
        r->out_of_memory = 1;
        *count = 0;
    }
    for (size_t i = 0; i < *count; i++) {
        steps[i].code = row_get_str(&r->in);
        steps[i].name = row_get_str(&r->in);
    }
    return steps;
}

static void get_numbers(struct row_reader *in, weisu_alert *a)
{
    a->change = (uint32_t)row_get(in, 4);
    uint64_t state = row_get(in, 1);
    uint64_t kind = row_get(in, 1);
    if (state > WEISU_CLEARED || kind > WEISU_RISK)
        in->failed = 1;
    a->state = in->failed ? WEISU_RAISED : (weisu_alert_state)state;
    a->kind = in->failed ? WEISU_REPEAT : (weisu_alert_kind)kind;
    a->level = (uint32_t)row_get(in, 1);
    a->reporters_known = (int)row_get(in, 1);
    a->time_ms = (int64_t)row_get(in, 8);
    a->sequence = row_get(in, 8);
    a->complaint_count = row_get(in, 8);
    a->reporters = row_get(in, 8);
    a->expected_milli = (int64_t)row_get(in, 8);
    a->window_hours = (int64_t)row_get(in, 8);
    a->recurrence_days_milli = (int64_t)row_get(in, 8);
    a->forecast_milli = (int64_t)row_get(in, 8);
    a->forecast_low_milli = (int64_t)row_get(in, 8);
    a->forecast_high_milli = (int64_t)row_get(in, 8);
}

weisu_code alert_blob_read(const void *blob, size_t size, struct arena *arena, weisu_alert *out)
{
    struct blob_reader r = {row_reader_of(blob, size), arena, 0};
    memset(out, 0, sizeof *out);
    get_numbers(&r.in, out);
    out->alert = row_get_str(&r.in);
    out->cluster = row_get_str(&r.in);
    out->title = row_get_str(&r.in);
    out->unit = row_get_str(&r.in);
    out->recurrence_of = row_get_str(&r.in);
    uint64_t handling = row_get(&r.in, 1);
    if (handling > WEISU_HANDLING_DISMISSED)
        r.in.failed = 1;
    out->handling = r.in.failed ? WEISU_HANDLING_NONE : (weisu_handling)handling;
    out->handled_by = row_get_str(&r.in);
    out->handled_ms = (int64_t)row_get(&r.in, 8);
    out->place = get_steps(&r, &out->place_count);
    out->topic = get_steps(&r, &out->topic_count);
    out->keywords = get_strings(&r, &out->keyword_count);
    out->complaints = get_strings(&r, &out->complaints_count);
    out->added = get_strings(&r, &out->added_count);
    out->units = get_strings(&r, &out->unit_count);
    out->tags = get_strings(&r, &out->tag_count);
    out->reasons = get_strings(&r, &out->reason_count);
    if (r.out_of_memory)
        return WEISU_ENOMEM;
    return row_is_done(&r.in) ? WEISU_OK : WEISU_ESTATE;
}
