#include "pipeline/admission.h"

#include "base/failure.h"
#include "pipeline/case_registry.h"
#include "pipeline/record_form.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
#define JUMP_MS (366 * DAY_MS)

/* One decision that may still be undone. */
struct decision {
    uint64_t sequence;
    uint32_t row;
    uint32_t last_before;
    int64_t clock_before;
    uint32_t is_new;
    uint32_t is_bare; /* of no case: a tick or an action */
};

struct admission {
    const weisu_allocator *allocator;
    struct admission_config config;
    struct case_registry cases;
    struct decision *open;
    size_t open_count;
    size_t open_capacity;
    uint64_t sequence;
    int64_t clock_ms;
    int64_t wall_ms;
    int64_t jump_ms; /* time of the last record that was rejected as a jump */
    struct admission_counts counts;
};

weisu_code admission_new(struct admission **out, const struct admission_config *config,
                         const weisu_allocator *allocator, weisu_err *err)
{
    *out = memory_new_zeroed(allocator, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the registry of cases");
    struct admission *a = *out;
    a->allocator = allocator;
    a->config = *config;
    a->clock_ms = a->wall_ms = a->jump_ms = WEISU_NO_TIME;
    case_registry_init(&a->cases, allocator);
    return WEISU_OK;
}

void admission_free(struct admission *a)
{
    if (!a)
        return;
    case_registry_dispose(&a->cases);
    memory_free(a->allocator, a->open, a->open_capacity, sizeof *a->open);
    memory_free(a->allocator, a, 1, sizeof *a);
}

void admission_set_latest(struct admission *a, int64_t latest_ms)
{
    a->config.latest_ms = latest_ms;
}

void admission_set_wall(struct admission *a, int64_t wall_ms)
{
    if (wall_ms > a->wall_ms)
        a->wall_ms = wall_ms;
}

static weisu_code check_time(struct admission *a, int64_t time_ms, weisu_err *err)
{
    if (time_ms > a->config.latest_ms)
        return failure(err, WEISU_EIMPLAUSIBLE, "time is more than 366 days after nearly all others");
    if (a->config.check_future && a->wall_ms != WEISU_NO_TIME && time_ms > a->wall_ms + DAY_MS)
        return failure(err, WEISU_EFUTURE, "time is more than 24 hours ahead of the clock");
    if (a->config.confirm_jumps && a->clock_ms != WEISU_NO_TIME && time_ms > a->clock_ms + JUMP_MS) {
        int64_t jump = a->jump_ms;
        a->jump_ms = time_ms;
        if (jump == WEISU_NO_TIME || time_ms > jump + JUMP_MS || time_ms < jump - JUMP_MS)
            return failure(err, WEISU_EIMPLAUSIBLE, "time is more than 366 days after the clock");
    }
    return WEISU_OK;
}

static weisu_code reserve(struct admission *a, weisu_err *err)
{
    void *open = a->open;
    int failed = memory_reserve(a->allocator, &open, &a->open_capacity, a->open_count + 1, sizeof *a->open);
    a->open = open;
    return failed || case_registry_reserve(&a->cases)
               ? failure(err, WEISU_ENOMEM, "no memory for the registry of cases")
               : WEISU_OK;
}

static void give_sequence(struct admission *a, const weisu_record *record, uint32_t kind, struct log_entry *entry)
{
    a->sequence++;
    *entry = (struct log_entry){.sequence = a->sequence, .kind = kind, .time_ms = a->clock_ms, .record = *record};
}

static weisu_code reject(struct admission *a, weisu_receipt *receipt, weisu_code code)
{
    *receipt = (weisu_receipt){WEISU_REJECTED, code, 0};
    a->counts.rejected++;
    a->counts.conflicts += code == WEISU_ECONFLICT;
    return code;
}

static void decide_known(struct admission *a, uint32_t at, const weisu_record *r, struct log_entry *entry,
                         weisu_receipt *receipt)
{
    const struct case_row *row = case_registry_at(&a->cases, at);
    uint32_t changes = case_hash_changes(r);
    if (!case_has_changes(r) || changes == row->first || changes == row->last) {
        *receipt = (weisu_receipt){WEISU_DUPLICATE, WEISU_OK, 0};
        a->counts.duplicates++;
        return;
    }
    give_sequence(a, r, LOG_UPDATE, entry);
    a->open[a->open_count++] = (struct decision){a->sequence, at, row->last, a->clock_ms, 0, 0};
    case_registry_update(&a->cases, at, changes);
    *receipt = (weisu_receipt){WEISU_UPDATE, WEISU_OK, a->sequence};
    a->counts.updates++;
}

static void decide_new(struct admission *a, uint64_t id, const weisu_record *r, struct log_entry *entry,
                       weisu_receipt *receipt)
{
    uint32_t at = case_registry_add(&a->cases, id, r);
    int64_t before = a->clock_ms;
    if (r->time_ms > a->clock_ms)
        a->clock_ms = r->time_ms;
    give_sequence(a, r, LOG_RECORD, entry);
    a->open[a->open_count++] = (struct decision){a->sequence, at, 0, before, 1, 0};
    *receipt = (weisu_receipt){WEISU_ACCEPTED, WEISU_OK, a->sequence};
    a->counts.records++;
}

weisu_code admission_decide(struct admission *a, const weisu_record *record, struct log_entry *entry,
                            weisu_receipt *receipt, weisu_err *err)
{
    weisu_code code = reserve(a, err);
    if (code)
        return reject(a, receipt, code);
    uint64_t id = case_hash_id(record->id);
    uint32_t known = record->id.size ? case_registry_find(&a->cases, id) : ROW_INDEX_NONE;
    if (known != ROW_INDEX_NONE) {
        if (case_conflicts(case_registry_at(&a->cases, known), record))
            return reject(a, receipt, failure(err, WEISU_ECONFLICT, "known id with a different text or time"));
        decide_known(a, known, record, entry, receipt);
        return WEISU_OK;
    }
    if ((code = record_check_form(record, err)) || (code = check_time(a, record->time_ms, err)))
        return reject(a, receipt, code);
    decide_new(a, id, record, entry, receipt);
    return WEISU_OK;
}

static weisu_record no_record(void)
{
    return (weisu_record){.time_ms = WEISU_NO_TIME, .closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
}

int admission_tick(struct admission *a, int64_t time_ms, struct log_entry *entry)
{
    admission_set_wall(a, time_ms);
    if (time_ms <= a->clock_ms || reserve(a, NULL))
        return 0;
    int64_t before = a->clock_ms;
    weisu_record none = no_record();
    a->clock_ms = time_ms;
    give_sequence(a, &none, LOG_TICK, entry);
    a->open[a->open_count++] = (struct decision){a->sequence, 0, 0, before, 0, 1};
    return 1;
}

void admission_note(struct admission *a, weisu_str text, struct log_entry *entry)
{
    weisu_record note = no_record();
    note.text = text;
    give_sequence(a, &note, LOG_SETUP, entry);
}

/* The next entry, of no case. */
static weisu_code give_bare(struct admission *a, const weisu_record *record, uint32_t kind, struct log_entry *entry,
                            weisu_err *err)
{
    weisu_code code = reserve(a, err);
    if (code)
        return code;
    give_sequence(a, record, kind, entry);
    a->open[a->open_count++] = (struct decision){a->sequence, 0, 0, a->clock_ms, 0, 1};
    return WEISU_OK;
}

weisu_code admission_act(struct admission *a, const weisu_record *action, struct log_entry *entry, weisu_err *err)
{
    return give_bare(a, action, LOG_ACTION, entry, err);
}

weisu_code admission_words(struct admission *a, weisu_str text, weisu_str by, struct log_entry *entry, weisu_err *err)
{
    weisu_record words = no_record();
    words.text = text;
    words.channel = by;
    return give_bare(a, &words, LOG_WORDS, entry, err);
}

void admission_undo(struct admission *a, uint64_t sequence)
{
    while (a->open_count && a->open[a->open_count - 1].sequence > sequence) {
        const struct decision *d = &a->open[--a->open_count];
        a->clock_ms = d->clock_before;
        a->sequence = d->sequence - 1;
        if (d->is_bare)
            continue;
        if (d->is_new) {
            case_registry_remove_last(&a->cases);
            a->counts.records--;
        } else {
            case_registry_at(&a->cases, d->row)->last = d->last_before;
            a->counts.updates--;
        }
    }
}

void admission_settle(struct admission *a, uint64_t sequence)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->open_count; i++)
        if (a->open[i].sequence > sequence)
            a->open[kept++] = a->open[i];
    a->open_count = kept;
}

