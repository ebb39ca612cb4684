/* Checkpoint rows of the detector. Keys of STATE_GROWTH are a kind in the top byte and a number below. */
#include "detect/detector_fields.h"

#include "base/failure.h"

enum row_kind {
    ROW_TIME = 1, /* clock, pace, season, counts */
    ROW_CURVES,   /* published growth */
    ROW_GROWTH,   /* one class and step */
    ROW_FAMILY,   /* one slot of cells */
    ROW_CALIBRATION,
    ROW_CLUSTER, /* by slot of the cluster */
    ROW_TOLD,    /* cells that alerts have spoken of */
    ROW_DISMISSALS,
    ROW_SEASON, /* what the season plan told */
    ROW_BOUT    /* by number */
};

static uint64_t key_of(enum row_kind kind, uint64_t number)
{
    return (uint64_t)kind << 56 | number;
}

struct save {
    struct detector *detector;
    const struct state_sink *sink;
    struct byte_buffer row;
    int all;
};

static weisu_code send(struct save *save, uint32_t table, uint64_t key, weisu_err *err)
{
    weisu_code code = row_send(save->sink, table, key, &save->row, err);
    byte_buffer_reset(&save->row);
    return code;
}

/* ---- saving ---- */

static weisu_code save_time(struct save *save, weisu_err *err)
{
    const struct detector *d = save->detector;
    row_put(&save->row, (uint64_t)d->clock_ms, 8);
    row_put(&save->row, d->updates, 8);
    row_put(&save->row, d->exact, 8);
    row_put(&save->row, d->evidence.cases, 8);
    row_put(&save->row, d->evidence.risky[0], 8);
    row_put(&save->row, d->evidence.risky[1], 8);
    row_put(&save->row, d->evidence.reporters, 8);
    row_put(&save->row, d->evidence.returned, 8);
    row_put(&save->row, d->cells.refused, 8);
    pace_write(&d->pace, &save->row);
    alarm_budget_write(&d->budget, &save->row);
    for (size_t i = 0; i < FORECAST_TRACKS; i++)
        forecast_track_write(&d->forecast[i], &save->row);
    season_write(&d->season, &save->row);
    return send(save, STATE_GROWTH, key_of(ROW_TIME, 0), err);
}

static weisu_code save_learnt(struct save *save, weisu_err *err)
{
    const struct detector *d = save->detector;
    weisu_code code = WEISU_OK;
    for (uint32_t i = 0; i < GROWTH_FAMILIES && !code; i++) {
        calibration_write(&d->evidence.calibration[i], &save->row);
        code = send(save, STATE_GROWTH, key_of(ROW_CALIBRATION, i), err);
    }
    for (uint32_t slot = 0; slot < PATH_SLOTS && !code; slot++) {
        row_put(&save->row, d->family[slot].need_row, 4);
        row_put(&save->row, d->family[slot].updates, 4);
        row_put(&save->row, d->family[slot].exact, 4);
        calibration_write(&d->family[slot].calibration, &save->row);
        code = send(save, STATE_GROWTH, key_of(ROW_FAMILY, slot), err);
    }
    if (code)
        return code;
    growth_curves_write(&d->evidence.table, &save->row);
    if ((code = send(save, STATE_GROWTH, key_of(ROW_CURVES, 0), err)))
        return code;
    told_cells_write(d->told, &d->paths, &save->row);
    if ((code = send(save, STATE_GROWTH, key_of(ROW_TOLD, 0), err)))
        return code;
    dismissals_write(d->dismissals, &save->row);
    if ((code = send(save, STATE_GROWTH, key_of(ROW_DISMISSALS, 0), err)))
        return code;
    row_put(&save->row, d->bouts.least, 4);
    row_put(&save->row, (uint32_t)d->bouts.history_day, 4);
    season_plans_write(d->plans, &d->paths, &save->row);
    if ((code = send(save, STATE_GROWTH, key_of(ROW_SEASON, 0), err)))
        return code;
    return bout_table_save(&save->detector->bouts, save->all, &d->paths, save->sink, key_of(ROW_BOUT, 0), err);
}

/* A class is named by the code of its topic, not by its number in this image. */
static weisu_code save_growth_rows(struct save *save, weisu_err *err)
{
    struct detector *d = save->detector;
    weisu_code code = WEISU_OK;
    for (uint32_t i = 0; i < GROWTH_ROWS && !code; i++) {
        struct growth_row *row = &d->evidence.table.row[i];
        if (!row->changed && !save->all)
            continue;
        uint32_t theme = i / GROWTH_STEPS / GROWTH_PLACES;
        row_put(&save->row, theme == GROWTH_TOPICS - 1 ? 0 : path_model_theme_key(&d->paths, theme), 8);
        growth_row_write(row, &save->row);
        code = send(save, STATE_GROWTH, key_of(ROW_GROWTH, i), err);
        row->changed = code != WEISU_OK;
    }
    return code;
}

