/* Numbers as texts, read without floating point. Pure; any thread. */
#ifndef IO_DECIMAL_TEXT_H
#define IO_DECIMAL_TEXT_H

#include <stdint.h>
#include <weisu/str.h>

/* Reads a number of JSON's grammar (a leading '+' and zeros are allowed besides) as round(value × 10^decimals), halves
 * away from zero. 0; -1 when it is none, or beyond ±limit after scaling (limit < 2^62 / 10). */
int decimal_read_scaled(weisu_str text, int decimals, int64_t limit, int64_t *scaled);

/* 1 when the text is digits only, at least one. */
int decimal_is_digits(weisu_str text);

#endif
