/* A made-up city with a book of alerts, for the tests of alerts. */
#ifndef TEST_ALERT_DESK_H
#define TEST_ALERT_DESK_H

#include "alert/alert_blob.h"
#include "alert/alert_book.h"
#include "base/byte_buffer.h"
#include "test_detect_city.h"

struct desk {
    struct detector *detector;
    struct alert_book *book;
    struct cluster_index clusters;
    struct byte_buffer said; /* blobs of all changes, one after another */
    size_t changes;
    int checks; /* look at each change closely */
};

/* Told after each change. */
static void check_change(const weisu_alert *a)
{
    assert_true(a->alert.size == 14 && a->alert.data[0] == 'a');
    assert_true(a->level >= 1 && a->level <= 4);
    assert_true(a->complaints_count >= 1 && a->complaints_count <= 100);
    assert_true(a->complaints_count <= a->complaint_count);
    assert_true(a->kind == WEISU_RISK || a->complaint_count >= 2);
    assert_true(a->added_count <= a->complaints_count);
    if (a->state == WEISU_RAISED) {
        assert_int_equal(a->change, 1);
        assert_int_equal(a->added_count, a->complaints_count);
    }
    assert_true(a->change > 1 || a->state == WEISU_RAISED);
    assert_true(a->topic_count >= 1 && a->place_count >= 1);
    assert_true(a->unit.size > 0 && a->unit_count >= 1 && a->reason_count >= 2);
    assert_true(a->title.size > 0);
    assert_true(a->forecast_low_milli <= a->forecast_high_milli);
    assert_true(a->window_hours >= 1);
    assert_true(a->recurrence_days_milli == -1 || a->recurrence_days_milli > 0);
}

static void desk_open(struct desk *desk)
{
    struct detect_config detection = {{.fixed_s = 28800}, 1000, DAY_MS};
    struct alert_config config = {UINT64_C(110000000000), 1000};
    memset(desk, 0, sizeof *desk);
    byte_buffer_init(&desk->said, NULL);
    assert_int_equal(detector_new(&desk->detector, &detection, NULL, NULL, NULL), WEISU_OK);
    struct alert_sources sources = {NULL, &desk->clusters, desk->detector};
    assert_int_equal(alert_book_new(&desk->book, &config, &sources, NULL, NULL), WEISU_OK);
}

static void desk_close(struct desk *desk)
{
    alert_book_free(desk->book);
    detector_free(desk->detector);
    city_clusters_free(&desk->clusters);
    byte_buffer_dispose(&desk->said);
}

static inline void desk_listen(struct desk *desk, weisu_alert *last)
{
    weisu_alert change;
    while (alert_book_take(desk->book, &change)) {
        check_change(&change);
        alert_blob_write(&desk->said, &change);
        desk->changes++;
        if (last)
            *last = change;
    }
}

static void desk_case(struct desk *desk, const struct city_case *at)
{
    struct detect_signal signals[DETECT_MAX_SIGNALS];
    struct detect_case observed = at->observed;
    observed.id = text_str(at->id);
    assert_int_equal(detector_advance(desk->detector, observed.clock_ms, NULL), WEISU_OK);
    assert_int_equal(alert_book_advance(desk->book, observed.sequence, observed.clock_ms, NULL), WEISU_OK);
    struct cluster_outcome outcome = city_join(&desk->clusters, &observed, at->slot);
    outcome.runner_up = at->runner_up;
    observed.outcome = &outcome;
    int count = detector_observe(desk->detector, &observed, signals);
    assert_true(count >= 0);
    assert_int_equal(alert_book_observe(desk->book, &observed, signals, (size_t)count, NULL), WEISU_OK);
}

static int has_text(weisu_str text, const char *part)
{
    size_t size = strlen(part);
    for (size_t i = 0; i + size <= text.size; i++)
        if (memcmp(text.data + i, part, size) == 0)
            return 1;
    return 0;
}

static inline int says(const weisu_alert *a, const char *part)
{
    for (size_t i = 0; i < a->reason_count; i++)
        if (has_text(a->reasons[i], part))
            return 1;
    return 0;
}

/* ---- a checkpoint ---- */

struct kept {
    struct state_row row[100000];
    size_t count;
};

static inline weisu_code keep_row(void *context, const struct state_row *row, weisu_err *err)
{
    struct kept *kept = context;
    (void)err;
    size_t i = 0;
    while (i < kept->count && (kept->row[i].table != row->table || kept->row[i].key != row->key))
        i++;
    void *data = malloc(row->size + 1);
    memcpy(data, row->size ? row->data : "", row->size);
    if (i < kept->count)
        free((void *)(uintptr_t)kept->row[i].data);
    else
        kept->count++;
    kept->row[i] = (struct state_row){row->table, row->key, data, row->size};
    return WEISU_OK;
}

static inline void kept_free(struct kept *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        free((void *)(uintptr_t)kept->row[i].data);
    free(kept);
}

static inline void desk_load(struct desk *desk, const struct kept *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        if (!kept->row[i].size)
            continue;
        weisu_code code = kept->row[i].table == STATE_ALERT ? alert_book_load(desk->book, &kept->row[i], NULL)
                                                            : detector_load(desk->detector, &kept->row[i], NULL);
        assert_int_equal(code, WEISU_OK);
    }
    assert_int_equal(detector_loaded(desk->detector, NULL), WEISU_OK);
    assert_int_equal(alert_book_loaded(desk->book, NULL), WEISU_OK);
}

#endif
