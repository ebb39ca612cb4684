/* Output files: whole or not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/out_file.h"

static char folder[64];
static char path[128];
static char part[136];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/weisu_out_file_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a.tsv", folder);
    snprintf(part, sizeof part, "%s.part", path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    unlink(part);
    return rmdir(folder);
}

static struct out_file *open_file(enum out_file_mode mode)
{
    struct out_file *file;
    assert_int_equal(out_file_open(&file, path, mode, NULL, NULL), WEISU_OK);
    return file;
}

static void assert_content(const char *name, const char *expected)
{
    char bytes[256] = {0};
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    size_t size = fread(bytes, 1, sizeof bytes - 1, in);
    fclose(in);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(bytes, expected);
}

static void a_commit_puts_the_file_there(void **state)
{
    (void)state;
    struct out_file *file = open_file(OUT_FILE_REPLACE);
    byte_buffer_append_text(out_file_buffer(file), "one\n");
    assert_int_equal(out_file_end_record(file), WEISU_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(out_file_size(file), 4);
    assert_int_equal(out_file_commit(file, NULL), WEISU_OK);
    assert_content(path, "one\n");
    assert_int_equal(access(part, F_OK), -1);
}

static void a_discard_keeps_the_old_file(void **state)
{
    (void)state;
    a_commit_puts_the_file_there(state);
    struct out_file *file = open_file(OUT_FILE_REPLACE);
    byte_buffer_append_text(out_file_buffer(file), "two\n");
    assert_int_equal(out_file_flush(file, NULL), WEISU_OK);
    assert_content(part, "two\n");
    out_file_discard(file);
    assert_content(path, "one\n");
    assert_int_equal(access(part, F_OK), -1);
    out_file_discard(NULL);
}

static void appending_adds(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct out_file *file = open_file(OUT_FILE_APPEND);
        byte_buffer_append_text(out_file_buffer(file), "x\n");
        assert_int_equal(out_file_flush(file, NULL), WEISU_OK);
        byte_buffer_append_text(out_file_buffer(file), "lost\n");
        out_file_discard(file);
    }
    struct out_file *file = open_file(OUT_FILE_APPEND);
    byte_buffer_append_text(out_file_buffer(file), "y\n");
    assert_int_equal(out_file_commit(file, NULL), WEISU_OK);
    assert_content(path, "x\nx\ny\n");
}

static void large_files_are_written_in_parts(void **state)
{
    (void)state;
    struct out_file *file = open_file(OUT_FILE_REPLACE);
    for (int i = 0; i < 300000; i++) {
        byte_buffer_append_text(out_file_buffer(file), "0123456789\n");
        assert_int_equal(out_file_end_record(file), WEISU_OK);
        assert_true(out_file_buffer(file)->size < 300 * 1024);
    }
    assert_int_equal(out_file_commit(file, NULL), WEISU_OK);
    struct stat stat_of;
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_size, 3300000);
}

static void a_missing_folder_is_named(void **state)
{
    (void)state;
    struct out_file *file = (struct out_file *)folder;
    weisu_err err;
    assert_int_equal(out_file_open(&file, "/nowhere/at/all/a.tsv", OUT_FILE_REPLACE, NULL, &err), WEISU_EIO);
    assert_null(file);
    assert_non_null(strstr(err.text, "/nowhere/at/all/a.tsv: No such file"));
    assert_string_equal(err.file, "/nowhere/at/all/a.tsv");
}

/* Sets how large files may grow; the write beyond fails with EFBIG, as a full disk does with ENOSPC. */
static void limit_file_size(rlim_t most)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_is_remembered(void **state)
{
    (void)state;
    a_commit_puts_the_file_there(state);
    signal(SIGXFSZ, SIG_IGN);
    limit_file_size(100);
    struct out_file *file = open_file(OUT_FILE_REPLACE);
    weisu_err err;
    for (int i = 0; i < 50; i++)
        byte_buffer_append_text(out_file_buffer(file), "12345678\n");
    assert_int_equal(out_file_flush(file, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "a.tsv: File too large"));
    byte_buffer_append_text(out_file_buffer(file), "more\n");
    assert_int_equal(out_file_end_record(file), WEISU_EIO);
    assert_int_equal(out_file_commit(file, &err), WEISU_EIO);
    limit_file_size(RLIM_INFINITY);
    assert_content(path, "one\n");
    assert_int_equal(access(part, F_OK), -1);
}

static void a_full_disk_leaves_whole_records(void **state)
{
    (void)state;
    struct out_file *file = open_file(OUT_FILE_APPEND);
    byte_buffer_append_text(out_file_buffer(file), "whole\n");
    assert_int_equal(out_file_flush(file, NULL), WEISU_OK);
    signal(SIGXFSZ, SIG_IGN);
    limit_file_size(10);
    byte_buffer_append_text(out_file_buffer(file), "too long for the disk\n");
    assert_int_equal(out_file_flush(file, NULL), WEISU_EIO);
    assert_content(path, "whole\n");
    limit_file_size(RLIM_INFINITY);
    byte_buffer_append_text(out_file_buffer(file), "room again\n");
    assert_int_equal(out_file_commit(file, NULL), WEISU_OK);
    assert_content(path, "whole\nroom again\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_puts_the_file_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_discard_keeps_the_old_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(appending_adds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_files_are_written_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_folder_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_is_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_whole_records, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
