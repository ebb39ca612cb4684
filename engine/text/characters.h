/* Decoding: UTF-8 bytes → folded 16-bit characters, each with the offset of its first byte.
 *
 * Strict UTF-8 (Unicode 15, table 3-7): each maximal invalid part becomes one U+FFFD and is counted; the rest of the
 * line survives. Folding (fold.h) brings full width to half width, traditional to simplified, capitals to small
 * letters. A character beyond the BMP is folded into the private use area (U+E000 + code point mod 6400), so that two
 * of them rarely meet. Pure, any thread. */
#ifndef TEXT_CHARACTERS_H
#define TEXT_CHARACTERS_H

#include "base/arena.h"

#include <stdint.h>

struct characters {
    weisu_str bytes;        /* the original; not owned */
    const uint16_t *code;   /* [count] folded */
    const uint32_t *offset; /* [count + 1] byte offset into `bytes`; offset[count] == bytes.size */
    size_t count;
    size_t invalid; /* how many U+FFFD stand for invalid bytes */
};

/* Arrays come from `arena` and live until its reset. 0; -1 when memory is out or the text exceeds UINT32_MAX - 1 bytes
 * (`out` is empty then). Cost: one pass. */
int characters_decode(struct characters *out, weisu_str bytes, struct arena *arena);

#endif