static weisu_code put_cluster(struct save *save, const struct cluster_growth *item, weisu_err *err)
{
    cluster_growth_write(item, &save->row);
    return send(save, STATE_GROWTH, key_of(ROW_CLUSTER, item->slot), err);
}

static weisu_code put_cell(struct save *save, const struct cell *cell, weisu_err *err)
{
    cell_write(&save->detector->cells, cell, &save->row);
    return send(save, STATE_CELL, cell->key, err);
}

/* Before the rows of those that changed: a slot that went may be there again. */
static weisu_code drain_gone_clusters(struct save *save, weisu_err *err)
{
    struct cluster_growths *clusters = &save->detector->evidence.clusters;
    weisu_code code = WEISU_OK;
    while (clusters->gone_count && !code && !state_sink_is_full(save->sink)) {
        uint32_t slot = clusters->gone[--clusters->gone_count];
        if (!cluster_growths_find(clusters, slot))
            code = row_send_gone(save->sink, STATE_GROWTH, key_of(ROW_CLUSTER, slot), err);
    }
    return code;
}

static weisu_code drain_clusters(struct save *save, weisu_err *err)
{
    struct cluster_growths *clusters = &save->detector->evidence.clusters;
    weisu_code code = drain_gone_clusters(save, err);
    struct cluster_growth *item;
    int more = 0;
    while (!code && !state_sink_is_full(save->sink) && (more = cluster_growths_take_changed(clusters, &item)) > 0)
        code = put_cluster(save, item, err);
    return more < 0 ? failure(err, WEISU_ENOMEM, "no memory to save clusters that grow") : code;
}

static weisu_code drain_cells(struct save *save, weisu_err *err)
{
    struct cell_table *cells = &save->detector->cells;
    weisu_code code = WEISU_OK;
    uint32_t number;
    int more = 0;
    while (!code && !state_sink_is_full(save->sink) && (more = cell_table_take_changed(cells, &number)) > 0)
        code = put_cell(save, cell_at(cells, number), err);
    return more < 0 ? failure(err, WEISU_ENOMEM, "no memory to save cells") : code;
}

/* Everything that has a row of its own for each of many. */
static weisu_code drain(struct save *save, weisu_err *err)
{
    struct detector *detector = save->detector;
    weisu_code code;
    if ((code = drain_clusters(save, err)) || (code = drain_cells(save, err)))
        return code;
    return case_window_drain(&detector->window, &detector->paths, save->sink, err);
}

static int is_left(const struct detector *detector)
{
    const struct cluster_growths *clusters = &detector->evidence.clusters;
    return clusters->gone_count || clusters->changed_count || clusters->changed_lost || detector->cells.changed_count ||
           detector->cells.changed_lost || case_window_unsaved(&detector->window);
}

weisu_code detector_drain(struct detector *detector, const struct state_sink *sink, int *left, weisu_err *err)
{
    struct save save = {.detector = detector, .sink = sink};
    byte_buffer_init(&save.row, detector->allocator);
    weisu_code code = drain(&save, err);
    byte_buffer_dispose(&save.row);
    *left = is_left(detector);
    return code;
}

/* All of them are changed, so that the drain takes them all. */
static void note_all_changed(struct detector *detector)
{
    struct cluster_growths *clusters = &detector->evidence.clusters;
    for (uint32_t i = 0; i < clusters->count; i++)
        clusters->item[i].changed = 1;
    for (uint32_t i = 0; i < detector->cells.count; i++)
        cell_at(&detector->cells, i)->flags |= CELL_CHANGED;
    clusters->changed_lost = detector->cells.changed_lost = 1;
    case_window_note_all_changed(&detector->window);
}

weisu_code detector_save(struct detector *detector, int all, const struct state_sink *sink, weisu_err *err)
{
    struct state_sink boundless = {.context = sink->context, .put = sink->put};
    struct save save = {.detector = detector, .sink = &boundless, .all = all};
    byte_buffer_init(&save.row, detector->allocator);
    if (all)
        note_all_changed(detector);
    weisu_code code;
    if ((code = save_time(&save, err)) || (code = save_learnt(&save, err)) || (code = save_growth_rows(&save, err)))
        goto out;
    code = drain(&save, err);
out:
    byte_buffer_dispose(&save.row);
    return code;
}

/* ---- loading ---- */

