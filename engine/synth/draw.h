/* A stream of random numbers: splitmix64 (Steele, Lea, Flood 2014). One word of state, so that every event, place and
 * text can own a stream that is named by its seed; equal seeds give equal draws on every platform. Not for secrets.
 * One thread a stream; about 1 ns a draw. */
#ifndef SYNTH_DRAW_H
#define SYNTH_DRAW_H

#include "base/hash.h"

struct draw {
    uint64_t state;
};

/* `seed` names the thing, `purpose` keeps its streams apart. */
static inline struct draw draw_from(uint64_t seed, uint64_t purpose)
{
    return (struct draw){hash_pair(seed, purpose)};
}

static inline uint64_t draw_word(struct draw *draw)
{
    draw->state += UINT64_C(0x9e3779b97f4a7c15);
    return hash_mix(draw->state);
}

/* 0 to below - 1; 0 for `below` 0. The bias is under below / 2^32. */
static inline uint32_t draw_below(struct draw *draw, uint32_t below)
{
    return (uint32_t)(((draw_word(draw) >> 32) * below) >> 32);
}

/* low to high, both included; low <= high. */
static inline int64_t draw_between(struct draw *draw, int64_t low, int64_t high)
{
    return low + (int64_t)(draw_word(draw) % ((uint64_t)(high - low) + 1));
}

/* 1 in `permille` of 1,000 cases. */
static inline int draw_chance(struct draw *draw, uint32_t permille)
{
    return draw_below(draw, 1000) < permille;
}

/* A quantity given by its quantiles: `value` at `permille`, linear between; the first point is at 0, the last at 1,000,
 * and both rise. */
struct quantile {
    uint32_t permille;
    int64_t value;
};

static inline int64_t draw_quantile(struct draw *draw, const struct quantile *at)
{
    uint32_t fine = draw_below(draw, 1000000);
    while (at[1].permille < 1000 && fine >= at[1].permille * 1000)
        at++;
    int64_t width = (int64_t)(at[1].permille - at[0].permille) * 1000;
    return at[0].value + (at[1].value - at[0].value) * ((int64_t)fine - (int64_t)at[0].permille * 1000) / width;
}

#endif
