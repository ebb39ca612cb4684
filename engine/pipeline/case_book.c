#include "pipeline/case_book.h"

#include "base/failure.h"
#include "base/hash.h"
#include "base/row_blocks.h"
#include "base/row_index.h"
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
    uint16_t pending_bits;
    uint16_t bits; /* in effect */
    uint32_t cluster;
};

/* Cases in sequence order. A case's number counts from the first one ever kept, so eviction moves nothing in the index
 * or in the heap. */
struct case_book {
    const weisu_allocator *allocator;
    struct row_blocks items; /* of struct known_case */
    struct row_index by_id;
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

static struct known_case *case_at(const struct case_book *book, uint64_t number)
{
    return row_blocks_at(&book->items, number);
}

static uint64_t hash_of(const void *book, uint32_t number)
{
    return case_at(book, number)->id;
}

weisu_code case_book_new(struct case_book **out, const weisu_allocator *allocator, weisu_err *err)
{
    *out = memory_new_zeroed(allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the book of cases");
    (*out)->allocator = allocator;
    row_blocks_init(&(*out)->items, sizeof(struct known_case), allocator);
    row_index_init(&(*out)->by_id, allocator);
    effect_heap_init(&(*out)->effects, allocator);
    return WEISU_OK;
}

void case_book_free(struct case_book *book)
{
    if (!book)
        return;
    const weisu_allocator *a = book->allocator;
    row_blocks_dispose(&book->items);
    memory_free(a, book->changed, book->changed_capacity, sizeof *book->changed);
    memory_free(a, book->gone, book->gone_capacity, sizeof *book->gone);
    memory_free(a, book->turns, book->turn_capacity, sizeof *book->turns);
    row_index_dispose(&book->by_id);
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

/* Room for one more case, one more pending effect and one more note of a change. */
static weisu_code reserve(struct case_book *book, weisu_err *err)
{
    int failed = row_blocks_reserve(&book->items) || book->items.end >= ROW_INDEX_NONE;
    void *turns = book->turns;
    failed = failed || memory_reserve(book->allocator, &turns, &book->turn_capacity,
                                      book->turn_count + book->effects.count + 2, sizeof *book->turns);
    book->turns = turns;
    failed = failed || row_index_reserve(&book->by_id, book->by_id.count + 1) || effect_heap_reserve(&book->effects) ||
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
    known->bits = (uint16_t)after;
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

/* NULL: it was evicted. */
static struct known_case *case_of(struct case_book *book, uint32_t number)
{
    return number < book->items.first ? NULL : case_at(book, number);
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
    known->pending_bits = (uint16_t)overlay(known->pending_bits, bits);
    known->pending_ms = at_ms;
    effect_heap_put(&book->effects, (struct effect){at_ms, known->sequence, number});
}

void case_book_prefetch(const struct case_book *book, const weisu_record *record)
{
    row_index_prefetch(&book->by_id, hash_bytes(record->id.data, record->id.size));
}

/* The newest case of an id is the one that updates are about. Room was reserved. */
static uint32_t add_case(struct case_book *book, const struct known_case *known)
{
    uint32_t number = (uint32_t)book->items.end++;
    *case_at(book, number) = *known;
    uint32_t before = row_index_find(&book->by_id, known->id, hash_of, book);
    if (before == ROW_INDEX_NONE)
        row_index_add(&book->by_id, known->id, number);
    else
        row_index_replace(&book->by_id, known->id, before, number);
    return number;
}

weisu_code case_book_add(struct case_book *book, const struct log_entry *entry, uint32_t cluster, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    struct known_case known = {.sequence = entry->sequence,
                               .id = hash_bytes(r->id.data, r->id.size),
                               .time_ms = r->time_ms,
                               .pending_ms = INT64_MAX,
                               .cluster = cluster};
    uint32_t number = add_case(book, &known);
    if (bits_of(r))
        say(book, number, bits_of(r), r->closed_ms != WEISU_NO_TIME ? r->closed_ms : r->time_ms, entry->time_ms);
    return WEISU_OK;
}

weisu_code case_book_update(struct case_book *book, const struct log_entry *entry, weisu_err *err)
{
    const weisu_record *r = &entry->record;
    uint32_t number = row_index_find(&book->by_id, hash_bytes(r->id.data, r->id.size), hash_of, book);
    if (number == ROW_INDEX_NONE || !bits_of(r))
        return WEISU_OK;
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    say(book, number, bits_of(r), r->updated_ms != WEISU_NO_TIME ? r->updated_ms : entry->time_ms, entry->time_ms);
    note_change(book, case_of(book, number));
    return WEISU_OK;
}

/* ---- looking ---- */

/* Number of the first case after that sequence number; `end` where there is none. */
static uint64_t find_after(const struct case_book *book, uint64_t sequence)
{
    uint64_t low = book->items.first;
    uint64_t high = book->items.end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (case_at(book, middle)->sequence <= sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct known_case *find_sequence(const struct case_book *book, uint64_t sequence)
{
    uint64_t at = find_after(book, sequence - 1);
    return at < book->items.end && case_at(book, at)->sequence == sequence ? case_at(book, at) : NULL;
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
    return row_blocks_bytes(&book->items) + row_index_bytes(&book->by_id) + effect_heap_bytes(&book->effects) +
           book->turn_capacity * sizeof *book->turns +
           (book->changed_capacity + book->gone_capacity) * sizeof(uint64_t);
}

void case_book_evict(struct case_book *book, int64_t clock_ms)
{
    uint64_t first = book->items.first;
    for (; first < book->items.end && case_at(book, first)->time_ms < clock_ms - KEEP_MS; first++) {
        const struct known_case *leaving = case_at(book, first);
        /* Without memory for the note the row stays in the caller's table and leaves after the next load. */
        if (leaving->sequence <= book->saved_sequence &&
            !reserve_sequence(book, &book->gone, book->gone_count, &book->gone_capacity))
            book->gone[book->gone_count++] = leaving->sequence;
        row_index_remove(&book->by_id, leaving->id, (uint32_t)first);
    }
    row_blocks_drop_before(&book->items, first);
}

/* ---- state ---- */

/* STATE_CASE, key: the sequence number. */
struct saved_case {
    uint64_t sequence;
    uint64_t id;
    int64_t time_ms;
    int64_t pending_ms;
    uint32_t pending_bits;
    uint32_t bits;
    uint32_t cluster;
    uint32_t unused;
};

static weisu_code put_case(const struct state_sink *sink, const struct known_case *known, weisu_err *err)
{
    struct saved_case saved = {.sequence = known->sequence,
                               .id = known->id,
                               .time_ms = known->time_ms,
                               .pending_ms = known->pending_ms,
                               .pending_bits = known->pending_bits,
                               .bits = known->bits,
                               .cluster = known->cluster};
    struct state_row row = {STATE_CASE, known->sequence, &saved, sizeof saved};
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
    uint64_t at = find_after(book, book->saved_sequence);
    for (; at < book->items.end && !code && !state_sink_is_full(sink); at++) {
        book->saved_sequence = case_at(book, at)->sequence;
        code = put_case(sink, case_at(book, at), err);
    }
    *left = book->gone_count || book->changed_count || at < book->items.end;
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
    struct saved_case saved;
    if (row->size != sizeof saved)
        return failure(err, WEISU_ESTATE, "a case of the checkpoint has %zu bytes", row->size);
    memcpy(&saved, row->data, sizeof saved);
    if (saved.sequence <= book->saved_sequence)
        return failure(err, WEISU_ESTATE, "cases of the checkpoint are not in order");
    if ((saved.bits | saved.pending_bits) & ~(uint32_t)CASE_BITS)
        return failure(err, WEISU_ESTATE, "a case of the checkpoint says what no case says");
    weisu_code code = reserve(book, err);
    if (code)
        return code;
    struct known_case known = {.sequence = saved.sequence,
                               .id = saved.id,
                               .time_ms = saved.time_ms,
                               .pending_ms = saved.pending_ms,
                               .pending_bits = (uint16_t)saved.pending_bits,
                               .bits = (uint16_t)saved.bits,
                               .cluster = saved.cluster};
    uint32_t number = add_case(book, &known);
    if (known.pending_ms != INT64_MAX)
        effect_heap_put(&book->effects, (struct effect){known.pending_ms, known.sequence, number});
    book->saved_sequence = known.sequence;
    return WEISU_OK;
}
