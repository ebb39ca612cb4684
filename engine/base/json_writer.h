/* A streaming JSON writer (RFC 8259) on a byte_buffer. Commas come by themselves; nothing is allocated but the buffer.
 *
 *     json_writer_init(&w, &buffer);
 *     json_begin_object(&w);
 *     json_key(&w, "id");
 *     json_string(&w, id);
 *     json_end_object(&w);
 *     json_end_line(&w);
 *
 * Calls must nest as JSON does, keys only in objects and one before each value there, at most JSON_WRITER_DEPTH deep:
 * asserted in debug builds. Out of memory is remembered by the buffer (`failed`); look once, at the end.
 * One thread a writer. Deterministic. About 1 GB/s of Chinese strings. */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/byte_buffer.h"

#include <stdint.h>

enum { JSON_WRITER_DEPTH = 62 };

struct json_writer {
    struct byte_buffer *out; /* not owned */
    uint64_t has_item;       /* bit d: the container at depth d has an element */
    uint32_t depth;
    uint32_t after_key;
};

/* Goes on at the end of `out`. */
void json_writer_init(struct json_writer *w, struct byte_buffer *out);

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
/* `key` is a literal of ours: ASCII without quotes, backslashes and control characters. */
void json_key(struct json_writer *w, const char *key);
/* Any bytes as a key, escaped as json_string does. */
void json_key_string(struct json_writer *w, weisu_str key);

/* Any bytes. Quotes, backslashes, control characters, U+2028 and U+2029 are escaped, each invalid part of UTF-8 becomes
 * U+FFFD; all else stays as it is. */
void json_string(struct json_writer *w, weisu_str value);
/* The same for a 0-terminated string. */
void json_text(struct json_writer *w, const char *value);
void json_int(struct json_writer *w, int64_t value);
void json_uint(struct json_writer *w, uint64_t value);
/* value / 10^decimals without zeros at the end: (12340, 3) gives 12.34, (-5, 3) gives -0.005. `decimals` 0 to 18. */
void json_fixed(struct json_writer *w, int64_t value, unsigned decimals);
void json_bool(struct json_writer *w, int value);
void json_null(struct json_writer *w);
/* An instant as an RFC 3339 string on the clock that stands `offset_s` east of UTC. */
void json_time(struct json_writer *w, int64_t utc_ms, int32_t offset_s);
/* A value that is JSON already, on one line. */
void json_raw(struct json_writer *w, weisu_str value);

/* Ends a line of JSON Lines: a line feed, and the writer is as new. All containers must be closed. */
void json_end_line(struct json_writer *w);

#endif
