/* The JSON writer and the log that goes through a callback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "base/json_writer.h"
#include "base/message_log.h"

static struct byte_buffer buffer;
static struct json_writer w;

static int set_up(void **state)
{
    (void)state;
    byte_buffer_init(&buffer, NULL);
    json_writer_init(&w, &buffer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    byte_buffer_dispose(&buffer);
    return 0;
}

static void assert_written(const char *expected)
{
    assert_int_equal(buffer.failed, 0);
    assert_int_equal(buffer.size, strlen(expected));
    assert_memory_equal(buffer.data, expected, buffer.size);
    byte_buffer_reset(&buffer);
    json_writer_init(&w, &buffer);
}

static void containers_nest(void **state)
{
    (void)state;
    json_begin_object(&w);
    json_key(&w, "a");
    json_begin_array(&w);
    json_int(&w, -1);
    json_begin_array(&w);
    json_end_array(&w);
    json_begin_object(&w);
    json_end_object(&w);
    json_uint(&w, UINT64_MAX);
    json_end_array(&w);
    json_key(&w, "b");
    json_null(&w);
    json_key_string(&w, (weisu_str){"c\"", 2});
    json_bool(&w, 1);
    json_key(&w, "d");
    json_raw(&w, (weisu_str){"[1]", 3});
    json_end_object(&w);
    json_end_line(&w);
    json_bool(&w, 0);
    json_end_line(&w);
    assert_written("{\"a\":[-1,[],{},18446744073709551615],\"b\":null,\"c\\\"\":true,\"d\":[1]}\nfalse\n");
}

static void depth_reaches_the_cap(void **state)
{
    (void)state;
    for (int i = 0; i < JSON_WRITER_DEPTH; i++)
        json_begin_array(&w);
    json_int(&w, 1);
    json_int(&w, 2);
    for (int i = 0; i < JSON_WRITER_DEPTH; i++)
        json_end_array(&w);
    assert_int_equal(buffer.size, 2 * JSON_WRITER_DEPTH + 3);
    assert_memory_equal(buffer.data + JSON_WRITER_DEPTH - 1, "[1,2]", 5);
}

static void write_string(const char *text, size_t size)
{
    json_string(&w, (weisu_str){text, size});
}

static void strings_are_escaped(void **state)
{
    (void)state;
    json_text(&w, "停水 \"\\/\b\f\n\r\t\x01\x1f\x7f");
    assert_written("\"停水 \\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    write_string("a\0b", 3);
    assert_written("\"a\\u0000b\"");
    json_text(&w, "\xe2\x80\xa8|\xe2\x80\xa9|\xe2\x80\xa7");
    assert_written("\"\\u2028|\\u2029|\xe2\x80\xa7\"");
    json_text(&w, "😀é");
    assert_written("\"😀é\"");
    json_text(&w, "x\xff停\xe5\x81y\xed\xa0\x80");
    assert_written("\"x\xef\xbf\xbd停\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    write_string(NULL, 0);
    assert_written("\"\"");
    write_string("停水\xe5", 7);
    assert_written("\"停水\xef\xbf\xbd\"");
}

static void numbers_are_exact(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        unsigned decimals;
        const char *text;
    } rows[] = {
        {0, 0, "0"},
        {0, 3, "0"},
        {12340, 3, "12.34"},
        {12000, 3, "12"},
        {-5, 3, "-0.005"},
        {-1500, 3, "-1.5"},
        {999, 3, "0.999"},
        {INT64_MAX, 0, "9223372036854775807"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MIN, 18, "-9.223372036854775808"},
        {1, 18, "0.000000000000000001"},
        {1163974280, 7, "116.397428"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_fixed(&w, rows[i].value, rows[i].decimals);
        assert_written(rows[i].text);
    }
    json_time(&w, 1561943103000, 28800);
    assert_written("\"2019-07-01T09:05:03+08:00\"");
}

static void *refuse(void *context, size_t size)
{
    (void)context;
    (void)size;
    return NULL;
}

static void *refuse_resize(void *context, void *old, size_t old_size, size_t size)
{
    (void)old;
    (void)old_size;
    return refuse(context, size);
}

static void release_nothing(void *context, void *old, size_t size)
{
    (void)context;
    (void)size;
    assert_null(old);
}

static void no_memory_is_remembered(void **state)
{
    (void)state;
    const weisu_allocator none = {NULL, refuse, refuse_resize, release_nothing};
    struct byte_buffer empty;
    struct json_writer writer;
    byte_buffer_init(&empty, &none);
    json_writer_init(&writer, &empty);
    json_begin_object(&writer);
    json_key(&writer, "a");
    json_text(&writer, "停水\n");
    json_end_object(&writer);
    json_end_line(&writer);
    assert_int_equal(empty.failed, 1);
    assert_int_equal(empty.size, 0);
    byte_buffer_dispose(&empty);
}

struct heard {
    enum message_level level;
    char part[16];
    char text[2048];
    int count;
};

static void hear(void *context, enum message_level level, const char *part, const char *text)
{
    struct heard *heard = context;
    heard->level = level;
    heard->count++;
    snprintf(heard->part, sizeof heard->part, "%s", part);
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

static void messages_are_one_line_above_the_least_level(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct message_log log = {&heard, MESSAGE_INFO, hear};
    message_log_write(&log, MESSAGE_DEBUG, "store", "unheard");
    message_log_write(NULL, MESSAGE_ERROR, "store", "unheard");
    assert_int_equal(heard.count, 0);
    message_log_write(&log, MESSAGE_WARNING, "store", "two\nlines, %d", 7);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.level, MESSAGE_WARNING);
    assert_string_equal(heard.part, "store");
    assert_string_equal(heard.text, "two lines, 7");
    assert_string_equal(message_level_name(MESSAGE_WARNING), "warning");

    char many[3001] = {0};
    for (size_t i = 0; i < 1000; i++)
        memcpy(many + 3 * i, "停", 3);
    for (int shift = 0; shift < 3; shift++) {
        message_log_write(&log, MESSAGE_INFO, "x", "%.*s%s", shift, "ab", many);
        size_t size = strlen(heard.text);
        assert_in_range(size, 1020, 1023);
        assert_memory_equal(heard.text + size - 3, "停", 3);
    }
}

static void errors_name_their_place(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct message_log log = {&heard, MESSAGE_DEBUG, hear};
    weisu_err err;
    failure(&err, WEISU_ETIME, "month %d", 13);
    message_log_error(&log, MESSAGE_ERROR, "io", &err);
    assert_string_equal(heard.text, "bad_time: month 13");
    failure_at(&err, "a.jsonl", 7);
    message_log_error(&log, MESSAGE_ERROR, "io", &err);
    assert_string_equal(heard.text, "a.jsonl:7: bad_time: month 13");
    failure_at(&err, "a.jsonl", 0);
    message_log_error(&log, MESSAGE_ERROR, "io", &err);
    assert_string_equal(heard.text, "a.jsonl: bad_time: month 13");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(containers_nest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_reaches_the_cap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_are_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_exact, set_up, tear_down),
        cmocka_unit_test(no_memory_is_remembered),
        cmocka_unit_test(messages_are_one_line_above_the_least_level),
        cmocka_unit_test(errors_name_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
