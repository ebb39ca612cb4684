/* Founding of events: how many begin on a day, about what and where; lone texts that go round; hotspots that come back
 * every year. What is founded waits in the queue. All draws come from `synth->draw`, in this order. */
#ifndef SYNTH_FOUNDING_H
#define SYNTH_FOUNDING_H

#include "synth/synth_fields.h"

/* The events of `synth->next_day`, which goes on by one. WEISU_ENOMEM. */
weisu_code found_day(struct synth *synth, weisu_err *err);

/* The hotspots of the year, for all years that the stream touches; before the first day is founded. WEISU_ENOMEM. */
weisu_code found_series(struct synth *synth, weisu_err *err);

#endif
