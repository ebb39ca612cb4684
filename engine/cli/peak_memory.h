/* The most memory that the process had resident since a moment of its choice (Linux: VmHWM of /proc/self/status). */
#ifndef CLI_PEAK_MEMORY_H
#define CLI_PEAK_MEMORY_H

#include <stdint.h>

/* Counts anew from what is resident now; where the system does not allow it, the count goes on. */
void peak_memory_reset(void);
/* Bytes; 0 where the system does not tell. */
uint64_t peak_memory_bytes(void);

#endif
