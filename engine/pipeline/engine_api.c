/* The library's engine: admission in front of the core, results kept until they are polled. */
#include "base/failure.h"
#include "pipeline/admission.h"
#include "pipeline/alert_copy.h"
#include "pipeline/core.h"
#include "pipeline/log_action.h"
#include "segment/user_words.h"
#include "text/mask.h"
#include "text/reporter_key.h"
#include "topic/topic_teller.h"

#include <string.h>

enum { PUSH_SLICE = 1024 };

struct weisu_image {
    struct lexicon *lexicon;
};

/* Results of one kind: an array that is refilled after everything in it was polled. */
struct results {
    void *items;
    size_t count;
    size_t taken;
    size_t capacity;
};

struct weisu_engine {
    const weisu_allocator *allocator;
    struct admission *admission;
    struct core *core;
    struct reporter_key key;
    struct arena strings;       /* copies of one slice's records */
    struct arena changes;       /* what `alerts` points into */
    struct arena names;         /* what `assignments` points into */
    struct results alerts;      /* weisu_alert */
    struct results assignments; /* weisu_assignment */
    struct log_entry *entries;  /* [PUSH_SLICE] */
    weisu_receipt *receipts;    /* [PUSH_SLICE], for a caller who gave none */
    int lost;                   /* a result found no memory */
};

weisu_code weisu_image_open(weisu_image **out, const char *path, weisu_err *err)
{
    *out = memory_new_zeroed(NULL, 1, sizeof **out);
    if (!*out)
        return failure(err, WEISU_ENOMEM, "no memory for the image");
    weisu_code code = lexicon_open(&(*out)->lexicon, path, NULL, err);
    if (code) {
        memory_free(NULL, *out, 1, sizeof **out);
        *out = NULL;
    }
    return code;
}

void weisu_image_close(weisu_image *image)
{
    if (!image)
        return;
    lexicon_close(image->lexicon);
    memory_free(NULL, image, 1, sizeof *image);
}

void weisu_options_init(weisu_options *options)
{
    memset(options, 0, sizeof *options);
    options->size = sizeof *options;
    options->city = UINT64_C(110000000000);
    options->zone_offset_s = 8 * 3600;
    options->budget_milli_per_week = 1000;
    options->candidate_days = 180;
    options->cluster_cap = 6000000;
    options->lateness_ms = INT64_C(24) * 3600 * 1000;
}

weisu_code weisu_classifier_open(weisu_classifier **out, const weisu_image *image, const char *model,
                                 const char *classes, weisu_err *err)
{
    struct table_report report = {0};
    const struct topic_teller_files files = {model, classes, &report};
    return topic_teller_open(out, image->lexicon, &files, NULL, err);
}

void weisu_classifier_close(weisu_classifier *classifier)
{
    topic_teller_close(classifier);
}

/* ---- results ---- */

static void *add_result(weisu_engine *engine, struct results *results, size_t size)
{
    if (memory_reserve(engine->allocator, &results->items, &results->capacity, results->count + 1, size)) {
        engine->lost = 1;
        return NULL;
    }
    return (char *)results->items + results->count * size;
}

static void keep_change(void *context, const weisu_alert *change)
{
    weisu_engine *engine = context;
    weisu_alert *kept = add_result(engine, &engine->alerts, sizeof *kept);
    if (kept && alert_copy(&engine->changes, change, kept) == 0)
        engine->alerts.count++;
    else
        engine->lost = 1;
}

static void keep_assignment(void *context, uint64_t sequence, weisu_str id, const char *cluster_id, uint32_t slot)
{
    (void)slot;
    weisu_engine *engine = context;
    weisu_assignment *kept = add_result(engine, &engine->assignments, sizeof *kept);
    if (!kept)
        return;
    *kept = (weisu_assignment){sequence, arena_copy(&engine->names, id),
                               arena_copy(&engine->names, (weisu_str){cluster_id, strlen(cluster_id)})};
    if (kept->id.data && kept->cluster.data)
        engine->assignments.count++;
    else
        engine->lost = 1;
}

