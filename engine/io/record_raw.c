#include "io/record_raw.h"

#include "base/utf8.h"
#include "io/json_scan.h"
#include "text/mask.h"

#include <string.h>

enum { key_bytes = 340 }; /* as written; longer ones are no name of a column */

struct walk {
    char *at;
    char *end;
};

static void skip_space(struct walk *w)
{
    while (w->at < w->end && (unsigned char)*w->at <= ' ')
        w->at++;
}

/* A string whose opening quote stands before w->at: moves to its closing quote, or to the end. */
static void skip_string(struct walk *w)
{
    while (w->at < w->end && *w->at != '"')
        w->at += *w->at == '\\' && w->end - w->at > 1 ? 2 : 1;
}

static void hide(char *from, char *to)
{
    memset(from, '*', (size_t)(to - from));
}

/* The value at w->at, as far as one can be made out. */
static void hide_value(struct walk *w)
{
    char *begin = w->at;
    if (w->at < w->end && *w->at == '"') {
        begin = ++w->at;
        skip_string(w);
    } else {
        while (w->at < w->end && *w->at != ',' && *w->at != '}')
            w->at++;
    }
    hide(begin, w->at);
}

static int is_name(weisu_str source, weisu_str name)
{
    return source.size == name.size && memcmp(source.data, name.data, name.size) == 0;
}

/* Whether the string between the quotes is a name of the reporter's key. */
static int is_reporter_key(const struct record_options *options, weisu_str source)
{
    static const weisu_str own = {"reporter", 8};
    char bytes[3 * key_bytes];
    weisu_str key = json_scan_unescape(source, bytes, sizeof bytes);
    int is_mapped = options && record_options_is_mapped(options, RECORD_REPORTER);
    if (!is_mapped)
        return is_name(key, own);
    return record_options_mapped(options, key) == RECORD_REPORTER;
}

/* Every quote may be the first of a key: in a broken line nobody knows which are. */
static void hide_reporters(const struct record_options *options, char *bytes, size_t size)
{
    char *end = bytes + size;
    for (char *quote = memchr(bytes, '"', size); quote; quote = memchr(quote + 1, '"', (size_t)(end - quote - 1))) {
        struct walk w = {quote + 1, end - quote - 1 > key_bytes ? quote + 1 + key_bytes : end};
        skip_string(&w);
        weisu_str source = {quote + 1, (size_t)(w.at - quote - 1)};
        if (w.at == w.end)
            continue;
        w = (struct walk){w.at + 1, end};
        skip_space(&w);
        if (w.at == end || *w.at != ':' || !is_reporter_key(options, source))
            continue;
        w.at++;
        skip_space(&w);
        hide_value(&w);
    }
}

void record_raw_hide(const struct record_options *options, char *bytes, size_t size)
{
    if (!size)
        return;
    hide_reporters(options, bytes, size);
    mask_personal_escaped(bytes, size);
}

weisu_str record_raw_cut(weisu_str raw)
{
    return (weisu_str){raw.data, utf8_cut(raw, RECORD_RAW_BYTES)};
}
