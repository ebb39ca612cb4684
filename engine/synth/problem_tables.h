/* What people complain about: the rhythms of month, week and hour, the problems that follow them, and what a problem's
 * objects and defects are called. Used while tables are loaded, by one thread. */
#ifndef SYNTH_PROBLEM_TABLES_H
#define SYNTH_PROBLEM_TABLES_H

#include "synth/table_rows.h"
#include "synth/wording_tables.h"

/* Row readers; rhythms, types of places and organisations stand before the problems that name them. WEISU_ESYNTAX with
 * file and line, WEISU_ENOMEM. */
weisu_code problem_read_rhythm(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);
weisu_code problem_read(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);
weisu_code problem_read_facet(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);

/* The problem of that id, or NULL. */
struct problem *problem_find(struct wording_tables *tables, weisu_str id);

#endif
