/* Checkpoint rows of the alerts: one of the book, one of each live alert, one of each past. */
#include "alert/alert_blob.h"
#include "alert/alert_book_fields.h"
#include "base/failure.h"
#include "detect/row_codec.h"

#include <stdlib.h>

/* ---- one live alert ---- */

static void write_signal(const struct lexicon *lexicon, const struct detect_signal *s, struct byte_buffer *out)
{
    uint64_t division = s->division == UINT32_MAX ? 0 : gazetteer_node(lexicon, s->division).code;
    weisu_str topic = s->topic == UINT32_MAX ? (weisu_str){NULL, 0} : taxonomy_topic(lexicon, s->topic).code;
    row_put(out, s->subject, 1);
    row_put(out, s->slot, 1);
    row_put(out, s->risk, 1);
    row_put(out, s->seasonal, 1);
    row_put(out, s->cluster, 4);
    row_put(out, s->related, 4);
    row_put(out, s->cell, 8);
    row_put(out, division, 8);
    row_put(out, s->spot, 8);
    row_put_str(out, topic);
    row_put(out, s->window_hours, 4);
    row_put(out, s->count, 4);
    row_put(out, s->reporters, 4);
    row_put(out, (uint64_t)s->expected_milli, 8);
    row_put(out, (uint32_t)s->surprise_q16, 4);
    row_put(out, (uint32_t)s->dismissed_q16, 4);
    row_put(out, (uint64_t)s->recurrence_days_milli, 8);
    row_put(out, (uint64_t)s->forecast_milli, 8);
    row_put(out, (uint64_t)s->forecast_low_milli, 8);
    row_put(out, (uint64_t)s->forecast_high_milli, 8);
}

static void read_signal(const struct lexicon *lexicon, struct detect_signal *s, struct row_reader *in)
{
    s->subject = (uint32_t)row_get(in, 1);
    s->slot = (uint32_t)row_get(in, 1);
    s->risk = (uint32_t)row_get(in, 1);
    s->seasonal = (uint32_t)row_get(in, 1);
    s->cluster = (uint32_t)row_get(in, 4);
    s->related = (uint32_t)row_get(in, 4);
    s->cell = row_get(in, 8);
    uint64_t division = row_get(in, 8);
    s->division = division ? gazetteer_find(lexicon, division) : UINT32_MAX;
    s->spot = row_get(in, 8);
    weisu_str topic = row_get_str(in);
    s->topic = topic.size ? taxonomy_find(lexicon, topic) : UINT32_MAX;
    s->window_hours = (uint32_t)row_get(in, 4);
    s->count = (uint32_t)row_get(in, 4);
    s->reporters = (uint32_t)row_get(in, 4);
    s->expected_milli = (int64_t)row_get(in, 8);
    s->surprise_q16 = (int32_t)row_get(in, 4);
    s->dismissed_q16 = (int32_t)row_get(in, 4);
    s->recurrence_days_milli = (int64_t)row_get(in, 8);
    s->forecast_milli = (int64_t)row_get(in, 8);
    s->forecast_low_milli = (int64_t)row_get(in, 8);
    s->forecast_high_milli = (int64_t)row_get(in, 8);
}

static void write_evidence(const struct alert_evidence *evidence, struct byte_buffer *out)
{
    row_put(out, evidence ? evidence->kept : 0, 4);
    if (!evidence)
        return;
    row_put(out, evidence->total, 8);
    row_put(out, evidence->reporters_known, 1);
    for (uint32_t i = 0; i < evidence->kept; i++) {
        row_put(out, evidence->item[i].sequence, 8);
        row_put_str(out, (weisu_str){evidence->item[i].text, evidence->item[i].size});
    }
}

