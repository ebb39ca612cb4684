/* Alerts: their life, what they say, and that a restart changes nothing of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alert/alert_blob.h"
#include "alert/alert_book.h"
#include "alert/alert_policy.h"
#include "alert/alert_route.h"
#include "base/byte_buffer.h"
#include "test_alert_desk.h"

/* ---- one life ---- */

enum { MAX_SEEN = 64 };

struct seen {
    char alert[16];
    char recurrence_of[16];
    uint32_t change;
    weisu_alert_state state;
    weisu_alert_kind kind;
    uint32_t level;
    int64_t time_ms;
    uint64_t complaints;
    uint64_t added;
    size_t named;
    int reporters_known;
    int says_return;
    int says_history;
};

static void copy_text(char out[16], weisu_str text)
{
    snprintf(out, 16, "%.*s", (int)text.size, text.data);
}

/* Runs the stream and keeps what was said about one cluster. */
static size_t watch(const struct city_stream *stream, const char *cluster, struct seen seen[MAX_SEEN])
{
    struct desk desk;
    size_t count = 0;
    desk_open(&desk);
    for (size_t i = 0; i < stream->count; i++) {
        weisu_alert a;
        desk_case(&desk, &stream->cases[i]);
        while (alert_book_take(desk.book, &a)) {
            check_change(&a);
            assert_true(a.time_ms >= stream->cases[i].observed.time_ms);
            if (a.cluster.size != strlen(cluster) || memcmp(a.cluster.data, cluster, a.cluster.size) != 0 ||
                count == MAX_SEEN)
                continue;
            struct seen *s = &seen[count++];
            *s = (struct seen){.change = a.change, .state = a.state, .kind = a.kind, .level = a.level};
            copy_text(s->alert, a.alert);
            copy_text(s->recurrence_of, a.recurrence_of);
            s->time_ms = a.time_ms;
            s->complaints = a.complaint_count;
            s->added = a.added_count;
            s->named = a.complaints_count;
            s->reporters_known = a.reporters_known;
            s->says_return = says(&a, "反弹");
            s->says_history = says(&a, "历史数据不足");
        }
    }
    desk_close(&desk);
    return count;
}

static void alert_lives_and_comes_back(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct seen seen[MAX_SEEN];
    city_add_quiet(&stream, 3, 260, 30);
    uint32_t slot = city_add_outbreak(&stream, START_MS + 60 * DAY_MS, 150, 5 * HOUR_MS);
    /* Months later the same again, by others. */
    for (int i = 0; i < 25; i++)
        city_add(&stream, START_MS + (180 + i) * DAY_MS + HOUR_MS, slot, UINT64_C(70000001) + (uint64_t)i);
    city_sort(&stream);
    char cluster[16];
    snprintf(cluster, sizeof cluster, "c%u", slot);
    size_t count = watch(&stream, cluster, seen);
    assert_true(count >= 6);
    assert_int_equal(seen[0].state, WEISU_RAISED);
    assert_int_equal(seen[0].kind, WEISU_REPEAT);
    assert_true(seen[0].complaints <= 8);
    size_t at = 1;
    uint64_t sum = seen[0].added;
    while (seen[at].state == WEISU_UPDATED) {
        assert_int_equal(seen[at].change, at + 1);
        assert_string_equal(seen[at].alert, seen[0].alert);
        assert_true(seen[at].level <= seen[at - 1].level);
        assert_true(seen[at].complaints > seen[at - 1].complaints);
        assert_true(seen[at].time_ms - seen[at - 1].time_ms >= 6 * HOUR_MS || seen[at].level < seen[at - 1].level);
        sum += seen[at++].added;
    }
    assert_true(at >= 4 && at <= 16); /* by steps, not with each of 150 */
    assert_int_equal(seen[at].state, WEISU_CLEARED);
    sum += seen[at].added;
    assert_true(sum <= 150 && sum > 110); /* of one step that is larger than 80 only the last are named */
    assert_int_equal(seen[at].complaints, 150);
    assert_int_equal(seen[at].named, 100);
    assert_true(seen[at].time_ms >= START_MS + (60 + 31 + 14) * DAY_MS);
    /* The recurrence. */
    at++;
    assert_true(at < count);
    assert_int_equal(seen[at].state, WEISU_RAISED);
    assert_int_equal(seen[at].change, 1);
    assert_string_equal(seen[at].recurrence_of, seen[0].alert);
    assert_string_not_equal(seen[at].alert, seen[0].alert);
    assert_true(seen[at].says_return);
    assert_true(seen[at].complaints < 26);
    city_stream_free(&stream);
}

