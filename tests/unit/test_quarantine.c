/* What is shown of rejected records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "io/quarantine.h"
#include "io/record_raw.h"

static char folder[64];
static char path[128];
static struct zone *zone;
static struct record_options options;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/weisu_quarantine_XXXXXX");
    if (!mkdtemp(folder) || zone_open(&zone, "Asia/Shanghai", NULL, NULL))
        return -1;
    snprintf(path, sizeof path, "%s/rejected.jsonl", folder);
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

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static void assert_hidden(const char *raw, const char *expected)
{
    char bytes[512];
    size_t size = strlen(raw);
    memcpy(bytes, raw, size + 1);
    record_raw_hide(&options, bytes, size);
    assert_string_equal(bytes, expected);
}

static void reporters_are_hidden(void **state)
{
    (void)state;
    assert_hidden("{\"id\":\"1\",\"reporter\":\"张三\",\"x\":1", "{\"id\":\"1\",\"reporter\":\"******\",\"x\":1");
    assert_hidden("{\"reporter\" : 18249 ,\"x\":1}", "{\"reporter\" : ******,\"x\":1}");
    assert_hidden("{\"reporter\":\"a\\\"b\",}", "{\"reporter\":\"****\",}");
    assert_hidden("{\"reporter\":\"cut off", "{\"reporter\":\"*******");
    assert_hidden("{\"reporter\":", "{\"reporter\":");
    assert_hidden("{\"text\":\"broken\"quote\",\"reporter\":\"A1\"}",
                  "{\"text\":\"broken\"quote\",\"reporter\":\"**\"}");
    assert_hidden("{\"re\\u0070orter\":\"A1\",\"reporter\":\"A2\"}", "{\"re\\u0070orter\":\"**\",\"reporter\":\"**\"}");
    assert_hidden("{\"reporters\":\"A1\",\"text\":\"reporter\"}", "{\"reporters\":\"A1\",\"text\":\"reporter\"}");
    assert_hidden("", "");
    assert_int_equal(record_options_map(&options, "reporter=来电人", NULL), WEISU_OK);
    assert_hidden("{\"来电人\":\"A1\",\"reporter\":\"x\"}", "{\"来电人\":\"**\",\"reporter\":\"x\"}");
    assert_hidden("{\"\\u6765\\u7535\\u4eba\":\"A1\"}", "{\"\\u6765\\u7535\\u4eba\":\"**\"}");
}

static void personal_data_is_hidden(void **state)
{
    (void)state;
    assert_hidden("{\"text\":\"\\u0031\\u0033\\u0038\\u0030\\u0030\\u0031\\u0033\\u0038\\u0030\\u0030\\u0030\"",
                  "{\"text\":\"******************************************************************\"");
    assert_hidden("{\"id\":\"13800138000\"", "{\"id\":\"***********\"");
}

static void hostile_lines_are_quick(void **state)
{
    (void)state;
    static char bytes[1 << 16];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i % 2 ? '"' : '\\';
    for (int round = 0; round < 10; round++)
        record_raw_hide(&options, bytes, sizeof bytes);
}

static void cuts_split_no_character(void **state)
{
    (void)state;
    static char bytes[3 * 2000];
    for (size_t i = 0; i < 2000; i++)
        memcpy(bytes + 3 * i, "停", 3);
    weisu_str cut = record_raw_cut((weisu_str){bytes, sizeof bytes});
    assert_int_equal(cut.size, 4095);
    assert_int_equal(record_raw_cut(str("short")).size, 5);
}

static char *read_back(void)
{
    static char bytes[1 << 16];
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    bytes[fread(bytes, 1, sizeof bytes - 1, in)] = 0;
    fclose(in);
    return bytes;
}

static struct quarantine *open_quarantine(enum out_file_mode mode, int keep_raw)
{
    struct quarantine_setup setup = {mode, keep_raw, &options, NULL};
    struct quarantine *q;
    assert_int_equal(quarantine_open(&q, path, &setup, NULL), WEISU_OK);
    return q;
}

static void rows_are_lines_of_json(void **state)
{
    (void)state;
    struct quarantine *q = open_quarantine(OUT_FILE_REPLACE, 0);
    struct quarantine_row row = {"a.jsonl", 7, WEISU_ESYNTAX, str("expected \"x\""), str("{\"text\":\"13800138000\xff"),
                                 NULL};
    assert_int_equal(quarantine_add(q, &row, NULL), WEISU_OK);
    row = (struct quarantine_row){"a.jsonl", 8, WEISU_ETIME, str("m"), {NULL, 0}, NULL};
    assert_int_equal(quarantine_add(q, &row, NULL), WEISU_OK);
    assert_int_equal(quarantine_commit(q, NULL), WEISU_OK);
    assert_string_equal(read_back(),
                        "{\"file\":\"a.jsonl\",\"line\":7,\"code\":\"syntax\",\"message\":\"expected \\\"x\\\"\","
                        "\"raw\":\"{\\\"text\\\":\\\"***********\xef\xbf\xbd\"}\n"
                        "{\"file\":\"a.jsonl\",\"line\":8,\"code\":\"bad_time\",\"message\":\"m\",\"raw\":\"\"}\n");
}

static void a_record_stands_for_its_line(void **state)
{
    (void)state;
    struct quarantine *q = open_quarantine(OUT_FILE_APPEND, 0);
    weisu_record record = {.id = str("A1"),
                           .text = str("停水"),
                           .reporter = str("0123456789abcdef"),
                           .time_ms = 1561943103000,
                           .closed_ms = WEISU_NO_TIME,
                           .updated_ms = WEISU_NO_TIME,
                           .area = UINT64_C(110105000000),
                           .lat_e7 = 399042110,
                           .lon_e7 = -5,
                           .has = WEISU_HAS_POSITION | WEISU_HAS_RESOLVED | WEISU_HAS_CONTACTED | WEISU_IS_CONTACTED};
    struct quarantine_row row = {"tcp", 1, WEISU_ECONFLICT, str("known"), {NULL, 0}, &record};
    assert_int_equal(quarantine_add(q, &row, NULL), WEISU_OK);
    assert_int_equal(quarantine_flush(q, NULL), WEISU_OK);
    assert_string_equal(
        read_back(),
        "{\"file\":\"tcp\",\"line\":1,\"code\":\"conflict\",\"message\":\"known\",\"raw\":\"{\\\"id\\\":\\\"A1\\\","
        "\\\"time\\\":\\\"2019-07-01T09:05:03+08:00\\\",\\\"text\\\":\\\"停水\\\",\\\"area\\\":110105000000,"
        "\\\"lat\\\":39.904211,\\\"lon\\\":-0.0000005,\\\"resolved\\\":false,\\\"contacted\\\":true}\"}\n");
    quarantine_discard(q);
}

/* A number that the cut at 4 KiB goes through must not leave its first half behind. */
static void values_across_the_cut_are_masked(void **state)
{
    (void)state;
    static char raw[1 << 15];
    for (size_t shift = 0; shift < 12; shift++) {
        memset(raw, 'x', sizeof raw);
        memcpy(raw + RECORD_RAW_BYTES - shift, "13800138000", 11);
        struct quarantine *q = open_quarantine(OUT_FILE_REPLACE, 0);
        struct quarantine_row row = {"a", 1, WEISU_ESYNTAX, str("m"), {raw, sizeof raw}, NULL};
        assert_int_equal(quarantine_add(q, &row, NULL), WEISU_OK);
        assert_int_equal(quarantine_commit(q, NULL), WEISU_OK);
        const char *bytes = read_back();
        assert_null(strstr(bytes, "x1"));
        assert_int_equal(strlen(strstr(bytes, "raw\":\"") + 6), RECORD_RAW_BYTES + strlen("\"}\n"));
    }
}

