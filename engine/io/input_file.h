/* A file of records, by name: what kind it is, and its bytes in order. One thread.
 *
 * The ending of the name decides: .jsonl, .ndjson and .json are JSON Lines, .csv and .tsv tables; "-" is standard
 * input, JSON Lines. Case does not matter. Other endings are refused, by name. */
#ifndef IO_INPUT_FILE_H
#define IO_INPUT_FILE_H

#include "base/memory.h"

#include <weisu/error.h>

#include <stdint.h>

enum input_format { INPUT_JSON_LINES, INPUT_CSV, INPUT_TSV };

struct input_file;

/* WEISU_ECONFIG (an ending that is not known; the sentence lists those that are), WEISU_EIO, WEISU_ENOMEM; *out is NULL
 * then. */
weisu_code input_file_open(struct input_file **out, const char *path, const weisu_allocator *allocator, weisu_err *err);
/* NULL is allowed. Standard input stays open. */
void input_file_close(struct input_file *file);
/* The next bytes: *got of them, 0 at the end. WEISU_EIO. */
weisu_code input_file_read(struct input_file *file, void *bytes, size_t capacity, size_t *got, weisu_err *err);
/* From the beginning again. WEISU_EIO for what cannot be (a pipe). */
weisu_code input_file_rewind(struct input_file *file, weisu_err *err);

enum input_format input_file_format(const struct input_file *file);
/* As it was opened. */
const char *input_file_name(const struct input_file *file);
/* Bytes of the whole file when it was opened, 0 when nobody knows; bytes read since the last rewind. For progress. */
uint64_t input_file_size(const struct input_file *file);
uint64_t input_file_position(const struct input_file *file);

#endif
