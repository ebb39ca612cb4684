/* What the columns of a hotline's export are called: header → key of a record.
 *
 * Names are compared without case, spaces and punctuation, full width as half width, traditional as simplified,
 * and without what stands in brackets at the end.
 * Sources: exports of 12345 hotlines, Open311 GeoReport v2, the 311 data of New York and Chicago. Pure; any thread. */
#ifndef IO_COLUMN_NAMES_H
#define IO_COLUMN_NAMES_H

#include "io/record_options.h"

#include <stdint.h>

struct column_name {
    enum record_key key; /* RECORD_KEYS: the name is not known */
    uint32_t rank;       /* of several columns for one key the lowest counts; address and category are joined */
};

/* `header` in valid UTF-8. */
struct column_name column_name_find(weisu_str header);

#endif
