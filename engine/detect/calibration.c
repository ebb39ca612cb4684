#include "detect/calibration.h"

#include "base/fixed_log.h"

enum {
    BULK_OF = 256,       /* one trial in so many ends the bulk */
    BULK_LEAST = 12,     /* and at least so many trials lie above its end */
    SLOPE_RATIO = 16,    /* the slope is taken from where so many times as many lie */
    SLOPE_PRIOR_BINS = 3 /* the prior's slope counts like that many bins */
};

void calibration_init(struct calibration *calibration, const struct calibration_prior *prior)
{
    memset(calibration, 0, sizeof *calibration);
    calibration->prior = prior;
}

void calibration_try(struct calibration *calibration)
{
    calibration->trials++;
}

static uint32_t bin_of(int32_t bits_q16)
{
    uint32_t bin = bits_q16 > 0 ? (uint32_t)bits_q16 / CALIBRATION_BIN_Q16 : 0;
    return bin < CALIBRATION_BINS ? bin : CALIBRATION_BINS - 1;
}

void calibration_reach(struct calibration *calibration, int32_t from_q16, int32_t to_q16)
{
    uint32_t first = from_q16 > 0 ? bin_of(from_q16) + 1 : 0;
    for (uint32_t bin = first; bin <= bin_of(to_q16); bin++)
        calibration->reached[bin]++;
}

static int32_t prior_rarity_q16(const struct calibration_prior *prior, int32_t bits_q16)
{
    uint32_t i = 1;
    while (i + 1 < prior->count && bits_q16 > prior->point[i].bits_q16)
        i++;
    const struct calibration_point *a = &prior->point[i - 1];
    const struct calibration_point *b = &prior->point[i];
    int64_t rise = (int64_t)(b->rarity_q16 - a->rarity_q16) * (bits_q16 - a->bits_q16);
    int64_t rarity = a->rarity_q16 + rise / (b->bits_q16 - a->bits_q16);
    return (int32_t)(rarity > 0 ? rarity : 0);
}

/* Counts and prior together: -log2 of the share that reached the lower edge of the bin. */
static int32_t bin_rarity_q16(const struct calibration *calibration, uint32_t bin)
{
    int32_t rarity = prior_rarity_q16(calibration->prior, (int32_t)(bin * CALIBRATION_BIN_Q16));
    int32_t scale = 24 * FIXED_ONE_Q16;
    uint64_t pseudo = fixed_exp2_q16(scale - rarity) * calibration->prior->trials; /* × 2^24 */
    uint64_t reached = ((uint64_t)calibration->reached[bin] << 24) + pseudo;
    uint64_t trials = calibration->trials + calibration->prior->trials;
    int32_t share = fixed_log2_q16(reached ? reached : 1) - scale - fixed_log2_q16(trials);
    return share < 0 ? -share : 0;
}

/* Highest bin that at least `needed` trials reached. */
static uint32_t bulk_end(const struct calibration *calibration, uint64_t needed)
{
    uint32_t low = 0;
    uint32_t high = CALIBRATION_BINS - 1;
    while (low < high) {
        uint32_t middle = (low + high + 1) / 2;
        if (calibration->reached[middle] >= needed)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int32_t calibration_rarity_q16(const struct calibration *calibration, int32_t bits_q16)
{
    uint64_t needed = calibration->trials / BULK_OF;
    needed = needed > BULK_LEAST ? needed : BULK_LEAST;
    uint32_t end = bulk_end(calibration, needed);
    uint32_t bin = bin_of(bits_q16);
    if (end == 0 || bin < end) {
        int64_t low = bin_rarity_q16(calibration, bin);
        int64_t high = bin_rarity_q16(calibration, bin + 1 < CALIBRATION_BINS ? bin + 1 : bin);
        int64_t within = bits_q16 - (int64_t)bin * CALIBRATION_BIN_Q16;
        return (int32_t)(low + (high - low) * (within < CALIBRATION_BIN_Q16 ? within : CALIBRATION_BIN_Q16) /
                                   CALIBRATION_BIN_Q16);
    }
    uint32_t start = bulk_end(calibration, needed * SLOPE_RATIO);
    int32_t end_q16 = (int32_t)(end * CALIBRATION_BIN_Q16);
    int64_t own = bin_rarity_q16(calibration, end) - bin_rarity_q16(calibration, start);
    int64_t prior = prior_rarity_q16(calibration->prior, end_q16 + SLOPE_PRIOR_BINS * CALIBRATION_BIN_Q16) -
                    prior_rarity_q16(calibration->prior, end_q16);
    int64_t rise = own + prior;
    int64_t run = (int64_t)(end - start + SLOPE_PRIOR_BINS) * CALIBRATION_BIN_Q16;
    return bin_rarity_q16(calibration, end) + (int32_t)(rise * (bits_q16 - end_q16) / run);
}

void calibration_write(const struct calibration *calibration, struct byte_buffer *out)
{
    row_put(out, calibration->trials, 8);
    for (size_t i = 0; i < CALIBRATION_BINS; i++)
        row_put(out, calibration->reached[i], 4);
}

int calibration_read(struct calibration *calibration, struct row_reader *in)
{
    calibration->trials = row_get(in, 8);
    for (size_t i = 0; i < CALIBRATION_BINS; i++)
        calibration->reached[i] = (uint32_t)row_get(in, 4);
    return in->failed ? -1 : 0;
}
