#include "alert/alert_compose.h"

#include "alert/alert_reasons.h"
#include "alert/alert_route.h"
#include "lexicon/node_path.h"

#include <string.h>

enum { MAX_KEYWORDS = 8 };

static weisu_str text_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static uint64_t members_of(const struct cluster_index *clusters, uint32_t slot)
{
    struct cluster_view view;
    if (slot == CLUSTER_NONE)
        return 0;
    cluster_look(clusters, slot, &view);
    return view.members;
}

uint64_t alert_evidence_count(const struct alert_entry *entry, const struct alert_sources *sources)
{
    if (entry->evidence)
        return entry->evidence->total;
    uint64_t members =
        members_of(sources->clusters, entry->signal.cluster) + members_of(sources->clusters, entry->signal.related);
    return members > entry->base_members ? members - entry->base_members : 0;
}

/* ---- evidence ---- */

struct evidence_lists {
    weisu_str *complaint; /* [ALERT_FIRST + ALERT_LAST] each */
    weisu_str *added;
    size_t complaints;
    size_t adds;
    int reporters_known;
};

static void add_id(struct evidence_lists *lists, const struct alert_entry *entry, weisu_str id, uint64_t sequence)
{
    if (lists->complaints == ALERT_FIRST + ALERT_LAST)
        return;
    lists->complaint[lists->complaints++] = id;
    if (sequence > entry->said_sequence)
        lists->added[lists->adds++] = id;
}

/* Kept members of one or two clusters that are this alert's evidence, in the order of the log. */
struct member_list {
    struct cluster_member member[2 * (ALERT_FIRST + ALERT_LAST)];
    size_t count;
};

static void add_members(const struct alert_entry *entry, const struct cluster_index *clusters, uint32_t slot,
                        struct member_list *list)
{
    struct cluster_view view;
    if (slot == CLUSTER_NONE)
        return;
    cluster_look(clusters, slot, &view);
    for (uint32_t i = 0; i < view.kept && list->count < sizeof list->member / sizeof *list->member; i++) {
        struct cluster_member member = cluster_member_at(clusters, slot, i);
        if (member.sequence <= entry->after_sequence)
            continue;
        size_t at = list->count++;
        for (; at > 0 && list->member[at - 1].sequence > member.sequence; at--)
            list->member[at] = list->member[at - 1];
        list->member[at] = member;
    }
}

static void list_clusters(const struct alert_entry *entry, const struct cluster_index *clusters,
                          struct evidence_lists *lists)
{
    struct member_list list = {.count = 0};
    add_members(entry, clusters, entry->signal.cluster, &list);
    add_members(entry, clusters, entry->signal.related, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct cluster_member *member = &list.member[i];
        lists->reporters_known &= member->reporter != 0;
        if (i < ALERT_FIRST || i + ALERT_LAST >= list.count)
            add_id(lists, entry, member->id, member->sequence);
    }
}

static void list_cell(const struct alert_entry *entry, struct evidence_lists *lists)
{
    lists->reporters_known = (int)entry->evidence->reporters_known;
    for (uint32_t i = 0; i < entry->evidence->kept; i++)
        add_id(lists, entry, (weisu_str){entry->evidence->item[i].text, entry->evidence->item[i].size},
               entry->evidence->item[i].sequence);
}

static int compose_evidence(const struct alert_entry *entry, const struct alert_sources *sources, struct arena *arena,
                            weisu_alert *out)
{
    struct evidence_lists lists = {.reporters_known = 1};
    lists.complaint = arena_take_array(arena, ALERT_FIRST + ALERT_LAST, sizeof(weisu_str));
    lists.added = arena_take_array(arena, ALERT_FIRST + ALERT_LAST, sizeof(weisu_str));
    if (!lists.complaint || !lists.added)
        return -1;
    if (entry->evidence)
        list_cell(entry, &lists);
    else
        list_clusters(entry, sources->clusters, &lists);
    out->complaints = lists.complaint;
    out->complaints_count = lists.complaints;
    out->added = lists.added;
    out->added_count = lists.adds;
    out->complaint_count = alert_evidence_count(entry, sources);
    out->reporters = entry->signal.reporters;
    out->reporters_known = lists.reporters_known;
    return 0;
}

/* ---- what and where ---- */

struct subject {
    uint32_t division;
    uint64_t spot;
    weisu_str spot_name;
    uint32_t topic;
    weisu_str title; /* size 0: made of place and topic */
    const weisu_str *keywords;
    size_t keyword_count;
    weisu_str cluster;
};

static int subject_of_cluster(const struct alert_entry *entry, const struct alert_sources *sources, struct arena *arena,
                              struct subject *out)
{
    struct cluster_view view;
    cluster_look(sources->clusters, entry->signal.cluster, &view);
    weisu_str *keywords = arena_take_array(arena, MAX_KEYWORDS, sizeof *keywords);
    weisu_str id = arena_copy(arena, text_of(view.id));
    if (!keywords || !id.data)
        return -1;
    size_t count = cluster_keywords(sources->clusters, entry->signal.cluster, keywords, MAX_KEYWORDS);
    uint32_t division = view.division ? gazetteer_find(sources->lexicon, view.division) : UINT32_MAX;
    *out = (struct subject){division, view.spot, view.spot_name, view.topic, view.title, keywords, count, id};
    return 0;
}

