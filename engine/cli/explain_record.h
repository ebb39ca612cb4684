/* What `weisu explain` says of one record: tokens, place, topic, units, risk words, and why, as one JSON object. */
#ifndef CLI_EXPLAIN_RECORD_H
#define CLI_EXPLAIN_RECORD_H

#include "base/byte_buffer.h"
#include "pipeline/analyse.h"

/* Appends the object without a line feed. `analysis` is that of `record` and still alive. */
void explain_record(struct byte_buffer *out, const struct lexicon *lexicon, const weisu_record *record,
                    const struct analysis *analysis);

#endif
