/* The shared strings of a workbook (ECMA-376 part 1, 18.4), by number.
 *
 * Phonetic runs are dropped, runs of rich text joined, _x000D_ and the like decoded. A string longer than a line of
 * input may be is cut behind that limit: the row that uses it is refused anyway. One thread.
 * Memory: 48 MiB at most (XLSX_STRINGS_BYTES); what is more goes to temporary files and costs a system call or two for
 * each string that is not beside the one before it. */
#ifndef IO_XLSX_STRINGS_H
#define IO_XLSX_STRINGS_H

#include "base/byte_buffer.h"
#include "io/spill_bytes.h"
#include "io/zip_archive.h"

enum { XLSX_STRINGS_BYTES = 32 << 20, XLSX_STRING_INDEX_BYTES = 16 << 20 };

struct xlsx_strings {
    const weisu_allocator *allocator;
    struct spill_bytes bytes;
    struct spill_bytes ends; /* of each string in `bytes`, 8 bytes each */
    uint64_t count;
};

/* `budget`: bytes of text kept in memory, XLSX_STRINGS_BYTES or, in tests, less. */
void xlsx_strings_init(struct xlsx_strings *strings, size_t budget, const weisu_allocator *allocator);
void xlsx_strings_dispose(struct xlsx_strings *strings);
/* Errors are those of xml_part_open, xml_part_run and spill_bytes_append. */
weisu_code xlsx_strings_read(struct xlsx_strings *strings, struct zip_archive *archive, const char *part,
                             weisu_err *err);
/* Appends string `number`; one that is not there is empty. WEISU_EIO; memory is told by the buffer. */
weisu_code xlsx_strings_append(struct xlsx_strings *strings, uint64_t number, struct byte_buffer *out, weisu_err *err);

/* Decodes _xHHHH_ in place (18.2.22); returns the new size. */
size_t xlsx_unescape(char *bytes, size_t size);

#endif
