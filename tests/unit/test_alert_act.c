/* What people make of alerts: it is said, it can be taken back, and what was dismissed has to be rarer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detect/dismissals.h"
#include "test_alert_desk.h"

/* The alert about that cluster which is live, as of its last change. 0 when there is none. */
static int look_at(const struct desk *desk, uint32_t slot, weisu_alert *out)
{
    char cluster[16];
    snprintf(cluster, sizeof cluster, "c%u", slot);
    for (uint32_t i = 0; i < alert_book_live(desk->book); i++) {
        alert_book_look(desk->book, i, out);
        if (has_text(out->cluster, cluster) && out->cluster.size == strlen(cluster))
            return 1;
    }
    return 0;
}

static void act(struct desk *desk, const char *alert, weisu_action action, const char *by, const struct city_case *at)
{
    const struct alert_act done = {text_str(alert), action, text_str(by), at->observed.sequence, at->observed.clock_ms};
    assert_int_equal(alert_book_act(desk->book, &done, NULL), WEISU_OK);
}

static void copy_id(char out[16], weisu_str id)
{
    snprintf(out, 16, "%.*s", (int)id.size, id.data);
}

static void actions_are_changes_of_the_alert(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk desk;
    weisu_alert a;
    char id[16];
    city_add_quiet(&stream, 3, 260, 30);
    uint32_t slot = city_add_outbreak(&stream, START_MS + 60 * DAY_MS, 60, 5 * HOUR_MS);
    city_sort(&stream);
    desk_open(&desk);
    size_t i = 0;
    while (!look_at(&desk, slot, &a))
        desk_case(&desk, &stream.cases[i++]);
    assert_int_equal(a.handling, WEISU_HANDLING_NONE);
    copy_id(id, a.alert);
    uint32_t change = a.change;
    assert_true(alert_book_knows(desk.book, text_str(id)));
    assert_false(alert_book_knows(desk.book, text_str("a0000000000000")));

    act(&desk, id, WEISU_ACTION_ACCEPT, "王五", &stream.cases[i]);
    act(&desk, id, WEISU_ACTION_ACCEPT, "王五", &stream.cases[i]); /* again: nothing new */
    act(&desk, "a0000000000000", WEISU_ACTION_DONE, "王五", &stream.cases[i]);
    desk_listen(&desk, NULL);
    assert_true(look_at(&desk, slot, &a));
    assert_int_equal(a.change, change + 1);
    assert_int_equal(a.state, WEISU_UPDATED);
    assert_int_equal(a.handling, WEISU_HANDLING_ACCEPTED);
    assert_true(has_text(a.handled_by, "王五") && a.handled_ms == stream.cases[i].observed.clock_ms);
    assert_true(says(&a, "王五 已受理"));

    act(&desk, id, WEISU_ACTION_DONE, "赵六", &stream.cases[i]);
    uint64_t known = 0;
    for (; known == 0 || a.complaint_count == known; i++) {
        desk_case(&desk, &stream.cases[i]);
        assert_true(look_at(&desk, slot, &a));
        known = known ? known : a.complaint_count;
    }
    assert_int_equal(a.handling, WEISU_HANDLING_DONE);
    assert_true(says(&a, "标为办结后又有"));

    act(&desk, id, WEISU_ACTION_UNDO, "赵六", &stream.cases[i]);
    assert_true(look_at(&desk, slot, &a));
    assert_int_equal(a.handling, WEISU_HANDLING_ACCEPTED);
    act(&desk, id, WEISU_ACTION_UNDO, "赵六", &stream.cases[i]);
    act(&desk, id, WEISU_ACTION_UNDO, "赵六", &stream.cases[i]);
    assert_true(look_at(&desk, slot, &a));
    assert_int_equal(a.handling, WEISU_HANDLING_NONE);
    assert_int_equal(a.handled_by.size, 0);
    desk_close(&desk);
    city_stream_free(&stream);
}

/* Reporters of a second outbreak of the same cluster that it took to raise it; 0: never. `action` is taken when the
 * first alert about it is live, or when it is over. */
static uint32_t second_raise(const weisu_action *actions, size_t count, int when_over, weisu_alert *out)
{
    static struct desk desk;
    struct city_stream stream = {0};
    char id[16] = "";
    uint32_t needed = 0;
    city_add_quiet(&stream, 3, 260, 30);
    uint32_t slot = city_add_outbreak(&stream, START_MS + 90 * DAY_MS, 12, 20 * HOUR_MS);
    for (int i = 0; i < 8; i++)
        city_add(&stream, START_MS + (150 + 6 * i) * DAY_MS + HOUR_MS, slot, UINT64_C(70000001) + (uint64_t)i);
    city_sort(&stream);
    desk_open(&desk);
    size_t acted = 0;
    int64_t over_ms = START_MS + 149 * DAY_MS;
    for (size_t i = 0; i < stream.count && !needed; i++) {
        weisu_alert a;
        desk_case(&desk, &stream.cases[i]);
        int is_live = look_at(&desk, slot, &a);
        if (is_live && !id[0])
            copy_id(id, a.alert);
        int is_time = when_over ? stream.cases[i].observed.clock_ms > over_ms : is_live && a.change > 1;
        for (; is_time && acted < count; acted++)
            act(&desk, id, actions[acted], "王五", &stream.cases[i]);
        while (alert_book_take(desk.book, &a))
            if (a.recurrence_of.size && has_text(a.recurrence_of, id) && a.state == WEISU_RAISED) {
                needed = (uint32_t)a.reporters;
                if (out)
                    assert_int_equal(says(&a, "标为误报"), out->change);
            }
    }
    desk_close(&desk);
    city_stream_free(&stream);
    return needed;
}

