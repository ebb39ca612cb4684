/* What may be shown of a line that was rejected: personal data masked, the reporter hidden, cut.
 *
 * Works on any bytes, broken JSON above all; pure; any thread. */
#ifndef IO_RECORD_RAW_H
#define IO_RECORD_RAW_H

#include "io/record_options.h"

enum { RECORD_RAW_BYTES = 4096 };

/* Masks personal data in place (also behind JSON escapes) and puts asterisks over every value that stands after the
 * reporter's key, by whatever name the options give it. Sizes stay. `options` NULL: no mapping. */
void record_raw_hide(const struct record_options *options, char *bytes, size_t size);

/* The first RECORD_RAW_BYTES at most, no character split. Hide first: half a number is no longer seen as one. */
weisu_str record_raw_cut(weisu_str raw);

#endif
