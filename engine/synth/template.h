/* Wordings with choices and slots, compiled once and written many times.
 *
 *     {P}[一直|始终]漏水，已经{n:2-9}天
 *
 * "[a|b|]" takes one of its branches (the last one here is empty); branches hold slots but no further brackets.
 * "{…}" is a slot; what it becomes is decided by the caller's `fill` (scene.c). Slots with arguments:
 *     {n:2-9} a number of this record     {e:2-9} the same for all records of an event
 *     {m:100-900} an amount of money      {w:class}, {ew:class} a word, of this record or of the event
 *     {q:phrase}, {eq:phrase} one of the ways in which a phrase can be said; phrases hold phrases
 * A word that has synonyms is a slot of its own while `pool.find_synonym` is set.
 * A pool belongs to one thread while it is filled; afterwards any thread reads it. Writing costs about 20 ns an op. */
#ifndef SYNTH_TEMPLATE_H
#define SYNTH_TEMPLATE_H

#include "base/byte_buffer.h"
#include "synth/draw.h"

#include <weisu/error.h>

/* name in the tables, slot, what it becomes */
#define SYNTH_SLOTS(X)                                                                                                 \
    X("P", SLOT_PLACE, "the place, as this record calls it")                                                           \
    X("A", SLOT_AREA, "district, with or without subdistrict")                                                         \
    X("B", SLOT_BUILDING, "building")                                                                                  \
    X("U", SLOT_UNIT, "unit of the building")                                                                          \
    X("H", SLOT_ROOM, "room or flat")                                                                                  \
    X("R", SLOT_ROAD, "the road that the place lies on")                                                               \
    X("R2", SLOT_SECOND_ROAD, "the next road")                                                                         \
    X("SQ", SLOT_COMMUNITY, "community")                                                                               \
    X("DX", SLOT_SUBDISTRICT, "subdistrict")                                                                           \
    X("WY", SLOT_PROPERTY, "property management of the place")                                                         \
    X("CO", SLOT_COMPANY, "organisation that the event is about")                                                      \
    X("S", SLOT_SHOP, "shop that the event is about")                                                                  \
    X("X", SLOT_PERSON, "a person")                                                                                    \
    X("XB", SLOT_BOSS, "the person in charge, of the event")                                                           \
    X("D", SLOT_DATE, "a day of the last weeks")                                                                       \
    X("DD", SLOT_OLD_DATE, "a month of the last years, of the event")                                                  \
    X("T", SLOT_CLOCK, "time of day")                                                                                  \
    X("TN", SLOT_NIGHT_CLOCK, "time of night")                                                                         \
    X("F", SLOT_PHONE, "mobile phone number (fictitious)")                                                             \
    X("CP", SLOT_PLATE, "number plate (fictitious)")                                                                   \
    X("IDN", SLOT_IDENTITY, "identity number (fictitious, of a county that does not exist)")                           \
    X("EMAIL", SLOT_EMAIL, "e-mail address (fictitious)")                                                              \
    X("O", SLOT_OBJECT, "what the problem is about")                                                                   \
    X("V", SLOT_DEFECT, "what is wrong with it")                                                                       \
    X("i", SLOT_ISSUE, "the problem in a few words")                                                                   \
    X("n", SLOT_NUMBER, "number")                                                                                      \
    X("e", SLOT_EVENT_NUMBER, "number of the event")                                                                   \
    X("m", SLOT_MONEY, "amount")                                                                                       \
    X("w", SLOT_WORD, "word of a class")                                                                               \
    X("ew", SLOT_EVENT_WORD, "word of a class, of the event")                                                          \
    X("q", SLOT_PHRASE, "phrase")                                                                                      \
    X("eq", SLOT_EVENT_PHRASE, "phrase, mostly of the event")

enum synth_slot {
#define X(name, slot, what) slot,
    SYNTH_SLOTS(X)
#undef X
        SLOT_COUNT
};

/* Arguments of a slot: low and high of a number, or the class of a word or the phrase in `low`; else `low` tells this
 * slot of the tables from all others. */
struct template_slot {
    enum synth_slot slot;
    uint32_t low;
    uint32_t high;
};

struct template_op;
struct template_branch;

struct template_pool {
    const weisu_allocator *allocator;
    struct template_op *ops;
    size_t op_count, op_capacity;
    struct template_branch *branches;
    size_t branch_count, branch_capacity;
    struct byte_buffer literals;
    /* The class of words of this name, or -1. */
    int (*find_class)(void *context, weisu_str name);
    /* The phrase of this name, or -1. */
    int (*find_phrase)(void *context, weisu_str name);
    /* The class of words that may stand for the first *size bytes of `text`, or -1. NULL: no words are replaced. */
    int (*find_synonym)(void *context, weisu_str text, size_t *size);
    void *context;
};

/* A compiled wording; {0, 0} writes nothing. */
struct template_range {
    uint32_t first;
    uint32_t count;
};

void template_pool_init(struct template_pool *pool, const weisu_allocator *allocator);
void template_pool_dispose(struct template_pool *pool);

/* WEISU_ESYNTAX (unknown slot or class, brackets that do not match, a range that falls) with a sentence; WEISU_ENOMEM.
 * On an error *out is not set; the pool stays usable. */
weisu_code template_compile(struct template_pool *pool, weisu_str text, struct template_range *out, weisu_err *err);

struct template_writer {
    const struct template_pool *pool;
    struct byte_buffer *out;
    /* Appends what the slot becomes to `out`. */
    void (*fill)(void *context, const struct template_slot *slot, struct byte_buffer *out);
    void *context;
};

/* Choices are taken from `draw`. A slot of the template may write templates in turn. */
void template_write(const struct template_writer *writer, struct template_range range, struct draw *draw);

#endif
