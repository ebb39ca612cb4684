/* Time zones of the tz database, read from its compiled files (TZif version 2 and up, RFC 8536).
 *
 * A zone is immutable after opening: any number of threads use it. Times are milliseconds since 1970-01-01T00:00:00Z;
 * "local" ones are those of the zone's wall clock, counted as if it were UTC.
 * A local time that a change skips is read with the offset from before the change (02:30 becomes 03:30 of summer time);
 * one that happens twice means the first. Cost: 2 ns after the zone's last change when no rule for summer time follows
 * (Asia/Shanghai since 1991), else a binary search, or about 100 ns by the rule. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/memory.h"

#include <weisu/error.h>
#include <weisu/str.h>

#include <stdint.h>

struct zone;

/* `name`: "Asia/Shanghai", at most 63 bytes of letters, digits, '_', '+', '-' and '/'; "UTC" needs no file.
 * WEISU_ECONFIG (no such name, or the file is no zone), WEISU_EIO, WEISU_ENOMEM; *out is NULL then. */
weisu_code zone_open(struct zone **out, const char *name, const weisu_allocator *allocator, weisu_err *err);
/* The same from the bytes of a file. */
weisu_code zone_open_bytes(struct zone **out, const char *name, weisu_str bytes, const weisu_allocator *allocator,
                           weisu_err *err);
void zone_close(struct zone *zone);
const char *zone_name(const struct zone *zone);

/* Seconds east of UTC at an instant. `utc_ms` within ±10^16. */
int32_t zone_offset_s(const struct zone *zone, int64_t utc_ms);
/* The instant of a local time. */
int64_t zone_local_to_utc(const struct zone *zone, int64_t local_ms);

struct civil_text;

/* The instant of a time as civil_parse read it; the day's first instant for a date alone. */
int64_t zone_instant(const struct zone *zone, const struct civil_text *text);

#endif
