#include "pipeline/case_registry.h"

#include "base/failure.h"
#include "base/hash.h"

#include <string.h>

enum {
    CHANGEABLE_BITS = WEISU_HAS_RESOLVED | WEISU_IS_RESOLVED | WEISU_HAS_SATISFIED | WEISU_IS_SATISFIED |
                      WEISU_HAS_CONTACTED | WEISU_IS_CONTACTED | WEISU_HAS_WITHDRAWN | WEISU_IS_WITHDRAWN
};

void case_registry_init(struct case_registry *registry, const weisu_allocator *allocator)
{
    *registry = (struct case_registry){.allocator = allocator};
    row_blocks_init(&registry->rows, sizeof(struct case_row), allocator);
    row_index_init(&registry->by_id, allocator);
}

void case_registry_dispose(struct case_registry *registry)
{
    row_blocks_dispose(&registry->rows);
    row_index_dispose(&registry->by_id);
    memory_free(registry->allocator, registry->changed, registry->changed_capacity, sizeof *registry->changed);
}

int case_registry_reserve(struct case_registry *registry)
{
    void *changed = registry->changed;
    int failed = row_blocks_reserve(&registry->rows) || registry->rows.end >= ROW_INDEX_NONE ||
                 row_index_reserve(&registry->by_id, registry->by_id.count + 1) ||
                 memory_reserve(registry->allocator, &changed, &registry->changed_capacity, registry->changed_count + 1,
                                sizeof *registry->changed);
    registry->changed = changed;
    return failed ? -1 : 0;
}

/* ---- what a record says ---- */

static uint32_t low32(uint64_t hash)
{
    return (uint32_t)(hash ^ (hash >> 32));
}

static uint32_t hash_time(int64_t time_ms)
{
    return low32(hash_mix((uint64_t)time_ms));
}

static uint32_t hash_text(weisu_str text)
{
    return low32(hash_bytes(text.data, text.size));
}

uint64_t case_hash_id(weisu_str id)
{
    uint64_t hash = hash_bytes(id.data, id.size);
    return hash ? hash : 1;
}

int case_has_changes(const weisu_record *r)
{
    return r->closed_ms != WEISU_NO_TIME || r->category.size || r->area || (r->has & CHANGEABLE_BITS);
}

uint32_t case_hash_changes(const weisu_record *r)
{
    uint64_t hash = hash_bytes(r->category.data, r->category.size);
    hash = hash_pair(hash, (uint64_t)r->closed_ms);
    hash = hash_pair(hash, r->area);
    hash = hash_pair(hash, r->has & CHANGEABLE_BITS);
    hash = hash_pair(hash, (uint64_t)r->updated_ms);
    return low32(hash_pair(hash, (r->time_ms != WEISU_NO_TIME) | (uint64_t)(r->text.size != 0) << 1));
}

int case_conflicts(const struct case_row *row, const weisu_record *r)
{
    return (r->time_ms != WEISU_NO_TIME && hash_time(r->time_ms) != row->time) ||
           (r->text.size && hash_text(r->text) != row->text);
}

/* ---- cases ---- */

struct case_row *case_registry_at(const struct case_registry *registry, uint32_t number)
{
    return row_blocks_at(&registry->rows, number);
}

static uint64_t hash_of(const void *registry, uint32_t number)
{
    return case_registry_at(registry, number)->id;
}

uint32_t case_registry_find(const struct case_registry *registry, uint64_t id)
{
    return row_index_find(&registry->by_id, id, hash_of, registry);
}

static uint32_t add(struct case_registry *registry, const struct case_row *row)
{
    uint32_t number = (uint32_t)registry->rows.end++;
    *case_registry_at(registry, number) = *row;
    row_index_add(&registry->by_id, row->id, number);
    return number;
}

uint32_t case_registry_add(struct case_registry *registry, uint64_t id, const weisu_record *record)
{
    uint32_t changes = case_hash_changes(record);
    struct case_row row = {id, hash_time(record->time_ms), hash_text(record->text), changes, changes};
    return add(registry, &row);
}

void case_registry_remove_last(struct case_registry *registry)
{
    uint32_t number = (uint32_t)registry->rows.end - 1;
    row_index_remove(&registry->by_id, case_registry_at(registry, number)->id, number);
    registry->rows.end--;
}

void case_registry_update(struct case_registry *registry, uint32_t number, uint32_t changes)
{
    case_registry_at(registry, number)->last = changes;
    if (number < registry->saved_rows)
        registry->changed[registry->changed_count++] = number;
}

size_t case_registry_bytes(const struct case_registry *registry)
{
    return row_blocks_bytes(&registry->rows) + row_index_bytes(&registry->by_id) +
           registry->changed_capacity * sizeof *registry->changed;
}

/* ---- state ---- */

static weisu_code put_case(const struct state_sink *sink, const struct case_row *known, weisu_err *err)
{
    struct state_row row = {STATE_ADMISSION, known->id, known, sizeof *known};
    return sink->put(sink->context, &row, err);
}

weisu_code case_registry_save(struct case_registry *registry, int all, const struct state_sink *sink, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < registry->changed_count && !all && !code; i++)
        code = put_case(sink, case_registry_at(registry, registry->changed[i]), err);
    for (uint64_t i = all ? 0 : registry->saved_rows; i < registry->rows.end && !code; i++)
        code = put_case(sink, case_registry_at(registry, (uint32_t)i), err);
    if (code)
        return code;
    registry->saved_rows = registry->rows.end;
    registry->changed_count = 0;
    return WEISU_OK;
}

weisu_code case_registry_load(struct case_registry *registry, const struct state_row *row, weisu_err *err)
{
    struct case_row known;
    if (row->size != sizeof known)
        return failure(err, WEISU_ESTATE, "a case of the checkpoint has %zu bytes", row->size);
    if (case_registry_reserve(registry))
        return failure(err, WEISU_ENOMEM, "no memory for the registry of cases");
    memcpy(&known, row->data, sizeof known);
    registry->saved_rows = add(registry, &known) + UINT64_C(1);
    return WEISU_OK;
}
