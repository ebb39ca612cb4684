#include "lexicon/word_cost.h"

enum { log_bits = 24 };

uint32_t log2_q24(uint64_t x)
{
    uint32_t whole = 63 - (uint32_t)__builtin_clzll(x);
    /* The mantissa in [1, 2) as a fixed-point number with 31 fraction bits. */
    uint64_t mantissa = whole > 31 ? x >> (whole - 31) : x << (31 - whole);
    uint32_t fraction = 0;
    for (int bit = 0; bit < log_bits; bit++) {
        mantissa = mantissa * mantissa >> 31;
        fraction <<= 1;
        if (mantissa >> 32) {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    return whole << log_bits | fraction;
}

uint16_t word_cost(uint64_t total, uint64_t frequency)
{
    if (frequency == 0)
        frequency = 1;
    if (frequency >= total)
        return 0;
    uint32_t rounding = 1u << (log_bits - WORD_COST_SHIFT - 1);
    uint32_t cost = (log2_q24(total) - log2_q24(frequency) + rounding) >> (log_bits - WORD_COST_SHIFT);
    return (uint16_t)(cost < WORD_COST_MAX ? cost : WORD_COST_MAX);
}

uint64_t word_cost_frequency(uint64_t total, uint32_t cost)
{
    uint64_t low = 1;
    uint64_t high = total;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (word_cost(total, middle) <= cost)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
