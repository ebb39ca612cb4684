#include "detect/surprise.h"

#include "base/fixed_log.h"

enum {
    LARGEST_COUNT = 4096, /* above, count and mean are halved together */
    FEW_TERMS = 24,       /* for the need table */
    MAX_TERMS = 600       /* of the tail's series: what follows adds less than 0.01 bits */
};

/* log2 P(X = count) in q16. */
static int64_t log_point(uint64_t count, uint64_t mean_q16, uint64_t shape)
{
    int64_t log_whole = fixed_log2_q16(mean_q16 + (shape << 16));
    int64_t log_q = fixed_log2_q16(mean_q16) - log_whole;
    int64_t log_rest = fixed_log2_q16(shape << 16) - log_whole;
    int64_t point = (int64_t)count * log_q + (int64_t)shape * log_rest;
    for (uint64_t i = 1; i < shape; i++)
        point += fixed_log2_q16(count + i) - fixed_log2_q16(i);
    return point;
}

struct series {
    uint64_t sum;    /* of the terms so far, × 2^32 */
    uint64_t term;   /* the last of them */
    uint64_t before; /* the one before it */
};

/* The tail's terms relative to its first: each is the one before times q (j + r) / (j + 1), a ratio that falls slowly
 * towards q. */
static struct series add_terms(uint64_t count, uint64_t mean_q16, uint64_t shape, uint64_t terms)
{
    uint64_t q_q32 = (mean_q16 << 20) / (mean_q16 + (shape << 16)) << 12;
    struct series s = {.sum = UINT64_C(1) << 32, .term = UINT64_C(1) << 32, .before = UINT64_C(1) << 32};
    for (uint64_t j = count; j < count + terms && s.term >> 12; j++) {
        s.before = s.term;
        s.term = (s.term * q_q32) >> 32;
        s.term += s.term * (shape - 1) / (j + 1);
        s.sum += s.term;
    }
    return s;
}

/* What is left after the last term is a geometric series of its ratio, or a little less. */
static uint64_t tail_series(uint64_t count, uint64_t mean_q16, uint64_t shape)
{
    struct series s = add_terms(count, mean_q16, shape, MAX_TERMS);
    if (s.term >> 12 && s.term < s.before)
        s.sum += fixed_mul_div(s.term, s.term, s.before - s.term);
    return s.sum;
}

/* At most the sum, soon: what is left is at least a geometric series of q. */
static uint64_t least_series(uint64_t count, uint64_t mean_q16, uint64_t shape)
{
    struct series s = add_terms(count, mean_q16, shape, FEW_TERMS);
    return s.sum + fixed_mul_div(s.term, mean_q16, shape << 16);
}

static int32_t surprise_of(int64_t log_tail)
{
    int64_t most = (int64_t)SURPRISE_MAX_BITS * FIXED_ONE_Q16;
    return (int32_t)(log_tail >= 0 ? 0 : -log_tail < most ? -log_tail : most);
}

/* Counts and means within the range of the series; 0 when there is no surprise. */
static int scale_down(uint64_t *count, uint64_t *mean_q16, uint64_t *shape)
{
    if (*shape > SURPRISE_MAX_SHAPE)
        *shape = SURPRISE_MAX_SHAPE;
    while (*count > LARGEST_COUNT) {
        *count /= 2;
        *mean_q16 /= 2;
    }
    if (*mean_q16 == 0)
        *mean_q16 = 1;
    return (*count << 16) > *mean_q16;
}

int32_t surprise_tail_q16(uint64_t count, uint64_t mean_q16, uint64_t shape)
{
    if (!scale_down(&count, &mean_q16, &shape))
        return 0;
    int64_t log_series = fixed_log2_q16(tail_series(count, mean_q16, shape)) - 32 * FIXED_ONE_Q16;
    return surprise_of(log_point(count, mean_q16, shape) + log_series);
}

/* At least the surprise. */
static int32_t bound_q16(uint64_t count, uint64_t mean_q16, uint64_t shape)
{
    if (!scale_down(&count, &mean_q16, &shape))
        return 0;
    int64_t log_series = fixed_log2_q16(least_series(count, mean_q16, shape)) - 32 * FIXED_ONE_Q16;
    return surprise_of(log_point(count, mean_q16, shape) + log_series);
}

uint32_t surprise_need_bits(uint32_t row)
{
    return 8 + 3 * row;
}

/* Means from 2^-16 to 2^16 in eighths of an octave. */
static uint32_t mean_class(uint64_t mean_q16)
{
    uint32_t part = (uint32_t)fixed_log2_q16(mean_q16) / (FIXED_ONE_Q16 / 8);
    return part < SURPRISE_NEED_MEANS ? part : SURPRISE_NEED_MEANS - 1;
}

static uint32_t shape_class(uint64_t shape)
{
    return shape <= 1 ? 0 : shape <= 4 ? 1 : shape <= 12 ? 2 : 3;
}

/* The larger the mean, the larger the count: so each search begins where the one before ended, in growing steps. */
static void fill_row(uint16_t count[SURPRISE_NEED_MEANS], uint64_t shape, uint32_t bits)
{
    uint32_t below = 0; /* its surprise is less */
    for (uint32_t m = 0; m < SURPRISE_NEED_MEANS; m++) {
        uint64_t mean_q16 = fixed_exp2_q16((int32_t)(m * (FIXED_ONE_Q16 / 8)));
        uint32_t step = 1;
        while (below + step < UINT16_MAX && bound_q16(below + step, mean_q16, shape) < (int32_t)(bits << 16))
            step *= 2;
        uint32_t high = below + step < UINT16_MAX ? below + step : UINT16_MAX;
        while (high - below > 1) {
            uint32_t middle = (below + high) / 2;
            if (bound_q16(middle, mean_q16, shape) < (int32_t)(bits << 16))
                below = middle;
            else
                high = middle;
        }
        count[m] = (uint16_t)high;
    }
}

void surprise_need_fill(struct surprise_need *need)
{
    static const uint64_t largest_shape[SURPRISE_NEED_SHAPES] = {1, 4, 12, SURPRISE_MAX_SHAPE};
    for (uint32_t row = 0; row < SURPRISE_NEED_BITS; row++)
        for (uint32_t s = 0; s < SURPRISE_NEED_SHAPES; s++)
            fill_row(need->count[row][s], largest_shape[s], surprise_need_bits(row));
}

int surprise_may_reach(const struct surprise_need *need, uint32_t row, uint64_t count, uint64_t mean_q16,
                       uint64_t shape)
{
    /* A mean beyond the table: the exact tail decides. */
    if (mean_q16 >> 32)
        return (count << 16) > mean_q16;
    return count >= need->count[row][shape_class(shape)][mean_class(mean_q16)];
}
