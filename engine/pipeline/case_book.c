#include "pipeline/case_book.h"

#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"
#include "pipeline/effect_heap.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
#define KEEP_MS (120 * DAY_MS)

/* The record's bits for booleans, and one of our own. */
enum {
    CASE_CLOSED = 1 << 15,
    CASE_BITS = WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_SATISFIED | WEISU_IS_SATISFIED |
                WEISU_HAS_CONTACTED | WEISU_IS_CONTACTED | WEISU_HAS_WITHDRAWN | WEISU_IS_WITHDRAWN | CASE_CLOSED
};

struct known_case {
    uint64_t sequence;
    uint64_t id; /* hash */
    int64_t time_ms;
    int64_t pending_ms; /* when `pending_bits` take effect; INT64_MAX: nothing is pending */
    uint32_t pending_bits;
    uint32_t bits; /* in effect */
    uint32_t cluster;
    uint32_t unused;
};

/* Cases in sequence order from `first`. A case's number counts from the first one ever kept, so eviction moves nothing
 * in the map or in the heap. */
struct case_book {
    const weisu_allocator *allocator;
    struct known_case *items;
    size_t first;
    size_t end;
    size_t capacity;
    uint32_t evicted; /* numbers below this one left */
    struct id_map by_id;
    struct effect_heap effects;
    struct case_counts counts;
    struct case_turn *turns; /* [turn_count], of which turn_taken were taken */
    size_t turn_count;
    size_t turn_taken;
    size_t turn_capacity;
    uint64_t saved_sequence; /* cases up to this one were saved, but for `changed` */
    uint64_t *changed;
    size_t changed_count;
    size_t changed_capacity;
    uint64_t *gone; /* saved cases that were evicted since */
    size_t gone_count;
    size_t gone_capacity;
};

