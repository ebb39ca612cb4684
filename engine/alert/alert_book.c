#include "alert/alert_book.h"

#include "alert/alert_blob.h"
#include "alert/alert_book_fields.h"
#include "alert/alert_compose.h"
#include "alert/alert_id.h"
#include "alert/alert_policy.h"
#include "base/failure.h"

#include <string.h>

weisu_code alert_book_new(struct alert_book **out, const struct alert_config *config,
                          const struct alert_sources *sources, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct alert_book *book = memory_new_zeroed(allocator, 1, sizeof *book);
    struct arena *look = memory_new(allocator, 1, sizeof *look);
    if (!book || !look) {
        memory_free(allocator, book, 1, sizeof *book);
        memory_free(allocator, look, 1, sizeof *look);
        return failure(err, WEISU_ENOMEM, "no memory for the alerts");
    }
    book->allocator = allocator;
    book->config = *config;
    book->sources = *sources;
    book->next_due_ms = INT64_MAX;
    book->look = look;
    id_map_init(&book->live_of, allocator);
    id_map_init(&book->past_of, allocator);
    arena_init(&book->compose, allocator, 0);
    arena_init(book->look, allocator, 0);
    *out = book;
    return WEISU_OK;
}

static void free_item(const struct alert_book *book, struct alert_queue_item *item)
{
    if (item)
        memory_free(book->allocator, item, 1, sizeof *item + item->size);
}

void alert_book_free(struct alert_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->live_count; i++)
        alert_entry_free(book, book->live[i]);
    while (book->queue_first) {
        struct alert_queue_item *next = book->queue_first->next;
        free_item(book, book->queue_first);
        book->queue_first = next;
    }
    free_item(book, book->taken);
    memory_free(book->allocator, book->live, book->live_capacity, sizeof(struct alert_entry *));
    memory_free(book->allocator, book->past, book->past_capacity, sizeof *book->past);
    memory_free(book->allocator, book->loading, book->loading_capacity, sizeof *book->loading);
    memory_free(book->allocator, book->gone, book->gone_capacity, sizeof *book->gone);
    id_map_dispose(&book->live_of);
    id_map_dispose(&book->past_of);
    arena_dispose(&book->compose);
    arena_dispose(book->look);
    memory_free(book->allocator, book->look, 1, sizeof *book->look);
    memory_free(book->allocator, book, 1, sizeof *book);
}

/* ---- saying ---- */

static int enqueue(struct alert_book *book, const struct byte_buffer *blob)
{
    struct alert_queue_item *item = memory_new(book->allocator, 1, sizeof *item + blob->size);
    if (!item)
        return -1;
    item->next = NULL;
    item->size = blob->size;
    memcpy(item->blob, blob->data, blob->size);
    if (book->queue_last)
        book->queue_last->next = item;
    else
        book->queue_first = item;
    book->queue_last = item;
    return 0;
}

/* One change more of the alert: composed, queued, kept. */
static weisu_code say(struct alert_book *book, struct alert_entry *entry, const struct alert_saying *saying,
                      weisu_err *err)
{
    weisu_alert change;
    arena_reset(&book->compose);
    entry->change++;
    byte_buffer_reset(&entry->blob);
    if (alert_compose(entry, saying, &book->sources, book->config.city, &book->compose, &change))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    alert_blob_write(&entry->blob, &change);
    if (entry->blob.failed || enqueue(book, &entry->blob))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    entry->said_sequence = saying->sequence;
    entry->said_complaints = change.complaint_count;
    entry->said_reporters = change.reporters;
    entry->last_change_ms = saying->time_ms;
    entry->is_changed = 1;
    return WEISU_OK;
}

/* ---- raising ---- */

static void add_evidence(struct alert_evidence *evidence, uint64_t sequence, uint64_t reporter, weisu_str id)
{
    evidence->total++;
    evidence->reporters_known &= reporter != 0;
    if (evidence->kept == ALERT_FIRST + ALERT_LAST) {
        memmove(&evidence->item[ALERT_FIRST], &evidence->item[ALERT_FIRST + 1],
                (ALERT_LAST - 1) * sizeof evidence->item[0]);
        evidence->kept--;
    }
    uint32_t at = evidence->kept++;
    evidence->item[at].sequence = sequence;
    evidence->item[at].size = (uint32_t)(id.size < ALERT_CASE_ID_BYTES ? id.size : ALERT_CASE_ID_BYTES);
    if (id.size)
        memcpy(evidence->item[at].text, id.data, evidence->item[at].size);
}

