#include "lexicon/character_codes.h"

#include "lexicon/double_array.h"

#include <stdlib.h>

struct character_use {
    uint64_t frequency;
    uint32_t character;
};

static int compare_use(const void *a, const void *b)
{
    const struct character_use *x = a;
    const struct character_use *y = b;
    if (x->frequency != y->frequency)
        return x->frequency > y->frequency ? -1 : 1;
    return x->character < y->character ? -1 : x->character > y->character;
}

static void count_uses(const struct word_table *table, struct character_use *use)
{
    for (uint32_t c = 0; c < CHARACTER_COUNT; c++)
        use[c] = (struct character_use){0, c};
    for (size_t i = 0; i < table->count; i++) {
        const struct word_entry *entry = &table->entry[i];
        if (!word_is_built(entry))
            continue;
        const uint16_t *spelling = word_table_spelling(table, entry);
        for (size_t at = 0; at < entry->length; at++)
            use[spelling[at]].frequency += entry->frequency + 1;
    }
}

uint32_t character_codes(const struct word_table *table, uint16_t *code)
{
    struct character_use *use = memory_new(table->allocator, CHARACTER_COUNT, sizeof *use);
    if (!use)
        return 0;
    count_uses(table, use);
    qsort(use, CHARACTER_COUNT, sizeof *use, compare_use);
    uint32_t next = 1;
    for (uint32_t i = 0; i < CHARACTER_COUNT; i++) {
        int coded = use[i].frequency && next < ARRAY_MAX_CODES;
        code[use[i].character] = (uint16_t)(coded ? next++ : 0);
    }
    memory_free(table->allocator, use, CHARACTER_COUNT, sizeof *use);
    return next;
}
