/* What the name of a file, and the beginning of its text, say about its format. Pure; any thread. */
#ifndef IO_INPUT_NAME_H
#define IO_INPUT_NAME_H

#include "io/input_file.h"

/* By the ending, .gz and .zst aside; case does not matter. 0 when it is none of ours. */
int input_format_by_name(const char *path, enum input_format *format);
/* By the first bytes of a text, in any encoding whose ASCII is one byte or two: '{' begins JSON Lines; a line with a
 * delimiter begins a table. 0 when it is neither. */
int input_format_by_text(weisu_str first, enum input_format *format);

#endif