static void copy_spot_name(const struct alert_book *book, struct alert_entry *entry)
{
    struct cluster_view view;
    cluster_look(book->sources.clusters, entry->signal.cluster, &view);
    if (!entry->signal.spot || view.spot != entry->signal.spot || view.spot_name.size >= ALERT_SPOT_NAME_BYTES)
        return;
    memcpy(entry->spot_name, view.spot_name.data, view.spot_name.size);
}

static int gather_cell(struct alert_book *book, struct alert_entry *entry, int64_t clock_ms)
{
    struct cluster_member member[ALERT_FIRST + ALERT_LAST];
    struct detect_cases cases = {.out = member, .room = ALERT_FIRST + ALERT_LAST};
    entry->evidence = memory_new_zeroed(book->allocator, 1, sizeof *entry->evidence);
    if (!entry->evidence)
        return -1;
    entry->evidence->reporters_known = 1;
    size_t count = detector_cases(book->sources.detector, &entry->signal, clock_ms, &cases);
    for (size_t i = 0; i < count; i++)
        add_evidence(entry->evidence, member[i].sequence, member[i].reporter, member[i].id);
    entry->evidence->total = cases.all;
    entry->evidence->reporters_known = cases.reporters_known != 0;
    entry->places = (uint32_t)cases.places;
    entry->subject_key = entry->signal.cell;
    entry->kind = alert_policy_cell_kind(&entry->signal, cases.places);
    copy_spot_name(book, entry);
    return 0;
}

static void describe_cluster(const struct alert_book *book, struct alert_entry *entry)
{
    struct cluster_view view;
    cluster_look(book->sources.clusters, entry->signal.cluster, &view);
    entry->subject_key = view.key;
    entry->kind = entry->signal.risk ? WEISU_RISK : WEISU_REPEAT;
    const struct alert_past *past = alert_book_past_of(book, view.key);
    /* Of two clusters that are told together all is evidence: neither was told before, or long ago. */
    if (past && entry->signal.related == CLUSTER_NONE) {
        entry->after_sequence = past->after_sequence;
        entry->base_members = past->base_members;
    }
}

static struct alert_entry *make_entry(struct alert_book *book, const struct detect_signal *signal, int64_t clock_ms)
{
    struct alert_entry *entry = memory_new_zeroed(book->allocator, 1, sizeof *entry);
    if (!entry)
        return NULL;
    byte_buffer_init(&entry->blob, book->allocator);
    entry->signal = *signal;
    entry->serial = book->serial + 1;
    entry->raised_surprise_q16 = signal->surprise_q16;
    if (signal->subject == DETECT_CLUSTER)
        describe_cluster(book, entry);
    else if (gather_cell(book, entry, clock_ms)) {
        alert_entry_free(book, entry);
        return NULL;
    }
    const struct alert_past *past = alert_book_past_of(book, entry->subject_key);
    if (past)
        memcpy(entry->recurrence_of, past->id, ALERT_ID_BYTES);
    return entry;
}

static void set_due(struct alert_book *book, struct alert_entry *entry, int64_t clock_ms)
{
    entry->due_ms = clock_ms + alert_policy_quiet_ms(&entry->signal);
    if (entry->due_ms < book->next_due_ms)
        book->next_due_ms = entry->due_ms;
}

/* 1: the evidence is one complaint, and nothing as grave as a risk. */
static int is_too_thin(const struct alert_book *book, const struct alert_entry *entry)
{
    return entry->kind != WEISU_RISK && alert_evidence_count(entry, &book->sources) < 2;
}

static weisu_code raise(struct alert_book *book, const struct detect_signal *signal, const struct detect_case *observed,
                        weisu_err *err)
{
    if (book->live_count >= ALERT_LIVE_MAX) {
        book->refused++;
        return WEISU_OK;
    }
    struct alert_entry *entry = make_entry(book, signal, observed->clock_ms);
    if (!entry)
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    if (is_too_thin(book, entry)) {
        alert_entry_free(book, entry);
        return WEISU_OK;
    }
    alert_id_write(book->config.city, entry->subject_key, observed->sequence, entry->id);
    entry->level = alert_policy_level(signal);
    set_due(book, entry, observed->clock_ms);
    struct alert_saying saying = {WEISU_RAISED, observed->sequence, observed->clock_ms};
    weisu_code code = say(book, entry, &saying, err);
    if (!code && alert_book_enter(book, entry))
        code = failure(err, WEISU_ENOMEM, "no memory for an alert");
    if (code) {
        alert_entry_free(book, entry);
        return code;
    }
    book->serial++;
    detector_mark(book->sources.detector, signal, 1);
    return WEISU_OK;
}