static void young_history_is_said(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct seen seen[MAX_SEEN];
    city_add_quiet(&stream, 3, 30, 30);
    uint32_t slot = city_add_outbreak(&stream, START_MS + 8 * DAY_MS, 40, 3 * HOUR_MS);
    for (size_t i = 0; i < stream.count; i++)
        if (stream.cases[i].slot == slot && i % 2)
            stream.cases[i].observed.reporter = 0;
    city_sort(&stream);
    char cluster[16];
    snprintf(cluster, sizeof cluster, "c%u", slot);
    assert_true(watch(&stream, cluster, seen) >= 1);
    assert_true(seen[0].says_history);
    assert_false(seen[0].reporters_known);
    city_stream_free(&stream);
}

static void rare_risk_needs_few(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct seen seen[MAX_SEEN];
    city_add_quiet(&stream, 3, 200, 30);
    uint32_t plain = city_add_outbreak(&stream, START_MS + 150 * DAY_MS, 3, 30 * HOUR_MS);
    uint32_t risky = city_add_outbreak(&stream, START_MS + 151 * DAY_MS, 3, 30 * HOUR_MS);
    for (size_t i = 0; i < stream.count; i++)
        if (stream.cases[i].slot == risky || i % 400 == 0)
            stream.cases[i].observed.risk = 1;
    city_sort(&stream);
    char cluster[16];
    snprintf(cluster, sizeof cluster, "c%u", risky);
    assert_true(watch(&stream, cluster, seen) >= 1);
    assert_int_equal(seen[0].kind, WEISU_RISK);
    assert_true(seen[0].level <= 2);
    snprintf(cluster, sizeof cluster, "c%u", plain);
    assert_int_equal(watch(&stream, cluster, seen), 0);
    city_stream_free(&stream);
}

/* One problem that clustering took for two: neither half is much, both together are, and there is one alert. */
static void two_halves_are_one_alert(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    city_add_quiet(&stream, 3, 260, 30);
    uint32_t half[2] = {city_add_outbreak(&stream, START_MS + 150 * DAY_MS, 12, 60 * HOUR_MS),
                        city_add_outbreak(&stream, START_MS + 151 * DAY_MS, 12, 60 * HOUR_MS)};
    for (size_t i = 0; i < stream.count; i++)
        for (size_t h = 0; h < 2; h++)
            if (stream.cases[i].slot == half[h])
                stream.cases[i].runner_up = (struct cluster_scored){half[1 - h], 30000};
    city_sort(&stream);
    desk_open(&desk);
    size_t raised = 0;
    size_t named = 0;
    size_t cleared = 0;
    char id[16] = "";
    for (size_t i = 0; i < stream.count; i++) {
        weisu_alert a;
        desk_case(&desk, &stream.cases[i]);
        while (alert_book_take(desk.book, &a)) {
            uint32_t slot = a.cluster.size ? (uint32_t)strtoul(a.cluster.data + 1, NULL, 10) : UINT32_MAX;
            check_change(&a);
            if (slot != half[0] && slot != half[1])
                continue;
            if (a.state == WEISU_RAISED) {
                assert_int_equal(a.complaint_count, a.reporters);
                assert_int_equal(a.complaints_count, a.complaint_count);
                named = a.complaints_count;
                copy_text(id, a.alert);
                raised++;
            }
            char same[16];
            copy_text(same, a.alert);
            assert_string_equal(same, id);
            cleared += a.state == WEISU_CLEARED;
            if (a.state == WEISU_CLEARED) {
                assert_int_equal(a.complaint_count, 24);
                assert_int_equal(a.reporters, 24);
            }
        }
    }
    assert_int_equal(raised, 1);
    assert_int_equal(cleared, 1);
    assert_true(named >= 3 && named <= 8);
    desk_close(&desk);
    city_stream_free(&stream);
}

