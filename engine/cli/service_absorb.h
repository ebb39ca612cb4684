/* History into the data folder of a service that is stopped: entries that admission decided go into its log and through
 * its engine, in one transaction a call, with checkpoints as the service makes them. One thread.
 *
 * With the entries goes a note of how many rows of which input are decided, so that a process that was killed is
 * followed by one that goes on there. A folder whose clock is later takes the records as late ones: history comes
 * first. */
#ifndef CLI_SERVICE_ABSORB_H
#define CLI_SERVICE_ABSORB_H

#include "cli/service.h"
#include "pipeline/admission.h"
#include "pipeline/core.h"
#include "text/reporter_key.h"

struct service_absorb;

/* Opens the folder (made where it is missing) and recovers its state. `settings` outlives the object; its addresses are
 * not used, its clock is that of the records. WEISU_EIO (also: a service uses the folder), WEISU_ESTORE, WEISU_ENOMEM;
 * *out is NULL then. */
weisu_code service_absorb_open(struct service_absorb **out, const struct service_settings *settings, weisu_err *err);
/* What was not applied is not in the folder. NULL is allowed. */
void service_absorb_close(struct service_absorb *absorb);

/* Of the folder; live as long as the object. */
struct admission *service_absorb_admission(struct service_absorb *absorb);
const struct core *service_absorb_core(const struct service_absorb *absorb);
const struct reporter_key *service_absorb_key(const struct service_absorb *absorb);

/* Rows of the input with that fingerprint that are decided already; 0 for another input. WEISU_ESTORE. */
weisu_code service_absorb_position(struct service_absorb *absorb, uint64_t fingerprint, uint64_t *rows, weisu_err *err);

struct absorb_step {
    const struct log_entry *entries; /* [count], decided by the folder's admission, in order */
    size_t count;
    uint64_t fingerprint;
    uint64_t rows;     /* of the input, decided with this step */
    uint64_t rejected; /* of them so far, that no admission has seen */
};

/* Durable when it returns WEISU_OK; after an error the object can only be closed. WEISU_ESTORE, WEISU_ENOMEM. */
weisu_code service_absorb_entries(struct service_absorb *absorb, const struct absorb_step *step, weisu_err *err);
/* A checkpoint of everything: the service starts at once. */
weisu_code service_absorb_finish(struct service_absorb *absorb, weisu_err *err);

#endif
