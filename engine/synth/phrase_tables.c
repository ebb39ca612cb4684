#include "synth/phrase_tables.h"

#include "synth/table_parts.h"

#include <string.h>

static uint32_t *synonym_chain(struct wording_tables *tables, const char *text)
{
    return &tables->synonym_chains[((unsigned char)text[1] * 5u ^ (unsigned char)text[2]) % SYNONYM_CHAINS];
}

/* Words of one character are written for others, but not replaced: they are parts of too many words. */
weisu_code phrase_read_synonyms(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    enum { TWO_CHARACTERS = 6 };
    uint32_t class_index = tables->class_count;
    struct word_class *class = PUSH(tables, tables->classes, tables->class_count);
    if (!class || tables_copy_parts(tables, rows->column[0], ' ', &class->words, &class->count))
        return tables_out_of_memory(err);
    if (rows->column_count != 1 || class->count < 2)
        return rows_fault(rows, err, "expected two words or more");
    for (uint32_t i = 0; i < class->count; i++) {
        if (class->words[i].size < TWO_CHARACTERS)
            continue;
        uint32_t *chain = synonym_chain(tables, class->words[i].data);
        struct synonym *synonym = PUSH(tables, tables->synonyms, tables->synonym_count);
        if (!synonym)
            return tables_out_of_memory(err);
        *synonym = (struct synonym){class->words[i], class_index, *chain};
        *chain = tables->synonym_count;
    }
    return WEISU_OK;
}

/* The longest; of equal ones that of the first row. */
int phrase_find_synonym(void *context, weisu_str text, size_t *size)
{
    struct wording_tables *tables = context;
    int found = -1;
    if (text.size < 3)
        return -1;
    for (uint32_t at = *synonym_chain(tables, text.data); at; at = tables->synonyms[at - 1].next) {
        const struct synonym *synonym = &tables->synonyms[at - 1];
        if (synonym->word.size <= text.size && memcmp(synonym->word.data, text.data, synonym->word.size) == 0 &&
            (found < 0 || synonym->word.size >= *size)) {
            found = (int)synonym->class;
            *size = synonym->word.size;
        }
    }
    return found;
}

/* Phrases may be named before they are defined. */
int phrase_find(void *context, weisu_str name)
{
    struct wording_tables *tables = context;
    for (uint32_t i = 0; i < tables->phrase_count; i++)
        if (tables_same(tables->phrases[i].name, name))
            return (int)i;
    struct phrase *phrase = PUSH(tables, tables->phrases, tables->phrase_count);
    if (!phrase || !(phrase->name = arena_copy(&tables->arena, name)).data)
        return -1;
    return (int)tables->phrase_count - 1;
}

weisu_code phrase_read(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 2)
        return rows_fault(rows, err, "expected name and text");
    int at = phrase_find(tables, rows->column[0]);
    if (at < 0)
        return tables_out_of_memory(err);
    struct template_range way;
    weisu_code code = tables_compile(tables, rows, rows->column[1], &way, err); /* may move the phrases */
    if (code)
        return code;
    struct phrase *phrase = &tables->phrases[at];
    struct template_range *slot = PUSH(tables, phrase->ways, phrase->count);
    if (!slot)
        return tables_out_of_memory(err);
    *slot = way;
    return WEISU_OK;
}

/* The part of *rest up to a comma that stands outside of brackets. 1; 0 when nothing is left. */
int phrase_cut_clause(weisu_str *rest, weisu_str *clause)
{
    static const char comma[] = "，";
    size_t at = 0;
    int depth = 0;
    if (rest->size == 0)
        return 0;
    while (at < rest->size && (depth || rest->size - at < 3 || memcmp(rest->data + at, comma, 3) != 0)) {
        depth += (rest->data[at] == '[') - (rest->data[at] == ']');
        at++;
    }
    *clause = (weisu_str){rest->data, at};
    size_t used = at < rest->size ? at + 3 : at;
    rest->data += used;
    rest->size -= used;
    return 1;
}
