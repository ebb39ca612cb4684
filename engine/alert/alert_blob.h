/* A change of an alert as one run of bytes, so that it can be queued, kept and checkpointed as it was said.
 *
 * Little endian, see detect/row_codec.h; any bytes are safe to read: lengths and counts are checked against what is
 * there and against the contract's limits. One thread. */
#ifndef ALERT_ALERT_BLOB_H
#define ALERT_ALERT_BLOB_H

#include "base/arena.h"
#include "base/byte_buffer.h"

#include <weisu/alert.h>
#include <weisu/error.h>

/* Appends; out->failed where memory is out. Strings beyond 65,535 bytes are cut. */
void alert_blob_write(struct byte_buffer *out, const weisu_alert *alert);
/* Strings of *out point into the blob, arrays are taken from the arena. WEISU_OK, WEISU_ENOMEM, or WEISU_ESTATE for
 * bytes that no alert_blob_write made. */
weisu_code alert_blob_read(const void *blob, size_t size, struct arena *arena, weisu_alert *out);

#endif
