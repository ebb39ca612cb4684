/* Which cells of a workbook are dates, by their style (ECMA-376 part 1, 18.8). One thread while it is read, then
 * immutable. At most 65,536 styles are kept, as many as Excel writes. */
#ifndef IO_XLSX_STYLES_H
#define IO_XLSX_STYLES_H

#include "io/cell_text.h"
#include "io/zip_archive.h"

struct xlsx_styles {
    const weisu_allocator *allocator;
    unsigned char *kind; /* [count] enum cell_kind */
    size_t count;
    size_t capacity;
};

void xlsx_styles_init(struct xlsx_styles *styles, const weisu_allocator *allocator);
void xlsx_styles_dispose(struct xlsx_styles *styles);
/* Errors are those of xml_part_open and xml_part_run. */
weisu_code xlsx_styles_read(struct xlsx_styles *styles, struct zip_archive *archive, const char *part, weisu_err *err);
/* Of the style with that number; CELL_NUMBER for one that is not there. */
enum cell_kind xlsx_styles_kind(const struct xlsx_styles *styles, uint32_t style);

#endif
