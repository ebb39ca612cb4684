/* Civil time and zones, against the C library and by property. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil_time.h"
#include "base/hash.h"
#include "base/zone.h"

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static void days_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t days = -800000; days < 3000000; days += 13) {
        time_t seconds = (time_t)(days * 86400);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        struct civil_time time = civil_from_ms(days * CIVIL_MS_PER_DAY);
        assert_int_equal(time.year, tm.tm_year + 1900);
        assert_int_equal(time.month, tm.tm_mon + 1);
        assert_int_equal(time.day, tm.tm_mday);
        assert_int_equal(civil_weekday(days) % 7, tm.tm_wday);
        assert_int_equal(civil_days(time.year, time.month, time.day), days);
    }
}

static void milliseconds_come_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        int64_t ms = (int64_t)(hash_mix(i) % UINT64_C(400000000000000)) - INT64_C(100000000000000);
        struct civil_time time = civil_from_ms(ms);
        assert_true(civil_is_valid(&time));
        assert_int_equal(civil_to_ms(&time), ms);
    }
}

static void texts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t local_ms;
        int32_t offset_s;
        int32_t has_offset;
        int32_t is_date_only;
    } rows[] = {
        {"1970-01-01", 0, 0, 0, 1},
        {"2019-07-01T09:05:03+08:00", 1561971903000, 28800, 1, 0},
        {"2019-07-01t09:05:03z", 1561971903000, 0, 1, 0},
        {"2019-07-01 09:05:03", 1561971903000, 0, 0, 0},
        {"2019-07-01T09:05:03.25Z", 1561971903250, 0, 1, 0},
        {"2019-07-01T09:05:03.123456789012-00:30", 1561971903123, -1800, 1, 0},
        {"2016-12-31T23:59:60Z", 1483228800000, 0, 1, 0},
        {"2020-02-29", 1582934400000, 0, 0, 1},
        {"0000-01-01", -62167219200000, 0, 0, 1},
        {"9999-12-31T23:59:59.999Z", 253402300799999, 0, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct civil_text text;
        struct civil_text loose;
        assert_int_equal(civil_parse(str(rows[i].text), &text), 0);
        assert_int_equal(civil_to_ms(&text.time), rows[i].local_ms);
        assert_int_equal(text.offset_s, rows[i].offset_s);
        assert_int_equal(text.has_offset, rows[i].has_offset);
        assert_int_equal(text.is_date_only, rows[i].is_date_only);
        assert_int_equal(civil_parse_loose(str(rows[i].text), &loose), 0);
        assert_memory_equal(&loose, &text, sizeof text);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2019",
        "2019-7-1",
        "2019-07-01T",
        "2019-07-01T09",
        "2019-07-01T09:05",
        "2019-07-01T09:05:03+08",
        "2019-07-01T09:05:03+0800",
        "2019-07-01T09:05:03.Z",
        "2019-07-01T09:05:03,5Z",
        "2019-07-01T09:05:03Z ",
        " 2019-07-01",
        "2019-02-29",
        "2100-02-29",
        "2019-13-01",
        "2019-00-01",
        "2019-01-00",
        "2019-04-31",
        "2019-07-01T24:00:00Z",
        "2019-07-01T09:60:00Z",
        "2019-07-01T09:05:61Z",
        "2019-07-01T09:05:03+24:00",
        "2019-07-01T09:05:03+08:60",
        "-019-07-01",
        "２０１９-07-01",
        "2019-07-0110:00:00",
    };
    struct civil_text text;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (civil_parse(str(rows[i]), &text) == 0)
            fail_msg("%s was read", rows[i]);
    assert_int_equal(civil_parse((weisu_str){NULL, 0}, &text), -1);
    assert_int_equal(civil_parse_loose((weisu_str){NULL, 0}, &text), -1);
}

static void loose_texts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *same;
    } rows[] = {
        {"2019/7/1 9:05:03", "2019-07-01T09:05:03"},
        {"2019/07/01 09:05", "2019-07-01T09:05:00"},
        {"2019.7.1", "2019-07-01"},
        {"2019-7-1", "2019-07-01"},
        {"  2019/12/31  ", "2019-12-31"},
        {"2025年3月1日下午3点20分", "2025-03-01T15:20:00"},
        {"2025年3月1日 上午12:00", "2025-03-01T00:00:00"},
        {"2025年3月1日12时5分7秒", "2025-03-01T12:05:07"},
        {"2025年3月1日15点", "2025-03-01T15:00:00"},
        {"2025年3月1日", "2025-03-01"},
        {"2025年3月1号 8：30", "2025-03-01T08:30:00"},
        {"2025/3/1 3:20:00 PM", "2025-03-01T15:20:00"},
        {"2025/3/1 12:20 am", "2025-03-01T00:20:00"},
        {"2025/3/1 3:20:00.5", "2025-03-01T03:20:00.5"},
        {"2025-03-01T15:20+08:00", "2025-03-01T15:20:00+08:00"},
        {"2025/3/1 15:20:00 +0800", "2025-03-01T15:20:00+08:00"},
        {"2025年3月1日晚上8点半", "2025-03-01T20:30:00"},
        {"2025年3月1日中午12点10分", "2025-03-01T12:10:00"},
        {"2025年3月1日 中午1点整", "2025-03-01T13:00:00"},
        {"2025-3-1 凌晨0:05", "2025-03-01T00:05:00"},
        {"2025年3月1日（星期六）9:05", "2025-03-01T09:05:00"},
        {"2025/3/1 周六 9:05:03", "2025-03-01T09:05:03"},
        {"2025年3月1日 星期六", "2025-03-01"},
        {"2025年3月1日星期六 15:20", "2025-03-01T15:20:00"},
        {"2025/3/1 周六 9:05", "2025-03-01T09:05:00"},
        {"7/1/2019", "2019-07-01"},
        {"04/26/2019 11:51:57 PM", "2019-04-26T23:51:57"},
        {"20190701", "2019-07-01"},
        {"20190701090503", "2019-07-01T09:05:03"},
        {"201907010905", "2019-07-01T09:05:00"},
        {"20190701T090503Z", "2019-07-01T09:05:03Z"},
        {"20190701 9:05", "2019-07-01T09:05:00"},
        {"43563.359259259261", "2019-04-08T08:37:20"},
        {"43563", "2019-04-08"},
        {" 43563.5 ", "2019-04-08T12:00:00"},
        {"43563.999999999999", "2019-04-09T00:00:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct civil_text loose;
        struct civil_text strict;
        if (civil_parse_loose(str(rows[i].text), &loose))
            fail_msg("%s was refused", rows[i].text);
        assert_int_equal(civil_parse(str(rows[i].same), &strict), 0);
        assert_memory_equal(&loose, &strict, sizeof loose);
    }
    static const char *const refused[] = {"2019/7",           "19/7/1",
                                          "2019/7-1",         "2019/2/30",
                                          "2019/7/1 下午",    "2019/7/1 25:00",
                                          "2019年7月",        "昨天",
                                          "26/4/2019",        "2019/7/1 9:05x",
                                          "2019/7/19:05",     "2019/7/1 上午15:00",
                                          "4356.5",           "435630",
                                          "43563.5x",         "03563",
                                          "43563 5",          "20191301",
                                          "20190701x",        "2019070109",
                                          "7/1/19",           "2025年3月1日晚上12点",
                                          "2025年3月1日星期", "20190701 090"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct civil_text loose;
        if (civil_parse_loose(str(refused[i]), &loose) == 0)
            fail_msg("%s was read", refused[i]);
    }
}

static void formatting_and_reading_invert(void **state)
{
    (void)state;
    char out[CIVIL_TEXT_BYTES];
    assert_int_equal(civil_format(1561943103000, 28800, out), 25);
    assert_memory_equal(out, "2019-07-01T09:05:03+08:00", 25);
    assert_int_equal(civil_format(1561943103250, 0, out), 24);
    assert_memory_equal(out, "2019-07-01T01:05:03.250Z", 24);
    assert_int_equal(civil_format_date(1561910400000, 28800, out), 10);
    assert_memory_equal(out, "2019-07-01", 10);
    for (uint64_t i = 0; i < 50000; i++) {
        uint64_t draw = hash_mix(i);
        int64_t ms = (int64_t)(draw % UINT64_C(250000000000000));
        int32_t offset_s = ((int32_t)(draw >> 50) % 1500 - 750) * 60;
        struct civil_text text;
        size_t size = civil_format(ms, offset_s, out);
        assert_true(size <= 29);
        assert_int_equal(civil_parse((weisu_str){out, size}, &text), 0);
        assert_int_equal(civil_to_ms(&text.time) - (int64_t)text.offset_s * 1000, ms);
    }
    assert_int_equal(civil_format(INT64_MAX / 2, 0, out), 24);
    assert_memory_equal(out, "9999-12-31T23:59:59.999Z", 24);
    assert_int_equal(civil_format(INT64_MIN / 2, 0, out), 20);
    assert_memory_equal(out, "0000-01-01T00:00:00Z", 20);
}

static const char *const zone_names[] = {
    "Asia/Shanghai",    "America/New_York", "Europe/Dublin",       "Africa/Casablanca",   "America/Nuuk",
    "Antarctica/Troll", "Asia/Tehran",      "Australia/Lord_Howe", "America/Sao_Paulo",   "Asia/Kathmandu",
    "Pacific/Apia",     "Africa/Monrovia",  "America/Asuncion",    "Pacific/Chatham",     "Etc/GMT+12",
    "Europe/London",    "Asia/Gaza",        "Asia/Urumqi",         "America/Los_Angeles", "UTC",
};
enum { zone_count = sizeof zone_names / sizeof zone_names[0] };

static struct zone *open_zone(const char *name)
{
    struct zone *zone;
    weisu_err err;
    if (zone_open(&zone, name, NULL, &err))
        fail_msg("%s: %s", name, err.text);
    assert_string_equal(zone_name(zone), name);
    return zone;
}

static void offsets_agree_with_the_c_library(void **state)
{
    (void)state;
    for (size_t z = 0; z < zone_count; z++) {
        struct zone *zone = open_zone(zone_names[z]);
        setenv("TZ", zone_names[z], 1);
        tzset();
        for (uint64_t i = 0; i < 20000; i++) {
            /* The years 1850 to 2500, and every hour around the changes of 2025 and 2060. */
            int64_t seconds = (int64_t)(hash_mix(i) % UINT64_C(20512310400)) - INT64_C(3786825600);
            if (i % 4 == 1)
                seconds = 1735689600 + (int64_t)i * 1577;
            if (i % 4 == 2)
                seconds = 2840140800 + (int64_t)i * 1577;
            time_t at = (time_t)seconds;
            struct tm tm;
            localtime_r(&at, &tm);
            if (zone_offset_s(zone, seconds * 1000) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, expected %ld", zone_names[z], (long long)seconds,
                         zone_offset_s(zone, seconds * 1000), tm.tm_gmtoff);
        }
        zone_close(zone);
    }
    unsetenv("TZ");
}

