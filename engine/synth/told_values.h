/* Times, amounts and numbers as people tell them. Those that look like somebody's are fictitious: telephone numbers of
 * a block that is not given out, identity numbers of a county that does not exist, domains kept for examples.
 *
 * Each is appended to `out` and depends on the draws from `draw` alone. One thread a draw; about 50 ns. */
#ifndef SYNTH_TOLD_VALUES_H
#define SYNTH_TOLD_VALUES_H

#include "base/byte_buffer.h"
#include "synth/draw.h"

/* A time of day from 6 to 21 h, or of night from 22 to 4 h. */
void value_clock(struct draw *draw, struct byte_buffer *out);
void value_night_clock(struct draw *draw, struct byte_buffer *out);
/* An amount from low to high yuan, mostly rounded. */
void value_money(struct draw *draw, uint32_t low, uint32_t high, struct byte_buffer *out);

void value_phone(struct draw *draw, struct byte_buffer *out);
void value_plate(struct draw *draw, struct byte_buffer *out);
/* 18 digits with a right check digit (GB 11643-1999). */
void value_identity(struct draw *draw, struct byte_buffer *out);
void value_email(struct draw *draw, struct byte_buffer *out);

#endif
