/* The checkpoint as sorted runs, against a plain table as the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/state_piece.h"
#include "store/store.h"

enum { KEYS = 6000, TABLES = 3 };

struct truth {
    uint32_t seen[TABLES][KEYS]; /* value that a reader must see; 0: gone */
    uint32_t put[TABLES][KEYS];  /* as put so far in the checkpoint that is being written */
};

struct bench {
    char root[64];
    char folder[80];
    struct store *store;
    struct truth truth;
    uint64_t draw;
    uint64_t applied;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench)
        return -1;
    snprintf(bench->root, sizeof bench->root, "/tmp/weisu-test-runs-XXXXXX");
    if (!mkdtemp(bench->root))
        return -1;
    snprintf(bench->folder, sizeof bench->folder, "%s/data", bench->root);
    *state = bench;
    return store_open(&bench->store, bench->folder, STORE_WRITE, NULL, NULL) ? -1 : 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    store_close(bench->store);
    DIR *folder = opendir(bench->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", bench->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(bench->folder);
    rmdir(bench->root);
    free(bench);
    return 0;
}

static uint64_t next_draw(struct bench *bench)
{
    return hash_mix(++bench->draw);
}

/* Keys over the whole range, so that their order as numbers matters. */
static uint64_t key_of(uint32_t index)
{
    return (uint64_t)index * (UINT64_MAX / KEYS);
}

/* A row's bytes follow from its value: of different lengths, some larger than a page. */
static size_t fill_value(char *bytes, uint32_t value)
{
    size_t size = 4 + value % 97 + (value % 401 == 0 ? 20000 : 0);
    memset(bytes, (int)(value & 0x7f), size);
    memcpy(bytes, &value, sizeof value);
    return size;
}

static void put(struct bench *bench, uint32_t table, uint32_t index, uint32_t value)
{
    char bytes[24000];
    size_t size = value ? fill_value(bytes, value) : 0;
    struct state_row row = {table + 1, key_of(index), bytes, size};
    assert_int_equal(store_put_state(bench->store, &row, NULL), WEISU_OK);
    bench->truth.put[table][index] = value;
}

static void begin(struct bench *bench)
{
    assert_int_equal(store_begin(bench->store, NULL), WEISU_OK);
}

static void commit(struct bench *bench)
{
    assert_int_equal(store_commit(bench->store, NULL), WEISU_OK);
}

static void make_whole(struct bench *bench)
{
    assert_int_equal(store_put_applied(bench->store, ++bench->applied, NULL), WEISU_OK);
    memcpy(bench->truth.seen, bench->truth.put, sizeof bench->truth.seen);
}

/* Some rows, a part of which is removed. */
static void put_some(struct bench *bench, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t draw = next_draw(bench);
        uint32_t value = (uint32_t)(draw >> 40) % 8 == 0 ? 0 : (uint32_t)(draw >> 32) | 1;
        put(bench, (uint32_t)(draw % TABLES), (uint32_t)((draw >> 8) % KEYS), value);
    }
}

/* ---- reading ---- */

struct reading {
    const struct truth *truth;
    struct state_row last;
    size_t count;
};

static weisu_code see_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)err;
    struct reading *reading = context;
    char bytes[24000];
    uint32_t index = (uint32_t)(row->key / (UINT64_MAX / KEYS));
    assert_true(row->table >= 1 && row->table <= TABLES && index < KEYS && key_of(index) == row->key);
    if (reading->count++)
        assert_true(state_row_compare(&reading->last, row) < 0);
    reading->last = *row;
    uint32_t value = reading->truth->seen[row->table - 1][index];
    assert_true(value != 0);
    assert_int_equal(row->size, fill_value(bytes, value));
    assert_memory_equal(row->data, bytes, row->size);
    return WEISU_OK;
}

static void assert_agrees(struct bench *bench, struct store *store)
{
    size_t expected = 0;
    for (size_t table = 0; table < TABLES; table++)
        for (size_t i = 0; i < KEYS; i++)
            expected += bench->truth.seen[table][i] != 0;
    struct reading reading = {.truth = &bench->truth};
    struct state_sink sink = {.context = &reading, .put = see_row};
    weisu_err err = {.text = ""};
    if (store_state(store, &sink, &err))
        fail_msg("%s", err.text);
    assert_int_equal(reading.count, expected);
}

static void assert_readers_agree(struct bench *bench)
{
    struct store *reader;
    assert_int_equal(store_open(&reader, bench->folder, STORE_READ, NULL, NULL), WEISU_OK);
    assert_agrees(bench, reader);
    store_close(reader);
    assert_agrees(bench, bench->store);
}

static void reopen(struct bench *bench)
{
    store_close(bench->store);
    assert_int_equal(store_open(&bench->store, bench->folder, STORE_WRITE, NULL, NULL), WEISU_OK);
    /* What was put for a checkpoint that never became whole is gone. */
    memcpy(bench->truth.put, bench->truth.seen, sizeof bench->truth.put);
}

static int tidy(struct bench *bench)
{
    int more;
    begin(bench);
    assert_int_equal(store_tidy(bench->store, 100000, &more, NULL), WEISU_OK);
    commit(bench);
    return more;
}

/* ---- tests ---- */

static void checkpoints_are_seen_when_they_are_whole(void **state)
{
    struct bench *bench = *state;
    begin(bench);
    put_some(bench, 3000);
    commit(bench);
    assert_readers_agree(bench); /* nothing yet */
    begin(bench);
    put_some(bench, 3000);
    make_whole(bench);
    commit(bench);
    assert_readers_agree(bench);
    begin(bench);
    put_some(bench, 1000);
    commit(bench);
    reopen(bench);
    assert_readers_agree(bench);
}

