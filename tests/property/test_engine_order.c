/* The result is that of taking one entry after another: for any cut into batches, any executor, any interruption.
 *
 * A stream of made-up complaints over estates and problems, with outbreaks, repeats, late records, updates, duplicates,
 * conflicts, ticks and words of users, crosses two version boundaries (one where WEISU_TEST_PART asks for less).
 * Everything that the engine says is written into one buffer and compared byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/byte_buffer.h"
#include "base/hash.h"
#include "base/state_row.h"
#include "pipeline/render.h"

#include <weisu/engine.h>

enum { RECORDS = WEISU_TEST_PART > 1 ? 4500 : 9000, CUTS = 20 / WEISU_TEST_PART };

#define HOUR_MS INT64_C(3600000)
#define START_MS INT64_C(1546300800000)

static const char *const estates[] = {"阳光花园",   "翠湖苑",     "枫林家园",     "锦绣城",   "东方名苑", "望江小区",
                                      "和谐里小区", "金色港湾",   "紫荆花园",     "龙泉雅居", "石桥新村", "云台山庄",
                                      "安慧苑",     "静安里小区", "百合花园二期", "梧桐大厦"};
static const char *const districts[] = {"朝阳区", "海淀区", "丰台区", "通州区"};
static const char *const problems[] = {"停水三天没有人管",       "楼下烧烤店油烟扰民",     "电梯故障困人",
                                       "物业乱收停车费",         "夜间施工噪音严重",       "暖气不热室温只有十几度",
                                       "垃圾堆放无人清理",       "路灯不亮出行危险",       "污水外溢臭味很大",
                                       "群租房住了二十多个人",   "电动车飞线充电",         "下水道堵塞",
                                       "开发商延期交房拒不赔偿", "幼儿园收费不合理要退费", "健身房跑路不退款"};

struct made {
    weisu_record record;
    int64_t tick_ms; /* a tick instead of a record, or 0 */
    int words;       /* 1-based row of `said` instead of a record, or 0 */
};

enum { SAID = 3, SAID_WORDS = 3 };

/* At which record, and what. Each comes into force at the next boundary. */
static const struct {
    size_t at;
    weisu_word_change change[SAID_WORDS];
} said[SAID] = {
    {700, {{{"停水", 6}, WEISU_WORD_DELETED}, {{"翠湖苑", 9}, WEISU_WORD_WHOLE}, {{"油烟", 6}, 7}}},
    {2900, {{{"停水", 6}, WEISU_WORD_RESET}, {{"电梯", 6}, WEISU_WORD_DELETED}, {{"垃圾堆放", 12}, WEISU_WORD_WHOLE}}},
    {4200, {{{"电梯", 6}, WEISU_WORD_RESET}, {{"噪音", 6}, WEISU_WORD_DELETED}, {{"翠湖苑", 9}, WEISU_WORD_RESET}}},
};

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = hash_mix(*state + UINT64_C(0x9e3779b97f4a7c15));
    return (*state >> 11) % below;
}

static weisu_str print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

static weisu_str print(struct arena *arena, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_copy(arena, (weisu_str){text, (size_t)size});
}

static weisu_record make_record(struct arena *arena, uint64_t *state, size_t i, int64_t time_ms)
{
    weisu_record r;
    memset(&r, 0, sizeof r);
    r.closed_ms = r.updated_ms = WEISU_NO_TIME;
    size_t outbreak = (i / 300) % 7 == 3 && draw(state, 3) == 0;
    size_t estate = outbreak ? i / 300 % 16 : draw(state, 16);
    size_t problem = outbreak ? i / 300 % 15 : draw(state, 15);
    r.id = print(arena, "T%06zu", i);
    r.title = print(arena, "%s%s%s", districts[estate % 4], estates[estate], problems[problem]);
    r.text = print(arena, "我是%s%s%d号楼的业主，这里%s，已经%d天，希望有关部门尽快处理。联系电话138%08d",
                   districts[estate % 4], estates[estate], (int)draw(state, 30) + 1, problems[problem],
                   (int)draw(state, 20) + 1, (int)draw(state, 100000000));
    r.reporter = print(arena, "p%d", (int)draw(state, 4000));
    r.time_ms = time_ms - (draw(state, 50) == 0 ? (int64_t)draw(state, 72) * HOUR_MS : 0);
    if (draw(state, 4) == 0)
        r.closed_ms = r.time_ms + (int64_t)draw(state, 200) * HOUR_MS;
    return r;
}

