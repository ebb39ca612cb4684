/* A pull scanner of one JSON text (RFC 8259): walks the bytes once, builds nothing, allocates nothing.
 *
 * Accepts exactly the grammar of the RFC with containers at most JSON_SCAN_DEPTH deep. Two things the RFC leaves open:
 * bytes in strings that are no UTF-8 and lone surrogates pass, and become U+FFFD when a string is read; a byte order
 * mark in front does not pass. A scanner is a value on the stack of one thread. About 2 GB/s over long strings. */
#ifndef IO_JSON_SCAN_H
#define IO_JSON_SCAN_H

#include "base/arena.h"

#include <weisu/error.h>

#include <stdint.h>

enum { JSON_SCAN_DEPTH = 32 };

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
    enum json_kind kind;
    int has_escapes; /* of a string */
    weisu_str text;  /* bytes of the source; of a string those between the quotes */
};

struct json_scan {
    const char *begin;
    const char *at;
    const char *end;
};

void json_scan_init(struct json_scan *scan, weisu_str text);

/* Errors of all functions: WEISU_ESYNTAX and WEISU_EDEPTH, with the byte in the sentence; the scanner is of no use
 * afterwards. */

/* Reads one value of any kind, white space before it included; a container is walked to its end. */
weisu_code json_scan_value(struct json_scan *scan, struct json_value *out, weisu_err *err);
/* What follows is white space only. */
weisu_code json_scan_end(struct json_scan *scan, weisu_err *err);

/* Enters an object. 1 when there is one, 0 (and nothing is read but white space) when the next value is another one. */
int json_scan_enter(struct json_scan *scan);
/* Reads the next member of the object that was entered; *more is 0 at its end, and then key and value are untouched.
 * `is_first` 1 for the first call. */
weisu_code json_scan_member(struct json_scan *scan, int is_first, struct json_value *key, struct json_value *value,
                            int *more, weisu_err *err);

/* The bytes that a string stands for, valid UTF-8: a slice of the source where nothing has to change, else in `arena`.
 * Adds the number of replaced parts to *invalid. .data NULL when memory is out. */
weisu_str json_scan_string(const struct json_value *string, struct arena *arena, uint64_t *invalid);
/* The same for bytes that nobody has scanned: what is no escape stands for itself. Size 0 when `capacity` may not do.
 */
weisu_str json_scan_unescape(weisu_str source, char *out, size_t capacity);

#endif
