/* The rules of a record, once for all formats: what a line says under each key → a weisu_record.
 *
 * A format puts what it read into a record_fields and calls record_fields_finish. The checks are those of
 * docs/records.md; whether an id is known, and whether an update or a time is plausible, is decided by admission. */
#ifndef IO_RECORD_FIELDS_H
#define IO_RECORD_FIELDS_H

#include "base/arena.h"
#include "io/record_options.h"

#include <weisu/record.h>

enum { RECORD_LINE_BYTES = 1 << 20, RECORD_ID_BYTES = 128 };

/* One line, or row, of input. */
struct record_line {
    char *data;      /* masked in place by decoding */
    size_t size;     /* without its line break */
    uint64_t number; /* 1-based */
};

/* What decoding needs and counts. One a thread; records live until the arena is reset, and as long as their line. */
struct record_decoder {
    const struct record_options *options;
    struct arena *arena;
    uint64_t invalid; /* parts of texts that were no UTF-8 and became U+FFFD */
    uint64_t masked;  /* values of personal data */
};

enum record_value_kind {
    RECORD_ABSENT, /* also null and an empty text */
    RECORD_STRING, /* valid UTF-8, of a format that has types */
    RECORD_CELL,   /* valid UTF-8, of a table: may stand for any type */
    RECORD_NUMBER, /* a number of JSON, as text */
    RECORD_FALSE,
    RECORD_TRUE,
    RECORD_OTHER /* an array or object */
};

struct record_value {
    enum record_value_kind kind;
    weisu_str text; /* in the line or the arena: masked in place */
};

struct record_fields {
    struct record_value value[RECORD_KEYS];
    int may_lack_id; /* a row of a table: a whole record gets an id from its content */
};

/* An id from the content is "r" and 16 hexadecimal digits, a hash of time, texts and place as they are after masking,
 * and of 16 bits of the reporter: enough to tell reporters of one text apart, too few to find one by. What is said of
 * the case (closed, resolved, …) is no part of it, so that a later export of the case is an update of it. Fills *out,
 * with the constants of the options in place of what the line says. `number` is that of the line. Errors:
 * WEISU_EMISSING, WEISU_ETYPE, WEISU_EFIELD, WEISU_ETIME naming the key, WEISU_ENOMEM; *out is undefined then, and
 * texts may have been masked. */
weisu_code record_fields_finish(struct record_decoder *decoder, struct record_fields *fields, uint64_t number,
                                weisu_record *out, weisu_err *err);

#endif
