/* Which cases are open: what the core must know of a case after its commit, for links. A case is kept for 120 days of
 * the clock; one that is not known any more counts as closed. One thread, sequence order. */
#ifndef PIPELINE_OPEN_CASES_H
#define PIPELINE_OPEN_CASES_H

#include "base/memory.h"
#include "base/state_row.h"
#include "pipeline/log_entry.h"

struct open_cases;

weisu_code open_cases_new(struct open_cases **out, const weisu_allocator *allocator, weisu_err *err);
void open_cases_free(struct open_cases *cases);

/* A new case; its `closed` takes effect at that time and not before. */
weisu_code open_cases_add(struct open_cases *cases, const struct log_entry *entry, weisu_err *err);
/* An update: `closed` and `withdrawn` take effect at `closed`, `updated` or the clock. */
weisu_code open_cases_update(struct open_cases *cases, const struct log_entry *entry, weisu_err *err);
/* 1 when the case with that sequence number is open at `clock_ms`. */
int open_cases_is_open(const struct open_cases *cases, uint64_t sequence, int64_t clock_ms);
/* Forgets cases reported more than 120 days before the clock. */
void open_cases_evict(struct open_cases *cases, int64_t clock_ms);

/* Rows of STATE_CASE, keyed by sequence number. */
weisu_code open_cases_save(struct open_cases *cases, int all, const struct state_sink *sink, weisu_err *err);
weisu_code open_cases_load(struct open_cases *cases, const struct state_row *row, weisu_err *err);

#endif
