/* Input files: formats and encodings by content, packed files, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/hash.h"
#include "io/input_file.h"

static char folder[64];
static char path[128];
static struct input_file *file;
static weisu_err err;
static char text[1 << 20];
static size_t text_size;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/weisu_input_file_XXXXXX");
    file = NULL;
    path[0] = 0;
    return mkdtemp(folder) ? 0 : -1;
}

static void close_all(void)
{
    input_file_close(file);
    file = NULL;
    if (path[0])
        unlink(path);
    path[0] = 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_all();
    return rmdir(folder);
}

static weisu_code open_with(const char *name, const void *bytes, size_t size)
{
    close_all();
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    return input_file_open(&file, path, NULL, &err);
}

/* All of the file into `text`, in pieces of `step`. */
static weisu_code read_all(size_t step)
{
    size_t got = 1;
    weisu_code code = WEISU_OK;
    text_size = 0;
    while (!code && got && text_size + step <= sizeof text) {
        code = input_file_read(file, text + text_size, step, &got, &err);
        text_size += code ? 0 : got;
    }
    return code;
}

static void assert_reads(const char *expected)
{
    static const size_t steps[] = {4, 7, 4096};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_int_equal(read_all(steps[i]), WEISU_OK);
        assert_int_equal(text_size, strlen(expected));
        assert_memory_equal(text, expected, text_size);
        assert_int_equal(input_file_rewind(file, &err), WEISU_OK);
    }
}

static size_t gzip(const void *bytes, size_t size, void *out, size_t capacity)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)capacity;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    return capacity - z.avail_out;
}

/* ---- formats ---- */

static void names_and_content_give_the_format(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *bytes;
        enum input_format format;
    } rows[] = {
        {"a.jsonl", "x", INPUT_JSON_LINES},
        {"a.NDJSON", "x", INPUT_JSON_LINES},
        {"a.json", "x", INPUT_JSON_LINES},
        {"a.csv", "x", INPUT_CSV},
        {"a.b.CSV", "x", INPUT_CSV},
        {"a.tsv", "x", INPUT_TSV},
        {"a.csv", " \n{\"a\"", INPUT_JSON_LINES},
        {"a.txt", "a,b\n", INPUT_CSV},
        {"a", "a;b\n", INPUT_CSV},
        {"a.dat", "a\tb", INPUT_CSV},
        {"a", "{}", INPUT_JSON_LINES},
        {"a.xls", "a\tb", INPUT_CSV},
        {"a.csv", "PK\3\4....", INPUT_XLSX},
        {"a.xlsx", "PK\3\4", INPUT_XLSX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (open_with(rows[i].name, rows[i].bytes, strlen(rows[i].bytes)))
            fail_msg("%s: %s", rows[i].name, err.text);
        assert_int_equal(input_file_format(file), rows[i].format);
        assert_string_equal(input_file_name(file), path);
    }
    assert_int_equal(open_with("a.bin", "x\nb,c", 5), WEISU_ECONFIG);
    assert_non_null(strstr(err.text, ".jsonl"));
}

static void what_is_not_read_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *bytes;
        const char *sentence;
    } rows[] = {
        {"a.csv", "%PDF-1.4", "PDF"},
        {"a.csv", "Rar!x", "RAR"},
        {"a.xls", "\r\n<HTML><table>", "另存为 .xlsx"},
        {"a.xls", "<?xml version=\"1.0\"?>", "HTML"},
        {"a.json", "\xef\xbb\xbf [ {\"id\":1}]", "jq -c"},
        {"a.xlsx", "a,b", "重新导出"},
        {"a.xlsx", "", "重新导出"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(open_with(rows[i].name, rows[i].bytes, strlen(rows[i].bytes)), WEISU_ECONFIG);
        if (!strstr(err.text, rows[i].sentence))
            fail_msg("%s", err.text);
        assert_string_equal(err.file, path);
        assert_null(file);
    }
}

/* A container of two sectors: the header, and a directory that names one stream. */
static weisu_code open_ole(const char *stream)
{
    char bytes[1024] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    bytes[30] = 9;
    for (size_t i = 0; stream[i]; i++)
        bytes[512 + 128 + 2 * i] = stream[i];
    return open_with("a.xls", bytes, sizeof bytes);
}

