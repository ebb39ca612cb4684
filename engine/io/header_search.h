/* Which of the first rows of a table is its header: the one in which the most keys of a record are named, the first of
 * equals. Titles, merged or not, and lines of explanation above it name none. One thread. */
#ifndef IO_HEADER_SEARCH_H
#define IO_HEADER_SEARCH_H

#include "base/byte_buffer.h"
#include "io/record_options.h"

enum { HEADER_ROWS = 30 }; /* that are looked at */

struct header_search {
    const struct record_options *options;
    struct byte_buffer row; /* the best so far */
    uint64_t number;        /* of it; 0: there was no row */
    int keys;               /* that it names */
    char delimiter;
};

void header_search_init(struct header_search *search, const struct record_options *options,
                        const weisu_allocator *allocator);
void header_search_dispose(struct header_search *search);
/* Looks at a row; its bytes are copied where it is the best. WEISU_ENOMEM. */
weisu_code header_search_add(struct header_search *search, weisu_str row, uint64_t number, char delimiter,
                             weisu_err *err);
/* Looks at the first rows of a text, once for each of the delimiters (a comma, a semicolon, a tab), or for the one that
 * is given (not 0). Numbers are those of lines. WEISU_ENOMEM. */
weisu_code header_search_text(struct header_search *search, weisu_str text, char delimiter, weisu_err *err);

#endif