static int read_evidence(const weisu_allocator *allocator, struct alert_entry *entry, struct row_reader *in)
{
    uint64_t kept = row_get(in, 4);
    if (!kept)
        return 0;
    if (kept > ALERT_FIRST + ALERT_LAST)
        return -1;
    struct alert_evidence *evidence = memory_new_zeroed(allocator, 1, sizeof *evidence);
    if (!evidence)
        return -1;
    entry->evidence = evidence;
    evidence->kept = (uint32_t)kept;
    evidence->total = row_get(in, 8);
    evidence->reporters_known = (uint32_t)row_get(in, 1);
    for (uint32_t i = 0; i < evidence->kept; i++) {
        evidence->item[i].sequence = row_get(in, 8);
        weisu_str id = row_get_str(in);
        if (id.size > ALERT_CASE_ID_BYTES)
            return -1;
        evidence->item[i].size = (uint32_t)id.size;
        if (id.size)
            memcpy(evidence->item[i].text, id.data, id.size);
    }
    return 0;
}

static weisu_str text_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* Into a field of `size` bytes, with its 0. */
static void read_text(struct row_reader *in, char *out, size_t size)
{
    weisu_str text = row_get_str(in);
    if (text.size >= size) {
        in->failed = 1;
        return;
    }
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
}

static void write_trail(const struct alert_entry *e, struct byte_buffer *out)
{
    row_put(out, e->trail_count, 1);
    for (uint32_t i = 0; i < e->trail_count; i++) {
        row_put(out, e->trail[i].state, 1);
        row_put(out, (uint64_t)e->trail[i].time_ms, 8);
        row_put(out, e->trail[i].complaints, 8);
        row_put_str(out, text_of(e->trail[i].by));
    }
}

static void read_trail(struct alert_entry *e, struct row_reader *in)
{
    uint64_t count = row_get(in, 1);
    if (count > ALERT_TRAIL)
        in->failed = 1;
    e->trail_count = in->failed ? 0 : (uint32_t)count;
    for (uint32_t i = 0; i < e->trail_count; i++) {
        e->trail[i].state = (uint32_t)row_get(in, 1);
        e->trail[i].time_ms = (int64_t)row_get(in, 8);
        e->trail[i].complaints = row_get(in, 8);
        read_text(in, e->trail[i].by, sizeof e->trail[i].by);
        if (e->trail[i].state > WEISU_HANDLING_DISMISSED)
            in->failed = 1;
    }
}

static void write_season(const struct alert_entry *e, struct byte_buffer *out)
{
    row_put(out, e->season_hits, 1);
    row_put(out, e->season_years, 1);
    row_put(out, (uint32_t)e->season_first_day, 4);
    row_put(out, (uint32_t)e->season_last_day, 4);
    for (uint32_t i = 0; i < e->season_hits; i++) {
        row_put(out, (uint32_t)e->year[i].first_day, 4);
        row_put(out, (uint32_t)e->year[i].last_day, 4);
        row_put(out, e->year[i].reporters, 4);
    }
}

static void read_season(struct alert_entry *e, struct row_reader *in)
{
    uint64_t hits = row_get(in, 1);
    if (hits > SEASON_YEARS)
        in->failed = 1;
    e->season_hits = in->failed ? 0 : (uint32_t)hits;
    e->season_years = (uint32_t)row_get(in, 1);
    e->season_first_day = (int32_t)row_get(in, 4);
    e->season_last_day = (int32_t)row_get(in, 4);
    for (uint32_t i = 0; i < e->season_hits; i++) {
        e->year[i].first_day = (int32_t)row_get(in, 4);
        e->year[i].last_day = (int32_t)row_get(in, 4);
        e->year[i].reporters = (uint32_t)row_get(in, 4);
    }
}

