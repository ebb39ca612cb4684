/* The registry of cases: every id that was ever admitted, by its hash, with hashes of what was submitted under it. It
 * tells duplicates, updates and conflicts for ever, so it never forgets: 24 bytes a case and 11 to 16 of index.
 *
 * One thread. Rows never move; growing costs the same for the ten-millionth case as for the first. */
#ifndef PIPELINE_CASE_REGISTRY_H
#define PIPELINE_CASE_REGISTRY_H

#include "base/row_blocks.h"
#include "base/row_index.h"
#include "base/state_row.h"

#include <weisu/record.h>

/* What is remembered of a case. Hashes are of what was submitted, so that sending a line again is always harmless. */
struct case_row {
    uint64_t id;
    uint32_t time;
    uint32_t text;
    uint32_t first; /* changeable fields of the first submission */
    uint32_t last;  /* of the last update */
};

struct case_registry {
    const weisu_allocator *allocator;
    struct row_blocks rows; /* of struct case_row */
    struct row_index by_id;
    uint64_t saved_rows; /* rows before this one were saved, but for `changed` */
    uint32_t *changed;   /* saved rows that an update changed since */
    size_t changed_count;
    size_t changed_capacity;
};

void case_registry_init(struct case_registry *registry, const weisu_allocator *allocator);
void case_registry_dispose(struct case_registry *registry);
/* Room for one more case and one more change. 0; -1 when memory is out. */
int case_registry_reserve(struct case_registry *registry);

/* Never 0: that key is admission's own in a checkpoint. */
uint64_t case_hash_id(weisu_str id);
/* Whether the record says anything that an update may say. */
int case_has_changes(const weisu_record *record);
/* Hash of the changeable fields as submitted. A whole record and a bare update differ on purpose: the first one sent
 * again must not undo the second. */
uint32_t case_hash_changes(const weisu_record *record);
/* 1 when what the record gives differs from what is known; what it leaves out agrees. */
int case_conflicts(const struct case_row *row, const weisu_record *record);

/* The case's number, or ROW_INDEX_NONE. */
uint32_t case_registry_find(const struct case_registry *registry, uint64_t id);
struct case_row *case_registry_at(const struct case_registry *registry, uint32_t number);
/* A case whose id is not there yet; returns its number. Room was reserved. */
uint32_t case_registry_add(struct case_registry *registry, uint64_t id, const weisu_record *record);
/* Takes the last one back. */
void case_registry_remove_last(struct case_registry *registry);
/* An update was taken: `changes` is its hash. Room was reserved. */
void case_registry_update(struct case_registry *registry, uint32_t number, uint32_t changes);
size_t case_registry_bytes(const struct case_registry *registry);

/* Rows of STATE_ADMISSION, keyed by the hash of the id, that changed since the last save (all: every row). */
weisu_code case_registry_save(struct case_registry *registry, int all, const struct state_sink *sink, weisu_err *err);
weisu_code case_registry_load(struct case_registry *registry, const struct state_row *row, weisu_err *err);

#endif