/* The first instant that shows `local_ms`, looked for among the offsets of four days around; else nothing. */
static int first_instant(const struct zone *zone, int64_t local_ms, int64_t *utc_ms)
{
    int found = 0;
    for (int64_t at = local_ms - 2 * CIVIL_MS_PER_DAY; at <= local_ms + 2 * CIVIL_MS_PER_DAY; at += 900000) {
        int64_t candidate = local_ms - (int64_t)zone_offset_s(zone, at) * 1000;
        int is_shown = candidate + (int64_t)zone_offset_s(zone, candidate) * 1000 == local_ms;
        if (is_shown && (!found || candidate < *utc_ms)) {
            *utc_ms = candidate;
            found = 1;
        }
    }
    return found;
}

static void local_times_mean_the_first_instant(void **state)
{
    (void)state;
    for (size_t z = 0; z < zone_count; z++) {
        struct zone *zone = open_zone(zone_names[z]);
        for (int64_t i = 0; i < 3000; i++) {
            int64_t local_ms = i % 2 ? INT64_C(1735689600000) + i * 10800000 : INT64_C(-1000000000000) + i * 1800000000;
            int64_t utc_ms = zone_local_to_utc(zone, local_ms);
            int64_t expected = 0;
            if (first_instant(zone, local_ms, &expected))
                assert_int_equal(utc_ms, expected);
            else /* skipped: later on the clock, by the length of the gap */
                assert_true(utc_ms + (int64_t)zone_offset_s(zone, utc_ms) * 1000 > local_ms);
        }
        zone_close(zone);
    }
}

