#include "lexicon/word_table.h"

#include "base/failure.h"
#include "lexicon/double_array.h"
#include "text/characters.h"

#include <string.h>

void word_table_init(struct word_table *table, const weisu_allocator *allocator)
{
    *table = (struct word_table){.allocator = allocator};
    id_map_init(&table->by_term, allocator);
    arena_init(&table->scratch, allocator, 0);
}

void word_table_dispose(struct word_table *table)
{
    memory_free(table->allocator, table->entry, table->capacity, sizeof *table->entry);
    memory_free(table->allocator, table->characters, table->character_capacity, sizeof *table->characters);
    memory_free(table->allocator, table->tag, table->tag_capacity, sizeof *table->tag);
    id_map_dispose(&table->by_term);
    arena_dispose(&table->scratch);
}

weisu_code word_table_add(struct word_table *table, const uint16_t *code, size_t count, uint32_t *entry)
{
    uint64_t term = lexicon_term(code, count);
    if (table->count >= UINT32_MAX - 1 || table->character_count > UINT32_MAX - count ||
        memory_reserve(table->allocator, (void **)&table->entry, &table->capacity, table->count + 1,
                       sizeof *table->entry) ||
        memory_reserve(table->allocator, (void **)&table->characters, &table->character_capacity,
                       table->character_count + count, sizeof *table->characters) ||
        id_map_put(&table->by_term, term, (uint32_t)table->count))
        return WEISU_ENOMEM;
    memcpy(table->characters + table->character_count, code, count * sizeof *code);
    *entry = (uint32_t)table->count;
    table->entry[table->count++] = (struct word_entry){
        .term = term,
        .spelling = (uint32_t)table->character_count,
        .last_tag = WORD_TABLE_NONE,
        .length = (uint8_t)count,
        .pair_cost = WORD_COST_NONE,
    };
    table->character_count += count;
    return WEISU_OK;
}

weisu_code word_table_intern(struct word_table *table, weisu_str text, uint32_t *entry)
{
    struct characters folded;
    arena_reset(&table->scratch);
    if (text.size > 4 * ARRAY_MAX_LENGTH)
        return WEISU_ETOOLONG;
    if (characters_decode(&folded, text, &table->scratch))
        return WEISU_ENOMEM;
    if (folded.count == 0 || folded.invalid)
        return WEISU_EFIELD;
    if (folded.count > ARRAY_MAX_LENGTH)
        return WEISU_ETOOLONG;
    uint32_t found = word_table_find(table, folded.code, folded.count);
    if (found == WORD_TABLE_NONE)
        return word_table_add(table, folded.code, folded.count, entry);
    *entry = found;
    return WEISU_OK;
}

uint32_t word_table_look_up(struct word_table *table, weisu_str text)
{
    struct characters folded;
    arena_reset(&table->scratch);
    if (text.size > 4 * ARRAY_MAX_LENGTH || characters_decode(&folded, text, &table->scratch))
        return WORD_TABLE_NONE;
    return word_table_find(table, folded.code, folded.count);
}

/* Two spellings of one 64-bit hash would be one term to every later stage as well, so they count as one word here. */
uint32_t word_table_find(const struct word_table *table, const uint16_t *code, size_t count)
{
    uint32_t found = id_map_get(&table->by_term, lexicon_term(code, count));
    return found == ID_MAP_NONE ? WORD_TABLE_NONE : found;
}

uint32_t word_table_cost(const struct word_table *table, const struct word_entry *entry)
{
    if (entry->marks & WORD_LEFT_OUT)
        return entry->pair_cost;
    uint32_t cost = word_cost(table->total, entry->frequency);
    return entry->pair_cost < cost ? entry->pair_cost : cost;
}

int word_table_tag(struct word_table *table, uint32_t entry, enum lexicon_tag_kind kind, uint32_t value)
{
    if (table->tag_count >= UINT32_MAX - 1 ||
        memory_reserve(table->allocator, (void **)&table->tag, &table->tag_capacity, table->tag_count + 1,
                       sizeof *table->tag))
        return -1;
    struct word_entry *tagged = &table->entry[entry];
    table->tag[table->tag_count] = (struct word_tag_link){{kind, value}, tagged->last_tag};
    tagged->last_tag = (uint32_t)table->tag_count++;
    return 0;
}