/* ---- a record ---- */

static struct alert_entry *live_of(const struct alert_book *book, const struct detect_signal *signal)
{
    uint64_t handle[2];
    (void)alert_handles(signal, handle);
    uint32_t at = id_map_get(&book->live_of, handle[0]);
    return at == ID_MAP_NONE ? NULL : book->live[at];
}

/* What the signal says of the alert's subject, into the alert's own. */
static void take_over(struct alert_book *book, struct alert_entry *entry, const struct detect_signal *signal)
{
    uint32_t risk = entry->signal.risk;
    if (signal->risk && (!risk || signal->risk < risk))
        risk = signal->risk;
    if (entry->signal.related != CLUSTER_NONE)
        detector_renew(book->sources.detector, book->sources.clusters, &entry->signal);
    else if (!entry->evidence || signal->reporters > entry->signal.reporters)
        /* A cell's counts are those of its window; what the alert tells is the highest it came to. */
        entry->signal = *signal;
    entry->signal.risk = risk;
}

/* News of a live alert: more evidence, and perhaps another change. */
static weisu_code follow(struct alert_book *book, struct alert_entry *entry, const struct detect_signal *signal,
                         const struct detect_case *observed, weisu_err *err)
{
    if (entry->evidence)
        add_evidence(entry->evidence, observed->sequence, observed->reporter, observed->id);
    take_over(book, entry, signal);
    if (!entry->evidence || alert_policy_keeps_cell(entry, signal))
        set_due(book, entry, observed->clock_ms);
    entry->is_changed = 1;
    uint32_t level = alert_policy_level(&entry->signal);
    level = level < entry->level ? level : entry->level;
    if (!alert_policy_speaks(entry, alert_evidence_count(entry, &book->sources), level, observed->clock_ms))
        return WEISU_OK;
    entry->level = level;
    if (entry->kind == WEISU_REPEAT && entry->signal.risk)
        entry->kind = WEISU_RISK;
    struct alert_saying saying = {WEISU_UPDATED, observed->sequence, observed->clock_ms};
    return say(book, entry, &saying, err);
}

/* The tightest cell that explains the rise: the first, coming from the tightest, that has at least half of the excess
 * of the widest one. */
static const struct detect_signal *tightest(const struct detect_signal *signals, size_t count)
{
    const struct detect_signal *widest = NULL;
    for (size_t i = 0; i < count; i++)
        if (signals[i].subject == DETECT_CELL && signals[i].raises)
            widest = &signals[i];
    for (size_t i = 0; widest && i < count; i++) {
        int64_t excess = signals[i].count * INT64_C(1000) - signals[i].expected_milli;
        int64_t whole = widest->count * INT64_C(1000) - widest->expected_milli;
        if (signals[i].subject == DETECT_CELL && signals[i].raises && excess * 2 >= whole)
            return &signals[i];
    }
    return widest;
}

weisu_code alert_book_observe(struct alert_book *book, const struct detect_case *observed,
                              const struct detect_signal *signals, size_t count, weisu_err *err)
{
    weisu_code code = alert_book_advance(book, observed->sequence, observed->clock_ms, err);
    int known = 0; /* a live alert already speaks of this rise */
    for (size_t i = 0; i < count && !code; i++) {
        struct alert_entry *entry = live_of(book, &signals[i]);
        if (entry) {
            known = 1;
            code = follow(book, entry, &signals[i], observed, err);
        } else if (signals[i].subject == DETECT_CLUSTER && signals[i].raises) {
            known = 1;
            code = raise(book, &signals[i], observed, err);
        }
    }
    if (known || code)
        return code;
    struct detect_signal both;
    if (detector_relate(book->sources.detector, book->sources.clusters, observed, &both))
        return raise(book, &both, observed, err);
    const struct detect_signal *cell = tightest(signals, count);
    return cell ? raise(book, cell, observed, err) : WEISU_OK;
}

/* ---- the clock ---- */

/* What is remembered of one of the alert's subjects. A cluster that comes back founds its new run with its last
 * complaint. */