/* A rise that is spread over many clusters is told once, about the place that contains it. */
static void cell_alert_names_place_and_people(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    city_add_quiet(&stream, 11, 200, 40);
    for (int i = 0; i < 40; i++) {
        struct city_case *at = city_add(&stream, START_MS + 150 * DAY_MS + i * 2 * HOUR_MS, stream.slots++,
                                        UINT64_C(900000) + (uint64_t)i);
        at->observed.division = 1 + DISTRICTS + 3;
        at->observed.spot = UINT64_C(50000) + (uint64_t)i;
        at->observed.topic = 4;
    }
    city_sort(&stream);
    desk_open(&desk);
    size_t raised = 0;
    for (size_t i = 0; i < stream.count; i++) {
        weisu_alert a;
        desk_case(&desk, &stream.cases[i]);
        while (alert_book_take(desk.book, &a)) {
            if (a.cluster.size || a.time_ms < START_MS + 150 * DAY_MS || a.time_ms > START_MS + 154 * DAY_MS)
                continue;
            raised += a.state == WEISU_RAISED;
            assert_true(a.kind == WEISU_COMMON || a.kind == WEISU_SURGE);
            assert_int_equal(a.place_count, 3);
            assert_true(has_text(a.place[2].name, "第8街道"));
            assert_true(has_text(a.topic[a.topic_count - 1].name, "问题02"));
            assert_true(a.complaints_count * 2 > a.complaint_count);
            assert_true(has_text(a.title, "第8街道"));
            assert_true(a.unit_count == 3 && has_text(a.units[2], "第8街道办事处"));
        }
    }
    assert_int_equal(raised, 1);
    desk_close(&desk);
    city_stream_free(&stream);
}

/* ---- the same after a restart ---- */

static void make_eventful(struct city_stream *stream)
{
    city_add_quiet(stream, 21, 220, 12);
    for (int i = 0; i < 20; i++)
        city_add_outbreak(stream, START_MS + (20 + 9 * i) * DAY_MS, 14, 11 * HOUR_MS);
    uint32_t half = city_add_outbreak(stream, START_MS + 40 * DAY_MS, 14, 50 * HOUR_MS);
    city_add_outbreak(stream, START_MS + 41 * DAY_MS, 14, 50 * HOUR_MS);
    for (size_t i = 0; i < stream->count; i++)
        if (stream->cases[i].slot == half || stream->cases[i].slot == half + 1)
            stream->cases[i].runner_up = (struct cluster_scored){2 * half + 1 - stream->cases[i].slot, 30000};
    for (int i = 0; i < 60; i++) {
        struct city_case *at = city_add(stream, START_MS + 100 * DAY_MS + i * 3 * HOUR_MS, stream->slots++,
                                        UINT64_C(900000) + (uint64_t)i);
        at->observed.division = 1 + DISTRICTS + 3;
        at->observed.spot = 0;
        at->observed.topic = 4;
    }
    city_sort(stream);
}

static void restart_changes_nothing(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk through;
    struct desk first;
    struct desk second;
    make_eventful(&stream);
    struct kept *kept = calloc(1, sizeof *kept);
    struct state_sink sink = {.context = kept, .put = keep_row};
    desk_open(&through);
    desk_open(&first);
    desk_open(&second);
    size_t cut = stream.count / 2;
    for (size_t i = 0; i < stream.count; i++) {
        struct desk *after = i < cut ? &first : &second;
        if (i == cut / 2 || i == cut) {
            assert_int_equal(detector_save(first.detector, 0, &sink, NULL), WEISU_OK);
            assert_int_equal(alert_book_save(first.book, 0, &sink, NULL), WEISU_OK);
        }
        if (i == cut) {
            desk_load(&second, kept);
            second.clusters = first.clusters;
            first.clusters = (struct cluster_index){0};
            assert_int_equal(alert_book_live(second.book), alert_book_live(through.book));
        }
        desk_case(&through, &stream.cases[i]);
        desk_listen(&through, NULL);
        desk_case(after, &stream.cases[i]);
        desk_listen(after, NULL);
    }
    assert_true(first.changes > 10 && second.changes > 10);
    assert_int_equal(through.said.size, first.said.size + second.said.size);
    assert_memory_equal(through.said.data, first.said.data, first.said.size);
    assert_memory_equal(through.said.data + first.said.size, second.said.data, second.said.size);
    desk_close(&through);
    desk_close(&first);
    desk_close(&second);
    kept_free(kept);
    city_stream_free(&stream);
}

