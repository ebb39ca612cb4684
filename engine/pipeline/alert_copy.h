/* A deep copy of a change of an alert, for those who keep it longer than the call that showed it. */
#ifndef PIPELINE_ALERT_COPY_H
#define PIPELINE_ALERT_COPY_H

#include "base/arena.h"

#include <weisu/alert.h>

/* Every string and array of *out lives in `arena`. 0; -1 when memory is out. */
int alert_copy(struct arena *arena, const weisu_alert *alert, weisu_alert *out);

#endif
