/* Tables: rows and fields, headers, records; and the reader of lines and rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/column_names.h"
#include "io/csv_scan.h"
#include "io/record_csv.h"

static struct arena arena;
static struct zone *zone;
static struct record_options options;
static struct record_decoder decoder;
static struct record_csv *table;
static weisu_record record;
static weisu_err err;
static char row_bytes[4096];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 0);
    if (zone_open(&zone, "Asia/Shanghai", NULL, NULL))
        return -1;
    record_options_init(&options, zone);
    decoder = (struct record_decoder){&options, &arena, 0, 0};
    table = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    record_csv_close(table);
    zone_close(zone);
    arena_dispose(&arena);
    return 0;
}

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static void assert_str(weisu_str actual, const char *expected)
{
    assert_int_equal(actual.size, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.size);
}

static weisu_code open_table(const char *header)
{
    record_csv_close(table);
    return record_csv_open(&table, str(header), ',', &options, NULL, &err);
}

static weisu_code decode(const char *row)
{
    size_t size = strlen(row);
    memcpy(row_bytes, row, size + 1);
    return record_csv_decode(table, &decoder, (struct record_line){row_bytes, size, 3}, &record, &err);
}

/* ---- rows and fields ---- */

static void fields_are_cut(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *fields; /* joined by '|' */
    } rows[] = {
        {"a,b,c", "a|b|c"},
        {"", ""},
        {",", "|"},
        {"a,", "a|"},
        {"\"a,b\",c", "a,b|c"},
        {"\"a\"\"b\",\"\"", "a\"\"b|"},
        {"a\"b,c", "a\"b|c"},
        {"\"a\nb\",c", "a\nb|c"},
        {" \"a\",b", " \"a\"|b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char joined[64] = "";
        struct csv_scan scan;
        struct csv_field field;
        csv_scan_init(&scan, str(rows[i].row), ',');
        for (int n = 0; csv_scan_field(&scan, &field); n++) {
            assert_int_equal(field.is_broken, 0);
            snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%.*s", n ? "|" : "",
                     (int)field.text.size, field.text.data);
        }
        assert_string_equal(joined, rows[i].fields);
    }
}

static void broken_quotes_are_seen(void **state)
{
    (void)state;
    static const char *const rows[] = {"\"a", "\"a\"b", "\"a\"\"", "\"a\" ,b", "\""};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_scan scan;
        struct csv_field field;
        csv_scan_init(&scan, str(rows[i]), ',');
        assert_int_equal(csv_scan_field(&scan, &field), 1);
        assert_int_equal(field.is_broken, 1);
    }
}

static void delimiters_are_recognised(void **state)
{
    (void)state;
    assert_int_equal(csv_scan_delimiter(str("a,b,c")), ',');
    assert_int_equal(csv_scan_delimiter(str("a;b;c,d")), ';');
    assert_int_equal(csv_scan_delimiter(str("a\tb")), '\t');
    assert_int_equal(csv_scan_delimiter(str("\"a;b;c\",d")), ',');
    assert_int_equal(csv_scan_delimiter(str("a")), ',');
}

/* ---- headers ---- */