static int load_time(struct detector *d, struct row_reader *in)
{
    d->clock_ms = (int64_t)row_get(in, 8);
    d->updates = row_get(in, 8);
    d->exact = row_get(in, 8);
    d->evidence.cases = row_get(in, 8);
    d->evidence.risky[0] = row_get(in, 8);
    d->evidence.risky[1] = row_get(in, 8);
    d->evidence.reporters = row_get(in, 8);
    d->evidence.returned = row_get(in, 8);
    d->cells.refused = row_get(in, 8);
    int failed = pace_read(&d->pace, in) || alarm_budget_read(&d->budget, in);
    for (size_t i = 0; i < FORECAST_TRACKS && !failed; i++)
        failed = forecast_track_read(&d->forecast[i], in);
    return failed || season_read(&d->season, in) ? -1 : 0;
}

static int load_family(struct cell_family *family, struct row_reader *in)
{
    family->need_row = (uint32_t)row_get(in, 4);
    family->updates = (uint32_t)row_get(in, 4);
    family->exact = (uint32_t)row_get(in, 4);
    return family->need_row >= SURPRISE_NEED_BITS || calibration_read(&family->calibration, in) ? -1 : 0;
}

/* 1: the image no longer knows the topic, the row has found no home. */
static int load_growth_row(struct detector *d, uint64_t number, struct row_reader *in)
{
    uint64_t key = row_get(in, 8);
    uint32_t theme = key ? path_model_find_theme(&d->paths, key) : GROWTH_TOPICS - 1;
    if (theme == UINT32_MAX || theme >= GROWTH_TOPICS) {
        d->homeless++;
        return 1;
    }
    uint64_t within = number % (GROWTH_PLACES * GROWTH_STEPS);
    return growth_row_read(&d->evidence.table.row[theme * GROWTH_PLACES * GROWTH_STEPS + within], in);
}

static int load_cluster(struct detector *d, uint64_t slot, struct row_reader *in)
{
    if (slot >= ID_MAP_NONE || cluster_growths_find(&d->evidence.clusters, (uint32_t)slot))
        return -1;
    int result = cluster_growth_read(cluster_growths_add(&d->evidence.clusters, (uint32_t)slot), in);
    d->evidence.clusters.changed_count = 0; /* it is as it was saved */
    return result;
}

static int load_growth(struct detector *d, uint64_t key, struct row_reader *in)
{
    uint64_t number = key & ((UINT64_C(1) << 56) - 1);
    switch (key >> 56) {
    case ROW_TIME:
        return load_time(d, in);
    case ROW_CURVES:
        return growth_curves_read(&d->evidence.table, in);
    case ROW_GROWTH:
        return number < GROWTH_ROWS ? load_growth_row(d, number, in) : -1;
    case ROW_FAMILY:
        return number < PATH_SLOTS ? load_family(&d->family[number], in) : -1;
    case ROW_CALIBRATION:
        return number < GROWTH_FAMILIES ? calibration_read(&d->evidence.calibration[number], in) : -1;
    case ROW_TOLD:
        return told_cells_read(d->told, &d->paths, in);
    case ROW_DISMISSALS:
        return dismissals_read(d->dismissals, in);
    case ROW_SEASON:
        d->bouts.least = (uint32_t)row_get(in, 4);
        d->bouts.history_day = (int32_t)row_get(in, 4);
        return season_plans_read(d->plans, &d->paths, in);
    case ROW_BOUT:
        return bout_table_load(&d->bouts, &d->paths, number, in);
    case ROW_CLUSTER:
        return load_cluster(d, number, in);
    default:
        return -1;
    }
}

weisu_code detector_load(struct detector *detector, const struct state_row *row, weisu_err *err)
{
    if (row->table == STATE_CELL)
        return cell_table_load(&detector->cells, row, err);
    if (row->table == STATE_WINDOW_CASE)
        return case_window_load(&detector->window, &detector->paths, row, &detector->homeless, err);
    if (row->table != STATE_GROWTH)
        return failure(err, WEISU_EINVAL, "a row of another part was given to the detector");
    if (evidence_reserve(&detector->evidence))
        return failure(err, WEISU_ENOMEM, "no memory for clusters that grow");
    struct row_reader in = row_reader_of(row->data, row->size);
    int result = load_growth(detector, row->key, &in);
    if (result < 0 || (result == 0 && !row_is_done(&in)))
        return failure(err, WEISU_ESTATE, "a row of detection is damaged");
    return WEISU_OK;
}

weisu_code detector_loaded(struct detector *detector, weisu_err *err)
{
    for (uint32_t slot = 0; slot < PATH_SLOTS; slot++)
        detector->family[slot].cells = 0;
    for (uint32_t i = 0; i < detector->cells.count; i++) {
        const struct cell *cell = cell_at(&detector->cells, i);
        if (cell->slot >= PATH_SLOTS)
            return failure(err, WEISU_ESTATE, "a cell is damaged");
        detector->family[cell->slot].cells++;
    }
    if (bout_table_loaded(&detector->bouts))
        return failure(err, WEISU_ESTATE, "a bout is missing");
    return case_window_loaded(&detector->window, err);
}
