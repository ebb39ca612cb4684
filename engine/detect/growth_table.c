#include "detect/growth_table.h"

#include "base/fixed_log.h"

enum {
    PRIOR_GROWN = 16,  /* clusters that grew, a bin: weight of the prior against all that was seen */
    PARENT_GROWN = 16, /* weight of the parent against what was seen in a class */
    LOG2_E_Q20 = 1512775
};

#define HOUR_MS INT64_C(3600000)
#define DAY_HOURS 24

int growth_table_init(struct growth_table *table, const weisu_allocator *allocator)
{
    *table = (struct growth_table){.day = GROWTH_NO_DAY, .allocator = allocator};
    table->row = memory_new_zeroed(allocator, GROWTH_ROWS, sizeof *table->row);
    table->curve = memory_new_zeroed(allocator, GROWTH_ROWS, sizeof *table->curve);
    if (!table->row || !table->curve) {
        growth_table_dispose(table);
        return -1;
    }
    growth_publish(table);
    return 0;
}

void growth_table_dispose(struct growth_table *table)
{
    memory_free(table->allocator, table->row, GROWTH_ROWS, sizeof *table->row);
    memory_free(table->allocator, table->curve, GROWTH_ROWS, sizeof *table->curve);
    table->row = NULL;
    table->curve = NULL;
}

uint32_t growth_class(uint32_t topic, uint32_t place)
{
    return (topic < GROWTH_TOPICS ? topic : GROWTH_TOPICS - 1) * GROWTH_PLACES + place;
}

uint32_t growth_step(uint32_t reporters)
{
    static const uint32_t least[GROWTH_STEPS] = {1, 2, 3, 4, 5, 7, 10, 16};
    uint32_t step = 0;
    while (step + 1 < GROWTH_STEPS && reporters >= least[step + 1])
        step++;
    return step;
}

static struct growth_row *row_of(const struct growth_table *table, uint32_t class, uint32_t step)
{
    return &table->row[class * GROWTH_STEPS + step];
}

static uint32_t *waiting_since(struct growth_row *row, int64_t day)
{
    int64_t slot = day % GROWTH_AGE_DAYS;
    return &row->waiting[slot < 0 ? slot + GROWTH_AGE_DAYS : slot];
}

void growth_enter(struct growth_table *table, uint32_t class, uint32_t step, int64_t day)
{
    struct growth_row *row = row_of(table, class, step);
    if (day <= table->day - GROWTH_AGE_DAYS)
        return;
    ++*waiting_since(row, day);
    row->changed = 1;
}

/* Adds `count` stays from one age to another, in hours, to the bins. */
static void add_hours(struct growth_row *row, uint64_t from, uint64_t to, uint64_t count)
{
    uint64_t begin = 0;
    for (size_t bin = 0; bin < GROWTH_BINS && begin < to; bin++) {
        uint64_t end = growth_bin_hours[bin];
        uint64_t first = from > begin ? from : begin;
        uint64_t last = to < end ? to : end;
        if (last > first)
            row->hours[bin] += (last - first) * count;
        begin = end;
    }
}

static size_t bin_of(uint64_t hours)
{
    size_t bin = 0;
    while (bin + 1 < GROWTH_BINS && hours >= growth_bin_hours[bin])
        bin++;
    return bin;
}

void growth_leave(struct growth_table *table, const struct growth_leave *leave)
{
    struct growth_row *row = row_of(table, leave->class, leave->step);
    uint64_t hours = (uint64_t)(leave->age_ms > 0 ? leave->age_ms : 0) / HOUR_MS;
    int64_t days = table->day - leave->entry_day;
    if (days < GROWTH_AGE_DAYS && days >= 0) {
        uint32_t *waiting = waiting_since(row, leave->entry_day);
        /* The founder may have been of another class: then this one has nobody to let go. */
        *waiting -= *waiting != 0;
        /* Whole days are added by growth_advance, the last one a day late. */
        uint64_t counted = days > 1 ? (uint64_t)(days - 1) * DAY_HOURS : 0;
        add_hours(row, counted, hours, 1);
    }
    if (leave->grew)
        row->grown[bin_of(hours)]++;
    row->changed = 1;
}

