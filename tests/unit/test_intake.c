/* What threads hand each other: the ring, the bell, and the batches of the intake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "pipeline/intake.h"

/* ---- ring and bell ---- */

static void a_ring_gives_back_in_order_and_says_when_it_is_full(void **state)
{
    (void)state;
    struct batch_ring ring;
    int items[8];
    assert_int_equal(batch_ring_init(&ring, 3, NULL, NULL), WEISU_OK);
    assert_null(batch_ring_pop(&ring));
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 4; i++)
            assert_int_equal(batch_ring_push(&ring, &items[i]), 0);
        assert_int_equal(batch_ring_push(&ring, &items[4]), -1);
        for (int i = 0; i < 4; i++)
            assert_ptr_equal(batch_ring_pop(&ring), &items[i]);
        assert_null(batch_ring_pop(&ring));
    }
    batch_ring_dispose(&ring);
}

enum { PASSED = 200000, IN_FLIGHT = 16 };

struct parcel {
    uint64_t number;
    uint64_t square;
};

struct passing {
    struct batch_ring there;
    struct batch_ring back;
    struct ring_bell there_bell;
    struct ring_bell back_bell;
    uint64_t wrong;
};

static void *receive(void *argument)
{
    struct passing *passing = argument;
    for (uint64_t next = 1; next <= PASSED;) {
        uint64_t seen = ring_bell_rings(&passing->there_bell);
        struct parcel *parcel = batch_ring_pop(&passing->there);
        if (!parcel) {
            ring_bell_wait(&passing->there_bell, seen, -1);
            continue;
        }
        passing->wrong += parcel->number != next || parcel->square != next * next;
        next++;
        batch_ring_push(&passing->back, parcel);
        ring_bell_ring(&passing->back_bell);
    }
    return NULL;
}

/* Plain memory travels in the ring: the thread sanitizer sees whether push and pop order it. A missed ring of the bell
 * shows as a hang. */
static void parcels_pass_between_threads_whole_and_in_order(void **state)
{
    (void)state;
    struct passing passing = {.wrong = 0};
    struct parcel parcels[IN_FLIGHT];
    struct parcel *free[IN_FLIGHT];
    size_t free_count = 0;
    pthread_t thread;
    assert_int_equal(batch_ring_init(&passing.there, IN_FLIGHT, NULL, NULL), WEISU_OK);
    assert_int_equal(batch_ring_init(&passing.back, IN_FLIGHT, NULL, NULL), WEISU_OK);
    assert_int_equal(ring_bell_init(&passing.there_bell, NULL), WEISU_OK);
    assert_int_equal(ring_bell_init(&passing.back_bell, NULL), WEISU_OK);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        free[free_count++] = &parcels[i];
    assert_int_equal(pthread_create(&thread, NULL, receive, &passing), 0);
    for (uint64_t number = 1; number <= PASSED;) {
        uint64_t seen = ring_bell_rings(&passing.back_bell);
        struct parcel *parcel;
        while ((parcel = batch_ring_pop(&passing.back)))
            free[free_count++] = parcel;
        if (free_count == 0) {
            ring_bell_wait(&passing.back_bell, seen, -1);
            continue;
        }
        parcel = free[--free_count];
        *parcel = (struct parcel){number, number * number};
        number++;
        assert_int_equal(batch_ring_push(&passing.there, parcel), 0);
        ring_bell_ring(&passing.there_bell);
    }
    pthread_join(thread, NULL);
    assert_int_equal(passing.wrong, 0);
    batch_ring_dispose(&passing.there);
    batch_ring_dispose(&passing.back);
    ring_bell_dispose(&passing.there_bell);
    ring_bell_dispose(&passing.back_bell);
}

static void a_wait_ends_in_time(void **state)
{
    (void)state;
    struct ring_bell bell;
    struct timespec begin;
    struct timespec end;
    assert_int_equal(ring_bell_init(&bell, NULL), WEISU_OK);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ring_bell_wait(&bell, ring_bell_rings(&bell), 1);
    ring_bell_wait(&bell, ring_bell_rings(&bell) + 1, -1); /* it was rung otherwise: no wait at all */
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true((end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec >= 1000000L);
    ring_bell_dispose(&bell);
}

/* ---- intake ---- */

enum { BATCHES = 3 };

struct desk {
    struct batch_ring to_store;
    struct batch_ring from_store;
    struct batch_ring from_engine;
    struct ring_bell bell;
    struct intake intake;
};

static int set_up(void **state)
{
    static struct desk desk; /* one test at a time */
    memset(&desk, 0, sizeof desk);
    if (batch_ring_init(&desk.to_store, BATCHES, NULL, NULL) ||
        batch_ring_init(&desk.from_store, BATCHES, NULL, NULL) ||
        batch_ring_init(&desk.from_engine, BATCHES, NULL, NULL) || ring_bell_init(&desk.bell, NULL))
        return -1;
    struct intake_setup setup = {.batches = BATCHES,
                                 .to_store = &desk.to_store,
                                 .store_bell = &desk.bell,
                                 .from_store = &desk.from_store,
                                 .from_engine = &desk.from_engine};
    *state = &desk;
    return intake_init(&desk.intake, &setup, NULL) ? -1 : 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    intake_dispose(&desk->intake);
    batch_ring_dispose(&desk->to_store);
    batch_ring_dispose(&desk->from_store);
    batch_ring_dispose(&desk->from_engine);
    ring_bell_dispose(&desk->bell);
    return 0;
}

static void add_lines(struct desk *desk, uint64_t key, uint64_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct intake_batch *batch = intake_open(&desk->intake);
        assert_non_null(batch);
        struct intake_line *line = intake_add_line(batch, key, first + i);
        assert_int_equal(batch->sources[line->source].key, key);
        assert_int_equal(batch->sources[line->source].last_line, first + i);
        batch->bytes += 100;
    }
}