static void what_was_dismissed_has_to_be_rarer(void **state)
{
    (void)state;
    static const weisu_action dismissed[] = {WEISU_ACTION_DISMISS};
    static const weisu_action undone[] = {WEISU_ACTION_DISMISS, WEISU_ACTION_UNDO};
    weisu_alert says_so = {.change = 1};
    uint32_t usual = second_raise(NULL, 0, 0, NULL);
    uint32_t later = second_raise(dismissed, 1, 0, &says_so);
    uint32_t over = second_raise(dismissed, 1, 1, &says_so);
    assert_true(usual >= 2);
    assert_true(later >= usual); /* two months later most of it has faded */
    assert_true(over == 0 || over > later);
    assert_int_equal(second_raise(undone, 2, 0, NULL), usual);
    assert_int_equal(second_raise(undone, 2, 1, NULL), usual);
}

static void a_dismissal_fades_over_ninety_days(void **state)
{
    (void)state;
    static struct dismissals list;
    uint64_t key[DISMISSAL_KEYS] = {0, 7, 9};
    uint64_t other[DISMISSAL_KEYS] = {0, 8, 0};
    memset(&list, 0, sizeof list);
    dismissals_add(&list, &(struct dismissal){{5, 7, 0}, 1, 0});
    assert_int_equal(dismissals_bits_q16(&list, key, 0), 4 << 16);
    assert_int_equal(dismissals_bits_q16(&list, key, 45 * DAY_MS), 2 << 16);
    assert_int_equal(dismissals_bits_q16(&list, key, 90 * DAY_MS), 0);
    assert_int_equal(dismissals_bits_q16(&list, other, 0), 0);
    dismissals_add(&list, &(struct dismissal){{9, 0, 0}, 2, 0});
    dismissals_add(&list, &(struct dismissal){{9, 0, 0}, 3, DAY_MS});
    assert_int_equal(dismissals_bits_q16(&list, key, DAY_MS), 8 << 16);
    assert_true(dismissals_drop(&list, 2));
    assert_false(dismissals_drop(&list, 2));
    dismissals_sweep(&list, 90 * DAY_MS);
    assert_int_equal(list.count, 1);
    for (uint32_t i = 0; i < DISMISSALS_MAX + 5; i++)
        dismissals_add(&list, &(struct dismissal){{i + 100, 0, 0}, i + 100, DAY_MS});
    assert_int_equal(list.count, DISMISSALS_MAX);
    assert_int_equal(list.item[0].alert, 105);
}

static void actions_outlive_a_restart(void **state)
{
    (void)state;
    struct city_stream stream = {0};
    struct desk through;
    struct desk again;
    struct kept *kept = calloc(1, sizeof *kept);
    struct state_sink sink = {.context = kept, .put = keep_row};
    city_add_quiet(&stream, 21, 220, 12);
    for (int i = 0; i < 20; i++)
        city_add_outbreak(&stream, START_MS + (20 + 9 * i) * DAY_MS, 14, 11 * HOUR_MS);
    city_sort(&stream);
    desk_open(&through);
    desk_open(&again);
    size_t cut = stream.count / 2;
    for (size_t i = 0; i < cut; i++) {
        desk_case(&through, &stream.cases[i]);
        for (uint32_t n = 0; i % 100 == 0 && n < alert_book_live(through.book); n++) {
            weisu_alert a;
            char id[16];
            alert_book_look(through.book, n, &a);
            copy_id(id, a.alert);
            act(&through, id, WEISU_ACTION_ACCEPT, "王五", &stream.cases[i]);
            act(&through, id, i % 200 ? WEISU_ACTION_DONE : WEISU_ACTION_DISMISS, "王五", &stream.cases[i]);
        }
        desk_listen(&through, NULL);
    }
    assert_int_equal(detector_save(through.detector, 1, &sink, NULL), WEISU_OK);
    assert_int_equal(alert_book_save(through.book, 1, &sink, NULL), WEISU_OK);
    desk_load(&again, kept);
    struct cluster_index shared = through.clusters;
    for (uint32_t i = 0; i < alert_book_live(through.book); i++) {
        weisu_alert a;
        char id[16];
        alert_book_look(through.book, i, &a);
        copy_id(id, a.alert);
        act(&through, id, WEISU_ACTION_UNDO, "赵六", &stream.cases[cut]);
        again.clusters = shared;
        act(&again, id, WEISU_ACTION_UNDO, "赵六", &stream.cases[cut]);
    }
    through.said.size = again.said.size = 0;
    desk_listen(&through, NULL);
    desk_listen(&again, NULL);
    assert_true(through.said.size > 0 && through.said.size == again.said.size);
    assert_memory_equal(through.said.data, again.said.data, through.said.size);
    through.clusters = (struct cluster_index){0};
    desk_close(&through);
    desk_close(&again);
    kept_free(kept);
    city_stream_free(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_are_changes_of_the_alert),
        cmocka_unit_test(what_was_dismissed_has_to_be_rarer),
        cmocka_unit_test(a_dismissal_fades_over_ninety_days),
        cmocka_unit_test(actions_outlive_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
