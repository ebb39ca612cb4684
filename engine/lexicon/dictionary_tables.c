/* lexicon/: words, their counts, domain words, concepts, stop words, pairs, classes of characters. */
#include "lexicon/image_sources.h"

#include "lexicon/join_class.h"
#include "lexicon/word_select.h"
#include "text/characters.h"

#include <string.h>

enum {
    max_frequency = 100000000,
    max_grade = 2,
    longest_division = 5,
    count_scale = 8 /* brings counts.tsv (6.5 million words) to the scale of words.tsv (60 million) */
};

/* First letter of jieba's tag, or 0. */
static uint8_t part_of_speech(weisu_str tag)
{
    return tag.size && tag.data[0] >= 'a' && tag.data[0] <= 'z' ? (uint8_t)tag.data[0] : 0;
}

static int is_tag(weisu_str tag, const char *name)
{
    return tag.size == strlen(name) && memcmp(tag.data, name, tag.size) == 0;
}

/* The character with which a division's name ends: 省 市 区 县 旗 镇 乡. */
static int ends_division(uint16_t character)
{
    static const uint16_t ends[] = {0x7701, 0x5e02, 0x533a, 0x53bf, 0x65d7, 0x9547, 0x4e61};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i] == character)
            return 1;
    return 0;
}

/* Names of divisions anywhere stay whole as those of the gazetteer do; a longer one is several of them. */
static uint8_t marks_of_tag(const struct word_table *words, const struct word_entry *word, weisu_str tag)
{
    if (is_tag(tag, "nr") || is_tag(tag, "m"))
        return WORD_BY_RULE;
    int is_division = is_tag(tag, "ns") && word->length > 2 && word->length <= longest_division &&
                      ends_division(word_table_spelling(words, word)[word->length - 1]);
    return is_division ? WORD_WHOLE_PLACE : 0;
}

/* One of words.tsv and domain.tsv: word, frequency, part of speech. The first is derived and repeats words (some of
 * them by folding): their frequencies are summed. The second is written by hand: a word twice is a mistake. */
static weisu_code read_words(struct image_sources *sources, const char *name, unsigned marks, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, name, &table, err);
    while (!code && table_next(table, 2, 3, &row)) {
        uint64_t frequency;
        uint32_t entry;
        if (table_number(row.field[1], 0, max_frequency, &frequency)) {
            table_mistake(&sources->report, table->path, row.line, "frequency is no number from 0 to %d",
                          max_frequency);
            continue;
        }
        code = marks & WORD_WHOLE ? sources_word_once(sources, table, &row, row.field[0], &entry)
                                  : sources_word(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        struct word_entry *word = &sources->words.entry[entry];
        word->frequency += frequency;
        word->listed += frequency;
        word->marks |= (uint8_t)marks;
        word->marks |= marks_of_tag(&sources->words, word, row.field[2]);
        if (!word->part_of_speech)
            word->part_of_speech = part_of_speech(row.field[2]);
        sources->words.total += frequency;
        sources->words.listed_total += frequency;
    }
    return code;
}

/* word, how often it stands in the corpus. Takes the place of the frequency in words.tsv. */
static weisu_code read_counts(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "lexicon/counts.tsv", &table, err);
    while (!code && table_next(table, 2, 2, &row)) {
        uint64_t count;
        uint32_t entry;
        if (table_number(row.field[1], 0, max_frequency, &count)) {
            table_mistake(&sources->report, table->path, row.line, "count is no number from 0 to %d", max_frequency);
            continue;
        }
        code = sources_word(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        struct word_entry *word = &sources->words.entry[entry];
        if (!(word->marks & WORD_COUNTED))
            word->frequency = 0;
        word->frequency += count * count_scale;
        word->marks |= WORD_LISTED | WORD_COUNTED;
    }
    return code;
}

static uint32_t counted_word(struct image_sources *sources, const struct table *table, const struct table_row *row,
                             weisu_str word)
{
    uint32_t entry = word_table_look_up(&sources->words, word);
    if (entry != WORD_TABLE_NONE && sources->words.entry[entry].marks & WORD_COUNTED)
        return entry;
    table_mistake(&sources->report, table->path, row->line, "\"%.*s\" is not in counts.tsv", (int)word.size, word.data);
    return WORD_TABLE_NONE;
}

weisu_code read_pairs(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "lexicon/pairs.tsv", &table, err);
    while (!code && table_next(table, 3, 3, &row)) {
        uint64_t count;
        uint32_t first = counted_word(sources, table, &row, row.field[0]);
        uint32_t second = counted_word(sources, table, &row, row.field[1]);
        if (table_number(row.field[2], 1, max_frequency, &count))
            table_mistake(&sources->report, table->path, row.line, "count is no number from 1 to %d", max_frequency);
        else if (first != WORD_TABLE_NONE && second != WORD_TABLE_NONE)
            code = word_table_pair(&sources->words, first, second, count * count_scale);
    }
    return code;
}

static uint16_t join_class(weisu_str name)
{
    static const char *const names[] = {
#define X(class, text) #text,
        JOIN_CLASSES(X)
#undef X
    };
    for (unsigned i = 0; i < JOIN_CLASS_COUNT; i++)
        if (strlen(names[i]) == name.size && memcmp(names[i], name.data, name.size) == 0)
            return (uint16_t)(1u << i);
    return 0;
}

