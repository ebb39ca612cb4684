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

void alert_book_free(struct alert_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->live_count; i++)
        alert_entry_free(book, book->live[i]);
    alert_queue_dispose(book);
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

/* ---- raising ---- */

void alert_evidence_add(struct alert_evidence *evidence, uint64_t sequence, uint64_t reporter, weisu_str id)
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
        alert_evidence_add(entry->evidence, member[i].sequence, member[i].reporter, member[i].id);
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
    entry->told =
        (struct forecast_span){signal->forecast_milli, signal->forecast_low_milli, signal->forecast_high_milli};
    entry->told_complaints = alert_evidence_count(entry, &book->sources);
    alert_book_set_due(book, entry, observed->clock_ms);
    struct alert_saying saying = {WEISU_RAISED, observed->sequence, observed->clock_ms};
    weisu_code code = alert_book_say(book, entry, &saying, err);
    if (!code && alert_book_enter(book, entry))
        code = failure(err, WEISU_ENOMEM, "no memory for an alert");
    if (code) {
        alert_entry_free(book, entry);
        return code;
    }
    book->serial++;
    alert_book_await(book, signal, observed->clock_ms);
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
        alert_evidence_add(entry->evidence, observed->sequence, observed->reporter, observed->id);
    take_over(book, entry, signal);
    if (!entry->evidence || alert_policy_keeps_cell(entry, signal))
        alert_book_set_due(book, entry, observed->clock_ms);
    entry->is_changed = 1;
    uint32_t level = alert_policy_level(&entry->signal);
    level = level < entry->level ? level : entry->level;
    if (!alert_policy_speaks(entry, alert_evidence_count(entry, &book->sources), level, observed->clock_ms))
        return WEISU_OK;
    entry->level = level;
    if (entry->kind == WEISU_REPEAT && entry->signal.risk)
        entry->kind = WEISU_RISK;
    struct alert_saying saying = {WEISU_UPDATED, observed->sequence, observed->clock_ms};
    return alert_book_say(book, entry, &saying, err);
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

/* ---- looking ---- */

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
