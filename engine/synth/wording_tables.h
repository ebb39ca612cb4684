/* All tables of datasets/synth, read and compiled: words, forms of places, organisations, problems, wordings, rhythms,
 * holidays, confusions of characters, districts.
 *
 * Read-only after loading; any thread. About 10 ms and 2 MB. */
#ifndef SYNTH_WORDING_TABLES_H
#define SYNTH_WORDING_TABLES_H

#include "base/arena.h"
#include "synth/template.h"

#include <stdint.h>

/* Parts of a complaint, by the letter that the tables give them. */
#define WORDING_PARTS(X)                                                                                               \
    X('t', PART_TITLE)                                                                                                 \
    X('i', PART_ISSUE)                                                                                                 \
    X('c', PART_CLAIM)                                                                                                 \
    X('d', PART_DETAIL)                                                                                                \
    X('e', PART_EFFECT)                                                                                                \
    X('a', PART_ASK)                                                                                                   \
    X('g', PART_GREETING)                                                                                              \
    X('o', PART_OPENING)                                                                                               \
    X('h', PART_HISTORY)                                                                                               \
    X('s', PART_STORY)                                                                                                 \
    X('l', PART_LAW)                                                                                                   \
    X('r', PART_RHETORIC)                                                                                              \
    X('z', PART_CLOSING)                                                                                               \
    X('f', PART_FOLLOW_UP)                                                                                             \
    X('u', PART_SUPPLEMENT)                                                                                            \
    X('m', PART_MATERIAL)                                                                                              \
    X('p', PART_SUBJECT)

enum wording_part {
#define X(letter, part) part,
    WORDING_PARTS(X)
#undef X
        PART_COUNT
};

enum { MONTHS = 12, HOURS = 24, WEEKDAYS = 7 };
enum { NO_CLASS = UINT32_MAX };

struct word_class {
    weisu_str name;
    weisu_str *words;
    uint32_t count;
};

/* A word that others may stand for. */
struct synonym {
    weisu_str word;
    uint32_t class; /* of these others and itself */
    uint32_t next;  /* in the chain of its first character, plus one; 0: the last */
};
enum { SYNONYM_CHAINS = 256 };

/* The ways in which something can be said. */
struct phrase {
    weisu_str name;
    struct template_range *ways;
    uint32_t count;
};

/* Wordings of one problem, of a group of places, or of all. */
struct wording_set {
    struct template_range *wordings[PART_COUNT];
    uint32_t count[PART_COUNT]; /* at most 64 */
};

/* One way to name a place of a type. */
struct place_form {
    struct template_range stem, suffix, tail, generic;
    weisu_str *buildings; /* what follows the number of a building */
    uint32_t building_count;
    uint32_t weight;
};

struct place_type {
    weisu_str name;
    const struct wording_set *group; /* NULL: none */
    struct place_form *forms;
    uint32_t form_count;
    uint32_t weight; /* sum of its forms' */
};

/* Which records share an organisation of the class. */
enum organisation_scope { SCOPE_EVENT, SCOPE_PLACE, SCOPE_DISTRICT };

struct organisation_class {
    weisu_str name;
    struct template_range stem, suffix;
    enum organisation_scope scope;
};

struct rhythm {
    weisu_str name;
    uint32_t share[HOURS]; /* the first 12, 24 or 7 */
};

enum problem_trait { TRAIT_SURGE = 1, TRAIT_COMMON = 2, TRAIT_RISK = 4, TRAIT_HOLIDAY = 8 };

enum { PROBLEM_MAX_TYPES = 8 };

struct problem {
    weisu_str id;   /* "heat_cold" */
    weisu_str name; /* "供暖不热" */
    uint32_t weight;
    uint32_t types[PROBLEM_MAX_TYPES];
    uint32_t type_count;
    const struct rhythm *months, *hours, *weekdays;
    uint32_t company; /* class of organisation */
    uint32_t shop;
    uint32_t traits;
    weisu_str *objects; /* what it is about, what is wrong with it: an event has one of each */
    weisu_str *defects;
    uint32_t object_count, defect_count;
    struct wording_set wordings;
};

struct holiday {
    int64_t first_day; /* since 1970-01-01 */
    uint32_t days;
    uint32_t percent; /* of an ordinary day's complaints */
    weisu_str name;
};

struct confusion {
    weisu_str right;
    weisu_str wrong; /* one or more characters */
};

struct district {
    weisu_str name;  /* 朝阳区 */
    weisu_str brief; /* 朝阳 */
    uint32_t weight;
    weisu_str *subdistricts;
    uint32_t subdistrict_count;
};

struct wording_tables {
    struct arena arena;
    struct template_pool pool;
    struct word_class *classes;
    const struct word_class *surnames, *given_names, *honorifics, *bosses; /* of `classes` */
    struct synonym *synonyms;
    uint32_t synonym_chains[SYNONYM_CHAINS]; /* index plus one */
    struct phrase *phrases;
    struct place_type *types;
    struct organisation_class *organisations;
    struct rhythm *months, *hours, *weekdays;
    struct problem *problems;
    struct wording_set *groups;
    weisu_str *group_names;
    struct wording_set common;
    struct holiday *holidays;
    struct confusion *confusions;
    struct district *districts;
    uint32_t synonym_count, phrase_count, class_count, type_count, organisation_count, month_count, hour_count,
        weekday_count, problem_count, group_count, holiday_count, confusion_count, district_count;
    uint32_t type_weight, district_weight; /* sums */
    uint32_t property;                     /* class of organisation that manages places */
    uint32_t road, village;                /* types of place that others lie at */
};

/* Reads the tables of `folder`; districts of the city with division code `city` ("11"). On an error (WEISU_EIO,
 * WEISU_ESYNTAX with file and line, WEISU_ENOMEM, WEISU_ECONFIG for a city without districts) nothing is to free. */
weisu_code wording_tables_load(struct wording_tables *tables, const char *folder, const char *city,
                               const weisu_allocator *allocator, weisu_err *err);
void wording_tables_free(struct wording_tables *tables);

#endif
