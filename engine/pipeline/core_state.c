/* State of a core: rows out, rows in. */
#include "base/failure.h"
#include "pipeline/core_words.h"

#include <string.h>

/* The one row of STATE_META. All fields are little endian on every platform that weisu supports. */
struct meta_row {
    uint32_t version;
    uint32_t reserved;
    uint64_t image; /* what rows say in terms of the image was meant with this one */
    uint64_t sequence;
    int64_t clock_ms;
    uint64_t records;
    uint64_t updates;
    uint64_t ticks;
    uint64_t alerts_raised;
    uint64_t alert_changes;
};

weisu_code core_save(struct core *core, int all, const struct state_sink *sink, weisu_err *err)
{
    struct meta_row meta = {.version = STATE_VERSION,
                            .image = lexicon_versions(core->lexicon).image,
                            .sequence = core->sequence,
                            .clock_ms = core->clock_ms,
                            .records = core->counts.records,
                            .updates = core->counts.updates,
                            .ticks = core->counts.ticks,
                            .alerts_raised = core->counts.alerts_raised,
                            .alert_changes = core->counts.alert_changes};
    struct state_row row = {STATE_META, 0, &meta, sizeof meta};
    weisu_code code = core->broken ? failure(err, core->broken, "the engine stopped after an earlier error")
                                   : sink->put(sink->context, &row, err);
    all |= core->saves_all;
    if (!code)
        code = cluster_save(core->clusters, all, sink, err);
    if (!code)
        code = detector_save(core->detector, all, sink, err);
    if (!code)
        code = alert_book_save(core->alerts, all, sink, err);
    if (!code)
        code = case_book_save(core->cases, all, sink, err);
    if (!code)
        code = core_words_save(core, all, sink, err);
    core->saves_all &= code != WEISU_OK;
    return code;
}

weisu_code core_drain(struct core *core, const struct state_sink *sink, int *left, weisu_err *err)
{
    int of[4] = {0};
    *left = 0;
    if (core->saves_all)
        return WEISU_OK;
    weisu_code code = core->broken ? failure(err, core->broken, "the engine stopped after an earlier error")
                                   : cluster_drain(core->clusters, sink, &of[0], err);
    if (!code)
        code = detector_drain(core->detector, sink, &of[1], err);
    if (!code)
        code = alert_book_drain(core->alerts, sink, &of[2], err);
    if (!code)
        code = case_book_drain(core->cases, sink, &of[3], err);
    *left = of[0] | of[1] | of[2] | of[3];
    return code;
}

static weisu_code load_meta(struct core *core, const struct state_row *row, weisu_err *err)
{
    struct meta_row meta;
    if (row->size != sizeof meta)
        return failure(err, WEISU_ESTATE, "the checkpoint's first row has %zu bytes", row->size);
    memcpy(&meta, row->data, sizeof meta);
    if (meta.version != STATE_VERSION)
        return failure(err, WEISU_ESTATE, "the checkpoint has version %u, not %u", meta.version,
                       (unsigned)STATE_VERSION);
    core->saves_all = meta.image != lexicon_versions(core->lexicon).image;
    core->sequence = meta.sequence;
    core->clock_ms = meta.clock_ms;
    core->counts.records = meta.records;
    core->counts.updates = meta.updates;
    core->counts.ticks = meta.ticks;
    core->counts.alerts_raised = meta.alerts_raised;
    core->counts.alert_changes = meta.alert_changes;
    return WEISU_OK;
}

weisu_code core_load(struct core *core, const struct state_row *row, weisu_err *err)
{
    switch ((enum state_table)row->table) {
    case STATE_META:
        return load_meta(core, row, err);
    case STATE_ADMISSION:
        return WEISU_OK; /* admission stands in front of the core and takes its own rows */
    case STATE_CASE:
        return case_book_load(core->cases, row, err);
    case STATE_CLUSTER:
    case STATE_TERM:
        return cluster_load(core->clusters, row, err);
    case STATE_CELL:
    case STATE_GROWTH:
    case STATE_WINDOW_CASE:
        return detector_load(core->detector, row, err);
    case STATE_ALERT:
        return alert_book_load(core->alerts, row, err);
    case STATE_WORD:
        return core_words_load(core, row, err);
    }
    return failure(err, WEISU_ESTATE, "the checkpoint has rows of an unknown table %u", row->table);
}

weisu_code core_loaded(struct core *core, weisu_err *err)
{
    weisu_code code = cluster_loaded(core->clusters, err);
    if (!code)
        code = detector_loaded(core->detector, err);
    if (!code)
        code = alert_book_loaded(core->alerts, err);
    return code ? code : core_words_loaded(core, err);
}
