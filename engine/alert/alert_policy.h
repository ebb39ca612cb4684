/* The rules of an alert's life: how grave, when to say more, when it is over. Pure; integers; any thread. */
#ifndef ALERT_ALERT_POLICY_H
#define ALERT_ALERT_POLICY_H

#include "alert/alert_entry.h"

/* 1 (gravest) to 4, from how rare it is, how many it concerns and what is at stake. */
uint32_t alert_policy_level(const struct detect_signal *signal);
/* Kind of an alert about a cell: a rise of one place, or of many places at once. `places`: distinct ones in it. */
weisu_alert_kind alert_policy_cell_kind(const struct detect_signal *signal, size_t places);
/* 1 when what came since the last change is worth another one: it became graver, or grew by half and by two reporters
 * with six hours between (hold-down); one that was dismissed has to grow to twice as many reporters. */
int alert_policy_speaks(const struct alert_entry *entry, uint64_t complaints, uint32_t level, int64_t clock_ms);
/* How long after its last evidence an alert is cleared. Of a cluster: three times the mean gap between its reporters,
 * 14 to 45 days; of a cell: its window, at least three days. */
int64_t alert_policy_quiet_ms(const struct detect_signal *signal);
/* 1 when the signal keeps a cell's alert alive (hysteresis: three quarters of the surprise that raised it). */
int alert_policy_keeps_cell(const struct alert_entry *entry, const struct detect_signal *signal);

#endif
