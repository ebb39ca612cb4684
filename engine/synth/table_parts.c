#include "synth/table_parts.h"

#include "base/failure.h"

#include <string.h>

void *tables_grow(struct arena *arena, void *old, uint32_t count, size_t size)
{
    if (count && (count & (count - 1)))
        return old;
    void *items = arena_take_array(arena, count ? (size_t)count * 2 : 1, size);
    if (items && count)
        memcpy(items, old, count * size);
    return items;
}

weisu_code tables_out_of_memory(weisu_err *err)
{
    return failure(err, WEISU_ENOMEM, "no memory for the tables of synth");
}

int tables_same(weisu_str a, weisu_str b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

int tables_copy_parts(struct wording_tables *tables, weisu_str text, char separator, weisu_str **out, uint32_t *count)
{
    weisu_str part;
    while (rows_split(&text, separator, &part)) {
        if (part.size == 0)
            continue;
        weisu_str *word = PUSH(tables, *out, *count);
        if (!word)
            return -1;
        *word = arena_copy(&tables->arena, part);
        if (!word->data)
            return -1;
    }
    return 0;
}

weisu_code tables_compile(struct wording_tables *tables, const struct table_rows *rows, weisu_str text,
                          struct template_range *out, weisu_err *err)
{
    weisu_code code = template_compile(&tables->pool, text, out, err);
    if (code)
        failure_at(err, rows->name, rows->line);
    return code;
}

struct place_type *tables_find_type(const struct wording_tables *tables, weisu_str name)
{
    for (uint32_t i = 0; i < tables->type_count; i++)
        if (tables_same(tables->types[i].name, name))
            return &tables->types[i];
    return NULL;
}

uint32_t tables_find_organisation(const struct wording_tables *tables, weisu_str name, const char *otherwise)
{
    if (rows_equal(name, "-"))
        name = (weisu_str){otherwise, strlen(otherwise)};
    for (uint32_t i = 0; i < tables->organisation_count; i++)
        if (tables_same(tables->organisations[i].name, name))
            return i;
    return NO_CLASS;
}
