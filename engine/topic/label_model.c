/* Deciding: from occurrences to cells, from cells to margins, from margins to probabilities. */
#include "topic/label_model.h"

#include "base/fixed_log.h"
#include "topic/label_model_private.h"

#include <string.h>

enum {
    margin_steps = 4096,        /* of a margin, before the slope */
    margin_limit = 1 << 30,     /* no trained model gets there; one that lies might */
    most_occurrences = 1 << 16, /* of a record, about 16,000 characters; what stands behind them is not looked at */
    rows_a_flush = 32,          /* 32 × the largest worth × 2^15 < 2^31, also for the scale in front */
    ahead = 16,                 /* how many look-ups are in flight */
    certainty_bits = 30         /* the best label's share before it is divided by the sum */
};

static const int32_t ln2_q16 = 45426;

/* A cell that the record reaches. */
struct reached_cell {
    uint32_t cell;
    uint32_t units;
};

struct label_scratch {
    const struct label_model *model;
    const weisu_allocator *allocator;
    struct reached_cell *reached; /* [most_occurrences] */
    uint32_t *known;              /* [most_occurrences] cell << 2 | units, of the features that training kept */
    uint32_t *slot;               /* [2 × most_occurrences] epoch << 16 | index into `reached`: small, so that it stays
                                     in the nearest cache, and seldom cleared */
    size_t reached_count;
    uint32_t epoch;
    int64_t logit_q16[LABEL_MAX_LABELS];
    int64_t margin[LABEL_MAX_LABELS]; /* × margin_steps × what the weights were multiplied by */
};

uint32_t label_worth_q8(uint32_t units)
{
    return 256 +
           (uint32_t)((int64_t)fixed_log2_q16(units < LABEL_MOST_UNITS ? units : LABEL_MOST_UNITS) * ln2_q16 >> 24);
}

int label_scratch_new(struct label_scratch **out, const struct label_model *model, const weisu_allocator *allocator)
{
    struct label_scratch *made = memory_new_zeroed(allocator, 1, sizeof *made);
    *out = NULL;
    if (!made)
        return -1;
    *made = (struct label_scratch){.model = model, .allocator = allocator};
    made->reached = memory_new(allocator, most_occurrences, sizeof *made->reached);
    made->slot = memory_new_zeroed(allocator, 2 * most_occurrences, sizeof *made->slot);
    made->known = memory_new(allocator, most_occurrences, sizeof *made->known);
    if (!made->reached || !made->slot || !made->known) {
        label_scratch_free(made);
        return -1;
    }
    *out = made;
    return 0;
}

void label_scratch_free(struct label_scratch *scratch)
{
    if (!scratch)
        return;
    memory_free(scratch->allocator, scratch->reached, most_occurrences, sizeof *scratch->reached);
    memory_free(scratch->allocator, scratch->known, most_occurrences, sizeof *scratch->known);
    memory_free(scratch->allocator, scratch->slot, 2 * most_occurrences, sizeof *scratch->slot);
    memory_free(scratch->allocator, scratch, 1, sizeof *scratch);
}

static void next_epoch(struct label_scratch *scratch)
{
    scratch->reached_count = 0;
    if (++scratch->epoch > UINT16_MAX) {
        memset(scratch->slot, 0, 2 * most_occurrences * sizeof *scratch->slot);
        scratch->epoch = 1;
    }
}

/* Lists the occurrences that training kept; without a branch, because half of them are a coin's toss. */
static size_t find_known(struct label_scratch *scratch, const struct label_occurrences *found)
{
    const struct label_view *view = &scratch->model->view;
    uint32_t bits = view->header->bits;
    size_t count = found->count < most_occurrences ? found->count : most_occurrences;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = found->at[i];
        uint32_t cell = label_cell(hash, bits);
        __builtin_prefetch(view->known + label_cell(found->at[i + ahead < count ? i + ahead : i], bits));
        scratch->known[known] = cell << 2 | label_units(hash);
        known += view->known[cell] >> label_known_bit(hash, bits) & 1;
    }
    return known;
}

/* Counts the cell. `mask` + 1 slots of the table are in use for this record. */
static void reach(struct label_scratch *scratch, uint32_t cell, uint32_t units, size_t mask)
{
    size_t at = cell & mask;
    while (scratch->slot[at] >> 16 == scratch->epoch) {
        struct reached_cell *reached = &scratch->reached[scratch->slot[at] & UINT16_MAX];
        if (reached->cell == cell) {
            reached->units += units;
            return;
        }
        at = (at + 1) & mask;
    }
    __builtin_prefetch(scratch->model->view.cell + (size_t)cell * scratch->model->view.header->stride);
    scratch->slot[at] = scratch->epoch << 16 | (uint32_t)scratch->reached_count;
    scratch->reached[scratch->reached_count++] = (struct reached_cell){cell, units};
}

