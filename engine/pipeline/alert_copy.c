#include "pipeline/alert_copy.h"

static int copy_string(struct arena *arena, weisu_str *string)
{
    *string = arena_copy(arena, *string);
    return string->data ? 0 : -1;
}

static int copy_strings(struct arena *arena, const weisu_str **strings, size_t count)
{
    weisu_str *copies = arena_take_array(arena, count, sizeof *copies);
    if (!copies)
        return -1;
    for (size_t i = 0; i < count; i++) {
        copies[i] = (*strings)[i];
        if (copy_string(arena, &copies[i]))
            return -1;
    }
    *strings = copies;
    return 0;
}

static int copy_steps(struct arena *arena, const weisu_step **steps, size_t count)
{
    weisu_step *copies = arena_take_array(arena, count, sizeof *copies);
    if (!copies)
        return -1;
    for (size_t i = 0; i < count; i++) {
        copies[i] = (*steps)[i];
        if (copy_string(arena, &copies[i].code) || copy_string(arena, &copies[i].name))
            return -1;
    }
    *steps = copies;
    return 0;
}

int alert_copy(struct arena *arena, const weisu_alert *alert, weisu_alert *out)
{
    *out = *alert;
    if (copy_string(arena, &out->alert) || copy_string(arena, &out->cluster) || copy_string(arena, &out->title) ||
        copy_string(arena, &out->unit) || copy_string(arena, &out->recurrence_of) ||
        copy_string(arena, &out->handled_by))
        return -1;
    if (copy_steps(arena, &out->place, out->place_count) || copy_steps(arena, &out->topic, out->topic_count))
        return -1;
    return copy_strings(arena, &out->keywords, out->keyword_count) ||
                   copy_strings(arena, &out->complaints, out->complaints_count) ||
                   copy_strings(arena, &out->added, out->added_count) ||
                   copy_strings(arena, &out->units, out->unit_count) ||
                   copy_strings(arena, &out->tags, out->tag_count) ||
                   copy_strings(arena, &out->reasons, out->reason_count)
               ? -1
               : 0;
}