static void what_was_rolled_back_is_not_seen(void **state)
{
    struct bench *bench = *state;
    begin(bench);
    put_some(bench, 500);
    make_whole(bench);
    commit(bench);
    struct truth truth = bench->truth;
    begin(bench);
    put_some(bench, 20000);
    make_whole(bench);
    store_rollback(bench->store);
    bench->truth = truth;
    assert_readers_agree(bench);
    begin(bench);
    put_some(bench, 500);
    make_whole(bench);
    commit(bench);
    assert_readers_agree(bench);
}

/* Many small checkpoints with merges between, broken off at any step by a rollback or by reopening. */
static void merging_changes_nothing_that_is_seen(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < 60; round++) {
        begin(bench);
        put_some(bench, 1 + next_draw(bench) % 4000);
        make_whole(bench);
        commit(bench);
        for (uint64_t steps = next_draw(bench) % 12; steps && tidy(bench); steps--)
            ;
        if (next_draw(bench) % 6 == 0) {
            int more;
            begin(bench);
            assert_int_equal(store_tidy(bench->store, 100000, &more, NULL), WEISU_OK);
            store_rollback(bench->store);
        }
        if (next_draw(bench) % 10 == 0)
            reopen(bench);
        if (round % 7 == 0)
            assert_readers_agree(bench);
    }
    while (tidy(bench))
        ;
    assert_readers_agree(bench);
    reopen(bench);
    assert_readers_agree(bench);
}

/* A removal must outlive a merge of new runs while an older, larger run still has the row. */
static void removals_outlive_merges_of_new_runs(void **state)
{
    struct bench *bench = *state;
    begin(bench);
    for (uint32_t index = 0; index < 850; index++)
        put(bench, 2, index, 401 * (index + 1)); /* 20 KB each: 17 MB, a tier above that of small runs */
    make_whole(bench);
    commit(bench);
    while (tidy(bench))
        ;
    for (uint32_t round = 0; round < 20; round++) {
        begin(bench);
        for (uint32_t index = 0; index < 30; index++)
            put(bench, 2, round * 30 + index, index % 3 ? 0 : round + 1);
        make_whole(bench);
        commit(bench);
        tidy(bench);
    }
    assert_readers_agree(bench);
    while (tidy(bench))
        ;
    assert_readers_agree(bench);
}

static void a_compact_checkpoint_stays_small(void **state)
{
    struct bench *bench = *state;
    char path[128];
    for (int round = 0; round < 100; round++) {
        begin(bench);
        for (uint32_t index = 0; index < 500; index++)
            put(bench, 0, index, (uint32_t)(round * 1000 + (int)index) | 1);
        make_whole(bench);
        commit(bench);
        while (tidy(bench))
            ;
    }
    assert_readers_agree(bench);
    store_close(bench->store);
    bench->store = NULL;
    snprintf(path, sizeof path, "%s/weisu.db", bench->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    /* 50,000 rows were written; 500 of about 60 bytes are left, beside at most seven runs that wait for a merge. */
    assert_true(ftell(file) < 1500000);
    fclose(file);
}

static void removed_rows_leave_nothing(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < 16; round++) {
        begin(bench);
        for (uint32_t index = 0; index < KEYS; index++)
            put(bench, 1, index, round % 2 ? 0 : index | 1);
        make_whole(bench);
        commit(bench);
        while (tidy(bench))
            ;
    }
    assert_readers_agree(bench);
}

static void damage_is_seen(void **state)
{
    (void)state;
    struct byte_buffer piece;
    byte_buffer_init(&piece, NULL);
    state_piece_begin(&piece);
    for (uint64_t key = 0; key < 50; key++) {
        struct state_row row = {7, key << 40, "some bytes", key % 11};
        state_piece_add(&piece, &row);
    }
    state_piece_end(&piece);
    struct state_piece_reader reader;
    struct state_row row;
    assert_int_equal(state_piece_open(&reader, (weisu_str){piece.data, piece.size}, NULL), WEISU_OK);
    for (uint64_t key = 0; key < 50; key++) {
        assert_int_equal(state_piece_next(&reader, &row), 1);
        assert_true(row.table == 7 && row.key == key << 40 && row.size == key % 11);
    }
    assert_int_equal(state_piece_next(&reader, &row), 0);
    for (size_t bit = 0; bit < piece.size * 8; bit++) {
        piece.data[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(state_piece_open(&reader, (weisu_str){piece.data, piece.size}, NULL), WEISU_ESTATE);
        piece.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_int_equal(state_piece_open(&reader, (weisu_str){piece.data, piece.size - 1}, NULL), WEISU_ESTATE);
    assert_int_equal(state_piece_open(&reader, (weisu_str){piece.data, 7}, NULL), WEISU_ESTATE);
    byte_buffer_dispose(&piece);
}

#define RUNS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNS_TEST(checkpoints_are_seen_when_they_are_whole),
        RUNS_TEST(what_was_rolled_back_is_not_seen),
        RUNS_TEST(merging_changes_nothing_that_is_seen),
        RUNS_TEST(removals_outlive_merges_of_new_runs),
        RUNS_TEST(a_compact_checkpoint_stays_small),
        RUNS_TEST(removed_rows_leave_nothing),
        cmocka_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
