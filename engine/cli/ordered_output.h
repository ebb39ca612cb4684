/* Records rendered by all workers of an executor, written in their order. */
#ifndef CLI_ORDERED_OUTPUT_H
#define CLI_ORDERED_OUTPUT_H

#include "base/out_file.h"

#include <weisu/engine.h>

/* Appends record `at` to `out`. Called by any worker, for different records at once; must only read what it shares. */
typedef void (*ordered_render)(const void *context, size_t at, struct byte_buffer *out);

/* Appends records 0 to count - 1 to the file. The bytes do not depend on the executor. Holds some hundred kilobytes of
 * records at a time. WEISU_ENOMEM. A file that cannot be written ends it early: out_file_commit tells why. */
weisu_code ordered_output(struct out_file *file, const weisu_executor *executor, size_t count, ordered_render render,
                          const void *context, weisu_err *err);

#endif
