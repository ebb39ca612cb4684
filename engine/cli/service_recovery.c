/* Recovery: from what a data folder holds to an engine that is where the log ends. */
#include "base/failure.h"
#include "cli/service_parts.h"
#include "store/outcome_queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RECOVERY_TIDY_BYTES = 8 << 20 };

/* Errors need no roll-back here: a start that fails closes the store. */

/* ---- an empty engine ---- */

static void drop_engine(struct service *s)
{
    core_free(s->core);
    admission_free(s->admission);
    s->core = NULL;
    s->admission = NULL;
}

static weisu_code make_engine(struct service *s, weisu_err *err)
{
    const struct service_settings *settings = s->settings;
    struct admission_config checks = {
        .check_future = settings->wall_clock, .confirm_jumps = !settings->wall_clock, .latest_ms = INT64_MAX};
    weisu_options options = settings->engine->options;
    options.allocator = s->allocator;
    weisu_code code = admission_new(&s->admission, &checks, s->allocator, err);
    return code ? code : core_new(&s->core, &options, settings->engine->lexicon, err);
}

/* ---- the checkpoint ---- */

struct loading {
    struct service *service;
    uint64_t rows;
};

static weisu_code load_row(void *context, const struct state_row *row, weisu_err *err)
{
    struct loading *loading = context;
    loading->rows++;
    return row->table == STATE_ADMISSION ? admission_load(loading->service->admission, row, err)
                                         : core_load(loading->service->core, row, err);
}

static weisu_code load_checkpoint(struct service *s, struct store_position *position, weisu_err *err)
{
    struct loading loading = {s, 0};
    struct state_sink sink = {.context = &loading, .put = load_row};
    weisu_code code = store_position(s->store, position, err);
    if (!code)
        code = store_state(s->store, &sink, err);
    if (!code && loading.rows)
        code = core_loaded(s->core, err);
    if (!code && (core_sequence(s->core) != position->applied || position->applied > position->last))
        code = failure(err, WEISU_ESTATE, "the checkpoint is of entry %" PRIu64 ", its note of %" PRIu64,
                       core_sequence(s->core), position->applied);
    return code;
}

/* The log is the truth; a checkpoint that cannot be read only costs time. */
static weisu_code start_from_the_log(struct service *s, struct store_position *position, const weisu_err *why,
                                     weisu_err *err)
{
    message_log_write(s->settings->log, MESSAGE_WARNING, "recovery", "%s; everything is computed again from the log",
                      why->text);
    drop_engine(s);
    weisu_code code = make_engine(s, err);
    if (!code)
        code = store_begin(s->store, err);
    if (!code)
        code = store_clear_derived(s->store, err);
    if (!code)
        code = store_commit(s->store, err);
    return code ? code : store_position(s->store, position, err);
}

/* ---- what was shown before ---- */

struct recalling {
    struct service *service;
    int is_live;
};

static weisu_code recall_change(void *context, const struct store_change *change, weisu_err *err)
{
    const struct recalling *recalling = context;
    struct outcome_change out = {.number = change->number,
                                 .sequence = change->sequence,
                                 .time_ms = change->time_ms,
                                 .change = change->change,
                                 .state = change->state,
                                 .json = change->json};
    snprintf(out.alert, sizeof out.alert, "%.*s", (int)change->alert.size, change->alert.data);
    return engine_thread_recall(recalling->service->engine, &out, recalling->is_live, err);
}

static weisu_code recall_changes(struct service *s, uint64_t last, weisu_err *err)
{
    struct recalling recalling = {s, 1};
    weisu_code code = WEISU_OK;
    for (uint32_t at = 0; at < core_live_alerts(s->core) && !code; at++) {
        weisu_alert alert;
        core_alert(s->core, at, &alert);
        code = store_find_change(s->store, alert.alert, alert.change, recall_change, &recalling, err);
    }
    recalling.is_live = 0;
    struct store_range range = {last > SNAPSHOT_CHANGES ? last - SNAPSHOT_CHANGES + 1 : 1, last};
    return code ? code : store_changes(s->store, range, recall_change, &recalling, err);
}

