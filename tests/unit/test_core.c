/* The core behind the library's interface: entries must follow each other, and a checkpoint that is taken bit by bit
 * while entries go on is the same as one that is taken at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "pipeline/core.h"

enum { ENTRIES = WEISU_TEST_PART > 1 ? 2000 : 6000, STEP_ROWS = 40 };

#define HOUR_MS INT64_C(3600000)
#define START_MS INT64_C(1546300800000)

struct fixture {
    struct lexicon *lexicon;
    struct arena arena;
    struct log_entry *entries; /* [ENTRIES] */
};

/* ---- a log ---- */

static weisu_str keep_text(struct arena *arena, const char *text)
{
    return arena_copy(arena, (weisu_str){text, strlen(text)});
}

static weisu_record make_record(struct arena *arena, uint64_t i, int64_t time_ms)
{
    static const char *const estates[] = {"阳光花园", "翠湖苑", "枫林家园", "锦绣城", "东方名苑", "望江小区"};
    static const char *const problems[] = {"停水三天没有人管", "楼下烧烤店油烟扰民", "电梯故障困人",
                                           "夜间施工噪音严重"};
    uint64_t draw = hash_mix(i);
    weisu_record r = {.closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME, .time_ms = time_ms};
    char text[256];
    snprintf(text, sizeof text, "R%06u", (unsigned)i);
    r.id = keep_text(arena, text);
    snprintf(text, sizeof text, "%s%u号楼%s，已经%u天", estates[draw % 6], (unsigned)(draw >> 8) % 40,
             problems[(draw >> 16) % 4], (unsigned)(draw >> 24) % 30);
    r.text = keep_text(arena, text);
    snprintf(text, sizeof text, "p%u", (unsigned)(draw >> 32) % 500);
    r.reporter = keep_text(arena, text);
    if (draw % 3 == 0)
        r.closed_ms = time_ms + (int64_t)(draw >> 40) % 100 * HOUR_MS;
    return r;
}

static void make_entries(struct fixture *fixture)
{
    int64_t clock_ms = START_MS;
    for (uint64_t i = 0; i < ENTRIES; i++) {
        clock_ms += HOUR_MS / 2;
        struct log_entry *entry = &fixture->entries[i];
        *entry = (struct log_entry){.sequence = i + 1, .kind = LOG_RECORD, .time_ms = clock_ms};
        entry->record = make_record(&fixture->arena, i, clock_ms);
        if (i % 37 == 36) { /* the case before is withdrawn */
            entry->kind = LOG_UPDATE;
            entry->record = (weisu_record){.closed_ms = WEISU_NO_TIME,
                                           .updated_ms = WEISU_NO_TIME,
                                           .time_ms = WEISU_NO_TIME,
                                           .id = fixture->entries[i - 1].record.id,
                                           .has = WEISU_HAS_WITHDRAWN | WEISU_IS_WITHDRAWN};
        }
    }
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    *state = fixture;
    if (lexicon_open(&fixture->lexicon, WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL, NULL))
        return -1;
    arena_init(&fixture->arena, NULL, 1u << 20);
    fixture->entries = calloc(ENTRIES, sizeof *fixture->entries);
    make_entries(fixture);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    lexicon_close(fixture->lexicon);
    arena_dispose(&fixture->arena);
    free(fixture->entries);
    free(fixture);
    return 0;
}

static struct core *open_core(const struct fixture *fixture)
{
    weisu_options options;
    struct core *core;
    weisu_options_init(&options);
    assert_int_equal(core_new(&core, &options, fixture->lexicon, NULL), WEISU_OK);
    return core;
}

/* ---- order ---- */

static void entries_must_follow_each_other(void **state)
{
    const struct fixture *fixture = *state;
    enum { COUNT = 1200, GAP = 700 }; /* behind the first slice */
    struct log_entry *entries = malloc(COUNT * sizeof *entries);
    memcpy(entries, fixture->entries, COUNT * sizeof *entries);
    for (size_t i = GAP; i < COUNT; i++)
        entries[i].sequence += 1;
    for (size_t first = 512; first <= 1024; first += 512) {
        struct core *core = open_core(fixture);
        /* A slice ends where the call does: the gap lies before a slice or between two calls. */
        assert_int_equal(core_apply(core, entries, GAP, NULL), WEISU_OK);
        assert_int_equal(core_apply(core, entries + GAP, COUNT - GAP, NULL), WEISU_EINVAL);
        assert_int_equal(core_sequence(core), GAP);
        assert_int_equal(core_apply(core, fixture->entries + GAP, first, NULL), WEISU_OK);
        assert_int_equal(core_sequence(core), GAP + first);
        core_free(core);
    }
    for (size_t i = 512; i < COUNT; i++)
        entries[i].sequence = fixture->entries[i].sequence + 7;
    struct core *core = open_core(fixture);
    assert_int_equal(core_apply(core, entries, COUNT, NULL), WEISU_EINVAL);
    assert_true(core_sequence(core) <= 512);
    core_free(core);
    free(entries);
}

