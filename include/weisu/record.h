/* A record: one complaint, or an update of one, as the contract in docs/records.md describes it. */
#ifndef WEISU_RECORD_H
#define WEISU_RECORD_H

#include <stdint.h>
#include <weisu/str.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEISU_NO_TIME INT64_MIN

/* Bits of weisu_record.has. A boolean has two bits: known, and its value. */
enum {
    WEISU_HAS_POSITION = 1 << 0,  /* lat_e7 and lon_e7 */
    WEISU_HAS_DATE_ONLY = 1 << 1, /* time_ms is a day without an hour: the day's first instant in the zone */
    WEISU_HAS_RESOLVED = 1 << 2,
    WEISU_IS_RESOLVED = 1 << 3,
    WEISU_HAS_SATISFIED = 1 << 4,
    WEISU_IS_SATISFIED = 1 << 5,
    WEISU_HAS_CONTACTED = 1 << 6,
    WEISU_IS_CONTACTED = 1 << 7,
    WEISU_HAS_WITHDRAWN = 1 << 8,
    WEISU_IS_WITHDRAWN = 1 << 9
};

/* All strings are UTF-8 and belong to the caller; they are read during the call only. An absent string has size 0. */
typedef struct weisu_record {
    weisu_str id; /* 1 to 128 bytes */
    weisu_str title;
    weisu_str text;
    weisu_str address;
    weisu_str category;
    weisu_str channel;
    weisu_str reporter; /* opaque bytes; only equality is used, and only a keyed hash is kept */
    int64_t time_ms;    /* since 1970-01-01T00:00:00Z; WEISU_NO_TIME only in an update */
    int64_t closed_ms;  /* or WEISU_NO_TIME */
    int64_t updated_ms; /* when an update takes effect; WEISU_NO_TIME: at the clock */
    uint64_t area;      /* 12-digit division code, shorter ones filled with zeros on the right; 0: none */
    int32_t lat_e7;     /* degrees × 10^7, WGS 84, with WEISU_HAS_POSITION */
    int32_t lon_e7;
    uint32_t has;
} weisu_record;

#ifdef __cplusplus
}
#endif
#endif