/* ---- the log after the checkpoint ---- */

struct replaying {
    struct service *service;
    struct outcome_batch out;
    uint64_t entries;
};

static weisu_code put_row(void *context, const struct state_row *row, weisu_err *err)
{
    return store_put_state(context, row, err);
}

weisu_code service_put_checkpoint(struct service *s, int all, weisu_err *err)
{
    const struct state_sink sink = {.context = s->store, .put = put_row};
    weisu_code code = engine_thread_save(s->engine, all, &sink, err);
    if (!code)
        code = admission_save(s->admission, all, &sink, err);
    return code ? code : store_put_applied(s->store, core_sequence(s->core), err);
}

static weisu_code tidy(struct service *s, weisu_err *err)
{
    int more = 0;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = store_tidy(s->store, RECOVERY_TIDY_BYTES, &more, err);
    return code ? code : store_commit(s->store, err);
}

/* What the replay made, with a checkpoint where one is due: a service that is killed again and again before it is ready
 * still gets on. */
static weisu_code write_outcome(struct service *s, const struct outcome_batch *out, weisu_err *err)
{
    int is_due = engine_thread_unsaved(s->engine) >= s->settings->checkpoint_entries;
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = store_put_outcome(s->store, out, err);
    if (!code && is_due)
        code = service_put_checkpoint(s, 0, err);
    if (!code)
        code = store_commit(s->store, err);
    if (!code && is_due)
        code = tidy(s, err);
    return code;
}

static weisu_code replay_entries(void *context, const struct log_entry *entries, size_t count, weisu_err *err)
{
    struct replaying *replaying = context;
    struct service *s = replaying->service;
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < count && !code; i++)
        if (entries[i].sequence > admission_sequence(s->admission))
            code = admission_recall(s->admission, &entries[i], err);
    size_t known = 0;
    while (known < count && entries[known].sequence <= core_sequence(s->core))
        known++;
    if (!code && known < count)
        code = engine_thread_apply(s->engine, entries + known, count - known, &replaying->out, err);
    if (!code)
        code = write_outcome(s, &replaying->out, err);
    outcome_batch_reset(&replaying->out);
    replaying->entries += count - known;
    return code;
}

static weisu_code replay_log(struct service *s, const struct store_position *position, weisu_err *err)
{
    uint64_t from = core_sequence(s->core);
    if (admission_sequence(s->admission) < from)
        from = admission_sequence(s->admission);
    if (from >= position->last)
        return WEISU_OK;
    struct replaying replaying = {.service = s};
    outcome_batch_init(&replaying.out, s->allocator);
    weisu_code code = store_replay(s->store, from + 1, replay_entries, &replaying, err);
    outcome_batch_dispose(&replaying.out);
    if (!code && core_sequence(s->core) != position->last)
        code = failure(err, WEISU_ESTATE, "the log ends at entry %" PRIu64 ", not at %" PRIu64, core_sequence(s->core),
                       position->last);
    if (!code)
        message_log_write(s->settings->log, MESSAGE_INFO, "recovery", "%" PRIu64 " entries of the log replayed",
                          replaying.entries);
    return code;
}

/* ---- another image ---- */

#define IMAGE_NOTE "image"

enum { IMAGE_NOTE_SIZE = 64 };

static void describe_image(const struct service *s, char text[IMAGE_NOTE_SIZE])
{
    const struct engine_setup *engine = s->settings->engine;
    int size = snprintf(text, IMAGE_NOTE_SIZE, "image %016" PRIx64, lexicon_versions(engine->lexicon).image);
    if (engine->classifier)
        snprintf(text + size, IMAGE_NOTE_SIZE - (size_t)size, " model %016" PRIx64,
                 topic_teller_version(engine->classifier));
}

/* 1: the folder was used with another image. 0 also for a folder that is new. */
static weisu_code is_other_image(struct service *s, int *out, weisu_err *err)
{
    char text[IMAGE_NOTE_SIZE];
    struct byte_buffer known;
    describe_image(s, text);
    byte_buffer_init(&known, s->allocator);
    weisu_code code = store_note(s->store, IMAGE_NOTE, &known, err);
    *out = !code && known.size && (known.size != strlen(text) || memcmp(known.data, text, known.size) != 0);
    byte_buffer_dispose(&known);
    return code;
}

