/* Calibration: how often does the engine itself see as much surprise as that?
 *
 * A surprise is a number of bits from a model; the model is never quite right. So each family of tests counts how many
 * of its trials ever reached each quarter of a bit, outside alerted periods, and reads the probability from there. Deep
 * in the tail, where counts are few and real outbreaks would pass for noise, the line through the bulk is extended
 * (exponential tail, as extreme-value theory gives for light tails: Pickands 1975; fitted between two quantiles). A
 * prior of pseudo-trials speaks until there is data.
 * One thread. Integers; deterministic; 1 kB. */
#ifndef DETECT_CALIBRATION_H
#define DETECT_CALIBRATION_H

#include "detect/row_codec.h"

#include <stdint.h>

enum { CALIBRATION_BINS = 256, CALIBRATION_BIN_Q16 = 16384 };

/* A point of the prior's tail: at `bits_q16`, -log2 of the share of trials that reach it. Ascending; the last slope
 * goes on. */
struct calibration_point {
    int32_t bits_q16;
    int32_t rarity_q16;
};

struct calibration_prior {
    const struct calibration_point *point;
    uint32_t count;
    uint32_t trials; /* weight */
};

struct calibration {
    const struct calibration_prior *prior; /* static storage */
    uint64_t trials;
    uint32_t reached[CALIBRATION_BINS]; /* trials that reached the lower edge of the bin */
};

void calibration_init(struct calibration *calibration, const struct calibration_prior *prior);
/* One trial more; it has reached nothing yet. */
void calibration_try(struct calibration *calibration);
/* A trial that had reached `from_q16` now reaches `to_q16`. */
void calibration_reach(struct calibration *calibration, int32_t from_q16, int32_t to_q16);
/* -log2 of the share of trials that reach that much, in q16, 0 and up. */
int32_t calibration_rarity_q16(const struct calibration *calibration, int32_t bits_q16);

void calibration_write(const struct calibration *calibration, struct byte_buffer *out);
int calibration_read(struct calibration *calibration, struct row_reader *in);

#endif