/* One day more: whoever entered n days ago has by now stayed n - 1 whole days. */
static void add_day(struct growth_row *row, int64_t day)
{
    for (int64_t age = 2; age < GROWTH_AGE_DAYS; age++) {
        uint32_t waiting = *waiting_since(row, day - age);
        if (!waiting)
            continue;
        add_hours(row, (uint64_t)(age - 2) * DAY_HOURS, (uint64_t)(age - 1) * DAY_HOURS, waiting);
        row->changed = 1;
    }
    *waiting_since(row, day) = 0;
}

void growth_advance(struct growth_table *table, int64_t day)
{
    if (table->day == GROWTH_NO_DAY)
        table->day = day;
    /* After a gap longer than the ring nobody is left in it. */
    int64_t last = day - table->day > GROWTH_AGE_DAYS ? table->day + GROWTH_AGE_DAYS : day;
    while (table->day < last) {
        table->day++;
        for (size_t i = 0; i < GROWTH_ROWS; i++)
            add_day(&table->row[i], table->day);
    }
    if (table->day < day)
        table->day = day;
}

/* ---- publishing ---- */

static uint32_t bin_length(size_t bin)
{
    return growth_bin_hours[bin] - (bin ? growth_bin_hours[bin - 1] : 0u);
}

/* Adds the increments of the prior: -log2 (1 - share) at the bins' ends, differenced. */
static void prior_steps(uint32_t step, uint64_t out_q20[GROWTH_BINS])
{
    int32_t before = 0;
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        int32_t closing =
            fixed_log2_q16(UINT64_C(1000) << 20) - fixed_log2_q16((1000u - growth_prior[step][bin]) << 20);
        out_q20[bin] = (uint64_t)(closing > before ? closing - before : 0) << 4;
        if (out_q20[bin] < 16)
            out_q20[bin] = 16;
        before = closing;
    }
}

/* Shrinks: the parent's rate counts like `weight` clusters that grew. Rates are increments of -log2 survival over the
 * bin, so that length × log2 e turns growths an hour into them. */
static void shrink(const uint64_t grown[GROWTH_BINS], const uint64_t hours[GROWTH_BINS], uint64_t weight,
                   uint64_t rate_q20[GROWTH_BINS])
{
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        uint64_t unit = (uint64_t)bin_length(bin) * LOG2_E_Q20;
        uint64_t prior_hours = weight * unit / rate_q20[bin];
        rate_q20[bin] = fixed_mul_div(grown[bin] + weight, unit, hours[bin] + prior_hours);
        if (rate_q20[bin] < 16)
            rate_q20[bin] = 16;
    }
}

struct growth_sum {
    uint64_t grown[GROWTH_BINS];
    uint64_t hours[GROWTH_BINS];
};

static void add_row(struct growth_sum *sum, const struct growth_row *row)
{
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        sum->grown[bin] += row->grown[bin];
        sum->hours[bin] += row->hours[bin];
    }
}

static void publish_row(const struct growth_row *row, const uint64_t parent_q20[GROWTH_BINS],
                        struct growth_curve *curve)
{
    uint64_t rate[GROWTH_BINS];
    struct growth_sum own = {{0}, {0}};
    add_row(&own, row);
    memcpy(rate, parent_q20, sizeof rate);
    shrink(own.grown, own.hours, PARENT_GROWN, rate);
    uint64_t closing = 0;
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        closing += rate[bin];
        curve->closing_q20[bin] = (uint32_t)(closing < UINT32_MAX ? closing : UINT32_MAX);
    }
}

static void publish_step(struct growth_table *table, uint32_t step)
{
    struct growth_sum of_place[GROWTH_PLACES] = {{{0}, {0}}};
    struct growth_sum all = {{0}, {0}};
    for (uint32_t class = 0; class < GROWTH_CLASSES; class ++) {
        add_row(&of_place[class % GROWTH_PLACES], row_of(table, class, step));
        add_row(&all, row_of(table, class, step));
    }
    uint64_t city[GROWTH_BINS];
    prior_steps(step, city);
    shrink(all.grown, all.hours, PRIOR_GROWN, city);
    for (uint32_t place = 0; place < GROWTH_PLACES; place++) {
        uint64_t rate[GROWTH_BINS];
        memcpy(rate, city, sizeof rate);
        shrink(of_place[place].grown, of_place[place].hours, PARENT_GROWN, rate);
        for (uint32_t class = place; class < GROWTH_CLASSES; class += GROWTH_PLACES)
            publish_row(row_of(table, class, step), rate, &table->curve[class * GROWTH_STEPS + step]);
    }
}

