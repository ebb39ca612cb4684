/* Keeping forecasts honest: what came after earlier alerts moves the forecasts of the next ones.
 *
 * The growth tables know clusters before they are alerted; what is alerted teaches them nothing, and goes on otherwise
 * than the rest. So the upper end of the 80 % interval is moved as in adaptive conformal inference (Gibbs and Candès
 * 2021): in bits, up by 0.4 when more came than it said, down by 0.1 when not (by .2 of a step where the lower end is
 * 0, so that together one in five lies outside). Whatever the model is, in the long run the interval holds four in
 * five. The mean is moved by the ratio of what came to what was forecast, with 20 complaints at the ratio 1. One
 * thread; integers; deterministic. */
#ifndef DETECT_FORECAST_TRACK_H
#define DETECT_FORECAST_TRACK_H

#include "detect/row_codec.h"

struct forecast_track {
    int32_t high_q16; /* bits by which the upper end is moved */
    uint64_t came;    /* complaints after the raises of alerts that are over */
    uint64_t said_milli;
};

/* All in complaints × 1000. */
struct forecast_span {
    int64_t more_milli;
    int64_t low_milli;
    int64_t high_milli;
};

/* From the model's forecast to the one that is told. */
void forecast_track_apply(const struct forecast_track *track, struct forecast_span *span);
/* `told` was a forecast, and `came` complaints came after it. */
void forecast_track_learn(struct forecast_track *track, const struct forecast_span *told, uint64_t came);

void forecast_track_write(const struct forecast_track *track, struct byte_buffer *out);
/* 0; -1 when damaged. */
int forecast_track_read(struct forecast_track *track, struct row_reader *in);

#endif