/* What an earlier process found with the other image in the entries that are replayed now is not what this one finds.
 */
static weisu_code forget_other_findings(struct service *s, uint64_t applied, weisu_err *err)
{
    weisu_code code = store_begin(s->store, err);
    if (!code)
        code = store_clear_after(s->store, applied, err);
    return code ? code : store_commit(s->store, err);
}

/* An entry of the log says from where on the image is another one, and a checkpoint is made in its terms. */
static weisu_code put_change_of_image(struct service *s, weisu_str text, weisu_err *err)
{
    struct log_entry entry;
    struct outcome_batch nothing;
    admission_note(s->admission, text, &entry);
    outcome_batch_init(&nothing, s->allocator);
    weisu_code code = store_append(s->store, &entry, err);
    if (!code)
        code = engine_thread_apply(s->engine, &entry, 1, &nothing, err);
    outcome_batch_dispose(&nothing);
    return code ? code : service_put_checkpoint(s, 0, err);
}

static weisu_code note_image(struct service *s, int is_other, weisu_err *err)
{
    char text[IMAGE_NOTE_SIZE];
    describe_image(s, text);
    weisu_str value = {text, strlen(text)};
    weisu_code code = store_begin(s->store, err);
    if (!code && is_other)
        code = put_change_of_image(s, value, err);
    if (!code)
        code = store_put_note(s->store, IMAGE_NOTE, value, err);
    if (!code)
        code = store_commit(s->store, err);
    if (!code && is_other)
        message_log_write(s->settings->log, MESSAGE_INFO, "recovery",
                          "another image: clusters, alerts and windows were carried over; %" PRIu64
                          " of their places and topics are not in it",
                          core_counts(s->core).homeless);
    return code;
}

/* ---- together ---- */

static weisu_code make_engine_thread(struct service *s, const struct store_position *position, weisu_err *err)
{
    const struct engine_setup *engine = s->settings->engine;
    struct engine_thread_setup setup = {.core = s->core,
                                        .from_store = &s->store_to_engine,
                                        .to_loop = &s->engine_to_loop,
                                        .to_store = &s->engine_to_store,
                                        .back = &s->outcomes_back,
                                        .bell = &s->engine_bell,
                                        .store_bell = &s->store_bell,
                                        .wake_loop = service_wake,
                                        .loop = s,
                                        .published = &s->snapshots,
                                        .log = s->settings->log,
                                        .allocator = s->allocator,
                                        .city = engine->options.city,
                                        .zone = engine->zone,
                                        .last_change = position->changes,
                                        .checkpoint_entries = s->settings->checkpoint_entries,
                                        .checkpoint_ms = SERVICE_IDLE_CHECKPOINT_MS};
    return engine_thread_new(&s->engine, &setup, err);
}

/* Checkpoint or none, and an engine thread that knows what was shown before. */
static weisu_code restore(struct service *s, struct store_position *position, weisu_err *err)
{
    weisu_err why;
    weisu_code code = load_checkpoint(s, position, &why);
    if (code == WEISU_ESTATE)
        code = start_from_the_log(s, position, &why, err);
    else if (code && err)
        *err = why;
    if (!code)
        code = make_engine_thread(s, position, err);
    return code ? code : recall_changes(s, position->changes, err);
}

weisu_code service_recover(struct service *s, weisu_err *err)
{
    struct store_position position;
    int is_other = 0;
    weisu_code code = store_open(&s->store, s->settings->data, STORE_WRITE, s->allocator, err);
    if (!code)
        code = is_other_image(s, &is_other, err);
    if (!code)
        code = make_engine(s, err);
    if (!code)
        code = restore(s, &position, err);
    if (!code && is_other)
        code = forget_other_findings(s, position.applied, err);
    if (!code)
        code = replay_log(s, &position, err);
    if (!code)
        code = note_image(s, is_other, err);
    if (!code)
        code = service_words_start(s, err);
    return code ? code : engine_thread_publish(s->engine, err);
}
