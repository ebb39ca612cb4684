/* A file of words of users (--words): "word<TAB>frequency" a line, as segment/user_words.h says. */
#ifndef CLI_WORDS_FILE_H
#define CLI_WORDS_FILE_H

#include "base/byte_buffer.h"
#include "segment/word_overlay.h"

enum { WORDS_FILE_BYTES = 16 << 20 };

/* Reads the file and checks every line; *out (initialised by the caller, empty) gets the changes as text, without
 * comments and blank lines. WEISU_EIO; WEISU_EFIELD, WEISU_ETOOLONG, WEISU_ELIMIT with err->file and err->line;
 * WEISU_ENOMEM. */
weisu_code words_file_read(struct byte_buffer *out, const char *path, weisu_err *err);

/* The overlay of these changes alone; NULL in *out where nothing is said. The text was read by words_file_read. */
weisu_code words_file_overlay(struct word_overlay **out, const struct lexicon *lexicon, weisu_str text, weisu_err *err);

#endif
