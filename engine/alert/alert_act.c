/* What people make of alerts: accepted, done, dismissed, and taken back. */
#include "alert/alert_book_fields.h"
#include "base/failure.h"
#include "base/hash.h"

#include <string.h>

static int is_id(const char *id, weisu_str text)
{
    return strlen(id) == text.size && memcmp(id, text.data, text.size) == 0;
}

static struct alert_entry *find_live(const struct alert_book *book, weisu_str id)
{
    for (size_t i = 0; i < book->live_count; i++)
        if (is_id(book->live[i]->id, id))
            return book->live[i];
    return NULL;
}

/* An alert about two clusters left two: either will do, they share what a dismissal is about. */
static const struct alert_past *find_past(const struct alert_book *book, weisu_str id)
{
    for (uint64_t n = book->past_next; n-- > book->past_first;)
        if (is_id(alert_past_at(book, n)->id, id))
            return alert_past_at(book, n);
    return NULL;
}

int alert_book_knows(const struct alert_book *book, weisu_str alert)
{
    return find_live(book, alert) || find_past(book, alert);
}

static uint64_t dismissal_tag(weisu_str id)
{
    return hash_bytes(id.data, id.size);
}

void alert_dismissal_keys(const struct alert_book *book, const struct alert_entry *entry, uint64_t key[DISMISSAL_KEYS])
{
    struct detect_signal subject = entry->signal;
    struct cluster_view view;
    if (subject.subject == DETECT_CLUSTER) {
        /* Where most of its members are, not where the last one is. */
        cluster_look(book->sources.clusters, subject.cluster, &view);
        subject.division = view.division ? gazetteer_find(book->sources.lexicon, view.division) : UINT32_MAX;
        subject.spot = view.spot;
        subject.topic = view.topic;
    }
    detector_dismissal_keys(book->sources.detector, &subject, key);
}

static weisu_handling handling_of(const struct alert_entry *entry)
{
    const struct alert_handling *handled = alert_handled(entry);
    return handled ? (weisu_handling)handled->state : WEISU_HANDLING_NONE;
}

static void push(struct alert_entry *entry, const struct alert_handling *handling)
{
    if (entry->trail_count == ALERT_TRAIL) {
        memmove(&entry->trail[0], &entry->trail[1], (ALERT_TRAIL - 1) * sizeof entry->trail[0]);
        entry->trail_count--;
    }
    entry->trail[entry->trail_count++] = *handling;
}

static struct alert_handling handling_by(const struct alert_book *book, const struct alert_entry *entry,
                                         const struct alert_act *act)
{
    static const weisu_handling states[] = {[WEISU_ACTION_ACCEPT] = WEISU_HANDLING_ACCEPTED,
                                            [WEISU_ACTION_DONE] = WEISU_HANDLING_DONE,
                                            [WEISU_ACTION_DISMISS] = WEISU_HANDLING_DISMISSED};
    struct alert_handling handling = {.state = states[act->action], .time_ms = act->clock_ms};
    handling.complaints = alert_evidence_count(entry, &book->sources);
    size_t size = act->by.size < ALERT_BY_BYTES ? act->by.size : ALERT_BY_BYTES - 1;
    memcpy(handling.by, act->by.data, size);
    return handling;
}

static weisu_code act_on_live(struct alert_book *book, struct alert_entry *entry, const struct alert_act *act,
                              weisu_err *err)
{
    struct alert_handling before[ALERT_TRAIL];
    uint32_t count = entry->trail_count;
    weisu_handling was = handling_of(entry);
    memcpy(before, entry->trail, sizeof before);
    if (act->action != WEISU_ACTION_UNDO) {
        struct alert_handling handling = handling_by(book, entry, act);
        if (handling.state == was)
            return WEISU_OK;
        push(entry, &handling);
    } else if (count) {
        entry->trail_count--;
    } else {
        return WEISU_OK;
    }
    struct alert_saying saying = {WEISU_UPDATED, act->sequence, act->clock_ms};
    weisu_code code = alert_book_say(book, entry, &saying, err);
    if (code) {
        memcpy(entry->trail, before, sizeof before);
        entry->trail_count = count;
        return code;
    }
    if (was == WEISU_HANDLING_DISMISSED)
        (void)detector_reinstate(book->sources.detector, dismissal_tag(act->alert));
    if (handling_of(entry) == WEISU_HANDLING_DISMISSED) {
        uint64_t key[DISMISSAL_KEYS];
        alert_dismissal_keys(book, entry, key);
        detector_dismiss(book->sources.detector, key, dismissal_tag(act->alert));
    }
    return WEISU_OK;
}

static void act_on_past(struct alert_book *book, const struct alert_past *past, const struct alert_act *act)
{
    if (act->action == WEISU_ACTION_DISMISS || act->action == WEISU_ACTION_UNDO)
        (void)detector_reinstate(book->sources.detector, dismissal_tag(act->alert)); /* said twice counts once */
    if (act->action == WEISU_ACTION_DISMISS)
        detector_dismiss(book->sources.detector, past->dismissal_key, dismissal_tag(act->alert));
}

weisu_code alert_book_act(struct alert_book *book, const struct alert_act *act, weisu_err *err)
{
    struct alert_entry *live = find_live(book, act->alert);
    if (live)
        return act_on_live(book, live, act, err);
    const struct alert_past *past = find_past(book, act->alert);
    if (past)
        act_on_past(book, past, act);
    return WEISU_OK;
}