static void raw_is_kept_on_wish(void **state)
{
    (void)state;
    static char raw[6000];
    memset(raw, 'x', sizeof raw);
    memcpy(raw, "13800138000", 11);
    struct quarantine *q = open_quarantine(OUT_FILE_REPLACE, 1);
    struct quarantine_row row = {"a", 1, WEISU_ESYNTAX, str("m"), {raw, sizeof raw}, NULL};
    assert_int_equal(quarantine_add(q, &row, NULL), WEISU_OK);
    assert_int_equal(quarantine_commit(q, NULL), WEISU_OK);
    assert_non_null(strstr(read_back(), "\"13800138000xxx"));
    assert_true(strlen(read_back()) > 6000);
}

static void a_missing_folder_is_named(void **state)
{
    (void)state;
    struct quarantine_setup setup = {OUT_FILE_REPLACE, 0, NULL, NULL};
    struct quarantine *q = (struct quarantine *)&setup;
    weisu_err err;
    assert_int_equal(quarantine_open(&q, "/nowhere/rejected.jsonl", &setup, &err), WEISU_EIO);
    assert_null(q);
    assert_non_null(strstr(err.text, "/nowhere/rejected.jsonl"));
    quarantine_discard(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reporters_are_hidden),
        TEST(personal_data_is_hidden),
        TEST(hostile_lines_are_quick),
        TEST(cuts_split_no_character),
        TEST(rows_are_lines_of_json),
        TEST(a_record_stands_for_its_line),
        TEST(values_across_the_cut_are_masked),
        TEST(raw_is_kept_on_wish),
        TEST(a_missing_folder_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
