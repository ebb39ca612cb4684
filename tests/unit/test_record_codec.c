/* The stored form of a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/record_codec.h"

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static weisu_record full_record(void)
{
    return (weisu_record){.title = str("暖气不热"),
                          .text = str("室温只有十四度"),
                          .address = str("丽发新城小区"),
                          .category = str("供暖"),
                          .channel = str("12345"),
                          .time_ms = INT64_C(1561943103250),
                          .closed_ms = -1,
                          .updated_ms = INT64_MAX,
                          .area = UINT64_C(110105001000),
                          .lat_e7 = -399000000,
                          .lon_e7 = INT32_MIN,
                          .has = 0x3ff};
}

static void assert_same_str(weisu_str a, weisu_str b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
}

static void assert_same_record(const weisu_record *a, const weisu_record *b)
{
    assert_same_str(a->title, b->title);
    assert_same_str(a->text, b->text);
    assert_same_str(a->address, b->address);
    assert_same_str(a->category, b->category);
    assert_same_str(a->channel, b->channel);
    assert_true(a->time_ms == b->time_ms && a->closed_ms == b->closed_ms && a->updated_ms == b->updated_ms);
    assert_true(a->area == b->area && a->lat_e7 == b->lat_e7 && a->lon_e7 == b->lon_e7 && a->has == b->has);
}

static void assert_round_trip(const weisu_record *record)
{
    struct byte_buffer bytes;
    byte_buffer_init(&bytes, NULL);
    record_encode(&bytes, record);
    assert_false(bytes.failed);
    weisu_record back;
    weisu_err err;
    assert_int_equal(record_decode(&back, (weisu_str){bytes.data, bytes.size}, &err), WEISU_OK);
    assert_same_record(record, &back);
    assert_int_equal(back.id.size + back.reporter.size, 0);
    byte_buffer_dispose(&bytes);
}

static void a_record_comes_back(void **state)
{
    (void)state;
    weisu_record record = full_record();
    assert_round_trip(&record);
    record = (weisu_record){.time_ms = WEISU_NO_TIME, .closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
    assert_round_trip(&record);
    record.time_ms = 0;
    record.closed_ms = INT64_MIN + 1;
    assert_round_trip(&record);
}

/* Every cut and every changed bit is either refused or read as another record: never read past the end. */
static void damage_is_seen_or_harmless(void **state)
{
    (void)state;
    struct byte_buffer bytes;
    byte_buffer_init(&bytes, NULL);
    weisu_record record = full_record();
    record_encode(&bytes, &record);
    size_t refused = 0;
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        struct byte_buffer damaged;
        byte_buffer_init(&damaged, NULL);
        byte_buffer_append(&damaged, bytes.data, bytes.size); /* a block of its own: the sanitizer guards its end */
        damaged.data[bit / 8] ^= (char)(1 << bit % 8);
        weisu_record back;
        refused += record_decode(&back, (weisu_str){damaged.data, damaged.size}, NULL) == WEISU_ESTORE;
        byte_buffer_dispose(&damaged);
    }
    assert_true(refused > 0);
    weisu_record back;
    assert_int_equal(record_decode(&back, (weisu_str){bytes.data, 0}, NULL), WEISU_ESTORE);
    assert_int_equal(record_decode(&back, (weisu_str){bytes.data, bytes.size - 1}, NULL), WEISU_ESTORE);
    byte_buffer_dispose(&bytes);
}

static void only_the_canonical_form_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } wrong[] = {
        {"\x02", 1},                                               /* version */
        {"\x01\x00", 2},                                           /* tag 0 */
        {"\x01\x0d\x01", 3},                                       /* tag that is none */
        {"\x01\x02\x00", 3},                                       /* empty string written out */
        {"\x01\x02\x01x\x01\x01x", 7},                             /* descending tags */
        {"\x01\x02\x01x\x02\x01x", 7},                             /* a tag twice */
        {"\x01\x06\x80\x00", 4},                                   /* longer than it needs to be */
        {"\x01\x0c\x00", 3},                                       /* zero written out */
        {"\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 13}, /* size beyond the end */
        {"\x01\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03", 12},  /* more than 64 bits */
        {"\x01\x0a\xff\xff\xff\xff\x10", 7},                       /* degrees beyond 32 bits */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        weisu_record back;
        weisu_err err = {.code = WEISU_OK};
        assert_int_equal(record_decode(&back, (weisu_str){wrong[i].bytes, wrong[i].size}, &err), WEISU_ESTORE);
        assert_int_equal(err.code, WEISU_ESTORE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back),
        cmocka_unit_test(damage_is_seen_or_harmless),
        cmocka_unit_test(only_the_canonical_form_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
