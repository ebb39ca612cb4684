/* Records from JSON Lines: the scanner's grammar, the rules of the fields, options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/decimal_text.h"
#include "io/json_scan.h"
#include "io/record_json.h"

static struct arena arena;
static struct zone *zone;
static struct record_options options;
static struct record_decoder decoder;
static weisu_record record;
static weisu_err err;
static char line_bytes[8192];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 0);
    if (zone_open(&zone, "Asia/Shanghai", NULL, NULL))
        return -1;
    record_options_init(&options, zone);
    decoder = (struct record_decoder){&options, &arena, 0, 0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zone_close(zone);
    arena_dispose(&arena);
    return 0;
}

static weisu_code decode_bytes(const char *text, size_t size)
{
    memcpy(line_bytes, text, size);
    err = (weisu_err){.code = WEISU_OK};
    return record_json_decode(&decoder, (struct record_line){line_bytes, size, 7}, &record, &err);
}

static weisu_code decode(const char *text)
{
    return decode_bytes(text, strlen(text));
}

static void assert_str(weisu_str actual, const char *expected)
{
    assert_int_equal(actual.size, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.size);
}

static void assert_refused(const char *text, weisu_code code, const char *sentence)
{
    weisu_code got = decode(text);
    if (got != code || !strstr(err.text, sentence))
        fail_msg("%s gave %s: %s", text, weisu_code_name(got), err.text);
    assert_int_equal(err.code, code);
    assert_int_equal(err.line, 7);
}

/* ---- grammar ---- */

static int scans(const char *text, size_t size)
{
    struct json_scan scan;
    struct json_value value;
    json_scan_init(&scan, (weisu_str){text, size});
    return json_scan_value(&scan, &value, NULL) == WEISU_OK && json_scan_end(&scan, NULL) == WEISU_OK;
}

static void the_grammar_of_the_rfc_is_accepted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "-1.5",
        "1e5",
        "1E+5",
        "1.25e-3",
        "\"\"",
        "\"a\"",
        "[]",
        "{}",
        "[1]",
        "[1,2]",
        "[[],{}]",
        "{\"a\":1}",
        "{\"a\":{\"b\":[]},\"c\":null}",
        " [ 1 , 2 ] ",
        "\t{\r\n\"a\" : 1 }\n",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\ude00\"",
        "\"\\ud800\"",
        "\"\x7f\"",
        "\"停水\"",
        "\"\xff\"",
        "[1,[2,[3,[4]]],5]",
        "{\"\":\"\"}",
        "123456789012345678901234567890",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!scans(texts[i], strlen(texts[i])))
            fail_msg("%s was refused", texts[i]);
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        " ",         "nul",         "nulL",   "True",   "01",       "-",       "+1",       "1.",
        ".5",      "1e",        "1e+",         "0x1",    "NaN",    "Infinity", "--1",     "\"",       "\"a",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"", "'a'",      "[",       "]",        "[1",
        "[1,",     "[1,]",      "[,1]",        "[1 2]",  "{",      "}",        "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}",   "{\"a\" 1}", "{1:2}",       "[}",     "{]",     "[1]]",     "1 2",     "\"a\"b",   "\xef\xbb\xbf{}",
        "\x0c[]",  "[1]\x0b",   "停",          "/**/1",  "[1;2]",  "\"\\",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (scans(texts[i], strlen(texts[i])))
            fail_msg("%s was accepted", texts[i]);
    assert_false(scans("\"\0\"", 3));
    assert_false(scans("1\0", 2));
    assert_false(scans(NULL, 0));
}

static void depth_ends_at_the_cap(void **state)
{
    (void)state;
    char text[256];
    for (int depth = 1; depth <= 40; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        assert_int_equal(scans(text, 2 * (size_t)depth), depth <= JSON_SCAN_DEPTH);
    }
    static const char brackets[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
    for (int inner = JSON_SCAN_DEPTH - 1; inner <= JSON_SCAN_DEPTH; inner++) {
        char closing[sizeof brackets] = {0};
        memset(closing, ']', (size_t)inner);
        snprintf(text, sizeof text, "{\"a\":%.*s%s,\"id\":\"1\"}", inner, brackets, closing);
        assert_int_equal(decode(text), inner < JSON_SCAN_DEPTH ? WEISU_EMISSING : WEISU_EDEPTH);
    }
    assert_refused(text, WEISU_EDEPTH, "more than 32");
}

/* Every prefix of a line is refused, whatever is behind it in memory. */
static void cut_lines_are_refused(void **state)
{
    (void)state;
    static const char text[] =
        "{\"id\":\"1\",\"time\":\"2019-07-01\",\"text\":\"停水\\u0041\",\"x\":[1.5e3,{\"y\":null}]}";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        char *copy = malloc(size + 1); /* exact, so that AddressSanitizer sees a read beyond */
        assert_non_null(copy);
        memcpy(copy, text, size);
        assert_int_equal(record_json_decode(&decoder, (struct record_line){copy, size, 1}, &record, NULL),
                         WEISU_ESYNTAX);
        free(copy);
    }
    assert_int_equal(decode(text), WEISU_OK);
}

