/* Speed of segmentation alone: every line of a file, through the public interface, again and again.
 *
 * usage: segment_file IMAGE FILE PASSES [strings | open | threads N]
 * Prints one line: bytes of a pass, the least processor time of a pass in seconds, tokens of a pass. Processor time,
 * not time by the clock: other work on the machine counts less. With `strings` a copy of every token is made, as
 * callers do that keep tokens as strings. With `open` the image is opened and closed in each pass, and nothing
 * else; the time is that of the clock. With `threads` N threads of one segmenter segment the whole file each, and
 * the time is that of the clock, since it is what they have to share. compare_segmenters.py runs it beside other
 * programs that print the same line.
 */
#include "timed_file.h"

#include <weisu/segment.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int give_up(const char *what)
{
    fprintf(stderr, "segment_file: %s\n", what);
    return EXIT_FAILURE;
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

/* ---- other measures ---- */

enum { MOST_THREADS = 64 };

struct team {
    const weisu_segmenter *segmenter;
    const struct input *input;
    long passes;
    pthread_barrier_t barrier;
    size_t tokens; /* of the first thread; SIZE_MAX: a call failed */
    double least;
};

struct member {
    struct team *team;
    int index;
};

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *run_member(void *argument)
{
    const struct member *member = argument;
    struct team *team = member->team;
    weisu_segment_scratch *scratch = NULL;
    size_t tokens = weisu_segment_scratch_new(&scratch, team->segmenter, NULL) ? SIZE_MAX : 0;
    for (long pass = 0; pass < team->passes; pass++) {
        pthread_barrier_wait(&team->barrier);
        double before = clock_seconds();
        if (tokens != SIZE_MAX)
            tokens = segment_lines(team->segmenter, scratch, team->input, 0);
        pthread_barrier_wait(&team->barrier);
        double seconds = clock_seconds() - before;
        if (member->index == 0 && seconds < team->least)
            team->least = seconds;
    }
    if (member->index == 0)
        team->tokens = tokens;
    weisu_segment_scratch_free(scratch);
    return NULL;
}

static int measure_team(const weisu_segmenter *segmenter, const struct input *input, long passes, int threads)
{
    struct team team = {.segmenter = segmenter, .input = input, .passes = passes, .least = 1e9};
    struct member members[MOST_THREADS];
    pthread_t thread[MOST_THREADS];
    if (threads < 1 || threads > MOST_THREADS || pthread_barrier_init(&team.barrier, NULL, (unsigned)threads))
        return give_up("1 to 64 threads");
    for (int i = 0; i < threads; i++) {
        members[i] = (struct member){&team, i};
        if (pthread_create(&thread[i], NULL, run_member, &members[i]))
            exit(give_up("no threads"));
    }
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    pthread_barrier_destroy(&team.barrier);
    if (team.tokens == SIZE_MAX)
        return give_up("segmenting failed");
    printf("%zu %.6f %zu\n", input->size * (size_t)threads, team.least, team.tokens * (size_t)threads);
    return EXIT_SUCCESS;
}

static int measure_open(const char *image, long passes)
{
    double least = 1e9;
    for (long pass = 0; pass < passes; pass++) {
        weisu_segmenter *segmenter;
        double before = clock_seconds();
        if (weisu_segmenter_open(&segmenter, image, NULL, NULL))
            return give_up("the image cannot be opened");
        double seconds = clock_seconds() - before;
        least = seconds < least ? seconds : least;
        weisu_segmenter_close(segmenter);
    }
    printf("0 %.6f 0\n", least);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    weisu_segmenter *segmenter = NULL;
    weisu_segment_scratch *scratch = NULL;
    struct input input = {0};
    weisu_err err;
    if (argc < 4)
        return give_up("usage: segment_file IMAGE FILE PASSES [strings | open | threads N]");
    if (argc == 5 && strcmp(argv[4], "open") == 0)
        return measure_open(argv[1], strtol(argv[3], NULL, 10));
    if (read_file(&input, argv[2]))
        return give_up("the file cannot be read");
    if (weisu_segmenter_open(&segmenter, argv[1], NULL, &err) || weisu_segment_scratch_new(&scratch, segmenter, &err))
        return give_up(err.text);
    int is_team = argc == 6 && strcmp(argv[4], "threads") == 0;
    int status = is_team ? measure_team(segmenter, &input, strtol(argv[3], NULL, 10), (int)strtol(argv[5], NULL, 10))
                         : measure(segmenter, scratch, &input, strtol(argv[3], NULL, 10), argc > 4);
    weisu_segment_scratch_free(scratch);
    weisu_segmenter_close(segmenter);
    free(input.bytes);
    return status;
}
