/* Each allocation of the service's parts fails once: the error is WEISU_ENOMEM, nothing leaks, and what was there
 * before still works. Leaks are seen by the balance of the allocator and, in the asan preset, by LeakSanitizer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "budget_allocator.h"
#include "pipeline/intake.h"
#include "pipeline/outcome_batch.h"
#include "pipeline/snapshot.h"
#include "store/store.h"

/* Runs `step` with 0, 1, 2, … allocations until it needs no more; it returns whether memory was enough. */
static void fail_each(int (*step)(const weisu_allocator *allocator, void *argument), void *argument)
{
    enum { MOST = 5000 };
    for (size_t allocations = 0; allocations < MOST; allocations++) {
        struct budget budget = {allocations, 0};
        weisu_allocator allocator = budget_allocator(&budget);
        int was_enough = step(&allocator, argument);
        assert_int_equal(budget.balance, 0);
        if (was_enough) {
            assert_true(allocations > 0);
            return;
        }
    }
    fail_msg("%d allocations were not enough", MOST);
}

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* ---- pipeline ---- */

static int make_intake(const weisu_allocator *allocator, void *argument)
{
    (void)argument;
    struct intake intake;
    struct intake_setup setup = {.batches = 3, .allocator = allocator};
    weisu_err err;
    weisu_code code = intake_init(&intake, &setup, &err);
    if (code) {
        assert_int_equal(code, WEISU_ENOMEM);
        return 0;
    }
    struct intake_batch *batch = intake_open(&intake);
    int was_enough = arena_copy(&batch->arena, str("a line")).data != NULL;
    intake_dispose(&intake);
    return was_enough;
}

static int fill_outcome(const weisu_allocator *allocator, void *argument)
{
    (void)argument;
    struct outcome_batch batch;
    outcome_batch_init(&batch, allocator);
    struct outcome_change change = {.number = 1, .json = str("{}")};
    struct state_row row = {1, 2, "bytes", 5};
    for (uint64_t i = 0; i < 100; i++) {
        outcome_add_assignment(&batch, i, str("id"), "cabc", 3);
        outcome_add_link(&batch, i, str("id"), str("earlier"), 500);
        outcome_add_change(&batch, &change);
        weisu_code code = outcome_put_row(&batch, &row, NULL);
        assert_true(code == WEISU_OK || (code == WEISU_ENOMEM && batch.failed));
    }
    int was_enough = !batch.failed;
    assert_true(!was_enough || (batch.assignment_count == 100 && batch.link_count == 100 && batch.change_count == 100 &&
                                batch.row_count == 100));
    outcome_batch_reset(&batch);
    assert_true(outcome_batch_is_empty(&batch) && !batch.failed);
    outcome_batch_dispose(&batch);
    return was_enough;
}

static int make_snapshot(const weisu_allocator *allocator, void *argument)
{
    (void)argument;
    struct snapshot_item *item = snapshot_item_new(allocator, "a1", str("{}"));
    struct snapshot *snapshot = item ? snapshot_new(allocator, 2, 1, 0) : NULL;
    if (snapshot) {
        snapshot->changes[0] = snapshot_item_ref(item);
        snapshot->live[0] = snapshot_item_ref(item);
    }
    int was_enough = snapshot != NULL;
    snapshot_item_unref(allocator, item);
    snapshot_unref(snapshot);
    return was_enough;
}

static void parts_of_the_pipeline_survive_refused_memory(void **state)
{
    (void)state;
    fail_each(make_intake, NULL);
    fail_each(fill_outcome, NULL);
    fail_each(make_snapshot, NULL);
}

/* ---- store ---- */

static weisu_code take_entries(void *context, const struct log_entry *entries, size_t count, weisu_err *err)
{
    (void)entries;
    (void)err;
    *(size_t *)context += count;
    return WEISU_OK;
}

static weisu_code take_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return WEISU_OK;
}

enum { ROWS = 300 };

