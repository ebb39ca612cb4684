/* Which encoding a text is in, by its bytes: UTF-8, GB18030 (with GBK and GB 2312, which it contains), UTF-16.
 *
 * UTF-8 wins where its rule holds, as no other text keeps it by chance for long. GB18030 must keep its own rule and be
 * mostly characters of GB 2312, which Big5, Shift-JIS or binary data read that way are not. Pure; any thread. */
#ifndef IO_ENCODING_GUESS_H
#define IO_ENCODING_GUESS_H

#include <weisu/str.h>

enum text_encoding {
    ENCODING_ASCII, /* so far: nothing else was seen */
    ENCODING_UTF8,
    ENCODING_GB18030,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_OTHER /* none of these */
};

/* By a file's first bytes: its byte order mark, or the zeros of UTF-16. *mark is the size of the mark to be dropped (0
 * for that of UTF-8, which line readers drop). ENCODING_ASCII: nothing is known yet. */
enum text_encoding encoding_by_mark(weisu_str first, size_t *mark);

/* By bytes that begin with the first one that is not ASCII and may end within a character. */
enum text_encoding encoding_by_content(weisu_str sample);

/* As iconv calls it; "UTF-8" for ENCODING_ASCII. */
const char *encoding_name(enum text_encoding encoding);

#endif
