/* Admission: the same id again, times, undo, save and recall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/admission.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static weisu_record make(const char *id, const char *text, int64_t time_ms)
{
    weisu_record r;
    memset(&r, 0, sizeof r);
    r.id = (weisu_str){id, strlen(id)};
    r.text = (weisu_str){text, strlen(text)};
    r.time_ms = time_ms;
    r.closed_ms = r.updated_ms = WEISU_NO_TIME;
    return r;
}

static struct admission *open_admission(int check_future, int confirm_jumps)
{
    struct admission_config config = {check_future, confirm_jumps, INT64_MAX};
    struct admission *a;
    assert_int_equal(admission_new(&a, &config, NULL, NULL), WEISU_OK);
    return a;
}

static weisu_receipt decide(struct admission *a, weisu_record r)
{
    struct log_entry entry;
    weisu_receipt receipt;
    admission_decide(a, &r, &entry, &receipt, NULL);
    if (receipt.sequence)
        assert_int_equal(entry.time_ms, admission_clock(a));
    return receipt;
}

static void same_id_is_duplicate_update_or_conflict(void **state)
{
    (void)state;
    struct admission *a = open_admission(0, 0);
    weisu_record first = make("1", "楼上漏水", 1000);
    assert_int_equal(decide(a, first).verdict, WEISU_ACCEPTED);
    assert_int_equal(decide(a, first).verdict, WEISU_DUPLICATE);
    assert_int_equal(decide(a, make("1", "楼下漏水", 1000)).code, WEISU_ECONFLICT);
    assert_int_equal(decide(a, make("1", "楼上漏水", 1001)).code, WEISU_ECONFLICT);

    weisu_record update = make("1", "", WEISU_NO_TIME);
    assert_int_equal(decide(a, update).verdict, WEISU_DUPLICATE);
    update.closed_ms = 5000;
    weisu_receipt receipt = decide(a, update);
    assert_int_equal(receipt.verdict, WEISU_UPDATE);
    assert_int_equal(receipt.sequence, 2);
    assert_int_equal(decide(a, update).verdict, WEISU_DUPLICATE);
    /* The first line sent again after an update takes nothing back. */
    assert_int_equal(decide(a, first).verdict, WEISU_DUPLICATE);
    update.has = WEISU_HAS_RESOLVED;
    assert_int_equal(decide(a, update).verdict, WEISU_UPDATE);
    update.has = 0;
    assert_int_equal(decide(a, update).verdict, WEISU_UPDATE);

    struct admission_counts counts = admission_counts(a);
    assert_int_equal(counts.records, 1);
    assert_int_equal(counts.updates, 3);
    assert_int_equal(counts.conflicts, 2);
    assert_int_equal(counts.duplicates, 4);
    admission_free(a);
}

static void form_is_checked_before_a_number_is_given(void **state)
{
    (void)state;
    struct admission *a = open_admission(0, 0);
    weisu_record r = make("x", "", 1000);
    assert_int_equal(decide(a, r).code, WEISU_EMISSING);
    r.category = (weisu_str){"市容", 6};
    assert_int_equal(decide(a, r).code, WEISU_EMISSING);
    r.area = UINT64_C(110105000000);
    assert_int_equal(decide(a, r).verdict, WEISU_ACCEPTED);
    weisu_record update = make("y", "", WEISU_NO_TIME);
    assert_int_equal(decide(a, update).code, WEISU_EMISSING);
    update.has = WEISU_HAS_WITHDRAWN | WEISU_IS_WITHDRAWN;
    assert_int_equal(decide(a, update).code, WEISU_EUNKNOWN_ID);
    assert_int_equal(decide(a, make("a\tb", "文字", 1)).code, WEISU_EFIELD);
    assert_int_equal(decide(a, make("", "文字", 1)).code, WEISU_EFIELD);
    assert_int_equal(admission_sequence(a), 1);
    admission_free(a);
}

static void clock_is_the_largest_time(void **state)
{
    (void)state;
    struct admission *a = open_admission(0, 0);
    struct log_entry tick;
    decide(a, make("1", "甲", 5000));
    decide(a, make("2", "乙", 3000));
    assert_int_equal(admission_clock(a), 5000);
    assert_int_equal(admission_tick(a, 4000, &tick), 0);
    assert_int_equal(admission_tick(a, 9000, &tick), 1);
    assert_int_equal(tick.kind, LOG_TICK);
    assert_int_equal(tick.sequence, 3);
    assert_int_equal(admission_clock(a), 9000);
    admission_free(a);
}

