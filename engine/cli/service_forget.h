/* Forgetting persons: weisu forget. */
#ifndef CLI_SERVICE_FORGET_H
#define CLI_SERVICE_FORGET_H

#include "cli/service.h"

struct service_forgetting {
    const char *reporter; /* as senders give him: his cases; NULL: everybody's … */
    int64_t before_ms;    /* … that came while the clock was before this */
};

/* Deletes texts and reporters of these cases from a data folder that no service uses (WEISU_EIO otherwise), as log,
 * state and alerts have them; counts, clusters and alerts stay. *records: how many were forgotten. An error before the
 * end leaves everything as it was; one while the database is written anew (a full disk) leaves free pages with what was
 * deleted: run it again. */
weisu_code service_forget(const struct service_settings *settings, const struct service_forgetting *whom,
                          uint64_t *records, weisu_err *err);

#endif