/* class, its characters. */
static weisu_code read_joins(struct image_sources *sources, const char *name, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, name, &table, err);
    while (!code && table_next(table, 2, 2, &row)) {
        struct characters folded;
        uint16_t class = join_class(row.field[0]);
        arena_reset(&sources->words.scratch);
        if (characters_decode(&folded, row.field[1], &sources->words.scratch))
            return WEISU_ENOMEM;
        if (!class)
            table_mistake(&sources->report, table->path, row.line, "there is no class \"%.*s\"", (int)row.field[0].size,
                          row.field[0].data);
        for (size_t i = 0; i < folded.count; i++)
            sources->joins[folded.code[i]] |= class;
    }
    return code;
}

/* sound, characters. A row's place is the number of its sound; a character has one. */
static weisu_code read_sounds(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    uint16_t sound = 0;
    weisu_code code = sources_open(sources, "lexicon/sounds.tsv", &table, err);
    while (!code && table_next(table, 2, 2, &row)) {
        struct characters folded;
        arena_reset(&sources->words.scratch);
        if (characters_decode(&folded, row.field[1], &sources->words.scratch))
            return WEISU_ENOMEM;
        sound++;
        for (size_t i = 0; i < folded.count; i++) {
            uint16_t *of = &sources->sounds[folded.code[i]];
            if (*of && *of != sound)
                table_mistake(&sources->report, table->path, row.line, "character %zu has another sound already",
                              i + 1);
            *of = sound;
        }
    }
    return code;
}

/* concept, words separated by spaces. A word belongs to one concept. */
static weisu_code read_concept(struct image_sources *sources, const struct table *table, const struct table_row *row)
{
    uint32_t concept;
    weisu_str rest = row->field[1];
    weisu_str part;
    weisu_code code = sources_word(sources, table, row, row->field[0], &concept);
    if (code || concept == WORD_TABLE_NONE)
        return code;
    const struct word_entry *named = &sources->words.entry[concept];
    uint64_t term = lexicon_term(word_table_spelling(&sources->words, named), named->length);
    sources->words.entry[concept].marks |= WORD_WHOLE;
    while (table_split(&rest, ' ', &part)) {
        uint32_t entry;
        code = sources_word(sources, table, row, part, &entry);
        if (code)
            return code;
        if (entry == WORD_TABLE_NONE)
            continue;
        struct word_entry *word = &sources->words.entry[entry];
        if (word->has_concept) {
            table_mistake(&sources->report, table->path, row->line, "\"%.*s\" belongs to another concept already",
                          (int)part.size, part.data);
            continue;
        }
        word->has_concept = 1;
        word->term = term;
        word->marks |= WORD_WHOLE;
    }
    return WEISU_OK;
}

static weisu_code read_concepts(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "lexicon/concepts.tsv", &table, err);
    while (!code && table_next(table, 2, 2, &row)) {
        int once = sources_once(sources, table, &row, hash_bytes(row.field[0].data, row.field[0].size), "the concept");
        if (once < 0)
            return WEISU_ENOMEM;
        if (once)
            code = read_concept(sources, table, &row);
    }
    return code;
}

/* word, and for a word that is only common its grade. */
static weisu_code read_stop_words(struct image_sources *sources, weisu_err *err)
{
    struct table *table;
    struct table_row row;
    weisu_code code = sources_open(sources, "lexicon/stopwords.tsv", &table, err);
    while (!code && table_next(table, 1, 2, &row)) {
        uint32_t entry;
        uint64_t grade = 0;
        if (row.field[1].size && table_number(row.field[1], 1, max_grade, &grade)) {
            table_mistake(&sources->report, table->path, row.line, "grade is no number from 1 to %d", max_grade);
            continue;
        }
        code = sources_word_once(sources, table, &row, row.field[0], &entry);
        if (code || entry == WORD_TABLE_NONE)
            continue;
        if (!(sources->words.entry[entry].marks & WORD_LISTED))
            table_mistake(&sources->report, table->path, row.line,
                          "the stop word is in neither words.tsv nor domain.tsv");
        else if (word_table_tag(&sources->words, entry, grade ? LEXICON_TAG_COMMON : LEXICON_TAG_STOP, (uint32_t)grade))
            return WEISU_ENOMEM;
    }
    return code;
}

weisu_code read_dictionary(struct image_sources *sources, int words_only, weisu_err *err)
{
    weisu_code code = read_words(sources, "lexicon/words.tsv", WORD_LISTED, err);
    if (!code && !words_only)
        code = read_counts(sources, err);
    if (!code && !words_only)
        code = read_words(sources, "lexicon/domain.tsv", WORD_LISTED | WORD_WHOLE, err);
    if (!code && !words_only)
        code = read_concepts(sources, err);
    if (!code && !words_only)
        code = read_stop_words(sources, err);
    if (!code && !words_only)
        code = read_joins(sources, "lexicon/join_characters.tsv", err);
    if (!code && !words_only)
        code = read_joins(sources, "lexicon/name_characters.tsv", err);
    if (!code && !words_only)
        code = read_sounds(sources, err);
    return code;
}
