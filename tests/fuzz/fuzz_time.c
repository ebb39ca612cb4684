/* Times: what is read is a real date, the loose reader reads what the strict one does, writing inverts reading; and any
 * bytes as a zone's file are refused or give offsets that exist. */
#include <assert.h>
#include <string.h>

#include "base/civil_time.h"
#include "base/zone.h"

static void check_text(weisu_str text)
{
    struct civil_text strict;
    struct civil_text loose;
    int is_strict = civil_parse(text, &strict) == 0;
    int is_loose = civil_parse_loose(text, &loose) == 0;
    assert(!is_strict || (is_loose && memcmp(&strict, &loose, sizeof strict) == 0));
    if (!is_loose)
        return;
    assert(civil_is_valid(&loose.time) && loose.time.year >= 0 && loose.time.year <= 9999);
    assert(loose.offset_s > -86400 && loose.offset_s < 86400);
    char out[CIVIL_TEXT_BYTES];
    int64_t ms = civil_to_ms(&loose.time);
    struct civil_text again;
    size_t size = civil_format(ms - (int64_t)loose.offset_s * 1000, loose.offset_s, out);
    assert(size < sizeof out && civil_parse((weisu_str){out, size}, &again) == 0);
    int is_at_the_end = loose.time.year == 0 || loose.time.year == 9999; /* written as the nearest year that can be */
    assert(is_at_the_end || civil_to_ms(&again.time) == ms);
}

static void check_zone(weisu_str bytes)
{
    struct zone *zone;
    weisu_err err = {.code = WEISU_OK};
    weisu_code code = zone_open_bytes(&zone, "Fuzz/Zone", bytes, NULL, &err);
    assert((code == WEISU_OK) == (zone != NULL) && (code == WEISU_OK || code == WEISU_ECONFIG) && err.code == code);
    for (int64_t ms = INT64_C(-9000000000000000); zone && ms < INT64_C(9000000000000000);
         ms += INT64_C(97000000000123)) {
        int32_t offset_s = zone_offset_s(zone, ms);
        assert(offset_s > -200000 && offset_s < 200000);
        int64_t back = zone_local_to_utc(zone, ms + (int64_t)offset_s * 1000);
        assert(back > ms - INT64_C(400000000) && back < ms + INT64_C(400000000));
    }
    zone_close(zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weisu_str bytes = {(const char *)data, size};
    check_text(bytes);
    check_zone(bytes);
    return 0;
}
