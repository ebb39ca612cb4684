/* Logarithms, powers and ratios for decisions: integers only, the same result on every machine and compiler.
 *
 * "q16" is a value × 65,536. Logarithms are to base 2. Tables of 257 points, linear interpolation: the error of that
 * is below 0.2 units of q16, so that results are within one unit of the exact value. Pure; any thread; 2 to 5 ns. */
#ifndef BASE_FIXED_LOG_H
#define BASE_FIXED_LOG_H

#include <stdint.h>

#define FIXED_ONE_Q16 65536

/* log2(x) in q16, 0 for x of 0 or 1. Monotonic; exact for powers of two. At most 64 × 65,536. */
int32_t fixed_log2_q16(uint64_t x);

/* 2^(x / 65,536), rounded; 0 below -65,536 (a value under a half), UINT64_MAX from 64 × 65,536 on. Monotonic; exact for
 * whole exponents; else relative error below 2^-19. A result scaled by 2^s is had by adding s × 65,536 to x. */
uint64_t fixed_exp2_q16(int32_t x);

/* log2(2^a + 2^b) in q16: the sum of two numbers given by their logarithms, as for tails of probability. Symmetric;
 * within two units of the exact value. |a|, |b| below 2^30. */
int32_t fixed_log2_add_q16(int32_t a, int32_t b);

/* a × b / c, rounded down, the product in 128 bits; UINT64_MAX where it does not fit or c is 0. */
uint64_t fixed_mul_div(uint64_t a, uint64_t b, uint64_t c);

/* The largest r with r × r <= x. */
uint32_t fixed_sqrt(uint64_t x);

#endif
