/* The part of a URL after '?': names and percent-decoded values. Pure; nothing is allocated. */
#ifndef HTTP_API_QUERY_H
#define HTTP_API_QUERY_H

#include <stddef.h>
#include <stdint.h>
#include <weisu/str.h>

enum { API_VALUE_BYTES = 128 };

struct api_parameter {
    weisu_str name;              /* as it stands in the URL */
    char value[API_VALUE_BYTES]; /* decoded, 0-terminated */
};

/* Takes the next parameter off the front of *rest. 1; 0 at the end; -1 when it is not well-formed: a bad escape, a zero
 * byte, or a value of API_VALUE_BYTES or more. */
int api_next_parameter(weisu_str *rest, struct api_parameter *out);

/* Decimal digits of a value up to `most`. 0, or -1. */
int api_parse_number(const char *text, uint64_t most, uint64_t *out);

#endif
