/* What the programs that compare_segmenters.py runs have in common: a file in memory, and the processor's time. */
#ifndef TIMED_FILE_H
#define TIMED_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct input {
    char *bytes;
    size_t size;
};

static inline int read_file(struct input *input, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    size_t room = 1 << 20;
    input->bytes = malloc(room);
    while (input->bytes) {
        input->size += fread(input->bytes + input->size, 1, room - input->size, file);
        if (input->size < room)
            break;
        char *wider = realloc(input->bytes, room *= 2);
        if (!wider)
            free(input->bytes);
        input->bytes = wider;
    }
    int failed = ferror(file);
    return fclose(file) || failed || !input->bytes ? -1 : 0;
}

static inline double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