static void old_and_protected_workbooks_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(open_ole("Workbook"), WEISU_ECONFIG);
    assert_non_null(strstr(err.text, "旧版 .xls"));
    assert_int_equal(open_ole("EncryptedPackage"), WEISU_ECONFIG);
    assert_non_null(strstr(err.text, "密码"));
    assert_int_equal(open_ole("WordDocument"), WEISU_ECONFIG);
    assert_non_null(strstr(err.text, "Word"));
    assert_int_equal(open_with("a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8), WEISU_ECONFIG);
}

static void missing_files_are_named(void **state)
{
    (void)state;
    assert_int_equal(input_file_open(&file, "/nowhere/a.csv", NULL, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "/nowhere/a.csv: No such file"));
    snprintf(path, sizeof path, "%s/d.csv", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(input_file_open(&file, path, NULL, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "Is a directory"));
    assert_int_equal(rmdir(path), 0);
    path[0] = 0;
}

/* ---- encodings ---- */

static void encodings_are_recognised(void **state)
{
    (void)state;
    static const char gb[] = "id,\xcd\xa3\xcb\xae\xc8\xfd\xcc\xec\xc1\xcb\n";
    static const char late_gb[] = "id,text,abcdefgh\n1,2,3\n4,\xcd\xa3\xcb\xae,5\n";
    static const char four[] = "a,\xcd\xa3\x81\x39\xee\x39\xcb\xae\xcb\xae";
    static const char le[] = "\xff\xfe"
                             "a\0,\0\x5c\x50\x34\x6c\n\0";
    static const char le_without_mark[] = "i\0d\0,\0\x5c\x50\x34\x6c\n\0";
    static const char be[] = "\xfe\xff\0a\0,\x50\x5c\x6c\x34\0\n";
    static const struct {
        const char *bytes;
        size_t size;
        enum text_encoding encoding;
        const char *expected;
    } rows[] = {
        {gb, sizeof gb - 1, ENCODING_GB18030, "id,停水三天了\n"},
        {late_gb, sizeof late_gb - 1, ENCODING_GB18030, "id,text,abcdefgh\n1,2,3\n4,停水,5\n"},
        {four, sizeof four - 1, ENCODING_GB18030, "a,停\xe3\x90\x80水水"},
        {le, sizeof le - 1, ENCODING_UTF16LE, "a,停水\n"},
        {le_without_mark, sizeof le_without_mark - 1, ENCODING_UTF16LE, "id,停水\n"},
        {be, sizeof be - 1, ENCODING_UTF16BE, "a,停水\n"},
        {"a,停水", 8, ENCODING_UTF8, "a,停水"},
        {"\xef\xbb\xbf"
         "a,b",
         6, ENCODING_UTF8,
         "\xef\xbb\xbf"
         "a,b"},
        {"a,b", 3, ENCODING_ASCII, "a,b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(open_with("a.csv", rows[i].bytes, rows[i].size), WEISU_OK);
        assert_int_equal(read_all(4096), WEISU_OK);
        assert_int_equal(input_file_encoding(file), rows[i].encoding);
        assert_int_equal(input_file_rewind(file, &err), WEISU_OK);
        assert_reads(rows[i].expected);
    }
}

static void one_bad_byte_does_not_change_the_encoding(void **state)
{
    (void)state;
    char bytes[4000];
    size_t size = 0;
    while (size < 3000)
        size += (size_t)sprintf(bytes + size, "停水三天,");
    bytes[size++] = (char)0xff;
    bytes[size++] = 0;
    assert_int_equal(open_with("a.csv", bytes, size - 1), WEISU_OK);
    assert_reads(bytes);
    size = 0;
    while (size < 3000)
        size += (size_t)sprintf(bytes + size, "\xcd\xa3\xcb\xae,");
    memcpy(bytes + size, "\xff,\xcd", 3);
    assert_int_equal(open_with("a.csv", bytes, size + 3), WEISU_OK);
    assert_int_equal(read_all(4096), WEISU_OK);
    assert_memory_equal(text + text_size - 4, ",\xff,\xff", 4);
}

static void other_encodings_are_refused(void **state)
{
    (void)state;
    /* Big5: 停水三天了,請派人修理水管 and so on. */
    static const char big5[] = "id,\xb0\xb1\xa4\xf4\xa4\x54\xa4\xd1\xa4\x46\xbd\xd0\xac\xa3\xa4\x48\xad\xd7\xb2\x7a"
                               "\xa4\xf4\xba\xde\xa4\xa3\xa4\x51\xa4\x40\xa4\x43\xa4\xe9\n";
    static const char latin[] = "id,r\xe9sum\xe9 caf\xe9 d\xe9j\xe0 vu \xe9t\xe9 \xe9 \xe9 \xe9 \xe9 \xe9 \xe9\n";
    assert_int_equal(open_with("a.csv", big5, sizeof big5 - 1), WEISU_OK);
    assert_int_equal(read_all(4096), WEISU_EIO);
    assert_non_null(strstr(err.text, "编码无法识别"));
    assert_int_equal(open_with("a.csv", latin, sizeof latin - 1), WEISU_OK);
    assert_int_equal(read_all(4096), WEISU_EIO);
    assert_string_equal(err.file, path);
}

/* ---- packed files ---- */

static void packed_files_are_unpacked(void **state)
{
    (void)state;
    static char packed[4096];
    size_t size = gzip("id,\xcd\xa3\xcb\xae\n1,", 10, packed, sizeof packed);
    assert_int_equal(open_with("a.csv.gz", packed, size), WEISU_OK);
    assert_int_equal(input_file_format(file), INPUT_CSV);
    assert_reads("id,停水\n1,");
    size += gzip("2,3\n", 4, packed + size, sizeof packed - size);
    memset(packed + size, 0, 100);
    assert_int_equal(open_with("a.csv.gz", packed, size + 100), WEISU_OK);
    assert_reads("id,停水\n1,2,3\n");
    size = ZSTD_compress(packed, sizeof packed, "{\"id\":1}\n", 9, 3);
    size += ZSTD_compress(packed + size, sizeof packed - size, "{\"id\":2}\n", 9, 3);
    assert_int_equal(open_with("a.zst", packed, size), WEISU_OK);
    assert_int_equal(input_file_format(file), INPUT_JSON_LINES);
    assert_reads("{\"id\":1}\n{\"id\":2}\n");
}

/* A failure may show when the file is opened or later. */
static weisu_code open_and_read(const char *name, const void *bytes, size_t size)
{
    weisu_code code = open_with(name, bytes, size);
    return code ? code : read_all(4096);
}

static void truncated_and_damaged_packed_files_are_told(void **state)
{
    (void)state;
    static char plain[40000];
    static char packed[60000];
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (char)(' ' + hash_mix(i) % 90);
    size_t size = gzip(plain, sizeof plain, packed, sizeof packed);
    assert_int_equal(open_and_read("a.csv.gz", packed, size - 5), WEISU_EIO);
    assert_non_null(strstr(err.text, "被截断"));
    packed[size / 2] ^= 0x55;
    assert_int_equal(open_and_read("a.csv.gz", packed, size), WEISU_EIO);
    assert_non_null(strstr(err.text, "已损坏"));
    size = ZSTD_compress(packed, sizeof packed, plain, sizeof plain, 3);
    assert_int_equal(open_and_read("a.csv.zst", packed, size - 1), WEISU_EIO);
    assert_non_null(strstr(err.text, "被截断"));
}

static void bombs_are_stopped(void **state)
{
    (void)state;
    size_t size = (size_t)300 << 20;
    char *zeros = calloc(size, 1);
    char *packed = malloc(1 << 20);
    assert_non_null(zeros);
    assert_non_null(packed);
    size_t packed_size = ZSTD_compress(packed, 1 << 20, zeros, size, 1);
    assert_false(ZSTD_isError(packed_size));
    free(zeros);
    weisu_code code = open_with("a.csv.zst", packed, packed_size);
    free(packed);
    size_t got = 1;
    uint64_t sum = 0;
    for (; !code && got; sum += got)
        code = input_file_read(file, text, sizeof text, &got, &err);
    assert_int_equal(code, WEISU_ELIMIT);
    assert_non_null(strstr(err.text, "压缩炸弹"));
    assert_true(sum < size);
}

/* ---- pipes and positions ---- */

static void pipes_are_settled(void **state)
{
    (void)state;
    int ends[2];
    char name[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a,b\n1,2\n", 8), 8);
    close(ends[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(input_file_open_settled(&file, name, NULL, &err), WEISU_OK);
    close(ends[0]);
    assert_int_equal(input_file_size(file), 8);
    assert_reads("a,b\n1,2\n");
    close_all();
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(input_file_open(&file, "-", NULL, &err), WEISU_OK);
    input_file_close(file);
    assert_int_equal(input_file_open(&file, name, NULL, &err), WEISU_ECONFIG); /* nothing in it, and no name */
    close(ends[0]);
}

static void workbooks_are_read_by_position(void **state)
{
    (void)state;
    static char packed[4096];
    struct byte_source source;
    char bytes[8];
    size_t got;
    size_t size = gzip("PK\3\4 and more", 13, packed, sizeof packed);
    assert_int_equal(open_with("a.xlsx.gz", packed, size), WEISU_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(input_file_source(file, &source, &err), WEISU_OK);
        assert_int_equal(source.size, 13);
        assert_int_equal(source.read_at(source.context, 9, bytes, sizeof bytes, &got), WEISU_OK);
        assert_int_equal(got, 4);
        assert_memory_equal(bytes, "more", 4);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_and_content_give_the_format),
        TEST(what_is_not_read_is_told),
        TEST(old_and_protected_workbooks_are_told_apart),
        TEST(missing_files_are_named),
        TEST(encodings_are_recognised),
        TEST(one_bad_byte_does_not_change_the_encoding),
        TEST(other_encodings_are_refused),
        TEST(packed_files_are_unpacked),
        TEST(truncated_and_damaged_packed_files_are_told),
        TEST(bombs_are_stopped),
        TEST(pipes_are_settled),
        TEST(workbooks_are_read_by_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
