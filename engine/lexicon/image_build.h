/* Building an image from the tables of datasets/. Offline, about two seconds; one thread; deterministic: equal tables
 * give equal bytes on every machine. */
#ifndef LEXICON_IMAGE_BUILD_H
#define LEXICON_IMAGE_BUILD_H

#include "base/byte_buffer.h"
#include "lexicon/table_file.h"

struct image_options {
    const char *datasets; /* the folder */
    int words_only;       /* only lexicon/words.tsv, without tags: jieba's own dictionary */
    const char *city; /* first digits of the division codes to take, also from gazetteer/china/; NULL: gazetteer/ only,
                         "": all of China */
};

struct image_figures {
    size_t words;
    size_t pairs;
    size_t cells; /* of the double array */
    size_t tags;
    size_t places;
    size_t topics;
    size_t terms;
};

/* Appends the image to `out` (empty before). Mistakes in the tables go to `report` and make the call fail with
 * WEISU_ESYNTAX, after all of them were named. Also WEISU_EIO, WEISU_ELIMIT, WEISU_ENOMEM. On failure what `out` holds
 * is no image. `figures` may be NULL. */
weisu_code image_build(const struct image_options *options, struct byte_buffer *out, struct table_report *report,
                       struct image_figures *figures, weisu_err *err);

/* Reads and judges the tables only: WEISU_OK with report->count == 0, or WEISU_ESYNTAX, or what made reading fail. */
weisu_code image_check_tables(const struct image_options *options, struct table_report *report,
                              const weisu_allocator *allocator, weisu_err *err);

/* Writes bytes to a file beside `path` and renames it: a reader never sees half an image, and a process that has the
 * old one mapped keeps it. WEISU_EIO; `path` is untouched then. */
weisu_code image_write(const char *path, const void *bytes, size_t size, weisu_err *err);

#endif
