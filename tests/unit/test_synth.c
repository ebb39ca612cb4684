/* The generator's grammar and streams: what its wordings may say, and that a stream follows from its options alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "synth/synth.h"
#include "synth/template.h"

static const char tables_dir[] = WEISU_SOURCE_DIR "/datasets/synth";

static weisu_str text_of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* ---- wordings ---- */

static int one_class(void *context, weisu_str name)
{
    (void)context;
    return name.size == 5 && memcmp(name.data, "tools", 5) == 0 ? 7 : -1;
}

/* 居民 has synonyms, of class 3. */
static int one_synonym(void *context, weisu_str text, size_t *size)
{
    (void)context;
    if (text.size < 6 || memcmp(text.data, "居民", 6) != 0)
        return -1;
    *size = 6;
    return 3;
}

static void write_slot(void *context, const struct template_slot *slot, struct byte_buffer *out)
{
    (void)context;
    byte_buffer_append_char(out, '<');
    byte_buffer_append_int(out, slot->low);
    byte_buffer_append_char(out, '>');
}

struct wording_fixture {
    struct template_pool pool;
    struct byte_buffer out;
};

static int set_up(void **state)
{
    struct wording_fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    template_pool_init(&fixture->pool, memory_default());
    fixture->pool.find_class = one_class;
    fixture->pool.find_phrase = one_class;
    byte_buffer_init(&fixture->out, memory_default());
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct wording_fixture *fixture = *state;
    template_pool_dispose(&fixture->pool);
    byte_buffer_dispose(&fixture->out);
    free(fixture);
    return 0;
}

static weisu_code compile(struct wording_fixture *fixture, const char *text, struct template_range *range)
{
    return template_compile(&fixture->pool, text_of(text), range, NULL);
}

static void assert_written(struct wording_fixture *fixture, const char *text, const char *expected)
{
    struct template_range range;
    struct draw draw = draw_from(1, 1);
    assert_int_equal(compile(fixture, text, &range), WEISU_OK);
    byte_buffer_reset(&fixture->out);
    struct template_writer writer = {&fixture->pool, &fixture->out, write_slot, NULL};
    template_write(&writer, range, &draw);
    assert_int_equal(fixture->out.size, strlen(expected));
    assert_memory_equal(fixture->out.data, expected, strlen(expected));
}

static void wordings_are_literals_slots_and_choices(void **state)
{
    struct wording_fixture *fixture = *state;
    assert_written(fixture, "漏水{n:2-2}天", "漏水<2>天");
    assert_written(fixture, "[一样|一样]{w:tools}[]", "一样<7>");
    assert_written(fixture, "{q:tools}和{eq:tools}", "<7>和<7>");
}

static void words_with_synonyms_become_slots(void **state)
{
    struct wording_fixture *fixture = *state;
    assert_written(fixture, "老居民说[居民|居民]", "老居民说居民");
    fixture->pool.find_synonym = one_synonym;
    assert_written(fixture, "老居民说[居民|居民]", "老<3>说<3>");
    assert_written(fixture, "居民", "<3>");
}

static void wrong_wordings_are_refused(void **state)
{
    struct wording_fixture *fixture = *state;
    static const char *const wrong[] = {"{nothing}",    "{n:9-2}", "{n:2}", "{w:unknown}", "{q:unknown}",
                                        "{eq:unknown}", "{P",      "[a|b",  "[a[b]]",      "{P:2}"};
    struct template_range range;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(compile(fixture, wrong[i], &range), WEISU_ESYNTAX);
}

/* ---- streams ---- */

static struct synth_options small_stream(uint64_t seed)
{
    return (struct synth_options){
        .seed = seed, .days = 12, .per_day = 40, .first_day = 19800, .tables_dir = tables_dir};
}

/* Records, and a hash over all that they say. */
static uint64_t read_all(const struct synth_options *options, uint64_t *records)
{
    struct synth *synth;
    struct synth_record record;
    uint64_t hash = 0;
    uint64_t last_id = 0;
    *records = 0;
    assert_int_equal(synth_new(&synth, options, memory_default(), NULL), WEISU_OK);
    while (synth_next(synth, &record, NULL) == WEISU_OK && record.id) {
        assert_true(record.id > last_id);
        assert_true(record.title.size > 0 && record.text.size > 0);
        last_id = record.id;
        hash = hash_pair(hash, hash_bytes(record.title.data, record.title.size));
        hash = hash_pair(hash, hash_bytes(record.text.data, record.text.size) ^ (uint64_t)record.time_ms);
        ++*records;
    }
    synth_free(synth);
    return hash;
}

static void streams_follow_from_their_options(void **state)
{
    (void)state;
    uint64_t count[3];
    struct synth_options options = small_stream(3);
    uint64_t first = read_all(&options, &count[0]);
    assert_true(read_all(&options, &count[1]) == first);
    assert_true(count[0] == count[1]);
    options.seed = 4;
    assert_true(read_all(&options, &count[2]) != first);
    assert_in_range(count[0], 300, 700);
}

/* One day among 300 days of warm-up: the rate is kept all the same. */
static void a_single_day_has_its_number_of_complaints(void **state)
{
    (void)state;
    struct synth_options options = small_stream(5);
    uint64_t count;
    options.days = 1;
    options.per_day = 2000;
    options.short_text = 1;
    read_all(&options, &count);
    assert_in_range(count, 1700, 2300);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    struct synth *synth;
    struct synth_options wrong = small_stream(1);
    wrong.days = SYNTH_MAX_DAYS + 1;
    assert_int_equal(synth_new(&synth, &wrong, memory_default(), NULL), WEISU_EINVAL);
    assert_null(synth);
    wrong = small_stream(1);
    wrong.per_day = 0;
    assert_int_equal(synth_new(&synth, &wrong, memory_default(), NULL), WEISU_EINVAL);
    wrong = small_stream(1);
    wrong.tables_dir = "/nowhere";
    assert_int_equal(synth_new(&synth, &wrong, memory_default(), NULL), WEISU_EIO);
    wrong = small_stream(1);
    wrong.city = "99";
    assert_int_equal(synth_new(&synth, &wrong, memory_default(), NULL), WEISU_ECONFIG);
    assert_null(synth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wordings_are_literals_slots_and_choices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_with_synonyms_become_slots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_wordings_are_refused, set_up, tear_down),
        cmocka_unit_test(streams_follow_from_their_options),
        cmocka_unit_test(a_single_day_has_its_number_of_complaints),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
