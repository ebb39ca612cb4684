/* Why an alert was raised, in short Chinese sentences that a clerk understands. No formula, no jargon. One thread;
 * strings live in the arena. */
#ifndef ALERT_ALERT_REASONS_H
#define ALERT_ALERT_REASONS_H

#include "alert/alert_entry.h"
#include "base/arena.h"

enum { ALERT_MAX_REASONS = 12 };

/* Fills reasons from the other fields of *out, which must be filled. 0; -1 when memory is out. */
int alert_reasons(const struct alert_entry *entry, struct arena *arena, weisu_alert *out);

#endif
