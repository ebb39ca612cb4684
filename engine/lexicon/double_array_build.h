/* Building a double array from a sorted word list. Offline: about one second for half a million nodes. One thread;
 * deterministic: equal words give equal bytes. */
#ifndef LEXICON_DOUBLE_ARRAY_BUILD_H
#define LEXICON_DOUBLE_ARRAY_BUILD_H

#include "base/memory.h"
#include "lexicon/double_array.h"

#include <stddef.h>

#include <weisu/error.h>

/* A word as the builder takes it. */
struct array_key {
    const uint16_t *code; /* [length] codes, 1 to code_count - 1 */
    uint32_t length;      /* 1 to ARRAY_MAX_LENGTH */
    uint32_t entry;       /* what array_build.entry gives for the cell in which the word ends */
    uint64_t frequency;   /* places frequent nodes together */
    uint16_t cost;
};

struct array_build {
    const weisu_allocator *allocator;
    struct array_cell *cell; /* [cell_count], owned */
    uint32_t *entry;         /* [cell_count], owned; UINT32_MAX where no word ends */
    size_t cell_count;
    size_t cell_capacity;
    size_t entry_capacity;
};

/* `words` are sorted by their codes (as sequences of numbers, a prefix first) and differ. WEISU_ENOMEM, or WEISU_ELIMIT
 * past ARRAY_MAX_CELLS; `out` may be disposed in every case. */
weisu_code array_build_run(struct array_build *out, const struct array_key *words, size_t count, uint32_t code_count,
                           const weisu_allocator *allocator, weisu_err *err);
void array_build_dispose(struct array_build *build);

#endif
