/* gazetteer/: divisions, and what the names of spots end with. */
#include "lexicon/image_sources.h"

#include "base/failure.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shorter aliases (东四, 和平) are words of other meanings too: they do not pull at their neighbours. */
enum { alias_whole_length = 3, most_decimals = 7, most_digits = 10 };

static const char *const level_names[PLACE_LEVELS] = {"city", "district", "subdistrict", "community", "spot"};

static const char *const spot_names[SPOT_KINDS] = {"",         "estate",  "school",  "hospital", "road",
                                                   "station",  "market",  "company", "park",     "site",
                                                   "building", "village", "public"};

/* Position of a name in a list; `count` when it is not there. */
static size_t name_index(const char *const *names, size_t count, weisu_str name)
{
    size_t i = 0;
    while (i < count && (strlen(names[i]) != name.size || memcmp(names[i], name.data, name.size) != 0))
        i++;
    return i;
}

/* 6, 9 or 12 digits, filled with zeros on the right to 12. */
static int read_division_code(weisu_str field, uint64_t *out)
{
    uint64_t code;
    if ((field.size != 6 && field.size != 9 && field.size != 12) ||
        table_number(field, 1, UINT64_C(999999999999), &code))
        return -1;
    for (size_t i = field.size; i < 12; i++)
        code *= 10;
    *out = code;
    return 0;
}

/* 116.4074 → 1,164,074,000; up to seven decimals. 0, or -1. */
static int read_degrees(weisu_str text, uint32_t limit, int32_t *out)
{
    int is_negative = text.size && text.data[0] == '-';
    uint64_t value = 0;
    int decimals = -1;
    size_t digits = 0;
    for (size_t i = (size_t)is_negative; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.' && decimals < 0 && digits) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || digits++ == most_digits)
            return -1;
        value = value * 10 + (uint64_t)(c - '0');
        decimals += decimals >= 0;
    }
    if (!digits || decimals == 0 || decimals > most_decimals)
        return -1;
    for (int i = decimals < 0 ? 0 : decimals; i < most_decimals; i++)
        value *= 10;
    if (value > limit * UINT64_C(10000000))
        return -1;
    *out = is_negative ? -(int32_t)value : (int32_t)value;
    return 0;
}

/* "39.9042,116.4074", or nothing. 0, or -1. */
static int read_position(weisu_str field, struct place_row *out)
{
    const char *comma = field.size ? memchr(field.data, ',', field.size) : NULL;
    out->lat_e7 = out->lon_e7 = PLACE_NO_POSITION;
    if (!field.size)
        return 0;
    if (!comma)
        return -1;
    weisu_str lat = {field.data, (size_t)(comma - field.data)};
    weisu_str lon = {comma + 1, field.size - lat.size - 1};
    return read_degrees(lat, 90, &out->lat_e7) || read_degrees(lon, 180, &out->lon_e7) ? -1 : 0;
}

/* 0 and a mistake reported, or 1. */
static int parse_place(struct image_sources *sources, const struct table *table, const struct table_row *row,
                       struct place_row *out)
{
    *out = (struct place_row){.file = table->path, .line = row->line, .name = row->field[2], .aliases = row->field[4]};
    const char *wrong = NULL;
    out->level = (uint32_t)name_index(level_names, PLACE_LEVELS, row->field[1]);
    if (read_division_code(row->field[0], &out->code))
        wrong = "code has not 6, 9 or 12 digits";
    else if (out->level == PLACE_LEVELS)
        wrong = "level is none of city, district, subdistrict, community, spot";
    else if (out->name.size == 0)
        wrong = "name is empty";
    else if (out->level == PLACE_CITY && row->field[3].size)
        wrong = "a city has no parent";
    else if (out->level != PLACE_CITY && read_division_code(row->field[3], &out->parent_code))
        wrong = "parent code has not 6, 9 or 12 digits";
    else if (read_position(row->field[5], out))
        wrong = "position is no latitude,longitude in degrees";
    if (wrong)
        table_mistake(&sources->report, table->path, row->line, "%s", wrong);
    return !wrong;
}

/* Is the division in the city, or above it? `city`: the first digits of its code. */
static int is_wanted(const char *city, uint64_t code)
{
    char digits[13];
    size_t size = strlen(city);
    if (size > 12)
        return 0;
    snprintf(digits, sizeof digits, "%012llu", (unsigned long long)code);
    if (memcmp(digits, city, size) == 0)
        return 1;
    size_t end = 12;
    while (end > 2 && digits[end - 1] == '0')
        end--;
    return end < size && memcmp(digits, city, end) == 0;
}

static weisu_code read_divisions(struct image_sources *sources, const char *name, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, name, &table, err);
    while (!code && table_next(table, 4, 6, &row)) {
        struct place_row place;
        if (!parse_place(sources, table, &row, &place) || (sources->city && !is_wanted(sources->city, place.code)))
            continue;
        if (memory_reserve(sources->allocator, (void **)&sources->place, &sources->place_capacity,
                           sources->place_count + 1, sizeof place))
            return WEISU_ENOMEM;
        sources->place[sources->place_count++] = place;
    }
    return code;
}

static int compare_place(const void *a, const void *b)
{
    const struct place_row *x = a;
    const struct place_row *y = b;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    int files = strcmp(x->file, y->file);
    return files ? files : x->line < y->line ? -1 : x->line > y->line;
}

static int compare_code(const void *key, const void *row)
{
    uint64_t code = *(const uint64_t *)key;
    uint64_t other = ((const struct place_row *)row)->code;
    return code < other ? -1 : code > other;
}

