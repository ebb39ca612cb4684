/* What a ZIP archive says of one part: the entry of its directory and the header in front of its bytes (APPNOTE 4.3.7,
 * 4.3.12), with the ZIP64 fields (4.5.3) that stand for parts beyond 4 GiB, or beyond 2 GiB where a careful writer made
 * them. minizip 1.1 (Debian 12) finds entries, but takes such sizes and positions for 4,294,967,295 where a long has
 * 64 bits; hence this. Pure but for the source; nothing is allocated. */
#ifndef IO_ZIP_ENTRY_H
#define IO_ZIP_ENTRY_H

#include "io/byte_source.h"

struct zip_entry {
    uint32_t flags;
    uint32_t method; /* 0 stored, 8 deflated, others */
    uint32_t crc;
    uint64_t packed; /* bytes at `data_at` */
    uint64_t unpacked;
    uint64_t data_at; /* the packed bytes lie within the source */
};

/* Reads the entry that the directory has at `at`. 0; -1 when it is none, its bytes do not lie within the source, or a
 * read failed: *out is undefined then. */
int zip_entry_read(struct zip_entry *out, struct byte_source source, uint64_t at);

#endif