static struct made *make_stream(struct arena *arena)
{
    struct made *stream = arena_take_array(arena, RECORDS, sizeof *stream);
    assert_non_null(stream);
    uint64_t state = 42;
    int64_t time_ms = START_MS;
    for (size_t i = 0; i < RECORDS; i++) {
        time_ms += (int64_t)draw(&state, 2 * HOUR_MS);
        stream[i] = (struct made){make_record(arena, &state, i, time_ms), 0, 0};
        if (i > 100 && draw(&state, 40) == 0) {
            const weisu_record *earlier = &stream[i - 1 - draw(&state, 90)].record;
            stream[i].record = *earlier;
            switch (draw(&state, 4)) {
            case 0:
                stream[i].record.text = print(arena, "完全不同的内容%zu", i);
                break;
            case 1:
                stream[i].record.closed_ms = time_ms;
                stream[i].record.has = WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED;
                break;
            case 2:
                stream[i].record.updated_ms = time_ms + (int64_t)draw(&state, 48) * HOUR_MS;
                stream[i].record.has = WEISU_HAS_WITHDRAWN | (draw(&state, 4) ? WEISU_IS_WITHDRAWN : 0);
                break;
            default:
                break;
            }
        }
        if (draw(&state, 200) == 0)
            stream[i].tick_ms = time_ms + 12 * HOUR_MS;
    }
    for (int row = 0; row < SAID; row++) {
        stream[said[row].at].tick_ms = 0;
        stream[said[row].at].words = row + 1;
    }
    return stream;
}

/* ---- what the engine says ---- */

static void drain(weisu_engine *engine, const struct zone *zone, struct byte_buffer *assignments,
                  struct byte_buffer *alerts)
{
    weisu_assignment a;
    weisu_alert change;
    while (weisu_engine_poll_assignment(engine, &a)) {
        byte_buffer_append_str(assignments, a.id);
        byte_buffer_append_char(assignments, '\t');
        byte_buffer_append_str(assignments, a.cluster);
        byte_buffer_append_char(assignments, '\n');
    }
    while (weisu_engine_poll(engine, &change)) {
        render_alert(alerts, &change, zone);
        byte_buffer_append_char(alerts, '\n');
    }
}

struct run {
    weisu_engine *engine;
    int is_mute; /* words are not said */
    struct byte_buffer assignments;
    struct byte_buffer alerts;
};

struct fixture {
    weisu_image *image;
    struct zone *zone;
    struct arena arena;
    struct made *stream;
    struct run truth;
};

static void run_open(struct run *run, const struct fixture *fixture, uint32_t threads)
{
    run->is_mute = 0;
    weisu_options options;
    weisu_options_init(&options);
    options.image = fixture->image;
    options.executor = weisu_executor_openmp(threads);
    byte_buffer_init(&run->assignments, NULL);
    byte_buffer_init(&run->alerts, NULL);
    assert_int_equal(weisu_engine_new(&run->engine, &options, NULL), WEISU_OK);
}

static void run_close(struct run *run)
{
    weisu_engine_free(run->engine);
    byte_buffer_dispose(&run->assignments);
    byte_buffer_dispose(&run->alerts);
}

/* Pushes stream[from, to) in batches of `batch` records; 0: of random sizes. */
static void run_push(struct run *run, const struct fixture *fixture, size_t from, size_t to, size_t batch)
{
    weisu_record *records = calloc(RECORDS, sizeof *records);
    uint64_t state = 7;
    assert_true(to <= RECORDS);
    while (from < to) {
        size_t limit = batch ? batch : 1 + draw(&state, 700);
        size_t count = 0;
        while (from + count < to && count < limit && !fixture->stream[from + count].tick_ms &&
               !fixture->stream[from + count].words) {
            records[count] = fixture->stream[from + count].record;
            count++;
        }
        int row = fixture->stream[from].words;
        if (count) {
            assert_int_equal(weisu_engine_push(run->engine, records, count, NULL, NULL), WEISU_OK);
        } else if (row) {
            uint64_t before = weisu_engine_sequence(run->engine);
            uint64_t sequence = 0;
            const weisu_word_change *change = said[row - 1].change;
            if (!run->is_mute)
                assert_int_equal(weisu_engine_change_words(run->engine, change, SAID_WORDS, &sequence, NULL), WEISU_OK);
            assert_int_equal(sequence, run->is_mute ? 0 : before + 1);
            count = 1;
        } else {
            assert_int_equal(weisu_engine_tick(run->engine, fixture->stream[from].tick_ms, NULL), WEISU_OK);
            count = 1;
        }
        from += count;
        drain(run->engine, fixture->zone, &run->assignments, &run->alerts);
    }
    free(records);
}

