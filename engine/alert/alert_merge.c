/* Alerts follow their clusters through merges. */
#include "alert/alert_book_fields.h"
#include "base/failure.h"
#include "base/hash.h"

#include <string.h>

enum { NOBODY = UINT32_MAX };

static uint32_t live_at(const struct alert_book *book, uint32_t cluster)
{
    return id_map_get(&book->live_of, hash_pair(1, cluster));
}

/* Of the part's members, those that came before the alert's evidence are none of it. */
static uint64_t members_before(const struct alert_book *book, uint32_t cluster, uint64_t sequence)
{
    struct cluster_view view;
    uint64_t before = 0;
    cluster_look(book->sources.clusters, cluster, &view);
    while (before < view.kept &&
           cluster_member_at(book->sources.clusters, cluster, (uint32_t)before).sequence <= sequence)
        before++;
    return before < view.kept ? before : view.members;
}

/* The alert at that position speaks of the whole. */
static weisu_code follow(struct alert_book *book, uint32_t at, const struct alert_merge *merge, weisu_err *err)
{
    struct alert_entry *entry = book->live[at];
    struct alert_saying saying = {WEISU_UPDATED, merge->sequence, merge->clock_ms};
    struct cluster_view view;
    uint64_t handle[2];
    size_t count = alert_handles(&entry->signal, handle);
    for (size_t i = 0; i < count; i++)
        id_map_remove(&book->live_of, handle[i]);
    if (entry->signal.cluster == merge->part)
        entry->signal.cluster = merge->whole;
    if (entry->signal.related == merge->part)
        entry->signal.related = merge->whole;
    if (entry->signal.related == entry->signal.cluster)
        entry->signal.related = CLUSTER_NONE;
    cluster_look(book->sources.clusters, entry->signal.cluster, &view);
    entry->subject_key = view.key;
    entry->signal.count = view.members - view.withdrawn;
    entry->signal.reporters = view.reporters;
    entry->is_changed = 1;
    (void)alert_book_file(book, at); /* in the room of the handles that went */
    return alert_book_say(book, entry, &saying, err);
}

/* A cleared alert of the part is one of the whole: should it come back, it is a recurrence. */
static weisu_code remember_part(struct alert_book *book, const struct alert_merge *merge, weisu_err *err)
{
    struct cluster_view part;
    struct cluster_view whole;
    cluster_look(book->sources.clusters, merge->part, &part);
    cluster_look(book->sources.clusters, merge->whole, &whole);
    const struct alert_past *known = alert_book_past_of(book, part.key);
    if (!known || alert_book_past_of(book, whole.key))
        return WEISU_OK;
    struct alert_past past = *known;
    past.subject_key = whole.key;
    past.base_members = whole.members ? whole.members - 1 : 0;
    if (alert_book_reserve_past(book) || alert_book_reserve_gone(book, 1))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    alert_book_remember(book, &past);
    return WEISU_OK;
}

weisu_code alert_book_merge(struct alert_book *book, const struct alert_merge *merge, weisu_err *err)
{
    weisu_code code = remember_part(book, merge, err);
    uint32_t part = live_at(book, merge->part);
    uint32_t whole = live_at(book, merge->whole);
    if (!code && part != NOBODY && whole != NOBODY && part != whole) {
        struct alert_saying saying = {WEISU_CLEARED, merge->sequence, merge->clock_ms};
        code = alert_book_clear(book, part > whole ? part : whole, &saying, err);
        part = live_at(book, merge->part);
        whole = live_at(book, merge->whole);
    }
    if (!code && whole != NOBODY && whole != part && book->live[whole]->base_members) {
        book->live[whole]->base_members += members_before(book, merge->part, book->live[whole]->after_sequence);
        book->live[whole]->is_changed = 1;
    }
    return !code && part != NOBODY ? follow(book, part, merge, err) : code;
}
