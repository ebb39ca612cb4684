/* A small made-up city for the tests of detection and alerts: a lexicon, clusters, and streams of cases.
 *
 * Stands in for engine/lexicon and engine/cluster, so that these tests know exactly what a case is about. The cluster
 * of a case is given, not found. */
#ifndef TEST_DETECT_CITY_H
#define TEST_DETECT_CITY_H

#include "base/hash.h"
#include "detect/detector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define START_MS INT64_C(1546272000000) /* 2019-01-01T00:00+08:00 */

enum { CITY = 0, DISTRICTS = 4, STREETS = 16, CITY_NODES = 1 + DISTRICTS + STREETS };
enum { THEMES = 6, TOPICS = THEMES * 3 };
enum { CITY_KEPT_FIRST = 20, CITY_KEPT_LAST = 80, CITY_REPORTERS = 256 };

static weisu_str text_str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* ---- lexicon ---- */

static char node_names[CITY_NODES][32];
static char topic_codes[TOPICS][32];
static char topic_names[TOPICS][32];

uint32_t gazetteer_count(const struct lexicon *lexicon)
{
    (void)lexicon;
    return CITY_NODES;
}

struct gazetteer_node gazetteer_node(const struct lexicon *lexicon, uint32_t i)
{
    (void)lexicon;
    struct gazetteer_node node = {.code = UINT64_C(110000000000) + i * UINT64_C(1000), .parent = UINT32_MAX};
    node.level = i == CITY ? PLACE_CITY : i <= DISTRICTS ? PLACE_DISTRICT : PLACE_SUBDISTRICT;
    if (node.level == PLACE_DISTRICT)
        node.parent = CITY;
    if (node.level == PLACE_SUBDISTRICT)
        node.parent = 1 + (i - 1 - DISTRICTS) / (STREETS / DISTRICTS);
    snprintf(node_names[i], sizeof node_names[i], i <= DISTRICTS ? "第%u区" : "第%u街道", i);
    node.name = text_str(node_names[i]);
    return node;
}

uint32_t gazetteer_find(const struct lexicon *lexicon, uint64_t code)
{
    for (uint32_t i = 0; i < CITY_NODES; i++)
        if (gazetteer_node(lexicon, i).code == code)
            return i;
    return UINT32_MAX;
}

uint32_t taxonomy_topic_count(const struct lexicon *lexicon)
{
    (void)lexicon;
    return TOPICS;
}

/* Each theme and its two second-level topics. */
struct taxonomy_topic taxonomy_topic(const struct lexicon *lexicon, uint32_t i)
{
    (void)lexicon;
    struct taxonomy_topic topic = {.parent = i % 3 ? i - i % 3 : UINT32_MAX, .level = i % 3 != 0};
    if (i % 3)
        snprintf(topic_codes[i], sizeof topic_codes[i], "%02u%02u", i / 3 + 1, i % 3);
    else
        snprintf(topic_codes[i], sizeof topic_codes[i], "%02u", i / 3 + 1);
    snprintf(topic_names[i], sizeof topic_names[i], "问题%s", topic_codes[i]);
    topic.code = text_str(topic_codes[i]);
    topic.name = text_str(topic_names[i]);
    topic.lead = text_str("水务局");
    topic.joins = text_str("自来水公司;街道办事处");
    topic.tags = text_str("便利性;住有所居");
    return topic;
}