static void assert_same(const struct byte_buffer *a, const struct byte_buffer *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->data, b->data, a->size);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    *state = fixture;
    if (weisu_image_open(&fixture->image, WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL) ||
        zone_open(&fixture->zone, "Asia/Shanghai", NULL, NULL))
        return -1;
    arena_init(&fixture->arena, NULL, 1u << 20);
    fixture->stream = make_stream(&fixture->arena);
    run_open(&fixture->truth, fixture, 1);
    run_push(&fixture->truth, fixture, 0, RECORDS, 1);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    run_close(&fixture->truth);
    arena_dispose(&fixture->arena);
    zone_close(fixture->zone);
    weisu_image_close(fixture->image);
    free(fixture);
    return 0;
}

/* ---- properties ---- */

static void the_stream_says_something(void **state)
{
    struct fixture *fixture = *state;
    size_t raised = 0;
    const char *at = fixture->truth.alerts.data;
    const char *end = at + fixture->truth.alerts.size;
    while (at < end && (at = memmem(at, (size_t)(end - at), "\"state\":\"raised\"", 16)))
        raised++, at++;
    assert_true(raised >= 3);
    assert_true(fixture->truth.assignments.size > RECORDS * 9);
}

/* Where the first difference is, in records. */
static size_t records_alike(const struct byte_buffer *a, const struct byte_buffer *b)
{
    size_t lines = 0;
    for (size_t i = 0; i < a->size && i < b->size && a->data[i] == b->data[i]; i++)
        lines += a->data[i] == '\n';
    return lines;
}

/* Up to the boundary after it was said a word has no effect; then it has, and words before the first record have at
 * once. What changes nothing is no entry. */
static void words_come_into_force_at_a_boundary(void **state)
{
    struct fixture *fixture = *state;
    enum { to = 4500, boundary = 4096 };
    struct run mute;
    struct run early;
    run_open(&mute, fixture, 2);
    mute.is_mute = 1;
    run_push(&mute, fixture, 0, to, 512);
    size_t alike = records_alike(&mute.assignments, &fixture->truth.assignments);
    size_t ticks = 0;
    for (size_t i = 0; i < boundary; i++)
        ticks += fixture->stream[i].tick_ms != 0;
    assert_true(alike + ticks + SAID + 200 > boundary); /* 200: duplicates, conflicts, updates */
    assert_true(alike < to - ticks);
    run_open(&early, fixture, 2);
    uint64_t sequence;
    assert_int_equal(weisu_engine_change_words(early.engine, said[0].change, SAID_WORDS, &sequence, NULL), WEISU_OK);
    assert_int_equal(sequence, 1);
    assert_int_equal(weisu_engine_change_words(early.engine, said[0].change, SAID_WORDS, &sequence, NULL), WEISU_OK);
    assert_int_equal(sequence, 0);
    early.is_mute = 1;
    run_push(&early, fixture, 0, boundary, 512);
    assert_true(records_alike(&early.assignments, &fixture->truth.assignments) + 1 < alike);
    run_close(&mute);
    run_close(&early);
}

static void words_that_cannot_be_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct run run;
    weisu_err err;
    run_open(&run, fixture, 1);
    const weisu_word_change bad[] = {{{"好", 3}, 5}, {{" ", 1}, 5}};
    assert_int_equal(weisu_engine_change_words(run.engine, bad, 2, NULL, &err), WEISU_EFIELD);
    assert_int_equal(err.line, 2);
    assert_int_equal(weisu_engine_sequence(run.engine), 0);
    run_close(&run);
}

