#include "detect/forecast_track.h"

#include "base/fixed_log.h"

enum {
    STEP_Q16 = FIXED_ONE_Q16 / 2,
    MOST_Q16 = 6 * FIXED_ONE_Q16, /* 64 times, and a 64th */
    LEAST_Q16 = -6 * FIXED_ONE_Q16,
    PRIOR_COMPLAINTS = 20,
    OUTLIER = 16, /* one alert counts at most so many times its upper end */
    LARGEST = 1 << 20
};

/* One complaint more and less, so that an end of 0 can move. */
static int64_t moved(int64_t milli, int32_t bits_q16)
{
    int64_t scaled = (int64_t)((uint64_t)(milli + 1000) * fixed_exp2_q16(bits_q16 + 16 * FIXED_ONE_Q16) >> 16) - 1000;
    return scaled > 0 ? scaled : 0;
}

void forecast_track_apply(const struct forecast_track *track, struct forecast_span *span)
{
    uint64_t over = track->said_milli + PRIOR_COMPLAINTS * UINT64_C(1000);
    uint64_t more = (uint64_t)(span->more_milli > 0 ? span->more_milli : 0);
    span->more_milli = (int64_t)fixed_mul_div(more, (track->came + PRIOR_COMPLAINTS) * 1000, over);
    span->high_milli = moved(span->high_milli, track->high_q16);
    if (span->high_milli < span->more_milli)
        span->high_milli = span->more_milli;
    if (span->low_milli > span->more_milli)
        span->low_milli = span->more_milli;
}

void forecast_track_learn(struct forecast_track *track, const struct forecast_span *told, uint64_t came)
{
    uint64_t most = (uint64_t)told->high_milli / 1000 + 1;
    /* One in ten above, or two where none can be below. */
    int32_t usual = told->low_milli >= 1000 ? STEP_Q16 / 10 : STEP_Q16 / 5;
    track->high_q16 += came > most ? STEP_Q16 - usual : -usual;
    if (track->high_q16 > MOST_Q16)
        track->high_q16 = MOST_Q16;
    if (track->high_q16 < LEAST_Q16)
        track->high_q16 = LEAST_Q16;
    track->came += came < most * OUTLIER ? came : most * OUTLIER;
    track->said_milli += (uint64_t)told->more_milli;
    if (track->came > LARGEST) {
        track->came /= 2;
        track->said_milli /= 2;
    }
}

void forecast_track_write(const struct forecast_track *track, struct byte_buffer *out)
{
    row_put(out, (uint32_t)track->high_q16, 4);
    row_put(out, track->came, 8);
    row_put(out, track->said_milli, 8);
}

int forecast_track_read(struct forecast_track *track, struct row_reader *in)
{
    track->high_q16 = (int32_t)row_get(in, 4);
    track->came = row_get(in, 8);
    track->said_milli = row_get(in, 8);
    return in->failed || track->high_q16 > MOST_Q16 || track->high_q16 < LEAST_Q16 ? -1 : 0;
}
