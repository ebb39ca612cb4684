/* Speed of ICU's word break iterator (dictionary for Chinese) on every line of a file, as segment_file.c measures ours.
 *
 * usage: segment_icu FILE PASSES
 * Prints bytes of a pass, the least processor seconds of a pass, tokens of a pass. Lines are UTF-8 and stay so (UText).
 */
#include "timed_file.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <string.h>

/* Tokens of all lines; SIZE_MAX when a call failed. */
static size_t segment_lines(UBreakIterator *words, const struct input *input)
{
    UErrorCode status = U_ZERO_ERROR;
    UText text = UTEXT_INITIALIZER;
    size_t count = 0;
    for (const char *at = input->bytes, *end = at + input->size; at < end && U_SUCCESS(status);) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((newline ? newline : end) - at);
        utext_openUTF8(&text, at, (int64_t)size, &status);
        ubrk_setUText(words, &text, &status);
        while (U_SUCCESS(status) && ubrk_next(words) != UBRK_DONE)
            count++;
        at += size + 1;
    }
    utext_close(&text);
    return U_SUCCESS(status) ? count : SIZE_MAX;
}

int main(int argc, char **argv)
{
    struct input input = {0};
    UErrorCode status = U_ZERO_ERROR;
    double least = 1e9;
    size_t tokens = 0;
    if (argc < 3 || read_file(&input, argv[1])) {
        fprintf(stderr, "usage: segment_icu FILE PASSES\n");
        return EXIT_FAILURE;
    }
    UBreakIterator *words = ubrk_open(UBRK_WORD, "zh", NULL, 0, &status);
    for (long pass = strtol(argv[2], NULL, 10); pass > 0 && U_SUCCESS(status) && tokens != SIZE_MAX; pass--) {
        double before = processor_seconds();
        tokens = segment_lines(words, &input);
        double seconds = processor_seconds() - before;
        least = seconds < least ? seconds : least;
    }
    free(input.bytes);
    if (words)
        ubrk_close(words);
    if (U_FAILURE(status) || tokens == SIZE_MAX) {
        fprintf(stderr, "segment_icu: %s\n", u_errorName(status));
        return EXIT_FAILURE;
    }
    printf("%zu %.6f %zu\n", input.size, least, tokens);
    return EXIT_SUCCESS;
}
