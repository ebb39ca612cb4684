/* A file of records, by name: what kind it is, and its bytes in order as UTF-8. One thread.
 *
 * The content decides, the name helps. Packed files (gzip, Zstandard) are unpacked, texts in GB18030 or UTF-16 turned
 * into UTF-8 while reading. A ZIP archive is taken for a workbook (.xlsx); text that begins with '{' is JSON Lines,
 * whatever its name; other text is what the ending says (.jsonl, .ndjson, .json; .csv, .tsv, .txt, .xls; behind them
 * .gz, .zst), and with another ending a table when its first line has a delimiter. "-" is standard input.
 * Memory: 128 KiB, twice that when packed, and the window of the packing (unpack_stream.h). */
#ifndef IO_INPUT_FILE_H
#define IO_INPUT_FILE_H

#include "base/memory.h"
#include "io/byte_pull.h"
#include "io/byte_source.h"
#include "io/encoding_guess.h"

#include <weisu/error.h>

#include <stdint.h>

enum input_format { INPUT_JSON_LINES, INPUT_CSV, INPUT_TSV, INPUT_XLSX };

struct input_file;

/* WEISU_ECONFIG (a format that is not read: the sentence, Chinese first, says which and what to do), WEISU_EIO (also a
 * packed file whose beginning is damaged), WEISU_ENOMEM; *out is NULL then. */
weisu_code input_file_open(struct input_file **out, const char *path, const weisu_allocator *allocator, weisu_err *err);
/* The same; what can be read only once (a pipe) is copied to a temporary file first, so that it can be rewound. */
weisu_code input_file_open_settled(struct input_file **out, const char *path, const weisu_allocator *allocator,
                                   weisu_err *err);
/* NULL is allowed. Standard input stays open. */
void input_file_close(struct input_file *file);
/* Of a text: the next bytes: *got of them, 0 at the end; `capacity` is at least BYTE_PULL_LEAST. WEISU_EIO,
 * WEISU_ELIMIT (text_decoder.h, unpack_stream.h). */
weisu_code input_file_read(struct input_file *file, void *bytes, size_t capacity, size_t *got, weisu_err *err);
/* From the beginning again. WEISU_EIO for what cannot be (a pipe). */
weisu_code input_file_rewind(struct input_file *file, weisu_err *err);

/* Of a workbook: its bytes by position; a packed or piped one is copied to a temporary file first. The source is the
 * file's, valid until it is closed; one thread. WEISU_EIO, WEISU_ELIMIT. */
weisu_code input_file_source(struct input_file *file, struct byte_source *out, weisu_err *err);

enum input_format input_file_format(const struct input_file *file);
/* What a text was recognised as so far. */
enum text_encoding input_file_encoding(const struct input_file *file);
/* As it was opened. */
const char *input_file_name(const struct input_file *file);
/* Bytes of the whole file on disk, 0 when nobody knows; bytes of them read since the last rewind. For progress. */
uint64_t input_file_size(const struct input_file *file);
uint64_t input_file_position(const struct input_file *file);

#endif