static void write_entry(const struct lexicon *lexicon, const struct alert_entry *e, struct byte_buffer *out)
{
    write_signal(lexicon, &e->signal, out);
    row_put(out, e->subject_key, 8);
    row_put(out, e->after_sequence, 8);
    row_put(out, e->said_sequence, 8);
    row_put(out, e->base_members, 8);
    row_put(out, e->said_complaints, 8);
    row_put(out, e->said_reporters, 8);
    row_put(out, (uint64_t)e->last_change_ms, 8);
    row_put(out, (uint64_t)e->due_ms, 8);
    row_put(out, (uint32_t)e->raised_surprise_q16, 4);
    row_put(out, e->change, 4);
    row_put(out, e->kind, 1);
    row_put(out, e->level, 1);
    row_put(out, e->places, 4);
    row_put_str(out, text_of(e->id));
    row_put_str(out, text_of(e->recurrence_of));
    row_put_str(out, text_of(e->spot_name));
    write_trail(e, out);
    write_season(e, out);
    row_put(out, (uint64_t)e->told.more_milli, 8);
    row_put(out, (uint64_t)e->told.low_milli, 8);
    row_put(out, (uint64_t)e->told.high_milli, 8);
    row_put(out, e->told_complaints, 8);
    write_evidence(e->evidence, out);
    row_put(out, e->blob.size, 4);
    byte_buffer_append(out, e->blob.data, e->blob.size);
}

/* A blob that alert_book_look could not read would be a lie at the worst moment, so it is read once here. */
static int read_blob(struct alert_book *book, struct alert_entry *e, struct row_reader *in)
{
    uint64_t size = row_get(in, 4);
    if (in->failed || size != in->left)
        return -1;
    weisu_alert alert;
    arena_reset(book->look);
    if (alert_blob_read(in->at, in->left, book->look, &alert))
        return -1;
    byte_buffer_append(&e->blob, in->at, in->left);
    in->at += in->left;
    in->left = 0;
    return e->blob.failed ? -1 : 0;
}

static int read_entry(struct alert_book *book, struct alert_entry *e, struct row_reader *in)
{
    read_signal(book->sources.lexicon, &e->signal, in);
    e->subject_key = row_get(in, 8);
    e->after_sequence = row_get(in, 8);
    e->said_sequence = row_get(in, 8);
    e->base_members = row_get(in, 8);
    e->said_complaints = row_get(in, 8);
    e->said_reporters = row_get(in, 8);
    e->last_change_ms = (int64_t)row_get(in, 8);
    e->due_ms = (int64_t)row_get(in, 8);
    e->raised_surprise_q16 = (int32_t)row_get(in, 4);
    e->change = (uint32_t)row_get(in, 4);
    e->kind = (uint32_t)row_get(in, 1);
    e->level = (uint32_t)row_get(in, 1);
    e->places = (uint32_t)row_get(in, 4);
    read_text(in, e->id, sizeof e->id);
    read_text(in, e->recurrence_of, sizeof e->recurrence_of);
    read_text(in, e->spot_name, sizeof e->spot_name);
    read_trail(e, in);
    read_season(e, in);
    e->told.more_milli = (int64_t)row_get(in, 8);
    e->told.low_milli = (int64_t)row_get(in, 8);
    e->told.high_milli = (int64_t)row_get(in, 8);
    e->told_complaints = row_get(in, 8);
    if (in->failed || e->kind > WEISU_RISK || e->signal.subject > DETECT_CELL)
        return -1;
    if (read_evidence(book->allocator, e, in) || (e->signal.subject == DETECT_CELL) != (e->evidence != NULL))
        return -1;
    return read_blob(book, e, in);
}

/* ---- saving ---- */

struct save {
    struct alert_book *book;
    const struct state_sink *sink;
    struct byte_buffer row;
};

static weisu_code send(struct save *save, uint64_t key, weisu_err *err)
{
    weisu_code code = row_send(save->sink, STATE_ALERT, key, &save->row, err);
    byte_buffer_reset(&save->row);
    return code;
}

