/* A decoded record as a line of JSON, without its reporter: what stands for a line that was read and masked. Pure; any
 * thread. */
#ifndef IO_RECORD_RENDER_H
#define IO_RECORD_RENDER_H

#include "base/byte_buffer.h"
#include "base/zone.h"

#include <weisu/record.h>

/* Appends the object, without a line break. Times are written in `zone` (NULL: UTC). */
void record_render(struct byte_buffer *out, const weisu_record *record, const struct zone *zone);

#endif