static void column_names_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum record_key key;
    } rows[] = {
        {"工单编号", RECORD_ID},
        {"留言编号", RECORD_ID},
        {" ID ", RECORD_ID},
        {"Service_Request_Number", RECORD_ID},
        {"Unique Key", RECORD_ID},
        {"來電時間", RECORD_TIME},
        {"留言时间", RECORD_TIME},
        {"Creation Date", RECORD_TIME},
        {"主要内容", RECORD_TEXT},
        {"留言详情", RECORD_TEXT},
        {"问题描述（必填）", RECORD_TEXT},
        {"*来电时间 (年月日)", RECORD_TIME},
        {"【诉求内容】", RECORD_TEXT},
        {"承办单位", RECORD_KEYS},
        {"（一）", RECORD_KEYS},
        {"requested_datetime", RECORD_TIME},
        {"三级分类", RECORD_CATEGORY},
        {"SR_TYPE", RECORD_CATEGORY},
        {"Closed Date", RECORD_CLOSED},
        {"留言主题", RECORD_TITLE},
        {"被反映区", RECORD_ADDRESS},
        {"村/社区", RECORD_ADDRESS},
        {"问题分类", RECORD_CATEGORY},
        {"来电人", RECORD_REPORTER},
        {"办结时间", RECORD_CLOSED},
        {"Completion_Date", RECORD_CLOSED},
        {"是否解决", RECORD_RESOLVED},
        {"是否满意", RECORD_SATISFIED},
        {"是否联系", RECORD_CONTACTED},
        {"Ｌａｔｉｔｕｄｅ", RECORD_LAT},
        {"Longitude", RECORD_LON},
        {"", RECORD_KEYS},
        {"备注", RECORD_KEYS},
        {"----", RECORD_KEYS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (column_name_find(str(rows[i].name)).key != rows[i].key)
            fail_msg("%s", rows[i].name);
    for (int key = 0; key < RECORD_KEYS; key++)
        assert_int_equal(column_name_find(str(record_key_name((enum record_key)key))).key, key);
    char longest[600];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(column_name_find((weisu_str){longest, sizeof longest}).key, RECORD_KEYS);
}

static void the_best_known_column_counts(void **state)
{
    (void)state;
    assert_int_equal(open_table("创建时间,留言编号,来电时间,编号,主要内容"), WEISU_OK);
    assert_int_equal(record_csv_columns(table), 5);
    static const enum record_key keys[] = {RECORD_KEYS, RECORD_ID, RECORD_TIME, RECORD_KEYS, RECORD_TEXT};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(record_csv_key(table, i), keys[i]);
}

static void headers_without_what_is_needed_are_refused(void **state)
{
    (void)state;
    assert_int_equal(open_table("a,b,c"), WEISU_ECOLUMNS);
    assert_non_null(strstr(err.text, "none of the 3 columns"));
    assert_non_null(strstr(err.text, "--map time=COLUMN"));
    assert_null(table);
    assert_int_equal(open_table("id,time"), WEISU_ECOLUMNS);
    assert_non_null(strstr(err.text, "--map text=COLUMN"));
    assert_int_equal(open_table("id,\"text\"x"), WEISU_ESYNTAX);
    assert_int_equal(open_table("\xb1\xe0\xba\xc5,text"), WEISU_ESYNTAX);
    assert_int_equal(open_table("id,closed"), WEISU_OK);
    options.no_time = 1;
    assert_int_equal(open_table("id,text"), WEISU_OK);
}

/* ---- records ---- */

static void rows_become_records(void **state)
{
    (void)state;
    assert_int_equal(
        open_table("工单编号,来电时间,标题,主要内容,被反映区,街乡镇,一级分类,二级分类,是否解决,办结时间,备注"),
        WEISU_OK);
    assert_int_equal(decode("A1,2019/7/1 9:05:03, 停水 ,\"小区\"\"幸福里\"\"\n停水,三天\",朝阳区,望京街道,供水,停水,是,"
                            "2019-7-2,x"),
                     WEISU_OK);
    assert_str(record.id, "A1");
    assert_str(record.title, "停水");
    assert_str(record.text, "小区\"幸福里\"\n停水,三天");
    assert_str(record.address, "朝阳区望京街道");
    assert_str(record.category, "供水->停水");
    assert_int_equal(record.time_ms, 1561943103000);
    assert_int_equal(record.closed_ms, 1562083199999);
    assert_int_equal(record.has, WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED);
    assert_int_equal(decode("A2,2019-07-01,,停水,,,,,,,"), WEISU_OK);
    assert_int_equal(record.title.size, 0);
    assert_int_equal(record.has, WEISU_HAS_DATE_ONLY);
}

static void bad_rows_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        weisu_code code;
        const char *sentence;
    } rows[] = {
        {"1,2019-07-01", WEISU_ECOLUMNS, "row has 2 fields, its header has 5"},
        {"1,2019-07-01,x,,,y", WEISU_ECOLUMNS, "row has 6 fields"},
        {"1,2019-07-01,\"x\"y,,", WEISU_ESYNTAX, "quotes are broken in column 3"},
        {",,x,,", WEISU_EMISSING, "time is missing"},
        {"1,,x,,", WEISU_EMISSING, "time is missing"},
        {"1,2019-13-01,x,,", WEISU_ETIME, "time is no time that can be read"},
        {"1,2019-07-01,x,1,", WEISU_EMISSING, "lon is missing"},
        {"1,2019-07-01,x,91,0", WEISU_EFIELD, "lat must be"},
        {"1,2019-07-01,x,a,0", WEISU_EFIELD, "lat must be"},
    };
    assert_int_equal(open_table("id,time,text,lat,lon"), WEISU_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (decode(rows[i].row) != rows[i].code || !strstr(err.text, rows[i].sentence))
            fail_msg("%s: %s", rows[i].row, err.text);
        assert_int_equal(err.line, 3);
    }
    assert_int_equal(decode("1,2019-07-01,x,,,,"), WEISU_OK);
    assert_int_equal(decode("1,2019-07-01,x,41.949330379708314,-87.71279114200225"), WEISU_OK);
    assert_int_equal(record.lat_e7, 419493304);
    assert_int_equal(record.lon_e7, -877127911);
}

static void mapping_and_constants_overrule(void **state)
{
    (void)state;
    assert_int_equal(record_options_map(&options, "id=No.,text=Nature", NULL), WEISU_OK);
    assert_int_equal(record_options_constant(&options, "category=环卫", NULL), WEISU_OK);
    assert_int_equal(open_table("No.,id,time,Nature,text,category"), WEISU_OK);
    assert_int_equal(decode("7,x,2019-07-01,garbage,y,z"), WEISU_OK);
    assert_str(record.id, "7");
    assert_str(record.text, "garbage");
    assert_str(record.category, "环卫");
}

