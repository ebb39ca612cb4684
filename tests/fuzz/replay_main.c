/* Runs a fuzz target over the files of its corpus: the main() of every fuzz target outside the preset `fuzz`.
 *
 * usage: fuzz_NAME PATH...      a PATH is a file, or a folder whose files are replayed in the order of their names
 * The empty input is tried first. Exit status: 0 every input was run; 1 a PATH could not be read or there was no file
 * at all, since a replay of nothing would prove nothing. A broken property aborts inside the target. */
#include "fuzz_entry.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST_INPUT_BYTES = 64 << 20 };

static int report_failure(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    return -1;
}

/* The buffer is as large as the file and not a byte more, so that a sanitizer sees the first byte read past it. */
static int replay_bytes(const char *path, FILE *file, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data == NULL) {
        return report_failure(path, "out of memory");
    }
    if (fread(data, 1, size, file) != size) {
        free(data);
        return report_failure(path, "cannot be read");
    }
    fprintf(stderr, "replay %s (%zu bytes)\n", path, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int replay_file(const char *path, off_t size)
{
    if (size > LARGEST_INPUT_BYTES) {
        return report_failure(path, "is too large for a corpus");
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return report_failure(path, strerror(errno));
    }
    int replayed = replay_bytes(path, file, (size_t)size);
    fclose(file);
    return replayed;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_path(const char *path);

static int replay_folder(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0) {
        return report_failure(path, strerror(errno));
    }
    int total = 0;
    for (int i = 0; i < count; i++) {
        char inner[4096];
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        int replayed = length < (int)sizeof inner ? replay_path(inner) : report_failure(path, "name is too long");
        total = total < 0 || replayed < 0 ? -1 : total + replayed;
        free(entries[i]);
    }
    free(entries);
    return total;
}

/* Number of inputs run, or -1. */
static int replay_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return report_failure(path, strerror(errno));
    }
    return S_ISDIR(status.st_mode) ? replay_folder(path) : replay_file(path, status.st_size);
}

int main(int argc, char **argv)
{
    if (&LLVMFuzzerInitialize != NULL) {
        LLVMFuzzerInitialize(&argc, &argv);
    }
    static const uint8_t nothing[1];
    LLVMFuzzerTestOneInput(nothing, 0);
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int replayed = replay_path(argv[i]);
        if (replayed < 0) {
            return EXIT_FAILURE;
        }
        total += replayed;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