/* Its text is not known any more: any other text under its id conflicts. */
static weisu_code recall_forgotten(struct admission *a, const weisu_record *record, weisu_err *err)
{
    struct log_entry again;
    weisu_receipt receipt;
    weisu_code code = reserve(a, err);
    if (!code)
        decide_new(a, case_hash_id(record->id), record, &again, &receipt);
    return code;
}

weisu_code admission_recall(struct admission *a, const struct log_entry *entry, weisu_err *err)
{
    struct log_entry again;
    weisu_receipt receipt;
    weisu_code code = WEISU_OK;
    if (entry->sequence != a->sequence + 1)
        return failure(err, WEISU_ESTATE, "the log has a gap before entry %llu", (unsigned long long)entry->sequence);
    struct admission_config checks = a->config;
    a->config = (struct admission_config){.latest_ms = INT64_MAX};
    if (entry->kind == LOG_RECORD || entry->kind == LOG_UPDATE)
        code = admission_decide(a, &entry->record, &again, &receipt, err);
    else if (entry->kind == LOG_FORGOTTEN)
        code = recall_forgotten(a, &entry->record, err);
    else if (entry->kind != LOG_TICK || !admission_tick(a, entry->time_ms, &again))
        a->sequence = entry->sequence;
    a->config = checks;
    if (!code && a->sequence != entry->sequence)
        return failure(err, WEISU_ESTATE, "entry %llu of the log is not what was admitted",
                       (unsigned long long)entry->sequence);
    admission_settle(a, entry->sequence);
    return code;
}

