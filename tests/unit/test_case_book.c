/* The book of cases: effects come when the clock does, and not before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/case_book.h"

#define DAY_MS INT64_C(86400000)

static struct log_entry make(uint64_t sequence, const char *id, int64_t time_ms, uint32_t kind)
{
    struct log_entry e;
    memset(&e, 0, sizeof e);
    e.sequence = sequence;
    e.kind = kind;
    e.time_ms = time_ms;
    e.record.id = (weisu_str){id, strlen(id)};
    e.record.time_ms = time_ms;
    e.record.closed_ms = e.record.updated_ms = WEISU_NO_TIME;
    return e;
}

static struct case_book *open_book(void)
{
    struct case_book *book;
    assert_int_equal(case_book_new(&book, NULL, NULL), WEISU_OK);
    return book;
}

static void closing_waits_for_its_time(void **state)
{
    (void)state;
    struct case_book *book = open_book();
    struct log_entry first = make(1, "a", 0, LOG_RECORD);
    first.record.closed_ms = 5 * DAY_MS;
    first.record.has = WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_SATISFIED;
    assert_int_equal(case_book_add(book, &first, 0, NULL), WEISU_OK);
    assert_true(case_book_is_open(book, 1));
    case_book_advance(book, 5 * DAY_MS - 1);
    assert_true(case_book_is_open(book, 1));
    assert_int_equal(case_book_counts(book).resolved_known, 0);
    case_book_advance(book, 5 * DAY_MS);
    assert_false(case_book_is_open(book, 1));
    struct case_counts counts = case_book_counts(book);
    assert_int_equal(counts.closed, 1);
    assert_int_equal(counts.resolved_yes, 1);
    assert_int_equal(counts.satisfied_known, 1);
    assert_int_equal(counts.satisfied_yes, 0);
    case_book_free(book);
}

static void closing_day_is_open_until_two_fifths(void **state)
{
    (void)state;
    struct case_book *book = open_book();
    struct log_entry first = make(1, "a", 0, LOG_RECORD);
    first.record.closed_ms = 6 * DAY_MS - 1; /* a date alone: day 5 */
    assert_int_equal(case_book_add(book, &first, 0, NULL), WEISU_OK);
    case_book_advance(book, 5 * DAY_MS);
    assert_true(case_book_is_open(book, 1));
    assert_true(case_book_is_open_at(book, 1, 5 * DAY_MS + DAY_MS / 3));
    assert_false(case_book_is_open_at(book, 1, 5 * DAY_MS + DAY_MS / 2));
    assert_false(case_book_is_open_at(book, 2, 5 * DAY_MS));
    struct log_entry hour = make(2, "b", 0, LOG_RECORD);
    hour.record.closed_ms = 5 * DAY_MS + DAY_MS / 2; /* an hour that has not come */
    assert_int_equal(case_book_add(book, &hour, 0, NULL), WEISU_OK);
    assert_true(case_book_is_open_at(book, 2, 5 * DAY_MS + DAY_MS * 3 / 4));
    case_book_advance(book, 6 * DAY_MS);
    assert_false(case_book_is_open_at(book, 1, 5 * DAY_MS));
    case_book_free(book);
}

static void updates_correct_from_then_on(void **state)
{
    (void)state;
    struct case_book *book = open_book();
    struct log_entry first = make(1, "a", 0, LOG_RECORD);
    case_book_add(book, &first, 0, NULL);
    struct log_entry update = make(2, "a", DAY_MS, LOG_UPDATE);
    update.record.has = WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED;
    case_book_update(book, &update, NULL);
    assert_int_equal(case_book_counts(book).resolved_yes, 1);
    update.record.has = WEISU_HAS_RESOLVED;
    case_book_update(book, &update, NULL);
    assert_int_equal(case_book_counts(book).resolved_yes, 0);
    assert_int_equal(case_book_counts(book).resolved_known, 1);
    update.record.has = WEISU_HAS_WITHDRAWN | WEISU_IS_WITHDRAWN;
    update.record.updated_ms = 9 * DAY_MS;
    case_book_update(book, &update, NULL);
    assert_true(case_book_is_open(book, 1));
    case_book_advance(book, 10 * DAY_MS);
    assert_false(case_book_is_open(book, 1));
    assert_int_equal(case_book_counts(book).withdrawn, 1);
    case_book_free(book);
}

struct rows {
    struct {
        struct state_row row;
        unsigned char data[256];
    } at[256];
    size_t count;
};

static weisu_code keep_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)err;
    struct rows *rows = context;
    size_t at = 0;
    while (at < rows->count && rows->at[at].row.key != row->key)
        at++;
    rows->at[at].row = *row;
    if (row->size)
        memcpy(rows->at[at].data, row->data, row->size);
    rows->count += at == rows->count;
    return WEISU_OK;
}

/* Two hundred cases over two years, saved bit by bit, loaded, and compared with the book that went on. */
static void saved_rows_make_the_same_book(void **state)
{
    (void)state;
    static struct rows rows;
    static char ids[200][8];
    const struct state_sink sink = {.context = &rows, .put = keep_row};
    struct case_book *book = open_book();
    for (uint64_t i = 0; i < 200; i++) {
        snprintf(ids[i], sizeof ids[i], "c%u", (unsigned)i);
        struct log_entry e = make(i + 1, ids[i], (int64_t)i * 4 * DAY_MS, LOG_RECORD);
        if (i % 3 == 0)
            e.record.closed_ms = e.time_ms + (int64_t)(i % 40) * DAY_MS;
        case_book_advance(book, e.time_ms);
        assert_int_equal(case_book_add(book, &e, 0, NULL), WEISU_OK);
        if (i % 16 == 15) {
            case_book_evict(book, e.time_ms);
            assert_int_equal(case_book_save(book, 0, &sink, NULL), WEISU_OK);
        }
    }
    assert_int_equal(case_book_save(book, 0, &sink, NULL), WEISU_OK);
    struct case_book *again = open_book();
    for (size_t i = 0; i < rows.count; i++) {
        rows.at[i].row.data = rows.at[i].data;
        if (rows.at[i].row.size)
            assert_int_equal(case_book_load(again, &rows.at[i].row, NULL), WEISU_OK);
    }
    for (int64_t day = 796; day < 860; day += 5) {
        case_book_advance(book, day * DAY_MS);
        case_book_advance(again, day * DAY_MS);
        struct case_counts a = case_book_counts(book);
        struct case_counts b = case_book_counts(again);
        assert_memory_equal(&a, &b, sizeof a);
        for (uint64_t sequence = 1; sequence <= 200; sequence++)
            assert_int_equal(case_book_is_open(book, sequence), case_book_is_open(again, sequence));
    }
    assert_true(case_book_counts(book).closed > 60);
    case_book_free(book);
    case_book_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_day_is_open_until_two_fifths),
        cmocka_unit_test(closing_waits_for_its_time),
        cmocka_unit_test(updates_correct_from_then_on),
        cmocka_unit_test(saved_rows_make_the_same_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
