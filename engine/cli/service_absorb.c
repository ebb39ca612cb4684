#include "cli/service_absorb.h"

#include "base/failure.h"
#include "cli/service_parts.h"
#include "store/outcome_queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { tidy_bytes = 8 << 20, note_bytes = 64 };
#define POSITION_NOTE "batch"

struct service_absorb {
    struct service service;
    struct outcome_batch outcome;
    struct admission_counts stored; /* in the folder when it was opened */
    struct admission_counts begun;  /* of admission then */
};

weisu_code service_absorb_open(struct service_absorb **out, const struct service_settings *settings, weisu_err *err)
{
    *out = NULL;
    struct service_absorb *absorb = memory_new_zeroed(NULL, 1, sizeof *absorb);
    if (!absorb)
        return failure(err, WEISU_ENOMEM, "no memory for the service");
    absorb->service.settings = settings;
    absorb->service.allocator = memory_default();
    outcome_batch_init(&absorb->outcome, NULL);
    weisu_code code = service_prepare(&absorb->service, err);
    if (!code)
        code = store_counts(absorb->service.store, &absorb->stored, err);
    if (code) {
        service_absorb_close(absorb);
        return code;
    }
    absorb->begun = admission_counts(absorb->service.admission);
    *out = absorb;
    return WEISU_OK;
}

void service_absorb_close(struct service_absorb *absorb)
{
    if (!absorb)
        return;
    outcome_batch_dispose(&absorb->outcome);
    service_dispose(&absorb->service);
    memory_free(NULL, absorb, 1, sizeof *absorb);
}

struct admission *service_absorb_admission(struct service_absorb *absorb)
{
    return absorb->service.admission;
}

const struct core *service_absorb_core(const struct service_absorb *absorb)
{
    return absorb->service.core;
}

const struct reporter_key *service_absorb_key(const struct service_absorb *absorb)
{
    return store_reporter_key(absorb->service.store);
}

weisu_code service_absorb_position(struct service_absorb *absorb, uint64_t fingerprint, uint64_t *rows, weisu_err *err)
{
    struct byte_buffer note;
    char expected[note_bytes];
    *rows = 0;
    byte_buffer_init(&note, NULL);
    weisu_code code = store_note(absorb->service.store, POSITION_NOTE, &note, err);
    byte_buffer_append_char(&note, 0);
    int size = snprintf(expected, sizeof expected, "%016" PRIx64 " ", fingerprint);
    if (!code && !note.failed && strncmp(note.data, expected, (size_t)size) == 0)
        *rows = strtoull(note.data + size, NULL, 10);
    byte_buffer_dispose(&note);
    return code;
}

static weisu_code put_counts(struct service_absorb *absorb, const struct absorb_step *step, weisu_err *err)
{
    struct admission_counts now = admission_counts(absorb->service.admission);
    struct admission_counts sum = absorb->stored;
    sum.records += now.records - absorb->begun.records;
    sum.updates += now.updates - absorb->begun.updates;
    sum.duplicates += now.duplicates - absorb->begun.duplicates;
    sum.conflicts += now.conflicts - absorb->begun.conflicts;
    sum.rejected += now.rejected - absorb->begun.rejected + step->rejected;
    sum.bytes += now.bytes - absorb->begun.bytes;
    return store_put_counts(absorb->service.store, &sum, err);
}

static weisu_code put_position(struct service_absorb *absorb, const struct absorb_step *step, weisu_err *err)
{
    char note[note_bytes];
    int size = snprintf(note, sizeof note, "%016" PRIx64 " %" PRIu64, step->fingerprint, step->rows);
    return store_put_note(absorb->service.store, POSITION_NOTE, (weisu_str){note, (size_t)size}, err);
}

static weisu_code put_step(struct service_absorb *absorb, const struct absorb_step *step, weisu_err *err)
{
    struct service *s = &absorb->service;
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < step->count && !code; i++)
        code = store_append(s->store, &step->entries[i], err);
    if (!code && step->count)
        code = engine_thread_apply(s->engine, step->entries, step->count, &absorb->outcome, err);
    if (!code)
        code = store_put_outcome(s->store, &absorb->outcome, err);
    if (!code)
        code = put_counts(absorb, step, err);
    return code ? code : put_position(absorb, step, err);
}

static weisu_code tidy(struct service *s, weisu_err *err)
{
    int more = 0;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = store_tidy(s->store, tidy_bytes, &more, err);
    return code ? code : store_commit(s->store, err);
}

weisu_code service_absorb_entries(struct service_absorb *absorb, const struct absorb_step *step, weisu_err *err)
{
    struct service *s = &absorb->service;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = put_step(absorb, step, err);
    /* Only what will not be undone is in a checkpoint; the transaction holds both or none. */
    admission_settle(s->admission, admission_sequence(s->admission));
    int is_due = engine_thread_unsaved(s->engine) >= s->settings->checkpoint_entries;
    if (!code && is_due)
        code = service_put_checkpoint(s, 0, err);
    if (!code)
        code = store_commit(s->store, err);
    outcome_batch_reset(&absorb->outcome);
    return !code && is_due ? tidy(s, err) : code;
}

weisu_code service_absorb_finish(struct service_absorb *absorb, weisu_err *err)
{
    struct service *s = &absorb->service;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = service_put_checkpoint(s, 0, err);
    return code ? code : store_commit(s->store, err);
}