/* The store's thread: takes the next batch and says that it is durable. */
static struct intake_batch *store_next(struct desk *desk, size_t entries)
{
    struct intake_batch *batch = batch_ring_pop(&desk->to_store);
    assert_non_null(batch);
    batch->entry_count = entries;
    assert_int_equal(batch_ring_push(&desk->from_store, batch), 0);
    return batch;
}

static void an_idle_store_gets_a_line_at_once(void **state)
{
    struct desk *desk = *state;
    intake_hand_over(&desk->intake);
    assert_null(batch_ring_pop(&desk->to_store));
    intake_set_wall(&desk->intake, 42);
    add_lines(desk, 7, 1, 1);
    assert_false(intake_is_idle(&desk->intake));
    intake_hand_over(&desk->intake);
    struct intake_batch *batch = store_next(desk, 0);
    assert_true(batch->line_count == 1 && batch->wall_ms == 42);
    assert_ptr_equal(intake_next_reply(&desk->intake), batch);
    intake_answered(&desk->intake, batch);
    assert_true(intake_is_idle(&desk->intake));
    assert_int_equal(desk->intake.free_count, BATCHES);
}

static void a_busy_store_gets_what_has_gathered(void **state)
{
    struct desk *desk = *state;
    add_lines(desk, 1, 1, 1);
    intake_hand_over(&desk->intake);
    add_lines(desk, 1, 2, 10);
    intake_hand_over(&desk->intake); /* too few while one is being committed */
    assert_int_equal(desk->intake.with_store, 1);
    add_lines(desk, 2, 1, INTAKE_EAGER_LINES);
    intake_hand_over(&desk->intake);
    assert_int_equal(desk->intake.with_store, 2);
    add_lines(desk, 1, 12, INTAKE_EAGER_LINES);
    intake_hand_over(&desk->intake); /* two are with it already */
    assert_int_equal(desk->intake.with_store, 2);
    store_next(desk, 1);
    intake_answered(&desk->intake, intake_next_reply(&desk->intake));
    intake_hand_over(&desk->intake);
    assert_int_equal(desk->intake.with_store, 2);
}

static void without_a_free_batch_there_is_no_room(void **state)
{
    struct desk *desk = *state;
    struct intake_batch *batches[BATCHES];
    add_lines(desk, 1, 1, (size_t)BATCHES * INTAKE_BATCH_LINES);
    assert_null(intake_open(&desk->intake));
    assert_int_equal(desk->intake.full_stops, 1);
    for (size_t i = 0; i < BATCHES; i++) {
        batches[i] = store_next(desk, 5);
        assert_int_equal(batches[i]->line_count, INTAKE_BATCH_LINES);
        assert_ptr_equal(intake_next_reply(&desk->intake), batches[i]);
        intake_answered(&desk->intake, batches[i]);
    }
    assert_null(intake_next_reply(&desk->intake));
    assert_null(intake_open(&desk->intake)); /* the engine still reads them */
    batch_ring_push(&desk->from_engine, batches[1]);
    assert_int_equal(intake_collect(&desk->intake), 1);
    assert_ptr_equal(intake_open(&desk->intake), batches[1]);
    assert_true(batches[1]->line_count == 0 && batches[1]->entry_count == 0 && batches[1]->source_count == 0);
}

/* The engine may be done before the loop has answered. */
static void a_batch_is_free_when_both_are_done_with_it(void **state)
{
    struct desk *desk = *state;
    add_lines(desk, 1, 1, 1);
    intake_hand_over(&desk->intake);
    struct intake_batch *batch = store_next(desk, 1);
    batch_ring_push(&desk->from_engine, batch);
    assert_int_equal(intake_collect(&desk->intake), BATCHES - 1);
    intake_answered(&desk->intake, intake_next_reply(&desk->intake));
    assert_int_equal(desk->intake.free_count, BATCHES);
}

static void blank_lines_and_ticks_travel_without_lines(void **state)
{
    struct desk *desk = *state;
    intake_skip_line(intake_open(&desk->intake), 9, 3);
    intake_tick(&desk->intake, 60000);
    intake_finish(&desk->intake);
    struct intake_batch *batch = store_next(desk, 1);
    assert_true(batch->line_count == 0 && batch->source_count == 1 && batch->tick_ms == 60000);
    assert_true(batch->sources[0].key == 9 && batch->sources[0].last_line == 3);
    intake_finish(&desk->intake);
    assert_null(batch_ring_pop(&desk->to_store));
}

static void long_lines_fill_a_batch_by_their_bytes(void **state)
{
    struct desk *desk = *state;
    struct intake_batch *first = intake_open(&desk->intake);
    for (uint64_t line = 1; line <= 4; line++) {
        assert_ptr_equal(intake_open(&desk->intake), first);
        intake_add_line(first, 1, line);
        first->bytes += 1 << 20;
    }
    assert_ptr_not_equal(intake_open(&desk->intake), first);
    assert_ptr_equal(batch_ring_pop(&desk->to_store), first);
}

#define INTAKE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_gives_back_in_order_and_says_when_it_is_full),
        cmocka_unit_test(parcels_pass_between_threads_whole_and_in_order),
        cmocka_unit_test(a_wait_ends_in_time),
        INTAKE_TEST(an_idle_store_gets_a_line_at_once),
        INTAKE_TEST(a_busy_store_gets_what_has_gathered),
        INTAKE_TEST(without_a_free_batch_there_is_no_room),
        INTAKE_TEST(a_batch_is_free_when_both_are_done_with_it),
        INTAKE_TEST(blank_lines_and_ticks_travel_without_lines),
        INTAKE_TEST(long_lines_fill_a_batch_by_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
