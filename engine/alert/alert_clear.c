/* The end of an alert: the clock passes its due time; what is remembered of it. */
#include "alert/alert_book_fields.h"
#include "base/failure.h"

#include <string.h>

/* What is remembered of one of the alert's subjects. A cluster that comes back founds its new run with its last
 * complaint. */
static struct alert_past past_of_entry(const struct alert_book *book, const struct alert_entry *entry, uint32_t cluster,
                                       int64_t clock_ms)
{
    struct alert_past past = {.subject_key = entry->subject_key, .serial = entry->serial, .cleared_ms = clock_ms};
    memcpy(past.id, entry->id, ALERT_ID_BYTES);
    alert_dismissal_keys(book, entry, past.dismissal_key);
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

weisu_code alert_book_clear(struct alert_book *book, size_t at, const struct alert_saying *saying, weisu_err *err)
{
    struct alert_entry *entry = book->live[at];
    if (alert_book_reserve_past(book) || alert_book_reserve_gone(book, 3))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    weisu_code code = alert_book_say(book, entry, saying, err);
    if (code)
        return code;
    alert_book_note_gone(book, alert_row_key(ALERT_ROW_LIVE, entry->serial));
    remember(book, entry, saying->time_ms);
    if (entry->evidence && entry->kind != WEISU_SEASONAL) {
        uint64_t known = alert_evidence_count(entry, &book->sources);
        detector_learn_forecast(book->sources.detector, &entry->signal, &entry->told,
                                known > entry->told_complaints ? known - entry->told_complaints : 0);
    }
    detector_mark(book->sources.detector, &entry->signal, 0);
    leave(book, at);
    alert_entry_free(book, entry);
    return WEISU_OK;
}

weisu_code alert_book_advance(struct alert_book *book, uint64_t sequence, int64_t clock_ms, weisu_err *err)
{
    weisu_code season = alert_book_raise_seasons(book, sequence, clock_ms, err);
    alert_book_settle(book, clock_ms);
    if (season || clock_ms < book->next_due_ms)
        return season;
    struct alert_saying saying = {WEISU_CLEARED, sequence, clock_ms};
    for (size_t i = 0; i < book->live_count;) {
        if (book->live[i]->due_ms > clock_ms) {
            i++;
            continue;
        }
        weisu_code code = alert_book_clear(book, i, &saying, err);
        if (code)
            return code;
    }
    book->next_due_ms = INT64_MAX;
    for (size_t i = 0; i < book->live_count; i++)
        if (book->live[i]->due_ms < book->next_due_ms)
            book->next_due_ms = book->live[i]->due_ms;
    return WEISU_OK;
}
