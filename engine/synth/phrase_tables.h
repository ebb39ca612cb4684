/* What makes wordings differ each time: synonyms.tsv, phrases.tsv, and the clauses of a sentence. Used while tables are
 * loaded, by one thread. */
#ifndef SYNTH_PHRASE_TABLES_H
#define SYNTH_PHRASE_TABLES_H

#include "synth/table_rows.h"
#include "synth/wording_tables.h"

/* Row readers. WEISU_ESYNTAX with file and line, WEISU_ENOMEM. */
weisu_code phrase_read_synonyms(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);
weisu_code phrase_read(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);

/* As template_pool.find_synonym and .find_phrase; `context` is the wording_tables. A phrase may be named before it is
 * defined: it is found, with no way to be said. -1 then means no memory. */
int phrase_find_synonym(void *context, weisu_str text, size_t *size);
int phrase_find(void *context, weisu_str name);

/* The part of *rest up to a comma that stands outside of brackets; *rest becomes what follows. 1; 0 at the end. */
int phrase_cut_clause(weisu_str *rest, weisu_str *clause);

#endif
