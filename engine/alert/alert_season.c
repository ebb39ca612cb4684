/* Seasonal alerts: raised before it comes, with what happened in earlier years. */
#include "alert/alert_book_fields.h"
#include "alert/alert_id.h"
#include "alert/alert_policy.h"
#include "base/failure.h"

#include <string.h>

/* After the last day that is expected: the earlier years differed by weeks. */
#define GRACE_MS (SEASON_NEAR_DAYS * INT64_C(86400000))

static int gather(struct alert_book *book, struct alert_entry *entry, const struct detect_season *season)
{
    const struct season_plan *plan = season->plan;
    struct cluster_view view;
    entry->evidence = memory_new_zeroed(book->allocator, 1, sizeof *entry->evidence);
    if (!entry->evidence)
        return -1;
    entry->evidence->reporters_known = 1;
    for (uint32_t i = 0; i < plan->ids; i++)
        alert_evidence_add(entry->evidence, 1, 1, (weisu_str){plan->id[i], plan->id_size[i]});
    entry->season_hits = plan->hits;
    entry->season_years = plan->years;
    entry->season_first_day = plan->first_day;
    entry->season_last_day = plan->last_day;
    memcpy(entry->year, plan->year, sizeof entry->year);
    cluster_look(book->sources.clusters, entry->signal.cluster, &view);
    if (entry->signal.spot && view.spot == entry->signal.spot && view.spot_name.size < ALERT_SPOT_NAME_BYTES &&
        view.spot_name.size)
        memcpy(entry->spot_name, view.spot_name.data, view.spot_name.size);
    return 0;
}

static struct alert_entry *make(struct alert_book *book, const struct detect_season *season, uint64_t sequence)
{
    struct alert_entry *entry = memory_new_zeroed(book->allocator, 1, sizeof *entry);
    if (!entry)
        return NULL;
    byte_buffer_init(&entry->blob, book->allocator);
    entry->signal = season->signal;
    entry->serial = book->serial + 1;
    entry->kind = WEISU_SEASONAL;
    entry->subject_key = season->signal.cell;
    entry->due_ms = season->end_ms + GRACE_MS;
    if (gather(book, entry, season)) {
        alert_entry_free(book, entry);
        return NULL;
    }
    entry->level = alert_policy_level(&entry->signal);
    alert_id_write(book->config.city, entry->subject_key, sequence, entry->id);
    const struct alert_past *past = alert_book_past_of(book, entry->subject_key);
    if (past)
        memcpy(entry->recurrence_of, past->id, ALERT_ID_BYTES);
    return entry;
}

static weisu_code raise(struct alert_book *book, const struct detect_season *season, uint64_t sequence,
                        int64_t clock_ms, weisu_err *err)
{
    struct alert_saying saying = {WEISU_RAISED, sequence, clock_ms};
    if (book->live_count >= ALERT_LIVE_MAX) {
        book->refused++;
        return WEISU_OK;
    }
    struct alert_entry *entry = make(book, season, sequence);
    if (!entry)
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    weisu_code code = alert_book_say(book, entry, &saying, err);
    if (!code && alert_book_enter(book, entry))
        code = failure(err, WEISU_ENOMEM, "no memory for an alert");
    if (code) {
        alert_entry_free(book, entry);
        return code;
    }
    if (entry->due_ms < book->next_due_ms)
        book->next_due_ms = entry->due_ms;
    book->serial++;
    detector_mark(book->sources.detector, &season->signal, 1);
    return WEISU_OK;
}

weisu_code alert_book_raise_seasons(struct alert_book *book, uint64_t sequence, int64_t clock_ms, weisu_err *err)
{
    struct detect_season season;
    weisu_code code = WEISU_OK;
    while (!code && detector_take_plan(book->sources.detector, &season))
        code = raise(book, &season, sequence, clock_ms, err);
    return code;
}

void alert_book_set_due(struct alert_book *book, struct alert_entry *entry, int64_t clock_ms)
{
    int64_t due_ms = clock_ms + alert_policy_quiet_ms(&entry->signal);
    if (entry->kind != WEISU_SEASONAL || due_ms > entry->due_ms)
        entry->due_ms = due_ms;
    if (entry->due_ms < book->next_due_ms)
        book->next_due_ms = entry->due_ms;
}