/* ---- checkpoints bit by bit ---- */

struct kept_row {
    uint32_t table;
    uint64_t key;
    size_t at; /* of two rows with one key the later counts */
    size_t size;
    unsigned char *data;
};

struct kept_rows {
    struct kept_row *rows;
    size_t count;
    size_t capacity;
    size_t full_at;
};

static weisu_code keep_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)err;
    struct kept_rows *kept = context;
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity ? kept->capacity * 2 : 4096;
        kept->rows = realloc(kept->rows, kept->capacity * sizeof *kept->rows);
    }
    unsigned char *copy = malloc(row->size + 1);
    if (row->size)
        memcpy(copy, row->data, row->size);
    kept->rows[kept->count] = (struct kept_row){row->table, row->key, kept->count, row->size, copy};
    kept->count++;
    return WEISU_OK;
}

static int is_full(void *context)
{
    const struct kept_rows *kept = context;
    return kept->count >= kept->full_at;
}

static int compare_rows(const void *a, const void *b)
{
    const struct kept_row *x = a;
    const struct kept_row *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorted; only the last row of each key, and none that says "gone". */
static void settle(struct kept_rows *kept)
{
    size_t count = 0;
    qsort(kept->rows, kept->count, sizeof *kept->rows, compare_rows);
    for (size_t i = 0; i < kept->count; i++) {
        const struct kept_row *row = &kept->rows[i];
        int is_last =
            i + 1 == kept->count || kept->rows[i + 1].table != row->table || kept->rows[i + 1].key != row->key;
        if (is_last && row->size)
            kept->rows[count++] = *row;
        else
            free(row->data);
    }
    kept->count = count;
}

static void free_rows(struct kept_rows *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        free(kept->rows[i].data);
    free(kept->rows);
}

static void drained_bit_by_bit_it_is_the_same(void **state)
{
    const struct fixture *fixture = *state;
    struct kept_rows drained = {0};
    struct kept_rows whole = {0};
    const struct state_sink bit = {&drained, keep_row, is_full};
    struct core *core = open_core(fixture);
    size_t at = ENTRIES / 3;
    size_t steps = 0;
    size_t most = 0;
    int left = 1;
    drained.full_at = SIZE_MAX;
    assert_int_equal(core_save(core, 1, &bit, NULL), WEISU_OK); /* what stands there before anything happens */
    assert_int_equal(core_apply(core, fixture->entries, at, NULL), WEISU_OK);
    while (left || at < ENTRIES) {
        size_t before = drained.count;
        drained.full_at = before + STEP_ROWS;
        assert_int_equal(core_drain(core, &bit, &left, NULL), WEISU_OK);
        most = drained.count - before > most ? drained.count - before : most;
        steps++;
        size_t count = ENTRIES - at < 5 ? ENTRIES - at : 5;
        assert_int_equal(core_apply(core, fixture->entries + at, count, NULL), WEISU_OK);
        at += count;
    }
    assert_true(steps > ENTRIES / 10);
    assert_int_equal(most, STEP_ROWS);
    drained.full_at = SIZE_MAX;
    assert_int_equal(core_save(core, 0, &bit, NULL), WEISU_OK);
    const struct state_sink all = {.context = &whole, .put = keep_row};
    assert_int_equal(core_save(core, 1, &all, NULL), WEISU_OK);
    settle(&drained);
    settle(&whole);
    assert_int_equal(drained.count, whole.count);
    for (size_t i = 0; i < whole.count; i++) {
        assert_int_equal(drained.rows[i].table, whole.rows[i].table);
        assert_int_equal(drained.rows[i].key, whole.rows[i].key);
        assert_int_equal(drained.rows[i].size, whole.rows[i].size);
        assert_memory_equal(drained.rows[i].data, whole.rows[i].data, whole.rows[i].size);
    }
    free_rows(&drained);
    free_rows(&whole);
    core_free(core);
}

static void after_a_save_nothing_is_left(void **state)
{
    const struct fixture *fixture = *state;
    struct kept_rows rows = {.full_at = SIZE_MAX};
    const struct state_sink sink = {&rows, keep_row, is_full};
    struct core *core = open_core(fixture);
    int left = 1;
    assert_int_equal(core_apply(core, fixture->entries, 500, NULL), WEISU_OK);
    assert_int_equal(core_save(core, 0, &sink, NULL), WEISU_OK);
    size_t saved = rows.count;
    assert_int_equal(core_drain(core, &sink, &left, NULL), WEISU_OK);
    assert_int_equal(left, 0);
    assert_int_equal(rows.count, saved);
    assert_true(saved > 500);
    free_rows(&rows);
    core_free(core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_must_follow_each_other),
        cmocka_unit_test(drained_bit_by_bit_it_is_the_same),
        cmocka_unit_test(after_a_save_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
