#include "io/input_name.h"

#include <string.h>
#include <strings.h>

static int ends_with(const char *path, size_t size, const char *ending)
{
    size_t ending_size = strlen(ending);
    return size > ending_size && strncasecmp(path + size - ending_size, ending, ending_size) == 0;
}

int input_format_by_name(const char *path, enum input_format *format)
{
    static const struct {
        const char *ending;
        enum input_format format;
    } rows[] = {
        {".jsonl", INPUT_JSON_LINES}, {".ndjson", INPUT_JSON_LINES}, {".json", INPUT_JSON_LINES}, {".csv", INPUT_CSV},
        {".txt", INPUT_CSV},          {".xls", INPUT_CSV}, /* what systems call .xls is often a text with tabs */
        {".tsv", INPUT_TSV},          {".xlsx", INPUT_XLSX},         {".xlsm", INPUT_XLSX}};
    size_t size = strlen(path);
    if (ends_with(path, size, ".gz"))
        size -= 3;
    else if (ends_with(path, size, ".zst"))
        size -= 4;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *format = rows[i].format;
        if (ends_with(path, size, rows[i].ending))
            return 1;
    }
    return 0;
}

int input_format_by_text(weisu_str first, enum input_format *format)
{
    size_t at = first.size >= 3 && memcmp(first.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (; at < first.size && first.data[at] != '{'; at++) {
        unsigned char c = (unsigned char)first.data[at];
        if (c > ' ' && c < 0xfe)
            break;
    }
    if (at < first.size && first.data[at] == '{') {
        *format = INPUT_JSON_LINES;
        return 1;
    }
    *format = INPUT_CSV;
    for (; at < first.size && first.data[at] != '\n'; at++)
        if (first.data[at] == ',' || first.data[at] == ';' || first.data[at] == '\t')
            return 1;
    return 0;
}