static weisu_code put_past(struct save *save, uint64_t number, weisu_err *err)
{
    const struct alert_past *past = alert_past_at(save->book, number);
    row_put(&save->row, past->subject_key, 8);
    row_put(&save->row, past->serial, 8);
    row_put(&save->row, past->after_sequence, 8);
    row_put(&save->row, past->base_members, 8);
    row_put(&save->row, (uint64_t)past->cleared_ms, 8);
    for (size_t k = 0; k < DISMISSAL_KEYS; k++)
        row_put(&save->row, past->dismissal_key[k], 8);
    row_put_str(&save->row, text_of(past->id));
    return send(save, alert_row_key(ALERT_ROW_PAST, number), err);
}

static weisu_code drain_past(struct save *save, weisu_err *err)
{
    struct alert_book *book = save->book;
    weisu_code code = WEISU_OK;
    if (book->saved_past < book->past_first)
        book->saved_past = book->past_first;
    while (book->saved_past < book->past_next && !code && !state_sink_is_full(save->sink))
        code = put_past(save, book->saved_past++, err);
    return code;
}

static weisu_code drain(struct save *save, weisu_err *err)
{
    struct alert_book *book = save->book;
    weisu_code code = WEISU_OK;
    while (book->gone_count && !code && !state_sink_is_full(save->sink))
        code = row_send_gone(save->sink, STATE_ALERT, book->gone[--book->gone_count], err);
    for (size_t i = 0; i < book->live_count && !code && !state_sink_is_full(save->sink); i++) {
        struct alert_entry *entry = book->live[i];
        if (!entry->is_changed)
            continue;
        entry->is_changed = 0;
        write_entry(book->sources.lexicon, entry, &save->row);
        code = send(save, alert_row_key(ALERT_ROW_LIVE, entry->serial), err);
    }
    return code ? code : drain_past(save, err);
}

static int is_left(const struct alert_book *book)
{
    int left = book->gone_count || book->saved_past < book->past_next;
    for (size_t i = 0; i < book->live_count && !left; i++)
        left = book->live[i]->is_changed != 0;
    return left;
}

weisu_code alert_book_drain(struct alert_book *book, const struct state_sink *sink, int *left, weisu_err *err)
{
    struct save save = {.book = book, .sink = sink};
    byte_buffer_init(&save.row, book->allocator);
    weisu_code code = drain(&save, err);
    byte_buffer_dispose(&save.row);
    *left = is_left(book);
    return code;
}

static void note_all_changed(struct alert_book *book)
{
    for (size_t i = 0; i < book->live_count; i++)
        book->live[i]->is_changed = 1;
    book->saved_past = book->past_first;
}

weisu_code alert_book_save(struct alert_book *book, int all, const struct state_sink *sink, weisu_err *err)
{
    struct state_sink boundless = {.context = sink->context, .put = sink->put};
    struct save save = {.book = book, .sink = &boundless};
    byte_buffer_init(&save.row, book->allocator);
    if (all)
        note_all_changed(book);
    row_put(&save.row, book->serial, 8);
    row_put(&save.row, book->refused, 8);
    row_put(&save.row, book->past_first, 8);
    row_put(&save.row, book->past_next, 8);
    alert_waits_write(book, &save.row);
    weisu_code code = send(&save, alert_row_key(ALERT_ROW_BOOK, 0), err);
    if (!code)
        code = drain(&save, err);
    byte_buffer_dispose(&save.row);
    return code;
}

/* ---- loading ---- */

static int load_book(struct alert_book *book, struct row_reader *in)
{
    book->serial = row_get(in, 8);
    book->refused = row_get(in, 8);
    book->past_first = row_get(in, 8);
    book->past_next = row_get(in, 8);
    return book->past_next - book->past_first > ALERT_PAST_MAX || alert_waits_read(book, in) ? -1 : 0;
}

static int load_live(struct alert_book *book, uint64_t serial, struct row_reader *in)
{
    struct alert_entry *entry = memory_new_zeroed(book->allocator, 1, sizeof *entry);
    if (!entry)
        return -1;
    byte_buffer_init(&entry->blob, book->allocator);
    entry->serial = serial;
    if (book->live_count >= ALERT_LIVE_MAX || read_entry(book, entry, in) || alert_book_enter(book, entry)) {
        alert_entry_free(book, entry);
        return -1;
    }
    return 0;
}