static void times_ahead_are_rejected_or_wait(void **state)
{
    (void)state;
    struct admission *wall = open_admission(1, 0);
    admission_set_wall(wall, 10 * DAY_MS);
    assert_int_equal(decide(wall, make("1", "甲", 11 * DAY_MS + 1)).code, WEISU_EFUTURE);
    assert_int_equal(decide(wall, make("1", "甲", 11 * DAY_MS)).verdict, WEISU_ACCEPTED);
    admission_free(wall);

    struct admission *event = open_admission(0, 1);
    decide(event, make("1", "甲", 0));
    assert_int_equal(decide(event, make("2", "乙", 1000 * DAY_MS)).code, WEISU_EIMPLAUSIBLE);
    assert_int_equal(decide(event, make("3", "丙", DAY_MS)).verdict, WEISU_ACCEPTED);
    assert_int_equal(decide(event, make("4", "丁", 1001 * DAY_MS)).verdict, WEISU_ACCEPTED);
    admission_free(event);
}

static void undo_takes_back_what_was_not_appended(void **state)
{
    (void)state;
    struct admission *a = open_admission(0, 0);
    decide(a, make("1", "甲", 1000));
    admission_settle(a, 1);
    weisu_record update = make("1", "", WEISU_NO_TIME);
    update.closed_ms = 7000;
    decide(a, update);
    decide(a, make("2", "乙", 2000));
    admission_undo(a, 1);
    assert_int_equal(admission_sequence(a), 1);
    assert_int_equal(admission_clock(a), 1000);
    assert_int_equal(decide(a, update).verdict, WEISU_UPDATE);
    assert_int_equal(decide(a, make("2", "别的", 2000)).verdict, WEISU_ACCEPTED);
    admission_free(a);
}

struct rows {
    struct {
        struct state_row row;
        unsigned char data[128];
    } at[64];
    size_t count;
};

static weisu_code keep_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)err;
    struct rows *rows = context;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].row.key == row->key) {
            memcpy(rows->at[i].data, row->data, row->size);
            return WEISU_OK;
        }
    rows->at[rows->count].row = *row;
    memcpy(rows->at[rows->count].data, row->data, row->size);
    rows->count++;
    return WEISU_OK;
}

static void saved_rows_make_the_same_admission(void **state)
{
    (void)state;
    struct rows rows = {.count = 0};
    const struct state_sink sink = {.context = &rows, .put = keep_row};
    struct admission *a = open_admission(0, 0);
    weisu_record update = make("1", "", WEISU_NO_TIME);
    decide(a, make("1", "甲", 1000));
    decide(a, make("2", "乙", 2000));
    assert_int_equal(admission_save(a, 0, &sink, NULL), WEISU_EINVAL);
    admission_settle(a, 2);
    assert_int_equal(admission_save(a, 0, &sink, NULL), WEISU_OK);
    assert_int_equal(rows.count, 3);
    update.closed_ms = 9000;
    decide(a, update);
    decide(a, make("3", "丙", 3000));
    admission_settle(a, 4);
    assert_int_equal(admission_save(a, 0, &sink, NULL), WEISU_OK);
    assert_int_equal(rows.count, 4);

    struct admission *b = open_admission(0, 0);
    for (size_t i = 0; i < rows.count; i++) {
        rows.at[i].row.data = rows.at[i].data;
        assert_int_equal(admission_load(b, &rows.at[i].row, NULL), WEISU_OK);
    }
    assert_int_equal(admission_sequence(b), 4);
    assert_int_equal(admission_clock(b), 3000);
    assert_int_equal(decide(b, update).verdict, WEISU_DUPLICATE);
    assert_int_equal(decide(b, make("2", "丁", 2000)).code, WEISU_ECONFLICT);
    assert_int_equal(decide(b, make("4", "戊", 2000)).sequence, 5);
    admission_free(a);
    admission_free(b);
}

static void recalled_entries_make_the_same_admission(void **state)
{
    (void)state;
    struct admission *a = open_admission(0, 1);
    struct admission *b = open_admission(0, 1);
    weisu_record records[] = {make("1", "甲", 1000), make("2", "乙", 2000)};
    struct log_entry entry;
    weisu_receipt receipt;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(admission_decide(a, &records[i], &entry, &receipt, NULL), WEISU_OK);
        assert_int_equal(admission_recall(b, &entry, NULL), WEISU_OK);
    }
    assert_int_equal(admission_recall(b, &entry, NULL), WEISU_ESTATE);
    assert_int_equal(admission_tick(a, 9000, &entry), 1);
    assert_int_equal(admission_recall(b, &entry, NULL), WEISU_OK);
    assert_int_equal(admission_clock(b), 9000);
    assert_int_equal(admission_sequence(b), 3);
    admission_free(a);
    admission_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_id_is_duplicate_update_or_conflict),
        cmocka_unit_test(form_is_checked_before_a_number_is_given),
        cmocka_unit_test(clock_is_the_largest_time),
        cmocka_unit_test(times_ahead_are_rejected_or_wait),
        cmocka_unit_test(undo_takes_back_what_was_not_appended),
        cmocka_unit_test(saved_rows_make_the_same_admission),
        cmocka_unit_test(recalled_entries_make_the_same_admission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