static void gaps_and_overlaps_follow_the_rule(void **state)
{
    (void)state;
    struct zone *zone = open_zone("America/New_York");
    static const int32_t years[] = {2024, 2060};
    static const int32_t spring[] = {10, 14};
    static const int32_t autumn[] = {3, 7};
    for (int i = 0; i < 2; i++) {
        struct civil_time skipped = {years[i], 3, spring[i], 2, 30, 0, 0};
        struct civil_time twice = {years[i], 11, autumn[i], 1, 30, 0, 0};
        int64_t gap = civil_to_ms(&skipped);
        assert_int_equal(zone_local_to_utc(zone, gap), gap + 5 * 3600000);
        int64_t overlap = civil_to_ms(&twice);
        assert_int_equal(zone_local_to_utc(zone, overlap), overlap + 4 * 3600000);
    }
    zone_close(zone);
    zone = open_zone("Asia/Shanghai");
    struct civil_text text;
    assert_int_equal(civil_parse(str("1988-07-01T12:00:00"), &text), 0);
    assert_int_equal(civil_to_ms(&text.time) - zone_instant(zone, &text), 9 * 3600000);
    assert_int_equal(civil_parse(str("2025-07-01"), &text), 0);
    assert_int_equal(civil_to_ms(&text.time) - zone_instant(zone, &text), 8 * 3600000);
    assert_int_equal(civil_parse(str("2025-07-01T00:00:00-01:30"), &text), 0);
    assert_int_equal(civil_to_ms(&text.time) - zone_instant(zone, &text), -5400000);
    zone_close(zone);
}

