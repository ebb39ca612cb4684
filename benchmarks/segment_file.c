/* Speed of segmentation alone: every line of a file, through the public interface, again and again.
 *
 * usage: segment_file IMAGE FILE PASSES [strings]
 * Prints one line: bytes of a pass, the least processor time of a pass in seconds, tokens of a pass. Processor time,
 * not time by the clock: other work on the machine counts less. With `strings` a copy of every token is made, as
 * callers do that keep tokens as strings. compare_segmenters.py runs it beside other programs that print the same line.
 */
#include <weisu/segment.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct input {
    char *bytes;
    size_t size;
};

static int give_up(const char *what)
{
    fprintf(stderr, "segment_file: %s\n", what);
    return EXIT_FAILURE;
}

static int read_file(struct input *input, const char *path)
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

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void copy_tokens(const char *line, const weisu_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        size_t size = tokens->at[i].byte_end - tokens->at[i].byte_begin;
        char *copy = malloc(size + 1);
        if (!copy)
            continue;
        memcpy(copy, line + tokens->at[i].byte_begin, size);
        copy[size] = 0;
        free(copy);
    }
}

/* Tokens of all lines; SIZE_MAX when a call failed. */
static size_t segment_lines(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, const struct input *input,
                            int strings)
{
    size_t count = 0;
    for (const char *at = input->bytes, *end = at + input->size; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((newline ? newline : end) - at);
        weisu_tokens tokens;
        if (weisu_segment(segmenter, scratch, (weisu_str){at, size}, &tokens, NULL))
            return SIZE_MAX;
        if (strings)
            copy_tokens(at, &tokens);
        count += tokens.count;
        at += size + 1;
    }
    return count;
}

static int measure(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, const struct input *input,
                   long passes, int strings)
{
    double least = 1e9;
    size_t tokens = 0;
    for (long pass = 0; pass < passes; pass++) {
        double before = processor_seconds();
        tokens = segment_lines(segmenter, scratch, input, strings);
        double seconds = processor_seconds() - before;
        least = seconds < least ? seconds : least;
    }
    if (tokens == SIZE_MAX)
        return give_up("segmenting failed");
    printf("%zu %.6f %zu\n", input->size, least, tokens);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    weisu_segmenter *segmenter = NULL;
    weisu_segment_scratch *scratch = NULL;
    struct input input = {0};
    weisu_err err;
    if (argc < 4)
        return give_up("usage: segment_file IMAGE FILE PASSES [strings]");
    if (read_file(&input, argv[2]))
        return give_up("the file cannot be read");
    if (weisu_segmenter_open(&segmenter, argv[1], NULL, &err) || weisu_segment_scratch_new(&scratch, segmenter, &err))
        return give_up(err.text);
    int status = measure(segmenter, scratch, &input, strtol(argv[3], NULL, 10), argc > 4);
    weisu_segment_scratch_free(scratch);
    weisu_segmenter_close(segmenter);
    free(input.bytes);
    return status;
}