uint32_t taxonomy_find(const struct lexicon *lexicon, weisu_str code)
{
    for (uint32_t i = 0; i < TOPICS; i++) {
        struct taxonomy_topic topic = taxonomy_topic(lexicon, i);
        if (topic.code.size == code.size && memcmp(topic.code.data, code.data, code.size) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* ---- clusters ---- */

struct city_member {
    uint64_t sequence;
    int64_t time_ms;
    uint64_t reporter;
    char id[24];
};

struct city_cluster {
    uint32_t members;
    uint32_t reporters;
    uint64_t reporter[CITY_REPORTERS];
    int64_t reporter_ms;
    uint32_t kept;
    uint32_t division;
    uint64_t spot;
    uint32_t topic;
    struct city_member *member; /* [CITY_KEPT_FIRST + CITY_KEPT_LAST], from the second one on */
    struct city_member founder;
};

struct cluster_index {
    struct city_cluster *cluster;
    size_t count;
    size_t capacity;
};

static inline void city_clusters_free(struct cluster_index *index)
{
    for (size_t i = 0; i < index->count; i++)
        free(index->cluster[i].member);
    free(index->cluster);
    *index = (struct cluster_index){0};
}

static struct city_cluster *city_cluster_of(struct cluster_index *index, uint32_t slot)
{
    while (slot >= index->count) {
        if (index->count == index->capacity) {
            index->capacity = index->capacity ? index->capacity * 2 : 64;
            index->cluster = realloc(index->cluster, index->capacity * sizeof *index->cluster);
        }
        memset(&index->cluster[index->count++], 0, sizeof *index->cluster);
    }
    return &index->cluster[slot];
}

static void city_keep(struct city_cluster *cluster, const struct city_member *member)
{
    enum { ROOM = CITY_KEPT_FIRST + CITY_KEPT_LAST };
    if (!cluster->kept) {
        cluster->founder = *member;
        cluster->kept = 1;
        return;
    }
    if (!cluster->member)
        cluster->member = malloc(ROOM * sizeof *cluster->member);
    if (cluster->kept == ROOM) {
        memmove(&cluster->member[CITY_KEPT_FIRST], &cluster->member[CITY_KEPT_FIRST + 1],
                (ROOM - CITY_KEPT_FIRST - 1) * sizeof *cluster->member);
        cluster->kept--;
    }
    cluster->member[cluster->kept++] = *member;
}

/* Adds a case to the cluster that it is said to belong to. */
static inline struct cluster_outcome city_join(struct cluster_index *index, const struct detect_case *added,
                                               uint32_t slot)
{
    struct city_cluster *cluster = city_cluster_of(index, slot);
    struct cluster_outcome outcome = {
        .cluster = slot, .score = 40000, .opened = cluster->members == 0, .since_reporter_ms = -1};
    uint32_t at = 0;
    while (at < cluster->reporters && at < CITY_REPORTERS && cluster->reporter[at] != added->reporter)
        at++;
    int is_new = added->reporter == 0 || at == cluster->reporters;
    if (!outcome.opened)
        outcome.since_reporter_ms = added->time_ms - cluster->reporter_ms;
    outcome.new_reporter = is_new && !outcome.opened;
    if (is_new) {
        if (cluster->reporters < CITY_REPORTERS)
            cluster->reporter[cluster->reporters] = added->reporter;
        cluster->reporters++;
        cluster->reporter_ms = added->time_ms;
    }
    struct city_member member = {added->sequence, added->time_ms, added->reporter, {0}};
    snprintf(member.id, sizeof member.id, "%.*s", (int)added->id.size, added->id.data);
    city_keep(cluster, &member);
    cluster->division = added->division;
    cluster->spot = added->spot;
    cluster->topic = added->topic;
    outcome.members = outcome.standing = ++cluster->members;
    outcome.reporters = cluster->reporters;
    return outcome;
}

struct cluster_member cluster_member_at(const struct cluster_index *index, uint32_t slot, uint32_t at)
{
    const struct city_cluster *cluster = &index->cluster[slot];
    const struct city_member *member = at ? &cluster->member[at] : &cluster->founder;
    return (struct cluster_member){member->sequence, member->time_ms, member->reporter, text_str(member->id)};
}

void cluster_look(const struct cluster_index *index, uint32_t slot, struct cluster_view *out)
{
    const struct city_cluster *cluster = &index->cluster[slot];
    memset(out, 0, sizeof *out);
    out->merged_into = CLUSTER_NONE;
    snprintf(out->id, sizeof out->id, "c%u", slot);
    out->key = hash_mix(slot + 1);
    out->members = cluster->members;
    out->reporters = cluster->reporters;
    out->kept = cluster->kept;
    out->division = cluster->division == UINT32_MAX ? 0 : gazetteer_node(NULL, cluster->division).code;
    out->spot = cluster->spot;
    out->spot_name = cluster->spot ? text_str("阳光花园") : text_str("");
    out->topic = cluster->topic;
    out->title = text_str("停水三天");
}

uint32_t cluster_whole(const struct cluster_index *index, uint32_t slot)
{
    (void)index;
    return slot;
}

size_t cluster_keywords(const struct cluster_index *index, uint32_t slot, weisu_str *out, size_t room)
{
    (void)index;
    (void)slot;
    if (room)
        out[0] = text_str("停水");
    return room != 0;
}

/* ---- streams ---- */

static uint64_t city_draw(uint64_t *state)
{
    *state = hash_mix(*state + UINT64_C(0x9e3779b97f4a7c15));
    return *state;
}

static uint64_t city_below(uint64_t *state, uint64_t below)
{
    return (city_draw(state) >> 16) % below;
}

struct city_case {
    struct detect_case observed;
    uint32_t slot;
    struct cluster_scored runner_up;
    char id[24];
};

struct city_stream {
    struct city_case *cases;
    size_t count;
    size_t capacity;
    uint32_t slots;
};

static inline void city_stream_free(struct city_stream *stream)
{
    free(stream->cases);
    *stream = (struct city_stream){0};
}

static struct city_case *city_add(struct city_stream *stream, int64_t time_ms, uint32_t slot, uint64_t reporter)
{
    if (stream->count == stream->capacity) {
        stream->capacity = stream->capacity ? stream->capacity * 2 : 1024;
        stream->cases = realloc(stream->cases, stream->capacity * sizeof *stream->cases);
    }
    struct city_case *added = &stream->cases[stream->count++];
    *added = (struct city_case){.slot = slot, .runner_up = {CLUSTER_NONE, 0}};
    added->observed.time_ms = time_ms;
    added->observed.reporter = reporter;
    uint64_t where = hash_mix(slot + 77);
    added->observed.division = where % 3 ? 1 + DISTRICTS + (uint32_t)(where >> 8) % STREETS : CITY;
    added->observed.spot = where % 2 ? 1 + (where >> 32) % 4000 : 0;
    added->observed.topic = (uint32_t)(where >> 20) % TOPICS;
    return added;
}

static int city_by_time(const void *a, const void *b)
{
    const struct city_case *x = a;
    const struct city_case *y = b;
    if (x->observed.time_ms != y->observed.time_ms)
        return x->observed.time_ms < y->observed.time_ms ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Numbers the cases in order of time. */
static inline void city_sort(struct city_stream *stream)
{
    qsort(stream->cases, stream->count, sizeof *stream->cases, city_by_time);
    for (size_t i = 0; i < stream->count; i++) {
        struct city_case *at = &stream->cases[i];
        snprintf(at->id, sizeof at->id, "T%zu", i);
        at->observed.sequence = i + 1;
        at->observed.clock_ms = at->observed.time_ms;
    }
}

/* Nothing is going on: foundings come evenly, one in ten finds a second reporter after a waiting time that is
 * log-uniform from an hour to 90 days, a third of those a third one, half of those a fourth, and so on. */
static inline void city_add_quiet(struct city_stream *stream, uint64_t seed, int days, int a_day)
{
    static const uint64_t chance[] = {100, 330, 500, 500};
    uint64_t state = seed;
    for (int i = 0; i < days * a_day; i++) {
        uint32_t slot = stream->slots++;
        int64_t time_ms = START_MS + (int64_t)city_below(&state, (uint64_t)days * DAY_MS);
        uint32_t step = 0;
        do {
            city_add(stream, time_ms, slot, city_draw(&state) | 1);
            uint64_t doublings = city_below(&state, 11000);
            int64_t wait_ms = HOUR_MS << (doublings / 1000);
            time_ms += wait_ms + wait_ms * (int64_t)(doublings % 1000) / 1000;
        } while (city_below(&state, 1000) < chance[step < 3 ? step++ : 3] && time_ms < START_MS + days * DAY_MS);
    }
}

/* Reporters that differ, one every `every_ms`, about one thing. Returns its slot. */
static inline uint32_t city_add_outbreak(struct city_stream *stream, int64_t from_ms, int reporters, int64_t every_ms)
{
    uint32_t slot = stream->slots++;
    for (int i = 0; i < reporters; i++)
        city_add(stream, from_ms + i * every_ms, slot, hash_pair(slot, (uint64_t)i) | 1);
    return slot;
}

#endif
