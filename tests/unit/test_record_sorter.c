/* Records come back in order of their times, stably, however many runs they were cut into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "io/record_sorter.h"

enum { RECORDS = 3000, LONG_TEXT = 300000 };

struct expected {
    int64_t key;
    uint32_t number;
};

static int compare_expected(const void *left, const void *right)
{
    const struct expected *a = left;
    const struct expected *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

/* Record `number`: every eleventh without a time, one with a long text, many with equal times. */
static struct sorted_record make(uint32_t number, char *id, char *text, int newest_first)
{
    uint64_t draw = hash_mix(number);
    struct sorted_record made = {.file = number % 3, .line = number + 1};
    weisu_record *r = &made.record;
    *r = (weisu_record){.closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
    r->time_ms = newest_first ? (int64_t)(RECORDS - number) / 4 : (int64_t)(draw % 500) - 250;
    if (number % 11 == 5)
        r->time_ms = WEISU_NO_TIME;
    snprintf(id, 32, "id%u", number);
    r->id = (weisu_str){id, strlen(id)};
    size_t size = number == 1777 ? LONG_TEXT : draw >> 32 & 255;
    memset(text, 'a' + (int)(number % 26), size);
    r->text = (weisu_str){text, size};
    if (number % 2)
        r->reporter = (weisu_str){"somebody", 8};
    return made;
}

static void check(size_t run_bytes, size_t least_runs, int newest_first)
{
    static struct expected expected[RECORDS];
    static char text[LONG_TEXT];
    char id[32];
    struct record_sorter *sorter;
    struct arena arena;
    int64_t key = INT64_MIN;
    assert_int_equal(record_sorter_open(&sorter, run_bytes, NULL), WEISU_OK);
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct sorted_record record = make(i, id, text, newest_first);
        key = record.record.time_ms == WEISU_NO_TIME ? key : record.record.time_ms;
        expected[i] = (struct expected){key, i};
        assert_int_equal(record_sorter_add(sorter, &record, NULL), WEISU_OK);
    }
    assert_int_equal(record_sorter_finish(sorter, NULL), WEISU_OK);
    assert_true(record_sorter_runs(sorter) >= least_runs);
    assert_int_equal(record_sorter_count(sorter), RECORDS);
    qsort(expected, RECORDS, sizeof *expected, compare_expected);
    arena_init(&arena, NULL, 0);
    int more;
    struct sorted_record got;
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct sorted_record want = make(expected[i].number, id, text, newest_first);
        assert_int_equal(record_sorter_next(sorter, &arena, &got, &more, NULL), WEISU_OK);
        assert_int_equal(more, 1);
        assert_int_equal(got.line, want.line);
        assert_int_equal(got.file, want.file);
        assert_int_equal(got.record.time_ms, want.record.time_ms);
        assert_int_equal(got.record.id.size, want.record.id.size);
        assert_memory_equal(got.record.id.data, want.record.id.data, want.record.id.size);
        assert_int_equal(got.record.reporter.size, want.record.reporter.size);
        assert_int_equal(got.record.text.size, want.record.text.size);
        assert_memory_equal(got.record.text.data, want.record.text.data, want.record.text.size);
        arena_reset(&arena);
    }
    assert_int_equal(record_sorter_next(sorter, &arena, &got, &more, NULL), WEISU_OK);
    assert_int_equal(more, 0);
    arena_dispose(&arena);
    record_sorter_close(sorter);
}

static void one_run_stays_in_memory(void **state)
{
    (void)state;
    check(64 << 20, 0, 0);
}

static void runs_are_merged(void **state)
{
    (void)state;
    check(20000, 20, 0);
    check(1, RECORDS, 0);
}

static void newest_first_is_turned_round(void **state)
{
    (void)state;
    check(30000, 10, 1);
}

static void nothing_is_sorted_too(void **state)
{
    (void)state;
    struct record_sorter *sorter;
    struct arena arena;
    struct sorted_record got;
    int more = 1;
    arena_init(&arena, NULL, 0);
    assert_int_equal(record_sorter_open(&sorter, 1000, NULL), WEISU_OK);
    assert_int_equal(record_sorter_finish(sorter, NULL), WEISU_OK);
    assert_int_equal(record_sorter_next(sorter, &arena, &got, &more, NULL), WEISU_OK);
    assert_int_equal(more, 0);
    arena_dispose(&arena);
    record_sorter_close(sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_run_stays_in_memory),
        cmocka_unit_test(runs_are_merged),
        cmocka_unit_test(newest_first_is_turned_round),
        cmocka_unit_test(nothing_is_sorted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