static void forget_polled(weisu_engine *engine)
{
    if (engine->alerts.taken == engine->alerts.count) {
        engine->alerts.taken = engine->alerts.count = 0;
        arena_reset(&engine->changes);
    }
    engine->assignments.taken = engine->assignments.count = 0;
    arena_reset(&engine->names);
}

int weisu_engine_poll(weisu_engine *engine, weisu_alert *out)
{
    if (engine->alerts.taken == engine->alerts.count)
        return 0;
    *out = ((weisu_alert *)engine->alerts.items)[engine->alerts.taken++];
    return 1;
}

int weisu_engine_poll_assignment(weisu_engine *engine, weisu_assignment *out)
{
    if (engine->assignments.taken == engine->assignments.count)
        return 0;
    *out = ((weisu_assignment *)engine->assignments.items)[engine->assignments.taken++];
    return 1;
}

/* ---- life ---- */

static weisu_code make_engine(weisu_engine *engine, const weisu_options *options, weisu_err *err)
{
    const struct core_listener listener = {engine, keep_assignment, NULL, keep_change, NULL};
    struct admission_config checks = {.check_future = options->check_future != 0, .latest_ms = INT64_MAX};
    weisu_code code = admission_new(&engine->admission, &checks, engine->allocator, err);
    if (!code)
        code = core_new(&engine->core, options, options->image->lexicon, err);
    if (code)
        return code;
    core_listen(engine->core, &listener);
    engine->entries = memory_new(engine->allocator, PUSH_SLICE, sizeof *engine->entries);
    engine->receipts = memory_new(engine->allocator, PUSH_SLICE, sizeof *engine->receipts);
    if (!engine->entries || !engine->receipts)
        return failure(err, WEISU_ENOMEM, "no memory for the engine");
    return WEISU_OK;
}

weisu_code weisu_engine_new(weisu_engine **out, const weisu_options *options, weisu_err *err)
{
    *out = NULL;
    if (!options || options->size != sizeof *options || !options->image)
        return failure(err, WEISU_EINVAL, "options were not initialised or name no image");
    weisu_engine *engine = memory_new_zeroed(options->allocator, 1, sizeof *engine);
    if (!engine)
        return failure(err, WEISU_ENOMEM, "no memory for the engine");
    engine->allocator = options->allocator;
    memcpy(engine->key.secret, options->reporter_key, sizeof engine->key.secret);
    arena_init(&engine->strings, engine->allocator, 1u << 20);
    arena_init(&engine->changes, engine->allocator, 0);
    arena_init(&engine->names, engine->allocator, 0);
    weisu_code code = make_engine(engine, options, err);
    if (code)
        weisu_engine_free(engine);
    else
        *out = engine;
    return code;
}

void weisu_engine_free(weisu_engine *engine)
{
    if (!engine)
        return;
    const weisu_allocator *a = engine->allocator;
    core_free(engine->core);
    admission_free(engine->admission);
    memory_free(a, engine->entries, PUSH_SLICE, sizeof *engine->entries);
    memory_free(a, engine->receipts, PUSH_SLICE, sizeof *engine->receipts);
    memory_free(a, engine->alerts.items, engine->alerts.capacity, sizeof(weisu_alert));
    memory_free(a, engine->assignments.items, engine->assignments.capacity, sizeof(weisu_assignment));
    arena_dispose(&engine->strings);
    arena_dispose(&engine->changes);
    arena_dispose(&engine->names);
    memory_free(a, engine, 1, sizeof *engine);
}

/* ---- records in ---- */

static int copy_masked(weisu_engine *engine, weisu_str *string)
{
    char *copy = arena_take(&engine->strings, string->size + 1);
    if (!copy)
        return -1;
    if (string->size)
        memcpy(copy, string->data, string->size);
    mask_personal(copy, string->size);
    string->data = copy;
    return 0;
}