/* Rows come in any order: pasts are kept with their number and put into the ring at the end. */
static int load_past(struct alert_book *book, uint64_t number, struct row_reader *in)
{
    if (memory_reserve(book->allocator, (void **)&book->loading, &book->loading_capacity, book->loading_count + 1,
                       sizeof *book->loading))
        return -1;
    struct alert_loading *to = &book->loading[book->loading_count++];
    memset(to, 0, sizeof *to);
    to->number = number;
    to->past.subject_key = row_get(in, 8);
    to->past.serial = row_get(in, 8);
    to->past.after_sequence = row_get(in, 8);
    to->past.base_members = row_get(in, 8);
    to->past.cleared_ms = (int64_t)row_get(in, 8);
    for (size_t k = 0; k < DISMISSAL_KEYS; k++)
        to->past.dismissal_key[k] = row_get(in, 8);
    read_text(in, to->past.id, sizeof to->past.id);
    return in->failed ? -1 : 0;
}

weisu_code alert_book_load(struct alert_book *book, const struct state_row *row, weisu_err *err)
{
    struct row_reader in = row_reader_of(row->data, row->size);
    uint64_t number = row->key & ((UINT64_C(1) << 56) - 1);
    int result = -1;
    if (row->key >> 56 == ALERT_ROW_BOOK)
        result = load_book(book, &in);
    else if (row->key >> 56 == ALERT_ROW_LIVE)
        result = load_live(book, number, &in);
    else if (row->key >> 56 == ALERT_ROW_PAST)
        result = load_past(book, number, &in);
    return result || !row_is_done(&in) ? failure(err, WEISU_ESTATE, "a row of the alerts is damaged") : WEISU_OK;
}

static int by_serial(const void *a, const void *b)
{
    const struct alert_entry *x = *(struct alert_entry *const *)a;
    const struct alert_entry *y = *(struct alert_entry *const *)b;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

static int by_number(const void *a, const void *b)
{
    const struct alert_loading *x = a;
    const struct alert_loading *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static weisu_code settle_past(struct alert_book *book, weisu_err *err)
{
    uint64_t next = book->past_next;
    book->past_next = book->past_first;
    if (book->loading_count)
        qsort(book->loading, book->loading_count, sizeof *book->loading, by_number);
    for (size_t i = 0; i < book->loading_count; i++) {
        if (book->loading[i].number != book->past_next)
            return failure(err, WEISU_ESTATE, "a past alert is missing");
        if (alert_book_reserve_past(book))
            return failure(err, WEISU_ENOMEM, "no memory for past alerts");
        alert_book_remember(book, &book->loading[i].past);
    }
    return book->past_next == next ? WEISU_OK : failure(err, WEISU_ESTATE, "a past alert is missing");
}

weisu_code alert_book_loaded(struct alert_book *book, weisu_err *err)
{
    weisu_code code = settle_past(book, err);
    memory_free(book->allocator, book->loading, book->loading_capacity, sizeof *book->loading);
    book->loading = NULL;
    book->loading_count = book->loading_capacity = 0;
    book->saved_past = book->past_next;
    if (code)
        return code;
    if (book->live_count)
        qsort(book->live, book->live_count, sizeof(struct alert_entry *), by_serial);
    book->next_due_ms = INT64_MAX;
    for (size_t i = 0; i < book->live_count; i++) {
        struct alert_entry *entry = book->live[i];
        if (entry->serial > book->serial || alert_book_file(book, i))
            return failure(err, WEISU_ESTATE, "a live alert is damaged");
        if (entry->due_ms < book->next_due_ms)
            book->next_due_ms = entry->due_ms;
    }
    return WEISU_OK;
}