static void batches_and_threads_do_not_show(void **state)
{
    struct fixture *fixture = *state;
    const size_t batches[] = {1, 7, 4096, 0};
    const uint32_t threads[] = {1, 2, 8};
    for (size_t t = 0; t < 3; t++) {
        for (size_t b = 0; b < 4; b++) {
            if (threads[t] > 1 && batches[b] == 1)
                continue; /* one record gives no second thread anything to do */
            struct run run;
            run_open(&run, fixture, threads[t]);
            run_push(&run, fixture, 0, RECORDS, batches[b]);
            assert_same(&run.assignments, &fixture->truth.assignments);
            assert_same(&run.alerts, &fixture->truth.alerts);
            run_close(&run);
        }
    }
}

static void what_was_said_does_not_depend_on_what_comes(void **state)
{
    struct fixture *fixture = *state;
    uint64_t draws = 3;
    for (int cut = 0; cut < CUTS; cut++) {
        size_t count = 1 + draw(&draws, RECORDS / 4) * (size_t)(cut % 4 + 1);
        struct run run;
        run_open(&run, fixture, 2);
        run_push(&run, fixture, 0, count < RECORDS ? count : RECORDS, 512);
        assert_true(run.alerts.size <= fixture->truth.alerts.size);
        assert_memory_equal(run.alerts.data, fixture->truth.alerts.data, run.alerts.size);
        assert_memory_equal(run.assignments.data, fixture->truth.assignments.data, run.assignments.size);
        run_close(&run);
    }
}

/* ---- checkpoints ---- */

struct kept_row {
    uint32_t table;
    uint64_t key;
    size_t size;
    unsigned char *data;
};

struct kept_rows {
    struct kept_row *rows;
    size_t count;
    size_t capacity;
};

static int compare_rows(const void *a, const void *b)
{
    const struct kept_row *x = a;
    const struct kept_row *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static weisu_code keep_row(void *context, uint32_t table, uint64_t key, const void *data, size_t size, weisu_err *err)
{
    (void)err;
    struct kept_rows *kept = context;
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity ? kept->capacity * 2 : 1024;
        kept->rows = realloc(kept->rows, kept->capacity * sizeof *kept->rows);
    }
    unsigned char *copy = size ? malloc(size) : NULL;
    if (size)
        memcpy(copy, data, size);
    kept->rows[kept->count++] = (struct kept_row){table, key, size, copy};
    return WEISU_OK;
}

/* The newer row of a key replaces the older one, as in a table. */
static void merge_rows(struct kept_rows *all, struct kept_rows *newer)
{
    size_t sorted = all->count;
    for (size_t i = 0; i < newer->count; i++) {
        struct kept_row row = newer->rows[i];
        struct kept_row *found = sorted ? bsearch(&row, all->rows, sorted, sizeof row, compare_rows) : NULL;
        if (found) {
            free(found->data);
            *found = row;
        } else {
            keep_row(all, row.table, row.key, row.data, row.size, NULL);
            free(row.data);
        }
    }
    qsort(all->rows, all->count, sizeof *all->rows, compare_rows);
    free(newer->rows);
}

static void restore_from(struct run *run, const struct kept_rows *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        const struct kept_row *row = &kept->rows[i];
        if (row->size)
            assert_int_equal(weisu_engine_restore(run->engine, row->table, row->key, row->data, row->size, NULL),
                             WEISU_OK);
    }
    assert_int_equal(weisu_engine_restored(run->engine, NULL), WEISU_OK);
}

static void free_rows(struct kept_rows *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        free(kept->rows[i].data);
    free(kept->rows);
}

static size_t offset_after(const struct byte_buffer *truth, const struct byte_buffer *before)
{
    assert_true(before->size <= truth->size);
    return before->size;
}

static void assert_rest(const struct byte_buffer *truth, size_t offset, const struct byte_buffer *rest)
{
    assert_int_equal(truth->size - offset, rest->size);
    assert_memory_equal(truth->data + offset, rest->data, rest->size);
}

