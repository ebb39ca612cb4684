/* A ZIP archive read by position, one part at a time: minizip walks the directory, zlib unpacks. One thread for each
 * archive.
 *
 * Bounded memory whatever the archive says: 110 KiB, and the directory is walked on disk. Archives and parts may be of
 * any size (zip_entry.h). A part is unpacked while it is read; one that unpacks to more than expansion_limit.h allows
 * is stopped. */
#ifndef IO_ZIP_ARCHIVE_H
#define IO_ZIP_ARCHIVE_H

#include "base/memory.h"
#include "io/byte_source.h"

struct zip_archive;

/* WEISU_EIO (no directory at its end: the file is truncated, or no ZIP), WEISU_ENOMEM; *out is NULL then. */
weisu_code zip_archive_open(struct zip_archive **out, struct byte_source source, const weisu_allocator *allocator,
                            weisu_err *err);
void zip_archive_close(struct zip_archive *archive);
/* Whether there is a part of that exact name. Not while a part is open. */
int zip_archive_has(struct zip_archive *archive, const char *name);

/* What the archive was opened with. */
const weisu_allocator *zip_archive_allocator(const struct zip_archive *archive);

/* Opens a part; one that was open is closed. WEISU_EIO (no such part, damaged, protected by a password, packed by a
 * method that is not read), WEISU_ENOMEM. */
weisu_code zip_part_open(struct zip_archive *archive, const char *name, weisu_err *err);
/* The next bytes of the open part: *got of them, 0 at the end. With the last bytes comes WEISU_EIO when its size or its
 * check sum is another one. WEISU_EIO (damaged, truncated), WEISU_ELIMIT (a bomb). */
weisu_code zip_part_read(struct zip_archive *archive, void *bytes, size_t capacity, size_t *got, weisu_err *err);

#endif