/* STATE_ADMISSION, key 0. */
struct position_row {
    uint64_t sequence;
    int64_t clock_ms;
    struct admission_counts counts;
};

weisu_code admission_save(struct admission *a, int all, const struct state_sink *sink, weisu_err *err)
{
    if (a->open_count)
        return failure(err, WEISU_EINVAL, "%zu decisions are not settled", a->open_count);
    struct position_row position = {a->sequence, a->clock_ms, a->counts};
    struct state_row row = {STATE_ADMISSION, 0, &position, sizeof position};
    weisu_code code = sink->put(sink->context, &row, err);
    return code ? code : case_registry_save(&a->cases, all, sink, err);
}

weisu_code admission_load(struct admission *a, const struct state_row *row, weisu_err *err)
{
    struct position_row position;
    if (row->key == 0) {
        if (row->size != sizeof position)
            return failure(err, WEISU_ESTATE, "admission's position has %zu bytes", row->size);
        memcpy(&position, row->data, sizeof position);
        a->sequence = position.sequence;
        a->clock_ms = position.clock_ms;
        a->counts = position.counts;
        return WEISU_OK;
    }
    return case_registry_load(&a->cases, row, err);
}

uint64_t admission_sequence(const struct admission *a)
{
    return a->sequence;
}

int64_t admission_clock(const struct admission *a)
{
    return a->clock_ms;
}

struct admission_counts admission_counts(const struct admission *a)
{
    struct admission_counts counts = a->counts;
    counts.bytes = case_registry_bytes(&a->cases) + a->open_capacity * sizeof *a->open;
    return counts;
}