/* The cells of the record, each once. */
static void reach_cells(struct label_scratch *scratch, const struct label_occurrences *found)
{
    size_t count = find_known(scratch, found);
    size_t slots = 64;
    while (slots < 2 * count)
        slots *= 2;
    next_epoch(scratch);
    for (size_t i = 0; i < count; i++)
        reach(scratch, scratch->known[i] >> 2, scratch->known[i] & 3, slots - 1);
}

/* Adds worth × row to `lanes` 32-bit sums. The usual model has eight lanes: a loop of known length is one vector. */
static void add_row(int32_t *sum, const int16_t *row, int16_t worth, size_t lanes)
{
    if (lanes == 8)
        for (size_t k = 0; k < 8; k++)
            sum[k] += worth * row[k];
    else
        for (size_t k = 0; k < lanes; k++)
            sum[k] += worth * row[k];
}

/* Moves the sums of a few rows on, before they can overflow. */
static void flush_sums(struct label_scratch *scratch, int32_t *sum, size_t lanes)
{
    for (size_t k = 0; k < scratch->model->view.header->label_count; k++)
        scratch->margin[k] += sum[k + 1];
    memset(sum, 0, lanes * sizeof *sum);
}

/* Sums of worth × weight into `margin`; returns the length of the record's vector, × 256. */
static uint32_t add_cells(struct label_scratch *scratch)
{
    const struct label_model *model = scratch->model;
    const struct label_view *view = &model->view;
    size_t stride = view->header->stride;
    uint32_t labels = view->header->label_count;
    int32_t sum[LABEL_MAX_STRIDE] = {0};
    uint64_t square = 0;
    memset(scratch->margin, 0, labels * sizeof *scratch->margin);
    for (size_t i = 0; i < scratch->reached_count; i++) {
        if (i + ahead < scratch->reached_count)
            __builtin_prefetch(view->cell + scratch->reached[i + ahead].cell * stride);
        const int16_t *row = view->cell + scratch->reached[i].cell * stride;
        uint32_t units = scratch->reached[i].units;
        uint32_t worth = model->worth_q8[units < LABEL_MOST_UNITS ? units : LABEL_MOST_UNITS];
        uint64_t part = worth * (uint32_t)(uint16_t)row[0] >> 8;
        square += part * part;
        add_row(sum, row, (int16_t)worth, stride);
        if (i % rows_a_flush == rows_a_flush - 1)
            flush_sums(scratch, sum, stride);
    }
    flush_sums(scratch, sum, stride);
    return fixed_sqrt(square);
}

static int64_t clamp(int64_t x, int64_t limit)
{
    return x > limit ? limit : x < -limit ? -limit : x;
}

static void calibrate(struct label_scratch *scratch, uint32_t length)
{
    const struct label_view *view = &scratch->model->view;
    for (uint32_t k = 0; k < view->header->label_count; k++) {
        int64_t margin = length ? scratch->margin[k] * margin_steps / length : 0;
        scratch->margin[k] = margin = clamp(margin, margin_limit);
        scratch->logit_q16[k] = margin * view->header->slope / (1 << 24) + view->name[k].bias_q16;
    }
}

/* The best label but `except`; ties go to the smaller one. */
static uint32_t best_label(const struct label_scratch *scratch, uint32_t except)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t k = 0; k < scratch->model->view.header->label_count; k++)
        if (k != except && (best == UINT32_MAX || scratch->logit_q16[k] > scratch->logit_q16[best]))
            best = k;
    return best;
}

/* 2^logit, the best label's being 2^certainty_bits. */
static uint64_t share_of(const struct label_scratch *scratch, uint32_t label, uint32_t best)
{
    int64_t below = scratch->logit_q16[best] - scratch->logit_q16[label];
    if (below > (int64_t)(certainty_bits + 2) << 16)
        return 0;
    return fixed_exp2_q16((int32_t)(((int64_t)certainty_bits << 16) - below));
}

static uint32_t confidence_of(uint64_t share, uint64_t all)
{
    uint32_t found = all ? (uint32_t)((share * LABEL_CERTAIN + all / 2) / all) : 0;
    return found ? found : 1;
}

void label_decide(struct label_scratch *scratch, const struct label_occurrences *found, struct label_result *out)
{
    reach_cells(scratch, found);
    calibrate(scratch, add_cells(scratch));
    uint32_t best = best_label(scratch, UINT32_MAX);
    uint32_t second = best_label(scratch, best);
    uint64_t own = share_of(scratch, best, best);
    uint64_t all = own;
    for (uint32_t k = 0; k < scratch->model->view.header->label_count; k++)
        all += k == best ? 0 : share_of(scratch, k, best);
    *out = (struct label_result){best, confidence_of(own, all), second,
                                 confidence_of(share_of(scratch, second, best), all)};
}

int64_t label_margin(const struct label_scratch *scratch, uint32_t label)
{
    return scratch->margin[label];
}
