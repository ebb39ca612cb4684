#include "lexicon/image_sources.h"

#include "base/failure.h"
#include "lexicon/double_array.h"
#include "lexicon/word_select.h"

#include <stdio.h>

void image_sources_init(struct image_sources *sources, const char *folder, const struct table_report *report,
                        const weisu_allocator *allocator)
{
    *sources = (struct image_sources){.allocator = allocator, .folder = folder};
    if (report)
        sources->report = *report;
    sources->report.count = 0;
    word_table_init(&sources->words, allocator);
    id_map_init(&sources->seen, allocator);
}

void image_sources_dispose(struct image_sources *sources)
{
    word_table_dispose(&sources->words);
    id_map_dispose(&sources->seen);
    for (size_t i = 0; i < sources->table_count; i++)
        table_close(&sources->table[i]);
    memory_free(sources->allocator, sources->place, sources->place_capacity, sizeof *sources->place);
    memory_free(sources->allocator, sources->topic, sources->topic_capacity, sizeof *sources->topic);
    memory_free(sources->allocator, sources->term, sources->term_capacity, sizeof *sources->term);
}

weisu_code sources_open(struct image_sources *sources, const char *name, struct table **table, weisu_err *err)
{
    size_t at = sources->table_count;
    if (at == SOURCE_MAX_TABLES)
        return failure(err, WEISU_ELIMIT, "more than %d tables", SOURCE_MAX_TABLES);
    char *path = sources->path[at];
    int length = snprintf(path, SOURCE_MAX_PATH, "%s/%s", sources->folder, name);
    if (length < 0 || length >= SOURCE_MAX_PATH)
        return failure(err, WEISU_EINVAL, "the path of %s is too long", name);
    weisu_code code = table_open(&sources->table[at], path, &sources->report, sources->allocator, err);
    if (code)
        return code;
    sources->table_count++;
    *table = &sources->table[at];
    id_map_clear(&sources->seen);
    return WEISU_OK;
}

weisu_code sources_word(struct image_sources *sources, const struct table *table, const struct table_row *row,
                        weisu_str word, uint32_t *entry)
{
    *entry = WORD_TABLE_NONE;
    weisu_code code = word_table_intern(&sources->words, word, entry);
    if (code == WEISU_ENOMEM)
        return code;
    if (code)
        table_mistake(&sources->report, table->path, row->line, "\"%.*s\": a word has 1 to %d characters",
                      word.size > 60 ? 60 : (int)word.size, word.data, ARRAY_MAX_LENGTH);
    return WEISU_OK;
}

int sources_once(struct image_sources *sources, const struct table *table, const struct table_row *row, uint64_t key,
                 const char *what)
{
    uint32_t before = id_map_get(&sources->seen, key);
    if (before != ID_MAP_NONE) {
        table_mistake(&sources->report, table->path, row->line, "%s stands already in line %u", what, before);
        return 0;
    }
    return id_map_put(&sources->seen, key, (uint32_t)row->line) ? -1 : 1;
}

weisu_code sources_word_once(struct image_sources *sources, const struct table *table, const struct table_row *row,
                             weisu_str word, uint32_t *entry)
{
    *entry = WORD_TABLE_NONE;
    int once = sources_once(sources, table, row, hash_bytes(word.data, word.size), "the word");
    if (once < 0)
        return WEISU_ENOMEM;
    return once ? sources_word(sources, table, row, word, entry) : WEISU_OK;
}

weisu_code image_sources_read(struct image_sources *sources, int words_only, weisu_err *err)
{
    weisu_code code = read_dictionary(sources, words_only, err);
    if (!code && !words_only)
        code = read_gazetteer(sources, err);
    if (!code && !words_only)
        code = read_taxonomy(sources, err);
    if (!code && !words_only) {
        word_table_select(&sources->words);
        code = read_pairs(sources, err);
    }
    if (code == WEISU_ENOMEM)
        return failure(err, code, "out of memory while reading the tables");
    return code || words_only ? code : word_table_make_whole(&sources->words, err);
}
