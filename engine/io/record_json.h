/* One line of JSON Lines → a record: the hot path of every feed. One walk over the bytes, no tree; no allocation once
 * the arena is warm.
 *
 * A line is one object of RFC 8259 (json_scan.h), at most RECORD_LINE_BYTES long. Of a key that comes twice the last
 * value counts; null and "" count as absent; unknown keys are checked for their form and dropped. The order of checks
 * is fixed: form of the whole line first, then the fields in the order of enum record_key. Any thread with its own
 * decoder. Deterministic. */
#ifndef IO_RECORD_JSON_H
#define IO_RECORD_JSON_H

#include "io/record_fields.h"

/* Strings of *out lie in the line (masked there in place) or in the decoder's arena. Errors: WEISU_ESYNTAX,
 * WEISU_EDEPTH, WEISU_ETOOLONG, WEISU_ETYPE (no object), those of record_fields_finish; then texts of the line may be
 * masked, what else is personal in it is not (record_raw_hide does that). `err` gets the line's number. */
weisu_code record_json_decode(struct record_decoder *decoder, struct record_line line, weisu_record *out,
                              weisu_err *err);

#endif
