/* From a live alert to what is said about it: the whole weisu_alert of one change. One thread; strings and arrays live
 * in the arena, in the image, or in the clusters until the next record. */
#ifndef ALERT_ALERT_COMPOSE_H
#define ALERT_ALERT_COMPOSE_H

#include "alert/alert_book.h"
#include "alert/alert_entry.h"
#include "base/arena.h"

struct alert_saying {
    weisu_alert_state state;
    uint64_t sequence;
    int64_t time_ms;
};

/* `city`: 12-digit code, the root of the path. 0; -1 when memory is out. */
int alert_compose(const struct alert_entry *entry, const struct alert_saying *saying,
                  const struct alert_sources *sources, uint64_t city, struct arena *arena, weisu_alert *out);
/* Complaints that are evidence now. */
uint64_t alert_evidence_count(const struct alert_entry *entry, const struct alert_sources *sources);

#endif
