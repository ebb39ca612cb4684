/* Keeping names and terms whole: the frequency that lets an entry win against its own parts. */
#include "base/failure.h"
#include "lexicon/double_array.h"
#include "lexicon/word_table.h"

#include <stdlib.h>

enum { place_margin = 8 << WORD_COST_SHIFT };

static uint32_t cost_of_part(const struct word_table *table, const uint16_t *code, size_t count)
{
    uint32_t found = word_table_find(table, code, count);
    if (found != WORD_TABLE_NONE && (table->entry[found].frequency || table->entry[found].marks & WORD_LEFT_OUT)) {
        uint32_t cost = word_table_cost(table, &table->entry[found]);
        if (cost != WORD_COST_NONE)
            return cost;
    }
    return count == 1 ? word_cost(table->total, 1) : WORD_COST_NONE;
}

/* Cost of the cheapest sequence of two or more words that spells the entry. */
static uint32_t cost_in_parts(const struct word_table *table, const struct word_entry *entry)
{
    const uint16_t *code = word_table_spelling(table, entry);
    uint32_t best[ARRAY_MAX_LENGTH + 1];
    size_t length = entry->length;
    best[length] = 0;
    for (size_t begin = length; begin-- > 0;) {
        best[begin] = UINT32_MAX;
        for (size_t end = begin + 1; end <= length; end++) {
            if (begin == 0 && end == length)
                break;
            uint32_t cost = cost_of_part(table, code + begin, end - begin);
            if (cost != WORD_COST_NONE && cost + best[end] < best[begin])
                best[begin] = cost + best[end];
        }
    }
    return best[0];
}

static void make_whole(const struct word_table *table, struct word_entry *entry)
{
    uint32_t parts = cost_in_parts(table, entry);
    uint32_t margin = entry->marks & WORD_WHOLE_PLACE ? place_margin : 0; /* a tie goes to the longer word */
    uint32_t target = parts > margin ? parts - margin : 0;
    if (target > WORD_COST_MAX)
        target = WORD_COST_MAX;
    uint64_t needed = word_cost_frequency(table->total, target);
    if (entry->frequency < needed)
        entry->frequency = needed;
    needed = word_cost_frequency(table->listed_total, target);
    if (entry->listed < needed)
        entry->listed = needed;
}

struct whole_entry {
    uint32_t entry;
    uint32_t length;
};

static int compare_length(const void *a, const void *b)
{
    const struct whole_entry *x = a;
    const struct whole_entry *y = b;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return x->entry < y->entry ? -1 : x->entry > y->entry;
}

weisu_code word_table_make_whole(struct word_table *table, weisu_err *err)
{
    if (table->count == 0 || table->total == 0)
        return WEISU_OK;
    struct whole_entry *order = memory_new(table->allocator, table->count, sizeof *order);
    if (!order)
        return failure(err, WEISU_ENOMEM, "out of memory while keeping names whole");
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->entry[i].marks & (WORD_WHOLE | WORD_WHOLE_PLACE) && table->entry[i].length > 1)
            order[count++] = (struct whole_entry){(uint32_t)i, table->entry[i].length};
    qsort(order, count, sizeof *order, compare_length);
    for (size_t i = 0; i < count; i++)
        make_whole(table, &table->entry[order[i].entry]);
    memory_free(table->allocator, order, table->count, sizeof *order);
    return WEISU_OK;
}