static struct alert_past past_of_entry(const struct alert_book *book, const struct alert_entry *entry, uint32_t cluster,
                                       int64_t clock_ms)
{
    struct alert_past past = {.subject_key = entry->subject_key, .serial = entry->serial, .cleared_ms = clock_ms};
    memcpy(past.id, entry->id, ALERT_ID_BYTES);
    if (entry->evidence)
        return past;
    struct cluster_view view;
    cluster_look(book->sources.clusters, cluster, &view);
    past.subject_key = view.key;
    past.base_members = view.members ? view.members - 1 : 0;
    if (view.kept)
        past.after_sequence = cluster_member_at(book->sources.clusters, cluster, view.kept - 1).sequence - 1;
    return past;
}

static void remember(struct alert_book *book, const struct alert_entry *entry, int64_t clock_ms)
{
    struct alert_past past = past_of_entry(book, entry, entry->signal.cluster, clock_ms);
    alert_book_remember(book, &past);
    if (entry->signal.related == CLUSTER_NONE)
        return;
    past = past_of_entry(book, entry, entry->signal.related, clock_ms);
    alert_book_remember(book, &past);
}

static void leave(struct alert_book *book, size_t at)
{
    uint64_t handle[2];
    size_t count = alert_handles(&book->live[at]->signal, handle);
    for (size_t i = 0; i < count; i++)
        id_map_remove(&book->live_of, handle[i]);
    book->live_count--;
    for (size_t i = at; i < book->live_count; i++) {
        book->live[i] = book->live[i + 1];
        (void)alert_book_file(book, i); /* replaces, so it needs no memory */
    }
}

static weisu_code clear(struct alert_book *book, size_t at, const struct alert_saying *saying, weisu_err *err)
{
    struct alert_entry *entry = book->live[at];
    if (alert_book_reserve_past(book) || alert_book_reserve_gone(book, 3))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    weisu_code code = say(book, entry, saying, err);
    if (code)
        return code;
    alert_book_note_gone(book, alert_row_key(ALERT_ROW_LIVE, entry->serial));
    remember(book, entry, saying->time_ms);
    detector_mark(book->sources.detector, &entry->signal, 0);
    leave(book, at);
    alert_entry_free(book, entry);
    return WEISU_OK;
}

weisu_code alert_book_advance(struct alert_book *book, uint64_t sequence, int64_t clock_ms, weisu_err *err)
{
    if (clock_ms < book->next_due_ms)
        return WEISU_OK;
    struct alert_saying saying = {WEISU_CLEARED, sequence, clock_ms};
    for (size_t i = 0; i < book->live_count;) {
        if (book->live[i]->due_ms > clock_ms) {
            i++;
            continue;
        }
        weisu_code code = clear(book, i, &saying, err);
        if (code)
            return code;
    }
    book->next_due_ms = INT64_MAX;
    for (size_t i = 0; i < book->live_count; i++)
        if (book->live[i]->due_ms < book->next_due_ms)
            book->next_due_ms = book->live[i]->due_ms;
    return WEISU_OK;
}

/* ---- looking ---- */

int alert_book_take(struct alert_book *book, weisu_alert *out)
{
    struct alert_queue_item *item = book->queue_first;
    arena_reset(book->look);
    /* Where memory is out the change stays in the queue. */
    if (!item || alert_blob_read(item->blob, item->size, book->look, out))
        return 0;
    free_item(book, book->taken);
    book->taken = item;
    book->queue_first = item->next;
    if (!book->queue_first)
        book->queue_last = NULL;
    return 1;
}

uint32_t alert_book_live(const struct alert_book *book)
{
    return (uint32_t)book->live_count;
}

void alert_book_look(const struct alert_book *book, uint32_t at, weisu_alert *out)
{
    arena_reset(book->look);
    if (alert_blob_read(book->live[at]->blob.data, book->live[at]->blob.size, book->look, out))
        *out = (weisu_alert){.recurrence_days_milli = -1, .forecast_milli = -1};
}

weisu_code alert_book_forget(struct alert_book *book, uint32_t cluster, weisu_err *err)
{
    for (size_t i = 0; i < book->live_count; i++) {
        struct alert_entry *entry = book->live[i];
        weisu_alert alert;
        if (entry->signal.subject != DETECT_CLUSTER || entry->signal.cluster != cluster)
            continue;
        struct byte_buffer blob;
        byte_buffer_init(&blob, book->allocator);
        alert_book_look(book, (uint32_t)i, &alert);
        alert.title = (weisu_str){NULL, 0};
        alert_blob_write(&blob, &alert);
        if (blob.failed) {
            byte_buffer_dispose(&blob);
            return failure(err, WEISU_ENOMEM, "no memory to forget");
        }
        byte_buffer_dispose(&entry->blob);
        entry->blob = blob;
        entry->is_changed = 1;
    }
    return WEISU_OK;
}