static void names_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "../etc/passwd",
                                        "/etc/passwd",
                                        "Asia/Nowhere",
                                        "tzdata.zi",
                                        "Asia",
                                        "Asia/Shang hai",
                                        "zone1970.tab",
                                        "-x",
                                        "Abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct zone *zone = (struct zone *)&i;
        weisu_err err = {.code = WEISU_OK};
        weisu_code code = zone_open(&zone, names[i], NULL, &err);
        assert_true(code == WEISU_ECONFIG || code == WEISU_EIO);
        assert_int_equal(err.code, code);
        assert_null(zone);
        assert_true(err.text[0] != 0);
    }
}

static size_t read_zone_file(const char *path, char *bytes, size_t capacity)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return 0;
    size_t size = fread(bytes, 1, capacity, in);
    fclose(in);
    return size;
}

static void damaged_files_are_refused_or_harmless(void **state)
{
    (void)state;
    static char bytes[4096];
    size_t size = read_zone_file("/usr/share/zoneinfo/America/New_York", bytes, sizeof bytes);
    assert_true(size > 100 && size < sizeof bytes);
    struct zone *zone;
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(zone_open_bytes(&zone, "X", (weisu_str){bytes, cut}, NULL, NULL), WEISU_ECONFIG);
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t draw = hash_mix(i);
        size_t at = draw % (size ? size : 1);
        char was = bytes[at];
        bytes[at] = (char)(draw >> 32);
        if (zone_open_bytes(&zone, "X", (weisu_str){bytes, size}, NULL, NULL) == WEISU_OK) {
            for (int64_t ms = INT64_C(-10000000000000000); ms < INT64_C(10000000000000000); ms += 999999999999999) {
                assert_in_range(zone_offset_s(zone, ms) + 200000, 100000, 300000);
                zone_local_to_utc(zone, ms);
            }
            zone_close(zone);
        }
        bytes[at] = was;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_agree_with_the_c_library),
        cmocka_unit_test(milliseconds_come_back),
        cmocka_unit_test(texts_are_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(loose_texts_are_read),
        cmocka_unit_test(formatting_and_reading_invert),
        cmocka_unit_test(offsets_agree_with_the_c_library),
        cmocka_unit_test(local_times_mean_the_first_instant),
        cmocka_unit_test(gaps_and_overlaps_follow_the_rule),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(damaged_files_are_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