static void parts_of_a_field_are_joined(void **state)
{
    (void)state;
    assert_int_equal(open_table("id,time,text,被反映区,街乡镇,详细地址,问题分类,一级分类,二级分类"), WEISU_OK);
    assert_int_equal(decode("1,2019-07-01,x,朝阳区,望京街道,利泽西园1号,,供水,停水"), WEISU_OK);
    assert_str(record.address, "朝阳区望京街道利泽西园1号");
    assert_str(record.category, "供水->停水");
    assert_int_equal(decode("1,2019-07-01,x,朝阳区,望京街道,朝阳区望京街道利泽西园,供水->停水,供水,停水"), WEISU_OK);
    assert_str(record.address, "朝阳区望京街道利泽西园");
    assert_str(record.category, "供水->停水");
    assert_int_equal(decode("1,2019-07-01,x,QUEENS,12 MAIN ST,,,,"), WEISU_OK);
    assert_str(record.address, "QUEENS 12 MAIN ST");
}

/* The id that a row without one gets. */
static uint64_t content_id(const char *row)
{
    char text[20] = "";
    assert_int_equal(decode(row), WEISU_OK);
    assert_int_equal(record.id.size, 17);
    memcpy(text, record.id.data, 17);
    assert_int_equal(text[0], 'r');
    return strtoull(text + 1, NULL, 16);
}

static void rows_without_an_id_get_one_from_their_content(void **state)
{
    (void)state;
    assert_int_equal(open_table("time,text,address,reporter,closed,lat,lon"), WEISU_OK);
    uint64_t id = content_id("2019-07-01 9:05,停水,望京,张三,,,");
    assert_true(id == content_id("2019/7/1 09:05:00,停水,望京,张三,2019-07-09,,"));
    static const char *const others[] = {"2019-07-01 9:06,停水,望京,张三,,,", "2019-07-01 9:05,停气,望京,张三,,,",
                                         "2019-07-01 9:05,停水,亚运村,张三,,,", "2019-07-01 9:05,停水,望京,李四,,,",
                                         "2019-07-01 9:05,停水,望京,张三,,40,116"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_true(id != content_id(others[i]));
    assert_int_equal(decode(",,望京,张三,2019-07-09,,"), WEISU_EMISSING);
}

static void words_of_tables_are_understood(void **state)
{
    (void)state;
    assert_int_equal(open_table("id,time,text,是否解决,是否满意,是否联系,lat,lon,closed"), WEISU_OK);
    assert_int_equal(decode("1,2019-07-01,-,已解决,非常不满意,未评价,NULL,--,N/A"), WEISU_OK);
    assert_str(record.text, "-");
    assert_int_equal(record.has, WEISU_HAS_DATE_ONLY | WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_SATISFIED);
    assert_int_equal(record.closed_ms, WEISU_NO_TIME);
    assert_int_equal(decode("-,2019-07-01,x,Y,,0,,,"), WEISU_OK);
    assert_int_equal(record.id.size, 17);
    assert_int_equal(record.has, WEISU_HAS_DATE_ONLY | WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_CONTACTED);
}

static void bytes_that_are_no_utf8_survive(void **state)
{
    (void)state;
    assert_int_equal(open_table("id,time,text"), WEISU_OK);
    assert_int_equal(decode("1,2019-07-01,停\xff\xe6水"), WEISU_OK);
    assert_str(record.text, "停\xef\xbf\xbd\xef\xbf\xbd水");
    assert_int_equal(decoder.invalid, 2);
}

static void personal_data_is_masked(void **state)
{
    (void)state;
    static const struct reporter_key key = {{9}};
    options.reporter_key = &key;
    assert_int_equal(open_table("id,time,text,reporter"), WEISU_OK);
    assert_int_equal(decode("1,2019-07-01,电话13800138000,张三"), WEISU_OK);
    assert_str(record.text, "电话***********");
    assert_int_equal(record.reporter.size, 16);
    char row[] = "1,2019-07-01,13800138000,\"张\"\"三\"";
    record_csv_hide(table, (struct record_line){row, strlen(row), 1});
    assert_string_equal(row, "1,2019-07-01,***********,\"********\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_are_cut),
        TEST(broken_quotes_are_seen),
        TEST(delimiters_are_recognised),
        TEST(column_names_are_known),
        TEST(the_best_known_column_counts),
        TEST(headers_without_what_is_needed_are_refused),
        TEST(rows_become_records),
        TEST(bad_rows_are_refused),
        TEST(mapping_and_constants_overrule),
        TEST(words_of_tables_are_understood),
        TEST(parts_of_a_field_are_joined),
        TEST(rows_without_an_id_get_one_from_their_content),
        TEST(bytes_that_are_no_utf8_survive),
        TEST(personal_data_is_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