static void strings_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
        uint64_t invalid;
    } rows[] = {
        {"停水", "停水", 0},
        {"a\\u505C\\u6c34\\n", "a停水\n", 0},
        {"\\ud83d\\ude00", "😀", 0},
        {"\\ud83d", "\xef\xbf\xbd", 1},
        {"\\ud83dx\\ude00", "\xef\xbf\xbdx\xef\xbf\xbd", 2},
        {"\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd😀", 1},
        {"\\ud83d\\u0041",
         "\xef\xbf\xbd"
         "A",
         1},
        {"a\xff"
         "b\xe5\x81",
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd",
         2},
        {"\xff\\n\xff", "\xef\xbf\xbd\n\xef\xbf\xbd", 2},
        {"\\\"\\\\\\/\\b\\f\\r\\t", "\"\\/\b\f\r\t", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "{\"id\":\"1\",\"time\":\"2019-07-01\",\"text\":\"%s\"}", rows[i].text);
        decoder.invalid = 0;
        assert_int_equal(decode(text), WEISU_OK);
        assert_str(record.text, rows[i].expected);
        assert_int_equal(decoder.invalid, rows[i].invalid);
    }
}

/* ---- fields ---- */

static void a_full_record_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        decode(
            "{\"id\":\"A1\",\"time\":\"2019-07-01T09:05:03.5\",\"title\":\"停水\",\"text\":\"小区停水三天\","
            "\"address\":\"幸福路\",\"category\":\"供水\",\"channel\":\"电话\",\"area\":\"110105\",\"lat\":39.9042110,"
            "\"lon\":-116.40739549,\"closed\":\"2019-07-02T00:00:00Z\",\"updated\":\"2019-07-03\",\"resolved\":true,"
            "\"satisfied\":false,\"contacted\":true,\"withdrawn\":false,\"other\":{\"id\":\"no\"}}"),
        WEISU_OK);
    assert_str(record.id, "A1");
    assert_str(record.title, "停水");
    assert_str(record.text, "小区停水三天");
    assert_str(record.address, "幸福路");
    assert_str(record.category, "供水");
    assert_str(record.channel, "电话");
    assert_int_equal(record.reporter.size, 0);
    assert_int_equal(record.time_ms, 1561943103500);
    assert_int_equal(record.closed_ms, 1562025600000);
    assert_int_equal(record.updated_ms, 1562169599999); /* the end of that day in the zone */
    assert_true(record.area == UINT64_C(110105000000));
    assert_int_equal(record.lat_e7, 399042110);
    assert_int_equal(record.lon_e7, -1164073955);
    assert_int_equal(record.has, WEISU_HAS_POSITION | WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_SATISFIED |
                                     WEISU_HAS_CONTACTED | WEISU_IS_CONTACTED | WEISU_HAS_WITHDRAWN);
}

static void times_know_zone_and_day(void **state)
{
    (void)state;
    assert_int_equal(decode("{\"id\":\"1\",\"text\":\"x\",\"time\":\"2019-07-01\"}"), WEISU_OK);
    assert_int_equal(record.time_ms, 1561910400000);
    assert_int_equal(record.has, WEISU_HAS_DATE_ONLY);
    assert_int_equal(decode("{\"id\":\"1\",\"text\":\"x\",\"time\":\"2019-07-01 09:05:03+00:00\"}"), WEISU_OK);
    assert_int_equal(record.time_ms, 1561971903000);
    assert_int_equal(record.has, 0);
    assert_refused("{\"id\":\"1\",\"text\":\"x\",\"time\":\"2019/7/1\"}", WEISU_ETIME, "time is no time of RFC 3339");
    assert_refused("{\"id\":\"1\",\"text\":\"x\",\"time\":1561910400}", WEISU_ETYPE, "time must be a time as a string");
    assert_refused("{\"id\":\"1\",\"text\":\"x\",\"time\":\"2019-07-01\",\"closed\":\"x\"}", WEISU_ETIME, "closed is");
}