static void a_checkpoint_goes_on_as_if_nothing_happened(void **state)
{
    struct fixture *fixture = *state;
    const size_t cuts[] = {1, 1234, 4096, 4290, RECORDS * 2 / 3 + 1};
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        struct run first;
        struct run second;
        struct kept_rows rows = {0};
        run_open(&first, fixture, 2);
        run_push(&first, fixture, 0, cuts[c], 512);
        assert_int_equal(weisu_engine_checkpoint(first.engine, 1, keep_row, &rows, NULL), WEISU_OK);
        qsort(rows.rows, rows.count, sizeof *rows.rows, compare_rows);
        run_open(&second, fixture, 2);
        restore_from(&second, &rows);
        assert_int_equal(weisu_engine_sequence(second.engine), weisu_engine_sequence(first.engine));
        run_push(&second, fixture, cuts[c], RECORDS, 512);
        assert_rest(&fixture->truth.assignments, offset_after(&fixture->truth.assignments, &first.assignments),
                    &second.assignments);
        assert_rest(&fixture->truth.alerts, offset_after(&fixture->truth.alerts, &first.alerts), &second.alerts);
        run_close(&first);
        run_close(&second);
        free_rows(&rows);
    }
}

/* The rows that add up must be those that a whole checkpoint has now: what is missing there may show much later. */
static void assert_whole(weisu_engine *engine, const struct kept_rows *added_up)
{
    struct kept_rows whole = {0};
    assert_int_equal(weisu_engine_checkpoint(engine, 1, keep_row, &whole, NULL), WEISU_OK);
    qsort(whole.rows, whole.count, sizeof *whole.rows, compare_rows);
    size_t at = 0;
    for (size_t i = 0; i < added_up->count; i++) {
        const struct kept_row *row = &added_up->rows[i];
        if (!row->size)
            continue;
        while (at < whole.count && !whole.rows[at].size)
            at++;
        assert_true(at < whole.count);
        assert_int_equal(row->table, whole.rows[at].table);
        assert_int_equal(row->key, whole.rows[at].key);
        assert_int_equal(row->size, whole.rows[at].size);
        assert_memory_equal(row->data, whole.rows[at].data, row->size);
        at++;
    }
    while (at < whole.count && !whole.rows[at].size)
        at++;
    assert_int_equal(at, whole.count);
    free_rows(&whole);
}

/* The stream has merges before and after each cut, or the properties would say nothing of them. */
static void the_stream_has_merges(void **state)
{
    struct fixture *fixture = *state;
    struct kept_rows rows = {0};
    size_t merges = 0;
    assert_int_equal(weisu_engine_checkpoint(fixture->truth.engine, 1, keep_row, &rows, NULL), WEISU_OK);
    for (size_t i = 0; i < rows.count; i++)
        merges += rows.rows[i].table == STATE_CLUSTER && rows.rows[i].key >> 32 == 1;
    print_message("%zu clusters in merges\n", merges);
    assert_true(merges >= (WEISU_TEST_PART > 1 ? 2 : 4));
    free_rows(&rows);
}

static void checkpoints_of_changes_add_up(void **state)
{
    struct fixture *fixture = *state;
    /* Over a version boundary: what is published there is part of the state. */
    enum { steps = WEISU_TEST_PART > 1 ? 10 : 16, stride = 440 };
    struct run first;
    struct run second;
    struct kept_rows rows = {0};
    run_open(&first, fixture, 1);
    for (size_t step = 0; step < steps; step++) {
        struct kept_rows newer = {0};
        run_push(&first, fixture, step * stride, (step + 1) * stride, 128);
        assert_int_equal(weisu_engine_checkpoint(first.engine, step == 0, keep_row, &newer, NULL), WEISU_OK);
        merge_rows(&rows, &newer);
    }
    assert_whole(first.engine, &rows);
    run_open(&second, fixture, 1);
    restore_from(&second, &rows);
    run_push(&second, fixture, steps * stride, RECORDS, 512);
    assert_rest(&fixture->truth.assignments, offset_after(&fixture->truth.assignments, &first.assignments),
                &second.assignments);
    assert_rest(&fixture->truth.alerts, offset_after(&fixture->truth.alerts, &first.alerts), &second.alerts);
    run_close(&first);
    run_close(&second);
    free_rows(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_says_something),
        cmocka_unit_test(words_come_into_force_at_a_boundary),
        cmocka_unit_test(words_that_cannot_be_are_refused),
        cmocka_unit_test(the_stream_has_merges),
        cmocka_unit_test(batches_and_threads_do_not_show),
        cmocka_unit_test(what_was_said_does_not_depend_on_what_comes),
        cmocka_unit_test(a_checkpoint_goes_on_as_if_nothing_happened),
        cmocka_unit_test(checkpoints_of_changes_add_up),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
