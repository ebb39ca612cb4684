/* What the readers of tables share: arrays that grow in the arena of the tables, copies, compiled wordings, errors.
 * Used while tables are loaded, by one thread. */
#ifndef SYNTH_TABLE_PARTS_H
#define SYNTH_TABLE_PARTS_H

#include "synth/table_rows.h"
#include "synth/wording_tables.h"

#include <string.h>

/* Room for one more element; capacities are powers of two, so a full array is one whose count is a power of two. NULL:
 * no memory. */
void *tables_grow(struct arena *arena, void *old, uint32_t count, size_t size);

/* A new element, zeroed, at the end of `array`, which has `count`; NULL: no memory. */
#define PUSH(tables, array, count)                                                                                     \
    ((array) = tables_grow(&(tables)->arena, (array), (count), sizeof *(array)),                                       \
     (array) ? memset(&(array)[(count)], 0, sizeof *(array)) : NULL, (array) ? &(array)[(count)++] : NULL)

/* WEISU_ENOMEM with its sentence. */
weisu_code tables_out_of_memory(weisu_err *err);
int tables_same(weisu_str a, weisu_str b);
/* Appends the parts of `text` between the separators, empty ones left out, as copies in the arena. 0, or -1. */
int tables_copy_parts(struct wording_tables *tables, weisu_str text, char separator, weisu_str **out, uint32_t *count);
/* template_compile; an error names file and line of the row. */
weisu_code tables_compile(struct wording_tables *tables, const struct table_rows *rows, weisu_str text,
                          struct template_range *out, weisu_err *err);

/* The type of place of that name, or NULL. */
struct place_type *tables_find_type(const struct wording_tables *tables, weisu_str name);
/* The index of an organisation's class; "-" is `otherwise`. NO_CLASS when there is none. */
uint32_t tables_find_organisation(const struct wording_tables *tables, weisu_str name, const char *otherwise);

#endif