static void ids_have_their_form(void **state)
{
    (void)state;
    assert_int_equal(decode("{\"id\":12345678901234567890123,\"text\":\"x\",\"time\":\"2019-07-01\"}"), WEISU_OK);
    assert_str(record.id, "12345678901234567890123");
    assert_refused("{\"text\":\"x\",\"time\":\"2019-07-01\"}", WEISU_EMISSING, "id is missing");
    assert_refused("{\"id\":\"\",\"text\":\"x\"}", WEISU_EMISSING, "id is missing");
    assert_refused("{\"id\":null,\"text\":\"x\"}", WEISU_EMISSING, "id is missing");
    assert_refused("{\"id\":1.5,\"text\":\"x\"}", WEISU_ETYPE, "id must be");
    assert_refused("{\"id\":-1,\"text\":\"x\"}", WEISU_ETYPE, "id must be");
    assert_refused("{\"id\":[1],\"text\":\"x\"}", WEISU_ETYPE, "id must be");
    assert_refused("{\"id\":\"a\\tb\",\"text\":\"x\"}", WEISU_EFIELD, "control");
    char text[400];
    char id[140];
    memset(id, 'i', sizeof id);
    snprintf(text, sizeof text, "{\"id\":\"%.128s\",\"text\":\"x\",\"time\":\"2019-07-01\"}", id);
    assert_int_equal(decode(text), WEISU_OK);
    snprintf(text, sizeof text, "{\"id\":\"%.129s\",\"text\":\"x\",\"time\":\"2019-07-01\"}", id);
    assert_refused(text, WEISU_EFIELD, "129 bytes");
}

static void required_fields_are_required(void **state)
{
    (void)state;
    assert_refused("{\"id\":\"1\",\"text\":\"x\"}", WEISU_EMISSING, "time is missing");
    assert_refused("{\"id\":\"1\",\"time\":\"2019-07-01\"}", WEISU_EMISSING, "text is missing");
    assert_refused("{\"id\":\"1\",\"time\":\"2019-07-01\",\"address\":\"x\"}", WEISU_EMISSING, "text is missing");
    assert_int_equal(decode("{\"id\":\"1\",\"time\":\"2019-07-01\",\"category\":\"c\",\"address\":\"x\"}"), WEISU_OK);
    assert_int_equal(decode("{\"id\":\"1\",\"time\":\"2019-07-01\",\"category\":\"c\",\"lat\":1,\"lon\":2}"), WEISU_OK);
    /* Updates: whether the id is known is not the decoder's question. */
    static const char *const updates[] = {"\"closed\":\"2019-07-01\"", "\"resolved\":true",  "\"satisfied\":false",
                                          "\"contacted\":true",        "\"category\":\"c\"", "\"area\":\"110105\"",
                                          "\"withdrawn\":true"};
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"id\":\"1\",%s}", updates[i]);
        assert_int_equal(decode(text), WEISU_OK);
        assert_true(record.time_ms == WEISU_NO_TIME);
    }
    assert_refused("{\"id\":\"1\",\"updated\":\"2019-07-01\"}", WEISU_EMISSING, "time is missing");
}

static void types_and_ranges_are_checked(void **state)
{
    (void)state;
#define ROW(members) "{\"id\":\"1\",\"text\":\"x\",\"time\":\"2019-07-01\"," members "}"
    assert_refused(ROW("\"title\":1"), WEISU_ETYPE, "title must be a string");
    assert_refused(ROW("\"address\":[]"), WEISU_ETYPE, "address must be a string");
    assert_refused(ROW("\"category\":true"), WEISU_ETYPE, "category must be a string");
    assert_refused(ROW("\"reporter\":1.5"), WEISU_ETYPE, "reporter must be a string");
    assert_refused(ROW("\"area\":\"11010\""), WEISU_EFIELD, "area must have 6, 9 or 12 digits");
    assert_refused(ROW("\"area\":\"11010a\""), WEISU_EFIELD, "area must have");
    assert_refused(ROW("\"area\":\"000000\""), WEISU_EFIELD, "area must not be 0");
    assert_refused(ROW("\"area\":1.1e5"), WEISU_EFIELD, "area must have");
    assert_refused(ROW("\"area\":true"), WEISU_ETYPE, "area must be");
    assert_refused(ROW("\"lat\":1"), WEISU_EMISSING, "lon is missing beside lat");
    assert_refused(ROW("\"lon\":1,\"lat\":null"), WEISU_EMISSING, "lat is missing beside lon");
    assert_refused(ROW("\"lat\":90.0000001,\"lon\":0"), WEISU_EFIELD, "lat must be a number from -90 to 90");
    assert_refused(ROW("\"lat\":0,\"lon\":-180.1"), WEISU_EFIELD, "lon must be a number from -180 to 180");
    assert_refused(ROW("\"lat\":\"1\",\"lon\":2"), WEISU_ETYPE, "lat must be a number");
    assert_refused(ROW("\"resolved\":1"), WEISU_ETYPE, "resolved must be true or false");
    assert_refused(ROW("\"withdrawn\":\"true\""), WEISU_ETYPE, "withdrawn must be true or false");
    assert_int_equal(decode(ROW("\"area\":110105001,\"lat\":-90,\"lon\":1.8e2")), WEISU_OK);
    assert_true(record.area == UINT64_C(110105001000));
    assert_int_equal(record.lat_e7, -900000000);
    assert_int_equal(record.lon_e7, 1800000000);
    assert_refused("[]", WEISU_ETYPE, "must be an object");
    assert_refused("\"x\"", WEISU_ETYPE, "must be an object");
    assert_refused("", WEISU_ESYNTAX, "byte 1");
    assert_refused(ROW("\"a\":1") "x", WEISU_ESYNTAX, "nothing after the value");
}