/* Sorts the rows, leaves out the second of two with one code. */
static void sort_places(struct image_sources *sources)
{
    size_t kept = 0;
    if (sources->place_count)
        qsort(sources->place, sources->place_count, sizeof *sources->place, compare_place);
    for (size_t i = 0; i < sources->place_count; i++) {
        const struct place_row *place = &sources->place[i];
        if (kept && sources->place[kept - 1].code == place->code)
            table_mistake(&sources->report, place->file, place->line, "code stands already in %s line %llu",
                          sources->place[kept - 1].file, (unsigned long long)sources->place[kept - 1].line);
        else
            sources->place[kept++] = *place;
    }
    sources->place_count = kept;
}

/* Parents are of a wider level, so there can be no cycle. */
static void link_places(struct image_sources *sources)
{
    for (size_t i = 0; i < sources->place_count; i++) {
        struct place_row *place = &sources->place[i];
        place->parent = UINT32_MAX;
        if (place->level == PLACE_CITY)
            continue;
        const struct place_row *parent =
            bsearch(&place->parent_code, sources->place, sources->place_count, sizeof *place, compare_code);
        if (!parent)
            table_mistake(&sources->report, place->file, place->line, "unknown parent code");
        else if (parent->level >= place->level)
            table_mistake(&sources->report, place->file, place->line,
                          "the parent (line %llu) is of the same or a narrower level",
                          (unsigned long long)parent->line);
        else
            place->parent = (uint32_t)(parent - sources->place);
    }
}

static weisu_code tag_place(struct image_sources *sources, size_t index, weisu_str name, int is_alias)
{
    const struct place_row *place = &sources->place[index];
    const struct table named = {.path = place->file};
    const struct table_row row = {.line = place->line};
    uint32_t entry;
    weisu_code code = sources_word(sources, &named, &row, name, &entry);
    if (code || entry == WORD_TABLE_NONE)
        return code;
    struct word_entry *word = &sources->words.entry[entry];
    word->marks |= is_alias && word->length < alias_whole_length ? WORD_WHOLE : WORD_WHOLE_PLACE;
    return word_table_tag(&sources->words, entry, LEXICON_TAG_PLACE, (uint32_t)index) ? WEISU_ENOMEM : WEISU_OK;
}

static weisu_code tag_places(struct image_sources *sources)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < sources->place_count && !code; i++) {
        weisu_str rest = sources->place[i].aliases;
        weisu_str alias;
        code = tag_place(sources, i, sources->place[i].name, 0);
        while (!code && table_split(&rest, ' ', &alias))
            code = tag_place(sources, i, alias, 1);
    }
    return code;
}

static weisu_code read_spot_suffixes(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "gazetteer/spot_suffixes.tsv", &table, err);
    while (!code && table_next(table, 3, 3, &row)) {
        uint64_t strength;
        uint32_t entry;
        size_t kind = name_index(spot_names, SPOT_KINDS, row.field[1]);
        if (kind == SPOT_NONE || kind == SPOT_KINDS || table_number(row.field[2], 1, 3, &strength)) {
            table_mistake(&sources->report, table->path, row.line, "unknown kind, or a strength that is not 1 to 3");
            continue;
        }
        code = sources_word_once(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        sources->words.entry[entry].marks |= WORD_WHOLE;
        if (word_table_tag(&sources->words, entry, LEXICON_TAG_SUFFIX, (uint32_t)(kind << 8 | strength)))
            return WEISU_ENOMEM;
    }
    return code;
}

static weisu_code read_spot_stops(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "gazetteer/spot_stopwords.tsv", &table, err);
    while (!code && table_next(table, 1, 1, &row)) {
        uint32_t entry;
        code = sources_word_once(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        sources->words.entry[entry].marks |= WORD_WHOLE;
        if (word_table_tag(&sources->words, entry, LEXICON_TAG_SPOT_STOP, 0))
            return WEISU_ENOMEM;
    }
    return code;
}

/* 1 for the tables of divisions: every .tsv of the folder but spot_*. */
static int is_division_table(const struct dirent *file)
{
    size_t size = strlen(file->d_name);
    return size > 4 && strcmp(file->d_name + size - 4, ".tsv") == 0 && strncmp(file->d_name, "spot_", 5) != 0;
}

/* In the order of the names' bytes, so that the image does not depend on the file system. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* `within`: a folder of datasets/. */
static weisu_code read_division_tables(struct image_sources *sources, const char *within, weisu_err *err)
{
    char folder[SOURCE_MAX_PATH];
    struct dirent **files;
    snprintf(folder, sizeof folder, "%s/%s", sources->folder, within);
    int count = scandir(folder, &files, is_division_table, compare_names);
    if (count < 0)
        return failure(err, WEISU_EIO, "%s: %s", folder, strerror(errno));
    weisu_code code = count ? WEISU_OK : failure(err, WEISU_EIO, "%s: holds no table of divisions", folder);
    for (int i = 0; i < count; i++) {
        char name[SOURCE_MAX_PATH];
        snprintf(name, sizeof name, "%s/%s", within, files[i]->d_name);
        if (!code)
            code = read_divisions(sources, name, err);
        free(files[i]);
    }
    free(files);
    return code;
}

weisu_code read_gazetteer(struct image_sources *sources, weisu_err *err)
{
    weisu_code code = read_division_tables(sources, "gazetteer", err);
    if (!code && sources->city)
        code = read_division_tables(sources, "gazetteer/china", err);
    if (!code && sources->city && !sources->place_count)
        code = failure(err, WEISU_EINVAL, "no division has a code that begins with \"%s\"", sources->city);
    if (code)
        return code;
    sort_places(sources);
    link_places(sources);
    code = tag_places(sources);
    if (!code)
        code = read_spot_suffixes(sources, err);
    return code ? code : read_spot_stops(sources, err);
}