weisu_code case_book_new(struct case_book **out, const weisu_allocator *allocator, weisu_err *err)
{
    *out = memory_new_zeroed(allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the book of cases");
    (*out)->allocator = allocator;
    id_map_init(&(*out)->by_id, allocator);
    effect_heap_init(&(*out)->effects, allocator);
    return WEISU_OK;
}

void case_book_free(struct case_book *book)
{
    if (!book)
        return;
    const weisu_allocator *a = book->allocator;
    memory_free(a, book->items, book->capacity, sizeof *book->items);
    memory_free(a, book->changed, book->changed_capacity, sizeof *book->changed);
    memory_free(a, book->gone, book->gone_capacity, sizeof *book->gone);
    memory_free(a, book->turns, book->turn_capacity, sizeof *book->turns);
    id_map_dispose(&book->by_id);
    effect_heap_dispose(&book->effects);
    memory_free(a, book, 1, sizeof *book);
}

static int reserve_sequence(struct case_book *book, uint64_t **items, size_t count, size_t *capacity)
{
    void *grown = *items;
    int failed = memory_reserve(book->allocator, &grown, capacity, count + 1, sizeof **items);
    *items = grown;
    return failed;
}

/* Room for one more case, one more pending effect and one more note of a change. The evicted head is given back first
 * when it is half of the array. */
static weisu_code reserve(struct case_book *book, weisu_err *err)
{
    if (book->end == book->capacity && book->first > book->capacity / 2) {
        memmove(book->items, book->items + book->first, (book->end - book->first) * sizeof *book->items);
        book->end -= book->first;
        book->first = 0;
    }
    void *items = book->items;
    int failed = memory_reserve(book->allocator, &items, &book->capacity, book->end + 1, sizeof *book->items);
    book->items = items;
    void *turns = book->turns;
    failed = failed || memory_reserve(book->allocator, &turns, &book->turn_capacity,
                                      book->turn_count + book->effects.count + 2, sizeof *book->turns);
    book->turns = turns;
    failed = failed || id_map_reserve(&book->by_id, book->by_id.count + 1) || effect_heap_reserve(&book->effects) ||
             reserve_sequence(book, &book->changed, book->changed_count + book->effects.count, &book->changed_capacity);
    return failed ? failure(err, WEISU_ENOMEM, "no memory for the book of cases") : WEISU_OK;
}

/* ---- effects ---- */

static void count_answer(uint64_t *known, uint64_t *yes, uint32_t before, uint32_t after, uint32_t has)
{
    uint32_t is = has << 1;
    *known += ((after & has) != 0) - (uint64_t)((before & has) != 0);
    *yes += ((after & is) != 0) - (uint64_t)((before & is) != 0);
}

static void count_change(struct case_counts *counts, uint32_t before, uint32_t after)
{
    counts->closed += ((after & CASE_CLOSED) != 0) - (uint64_t)((before & CASE_CLOSED) != 0);
    counts->withdrawn += ((after & WEISU_IS_WITHDRAWN) != 0) - (uint64_t)((before & WEISU_IS_WITHDRAWN) != 0);
    count_answer(&counts->contacted_known, &counts->contacted_yes, before, after, WEISU_HAS_CONTACTED);
    count_answer(&counts->resolved_known, &counts->resolved_yes, before, after, WEISU_HAS_RESOLVED);
    count_answer(&counts->satisfied_known, &counts->satisfied_yes, before, after, WEISU_HAS_SATISFIED);
}

/* What is said replaces what was known of the same question; what is not said stays. */
static uint32_t overlay(uint32_t before, uint32_t said)
{
    static const uint32_t questions[] = {WEISU_HAS_RESOLVED, WEISU_HAS_SATISFIED, WEISU_HAS_CONTACTED,
                                         WEISU_HAS_WITHDRAWN};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (said & questions[i])
            before &= ~(questions[i] << 1);
    return before | said;
}

static void note_change(struct case_book *book, const struct known_case *known)
{
    if (known->sequence <= book->saved_sequence)
        book->changed[book->changed_count++] = known->sequence; /* room was reserved with the effect */
}

static void take_effect(struct case_book *book, struct known_case *known, uint32_t said)
{
    uint32_t after = overlay(known->bits, said);
    count_change(&book->counts, known->bits, after);
    if ((known->bits ^ after) & WEISU_IS_WITHDRAWN)
        book->turns[book->turn_count++] = /* room was reserved with the effect */
            (struct case_turn){known->sequence, known->cluster, (after & WEISU_IS_WITHDRAWN) != 0};
    known->bits = after;
}

int case_book_take_turn(struct case_book *book, struct case_turn *out)
{
    if (book->turn_taken == book->turn_count) {
        book->turn_taken = book->turn_count = 0;
        return 0;
    }
    *out = book->turns[book->turn_taken++];
    return 1;
}

static struct known_case *case_of(struct case_book *book, uint32_t number)
{
    return number < book->evicted ? NULL : &book->items[book->first + (number - book->evicted)];
}

void case_book_advance(struct case_book *book, int64_t clock_ms)
{
    struct effect effect;
    while (effect_heap_take(&book->effects, clock_ms, &effect)) {
        struct known_case *known = case_of(book, effect.number);
        /* An effect that a later update moved is still in the heap under its old time. */
        if (!known || known->pending_ms != effect.at_ms)
            continue;
        known->pending_ms = INT64_MAX;
        take_effect(book, known, known->pending_bits);
        known->pending_bits = 0;
        note_change(book, known);
    }
}

static uint32_t bits_of(const weisu_record *r)
{
    uint32_t bits = r->has & CASE_BITS & ~(uint32_t)CASE_CLOSED;
    return r->closed_ms != WEISU_NO_TIME ? bits | CASE_CLOSED : bits;
}

/* `at_ms`: when it takes effect. Room was reserved. */
static void say(struct case_book *book, uint32_t number, uint32_t bits, int64_t at_ms, int64_t clock_ms)
{
    struct known_case *known = case_of(book, number);
    if (at_ms <= clock_ms) {
        take_effect(book, known, bits);
        return;
    }
    known->pending_bits = overlay(known->pending_bits, bits);
    known->pending_ms = at_ms;
    effect_heap_put(&book->effects, (struct effect){at_ms, known->sequence, number});
}

void case_book_prefetch(const struct case_book *book, const weisu_record *record)
{
    id_map_prefetch(&book->by_id, hash_bytes(record->id.data, record->id.size));
}

weisu_code case_book_add(struct case_book *book, const struct log_entry *entry, uint32_t cluster, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    uint32_t number = book->evicted + (uint32_t)(book->end - book->first);
    uint64_t id = hash_bytes(r->id.data, r->id.size);
    book->items[book->end++] = (struct known_case){
        .sequence = entry->sequence, .id = id, .time_ms = r->time_ms, .pending_ms = INT64_MAX, .cluster = cluster};
    id_map_put(&book->by_id, id, number); /* reserved */
    if (bits_of(r))
        say(book, number, bits_of(r), r->closed_ms != WEISU_NO_TIME ? r->closed_ms : r->time_ms, entry->time_ms);
    return WEISU_OK;
}

weisu_code case_book_update(struct case_book *book, const struct log_entry *entry, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    uint32_t number = id_map_get(&book->by_id, hash_bytes(r->id.data, r->id.size));
    if (number == ID_MAP_NONE || !bits_of(r))
        return WEISU_OK;
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    say(book, number, bits_of(r), r->updated_ms != WEISU_NO_TIME ? r->updated_ms : entry->time_ms, entry->time_ms);
    note_change(book, case_of(book, number));
    return WEISU_OK;
}

/* ---- looking ---- */

/* Index of the first case after that sequence number; `end` where there is none. */
static size_t find_after(const struct case_book *book, uint64_t sequence)
{
    size_t low = book->first;
    size_t high = book->end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (book->items[middle].sequence <= sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct known_case *find_sequence(const struct case_book *book, uint64_t sequence)
{
    size_t at = find_after(book, sequence - 1);
    return at < book->end && book->items[at].sequence == sequence ? &book->items[at] : NULL;
}

int case_book_is_open(const struct case_book *book, uint64_t sequence)
{
    const struct known_case *known = find_sequence(book, sequence);
    return known && !(known->bits & (CASE_CLOSED | WEISU_IS_WITHDRAWN));
}

/* A date alone takes effect with the last millisecond of its day (record_fields.c). */
int case_book_is_open_at(const struct case_book *book, uint64_t sequence, int64_t about_ms)
{
    const struct known_case *known = find_sequence(book, sequence);
    if (!known || known->bits & (CASE_CLOSED | WEISU_IS_WITHDRAWN))
        return 0;
    int64_t rest_of_day_ms = DAY_MS * 3 / 5;
    int is_closed = (known->pending_bits & CASE_CLOSED) && known->pending_ms % 1000 == 999;
    return !is_closed || known->pending_ms - rest_of_day_ms > about_ms;
}

struct case_counts case_book_counts(const struct case_book *book)
{
    return book->counts;
}

size_t case_book_bytes(const struct case_book *book)
{
    return book->capacity * sizeof *book->items + id_map_bytes(&book->by_id) + effect_heap_bytes(&book->effects);
}

void case_book_evict(struct case_book *book, int64_t clock_ms)
{
    while (book->first < book->end && book->items[book->first].time_ms < clock_ms - KEEP_MS) {
        const struct known_case *leaving = &book->items[book->first];
        /* Without memory for the note the row stays in the caller's table and leaves after the next load. */
        if (leaving->sequence <= book->saved_sequence &&
            !reserve_sequence(book, &book->gone, book->gone_count, &book->gone_capacity))
            book->gone[book->gone_count++] = leaving->sequence;
        if (id_map_get(&book->by_id, leaving->id) == book->evicted)
            id_map_remove(&book->by_id, leaving->id);
        book->first++;
        book->evicted++;
    }
}

/* ---- state ---- */

static weisu_code put_case(const struct state_sink *sink, const struct known_case *known, weisu_err *err)
{
    struct state_row row = {STATE_CASE, known->sequence, known, sizeof *known};
    return sink->put(sink->context, &row, err);
}

weisu_code case_book_drain(struct case_book *book, const struct state_sink *sink, int *left, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    while (book->gone_count && !code && !state_sink_is_full(sink)) {
        struct state_row row = {STATE_CASE, book->gone[--book->gone_count], NULL, 0};
        code = sink->put(sink->context, &row, err);
    }
    while (book->changed_count && !code && !state_sink_is_full(sink)) {
        const struct known_case *known = find_sequence(book, book->changed[--book->changed_count]);
        code = known ? put_case(sink, known, err) : WEISU_OK;
    }
    size_t at = find_after(book, book->saved_sequence);
    for (; at < book->end && !code && !state_sink_is_full(sink); at++) {
        book->saved_sequence = book->items[at].sequence;
        code = put_case(sink, &book->items[at], err);
    }
    *left = book->gone_count || book->changed_count || at < book->end;
    return code;
}

weisu_code case_book_save(struct case_book *book, int all, const struct state_sink *sink, weisu_err *err)
{
    const struct state_sink boundless = {.context = sink->context, .put = sink->put};
    struct state_row counts = {STATE_CASE, 0, &book->counts, sizeof book->counts};
    int left;
    if (all) {
        book->saved_sequence = 0;
        book->changed_count = 0;
    }
    weisu_code code = sink->put(sink->context, &counts, err);
    return code ? code : case_book_drain(book, &boundless, &left, err);
}

weisu_code case_book_load(struct case_book *book, const struct state_row *row, weisu_err *err)
{
    if (row->key == 0) {
        if (row->size != sizeof book->counts)
            return failure(err, WEISU_ESTATE, "counts of cases have %zu bytes", row->size);
        memcpy(&book->counts, row->data, sizeof book->counts);
        return WEISU_OK;
    }
    struct known_case known;
    if (row->size != sizeof known)
        return failure(err, WEISU_ESTATE, "a case of the checkpoint has %zu bytes", row->size);
    memcpy(&known, row->data, sizeof known);
    if (known.sequence <= book->saved_sequence)
        return failure(err, WEISU_ESTATE, "cases of the checkpoint are not in order");
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    uint32_t number = book->evicted + (uint32_t)(book->end - book->first);
    book->items[book->end++] = known;
    id_map_put(&book->by_id, known.id, number); /* reserved */
    if (known.pending_ms != INT64_MAX)
        effect_heap_put(&book->effects, (struct effect){known.pending_ms, known.sequence, number});
    book->saved_sequence = known.sequence;
    return WEISU_OK;
}