static void the_last_of_equal_keys_counts(void **state)
{
    (void)state;
    assert_int_equal(decode(ROW("\"id\":\"2\",\"\\u0074ext\":\"y\",\"time\":\"2019-07-02\"")), WEISU_OK);
    assert_str(record.id, "2");
    assert_str(record.text, "y");
    assert_int_equal(record.time_ms, 1561996800000);
    assert_refused(ROW("\"text\":null"), WEISU_EMISSING, "text is missing");
    assert_int_equal(decode("{\"id\":\"1\",\"text\":5,\"time\":\"2019-07-01\",\"text\":\"x\"}"), WEISU_OK);
}

static void long_lines_are_refused(void **state)
{
    (void)state;
    size_t size = RECORD_LINE_BYTES + 1;
    char *line = malloc(size);
    assert_non_null(line);
    memset(line, ' ', size);
    memcpy(line, ROW("\"a\":1"), strlen(ROW("\"a\":1")));
    assert_int_equal(record_json_decode(&decoder, (struct record_line){line, size, 1}, &record, &err), WEISU_ETOOLONG);
    assert_int_equal(record_json_decode(&decoder, (struct record_line){line, size - 1, 1}, &record, &err), WEISU_OK);
    free(line);
}

/* ---- personal data and options ---- */

static void personal_data_is_masked(void **state)
{
    (void)state;
    static const char text[] =
        ROW("\"title\":\"a@b.cn\",\"address\":\"13800138000\",\"category\":\"京A12345\",\"channel\":"
            "\"010-65123456\",\"text\":\"\\u0031\\u0033800138000\",\"id\":\"13800138000\"");
    assert_int_equal(decode(text), WEISU_OK);
    assert_str(record.id, "13800138000");
    assert_str(record.title, "******");
    assert_str(record.address, "***********");
    assert_str(record.category, "＊******");
    assert_str(record.channel, "***-********");
    assert_str(record.text, "***********");
    assert_int_equal(decoder.masked, 5);
    options.keep_personal = 1;
    assert_int_equal(decode(text), WEISU_OK);
    assert_str(record.address, "13800138000");
}

static void reporters_become_keyed_hashes(void **state)
{
    (void)state;
    static const struct reporter_key key = {{1, 2, 3}};
    unsigned char hash[16];
    assert_int_equal(decode(ROW("\"reporter\":\"A0182491\"")), WEISU_OK);
    assert_int_equal(record.reporter.size, 0);
    options.reporter_key = &key;
    assert_int_equal(decode(ROW("\"reporter\":\"A0182491\"")), WEISU_OK);
    reporter_hash(&key, (weisu_str){"A0182491", 8}, hash);
    assert_int_equal(record.reporter.size, 16);
    assert_memory_equal(record.reporter.data, hash, 16);
    assert_int_equal(decode(ROW("\"reporter\":18249")), WEISU_OK);
    assert_int_equal(record.reporter.size, 16);
    assert_int_equal(decode(ROW("\"reporter\":\"\"")), WEISU_OK);
    assert_int_equal(record.reporter.size, 0);
}

static void time_may_be_the_line_number(void **state)
{
    (void)state;
    options.no_time = 1;
    assert_int_equal(decode("{\"id\":\"1\",\"text\":\"x\",\"time\":\"nonsense\"}"), WEISU_OK);
    assert_int_equal(record.time_ms, 7000);
    assert_refused("{\"id\":\"1\",\"category\":\"x\"}", WEISU_EMISSING, "text is missing");
}

