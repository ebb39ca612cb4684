/* Decoding, folding, reporters' keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "text/characters.h"
#include "text/fold.h"
#include "text/reporter_key.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_dispose(&arena);
    return 0;
}

static struct characters decode(const char *text, size_t size)
{
    struct characters c;
    assert_int_equal(characters_decode(&c, (weisu_str){text, size}, &arena), 0);
    return c;
}

static void assert_same_codes(const char *one, const char *other)
{
    struct characters a = decode(one, strlen(one));
    struct characters b = decode(other, strlen(other));
    assert_int_equal(a.count, b.count);
    assert_memory_equal(a.code, b.code, a.count * sizeof *a.code);
    assert_int_equal(a.invalid, 0);
}

static void spellings_meet(void **state)
{
    (void)state;
    assert_same_codes("態度", "态度");
    assert_same_codes("ＡＢＣ１２３，！（）", "abc123,!()");
    assert_same_codes("暖氣　不熱", "暖气 不热");
    assert_same_codes("A\tB\r\nC\xc2\xa0"
                      "D",
                      "a b  c d");
    assert_same_codes("￥｡", "¥。");
    assert_same_codes("😀", "😀");
}

static void folding_is_idempotent(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 65536; c++) {
        assert_int_equal(fold_character(fold_character((uint16_t)c)), fold_character((uint16_t)c));
        assert_int_not_equal(fold_character((uint16_t)c), 0);
    }
    for (uint32_t c = 'A'; c <= 'Z'; c++)
        assert_int_equal(fold_character((uint16_t)c), c + 32);
    assert_int_equal(fold_character(0xd800), 0xfffd);
    assert_int_equal(fold_character(0x3002), 0x3002);
}

static void offsets_are_bytes_of_the_original(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa9"
                               "停😀b";
    struct characters c = decode(text, strlen(text));
    static const uint32_t offsets[] = {0, 1, 3, 6, 10, 11};
    assert_int_equal(c.count, 5);
    assert_memory_equal(c.offset, offsets, sizeof offsets);
    assert_int_equal(c.code[2], 0x505c);
    assert_in_range(c.code[3], 0xe000, 0xf8ff);
    assert_ptr_equal(c.bytes.data, text);
    c = decode(NULL, 0);
    assert_int_equal(c.count, 0);
    assert_int_equal(c.offset[0], 0);
}

/* Unicode 15, tables 3-8 to 3-11: each maximal part of an ill-formed sequence is one U+FFFD. */
static void invalid_parts_become_one_replacement_each(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count;
        size_t invalid;
    } rows[] = {
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9, 8},
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9, 8},
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9, 7},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 5, 4},
        {"\xe5\x81", 1, 1},
        {"\xe5\x81\x9c\xe5", 2, 1},
        {"\x80\x80\x80\x80", 4, 4},
        {"\xf5\x80", 2, 2},
        {"\xef\xbf\xbd", 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct characters c = decode(rows[i].bytes, strlen(rows[i].bytes));
        assert_int_equal(c.count, rows[i].count);
        assert_int_equal(c.invalid, rows[i].invalid);
    }
}

/* The plain reading of table 3-7, character by character, to compare with. */
static size_t count_by_table(const unsigned char *b, size_t size, size_t *invalid)
{
    size_t count = 0;
    *invalid = 0;
    for (size_t at = 0; at < size; count++) {
        uint32_t code;
        at += utf8_read(b + at, size - at, &code);
        *invalid += code == UTF8_INVALID;
    }
    return count;
}

static void random_bytes_are_covered_once(void **state)
{
    (void)state;
    static const unsigned char pool[] = {'a',  0x80, 0xbf, 0xc2, 0xe0, 0xe5, 0xed,
                                         0xef, 0xf0, 0xf4, 0x9f, 0xa0, 0x81, 0};
    for (uint64_t draw = 0; draw < 100000; draw++) {
        char bytes[40];
        uint64_t bits = hash_mix(draw);
        size_t size = bits % (sizeof bytes + 1);
        for (size_t i = 0; i < size; i++) {
            bits = hash_mix(bits + i);
            bytes[i] = (char)pool[bits % sizeof pool];
        }
        arena_reset(&arena);
        struct characters c = decode(bytes, size);
        size_t invalid;
        assert_int_equal(c.count, count_by_table((const unsigned char *)bytes, size, &invalid));
        assert_int_equal(c.invalid, invalid);
        assert_int_equal(c.offset[c.count], size);
        for (size_t i = 0; i < c.count; i++)
            assert_true(c.offset[i] < c.offset[i + 1] && c.code[i] != 0);
    }
}