/* The live alert about a cluster: 1 and its id. */
static int live_alert(const struct desk *desk, uint32_t slot, char id[16])
{
    for (uint32_t i = 0; i < alert_book_live(desk->book); i++) {
        weisu_alert a;
        alert_book_look(desk->book, i, &a);
        if (!a.cluster.size || strtoul(a.cluster.data + 1, NULL, 10) != slot)
            continue;
        copy_text(id, a.alert);
        return 1;
    }
    return 0;
}

/* The part's alert speaks of the whole; where both have one, the younger ends. */
static void alerts_follow_their_clusters(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    city_add_quiet(&stream, 3, 200, 30);
    uint32_t quiet = city_add_outbreak(&stream, START_MS + 60 * DAY_MS, 3, 40 * DAY_MS);
    uint32_t first = city_add_outbreak(&stream, START_MS + 150 * DAY_MS, 14, 8 * HOUR_MS);
    uint32_t second = city_add_outbreak(&stream, START_MS + 152 * DAY_MS, 14, 6 * HOUR_MS);
    city_sort(&stream);
    desk_open(&desk);
    char id[16] = "";
    char other[16] = "";
    char after[16] = "";
    size_t i = 0;
    for (; i < stream.count && !(live_alert(&desk, first, id) && live_alert(&desk, second, other)); i++) {
        desk_case(&desk, &stream.cases[i]);
        desk_listen(&desk, NULL);
    }
    assert_true(i < stream.count);
    assert_string_not_equal(id, other);
    assert_false(live_alert(&desk, quiet, after));
    const struct alert_merge both = {second, first, i + 1, stream.cases[i].observed.clock_ms};
    assert_int_equal(alert_book_merge(desk.book, &both, NULL), WEISU_OK);
    weisu_alert a;
    assert_int_equal(alert_book_take(desk.book, &a), 1);
    assert_int_equal(a.state, WEISU_CLEARED);
    copy_text(after, a.alert);
    assert_string_equal(after, other);
    assert_int_equal(alert_book_take(desk.book, &a), 0);
    const struct alert_merge into = {first, quiet, i + 2, both.clock_ms};
    assert_int_equal(alert_book_merge(desk.book, &into, NULL), WEISU_OK);
    assert_int_equal(alert_book_take(desk.book, &a), 1);
    check_change(&a);
    assert_int_equal(a.state, WEISU_UPDATED);
    copy_text(after, a.alert);
    assert_string_equal(after, id);
    assert_true(live_alert(&desk, quiet, after));
    assert_string_equal(after, id);
    assert_false(live_alert(&desk, first, after));
    assert_int_equal(alert_book_take(desk.book, &a), 0);
    desk_close(&desk);
    city_stream_free(&stream);
}

static void looking_shows_the_live_ones(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    make_eventful(&stream);
    desk_open(&desk);
    for (size_t i = 0; i < stream.count * 2 / 3; i++) {
        desk_case(&desk, &stream.cases[i]);
        desk_listen(&desk, NULL);
    }
    uint32_t live = alert_book_live(desk.book);
    assert_true(live > 0);
    int64_t before_ms = INT64_MIN;
    for (uint32_t i = 0; i < live; i++) {
        weisu_alert a;
        alert_book_look(desk.book, i, &a);
        check_change(&a);
        assert_true(a.state != WEISU_CLEARED);
        before_ms = a.change == 1 ? a.time_ms : before_ms;
    }
    /* A year of silence: all of them end, each once. */
    size_t changes = desk.changes;
    assert_int_equal(alert_book_advance(desk.book, stream.count + 1, START_MS + 900 * DAY_MS, NULL), WEISU_OK);
    weisu_alert last;
    desk_listen(&desk, &last);
    assert_int_equal(desk.changes - changes, live);
    assert_int_equal(alert_book_live(desk.book), 0);
    desk_close(&desk);
    city_stream_free(&stream);
}