static void training_needs_text_only(void **state)
{
    (void)state;
    options.needs_text_only = 1;
    assert_int_equal(decode("{\"id\":\"1\",\"text\":\"x\"}"), WEISU_OK);
    assert_refused("{\"id\":\"1\",\"category\":\"x\",\"address\":\"y\"}", WEISU_EMISSING, "text is missing");
}

static void mapping_and_constants_overrule(void **state)
{
    (void)state;
    assert_int_equal(record_options_map(&options, "id=工单编号,text=内容,详情,time=来电时间", &err), WEISU_OK);
    assert_int_equal(options.mapping_count, 3);
    assert_str(options.mapping[1].column, "内容,详情");
    assert_int_equal(record_options_constant(&options, "category=供水,area=110105", &err), WEISU_OK);
    assert_int_equal(
        decode("{\"工单编号\":5,\"内容,详情\":\"停水\",\"来电时间\":\"2019-07-01\",\"id\":\"no\",\"text\":1,"
               "\"title\":\"t\",\"area\":\"bad\"}"),
        WEISU_OK);
    assert_str(record.id, "5");
    assert_str(record.text, "停水");
    assert_str(record.title, "t");
    assert_str(record.category, "供水");
    assert_true(record.area == UINT64_C(110105000000));
    assert_str(options.constant[RECORD_CATEGORY], "供水");
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "id", "id=", "nothing=x", "=x", "id=a,text="};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(record_options_map(&options, wrong[i], &err), WEISU_ECONFIG);
        assert_non_null(strstr(err.text, "--map"));
        assert_int_equal(record_options_constant(&options, wrong[i], &err), WEISU_ECONFIG);
        assert_non_null(strstr(err.text, "--const"));
    }
    assert_int_equal(options.mapping_count, 0);
    assert_null(options.constant[RECORD_ID].data);
}

static void decimals_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t scaled; /* × 1000; -1: refused */
    } rows[] = {
        {"0", 0},          {"1", 1000},       {"-1.5", -1500},   {"0.0004", 0},
        {"0.0005", 1},     {"1.2345", 1235},  {"-0.0005", -1},   {"12e-1", 1200},
        {"0.12e2", 12000}, {"1e3", 1000000},  {"+7", 7000},      {"007", 7000},
        {"0e99999", 0},    {"1e-99999", 0},   {"1000", 1000000}, {"1000.0004", 1000000},
        {"0.00049999", 0}, {"1000.0005", -1}, {"1e4", -1},       {"1e99999", -1},
        {"", -1},          {"-", -1},         {"1.", -1},        {".5", -1},
        {"1e", -1},        {"1 ", -1},        {"x", -1},         {"1,5", -1},
        {"0x1", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t scaled = -1;
        int rc = decimal_read_scaled((weisu_str){rows[i].text, strlen(rows[i].text)}, 3, 1000000, &scaled);
        if (rows[i].scaled == -1 && strcmp(rows[i].text, "-0.0005") != 0 ? rc != -1 : rc || scaled != rows[i].scaled)
            fail_msg("%s gave %d, %lld", rows[i].text, rc, (long long)scaled);
    }
}

/* A warm arena takes whatever the second pass needs: no allocation a record. */
static void nothing_is_allocated_when_warm(void **state)
{
    (void)state;
    static const struct reporter_key key = {{1}};
    options.reporter_key = &key;
    size_t held = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2000; i++)
            assert_int_equal(decode(ROW("\"reporter\":\"r\",\"title\":\"\\u505c\xff\",\"text\":\"停\\n水\"")),
                             WEISU_OK);
        assert_true(round == 0 || held == arena.held_bytes);
        held = arena.held_bytes;
        arena_reset(&arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_grammar_of_the_rfc_is_accepted),
        TEST(anything_else_is_refused),
        TEST(depth_ends_at_the_cap),
        TEST(cut_lines_are_refused),
        TEST(strings_are_read),
        TEST(a_full_record_is_read),
        TEST(times_know_zone_and_day),
        TEST(ids_have_their_form),
        TEST(required_fields_are_required),
        TEST(types_and_ranges_are_checked),
        TEST(the_last_of_equal_keys_counts),
        TEST(long_lines_are_refused),
        TEST(personal_data_is_masked),
        TEST(reporters_become_keyed_hashes),
        TEST(time_may_be_the_line_number),
        TEST(training_needs_text_only),
        TEST(mapping_and_constants_overrule),
        TEST(wrong_options_are_named),
        TEST(decimals_are_exact),
        TEST(nothing_is_allocated_when_warm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
