/* Input files, and the lines and rows in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "io/line_reader.h"

static char folder[64];
static char path[128];
static struct input_file *file;
static struct line_reader *reader;
static struct record_line line;
static weisu_err err;
static int more;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/weisu_line_reader_XXXXXX");
    file = NULL;
    reader = NULL;
    path[0] = 0;
    return mkdtemp(folder) ? 0 : -1;
}

static void close_all(void)
{
    line_reader_free(reader);
    input_file_close(file);
    reader = NULL;
    file = NULL;
    if (path[0])
        unlink(path);
}

static int tear_down(void **state)
{
    (void)state;
    close_all();
    return rmdir(folder);
}

static void open_with(const char *name, const char *bytes, size_t size)
{
    close_all();
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(input_file_open(&file, path, NULL, &err), WEISU_OK);
    assert_int_equal(line_reader_new(&reader, file, NULL, &err), WEISU_OK);
}

static void open_text(const char *name, const char *text)
{
    open_with(name, text, strlen(text));
}

static void expect(const char *text, uint64_t number)
{
    assert_int_equal(line_reader_next(reader, &line, &more, &err), WEISU_OK);
    assert_int_equal(more, 1);
    assert_int_equal(line.size, strlen(text));
    assert_memory_equal(line.data, text, line.size);
    assert_int_equal(line.number, number);
}

static void expect_end(void)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(line_reader_next(reader, &line, &more, &err), WEISU_OK);
        assert_int_equal(more, 0);
    }
}

static void expect_refused(weisu_code code, uint64_t number)
{
    assert_int_equal(line_reader_next(reader, &line, &more, &err), code);
    assert_int_equal(line.number, number);
    assert_int_equal(err.line, number);
    assert_string_equal(err.file, path);
}

static void lines_are_numbered(void **state)
{
    (void)state;
    open_text("a.jsonl", "\xef\xbb\xbfone\r\n\n  \t\r\ntwo\nthree");
    expect("one", 1);
    expect("two", 4);
    expect("three", 5);
    expect_end();
    assert_int_equal(line_reader_rewind(reader, NULL), WEISU_OK);
    expect("one", 1);
    open_text("b.jsonl", "");
    expect_end();
    open_text("c.jsonl", "\xef");
    expect("\xef", 1);
    expect_end();
    open_text("d.jsonl", "\n\n\n");
    expect_end();
}

static void rows_reach_over_lines(void **state)
{
    (void)state;
    open_text("a.csv", "id,text\r\n1,\"a\nb\r\nc\"\r\n,\n2,x\"y\n3,\"\"\"\"");
    expect("id,text", 1);
    assert_int_equal(line_reader_delimiter(reader), ',');
    expect("1,\"a\nb\r\nc\"", 2);
    expect("2,x\"y", 6);
    expect("3,\"\"\"\"", 7);
    expect_end();
    open_text("b.csv", "id;text\n1;\"a\n\"\n");
    expect("id;text", 1);
    assert_int_equal(line_reader_delimiter(reader), ';');
    expect("1;\"a\n\"", 2);
    expect_end();
    open_text("c.tsv", "id,x\ttext\n1\t\"a\n\"\n");
    expect("id,x\ttext", 1);
    expect("1\t\"a\n\"", 2);
    expect_end();
    open_text("d.csv", "id,text");
    expect("id,text", 1);
    expect_end();
}

static void returns_alone_end_rows_of_a_table(void **state)
{
    (void)state;
    weisu_str sample;
    open_text("a.csv", "id,text\r1,\"a\rb\"\r\r2,c");
    for (int round = 0; round < 2; round++) {
        assert_int_equal(line_reader_sample(reader, &sample, &err), WEISU_OK);
        expect("id,text", 1);
        expect("1,\"a\nb\"", 2);
        expect("2,c", 5);
        expect_end();
        assert_int_equal(line_reader_rewind(reader, NULL), WEISU_OK);
    }
    open_text("b.csv", "id,text\r\n1,a\rb\r\n");
    assert_int_equal(line_reader_sample(reader, &sample, &err), WEISU_OK);
    expect("id,text", 1);
    expect("1,a\rb", 2);
    expect_end();
}

static void an_open_quote_costs_one_line(void **state)
{
    (void)state;
    open_text("a.csv", "id,text\n1,\"open\n2,b\n3,c\n");
    expect("id,text", 1);
    expect_refused(WEISU_ESYNTAX, 2);
    assert_int_equal(line.size, 7);
    assert_memory_equal(line.data, "1,\"open", 7);
    expect("2,b", 3);
    expect("3,c", 4);
    expect_end();
}

static void long_lines_are_refused_and_passed_over(void **state)
{
    (void)state;
    size_t limit = RECORD_LINE_BYTES;
    size_t sizes[] = {limit, limit + 1, limit + 3, 3 * limit + 7};
    for (size_t i = 0; i < 4; i++) {
        for (int is_table = 0; is_table < 2; is_table++) {
            char *bytes = malloc(sizes[i] + 16);
            assert_non_null(bytes);
            memset(bytes, 'x', sizes[i] + 16);
            memcpy(bytes, "id\n", 3);
            memcpy(bytes + 3 + sizes[i], "\r\nnext\n", 7);
            open_with(is_table ? "a.csv" : "a.jsonl", bytes, sizes[i] + 10);
            free(bytes);
            expect("id", 1);
            if (sizes[i] <= limit) {
                assert_int_equal(line_reader_next(reader, &line, &more, &err), WEISU_OK);
                assert_int_equal(line.size, limit);
            } else {
                expect_refused(WEISU_ETOOLONG, 2);
                assert_true(line.size >= 4096 && line.size <= 8192);
                assert_memory_equal(line.data, "xxxx", 4);
            }
            expect("next", 3);
            expect_end();
        }
    }
}

static void a_quote_open_for_too_long_costs_one_line(void **state)
{
    (void)state;
    size_t size = 3u * RECORD_LINE_BYTES;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = i % 64 == 63 ? '\n' : 'x';
    memcpy(bytes, "id,text", 7);
    memcpy(bytes + 64, "1,\"", 3);
    open_with("a.csv", bytes, size);
    free(bytes);
    assert_int_equal(line_reader_next(reader, &line, &more, &err), WEISU_OK);
    expect_refused(WEISU_ESYNTAX, 2);
    assert_int_equal(line.size, 63);
    uint64_t rows = 2;
    while (line_reader_next(reader, &line, &more, &err) == WEISU_OK && more)
        assert_int_equal(line.number, ++rows);
    assert_int_equal(rows, size / 64);
}

/* Lines of all lengths around the sizes of the buffer come out as they went in. */
static void many_lines_come_back(void **state)
{
    (void)state;
    size_t capacity = 8u << 20;
    char *bytes = malloc(capacity);
    assert_non_null(bytes);
    size_t size = 0;
    uint64_t draw = 1;
    while (size + 700000 < capacity) {
        draw = hash_mix(draw + 1);
        size_t length = 1 + draw % ((draw >> 32) % 16 ? 900 : 600000);
        memset(bytes + size, 'a' + (int)(draw >> 40) % 26, length);
        size += length;
        bytes[size++] = '\n';
    }
    open_with("a.jsonl", bytes, size);
    assert_int_equal(input_file_size(file), size);
    size_t at = 0;
    for (uint64_t number = 1; line_reader_next(reader, &line, &more, &err) == WEISU_OK && more; number++) {
        assert_int_equal(line.number, number);
        assert_memory_equal(line.data, bytes + at, line.size);
        assert_int_equal(bytes[at + line.size], '\n');
        at += line.size + 1;
    }
    assert_int_equal(at, size);
    assert_int_equal(input_file_position(file), size);
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_are_numbered),
        TEST(rows_reach_over_lines),
        TEST(returns_alone_end_rows_of_a_table),
        TEST(an_open_quote_costs_one_line),
        TEST(long_lines_are_refused_and_passed_over),
        TEST(a_quote_open_for_too_long_costs_one_line),
        TEST(many_lines_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
