/* The keys of a record, and what a user says about how his files give them: --map, --const, --no-time.
 *
 * Filled in by one thread, then read by any number of them. Nothing is copied: zone, key and texts outlive it. */
#ifndef IO_RECORD_OPTIONS_H
#define IO_RECORD_OPTIONS_H

#include "base/zone.h"
#include "text/reporter_key.h"

#include <weisu/error.h>
#include <weisu/str.h>

/* The order is that in which fields are checked: an error names the first. */
enum record_key {
    RECORD_ID,
    RECORD_TIME,
    RECORD_TEXT,
    RECORD_TITLE,
    RECORD_ADDRESS,
    RECORD_CATEGORY,
    RECORD_CHANNEL,
    RECORD_REPORTER,
    RECORD_AREA,
    RECORD_LAT,
    RECORD_LON,
    RECORD_CLOSED,
    RECORD_UPDATED,
    RECORD_RESOLVED,
    RECORD_SATISFIED,
    RECORD_CONTACTED,
    RECORD_WITHDRAWN,
    RECORD_KEYS /* how many; also: none of them */
};

/* "id", "time", … Static storage. */
const char *record_key_name(enum record_key key);
/* The key of that exact name, or RECORD_KEYS. */
enum record_key record_key_find(weisu_str name);

struct record_mapping {
    enum record_key key;
    weisu_str column;
};

enum { RECORD_MAPPINGS = 64 };

struct record_options {
    const struct zone *zone;                 /* of times without an offset; required */
    const struct reporter_key *reporter_key; /* NULL: reporters are dropped */
    int no_time;                             /* the line number, as seconds since 1970, is the time */
    int needs_text_only;                     /* train, classify: a record needs `id` and `text`, nothing else */
    int keep_personal;                       /* nothing is masked (--keep-raw): tests and the owner's own wish only */
    struct record_mapping mapping[RECORD_MAPPINGS]; /* [mapping_count] */
    size_t mapping_count;
    weisu_str constant[RECORD_KEYS]; /* .data NULL: none */
};

/* No mapping, no constant; masks. */
void record_options_init(struct record_options *options, const struct zone *zone);

/* Adds "KEY=COLUMN,KEY=COLUMN": the column, or key of JSON, named COLUMN gives KEY, and the one that is called KEY in
 * the file no longer does. Several columns for one key are allowed. A comma ends a pair only where a known key and '='
 * follow. WEISU_ECONFIG names the pair that is wrong; the options are then as before. */
weisu_code record_options_map(struct record_options *options, const char *pairs, weisu_err *err);
/* Adds "KEY=VALUE,KEY=VALUE": every record has that value, whatever its line says. */
weisu_code record_options_constant(struct record_options *options, const char *pairs, weisu_err *err);

/* The key that a column of that name gives by --map, or RECORD_KEYS. */
enum record_key record_options_mapped(const struct record_options *options, weisu_str column);
/* Whether --map says where `key` is, so that its own name does not count. */
int record_options_is_mapped(const struct record_options *options, enum record_key key);

#endif
