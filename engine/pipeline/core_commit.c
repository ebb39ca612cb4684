/* One entry into the state: cluster, detector, alerts, cases; in sequence order, on one thread at a time. */
#include "base/failure.h"
#include "base/hash.h"
#include "detect/evidence.h"
#include "pipeline/case_address.h"
#include "pipeline/core_words.h"
#include "pipeline/log_action.h"

static void tell_link(struct core *core, const struct log_entry *entry, const struct cluster_outcome *outcome)
{
    if (!core->listener.on_link || !outcome->link_sequence)
        return;
    if (!case_book_is_open(core->cases, outcome->link_sequence))
        return;
    struct cluster_view view;
    cluster_look(core->clusters, outcome->cluster, &view);
    for (uint32_t i = view.kept; i-- > 0;) {
        struct cluster_member member = cluster_member_at(core->clusters, outcome->cluster, i);
        if (member.sequence == outcome->link_sequence) {
            core->listener.on_link(core->listener.context, entry->record.id, member.id,
                                   (uint32_t)(((int64_t)outcome->link_score * 1000) >> 16));
            return;
        }
    }
}

static void tell_link_at_address(struct core *core, const struct log_entry *entry)
{
    struct detect_earlier earlier = {0};
    while (core->listener.on_link && detector_earlier(core->detector, &earlier)) {
        if (!case_book_is_open_at(core->cases, earlier.sequence, earlier.asked_ms))
            continue;
        core->listener.on_link(core->listener.context, entry->record.id, earlier.id, earlier.score_milli);
        return;
    }
}

static void tell_assignment(struct core *core, const struct log_entry *entry, const struct cluster_outcome *outcome)
{
    if (!core->listener.on_assignment)
        return;
    struct cluster_view view;
    cluster_look(core->clusters, outcome->cluster, &view);
    core->listener.on_assignment(core->listener.context, entry->sequence, entry->record.id, view.id, outcome->part);
}

static uint64_t reporter_of(const weisu_record *record)
{
    if (!record->reporter.size)
        return 0;
    uint64_t hash = hash_bytes(record->reporter.data, record->reporter.size);
    return hash ? hash : 1;
}

static weisu_code commit_record(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                                weisu_err *err)
{
    const weisu_record *record = &entry->record;
    struct cluster_case new_case = {entry->sequence, record->time_ms, entry->time_ms, reporter_of(record), record->id};
    struct cluster_outcome outcome;
    detector_prefetch(core->detector, new_case.reporter);
    case_book_prefetch(core->cases, record);
    weisu_code code = cluster_commit(core->clusters, &new_case, &prepared->proposal, &outcome, err);
    if (code)
        return code;
    struct detect_case observed = {.sequence = entry->sequence,
                                   .time_ms = record->time_ms,
                                   .clock_ms = entry->time_ms,
                                   .reporter = new_case.reporter,
                                   .date_only = (record->has & WEISU_HAS_DATE_ONLY) != 0,
                                   .risk = prepared->risk,
                                   .topic = prepared->topic,
                                   .division = prepared->division,
                                   .spot = prepared->spot,
                                   .address = case_address(record),
                                   .id = record->id,
                                   .outcome = &outcome};
    struct detect_signal signals[DETECT_MAX_SIGNALS];
    int count = detector_observe(core->detector, &observed, signals);
    if (count < 0)
        return failure(err, WEISU_ENOMEM, "no memory for detection");
    if ((code = alert_book_observe(core->alerts, &observed, signals, (size_t)count, err)) ||
        (code = case_book_add(core->cases, entry, outcome.part, err)))
        return code;
    core->counts.records++;
    tell_assignment(core, entry, &outcome);
    if (observed.address)
        tell_link_at_address(core, entry);
    else
        tell_link(core, entry, &outcome);
    return WEISU_OK;
}

/* Withdrawals that took effect. */
static weisu_code apply_turns(struct core *core, weisu_err *err)
{
    struct case_turn turn;
    weisu_code code = WEISU_OK;
    while (!code && case_book_take_turn(core->cases, &turn)) {
        code = cluster_withdraw(core->clusters, turn.cluster, turn.is_withdrawn, err);
        if (!code && detector_withdraw(core->detector, core->clusters, turn.sequence, turn.is_withdrawn))
            code = failure(err, WEISU_ENOMEM, "no memory for detection");
    }
    return code;
}

/* What hangs on a cluster follows it into the one that it became a part of. */
static weisu_code apply_merge(struct core *core, const struct cluster_turn *turn, uint64_t sequence, weisu_err *err)
{
    const struct alert_merge alerts = {turn->part, turn->whole, sequence, core->clock_ms};
    struct cluster_view part;
    struct cluster_view whole;
    weisu_code code = alert_book_merge(core->alerts, &alerts, err);
    if (code)
        return code;
    cluster_look(core->clusters, turn->part, &part);
    cluster_look(core->clusters, turn->whole, &whole);
    const struct evidence_merge merge = {.part = turn->part,
                                         .whole = turn->whole,
                                         .part_members = part.members,
                                         .whole_members = whole.members - part.members,
                                         .reporters = whole.reporters};
    return detector_merge(core->detector, &merge) ? failure(err, WEISU_ENOMEM, "no memory for detection") : WEISU_OK;
}