static int copy_record(weisu_engine *engine, weisu_record *record)
{
    weisu_str *masked[] = {&record->title, &record->text, &record->address, &record->category, &record->channel};
    for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++)
        if (copy_masked(engine, masked[i]))
            return -1;
    if (!record->reporter.size)
        return 0;
    unsigned char *hash = arena_take(&engine->strings, 16);
    if (!hash)
        return -1;
    reporter_hash(&engine->key, record->reporter, hash);
    record->reporter = (weisu_str){(const char *)hash, 16};
    return 0;
}

static weisu_code push_slice(weisu_engine *engine, const weisu_record *records, size_t count, weisu_receipt *receipts,
                             weisu_err *err)
{
    size_t admitted = 0;
    uint64_t before = admission_sequence(engine->admission);
    arena_reset(&engine->strings);
    for (size_t i = 0; i < count; i++) {
        weisu_record record = records[i];
        receipts[i] = (weisu_receipt){WEISU_REJECTED, WEISU_ENOMEM, 0};
        if (copy_record(engine, &record))
            return failure(err, WEISU_ENOMEM, "no memory for a batch of %zu records", count);
        if (!admission_decide(engine->admission, &record, &engine->entries[admitted], &receipts[i], NULL))
            admitted += receipts[i].sequence != 0;
    }
    weisu_code code = core_apply(engine->core, engine->entries, admitted, err);
    if (code) {
        uint64_t reached = core_sequence(engine->core) > before ? core_sequence(engine->core) : before;
        admission_undo(engine->admission, reached);
        for (size_t i = 0; i < count; i++)
            if (receipts[i].sequence > reached)
                receipts[i] = (weisu_receipt){WEISU_REJECTED, code, 0};
        return code;
    }
    admission_settle(engine->admission, admission_sequence(engine->admission));
    return engine->lost ? failure(err, WEISU_ENOMEM, "results were lost for want of memory") : WEISU_OK;
}

weisu_code weisu_engine_push(weisu_engine *engine, const weisu_record *records, size_t count, weisu_receipt *receipts,
                             weisu_err *err)
{
    forget_polled(engine);
    for (size_t at = 0; at < count; at += PUSH_SLICE) {
        size_t taken = count - at < PUSH_SLICE ? count - at : PUSH_SLICE;
        weisu_code code = push_slice(engine, records + at, taken, receipts ? receipts + at : engine->receipts, err);
        if (!code)
            continue;
        for (size_t i = at + taken; receipts && i < count; i++)
            receipts[i] = (weisu_receipt){WEISU_REJECTED, code, 0};
        return code;
    }
    return WEISU_OK;
}

weisu_code weisu_engine_tick(weisu_engine *engine, int64_t time_ms, weisu_err *err)
{
    forget_polled(engine);
    struct log_entry entry;
    if (!admission_tick(engine->admission, time_ms, &entry))
        return WEISU_OK;
    weisu_code code = core_apply(engine->core, &entry, 1, err);
    if (code)
        admission_undo(engine->admission, entry.sequence - 1);
    else
        admission_settle(engine->admission, entry.sequence);
    return code;
}

weisu_code weisu_engine_act(weisu_engine *engine, weisu_str alert, weisu_action action, weisu_str by, weisu_err *err)
{
    forget_polled(engine);
    struct log_entry entry;
    const struct log_action done = {alert, action, by};
    if ((int)action < WEISU_ACTION_ACCEPT || action > WEISU_ACTION_UNDO)
        return failure(err, WEISU_EINVAL, "no such action");
    weisu_code code = log_action_check(&done, err);
    if (code)
        return code;
    if (!core_knows_subject(engine->core, alert))
        return failure(err, WEISU_EUNKNOWN_ID, "no alert of this id is known, and no merge of a cluster");
    const weisu_record record = log_action_record(&done);
    if ((code = admission_act(engine->admission, &record, &entry, err)))
        return code;
    if ((code = core_apply(engine->core, &entry, 1, err)))
        admission_undo(engine->admission, entry.sequence - 1);
    else
        admission_settle(engine->admission, entry.sequence);
    return code;
}

