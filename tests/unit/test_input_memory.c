/* Each allocation of the input stage fails once: the error is WEISU_ENOMEM, nothing leaks, nothing is left half made.
 * Leaks are seen by the balance of the allocator and, in the asan preset, by LeakSanitizer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/zone.h"
#include "budget_allocator.h"
#include "io/line_reader.h"
#include "io/quarantine.h"
#include "io/record_csv.h"
#include "io/record_json.h"

static struct zone *zone;
static struct record_options options;
static char folder[64];
static char path[128];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/weisu_input_memory_XXXXXX");
    if (!mkdtemp(folder) || zone_open(&zone, "Asia/Shanghai", NULL, NULL))
        return -1;
    snprintf(path, sizeof path, "%s/a.csv", folder);
    record_options_init(&options, zone);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zone_close(zone);
    unlink(path);
    return rmdir(folder);
}

/* Runs `use` with 0, 1, 2, … allocations until one run needs no more than it has. Returns how many that were. */
static size_t starve(weisu_code (*use)(const weisu_allocator *allocator, weisu_err *err))
{
    for (size_t allowed = 0; allowed < 1000; allowed++) {
        struct budget budget = {allowed, 0};
        const weisu_allocator allocator = budget_allocator(&budget);
        weisu_err err = {.code = WEISU_OK};
        weisu_code code = use(&allocator, &err);
        assert_int_equal(budget.balance, 0);
        assert_int_equal(err.code, code);
        if (code == WEISU_OK)
            return allowed;
        assert_int_equal(code, WEISU_ENOMEM);
    }
    fail_msg("%s", "no number of allocations was enough");
    return 0;
}

static weisu_code use_zone(const weisu_allocator *allocator, weisu_err *err)
{
    struct zone *made;
    weisu_code code = zone_open(&made, "America/New_York", allocator, err);
    assert_int_equal(made == NULL, code != WEISU_OK);
    zone_close(made);
    return code;
}

static weisu_code use_json(const weisu_allocator *allocator, weisu_err *err)
{
    static const struct reporter_key key = {{1}};
    char line[] = "{\"i\\u0064\":\"1\",\"time\":\"2019-07-01\",\"text\":\"\\u505c\xff\",\"reporter\":\"r\"}";
    struct arena arena;
    weisu_record record;
    arena_init(&arena, allocator, 16); /* small blocks: each piece is an allocation */
    options.reporter_key = &key;
    struct record_decoder decoder = {&options, &arena, 0, 0};
    weisu_code code = record_json_decode(&decoder, (struct record_line){line, strlen(line), 1}, &record, err);
    arena_dispose(&arena);
    return code;
}

static weisu_code use_table(const weisu_allocator *allocator, weisu_err *err)
{
    char row[] = "1,2019-07-01,\"a\"\"b\xff\",x,y";
    static const char header[] = "id,time,text,\"被反映区\",街乡镇";
    struct record_csv *table;
    struct arena arena;
    weisu_record record;
    arena_init(&arena, allocator, 16);
    struct record_decoder decoder = {&options, &arena, 0, 0};
    weisu_code code = record_csv_open(&table, (weisu_str){header, sizeof header - 1}, ',', &options, allocator, err);
    assert_int_equal(table == NULL, code != WEISU_OK);
    if (!code)
        code = record_csv_decode(table, &decoder, (struct record_line){row, strlen(row), 1}, &record, err);
    record_csv_close(table);
    arena_dispose(&arena);
    return code;
}

static weisu_code use_reader(const weisu_allocator *allocator, weisu_err *err)
{
    struct input_file *file;
    struct line_reader *reader = NULL;
    struct record_line line;
    int more = 1;
    weisu_code code = input_file_open(&file, path, allocator, err);
    if (!code)
        code = line_reader_new(&reader, file, allocator, err);
    while (!code && more)
        code = line_reader_next(reader, &line, &more, err);
    line_reader_free(reader);
    input_file_close(file);
    return code;
}

static weisu_code use_quarantine(const weisu_allocator *allocator, weisu_err *err)
{
    struct quarantine_setup setup = {OUT_FILE_REPLACE, 0, &options, allocator};
    struct quarantine_row row = {"a", 1, WEISU_ESYNTAX, {"m", 1}, {"{\"x\":", 5}, NULL};
    const weisu_record record = {.id = {"1", 1}, .time_ms = 0};
    struct quarantine *q;
    weisu_code code = quarantine_open(&q, path, &setup, err);
    if (code)
        return code;
    code = quarantine_add(q, &row, err);
    row.raw.size = 0;
    row.record = &record;
    if (!code)
        code = quarantine_add(q, &row, err);
    if (code) {
        quarantine_discard(q);
        return code;
    }
    return quarantine_commit(q, err);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    char filler[1000];
    memset(filler, 'x', sizeof filler);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fputs("id,text\n", out);
    for (int i = 0; i < 900; i++) /* one row of 900 kB, so that the buffer grows */
        fwrite(filler, 1, sizeof filler, out);
    assert_int_equal(fclose(out), 0);
    assert_true(starve(use_reader) >= 3);
    assert_true(starve(use_zone) >= 3);
    assert_true(starve(use_json) >= 3);
    assert_true(starve(use_table) >= 5);
    assert_true(starve(use_quarantine) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(every_allocation_may_fail, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
