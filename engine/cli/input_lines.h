/* The lines of several files, one after another. Blank lines are passed over. A line longer than the limit of a record
 * is cut and marked; the rest of it is skipped, so memory is bounded. Standard input ("-") is copied to a temporary
 * file, because an archive is read twice. One thread. */
#ifndef CLI_INPUT_LINES_H
#define CLI_INPUT_LINES_H

#include <weisu/error.h>
#include <weisu/str.h>

struct input_lines;

struct input_line {
    weisu_str bytes; /* without its line break; .data NULL at the end of the last file; valid until the next call */
    uint32_t file;   /* index */
    uint64_t number; /* in that file, 1-based */
    int too_long;
};

/* Opens every file once, so that a wrong name is told before the work begins. WEISU_EIO, WEISU_ENOMEM. */
weisu_code input_lines_open(struct input_lines **out, char *const *files, size_t count, weisu_err *err);
void input_lines_close(struct input_lines *lines);
weisu_code input_lines_rewind(struct input_lines *lines, weisu_err *err);
weisu_code input_lines_next(struct input_lines *lines, struct input_line *out, weisu_err *err);
uint64_t input_lines_read_bytes(const struct input_lines *lines);
uint64_t input_lines_all_bytes(const struct input_lines *lines);

#endif
