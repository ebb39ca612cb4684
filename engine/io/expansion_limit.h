/* When unpacking is stopped: a small file that claims to hold far more than people pack is made to fill a disk or to
 * keep a machine busy. Deflate cannot pass 1032:1; exports of hotlines stay below 40:1, a sheet of equal rows below
 * 200:1. Pure. */
#ifndef IO_EXPANSION_LIMIT_H
#define IO_EXPANSION_LIMIT_H

#include <stdint.h>

#define EXPANSION_FREE_BYTES (UINT64_C(256) << 20)
enum { EXPANSION_RATIO = 400 };

/* 1 when `packed` bytes must not have given `unpacked` ones. */
static inline int expansion_is_too_large(uint64_t packed, uint64_t unpacked)
{
    return unpacked > EXPANSION_FREE_BYTES && unpacked / EXPANSION_RATIO > packed;
}

#endif
