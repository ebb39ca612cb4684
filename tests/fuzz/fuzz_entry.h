/* What libFuzzer, or replay_main.c in its place, calls. The build includes this file ahead of every fuzz target. */
#ifndef WEISU_FUZZ_ENTRY_H
#define WEISU_FUZZ_ENTRY_H

#include <stddef.h>
#include <stdint.h>

/* One input, of any content and any size from 0. Returns 0; a property that does not hold aborts. Two calls with the
 * same bytes do the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once before the first input; a target need not define it. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
