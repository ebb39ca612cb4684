/* The table of postings against a naive map of sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cluster/cluster_posting.h"

enum { TAGS = 600, SLOTS = 500, MOST = 200, STEPS = 60000 };

struct naive {
    uint32_t count[TAGS];
    uint32_t slot[TAGS][MOST];
};

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = hash_mix(*state + UINT64_C(0x9e3779b97f4a7c15));
    return (*state >> 11) % below;
}

/* Few shards, so that they grow and their entries are rebuilt. */
static uint32_t tag_number(uint64_t at)
{
    return (uint32_t)((at % 3) | (at / 3 * 7919 << POSTING_SHARD_BITS)) & TAG_MASK;
}

static uint32_t naive_find(const struct naive *map, uint64_t at, uint32_t slot)
{
    uint32_t i = 0;
    while (i < map->count[at] && map->slot[at][i] != slot)
        i++;
    return i;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void assert_set(const struct posting_table *table, struct naive *map, uint64_t at)
{
    uint32_t found[MOST + 1];
    uint32_t count = posting_slots(table, tag_number(at), found, MOST + 1);
    assert_int_equal(count, map->count[at]);
    qsort(found, count, sizeof found[0], by_value);
    qsort(map->slot[at], count, sizeof map->slot[at][0], by_value);
    assert_memory_equal(found, map->slot[at], count * sizeof found[0]);
}

static void add(struct posting_table *table, struct naive *map, uint64_t at, uint32_t slot, uint32_t limit)
{
    if (naive_find(map, at, slot) < map->count[at])
        return;
    assert_int_equal(posting_reserve(table, tag_number(at), 1), 0);
    uint32_t told = posting_add(table, tag_number(at), slot, limit);
    if (map->count[at] >= limit) {
        assert_int_equal(told, 0);
        return;
    }
    map->slot[at][map->count[at]++] = slot;
    assert_int_equal(told, map->count[at]);
}

static void drop(struct posting_table *table, struct naive *map, uint64_t at, uint32_t slot)
{
    uint32_t i = naive_find(map, at, slot);
    posting_remove(table, tag_number(at), slot); /* one that is not there does nothing */
    if (i < map->count[at])
        map->slot[at][i] = map->slot[at][--map->count[at]];
}

static void a_table_is_a_map_of_sets(void **state)
{
    (void)state;
    struct posting_table table;
    struct naive *map = calloc(1, sizeof *map);
    uint64_t draws = 11;
    posting_init(&table, NULL);
    for (int step = 0; step < STEPS; step++) {
        uint64_t at = draw(&draws, 4) ? draw(&draws, 12) : draw(&draws, TAGS); /* some tags have long lists */
        uint32_t slot = (uint32_t)draw(&draws, SLOTS);
        /* Phases of growing and of shrinking. */
        if (draw(&draws, 10) < (step / 10000 % 2 ? 3u : 7u))
            add(&table, map, at, slot, draw(&draws, 3) ? MOST : 40);
        else
            drop(&table, map, at, slot);
        if (draw(&draws, 16) == 0)
            assert_set(&table, map, at);
        if (draw(&draws, 20000) == 0) {
            posting_clear(&table);
            memset(map, 0, sizeof *map);
        }
    }
    for (uint64_t at = 0; at < TAGS; at++)
        assert_set(&table, map, at);
    posting_dispose(&table);
    free(map);
}

static void room_cuts_the_list(void **state)
{
    (void)state;
    struct posting_table table;
    uint32_t found[8] = {0};
    posting_init(&table, NULL);
    assert_int_equal(posting_slots(&table, 5, found, 8), 0);
    assert_int_equal(posting_reserve(&table, 5, 50), 0);
    assert_int_equal(posting_add(&table, 5, 1, 0), 0);
    for (uint32_t slot = 0; slot < 50; slot++)
        assert_int_equal(posting_add(&table, 5, slot, 60), slot + 1);
    assert_int_equal(posting_slots(&table, 5, found, 8), 8);
    posting_dispose(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_table_is_a_map_of_sets),
                                       cmocka_unit_test(room_cuts_the_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
