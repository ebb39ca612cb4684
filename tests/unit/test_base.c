/* Base containers: arena, buffer, map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/byte_buffer.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"
#include "base/row_blocks.h"
#include "base/row_index.h"

static void arena_keeps_its_blocks_over_a_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 1024);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 100; i++) {
            char *at = arena_take(&arena, 100);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % 16, 0);
            memset(at, (int)i, 100);
        }
        assert_non_null(arena_take(&arena, 5000));
        if (round == 0) {
            arena_reset(&arena);
            continue;
        }
        size_t held = arena.held_bytes;
        arena_reset(&arena);
        assert_int_equal(held, arena.held_bytes);
    }
    arena_dispose(&arena);
}

static void map_agrees_with_an_array(void **state)
{
    (void)state;
    enum { keys = 2000 };
    uint32_t truth[keys];
    memset(truth, 0xff, sizeof truth);
    struct id_map map;
    id_map_init(&map, NULL);
    uint64_t draw = 1;
    for (int step = 0; step < 100000; step++) {
        draw = hash_mix(draw + 1);
        size_t key = draw % keys;
        if (draw >> 60 < 6) {
            assert_int_equal(id_map_remove(&map, key), truth[key] != ID_MAP_NONE);
            truth[key] = ID_MAP_NONE;
        } else {
            truth[key] = (uint32_t)(draw >> 33);
            assert_int_equal(id_map_put(&map, key, truth[key]), 0);
        }
    }
    size_t count = 0;
    for (size_t key = 0; key < keys; key++) {
        assert_int_equal(id_map_get(&map, key), truth[key]);
        count += truth[key] != ID_MAP_NONE;
    }
    assert_int_equal(count, map.count);
    id_map_dispose(&map);
}

static void buffer_writes_numbers(void **state)
{
    (void)state;
    struct byte_buffer buffer;
    byte_buffer_init(&buffer, NULL);
    byte_buffer_append_int(&buffer, INT64_MIN);
    byte_buffer_append_char(&buffer, ' ');
    byte_buffer_append_int(&buffer, 0);
    byte_buffer_append_text(&buffer, " x");
    assert_int_equal(buffer.size, strlen("-9223372036854775808 0 x"));
    assert_memory_equal(buffer.data, "-9223372036854775808 0 x", buffer.size);
    byte_buffer_dispose(&buffer);
}

static void errors_name_their_code(void **state)
{
    (void)state;
    weisu_err err;
    assert_int_equal(failure(&err, WEISU_ECONFLICT, "line %d", 7), WEISU_ECONFLICT);
    failure_at(&err, "a.jsonl", 9);
    assert_string_equal(err.text, "line 7");
    assert_string_equal(err.file, "a.jsonl");
    assert_string_equal(weisu_code_name(err.code), "conflict");
    assert_string_equal(weisu_code_name((weisu_code)999), "unknown");
}

enum { INDEXED = 5000 };

/* Of a row's number. Every seventh shares its lower half with the one before, so that tags collide. */
static uint64_t hash_of_row(const void *salt, uint32_t row)
{
    uint64_t hash = hash_mix(*(const uint64_t *)salt + row - (row % 7 == 6));
    return row % 7 == 6 ? hash ^ UINT64_C(1) << 40 : hash;
}

static void index_agrees_with_an_array(void **state)
{
    (void)state;
    struct row_index index;
    uint64_t salt = 99;
    uint64_t draw = 5;
    static unsigned char is_in[INDEXED];
    memset(is_in, 0, sizeof is_in);
    row_index_init(&index, NULL);
    assert_int_equal(row_index_find(&index, 1, hash_of_row, &salt), ROW_INDEX_NONE);
    for (size_t step = 0; step < 20 * INDEXED; step++) {
        draw = hash_mix(draw);
        /* It fills, then empties, then fills again. */
        uint32_t row = (uint32_t)(draw >> 8) % INDEXED;
        uint64_t hash = hash_of_row(&salt, row);
        int adds = (draw & 3) < (step / (5 * INDEXED) % 2 ? 1 : 3);
        assert_int_equal(row_index_find(&index, hash, hash_of_row, &salt), is_in[row] ? row : ROW_INDEX_NONE);
        if (adds && !is_in[row]) {
            assert_int_equal(row_index_reserve(&index, index.count + 1), 0);
            row_index_add(&index, hash, row);
        } else if (!adds) {
            row_index_remove(&index, hash, row);
        }
        is_in[row] = (unsigned char)adds;
    }
    size_t count = 0;
    for (uint32_t row = 0; row < INDEXED; row++)
        count += is_in[row];
    assert_int_equal(index.count, count);
    assert_true(count > 100);
    assert_true(index.capacity <= INDEXED * 2);
    row_index_dispose(&index);
}

static uint64_t ascending_hash(const void *hashes, uint32_t row)
{
    return ((const uint64_t *)hashes)[row];
}

static int by_hash(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* As a checkpoint gives them. A table whose places followed that order would be full at its front: this would take
 * minutes. */
static void rows_may_come_in_order_of_their_hash(void **state)
{
    (void)state;
    enum { MANY = 300000 };
    struct row_index index;
    uint64_t *hashes = malloc(MANY * sizeof *hashes);
    assert_non_null(hashes);
    for (uint32_t row = 0; row < MANY; row++)
        hashes[row] = hash_mix(row);
    qsort(hashes, MANY, sizeof *hashes, by_hash);
    row_index_init(&index, NULL);
    for (uint32_t row = 0; row < MANY; row++) {
        assert_int_equal(row_index_reserve(&index, index.count + 1), 0);
        row_index_add(&index, hashes[row], row);
    }
    for (uint32_t row = 0; row < MANY; row++)
        assert_int_equal(row_index_find(&index, hashes[row], ascending_hash, hashes), row);
    row_index_dispose(&index);
    free(hashes);
}

static void blocks_keep_what_is_after_the_first(void **state)
{
    (void)state;
    enum { ELEMENTS = 5 * ROW_BLOCK + 3 };
    struct row_blocks rows;
    row_blocks_init(&rows, sizeof(uint64_t), NULL);
    for (uint64_t i = 0; i < ELEMENTS; i++) {
        assert_int_equal(row_blocks_reserve(&rows), 0);
        *(uint64_t *)row_blocks_at(&rows, rows.end++) = i * i;
        if (i % 1000 == 999)
            row_blocks_drop_before(&rows, i / 2);
        for (uint64_t j = rows.first; j < rows.end; j += 377)
            assert_int_equal(*(uint64_t *)row_blocks_at(&rows, j), j * j);
    }
    assert_int_equal(rows.held, 4); /* of six, two are given back */
    row_blocks_drop_before(&rows, rows.end);
    assert_int_equal(rows.held, 1);
    assert_int_equal(row_blocks_reserve(&rows), 0);
    *(uint64_t *)row_blocks_at(&rows, rows.end++) = 42;
    assert_int_equal(*(uint64_t *)row_blocks_at(&rows, rows.end - 1), 42);
    row_blocks_dispose(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_its_blocks_over_a_reset),
        cmocka_unit_test(map_agrees_with_an_array),
        cmocka_unit_test(index_agrees_with_an_array),
        cmocka_unit_test(rows_may_come_in_order_of_their_hash),
        cmocka_unit_test(blocks_keep_what_is_after_the_first),
        cmocka_unit_test(buffer_writes_numbers),
        cmocka_unit_test(errors_name_their_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