/* Every order of characters of one to four bytes, so that each way through the vector code is taken at each place. */
static void all_mixtures_of_lengths_agree(void **state)
{
    (void)state;
    static const char *const characters[4] = {"A", "é", "态", "😀"};
    static const uint16_t folded[4] = {'a', 0xe9, 0x6001, 0xe000 + 0x1f600 % 6400};
    enum { places = 7 };
    for (unsigned mixture = 0; mixture < 1u << (2 * places); mixture++) {
        char text[64] = {0};
        size_t size = 0;
        for (unsigned i = 0; i < 2 * places; i++) {
            const char *character = characters[mixture >> (2 * (i % places)) & 3];
            memcpy(text + size, character, strlen(character));
            size += strlen(character);
        }
        arena_reset(&arena);
        struct characters c = decode(text, size);
        assert_int_equal(c.count, 2 * places);
        for (unsigned i = 0; i < 2 * places; i++)
            assert_int_equal(c.code[i], folded[mixture >> (2 * (i % places)) & 3]);
    }
}

static void utf8_is_written_and_cut(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10ffff; code += 7) {
        char bytes[4];
        uint32_t back;
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        size_t size = utf8_write(bytes, code);
        assert_int_equal(utf8_read((const unsigned char *)bytes, size, &back), size);
        assert_int_equal(back, code);
    }
    weisu_str text = {"停水a", 7};
    static const size_t cuts[] = {0, 0, 0, 3, 3, 3, 6, 7, 7};
    for (size_t most = 0; most < 9; most++)
        assert_int_equal(utf8_cut(text, most), cuts[most]);
    assert_int_equal(utf8_cut((weisu_str){"\x80\x80\x80\x80\x80\x80", 6}, 5), 5);
}

static void *refuse(void *context, size_t size)
{
    (void)context;
    (void)size;
    return NULL;
}

static void *refuse_resize(void *context, void *old, size_t old_size, size_t size)
{
    (void)old;
    (void)old_size;
    return refuse(context, size);
}

static void release_nothing(void *context, void *old, size_t size)
{
    (void)context;
    (void)size;
    assert_null(old);
}

static void no_memory_is_reported(void **state)
{
    (void)state;
    const weisu_allocator none = {NULL, refuse, refuse_resize, release_nothing};
    struct arena empty;
    arena_init(&empty, &none, 0);
    struct characters c;
    assert_int_equal(characters_decode(&c, (weisu_str){"停水", 6}, &empty), -1);
    assert_int_equal(c.count, 0);
    arena_dispose(&empty);
}

/* The first two vectors of the reference implementation of SipHash-2-4 with 128 bits. */
static void reporters_are_keyed(void **state)
{
    (void)state;
    static const unsigned char of_nothing[16] = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
                                                 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};
    static const unsigned char of_zero[16] = {0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44,
                                              0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45};
    struct reporter_key key;
    unsigned char hash[16];
    for (unsigned char i = 0; i < 16; i++)
        key.secret[i] = i;
    reporter_hash(&key, (weisu_str){NULL, 0}, hash);
    assert_memory_equal(hash, of_nothing, 16);
    reporter_hash(&key, (weisu_str){"", 1}, hash);
    assert_memory_equal(hash, of_zero, 16);
    key.secret[0] = 1;
    reporter_hash(&key, (weisu_str){"", 1}, hash);
    assert_memory_not_equal(hash, of_zero, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_meet),
        cmocka_unit_test(folding_is_idempotent),
        cmocka_unit_test(offsets_are_bytes_of_the_original),
        cmocka_unit_test(invalid_parts_become_one_replacement_each),
        cmocka_unit_test(random_bytes_are_covered_once),
        cmocka_unit_test(all_mixtures_of_lengths_agree),
        cmocka_unit_test(utf8_is_written_and_cut),
        cmocka_unit_test(no_memory_is_reported),
        cmocka_unit_test(reporters_are_keyed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
