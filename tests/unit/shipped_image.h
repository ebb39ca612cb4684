/* The project's own image with a segmenter and an arena, for tests of what stands behind segmentation.
 * One test program, one thread. The build makes the image before the tests. */
#ifndef TESTS_SHIPPED_IMAGE_H
#define TESTS_SHIPPED_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment/segmenter.h"

/* Counts what is taken and given back; refuses from the `refuse_at`-th request on, when that is not 0. */
struct counting_allocator {
    weisu_allocator allocator;
    size_t requests;
    size_t refuse_at;
    size_t held_bytes;
};

struct image_fixture {
    struct counting_allocator counter;
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct arena arena;
};

/* One field: decoded and cut. */
struct cut_text {
    struct characters characters;
    struct seg_tokens tokens;
};

static inline int is_refused(struct counting_allocator *counter)
{
    counter->requests++;
    return counter->refuse_at && counter->requests >= counter->refuse_at;
}

static inline void *counted_allocate(void *context, size_t size)
{
    struct counting_allocator *counter = context;
    void *made = is_refused(counter) ? NULL : malloc(size);
    counter->held_bytes += made ? size : 0;
    return made;
}

static inline void *counted_resize(void *context, void *old, size_t old_size, size_t size)
{
    struct counting_allocator *counter = context;
    void *made = is_refused(counter) ? NULL : realloc(old, size);
    counter->held_bytes += made ? size - old_size : 0;
    return made;
}

static inline void counted_release(void *context, void *old, size_t size)
{
    struct counting_allocator *counter = context;
    counter->held_bytes -= old ? size : 0;
    free(old);
}

static inline void counter_init(struct counting_allocator *counter)
{
    *counter = (struct counting_allocator){.allocator = {counter, counted_allocate, counted_resize, counted_release}};
}

static inline void fixture_open(struct image_fixture *fixture)
{
    weisu_err err = {0};
    counter_init(&fixture->counter);
    if (lexicon_open(&fixture->lexicon, WEISU_BINARY_DIR "/share/weisu/weisu.image", NULL, &err))
        fail_msg("%s", err.text);
    assert_int_equal(segmenter_new(&fixture->segmenter, fixture->lexicon, NULL, &err), WEISU_OK);
    arena_init(&fixture->arena, &fixture->counter.allocator, 0);
}

static inline void fixture_close(struct image_fixture *fixture)
{
    arena_dispose(&fixture->arena);
    segmenter_free(fixture->segmenter);
    lexicon_close(fixture->lexicon);
    assert_int_equal(fixture->counter.held_bytes, 0);
}

/* Lives until the arena's reset. */
static inline struct cut_text fixture_cut(struct image_fixture *fixture, const char *text)
{
    struct cut_text cut;
    assert_int_equal(characters_decode(&cut.characters, (weisu_str){text, strlen(text)}, &fixture->arena), 0);
    assert_int_equal(segmenter_run(fixture->segmenter, &cut.characters, &fixture->arena, &cut.tokens), 0);
    return cut;
}

static inline void assert_text(weisu_str got, const char *expected)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%.*s", (int)got.size, got.size ? got.data : "");
    assert_string_equal(copy, expected);
}

#endif
