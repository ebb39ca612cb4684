#include "pipeline/open_cases.h"

#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"

#include <string.h>

#define KEEP_MS (INT64_C(120) * 86400000)

struct open_case {
    uint64_t sequence;
    uint64_t id; /* hash */
    int64_t time_ms;
    int64_t closed_ms; /* INT64_MAX while nothing says that it was closed */
};

/* Cases in sequence order from `first`; the map leads from the id's hash to the place counted from the first case ever
 * kept, so that eviction moves nothing in it. */
struct open_cases {
    const weisu_allocator *allocator;
    struct open_case *items;
    size_t first;
    size_t end;
    size_t capacity;
    uint32_t evicted; /* cases that left before items[first] */
    struct id_map by_id;
    uint64_t saved_sequence; /* cases up to this one were saved unchanged since, but for `changed` */
    uint64_t *changed;       /* sequences of saved cases that an update changed */
    size_t changed_count;
    size_t changed_capacity;
    uint64_t *gone; /* evicted since the last save */
    size_t gone_count;
    size_t gone_capacity;
};

weisu_code open_cases_new(struct open_cases **out, const weisu_allocator *allocator, weisu_err *err)
{
    *out = memory_new_zeroed(allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for open cases");
    (*out)->allocator = allocator;
    id_map_init(&(*out)->by_id, allocator);
    return WEISU_OK;
}

void open_cases_free(struct open_cases *cases)
{
    if (!cases)
        return;
    const weisu_allocator *a = cases->allocator;
    memory_free(a, cases->items, cases->capacity, sizeof *cases->items);
    memory_free(a, cases->changed, cases->changed_capacity, sizeof *cases->changed);
    memory_free(a, cases->gone, cases->gone_capacity, sizeof *cases->gone);
    id_map_dispose(&cases->by_id);
    memory_free(a, cases, 1, sizeof *cases);
}

static int push_sequence(const weisu_allocator *a, uint64_t **items, size_t *count, size_t *capacity, uint64_t sequence)
{
    void *grown = *items;
    if (memory_reserve(a, &grown, capacity, *count + 1, sizeof **items))
        return -1;
    *items = grown;
    (*items)[(*count)++] = sequence;
    return 0;
}

/* Room for one more; the evicted head is given back first when it is half of the array. */
static int reserve_item(struct open_cases *cases)
{
    if (cases->end == cases->capacity && cases->first > cases->capacity / 2) {
        memmove(cases->items, cases->items + cases->first, (cases->end - cases->first) * sizeof *cases->items);
        cases->end -= cases->first;
        cases->first = 0;
    }
    void *items = cases->items;
    if (memory_reserve(cases->allocator, &items, &cases->capacity, cases->end + 1, sizeof *cases->items))
        return -1;
    cases->items = items;
    return id_map_reserve(&cases->by_id, cases->by_id.count + 1);
}

static weisu_code add_case(struct open_cases *cases, const struct open_case *added, weisu_err *err)
{
    if (reserve_item(cases))
        return failure(err, WEISU_ENOMEM, "no memory for open cases");
    uint32_t number = cases->evicted + (uint32_t)(cases->end - cases->first);
    id_map_put(&cases->by_id, added->id, number); /* reserved */
    cases->items[cases->end++] = *added;
    return WEISU_OK;
}

weisu_code open_cases_add(struct open_cases *cases, const struct log_entry *entry, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    struct open_case added = {entry->sequence, hash_bytes(r->id.data, r->id.size), r->time_ms,
                              r->closed_ms == WEISU_NO_TIME ? INT64_MAX : r->closed_ms};
    if (r->has & WEISU_IS_WITHDRAWN)
        added.closed_ms = r->time_ms;
    return add_case(cases, &added, err);
}

weisu_code open_cases_update(struct open_cases *cases, const struct log_entry *entry, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    uint32_t number = id_map_get(&cases->by_id, hash_bytes(r->id.data, r->id.size));
    if (number == ID_MAP_NONE)
        return WEISU_OK;
    struct open_case *known = &cases->items[cases->first + (number - cases->evicted)];
    if (r->closed_ms == WEISU_NO_TIME && !(r->has & WEISU_IS_WITHDRAWN))
        return WEISU_OK;
    if (known->sequence <= cases->saved_sequence &&
        push_sequence(cases->allocator, &cases->changed, &cases->changed_count, &cases->changed_capacity,
                      known->sequence))
        return failure(err, WEISU_ENOMEM, "no memory for open cases");
    if (r->has & WEISU_IS_WITHDRAWN)
        known->closed_ms = r->updated_ms != WEISU_NO_TIME ? r->updated_ms : entry->time_ms;
    else
        known->closed_ms = r->closed_ms;
    return WEISU_OK;
}

static const struct open_case *find_sequence(const struct open_cases *cases, uint64_t sequence)
{
    size_t low = cases->first;
    size_t high = cases->end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cases->items[middle].sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < cases->end && cases->items[low].sequence == sequence ? &cases->items[low] : NULL;
}

int open_cases_is_open(const struct open_cases *cases, uint64_t sequence, int64_t clock_ms)
{
    const struct open_case *found = find_sequence(cases, sequence);
    return found && found->closed_ms > clock_ms;
}

void open_cases_evict(struct open_cases *cases, int64_t clock_ms)
{
    while (cases->first < cases->end && cases->items[cases->first].time_ms < clock_ms - KEEP_MS) {
        const struct open_case *leaving = &cases->items[cases->first];
        /* Without memory for the note the row stays in the caller's table and is dropped when it is loaded. */
        if (leaving->sequence <= cases->saved_sequence)
            (void)push_sequence(cases->allocator, &cases->gone, &cases->gone_count, &cases->gone_capacity,
                                leaving->sequence);
        if (id_map_get(&cases->by_id, leaving->id) == cases->evicted)
            id_map_remove(&cases->by_id, leaving->id);
        cases->first++;
        cases->evicted++;
    }
}

static weisu_code put_case(const struct state_sink *sink, const struct open_case *one, weisu_err *err)
{
    struct state_row row = {STATE_CASE, one->sequence, one, sizeof *one};
    return sink->put(sink->context, &row, err);
}

weisu_code open_cases_save(struct open_cases *cases, int all, const struct state_sink *sink, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < cases->gone_count && !code; i++) {
        struct state_row row = {STATE_CASE, cases->gone[i], NULL, 0};
        code = sink->put(sink->context, &row, err);
    }
    for (size_t i = 0; i < cases->changed_count && !code && !all; i++) {
        const struct open_case *one = find_sequence(cases, cases->changed[i]);
        code = one ? put_case(sink, one, err) : WEISU_OK;
    }
    size_t at = cases->end;
    while (at > cases->first && (all || cases->items[at - 1].sequence > cases->saved_sequence))
        at--;
    for (; at < cases->end && !code; at++)
        code = put_case(sink, &cases->items[at], err);
    if (code)
        return code;
    cases->gone_count = cases->changed_count = 0;
    if (cases->end > cases->first)
        cases->saved_sequence = cases->items[cases->end - 1].sequence;
    return WEISU_OK;
}

weisu_code open_cases_load(struct open_cases *cases, const struct state_row *row, weisu_err *err)
{
    struct open_case one;
    if (row->size != sizeof one)
        return failure(err, WEISU_ESTATE, "a case of the checkpoint has %zu bytes", row->size);
    memcpy(&one, row->data, sizeof one);
    if (cases->end > cases->first && one.sequence <= cases->items[cases->end - 1].sequence)
        return failure(err, WEISU_ESTATE, "cases of the checkpoint are not in order");
    cases->saved_sequence = one.sequence;
    return add_case(cases, &one, err);
}