static weisu_code apply_merges(struct core *core, uint64_t sequence, weisu_err *err)
{
    struct cluster_turn turn;
    weisu_code code = WEISU_OK;
    while (!code && cluster_take_turn(core->clusters, &turn)) {
        if (turn.kind == CLUSTER_MERGED)
            code = apply_merge(core, &turn, sequence, err);
        if (!code && core->listener.on_merge)
            core->listener.on_merge(core->listener.context, turn.part, turn.whole);
    }
    return code;
}

static weisu_code advance_clock(struct core *core, const struct log_entry *entry, weisu_err *err)
{
    if (entry->time_ms == core->clock_ms)
        return WEISU_OK;
    core->clock_ms = entry->time_ms;
    case_book_advance(core->cases, entry->time_ms);
    weisu_code code = detector_advance(core->detector, entry->time_ms, err);
    if (!code)
        code = apply_turns(core, err);
    if (!code)
        code = alert_book_advance(core->alerts, entry->sequence, entry->time_ms, err);
    if (!code)
        code = cluster_review(core->clusters, entry->sequence, entry->time_ms, err);
    return code ? code : apply_merges(core, entry->sequence, err);
}

static void tell_changes(struct core *core)
{
    weisu_alert change;
    while (alert_book_take(core->alerts, &change)) {
        core->counts.alert_changes++;
        core->counts.alerts_raised += change.state == WEISU_RAISED;
        if (core->listener.on_change)
            core->listener.on_change(core->listener.context, &change);
    }
}

/* Undo takes a merge back, accept does what was proposed. What is not possible any more has no effect. */
static weisu_code act_on_cluster(struct core *core, const struct log_entry *entry, const struct log_action *action,
                                 weisu_err *err)
{
    struct cluster_index *clusters = core->clusters;
    uint32_t pair[2];
    uint32_t part = cluster_find_part(clusters, action->subject);
    weisu_code code = WEISU_OK;
    if (action->action == WEISU_ACTION_UNDO && part != CLUSTER_NONE)
        code = cluster_separate(clusters, part, entry->sequence, entry->time_ms, err);
    else if (action->action == WEISU_ACTION_ACCEPT && cluster_find_proposal(clusters, action->subject, pair))
        code = cluster_unite(clusters, pair[0], pair[1], entry->sequence, entry->time_ms, err);
    if (code && code != WEISU_EINVAL)
        return code;
    return apply_merges(core, entry->sequence, err);
}

/* An action that this version does not know has no effect: a log outlives versions. */
static weisu_code apply_action(struct core *core, const struct log_entry *entry, weisu_err *err)
{
    struct log_action action;
    if (log_action_read(&entry->record, &action))
        return WEISU_OK;
    if (action.subject.size && action.subject.data[0] == 'c')
        return act_on_cluster(core, entry, &action, err);
    const struct alert_act act = {action.subject, action.action, action.by, entry->sequence, entry->time_ms};
    return alert_book_act(core->alerts, &act, err);
}

static weisu_code apply_entry(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                              weisu_err *err)
{
    weisu_code code = advance_clock(core, entry, err);
    if (!code && entry->kind == LOG_RECORD)
        code = commit_record(core, entry, prepared, err);
    if (!code && entry->kind == LOG_UPDATE) {
        core->counts.updates++;
        code = case_book_update(core->cases, entry, err);
    }
    if (!code && entry->kind == LOG_ACTION)
        code = apply_action(core, entry, err);
    if (!code && entry->kind == LOG_WORDS)
        code = core_words_say(core, entry, err);
    if (!code)
        code = apply_turns(core, err);
    if (code)
        return code;
    core->counts.ticks += entry->kind == LOG_TICK;
    core->counts.records += entry->kind == LOG_FORGOTTEN;
    core->sequence = entry->sequence;
    tell_changes(core);
    return WEISU_OK;
}

static weisu_code publish(struct core *core, weisu_err *err)
{
    detector_publish(core->detector);
    case_book_evict(core->cases, core->clock_ms);
    return cluster_publish(core->clusters, err);
}

/* In sequence order. An entry that fails leaves the core broken. */

weisu_code core_commit(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                       weisu_err *err)
{
    weisu_code code = apply_entry(core, entry, prepared, err);
    if (!code && core->sequence % VERSION_STEP == 0)
        code = publish(core, err);
    core->broken = code;
    return code;
}
