#include "lexicon/word_cost.h"

#include "base/fixed_log.h"

uint16_t word_cost(uint64_t total, uint64_t frequency)
{
    if (frequency == 0)
        frequency = 1;
    if (frequency >= total)
        return 0;
    enum { drop = 16 - WORD_COST_SHIFT };
    int32_t cost = (fixed_log2_q16(total) - fixed_log2_q16(frequency) + (1 << (drop - 1))) >> drop;
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
