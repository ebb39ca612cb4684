/* Who is addressed: the lead unit (首接负责), all units that have to join (吹哨报到), and the 七有五性 tags.
 *
 * They come from the taxonomy. A generic 街道办事处 among them is replaced by that of the alert's own subdistrict where
 * it is known; a topic that is not known goes to that subdistrict, else to the hotline itself. One thread; strings live
 * in the arena or in the image. */
#ifndef ALERT_ALERT_ROUTE_H
#define ALERT_ALERT_ROUTE_H

#include "base/arena.h"
#include "lexicon/lexicon.h"

#include <weisu/alert.h>

/* Fills unit, units and tags. `division`: gazetteer index or UINT32_MAX; `topic` likewise. 0; -1 when memory is out. */
int alert_route(const struct lexicon *lexicon, uint32_t division, uint32_t topic, struct arena *arena,
                weisu_alert *out);

#endif