/* One entry's worth of changes, as text. */
static weisu_code write_changes(const weisu_engine *engine, const weisu_word_change *changes, size_t count,
                                struct byte_buffer *text, weisu_err *err)
{
    struct byte_buffer all;
    weisu_code code = WEISU_OK;
    byte_buffer_init(&all, engine->allocator);
    for (size_t i = 0; i < count && !code; i++) {
        struct user_spelling spelling;
        word_change_write(&all, &changes[i]);
        code = user_word_read(&changes[i], &spelling, err);
        if (code && err)
            err->line = i + 1;
    }
    if (!code && all.failed)
        code = failure(err, WEISU_ENOMEM, "no memory for the words of users");
    if (!code)
        code = core_words_news(engine->core, (weisu_str){all.data, all.size}, text, err);
    if (!code && text->size > LOG_WORDS_BYTES)
        code = failure(err, WEISU_ELIMIT, "changes of more than %d bytes at once", LOG_WORDS_BYTES);
    byte_buffer_dispose(&all);
    return code;
}

static weisu_code apply_words(weisu_engine *engine, weisu_str text, uint64_t *sequence, weisu_err *err)
{
    struct log_entry entry;
    weisu_code code = admission_words(engine->admission, text, (weisu_str){NULL, 0}, &entry, err);
    if (code)
        return code;
    if ((code = core_apply(engine->core, &entry, 1, err))) {
        admission_undo(engine->admission, entry.sequence - 1);
        return code;
    }
    admission_settle(engine->admission, entry.sequence);
    *sequence = entry.sequence;
    return WEISU_OK;
}

weisu_code weisu_engine_change_words(weisu_engine *engine, const weisu_word_change *changes, size_t count,
                                     uint64_t *sequence, weisu_err *err)
{
    struct byte_buffer text;
    uint64_t given = 0;
    if (!engine || (!changes && count))
        return failure(err, WEISU_EINVAL, "weisu_engine_change_words needs an engine and changes");
    forget_polled(engine);
    byte_buffer_init(&text, engine->allocator);
    weisu_code code = write_changes(engine, changes, count, &text, err);
    if (!code && text.size)
        code = apply_words(engine, (weisu_str){text.data, text.size}, &given, err);
    byte_buffer_dispose(&text);
    if (sequence)
        *sequence = given;
    return code;
}

/* ---- state ---- */

struct row_target {
    weisu_put_row put;
    void *context;
};

static weisu_code put_public(void *context, const struct state_row *row, weisu_err *err)
{
    const struct row_target *target = context;
    return target->put(target->context, row->table, row->key, row->data, row->size, err);
}

weisu_code weisu_engine_checkpoint(weisu_engine *engine, int all, weisu_put_row put, void *context, weisu_err *err)
{
    struct row_target target = {put, context};
    const struct state_sink sink = {.context = &target, .put = put_public};
    weisu_code code = core_save(engine->core, all, &sink, err);
    return code ? code : admission_save(engine->admission, all, &sink, err);
}

weisu_code weisu_engine_restore(weisu_engine *engine, uint32_t table, uint64_t key, const void *data, size_t size,
                                weisu_err *err)
{
    struct state_row row = {table, key, data, size};
    return table == STATE_ADMISSION ? admission_load(engine->admission, &row, err) : core_load(engine->core, &row, err);
}

weisu_code weisu_engine_restored(weisu_engine *engine, weisu_err *err)
{
    if (admission_sequence(engine->admission) != core_sequence(engine->core))
        return failure(err, WEISU_ESTATE, "the checkpoint's parts are of different moments");
    return core_loaded(engine->core, err);
}

uint64_t weisu_engine_sequence(const weisu_engine *engine)
{
    return core_sequence(engine->core);
}