static int subject_of_cell(const struct alert_entry *entry, const struct alert_sources *sources, struct arena *arena,
                           struct subject *out)
{
    const struct detect_signal *signal = &entry->signal;
    weisu_str *keywords = arena_take_array(arena, PLACE_LEVELS, sizeof *keywords);
    size_t count = 0;
    if (!keywords)
        return -1;
    uint32_t topic = signal->topic;
    while (topic != UINT32_MAX && count < PLACE_LEVELS) {
        struct taxonomy_topic node = taxonomy_topic(sources->lexicon, topic);
        keywords[count++] = node.name;
        topic = node.parent;
    }
    *out = (struct subject){
        signal->division, signal->spot, text_of(entry->spot_name), signal->topic, {NULL, 0}, keywords, count,
        {NULL, 0}};
    return 0;
}

static int compose_paths(const struct subject *subject, const struct alert_sources *sources, uint64_t city,
                         struct arena *arena, weisu_alert *out)
{
    struct node_path *place = arena_take(arena, sizeof *place);
    struct node_path *topic = arena_take(arena, sizeof *topic);
    if (!place || !topic)
        return -1;
    uint32_t node = subject->division != UINT32_MAX ? subject->division : gazetteer_find(sources->lexicon, city);
    node_path_place(place, sources->lexicon, node, subject->spot, subject->spot_name);
    node_path_topic(topic, sources->lexicon, subject->topic);
    out->place = place->step;
    out->place_count = place->count;
    out->topic = topic->step;
    out->topic_count = topic->count;
    return 0;
}

static const char *rise_of(weisu_alert_kind kind)
{
    if (kind == WEISU_SEASONAL)
        return "季节性高发";
    return kind == WEISU_COMMON ? "多处诉求上升" : "诉求上升";
}

/* "阳光花园停水与供水中断诉求上升". */
static int compose_title(struct arena *arena, weisu_alert *out)
{
    struct byte_buffer text;
    byte_buffer_init(&text, arena->allocator);
    if (out->place_count)
        byte_buffer_append_str(&text, out->place[out->place_count - 1].name);
    if (out->topic_count)
        byte_buffer_append_str(&text, out->topic[out->topic_count - 1].name);
    byte_buffer_append_text(&text, rise_of((weisu_alert_kind)out->kind));
    out->title = arena_copy(arena, (weisu_str){text.data, text.size});
    int failed = text.failed;
    byte_buffer_dispose(&text);
    return failed || !out->title.data ? -1 : 0;
}

static void compose_numbers(const struct alert_entry *entry, const struct alert_saying *saying, weisu_alert *out)
{
    const struct detect_signal *signal = &entry->signal;
    int over = saying->state == WEISU_CLEARED;
    *out = (weisu_alert){.alert = text_of(entry->id),
                         .change = entry->change,
                         .state = saying->state,
                         .kind = (weisu_alert_kind)entry->kind,
                         .time_ms = saying->time_ms,
                         .sequence = saying->sequence,
                         .level = entry->level,
                         .expected_milli = signal->expected_milli,
                         .window_hours = signal->window_hours,
                         .recurrence_days_milli = signal->recurrence_days_milli,
                         .forecast_milli = over ? 0 : signal->forecast_milli,
                         .forecast_low_milli = over ? 0 : signal->forecast_low_milli,
                         .forecast_high_milli = over ? 0 : signal->forecast_high_milli,
                         .recurrence_of = text_of(entry->recurrence_of)};
    const struct alert_handling *handled = alert_handled(entry);
    if (handled) {
        out->handling = (weisu_handling)handled->state;
        out->handled_by = text_of(handled->by);
        out->handled_ms = handled->time_ms;
    }
}

int alert_compose(const struct alert_entry *entry, const struct alert_saying *saying,
                  const struct alert_sources *sources, uint64_t city, struct arena *arena, weisu_alert *out)
{
    struct subject subject;
    compose_numbers(entry, saying, out);
    if (entry->signal.subject == DETECT_CLUSTER ? subject_of_cluster(entry, sources, arena, &subject)
                                                : subject_of_cell(entry, sources, arena, &subject))
        return -1;
    out->cluster = subject.cluster;
    out->title = subject.title;
    out->keywords = subject.keywords;
    out->keyword_count = subject.keyword_count;
    if (compose_paths(&subject, sources, city, arena, out) || compose_evidence(entry, sources, arena, out) ||
        alert_route(sources->lexicon, subject.division, subject.topic, arena, out))
        return -1;
    if (!out->title.size && compose_title(arena, out))
        return -1;
    return alert_reasons(entry, arena, out);
}
