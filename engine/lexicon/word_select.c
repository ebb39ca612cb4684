/* The two word lists made one. counts.tsv says how often a word stands in a corpus that was segmented by one rule, and
 * so holds the convention; words.tsv is larger, but of many rules. What is counted keeps its count. What is only listed
 * stays when it is new: no word of more than one character is part of its cheapest spelling in counted words, and it is
 * much more probable than that spelling. Else it would join what the corpus keeps apart. */
#include "lexicon/word_select.h"

#include "lexicon/double_array.h"

#include <string.h>

enum {
    least_gain = 0 << WORD_COST_SHIFT, /* measured: docs/segmentation.md */
    least_frequency = 3,
    least_bonus = 4 << WORD_COST_SHIFT /* a pair that saves less hardly ever decides */
};

static uint64_t sum_of_counted(const struct word_table *table)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->entry[i].marks & WORD_COUNTED)
            sum += table->entry[i].frequency;
    return sum;
}

/* Cost of a counted word, of any single character, or WORD_COST_NONE. */
static uint32_t counted_cost(const struct word_table *table, const uint16_t *code, size_t count)
{
    uint32_t found = word_table_find(table, code, count);
    if (found != WORD_TABLE_NONE && table->entry[found].marks & WORD_COUNTED)
        return word_cost(table->total, table->entry[found].frequency);
    return count == 1 ? word_cost(table->total, 1) : WORD_COST_NONE;
}

/* Cheapest spelling in counted words: its cost, or 0 when it holds a word of more than one character. */
static uint32_t cost_in_characters(const struct word_table *table, const struct word_entry *entry)
{
    const uint16_t *code = word_table_spelling(table, entry);
    uint32_t best[ARRAY_MAX_LENGTH + 1];
    uint8_t long_word[ARRAY_MAX_LENGTH + 1]; /* in the spelling from here on */
    size_t length = entry->length;
    best[length] = 0;
    long_word[length] = 0;
    for (size_t begin = length; begin-- > 0;) {
        best[begin] = UINT32_MAX;
        for (size_t end = begin + 1; end <= length; end++) {
            uint32_t cost = counted_cost(table, code + begin, end - begin);
            if (cost == WORD_COST_NONE || cost + best[end] >= best[begin])
                continue;
            best[begin] = cost + best[end];
            long_word[begin] = end - begin > 1 || long_word[end];
        }
    }
    return long_word[0] ? 0 : best[0];
}

static int stays(const struct word_table *table, const struct word_entry *entry)
{
    if (entry->length == 1 || entry->marks & (WORD_COUNTED | WORD_WHOLE | WORD_WHOLE_PLACE))
        return 1;
    if (entry->marks & WORD_BY_RULE)
        return 0;
    if (entry->last_tag != WORD_TABLE_NONE)
        return 1;
    if (entry->frequency < least_frequency)
        return 0;
    return (uint32_t)word_cost(table->total, entry->frequency) + least_gain <= cost_in_characters(table, entry);
}

void word_table_select(struct word_table *table)
{
    uint64_t counted = sum_of_counted(table);
    if (!counted)
        return;
    table->total = counted;
    for (size_t i = 0; i < table->count; i++)
        if (!stays(table, &table->entry[i]))
            table->entry[i].marks |= WORD_LEFT_OUT;
}

/* Cost of `second` behind `first`: seven parts of its own share to three of its share of what follows `first`. */
static uint32_t cost_behind(const struct word_table *table, const struct word_entry *first,
                            const struct word_entry *second, uint64_t together)
{
    uint64_t following = together * table->total / (first->frequency + 1);
    uint64_t mixed = (7 * second->frequency + 3 * following) / 10;
    return word_cost(table->total, mixed < table->total ? mixed : table->total);
}

/* A pair's spelling is its own only if no name or term has it, and the cheaper of two pairs keeps it. */
static int gives_way(const struct word_entry *entry, uint32_t cost)
{
    return entry->marks & (WORD_WHOLE | WORD_WHOLE_PLACE) || entry->last_tag != WORD_TABLE_NONE ||
           entry->pair_cost <= cost;
}

static weisu_code join(struct word_table *table, uint32_t first, uint32_t second, uint32_t cost)
{
    uint16_t spelling[ARRAY_MAX_LENGTH];
    const struct word_entry *a = &table->entry[first];
    const struct word_entry *b = &table->entry[second];
    size_t count = (size_t)a->length + b->length;
    memcpy(spelling, word_table_spelling(table, a), a->length * sizeof *spelling);
    memcpy(spelling + a->length, word_table_spelling(table, b), b->length * sizeof *spelling);
    uint32_t both = word_table_find(table, spelling, count);
    if (both != WORD_TABLE_NONE && gives_way(&table->entry[both], cost))
        return WEISU_OK;
    if (both == WORD_TABLE_NONE) {
        if (word_table_add(table, spelling, count, &both))
            return WEISU_ENOMEM;
        table->entry[both].marks = WORD_LEFT_OUT;
    }
    struct word_entry *entry = &table->entry[both];
    entry->pair_cost = (uint16_t)cost;
    entry->first = first;
    entry->second = second;
    return WEISU_OK;
}

weisu_code word_table_pair(struct word_table *table, uint32_t first, uint32_t second, uint64_t together)
{
    const struct word_entry *a = &table->entry[first];
    const struct word_entry *b = &table->entry[second];
    if (a->length + b->length > ARRAY_MAX_LENGTH)
        return WEISU_OK;
    uint32_t apart = word_cost(table->total, a->frequency) + word_cost(table->total, b->frequency);
    uint32_t cost = word_cost(table->total, a->frequency) + cost_behind(table, a, b, together);
    if (cost + (uint32_t)least_bonus > apart || cost > WORD_COST_MAX)
        return WEISU_OK;
    return join(table, first, second, cost);
}
