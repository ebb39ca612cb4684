/* Surprise: how improbable is a count?
 *
 * A count in a window is negative binomial: Poisson with a rate that is known only as a Gamma distribution (shape r,
 * mean m; Gelman, Bayesian Data Analysis, 3rd ed., 2.6; as expectation in space-time scans: Neill 2009). Surprise is
 * −log2 P(X >= n), in fixed point ("q16": × 65,536). The shape is a whole number, so that the binomial coefficient is a
 * product of at most r − 1 factors, and it is capped: the days of a city differ by more than chance (overdispersion).
 * Pure, integers only, any thread. An exact tail costs 0.2 to 4 µs; a look at a need table 5 ns. */
#ifndef DETECT_SURPRISE_H
#define DETECT_SURPRISE_H

#include <stdint.h>

enum { SURPRISE_MAX_SHAPE = 40, SURPRISE_MAX_BITS = 64 };

/* −log2 P(X >= count) in q16, 0 to 64 × 65,536; 0 where count <= mean. `shape` 1 or more (capped at
 * SURPRISE_MAX_SHAPE, which keeps the mean). Error below 0.05 bits for counts up to 4,096; larger counts are scaled
 * down, which is exact in the limit (a negative binomial of large mean is a Gamma distribution). */
int32_t surprise_tail_q16(uint64_t count, uint64_t mean_q16, uint64_t shape);

/* The integer pre-threshold: for each mean and shape the smallest count whose surprise may reach a number of bits.
 * Means in eighths of an octave, rounded down, shapes in four classes, rounded up: so the count is never too high.
 */
enum { SURPRISE_NEED_BITS = 7, SURPRISE_NEED_SHAPES = 4, SURPRISE_NEED_MEANS = 257 };

struct surprise_need {
    uint16_t count[SURPRISE_NEED_BITS][SURPRISE_NEED_SHAPES][SURPRISE_NEED_MEANS];
};

/* Bits of a row of the table: 8, 11, … 26. `row` < SURPRISE_NEED_BITS. */
uint32_t surprise_need_bits(uint32_t row);
/* About 15 ms. */
void surprise_need_fill(struct surprise_need *need);
/* 0 only when surprise_tail_q16 is below the row's bits. */
int surprise_may_reach(const struct surprise_need *need, uint32_t row, uint64_t count, uint64_t mean_q16,
                       uint64_t shape);

#endif
