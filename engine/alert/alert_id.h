/* The stable id of an alert: "a" and the base32 of the hash of (subject, sequence number of the raise). Pure. */
#ifndef ALERT_ALERT_ID_H
#define ALERT_ALERT_ID_H

#include "alert/alert_entry.h"

/* `subject_key`: key of the cluster or cell. Writes 14 characters and a 0: digits and small letters without i, l, o, u
 * (Crockford's alphabet), the hash's top bits first. */
void alert_id_write(uint64_t city, uint64_t subject_key, uint64_t sequence, char out[ALERT_ID_BYTES]);

#endif