/* ---- parts ---- */

static void any_bytes_are_safe_to_read(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    make_eventful(&stream);
    desk_open(&desk);
    weisu_alert a;
    memset(&a, 0, sizeof a);
    size_t i = 0;
    while (i < stream.count && !alert_book_live(desk.book))
        desk_case(&desk, &stream.cases[i++]);
    assert_int_equal(alert_book_take(desk.book, &a), 1);
    struct byte_buffer blob;
    struct arena arena;
    byte_buffer_init(&blob, NULL);
    arena_init(&arena, NULL, 0);
    alert_blob_write(&blob, &a);
    weisu_alert b;
    assert_int_equal(alert_blob_read(blob.data, blob.size, &arena, &b), WEISU_OK);
    assert_int_equal(b.complaint_count, a.complaint_count);
    assert_memory_equal(b.title.data, a.title.data, a.title.size);
    for (size_t size = 0; size < blob.size; size++) {
        char *cut = malloc(size + 1); /* a block of its own, so that a read beyond it is seen */
        memcpy(cut, blob.data, size);
        arena_reset(&arena);
        assert_int_equal(alert_blob_read(cut, size, &arena, &b), WEISU_ESTATE);
        free(cut);
    }
    uint64_t draw = 6;
    for (int round = 0; round < 20000; round++) {
        size_t at = city_below(&draw, blob.size);
        char was = blob.data[at];
        blob.data[at] = (char)city_draw(&draw);
        arena_reset(&arena);
        (void)alert_blob_read(blob.data, blob.size, &arena, &b);
        blob.data[at] = was;
    }
    arena_dispose(&arena);
    byte_buffer_dispose(&blob);
    desk_close(&desk);
    city_stream_free(&stream);
}

static void units_are_of_the_street(void **state)
{
    (void)state;
    struct arena arena;
    weisu_alert a;
    arena_init(&arena, NULL, 0);
    memset(&a, 0, sizeof a);
    assert_int_equal(alert_route(NULL, 1 + DISTRICTS, 4, &arena, &a), 0);
    assert_true(has_text(a.unit, "水务局"));
    assert_int_equal(a.unit_count, 3);
    assert_true(has_text(a.units[2], "第5街道办事处"));
    assert_int_equal(a.tag_count, 2);
    assert_int_equal(alert_route(NULL, CITY, 4, &arena, &a), 0);
    assert_int_equal(a.units[2].size, strlen("街道办事处"));
    assert_int_equal(alert_route(NULL, UINT32_MAX, UINT32_MAX, &arena, &a), 0);
    assert_true(has_text(a.unit, "市民服务热线"));
    assert_int_equal(a.unit_count, 1);
    arena_dispose(&arena);
}

static void graver_is_a_smaller_level(void **state)
{
    (void)state;
    struct detect_signal signal = {.reporters = 3, .recurrence_days_milli = 20000};
    assert_int_equal(alert_policy_level(&signal), 4);
    signal.recurrence_days_milli = 100000;
    assert_int_equal(alert_policy_level(&signal), 3);
    signal.reporters = 12;
    assert_int_equal(alert_policy_level(&signal), 2);
    signal.risk = 1;
    assert_int_equal(alert_policy_level(&signal), 1);
    struct detect_signal young = {.reporters = 3, .recurrence_days_milli = -1};
    assert_int_equal(alert_policy_level(&young), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_lives_and_comes_back),
        cmocka_unit_test(young_history_is_said),
        cmocka_unit_test(rare_risk_needs_few),
        cmocka_unit_test(two_halves_are_one_alert),
        cmocka_unit_test(cell_alert_names_place_and_people),
        cmocka_unit_test(restart_changes_nothing),
        cmocka_unit_test(alerts_follow_their_clusters),
        cmocka_unit_test(looking_shows_the_live_ones),
        cmocka_unit_test(any_bytes_are_safe_to_read),
        cmocka_unit_test(units_are_of_the_street),
        cmocka_unit_test(graver_is_a_smaller_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
