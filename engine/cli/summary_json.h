/* summary.json: what a run did, with what, and at what cost. */
#ifndef CLI_SUMMARY_JSON_H
#define CLI_SUMMARY_JSON_H

#include "base/byte_buffer.h"
#include "cli/result_files.h"

/* Appends the object without a line feed. Everything but "timing" is a function of input and configuration. */
void render_summary(struct byte_buffer *out, const struct core *core, const struct result_summary *summary);

#endif