static weisu_code write_some(struct store *store, weisu_err *err)
{
    struct store_position position;
    weisu_code code = store_position(store, &position, err);
    if (!code)
        code = store_begin(store, err);
    struct log_entry entry = {.sequence = position.last + 1, .kind = LOG_RECORD};
    entry.record =
        (weisu_record){.id = str("id"), .text = str("text"), .closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
    if (!code)
        code = store_append(store, &entry, err);
    for (uint64_t key = 0; key < ROWS && !code; key++) {
        struct state_row row = {STATE_CELL, key, "bytes of a row", 14};
        code = store_put_state(store, &row, err);
    }
    if (!code)
        code = store_put_applied(store, position.last + 1, err);
    if (!code)
        code = store_commit(store, err);
    if (code)
        store_rollback(store);
    return code;
}

static weisu_code tidy_some(struct store *store, weisu_err *err)
{
    int more;
    weisu_code code = store_begin(store, err);
    if (!code)
        code = store_tidy(store, 1 << 20, &more, err);
    if (!code)
        code = store_commit(store, err);
    if (code)
        store_rollback(store);
    return code;
}

/* *is_whole: everything that was written came back. */
static weisu_code read_back(struct store *store, int *is_whole, weisu_err *err)
{
    size_t entries = 0;
    size_t rows = 0;
    struct state_sink sink = {.context = &rows, .put = take_row};
    weisu_code code = store_replay(store, 1, take_entries, &entries, err);
    if (!code)
        code = store_state(store, &sink, err);
    *is_whole = entries > 0 && rows == ROWS;
    return code;
}

/* A writer that adds an entry and a checkpoint, merges, and reads everything back. */
static weisu_code use_store(const char *folder, const weisu_allocator *allocator)
{
    struct store *store;
    weisu_err err;
    int is_whole = 0;
    weisu_code code = store_open(&store, folder, STORE_WRITE, allocator, &err);
    if (!code)
        code = write_some(store, &err);
    if (!code)
        code = tidy_some(store, &err);
    if (!code)
        code = read_back(store, &is_whole, &err);
    store_close(store);
    assert_true(code == WEISU_OK || code == WEISU_ENOMEM);
    assert_true(code || is_whole);
    return code;
}

/* ---- folders ---- */

struct bench {
    char root[40];
    char model[64];  /* a store from which each attempt starts */
    char folder[64]; /* the attempt's own */
};

/* `act` for the path of each file in a folder. */
static void for_each_file(const char *folder,
                          void (*act)(const char *path, const char *name, const struct bench *bench),
                          const struct bench *bench)
{
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            act(path, entry->d_name, bench);
    }
    if (list)
        closedir(list);
}

static void remove_file(const char *path, const char *name, const struct bench *bench)
{
    (void)name;
    (void)bench;
    unlink(path);
}

static void copy_file(const char *path, const char *name, const struct bench *bench)
{
    static char bytes[1 << 20];
    char copy[400];
    snprintf(copy, sizeof copy, "%s/%s", bench->folder, name);
    FILE *from = fopen(path, "rb");
    FILE *into = fopen(copy, "wb");
    assert_true(from && into);
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, from)) > 0;)
        assert_int_equal(fwrite(bytes, 1, size, into), size);
    assert_int_equal(fclose(into), 0);
    fclose(from);
}

static void remove_folder(const char *folder, const struct bench *bench)
{
    for_each_file(folder, remove_file, bench);
    rmdir(folder);
}

/* The attempt's folder is as the model, so that an attempt that failed late leaves nothing to the next one. */
static int use_copy(const weisu_allocator *allocator, void *argument)
{
    const struct bench *bench = argument;
    remove_folder(bench->folder, bench);
    assert_int_equal(mkdir(bench->folder, 0700), 0);
    for_each_file(bench->model, copy_file, bench);
    weisu_code code = use_store(bench->folder, allocator);
    assert_int_equal(use_store(bench->folder, NULL), WEISU_OK); /* whatever failed, the store still works */
    return code == WEISU_OK;
}

static int set_up(void **state)
{
    static struct bench bench;
    umask(077); /* a copy of the key is as private as the key */
    snprintf(bench.root, sizeof bench.root, "/tmp/weisu-test-memory-XXXXXX");
    if (!mkdtemp(bench.root))
        return -1;
    snprintf(bench.model, sizeof bench.model, "%s/model", bench.root);
    snprintf(bench.folder, sizeof bench.folder, "%s/data", bench.root);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    remove_folder(bench->model, bench);
    remove_folder(bench->folder, bench);
    return rmdir(bench->root);
}

static void a_new_store_survives_refused_memory(void **state)
{
    fail_each(use_copy, *state);
}

static void a_store_with_runs_survives_refused_memory(void **state)
{
    struct bench *bench = *state;
    for (int more = 0; more < 7; more++) /* the next one has enough runs for a merge, which allocates too */
        assert_int_equal(use_store(bench->model, NULL), WEISU_OK);
    fail_each(use_copy, bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_the_pipeline_survive_refused_memory),
        cmocka_unit_test(a_new_store_survives_refused_memory),
        cmocka_unit_test(a_store_with_runs_survives_refused_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
