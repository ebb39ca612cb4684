/* Base containers: arena, buffer, map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/byte_buffer.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/id_map.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_its_blocks_over_a_reset),
        cmocka_unit_test(map_agrees_with_an_array),
        cmocka_unit_test(buffer_writes_numbers),
        cmocka_unit_test(errors_name_their_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
