/* Build tool: makes the image that the build tree and the installation carry.
 *
 *   weisu_lexicon_builder DATASETS OUT
 *
 * The same as `weisu lexicon build`, without the rest of the program, so that tests of the lower folders need no more
 * than those folders. */
#include "lexicon/image_build.h"

#include <stdio.h>

static void print_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    (void)context;
    fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line, text);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: weisu_lexicon_builder DATASETS OUT\n", stderr);
        return 2;
    }
    struct byte_buffer image;
    struct table_report report = {.mistake = print_mistake};
    const struct image_options options = {.datasets = argv[1]};
    weisu_err err;
    byte_buffer_init(&image, memory_default());
    weisu_code code = image_build(&options, &image, &report, NULL, &err);
    if (!code)
        code = image_write(argv[2], image.data, image.size, &err);
    if (code)
        fprintf(stderr, "weisu_lexicon_builder: %s\n", err.text);
    byte_buffer_dispose(&image);
    return code ? 3 : 0;
}
