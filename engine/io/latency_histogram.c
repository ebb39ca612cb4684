#include "io/latency_histogram.h"

/* Values below 16 have a bucket each; above, the leading bit and the four after it name it. */
static unsigned bucket_of(uint64_t ns)
{
    if (ns < 1u << LATENCY_SUB_BITS)
        return (unsigned)ns;
    unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - LATENCY_SUB_BITS;
    return ((shift + 1) << LATENCY_SUB_BITS) + (unsigned)((ns >> shift) & ((1u << LATENCY_SUB_BITS) - 1));
}

static uint64_t bucket_end(unsigned bucket)
{
    unsigned octave = bucket >> LATENCY_SUB_BITS;
    uint64_t within = bucket & ((1u << LATENCY_SUB_BITS) - 1);
    if (octave == 0)
        return within;
    return ((within + (1u << LATENCY_SUB_BITS) + 1) << (octave - 1)) - 1;
}

void latency_add(struct latency_histogram *histogram, uint64_t ns)
{
    histogram->count[bucket_of(ns)]++;
    histogram->total++;
}

uint64_t latency_at(const struct latency_histogram *histogram, uint32_t per_mille)
{
    uint64_t rank = (histogram->total * per_mille + 999) / 1000;
    uint64_t seen = 0;
    for (unsigned bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        seen += histogram->count[bucket];
        if (seen >= rank && seen)
            return bucket_end(bucket);
    }
    return 0;
}
