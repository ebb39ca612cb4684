#include "io/record_options.h"

#include "base/failure.h"
#include "base/utf8.h"

#include <string.h>

static const struct {
    const char *name;
    size_t size;
} keys[RECORD_KEYS] = {
    [RECORD_ID] = {"id", 2},
    [RECORD_TIME] = {"time", 4},
    [RECORD_TEXT] = {"text", 4},
    [RECORD_TITLE] = {"title", 5},
    [RECORD_ADDRESS] = {"address", 7},
    [RECORD_CATEGORY] = {"category", 8},
    [RECORD_CHANNEL] = {"channel", 7},
    [RECORD_REPORTER] = {"reporter", 8},
    [RECORD_AREA] = {"area", 4},
    [RECORD_LAT] = {"lat", 3},
    [RECORD_LON] = {"lon", 3},
    [RECORD_CLOSED] = {"closed", 6},
    [RECORD_UPDATED] = {"updated", 7},
    [RECORD_RESOLVED] = {"resolved", 8},
    [RECORD_SATISFIED] = {"satisfied", 9},
    [RECORD_CONTACTED] = {"contacted", 9},
    [RECORD_WITHDRAWN] = {"withdrawn", 9},
};

const char *record_key_name(enum record_key key)
{
    return keys[key].name;
}

/* Asked for each key of each line: only names of the right size are compared. */
enum record_key record_key_find(weisu_str name)
{
    static const unsigned char of_size[10][4] = {
        [2] = {RECORD_ID, RECORD_KEYS},
        [3] = {RECORD_LAT, RECORD_LON, RECORD_KEYS},
        [4] = {RECORD_TEXT, RECORD_TIME, RECORD_AREA, RECORD_KEYS},
        [5] = {RECORD_TITLE, RECORD_KEYS},
        [6] = {RECORD_CLOSED, RECORD_KEYS},
        [7] = {RECORD_ADDRESS, RECORD_CHANNEL, RECORD_UPDATED, RECORD_KEYS},
        [8] = {RECORD_CATEGORY, RECORD_REPORTER, RECORD_RESOLVED, RECORD_KEYS},
        [9] = {RECORD_SATISFIED, RECORD_CONTACTED, RECORD_WITHDRAWN, RECORD_KEYS},
    };
    if (name.size < 2 || name.size > 9)
        return RECORD_KEYS;
    const unsigned char *key = of_size[name.size];
    while (*key != RECORD_KEYS && memcmp(keys[*key].name, name.data, name.size) != 0)
        key++;
    return (enum record_key) * key;
}

void record_options_init(struct record_options *options, const struct zone *zone)
{
    memset(options, 0, sizeof *options);
    options->zone = zone;
}

struct pair {
    enum record_key key;
    weisu_str value;
};

/* Reads "KEY=" at `at`; returns its size, or 0. */
static size_t read_key(const char *at, enum record_key *key)
{
    size_t size = strcspn(at, "=,");
    if (at[size] != '=')
        return 0;
    *key = record_key_find((weisu_str){at, size});
    return *key == RECORD_KEYS ? 0 : size + 1;
}

/* Where the value at `at` ends: at a comma behind which another pair begins, or with the text. */
static const char *end_of_value(const char *at)
{
    enum record_key key;
    for (; *at; at++)
        if (*at == ',' && read_key(at + 1, &key))
            break;
    return at;
}

/* Takes the next pair off *text. 1, or 0 when it is wrong (`err` says how). */
static int take_pair(const char **text, struct pair *pair, const char *option, weisu_err *err)
{
    size_t size = read_key(*text, &pair->key);
    if (!size) {
        int shown = (int)utf8_cut((weisu_str){*text, strlen(*text)}, 60);
        failure(err, WEISU_ECONFIG, "--%s: \"%.*s\" does not begin with a key of a record and '='", option, shown,
                *text);
        return 0;
    }
    const char *begin = *text + size;
    const char *end = end_of_value(begin);
    pair->value = (weisu_str){begin, (size_t)(end - begin)};
    if (!pair->value.size) {
        failure(err, WEISU_ECONFIG, "--%s: nothing stands after \"%s=\"", option, keys[pair->key].name);
        return 0;
    }
    *text = *end ? end + 1 : end;
    return 1;
}

weisu_code record_options_map(struct record_options *options, const char *pairs, weisu_err *err)
{
    size_t count = options->mapping_count;
    do {
        struct pair pair;
        if (!take_pair(&pairs, &pair, "map", err))
            return WEISU_ECONFIG;
        if (count == RECORD_MAPPINGS)
            return failure(err, WEISU_ECONFIG, "--map: more than %d pairs", RECORD_MAPPINGS);
        options->mapping[count++] = (struct record_mapping){pair.key, pair.value};
    } while (*pairs);
    options->mapping_count = count;
    return WEISU_OK;
}

weisu_code record_options_constant(struct record_options *options, const char *pairs, weisu_err *err)
{
    weisu_str constant[RECORD_KEYS];
    memcpy(constant, options->constant, sizeof constant);
    do {
        struct pair pair;
        if (!take_pair(&pairs, &pair, "const", err))
            return WEISU_ECONFIG;
        constant[pair.key] = pair.value;
    } while (*pairs);
    memcpy(options->constant, constant, sizeof constant);
    return WEISU_OK;
}

enum record_key record_options_mapped(const struct record_options *options, weisu_str column)
{
    for (size_t i = 0; i < options->mapping_count; i++) {
        weisu_str name = options->mapping[i].column;
        if (name.size == column.size && memcmp(name.data, column.data, name.size) == 0)
            return options->mapping[i].key;
    }
    return RECORD_KEYS;
}

int record_options_is_mapped(const struct record_options *options, enum record_key key)
{
    for (size_t i = 0; i < options->mapping_count; i++)
        if (options->mapping[i].key == key)
            return 1;
    return 0;
}