void growth_publish(struct growth_table *table)
{
    for (uint32_t step = 0; step < GROWTH_STEPS; step++)
        publish_step(table, step);
}

/* ---- reading ---- */

/* -log2 survival at that age, in q20: linear within a bin. */
static uint64_t closing_at(const struct growth_curve *curve, int64_t age_ms)
{
    uint64_t last = (uint64_t)growth_bin_hours[GROWTH_BINS - 1] * HOUR_MS;
    uint64_t age = (uint64_t)(age_ms < HOUR_MS ? HOUR_MS : age_ms);
    if (age >= last)
        return curve->closing_q20[GROWTH_BINS - 1];
    size_t bin = bin_of(age / HOUR_MS);
    uint64_t begin_ms = bin ? (uint64_t)growth_bin_hours[bin - 1] * HOUR_MS : 0;
    uint64_t before = bin ? curve->closing_q20[bin - 1] : 0;
    uint64_t step = curve->closing_q20[bin] - before;
    return before + fixed_mul_div(step, age - begin_ms, (uint64_t)bin_length(bin) * HOUR_MS);
}

int32_t growth_waiting_bits_q16(const struct growth_table *table, uint32_t class, uint32_t step, int64_t age_ms)
{
    uint64_t closing = closing_at(&table->curve[class * GROWTH_STEPS + step], age_ms) >> 4;
    return (int32_t)(closing < 64 * FIXED_ONE_Q16 ? closing : 64 * FIXED_ONE_Q16);
}

int32_t growth_bits_q16(const struct growth_table *table, uint32_t class, uint32_t step, int64_t age_ms)
{
    /* 1 - 2^-closing with 40 bits, so that a share of a thousandth keeps four digits. */
    int32_t waiting_q16 = growth_waiting_bits_q16(table, class, step, age_ms);
    uint64_t one = UINT64_C(1) << 40;
    uint64_t still = fixed_exp2_q16(40 * FIXED_ONE_Q16 - waiting_q16);
    uint64_t grown = still < one ? one - still : 1;
    return 40 * FIXED_ONE_Q16 - fixed_log2_q16(grown);
}

/* ---- state ---- */

void growth_row_write(const struct growth_row *row, struct byte_buffer *out)
{
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        row_put(out, row->grown[bin], 4);
        row_put(out, row->hours[bin], 8);
    }
    for (size_t i = 0; i < GROWTH_AGE_DAYS; i++)
        row_put(out, row->waiting[i], 4);
}

int growth_row_read(struct growth_row *row, struct row_reader *in)
{
    for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
        row->grown[bin] = (uint32_t)row_get(in, 4);
        row->hours[bin] = row_get(in, 8);
    }
    for (size_t i = 0; i < GROWTH_AGE_DAYS; i++)
        row->waiting[i] = (uint32_t)row_get(in, 4);
    return in->failed ? -1 : 0;
}

void growth_curves_write(const struct growth_table *table, struct byte_buffer *out)
{
    row_put(out, (uint64_t)table->day, 8);
    for (size_t i = 0; i < GROWTH_ROWS; i++)
        for (size_t bin = 0; bin < GROWTH_BINS; bin++)
            row_put(out, table->curve[i].closing_q20[bin], 4);
}

int growth_curves_read(struct growth_table *table, struct row_reader *in)
{
    table->day = (int64_t)row_get(in, 8);
    for (size_t i = 0; i < GROWTH_ROWS; i++) {
        uint32_t *closing = table->curve[i].closing_q20;
        for (size_t bin = 0; bin < GROWTH_BINS; bin++) {
            closing[bin] = (uint32_t)row_get(in, 4);
            if (closing[bin] < (bin ? closing[bin - 1] : 1))
                return -1;
        }
    }
    return in->failed || table->day < GROWTH_NO_DAY ? -1 : 0;
}
